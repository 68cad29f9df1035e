/**
 * What an answer to a write says of each change, by each platform's documents (`docs/platforms.md` names them) and without a
 * line of its adapter: what is reported `applied` must be said to be done here, and what is said to be done is not `refused`.
 */
import type { WriteResult } from '../../lib/model/failure.ts'
import { resultsComplaint } from './oracle.ts'

/** For each change that was sent, in order: whether the answer says in so many words that it was carried out. */
export type Done = readonly boolean[]

export function writesComplaint(results: readonly WriteResult[], done: Done): string | undefined {
  const shape = resultsComplaint(results, done.length)
  if (shape !== undefined) return shape
  for (const [nth, { kind }] of results.entries()) {
    if (kind === 'applied' && !done[nth]) return `change ${nth} is applied, which the answer does not say`
    if (kind === 'refused' && done[nth]) return `change ${nth} is refused, and the answer says that it was done`
  }
  return undefined
}

/** What a path of keys leads to; `undefined` where it leads nowhere. */
const at = (document: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string | number, unknown>>)[key]
        : undefined,
    document,
  )
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const isNothing = (value: unknown): boolean => value === undefined || value === null
/** Ids come as text, and as numbers where somebody's JSON made them such. */
const isId = (value: unknown, id: string): boolean =>
  (typeof value === 'string' || typeof value === 'number') && String(value) === id

/** TikTok: code 0, whatever HTTP says. */
export const tiktokDone = (document: unknown): Done => [at(document, 'code') === 0]

/**
 * TikTok, where the answer names what it is about: code 0 of all of them, unless the answer lists those that were changed or has errors; 20001 of
 * those that it lists alone. Never of one that it has an error for, and of none where an error is not of one of them.
 */
export function tiktokListedDone(document: unknown, of: 'adgroup_id' | 'campaign_id', ids: readonly string[]): Done {
  const code = at(document, 'code')
  const changed = at(document, 'data', `${of}s`)
  const errors = listOf(at(document, 'data', 'error_list'))
  const isOf = (error: unknown, id: string): boolean => isId(at(error, of), id)
  const isAnybodys = errors.some((error) => !ids.some((id) => isOf(error, id)))
  return ids.map((id) => {
    if (isAnybodys || errors.some((error) => isOf(error, id))) return false
    if (code === 0 && isNothing(changed)) return errors.length === 0
    return (code === 0 || code === 20001) && listOf(changed).some((one) => isId(one, id))
  })
}

/** Pinterest: the one item whose data has the id, without exceptions. */
export const pinterestDone = (document: unknown, ids: readonly string[]): Done =>
  ids.map((id) => {
    const own = listOf(at(document, 'items')).filter((item) => isId(at(item, 'data', 'id'), id))
    const exceptions = at(own[0], 'exceptions')
    return own.length === 1 && (isNothing(exceptions) || (Array.isArray(exceptions) && exceptions.length === 0))
  })

/** Some of Snapchat's endpoints write it in small letters. */
const isSuccess = (status: unknown): boolean => status === 'SUCCESS' || status === 'success'

/** Snapchat: the request succeeded, and so did its one part, which is about the very entity. */
export function snapchatDone(document: unknown, id: string): Done {
  const parts = listOf(at(document, 'campaigns'))
  const [part] = parts
  return [
    isSuccess(at(document, 'request_status')) &&
      parts.length === 1 &&
      isSuccess(at(part, 'sub_request_status')) &&
      at(part, 'campaign', 'id') === id,
  ]
}

/** Meta: success, and no error beside it. */
export const metaDone = (document: unknown): Done => [
  at(document, 'success') === true && isNothing(at(document, 'error')),
]
/** Meta, of what was created: the id of it. */
export function metaCreated(document: unknown): Done {
  const id = at(document, 'id')
  return [/^\d{1,20}$/.test(typeof id === 'number' ? String(id) : String(id ?? '')) && isNothing(at(document, 'error'))]
}

/** One operation of Google's as the answer speaks of it. */
export interface Asked {
  /** `campaignBudgetResult` and its like. */
  readonly key: string
  /** Of what is changed; what a created one is called is Google's to say. */
  readonly resourceName: string | undefined
}

/** Google: HTTP 200, a name in the place of the operation, and no error of the partial failure that is about that place. */
export const googleDone = (status: number, body: unknown, operations: readonly Asked[]): Done =>
  operations.map(({ key, resourceName }, nth) => {
    const name = at(body, 'mutateOperationResponses', nth, key, 'resourceName')
    const isNamed =
      resourceName === undefined
        ? typeof name === 'string' && /^customers\/\d+\/\w+\/[\d~]+$/.test(name)
        : name === resourceName
    return status === 200 && isNamed && !placesOfErrors(body).has(nth)
  })

const placesOfErrors = (body: unknown): ReadonlySet<unknown> =>
  new Set(
    listOf(at(body, 'partialFailureError', 'details'))
      .flatMap((detail) => listOf(at(detail, 'errors')))
      .flatMap((error) => listOf(at(error, 'location', 'fieldPathElements')))
      .filter((element) => at(element, 'fieldName') === 'mutate_operations')
      .map((element) => at(element, 'index')),
  )
