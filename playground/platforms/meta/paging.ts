import { badParameter } from './errors.ts'
import type { Params } from './params.ts'

const DEFAULT_LIMIT = 25
const GREATEST_LIMIT = 5_000

/** Where a list continues: at the item that had this key, or, when that is gone, at this place. */
interface Place {
  readonly index: number
  readonly key: string
}

const toCursor = ({ index, key }: Place): string => Buffer.from(`${index}:${key}`).toString('base64url')

function fromCursor(text: string): Place {
  const match = /^(-?\d+):(.*)$/.exec(Buffer.from(text, 'base64url').toString())
  if (!match) throw badParameter('Invalid cursors values for the after cursor')
  return { index: Number(match[1]), key: match[2] ?? '' }
}

export interface PagePlan<T> {
  readonly keyOf: (item: T, index: number) => string
  readonly params: Params
  /** Absolute address of a page that continues after the cursor, token and all, as Graph gives it. */
  readonly linkTo: (cursor: { readonly after: string } | { readonly before: string }) => string
  /** The first page comes empty, with a next link: Graph does this, and a reader that stops there loses everything. */
  readonly emptyFirstPage: boolean
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly paging?: Readonly<Record<string, unknown>>
}

function limitOf(params: Params): number {
  const limit = params.integer('limit') ?? BigInt(DEFAULT_LIMIT)
  if (limit < 1n) throw badParameter('param limit must be greater than or equal to 1')
  return Math.min(Number(limit), GREATEST_LIMIT)
}

function placeOf<T>(items: readonly T[], { index, key }: Place, keyOf: PagePlan<T>['keyOf']): number {
  const here = items[index]
  if (index < 0 || (here !== undefined && keyOf(here, index) === key)) return index
  const moved = items.findIndex((item, i) => keyOf(item, i) === key)
  return moved >= 0 ? moved : index
}

function firstIndex<T>(items: readonly T[], limit: number, { params, keyOf }: PagePlan<T>): number {
  const after = params.text('after')
  if (after) return placeOf(items, fromCursor(after), keyOf) + 1
  const before = params.text('before')
  return before ? Math.max(0, placeOf(items, fromCursor(before), keyOf) - limit) : 0
}

/** One page of `items` with its cursors; `next` is present exactly when more follows. */
export function page<T>(items: readonly T[], plan: PagePlan<T>): Page<T> {
  const { params, keyOf, linkTo } = plan
  const limit = limitOf(params)
  if (plan.emptyFirstPage && items.length > 0 && !params.has('after') && !params.has('before')) {
    const after = toCursor({ index: -1, key: '' })
    return { items: [], paging: { cursors: { after }, next: linkTo({ after }) } }
  }
  const start = firstIndex(items, limit, plan)
  const shown = items.slice(start, start + limit)
  const first = shown[0]
  const last = shown.at(-1)
  if (first === undefined || last === undefined) return { items: [] }
  const before = toCursor({ index: start, key: keyOf(first, start) })
  const end = start + shown.length - 1
  const after = toCursor({ index: end, key: keyOf(last, end) })
  const next = end + 1 < items.length ? { next: linkTo({ after }) } : {}
  const previous = start > 0 ? { previous: linkTo({ before }) } : {}
  return { items: shown, paging: { cursors: { before, after }, ...next, ...previous } }
}
