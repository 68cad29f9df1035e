/** Requests in proto3 JSON, which takes field names in camel and in snake case. */
import { CATALOGUE } from './catalogue.ts'
import { BadRequest, fault } from './failure.ts'
import { camel, snake } from './field.ts'
import type { MutateRequest } from './mutate.ts'
import { leaves, type MutableKind, type Operation } from './mutate-types.ts'
import type { Json } from './render.ts'

const KINDS: Readonly<Record<string, MutableKind>> = {
  campaignBudgets: 'campaignBudget',
  campaigns: 'campaign',
  campaignCriteria: 'campaignCriterion',
  adGroups: 'adGroup',
  biddingStrategies: 'biddingStrategy',
  biddingSeasonalityAdjustments: 'biddingSeasonalityAdjustment',
  biddingDataExclusions: 'biddingDataExclusion',
}

/** Kind of resource of a per-resource mutate such as `campaignBudgets:mutate`. */
export const kindOfCollection = (collection: string): MutableKind | undefined => KINDS[collection]

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** All keys in camel case, at every depth. */
export function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [camel(key), camelKeys(v)]))
}

/** @throws BadRequest unless the text is a JSON object, or empty */
export function parseBody(text: string): Json {
  let value: unknown
  try {
    value = text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    throw new BadRequest('', 'Invalid JSON payload received. Unexpected token.')
  }
  if (!isObject(value)) throw new BadRequest('', 'Invalid JSON payload received. Root element must be a message.')
  return camelKeys(value) as Json
}

/** @throws BadRequest for a field that the message does not have */
export function checkKeys(message: Json, known: readonly string[], at: string): void {
  const unknown = Object.keys(message).find((key) => !known.includes(key))
  if (unknown !== undefined) throw unknownName(unknown, at)
}

const unknownName = (name: string, at: string): BadRequest => {
  const place = at === '' ? '' : ` at '${at}'`
  return new BadRequest(at, `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`)
}

const OPTIONS = ['customerId', 'partialFailure', 'validateOnly', 'responseContentType']

/**
 * A mutate request out of its JSON.
 *
 * @param kind of a per-resource mutate; none for `googleAds:mutate`
 * @param strict whether fields that the twin does not know are refused; gRPC has dropped them already
 */
export function mutateRequest(body: Json, kind: MutableKind | undefined, strict: boolean): MutateRequest {
  const list = kind === undefined ? 'mutateOperations' : 'operations'
  if (strict) checkKeys(body, [list, ...OPTIONS], '')
  const entries = Array.isArray(body[list]) ? (body[list] as readonly unknown[]) : []
  const operations = entries.map((entry, i) => {
    const at = `${snake(list)}[${i}]`
    return kind === undefined ? mixedOperation(entry, at, strict) : operation(kind, entry, at, strict)
  })
  return {
    operations,
    partialFailure: body.partialFailure === true,
    validateOnly: body.validateOnly === true,
    mutableResource: body.responseContentType === 'MUTABLE_RESOURCE',
    mixed: kind === undefined,
  }
}

function mixedOperation(entry: unknown, at: string, strict: boolean): Operation {
  const [key = '', inner] = Object.entries(isObject(entry) ? entry : {})[0] ?? []
  if (key === '') throw fault('requestError', 'OPERATION_REQUIRED', `${at} has no operation.`)
  const kind = Object.values(KINDS).find((k) => key === `${k}Operation`)
  if (!kind) throw fault('mutateError', 'MUTATE_NOT_ALLOWED', `The pretend Google Ads has no ${key} (${at}).`)
  return operation(kind, inner, `${at}.${snake(key)}`, strict)
}

function operation(kind: MutableKind, entry: unknown, at: string, strict: boolean): Operation {
  const message = isObject(entry) ? entry : {}
  if (strict) checkKeys(message, ['updateMask', 'create', 'update', 'remove'], at)
  const verb = (['create', 'update', 'remove'] as const).find((v) => message[v] !== undefined)
  if (!verb) throw fault('requestError', 'OPERATION_REQUIRED', `${at} has no create, update or remove.`)
  const given = message[verb]
  const resource = verb === 'remove' ? { resourceName: given } : isObject(given) ? given : {}
  if (strict) checkResource(kind, resource, `${at}.${verb}`)
  if (verb === 'create' && message.updateMask !== undefined)
    throw fault('fieldMaskError', 'FIELD_MASK_NOT_ALLOWED', 'A create operation takes no field mask.')
  return { kind, verb, resource, mask: maskPaths(message.updateMask) }
}

/** Fields that are in the real message and not in the catalogue are refused too: better loud than silently without effect. */
function checkResource(kind: MutableKind, resource: Json, at: string): void {
  const prefix = snake(kind)
  const names = [...CATALOGUE.keys()]
  for (const path of leaves(resource)) {
    const known = names.some((name) => name === `${prefix}.${path}` || name.startsWith(`${prefix}.${path}.`))
    if (!known) throw unknownName(camel(path), at)
  }
}

/** A field mask in JSON is a string; over gRPC it comes with its paths. Clients add the resource name to it. */
function maskPaths(mask: unknown): readonly string[] {
  const paths = isObject(mask) ? ((mask.paths as readonly string[] | undefined) ?? []) : String(mask ?? '').split(',')
  return paths
    .map((path) => path.trim().split('.').map(snake).join('.'))
    .filter((path) => path !== '' && path !== 'resource_name')
}
