import type { WorldAccount, WorldEdit } from '../../world.ts'
import { CATALOGUE } from './catalogue.ts'
import { adsError, BadRequest, type ErrorDetails, type GoogleAdsErrorJson, type Trigger } from './failure.ts'
import { snake } from './field.ts'
import type { Json } from './render.ts'
import type { View } from './view.ts'

/** Kinds of resource that can be mutated; keys as in `campaignBudgetOperation`. */
export type MutableKind =
  | 'campaignBudget'
  | 'campaign'
  | 'campaignCriterion'
  | 'adGroup'
  | 'biddingStrategy'
  | 'biddingSeasonalityAdjustment'
  | 'biddingDataExclusion'

/** One operation, from either transport, in proto3 JSON. */
export interface Operation {
  readonly kind: MutableKind
  readonly verb: 'create' | 'update' | 'remove'
  /** Resource to create or update; for `remove` only its name. */
  readonly resource: Json
  /** Snake case, without `resource_name`. */
  readonly mask: readonly string[]
}

/** What an operation that passed all checks will do. */
export interface Planned {
  readonly edits: readonly WorldEdit[]
  /** Changes to what the twin itself keeps. */
  readonly apply?: () => void
  /** Asked after it was applied: a created resource has its name only then. */
  readonly resourceName: () => string
}

/** An error of one operation; `path` leads from the operation to the field. */
export interface Mistake {
  readonly error: GoogleAdsErrorJson
  readonly path: readonly string[]
}

export interface MutateContext {
  readonly view: View
  readonly account: WorldAccount
}

/** Either what will be done or why not. */
export type Checked = Planned | readonly Mistake[]
export const isPlanned = (checked: Checked): checked is Planned => !Array.isArray(checked)

export const mistake = (
  family: string,
  code: string,
  message: string,
  path: readonly string[] = [],
  extra: { readonly trigger?: Trigger; readonly details?: ErrorDetails } = {},
): Mistake => ({ error: adsError(family, code, message, extra), path })

export const notFound = (name: unknown): Mistake =>
  mistake('mutateError', 'RESOURCE_NOT_FOUND', 'Resource was not found.', ['resource_name'], {
    trigger: { stringValue: String(name) },
  })

/** The real service could, this world cannot: its structure is fixed. */
export const beyondThisWorld = (what: string, path: readonly string[] = []): Mistake =>
  mistake('mutateError', 'MUTATE_NOT_ALLOWED', `The pretend account's structure is fixed: cannot ${what}.`, path)

/** Paths of the mask that name no field, or one that may not change. */
export function maskMistakes(resource: string, { mask, verb }: Operation): readonly Mistake[] {
  if (verb !== 'update') return []
  if (mask.length === 0)
    return [mistake('fieldMaskError', 'FIELD_MASK_MISSING', 'The field mask of an update is missing.', ['update_mask'])]
  return mask.flatMap((path) => maskMistake(resource, path) ?? [])
}

function maskMistake(resource: string, path: string): Mistake | undefined {
  const trigger = { trigger: { stringValue: path } }
  const field = CATALOGUE.get(`${resource}.${path}`)
  if (!field) {
    if (isMessage(resource, path)) return undefined
    return mistake(
      'fieldMaskError',
      'FIELD_NOT_FOUND',
      `The field mask has no field '${path}'.`,
      ['update_mask'],
      trigger,
    )
  }
  if (!field.traits.has('immutable') && !field.traits.has('output')) return undefined
  return mistake('requestError', 'IMMUTABLE_FIELD', `Field '${path}' cannot be changed.`, ['update', path], trigger)
}

const isMessage = (resource: string, path: string): boolean =>
  [...CATALOGUE.keys()].some((name) => name.startsWith(`${resource}.${path}.`))

/** Value at a snake case path inside a camel case resource. */
export function valueAt(resource: Json, path: string): unknown {
  let value: unknown = resource
  for (const key of path.split('.'))
    value =
      value && typeof value === 'object'
        ? (value as Json)[key.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase())]
        : undefined
  return value
}

/** @throws BadRequest when present and not a whole number of 64 bits */
export function int64At(resource: Json, path: string): bigint | undefined {
  const value = valueAt(resource, path)
  if (value === undefined || value === null) return undefined
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || !/^-?\d{1,19}$/.test(text) || BigInt.asIntN(64, BigInt(text)) !== BigInt(text))
    throw new BadRequest(path, `Invalid value at '${path}' (TYPE_INT64), ${JSON.stringify(value)}`)
  return BigInt(text)
}

/** @throws BadRequest when present and not a number */
export function doubleAt(resource: Json, path: string): number | undefined {
  const value = valueAt(resource, path)
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw new BadRequest(path, `Invalid value at '${path}' (TYPE_DOUBLE), ${JSON.stringify(value)}`)
  return number
}

/** Paths of all leaves that a resource sets, in snake case. */
export function leaves(resource: Json, prefix = ''): readonly string[] {
  return Object.entries(resource).flatMap(([key, value]) => {
    const path = `${prefix}${snake(key)}`
    const isBranch = value !== null && typeof value === 'object' && !Array.isArray(value)
    return isBranch && Object.keys(value).length > 0 ? leaves(value as Json, `${path}.`) : [path]
  })
}
