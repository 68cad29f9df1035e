import * as z from 'zod'
import type { WriteResult } from '../../model/failure.ts'
import { refused } from '../../wire/send-each.ts'
import { type ApiError, errorIn, failureOfItem, failureOfStatus } from './failures.ts'
import type { Sent } from './sender.ts'

const unknown = (detail: string): WriteResult => ({ kind: 'unknown', detail })

/**
 * What became of each item of an update, by the ids that were sent. Only an item that names the id and has no exceptions
 * is `applied`; all else that was not refused in so many words may have been carried out.
 */
export function outcomesOf({ answer, redact }: Sent, ids: readonly string[]): readonly WriteResult[] {
  const all = (result: WriteResult): readonly WriteResult[] => ids.map(() => result)
  if (answer.kind === 'unsent')
    return all(refused({ kind: 'transient', detail: `the connection was refused: ${answer.detail}` }))
  if (answer.kind === 'lost') return all(unknown(answer.detail))
  const { status, headers } = answer
  if (status >= 500) return all(unknown(`HTTP ${status}`))
  const error = answer.kind === 'answered' ? errorIn(answer.json) : undefined
  if (status >= 400) return all(refused(failureOfStatus(status, error, headers, redact)))
  if (answer.kind === 'garbled') return all(unknown(`HTTP ${status}: the answer is not JSON`))
  if (status !== 200) return all(unknown(`HTTP ${status} to an update`))
  return itemResults(answer.json, ids, (found) => refused(failureOfItem(found, headers, redact)))
}

/** Whether a request of several items was refused as a whole, for what one of them is. */
export const isRefusedWhole = (results: readonly WriteResult[], { answer }: Sent): boolean =>
  results.length > 1 &&
  (answer.kind === 'answered' || answer.kind === 'garbled') &&
  answer.status >= 400 &&
  results.every((result) => result.kind === 'refused' && result.failure.kind === 'rejected')

const answerSchema = z.object({ items: z.array(z.unknown()) })
const itemSchema = z.object({
  data: z.object({ id: z.union([z.string(), z.number()]).transform(String).nullish() }).nullish(),
  // Of whatever shape: an item that says anything but none is still the item of its id.
  exceptions: z.unknown().optional(),
})

interface Item {
  readonly id: string | undefined
  readonly exceptions: readonly unknown[]
}

function itemResults(
  json: unknown,
  ids: readonly string[],
  refusal: (error: ApiError) => WriteResult,
): readonly WriteResult[] {
  const parsed = answerSchema.safeParse(json)
  if (!parsed.success) return ids.map(() => unknown('the answer has no items'))
  const items = parsed.data.items.map(itemOf)
  const inPlace = areInPlace(items, ids)
  return ids.map((id, place) => {
    const named = items.filter((item) => item?.id === id)
    if (named.length > 1) return unknown(`the answer has ${named.length} items of ${id}`)
    const [item] = named
    // An item with exceptions may come without its data: its place tells whose it is, if places can be trusted.
    const own = item ?? (inPlace ? items[place] : undefined)
    return own ? resultOf(own, refusal) : unknown(`the answer says nothing certain of ${id}`)
  })
}

function itemOf(json: unknown): Item | undefined {
  const parsed = itemSchema.safeParse(json)
  if (!parsed.success) return undefined
  const { data, exceptions } = parsed.data
  const list =
    exceptions === null || exceptions === undefined ? [] : Array.isArray(exceptions) ? exceptions : [exceptions]
  return { id: data?.id ?? undefined, exceptions: list }
}

/** As many items as were sent, none missing, and each that has an id in the place of that id. */
const areInPlace = (items: readonly (Item | undefined)[], ids: readonly string[]): boolean =>
  items.length === ids.length && items.every((item, place) => item && (item.id === undefined || item.id === ids[place]))

function resultOf({ id, exceptions }: Item, refusal: (error: ApiError) => WriteResult): WriteResult {
  const errors = exceptions.map(errorIn)
  const error = errors.find((found) => found !== undefined)
  if (error) return refusal(error)
  if (exceptions.length > 0) return unknown('an exception without a code')
  return id === undefined ? unknown('an item without an id and without exceptions') : { kind: 'applied' }
}
