import type { AccountId } from '../../model/account.ts'
import { heardIn, type RequestUse } from '../../model/request-limits.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RequestLimiter } from '../../ports/limiter.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Instant } from '../../units/calendar.ts'
import { type Answer, exchange } from '../../wire/exchange.ts'
import { type Credentials, readCredentials } from './credentials.ts'
import { envelopeOf, isOfAccount, isTokenRefused, tiktokFailure } from './failures.ts'

/** Lists and objects of a query go as JSON text. */
export type Query = Readonly<Record<string, unknown>>

export interface ApiRequest {
  readonly account: AccountId
  /** Below the version, with its trailing slash: `campaign/get/`. */
  readonly path: string
  readonly use: RequestUse
  /** A GET with this query, or a POST with this body. */
  readonly query?: Query
  readonly body?: Readonly<Record<string, unknown>>
}

/** One answer, with the way to take the credentials out of its texts. */
export interface Sent {
  readonly answer: Answer
  readonly redact: (text: string) => string
}

export interface SenderOptions {
  readonly secrets: Secrets
  readonly secretName: string
  readonly clock: Clock
  readonly origin: string
  readonly timeoutMs: number
  readonly limiter?: RequestLimiter | undefined
}

/** The one place through which every request goes, each once. */
export interface Sender {
  /** @throws PlatformError when the secret cannot be read, or the limiter holds it back; then nothing was sent */
  submit(request: ApiRequest): Promise<Sent>
  /** Of the secret as it reads now. @throws PlatformError */
  credentials(): Promise<Credentials>
  /** TikTok's clock and ours at the last answer. */
  clocks(): { readonly theirs: Instant; readonly ours: Instant } | undefined
}

/** The only version that there is of these endpoints. */
export const API_VERSION = 'v1.3'

export function openSender({ secrets, secretName, clock, origin, timeoutMs, limiter }: SenderOptions): Sender {
  let wasRefused = false
  let clocks: ReturnType<Sender['clocks']>

  async function credentials(): Promise<Credentials> {
    const fresh = wasRefused
    wasRefused = false
    return readCredentials(secrets, secretName, fresh)
  }

  async function note({ account, use }: ApiRequest, { answer, redact }: Sent): Promise<void> {
    if (answer.kind !== 'answered') return
    const theirs = Date.parse(answer.headers.get('date') ?? '')
    if (Number.isFinite(theirs)) clocks = { theirs: theirs as Instant, ours: clock.now() }
    const envelope = envelopeOf(answer.json)
    if (!envelope) return
    // The next request reads the secret past its cache: somebody may have put a new token there.
    if (isTokenRefused(envelope)) wasRefused = true
    const heard = heardIn(tiktokFailure(envelope, redact))
    if (heard) await limiter?.heard({ account, use }, isOfAccount(envelope) ? { ...heard, whose: 'account' } : heard)
  }

  return {
    async submit(request) {
      const { accessToken, redact } = await credentials()
      await limiter?.admit({ account: request.account, use: request.use })
      const [url, init] = callOf(request, origin, accessToken)
      const sent = { answer: await exchange(url, init, timeoutMs), redact }
      await note(request, sent)
      return sent
    },
    credentials,
    clocks: () => clocks,
  }
}

function callOf({ path, query, body }: ApiRequest, origin: string, accessToken: string): [string, RequestInit] {
  const url = `${origin}/open_api/${API_VERSION}/${path}`
  const headers = { 'access-token': accessToken, accept: 'application/json' }
  if (body !== undefined) {
    const json = { ...headers, 'content-type': 'application/json' }
    return [url, { method: 'POST', headers: json, body: JSON.stringify(body) }]
  }
  const params = new URLSearchParams(
    Object.entries(query ?? {}).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
  return [`${url}?${params}`, { method: 'GET', headers }]
}
