import * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import { PlatformError, type PlatformFailure } from '../../model/failure.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import { MINUTE_MS } from '../../units/calendar.ts'
import { readAs } from '../../wire/exact-json.ts'
import { envelopeOf, OK, tiktokFailure } from './failures.ts'
import { openSender, type Query, type Sender, type SenderOptions, type Sent } from './sender.ts'

export interface Ask {
  readonly account: AccountId
  readonly path: string
  readonly query: Query
  readonly use?: RequestUse
}

export interface PagedAsk<T> extends Ask {
  /** TikTok's own most of one page: 1,000 unless told otherwise. */
  readonly pageSize?: number
  /** What tells two elements of the whole list apart. */
  readonly keyOf: (element: T) => string
}

/** What came of a whole list: its elements, and whether TikTok said that it left some out. */
export interface Listed<T> {
  readonly elements: readonly T[]
  readonly isTruncated: boolean
}

/** TikTok over fetch: one request is sent once. Reads throw PlatformError; `post` leaves the judging to the caller. */
export interface Api extends Pick<Sender, 'credentials' | 'clocks'> {
  get<T>(ask: Ask, schema: z.ZodType<T>): Promise<T>
  /** Every page to the end, or none. */
  list<T>(ask: PagedAsk<T>, element: z.ZodType<T>): Promise<Listed<T>>
  /** @throws PlatformError when nothing was sent */
  post(account: AccountId, path: string, body: Readonly<Record<string, unknown>>, use: RequestUse): Promise<Sent>
}

const PAGE_SIZE = 1_000
/** A million rows of a report, several times those of 10,000 campaigns over 90 days. */
const MAX_PAGES = 2_000
/** A synchronous report over more ads than it looks at comes with this header, and without their rows. */
const TRUNCATED = 'x-tt-ads-throttle'

const count = z.number().int().nonnegative()
const pageSchema = z.object({
  list: z.array(z.unknown()),
  page_info: z.object({ page: count, total_number: count, total_page: count }),
})
type Page = z.output<typeof pageSchema>

export function openApi(options: SenderOptions, sender: Sender = openSender(options)): Api {
  async function data(ask: Ask): Promise<{ readonly data: unknown; readonly headers: Headers }> {
    const sent = await sender.submit({ use: 'read', ...ask })
    const read = readAnswer(sent, ask.path)
    if ('failure' in read) throw new PlatformError(read.failure)
    return read
  }

  async function list<T>(ask: PagedAsk<T>, element: z.ZodType<T>): Promise<Listed<T>> {
    const { keyOf, pageSize = PAGE_SIZE, ...rest } = ask
    const elements = new Map<string, T>()
    let isTruncated = false
    let first: Page | undefined
    for (let number = 1; number === 1 || number <= pagesOf(first); number += 1) {
      const query = { ...ask.query, page: number, page_size: pageSize }
      const read = await data({ ...rest, query })
      const page = readAs(pageSchema, read.data, ask.path)
      first ??= page
      checkPage(page, first, number, ask.path)
      addAll(elements, page.list, element, keyOf, ask.path)
      isTruncated ||= read.headers.has(TRUNCATED)
    }
    const total = first?.page_info.total_number ?? 0
    if (elements.size !== total) throw unreadable(`${ask.path}: ${elements.size} of ${total} entries came`)
    return { elements: [...elements.values()], isTruncated }
  }

  return {
    get: async (ask, schema) => readAs(schema, (await data(ask)).data, ask.path),
    list,
    post: (account, path, body, use) => sender.submit({ account, path, body, use }),
    credentials: sender.credentials,
    clocks: sender.clocks,
  }
}

function pagesOf(first: Page | undefined): number {
  const pages = first?.page_info.total_page ?? 0
  if (pages > MAX_PAGES) throw unreadable(`page_info.total_page: more than ${MAX_PAGES}`)
  return pages
}

/** Pages are counted and not chained: a list that changes while it is read would lose or repeat some, unseen. */
function checkPage({ page_info: { page, total_number } }: Page, first: Page, asked: number, path: string): void {
  if (page !== asked) throw unreadable(`${path}: page_info.page: page ${page} came, and not ${asked}`)
  if (total_number !== first.page_info.total_number)
    throw new PlatformError({ kind: 'transient', detail: `${path}: the list changed while it was read` })
}

function addAll<T>(
  elements: Map<string, T>,
  list: readonly unknown[],
  element: z.ZodType<T>,
  keyOf: (element: T) => string,
  path: string,
): void {
  for (const [index, json] of list.entries()) {
    const read = readAs(element, json, `${path} list.${index}`)
    const key = keyOf(read)
    if (elements.has(key)) throw unreadable(`${path}: ${key} came twice`)
    elements.set(key, read)
  }
}

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail })

type Read = { readonly data: unknown; readonly headers: Headers } | { readonly failure: PlatformFailure }

/** An answer to a read. The code in the body counts, and the status only where there is no body of the API's. */
export function readAnswer({ answer, redact }: Sent, path: string): Read {
  if (answer.kind === 'unsent' || answer.kind === 'lost')
    return { failure: { kind: 'transient', detail: answer.detail } }
  const envelope = answer.kind === 'answered' ? envelopeOf(answer.json) : undefined
  if (envelope && envelope.code !== OK) return { failure: tiktokFailure(envelope, redact) }
  const { status, headers } = answer
  if (status === 429) return { failure: { kind: 'rate-limited', retryAfterMs: MINUTE_MS, detail: `${path}: HTTP 429` } }
  if (status >= 500) return { failure: { kind: 'transient', detail: `${path}: HTTP ${status}` } }
  if (!envelope || status !== 200)
    return { failure: { kind: 'unreadable', detail: `${path}: HTTP ${status}: not an answer of the API` } }
  return { data: envelope.data, headers }
}
