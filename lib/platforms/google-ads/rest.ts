import type * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import { PlatformError, type PlatformFailure } from '../../model/failure.ts'
import { failedAnswer } from './failures.ts'
import { type Answer, NoAnswer, post } from './http.ts'
import { type MutateAnswer, mutateAnswer, pageOf, parseJson, readAs, unreadable } from './schema.ts'
import type { Credentials, TokenSource } from './token.ts'

/** One element of `mutateOperations`, in REST's JSON. */
export type MutateOperation = Readonly<Record<string, unknown>>

export type MutateOutcome =
  | { readonly kind: 'answered'; readonly answer: MutateAnswer }
  | { readonly kind: 'refused'; readonly failure: PlatformFailure }
  | { readonly kind: 'unknown'; readonly detail: string }

/** The two calls that Sluice makes of Google Ads. */
export interface GoogleAdsRest {
  /** Every row, page by page, so that a long report is never held twice. @throws PlatformError */
  pages<T>(account: AccountId, query: string, row: z.ZodType<T>): AsyncGenerator<readonly T[]>
  /** Every row. @throws PlatformError */
  rows<T>(account: AccountId, query: string, row: z.ZodType<T>): Promise<readonly T[]>
  /** Sends the operations once, with partial failure. Does not throw. */
  mutate(account: AccountId, operations: readonly MutateOperation[]): Promise<MutateOutcome>
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
}

type Send = (account: AccountId, call: 'search' | 'mutate', body: object, credentials: Credentials) => Promise<Answer>

const sender =
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
async function read(send: Send, tokens: TokenSource, account: AccountId, body: object): Promise<Answer> {
  const credentials = await tokens.credentials()
  const answer = await send(account, 'search', body, credentials)
  if (answer.status !== 401) return answer
  return send(account, 'search', body, await tokens.renewed(credentials))
}

async function mutateOnce(send: Send, tokens: TokenSource, account: AccountId, body: object): Promise<MutateOutcome> {
  let credentials: Credentials
  try {
    credentials = await tokens.credentials()
  } catch (error) {
    return { kind: 'refused', failure: failureIn(error) }
  }
  try {
    const answer = await send(account, 'mutate', body, credentials)
    if (answer.status === 401) tokens.forget(credentials)
    return outcomeOf(answer)
  } catch (error) {
    return lost(error)
  }
}

export function googleAdsRest(options: RestOptions): GoogleAdsRest {
  const { tokens } = options
  const send = sender(options)

  async function* pages<T>(account: AccountId, query: string, row: z.ZodType<T>): AsyncGenerator<readonly T[]> {
    const schema = pageOf(row)
    const seen = new Set<string>()
    let pageToken: string | undefined
    do {
      const body = pageToken === undefined ? { query } : { query, pageToken }
      const answer = await read(send, tokens, account, body).catch(asReadFailure)
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
    mutateOnce(send, tokens, account, { mutateOperations, partialFailure: true })

  return { pages, rows, mutate }
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

function outcomeOf(answer: Answer): MutateOutcome {
  if (answer.status === 200)
    return { kind: 'answered', answer: readAs(mutateAnswer, parseJson(answer.body), 'answer to mutate') }
  const { failure, doubt } = failedAnswer(answer)
  return doubt ? { kind: 'unknown', detail: failure.detail } : { kind: 'refused', failure }
}

/** After the request has left, only a whole and readable answer says what became of it. */
function lost(error: unknown): MutateOutcome {
  if (error instanceof NoAnswer && !error.sent)
    return { kind: 'refused', failure: { kind: 'transient', detail: `nothing was sent: ${error.message}` } }
  if (error instanceof NoAnswer)
    return { kind: 'unknown', detail: `no answer to a request that was sent: ${error.message}` }
  return { kind: 'unknown', detail: failureIn(error).detail }
}
