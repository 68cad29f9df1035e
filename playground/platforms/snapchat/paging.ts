import { badRequest } from './errors.ts'

const LEAST = 50
const GREATEST = 1_000

export interface Page<T> {
  readonly items: readonly T[]
  readonly paging: { readonly next_link?: string }
}

export interface Paged {
  /** Scheme, host, port and path of this list. */
  readonly address: string
  readonly query: URLSearchParams
  /** Pages hold at most so many, whatever was asked for. */
  readonly pageSize: number
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit')
  if (text === null) return GREATEST
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < LEAST || limit > GREATEST)
    throw badRequest(`limit must be between ${LEAST} and ${GREATEST}`)
  return limit
}

const toCursor = (at: number): string => Buffer.from(`at:${at}`).toString('base64url')

function fromCursor(cursor: string | null): number {
  if (cursor === null) return 0
  const [, at] = /^at:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (at === undefined) throw badRequest('cursor is not one of this list')
  return Number(at)
}

/** One page with the link to the next, which repeats every parameter. */
export function page<T>(items: readonly T[], { address, query, pageSize }: Paged): Page<T> {
  const size = Math.min(limitOf(query), pageSize)
  const from = fromCursor(query.get('cursor'))
  const shown = items.slice(from, from + size)
  if (from + size >= items.length) return { items: shown, paging: {} }
  const next = new URLSearchParams(query)
  next.set('cursor', toCursor(from + size))
  return { items: shown, paging: { next_link: `${address}?${next}` } }
}
