import * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import { PlatformError, type PlatformFailure } from '../../model/failure.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import { readAs } from '../../wire/exact-json.ts'
import type { Answer } from '../../wire/exchange.ts'
import { errorIn, failureOfStatus } from './failures.ts'
import { type ApiRequest, isTokenRefused, openSender, type Sender, type SenderOptions, type Sent } from './sender.ts'

export interface Ask {
  readonly account: AccountId
  readonly path: string
  readonly query?: NonNullable<ApiRequest['query']>
  readonly kind?: ApiRequest['kind']
  readonly use?: RequestUse
}

/** Pinterest over fetch: a request is sent once. Reads throw PlatformError; `patch` leaves the judging to the caller. */
export interface Api extends Pick<Sender, 'usage' | 'clocks'> {
  get<T>(ask: Ask, schema: z.ZodType<T>): Promise<T>
  /** Every element of a list, following its bookmarks to the end. */
  all<T extends { readonly id: string }>(ask: Ask, element: z.ZodType<T>): Promise<readonly T[]>
  /** @throws PlatformError when nothing was sent */
  patch(account: AccountId, path: string, items: readonly unknown[], use: RequestUse): Promise<Sent>
}

/** Pinterest's own most of one page. */
const PAGE_SIZE = '250'
/** Half a million entities. */
const MAX_PAGES = 2_000

const pageSchema = z.object({ items: z.array(z.unknown()), bookmark: z.string().nullish() })

export function openApi(options: SenderOptions, sender: Sender = openSender(options)): Api {
  /** A token that was refused is renewed once, and the read repeated: it has changed nothing. */
  async function answered(request: ApiRequest): Promise<Sent> {
    const sent = await sender.submit(request)
    return isTokenRefused(sent) ? sender.submit(request) : sent
  }

  async function get<T>(ask: Ask, schema: z.ZodType<T>): Promise<T> {
    const { answer, redact } = await answered({ method: 'GET', kind: 'ads_read', use: 'read', ...ask })
    const failure = readFailure(answer, redact)
    if (failure) throw new PlatformError(failure)
    return readAs(schema, answer.kind === 'answered' ? answer.json : undefined, ask.path || 'ad account')
  }

  async function all<T extends { readonly id: string }>(ask: Ask, element: z.ZodType<T>): Promise<readonly T[]> {
    const elements = new Map<string, T>()
    const seen = new Set<string>()
    let bookmark: string | undefined
    do {
      const query = { ...ask.query, page_size: PAGE_SIZE, ...(bookmark !== undefined && { bookmark }) }
      const page = await get({ ...ask, query }, pageSchema)
      addAll(elements, page.items, element, ask.path)
      bookmark = nextOf(page.bookmark, seen, ask.path)
    } while (bookmark !== undefined)
    return [...elements.values()]
  }

  return {
    get,
    all,
    patch: (account, path, body, use) =>
      sender.submit({ method: 'PATCH', account, path, body, kind: 'ads_write', use }),
    usage: sender.usage,
    clocks: sender.clocks,
  }
}

/** @throws PlatformError unreadable for an element that is none, or that came before */
function addAll<T extends { readonly id: string }>(
  to: Map<string, T>,
  items: readonly unknown[],
  element: z.ZodType<T>,
  path: string,
): void {
  for (const [index, item] of items.entries()) {
    const read = readAs(element, item, `${path} items.${index}`)
    if (to.has(read.id)) throw unreadable(`${path}: ${read.id} is listed twice`)
    to.set(read.id, read)
  }
}

/** An empty page with a bookmark is not the end; an empty bookmark is. */
function nextOf(bookmark: string | null | undefined, seen: Set<string>, path: string): string | undefined {
  if (!bookmark) return undefined
  if (seen.has(bookmark)) throw unreadable(`${path}: paging: the same bookmark came twice`)
  if (seen.size >= MAX_PAGES) throw unreadable(`${path}: paging: more than ${MAX_PAGES} pages`)
  seen.add(bookmark)
  return bookmark
}

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail })

/** Why an answer to a read is none; `undefined` when it is one. */
export function readFailure(answer: Answer, redact: Sent['redact']): PlatformFailure | undefined {
  if (answer.kind === 'unsent' || answer.kind === 'lost') return { kind: 'transient', detail: answer.detail }
  const { status, headers } = answer
  if (status >= 400)
    return failureOfStatus(status, answer.kind === 'answered' ? errorIn(answer.json) : undefined, headers, redact)
  if (answer.kind === 'garbled') return { kind: 'unreadable', detail: `HTTP ${status}: the answer is not JSON` }
  return status === 200 ? undefined : { kind: 'unreadable', detail: `HTTP ${status} to a read` }
}
