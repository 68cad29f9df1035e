import type { PlatformFailure } from '../../model/failure.ts'
import { type Instant, SECOND_MS } from '../../units/calendar.ts'
import { type Answer, exchange } from '../../wire/exchange.ts'
import { API_VERSION } from './endpoint.ts'
import { brief, errorIn } from './failures.ts'
import { type PinterestSecret, redactor, renewedSecret } from './secret.ts'

export interface GrantOptions {
  readonly origin: string
  readonly timeoutMs: number
  readonly secretName: string
  readonly at: Instant
}

type Granted = { readonly secret: PinterestSecret } | { readonly failure: PlatformFailure }

const THROTTLED_MS = 60 * SECOND_MS

/** One use of the refresh token, which may end its life whatever the answer is. */
export async function askToken(options: GrantOptions, before: PinterestSecret): Promise<Granted> {
  const { origin, timeoutMs, at } = options
  const { appId, appSecret, refreshToken } = before
  const headers = {
    authorization: `Basic ${Buffer.from(`${appId}:${appSecret}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString()
  const answer = await exchange(`${origin}/${API_VERSION}/oauth/token`, { method: 'POST', headers, body }, timeoutMs)
  const renewed = isGrant(answer) ? renewedSecret(before, answer.json, at) : undefined
  return renewed ? { secret: renewed } : { failure: failureOf(answer, options, redactor([refreshToken, appSecret])) }
}

const isGrant = (answer: Answer): answer is Extract<Answer, { kind: 'answered' }> =>
  answer.kind === 'answered' && answer.status === 200

function failureOf(answer: Answer, { secretName }: GrantOptions, redact: (text: string) => string): PlatformFailure {
  const detail = brief(`token: ${described(answer)}`, redact)
  if (answer.kind === 'unsent') return { kind: 'transient', detail }
  if (answer.kind === 'answered' && answer.status === 429)
    return { kind: 'rate-limited', retryAfterMs: THROTTLED_MS, detail }
  if (answer.kind !== 'lost' && answer.status >= 400 && answer.status < 500)
    return {
      kind: 'unauthorised',
      detail: `${detail}: authorise the app again and store the new refreshToken in secret ${secretName}`,
    }
  // Pinterest may have renewed it, and only the answer got lost.
  return { kind: 'transient', detail: `${detail}; the old refresh token is tried again` }
}

function described(answer: Answer): string {
  if (answer.kind === 'unsent' || answer.kind === 'lost') return answer.detail
  const error = answer.kind === 'answered' ? errorIn(answer.json) : undefined
  return `HTTP ${answer.status}${error ? ` (${error.code}: ${error.message})` : ''}`
}
