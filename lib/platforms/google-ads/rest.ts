import type * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import { PlatformError, type PlatformFailure } from '../../model/failure.ts'
import { type Heard, heardIn, type RequestUse } from '../../model/request-limits.ts'
import type { RequestLimiter } from '../../ports/limiter.ts'
import { failedAnswer } from './failures.ts'
import { type Answer, NoAnswer, post } from './http.ts'
import { type MutateAnswer, mutateAnswer, pageOf, parseJson, readAs, unreadable } from './schema.ts'
import type { Credentials, TokenSource } from './token.ts'

/** One element of `mutateOperations`, in REST's JSON. */
export type MutateOperation = Readonly<Record<string, unknown>>

export type MutateOutcome =
  | { readonly kind: 'answered'; readonly answer: MutateAnswer }
  /** `isTokenRefused`: answered 401, and the next request goes out with another token. */
  | { readonly kind: 'refused'; readonly failure: PlatformFailure; readonly isTokenRefused?: true }
  | { readonly kind: 'unknown'; readonly detail: string }

/** The two calls that Sluice makes of Google Ads. */
export interface GoogleAdsRest {
  /** Every row, page by page, so that a long report is never held twice. @throws PlatformError */
  pages<T>(account: AccountId, query: string, row: z.ZodType<T>): AsyncGenerator<readonly T[]>
  /** Every row. @throws PlatformError */
  rows<T>(account: AccountId, query: string, row: z.ZodType<T>): Promise<readonly T[]>
  /** Sends the operations once, with partial failure. Does not throw. */
  mutate(account: AccountId, operations: readonly MutateOperation[]): Promise<MutateOutcome>
  /** The same for requests of another use; reads are `read` and mutates `write` unless told otherwise. */
  as(use: RequestUse): GoogleAdsRest
}

/** A page has 10,000 rows at most; 64 MiB is more than six kilobytes for each. */
const MAX_BYTES = 64 * 1024 * 1024
/** Far beyond any report that Sluice asks for: 20 million rows. */
const MAX_PAGES = 2_000

export interface RestOptions {
  readonly api: URL
  readonly version: string
  readonly tokens: TokenSource
  readonly timeoutMs: number
  readonly limiter?: RequestLimiter | undefined
}

type Send = (account: AccountId, call: 'search' | 'mutate', body: object, credentials: Credentials) => Promise<Answer>

interface Sender {
  /** Asked before each request. @throws PlatformError when it may not be sent now */
  admit(account: AccountId, use: RequestUse, cost?: number): Promise<void>
  readonly send: Send
  heard(account: AccountId, use: RequestUse, answer: Answer): Promise<void>
}

/** The one place through which every request goes. */
const sender = (options: RestOptions): Sender => ({
  admit: async (account, use, cost = 1) => options.limiter?.admit({ account, use, cost }),
  send: posting(options),
  async heard(account, use, answer) {
    const what = answer.status === 200 ? undefined : heardOf(answer)
    if (what) await options.limiter?.heard({ account, use }, what)
  },
})

/** Quotas of a day belong to the developer token; what is throttled may be one account only. */
function heardOf(answer: Answer): Heard | undefined {
  const heard = heardIn(failedAnswer(answer).failure)
  return heard?.kind === 'exhausted' ? { ...heard, whose: 'application' } : heard
}

const posting =
  ({ api, version, timeoutMs }: RestOptions): Send =>
  async (account, call, body, credentials) => {
    const answer = await post(new URL(`/${version}/customers/${account}/googleAds:${call}`, api), {
      headers: headersOf(credentials),
      body: JSON.stringify(body),
      timeoutMs,
      maxBytes: MAX_BYTES,
    })
    return call === 'search' && answer.status === 200 ? answer : withoutSecrets(answer, credentials)
  }

/** Errors may quote what was sent, headers too, and end in the audit trail: everywhere but in rows they are searched. */
const withoutSecrets = (answer: Answer, { accessToken, developerToken }: Credentials): Answer => ({
  ...answer,
  body: [accessToken, developerToken]
    .filter(isLong)
    .reduce((text, one) => text.replaceAll(one, '[redacted]'), answer.body),
})
/** What is shorter is no credential of Google's, and would be found in any text. */
const isLong = (token: string): boolean => token.length >= 8

