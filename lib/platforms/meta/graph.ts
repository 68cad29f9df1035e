import * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import { PlatformError, type PlatformFailure } from '../../model/failure.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import { readAs } from '../../wire/exact-json.ts'
import type { Answer } from '../../wire/exchange.ts'
import { graphError, metaFailure } from './failures.ts'
import { openSender, type Params, type Sender, type SenderOptions, type Sent } from './sender.ts'
import { type AccountUsage, holdMs, waitAfter } from './usage.ts'

/** Graph over fetch: one request is sent once. Reads throw PlatformError; `send` leaves the judging to the caller. */
export interface Graph {
  /** @param path without the version, such as `act_123/campaigns` */
  get<T>(account: AccountId, path: string, params: Params, schema: z.ZodType<T>): Promise<T>
  /** A POST that changes nothing in the account, such as ordering a report. */
  order<T>(account: AccountId, path: string, params: Params, schema: z.ZodType<T>): Promise<T>
  /** Every element of an edge, following the paging to its end. */
  all<T>(account: AccountId, path: string, params: Params, element: z.ZodType<T>): Promise<readonly T[]>
  /** One mutating POST. @throws PlatformError when there are no credentials to send it with */
  send(account: AccountId, path: string, params: Params): Promise<Sent>
  /** One DELETE of an object. @throws PlatformError as `send` does */
  remove(account: AccountId, id: string): Promise<Sent>
  /** What Meta says of the token that it is sent with. @throws PlatformError when there is none */
  inspectToken(account: AccountId): Promise<Sent>
  /** The same for requests of another use; reads are `read` and writes `write` unless told otherwise. */
  as(use: RequestUse): Graph
  readonly usage: ReadonlyMap<AccountId, AccountUsage>
  /** The application's id, where the secret names it. */
  appId(): Promise<string | undefined>
}

/** 500 rows a page: a million rows, several times the insights of 10,000 campaigns over 90 days. */
const MAX_PAGES = 2_000

const pageSchema = z.object({
  data: z.array(z.unknown()),
  paging: z
    .object({
      cursors: z.object({ after: z.string().optional() }).optional(),
      next: z.string().optional(),
    })
    .optional(),
})
type Page = z.output<typeof pageSchema>

export const openGraph = (options: SenderOptions, sender: Sender = openSender(options)): Graph =>
  graphFor(options, sender, 'read')

function graphFor(options: SenderOptions, sender: Sender, use: RequestUse): Graph {
  const { clock, origin, version } = options

  async function read<T>(
    method: 'GET' | 'POST',
    account: AccountId,
    path: string,
    params: Params,
    schema: z.ZodType<T>,
  ): Promise<T> {
    const wait = holdMs(sender.usage.get(account), clock.now())
    // What a cut or a pause needs to know is asked all the same: whether it is served, only Meta can say.
    if (wait > 0 && use !== 'urgent') throw new PlatformError(heldBack(account, wait))
    const { answer, redact } = await sender.submit(method, account, path, params, use)
    const failure = readFailure(answer, redact)
    if (failure) throw new PlatformError(failure)
    return readAs(schema, answer.kind === 'answered' ? answer.json : undefined, path)
  }

  async function all<T>(
    account: AccountId,
    path: string,
    params: Params,
    element: z.ZodType<T>,
  ): Promise<readonly T[]> {
    const elements: T[] = []
    const edge = { path, params, url: `${origin}/${version}/${path}`, seen: new Set<string>() }
    let query: Params | undefined = params
    while (query) {
      const page: Page = await read('GET', account, path, query, pageSchema)
      for (const [index, row] of page.data.entries()) elements.push(readAs(element, row, `${path} data.${index}`))
      query = nextQuery(page, edge)
    }
    return elements
  }

  const writeUse = use === 'read' ? 'write' : use
  return {
    get: (account, path, params, schema) => read('GET', account, path, params, schema),
    order: (account, path, params, schema) => read('POST', account, path, params, schema),
    all,
    send: (account, path, params) => sender.submit('POST', account, path, params, writeUse),
    remove: (account, id) => sender.submit('DELETE', account, id, {}, writeUse),
    inspectToken: sender.inspectToken,
    as: (other) => graphFor(options, sender, other),
    usage: sender.usage,
    appId: sender.appId,
  }
}

const heldBack = (account: AccountId, retryAfterMs: number): PlatformFailure => ({
  kind: 'rate-limited',
  retryAfterMs,
  detail: `not asked: account ${account} has used at least 95 % of its quota`,
})

interface Edge {
  readonly path: string
  readonly params: Params
  readonly url: string
  readonly seen: Set<string>
}

/**
 * Parameters of the next page, on our own host and path whatever the answer says; `undefined` at the end. An empty page
 * with a next one is not the end.
 *
 * @throws PlatformError when the next page lies on another host, was had before, or there are too many
 */
function nextQuery({ paging }: Page, { path, params, url, seen }: Edge): Params | undefined {
  if (!paging?.next) return undefined
  const after = paging.cursors?.after
  const query = after ? { ...params, after } : queryOf(paging.next, url, path)
  const key = JSON.stringify(query)
  if (seen.has(key)) throw unreadable(`${path}: paging: the same page came twice`)
  if (seen.size >= MAX_PAGES) throw unreadable(`${path}: paging: more than ${MAX_PAGES} pages`)
  seen.add(key)
  return query
}

function queryOf(next: string, url: string, path: string): Params {
  const target = URL.canParse(next) ? new URL(next) : undefined
  if (target?.origin !== new URL(url).origin || target.pathname !== new URL(url).pathname)
    throw unreadable(`${path}: paging.next: leads away from ${url}`)
  // Meta repeats the token in its links; ours goes in the header.
  target.searchParams.delete('access_token')
  target.searchParams.delete('appsecret_proof')
  return Object.fromEntries(target.searchParams)
}

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail })

/** Why an answer to a read is none; `undefined` when it is one. */
function readFailure(answer: Answer, redact: Sent['redact']): PlatformFailure | undefined {
  if (answer.kind === 'unsent' || answer.kind === 'lost') return { kind: 'transient', detail: answer.detail }
  const { status, headers } = answer
  const error = answer.kind === 'answered' ? graphError(answer.json, redact) : undefined
  if (error) return metaFailure(error, waitAfter(headers))
  if (status === 429) return { kind: 'rate-limited', retryAfterMs: waitAfter(headers), detail: 'HTTP 429' }
  if (status >= 500) return { kind: 'transient', detail: `HTTP ${status}` }
  if (answer.kind === 'garbled') return { kind: 'unreadable', detail: `HTTP ${status}: the answer is not JSON` }
  return status === 200 ? undefined : { kind: 'unreadable', detail: `HTTP ${status} without an error object` }
}
