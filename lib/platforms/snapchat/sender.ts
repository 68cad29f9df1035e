import type { AccountId } from '../../model/account.ts'
import { heardIn } from '../../model/request-limits.ts'
import type { RequestLimiter, RequestUse } from '../../ports/limiter.ts'
import { type Answer, exchange } from '../../wire/exchange.ts'
import { API_VERSION } from './endpoints.ts'
import { statusFailure } from './failures.ts'
import type { AccessToken, TokenSource } from './token.ts'

export type Params = Readonly<Record<string, string>>

/** One request to the API. */
export interface SnapRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH'
  readonly account: AccountId
  readonly use: RequestUse
  /** Without the version, such as `adaccounts/8adc…/campaigns`. */
  readonly path: string
  readonly query?: Params
  readonly body?: { readonly type: 'application/json' | 'application/json-patch+json'; readonly text: string }
}

/** One answer, with the way to take the credentials out of its texts. */
export interface Sent {
  readonly answer: Answer
  readonly redact: (text: string) => string
}

/** Sends authorised requests, all of them from here. */
export interface Sender {
  /**
   * A read that is refused for its token is sent once more with a fresh one; a write is sent once, and the next request
   * has a fresh one.
   *
   * @throws PlatformError when there is no token or no room in the limits, and then nothing was sent
   */
  submit(request: SnapRequest): Promise<Sent>
  /** The token that requests go out with. @throws PlatformError */
  token(): Promise<AccessToken>
  readonly origin: string
}

export interface SenderOptions {
  readonly tokens: TokenSource
  /** Of the API. */
  readonly origin: string
  readonly timeoutMs: number
  readonly limiter: RequestLimiter | undefined
}

export function openSender({ tokens, origin, timeoutMs, limiter }: SenderOptions): Sender {
  async function once({ method, account, use, path, query, body }: SnapRequest, token: AccessToken): Promise<Sent> {
    await limiter?.admit({ account, use })
    const address = `${origin}/${API_VERSION}/${path}`
    const url = query && Object.keys(query).length > 0 ? `${address}?${new URLSearchParams(query)}` : address
    // In the header: what is in an address ends up in the logs of whatever lies between.
    const headers = { authorization: `Bearer ${token.text}`, accept: 'application/json' }
    const init = body
      ? { method, headers: { ...headers, 'content-type': body.type }, body: body.text }
      : { method, headers }
    const sent = { answer: await exchange(url, init, timeoutMs), redact: token.redact }
    const failure = statusFailure(sent.answer, sent.redact)
    const heard = failure && heardIn(failure)
    if (heard) await limiter?.heard({ account, use }, heard)
    return sent
  }

  return {
    async submit(request) {
      const token = await tokens.token()
      const sent = await once(request, token)
      if (!isTokenRefused(sent)) return sent
      if (request.method === 'GET') return once(request, await tokens.renewed(token))
      tokens.forget(token)
      return sent
    },
    token: () => tokens.token(),
    origin,
  }
}

/** Nothing of the request was carried out. */
export const isTokenRefused = ({ answer }: Sent): boolean => 'status' in answer && answer.status === 401