/** A token may be revoked before its time, so that a read is tried once more with another. */
async function read(
  { admit, send, heard }: Sender,
  tokens: TokenSource,
  account: AccountId,
  use: RequestUse,
  body: object,
): Promise<Answer> {
  const ask = async (credentials: Credentials): Promise<Answer> => {
    await admit(account, use)
    const answer = await send(account, 'search', body, credentials)
    await heard(account, use, answer)
    return answer
  }
  const credentials = await tokens.credentials()
  const answer = await ask(credentials)
  return answer.status === 401 ? ask(await tokens.renewed(credentials)) : answer
}

async function mutateOnce(
  { admit, send, heard }: Sender,
  tokens: TokenSource,
  account: AccountId,
  use: RequestUse,
  body: { readonly mutateOperations: readonly MutateOperation[]; readonly partialFailure: boolean },
): Promise<MutateOutcome> {
  let credentials: Credentials
  try {
    credentials = await tokens.credentials()
    // Google counts operations, not requests.
    await admit(account, use, body.mutateOperations.length)
  } catch (error) {
    return { kind: 'refused', failure: failureIn(error) }
  }
  try {
    const answer = await send(account, 'mutate', body, credentials)
    if (answer.status === 401) tokens.forget(credentials)
    await heard(account, use, answer)
    return outcomeOf(answer)
  } catch (error) {
    return lost(error)
  }
}

export const googleAdsRest = (options: RestOptions): GoogleAdsRest => restFor(sender(options), options.tokens, 'read')

function restFor(through: Sender, tokens: TokenSource, use: RequestUse): GoogleAdsRest {
  async function* pages<T>(account: AccountId, query: string, row: z.ZodType<T>): AsyncGenerator<readonly T[]> {
    const schema = pageOf(row)
    const seen = new Set<string>()
    let pageToken: string | undefined
    do {
      const body = pageToken === undefined ? { query } : { query, pageToken }
      const answer = await read(through, tokens, account, use, body).catch(asReadFailure)
      if (answer.status !== 200) throw new PlatformError(failedAnswer(answer).failure)
      const page = readAs(schema, parseJson(answer.body), `answer to "${query.slice(0, 60)}…"`)
      yield page.results ?? []
      pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken
      if (pageToken !== undefined && (seen.has(pageToken) || seen.size >= MAX_PAGES))
        throw unreadable(`paging does not end: the next page after ${seen.size + 1} was named before`)
      if (pageToken !== undefined) seen.add(pageToken)
    } while (pageToken !== undefined)
  }

  const rows = async <T>(account: AccountId, query: string, row: z.ZodType<T>): Promise<readonly T[]> => {
    const all: T[] = []
    for await (const page of pages(account, query, row)) for (const one of page) all.push(one)
    return all
  }

  const mutate = (account: AccountId, mutateOperations: readonly MutateOperation[]): Promise<MutateOutcome> =>
    mutateOnce(through, tokens, account, use === 'read' ? 'write' : use, { mutateOperations, partialFailure: true })

  return { pages, rows, mutate, as: (other) => restFor(through, tokens, other) }
}

const headersOf = (credentials: Credentials): Record<string, string> => ({
  'content-type': 'application/json',
  authorization: `Bearer ${credentials.accessToken}`,
  'developer-token': credentials.developerToken,
  ...(credentials.loginCustomerId === undefined ? {} : { 'login-customer-id': credentials.loginCustomerId }),
})

function asReadFailure(error: unknown): never {
  if (error instanceof NoAnswer) throw new PlatformError({ kind: 'transient', detail: error.message })
  throw error
}

/** The failure in an error; what is none of ours is a fault of this program and travels on. */
export function failureIn(error: unknown): PlatformFailure {
  if (error instanceof PlatformError) return error.failure
  throw error
}

/** What an answer to a mutate says. @throws PlatformError for one that cannot be read, of which nothing is known then */
export function outcomeOf(answer: Answer): MutateOutcome {
  if (answer.status === 200)
    return { kind: 'answered', answer: readAs(mutateAnswer, parseJson(answer.body), 'answer to mutate') }
  const { failure, doubt } = failedAnswer(answer)
  if (doubt) return { kind: 'unknown', detail: failure.detail }
  return { kind: 'refused', failure, ...(answer.status === 401 && { isTokenRefused: true }) }
}

/** After the request has left, only a whole and readable answer says what became of it. */
function lost(error: unknown): MutateOutcome {
  if (error instanceof NoAnswer && !error.sent)
    return { kind: 'refused', failure: { kind: 'transient', detail: `nothing was sent: ${error.message}` } }
  if (error instanceof NoAnswer)
    return { kind: 'unknown', detail: `no answer to a request that was sent: ${error.message}` }
  return { kind: 'unknown', detail: failureIn(error).detail }
}
