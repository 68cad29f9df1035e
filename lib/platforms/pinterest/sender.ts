import type { AccountId } from '../../model/account.ts'
import { type Heard, heardIn, type RequestUse } from '../../model/request-limits.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LimitedRequest, RequestLimiter } from '../../ports/limiter.ts'
import type { Instant } from '../../units/calendar.ts'
import { type Answer, exchange } from '../../wire/exchange.ts'
import { errorIn, failureOfStatus } from './failures.ts'
import type { Tokens } from './tokens.ts'
import { type CallUsage, usageIn } from './usage.ts'

/** Pinterest counts each of these by itself. */
export type CallKind = 'ads_read' | 'ads_write' | 'ads_analytics'

export interface ApiRequest {
  readonly method: 'GET' | 'PATCH'
  readonly account: AccountId
  /** Below `/v5/ad_accounts/{account}`, such as `/campaigns`, or empty for the account itself. */
  readonly path: string
  /** A list is one parameter for each of its elements. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  readonly kind: CallKind
  readonly use: RequestUse
}

/** One answer, with the way to take the credentials out of its texts. */
export interface Sent {
  readonly answer: Answer
  readonly redact: (text: string) => string
}

export interface SenderOptions {
  readonly tokens: Tokens
  readonly clock: Clock
  readonly origin: string
  readonly version: string
  readonly timeoutMs: number
  readonly limiter?: RequestLimiter | undefined
}

/** The one place through which every request to the API goes, each once. */
export interface Sender {
  /** @throws PlatformError when there is no token, or the limiter holds it back; then nothing was sent */
  submit(request: ApiRequest): Promise<Sent>
  /** What the last answers said: of limits by kind, and of the time. */
  readonly usage: ReadonlyMap<CallKind, CallUsage>
  readonly clocks: () => { readonly theirs: Instant; readonly ours: Instant } | undefined
}

export function openSender({ tokens, clock, origin, version, timeoutMs, limiter }: SenderOptions): Sender {
  const usage = new Map<CallKind, CallUsage>()
  let clocks: { readonly theirs: Instant; readonly ours: Instant } | undefined

  async function note(request: ApiRequest, { answer, redact }: Sent): Promise<void> {
    if (answer.kind !== 'answered' && answer.kind !== 'garbled') return
    const at = clock.now()
    const seen = usageIn(answer.headers, at)
    if (seen) usage.set(request.kind, seen)
    const theirs = Date.parse(answer.headers.get('date') ?? '')
    if (Number.isFinite(theirs)) clocks = { theirs: theirs as Instant, ours: at }
    const heard = heardOf(answer, redact, seen)
    if (heard) await limiter?.heard(limited(request), heard)
  }

  return {
    async submit(request) {
      await limiter?.admit(limited(request))
      const bearer = await tokens.current()
      const url = `${origin}/${version}/ad_accounts/${request.account}${request.path}${queryText(request.query)}`
      const sent = {
        answer: await exchange(url, initOf(request, bearer.accessToken), timeoutMs),
        redact: bearer.redact,
      }
      if (isTokenRefused(sent)) tokens.refused(bearer)
      await note(request, sent)
      return sent
    },
    usage,
    clocks: () => clocks,
  }
}

/** Nothing of the request was carried out. */
export const isTokenRefused = ({ answer }: Sent): boolean => 'status' in answer && answer.status === 401

const limited = ({ account, use, kind }: ApiRequest): LimitedRequest => ({ account, use, kind })

function initOf({ method, body }: ApiRequest, accessToken: string): RequestInit {
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' }
  if (body === undefined) return { method, headers }
  return { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function queryText(query: ApiRequest['query'] = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of typeof value === 'string' ? [value] : value) params.append(name, one)
  return params.size === 0 ? '' : `?${params}`
}

function heardOf(
  answer: Extract<Answer, { kind: 'answered' | 'garbled' }>,
  redact: Sent['redact'],
  seen: CallUsage | undefined,
): Heard | undefined {
  const { status, headers } = answer
  if (status >= 400 && status < 500) {
    const error = answer.kind === 'answered' ? errorIn(answer.json) : undefined
    const heard = heardIn(failureOfStatus(status, error, headers, redact))
    if (heard) return heard
  }
  return seen && { kind: 'usage', usedShare: seen.usedShare, clearAfterMs: seen.clearAfterMs }
}
