import type { AccountId } from '../../model/account.ts'
import { type Heard, heardIn, type RequestUse } from '../../model/request-limits.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LimitedRequest, RequestLimiter } from '../../ports/limiter.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { type Answer, exchange } from '../../wire/exchange.ts'
import { type Credentials, readCredentials } from './credentials.ts'
import { type GraphError, graphError, metaFailure } from './failures.ts'
import { INSIGHTS, MANAGEMENT } from './limits.ts'
import { type AccountUsage, usageOf, waitAfter } from './usage.ts'

export type Params = Readonly<Record<string, string>>

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
  readonly version: string
  readonly timeoutMs: number
  readonly limiter?: RequestLimiter | undefined
}

type Method = 'GET' | 'POST' | 'DELETE'

/** Sends authorised requests, each once, and keeps what their answers say about quotas. */
export interface Sender {
  /**
   * @param path without the version, such as `act_123/campaigns`
   * @throws PlatformError when the secret cannot be read, or the limiter holds it back; then nothing was sent
   */
  submit(method: Method, account: AccountId, path: string, params: Params, use: RequestUse): Promise<Sent>
  /** What Meta says of the token that it is sent with. @throws PlatformError as `submit` does */
  inspectToken(account: AccountId): Promise<Sent>
  readonly usage: ReadonlyMap<AccountId, AccountUsage>
  /** The application's id, where the secret names it. */
  appId(): Promise<string | undefined>
}

/** "The token is no longer valid", whatever its subcode. */
const TOKEN_REFUSED = '190'

export function openSender(options: SenderOptions): Sender {
  const { secrets, secretName, clock, origin, version, timeoutMs, limiter } = options
  const usage = new Map<AccountId, AccountUsage>()
  let wasRefused = false

  async function credentials(): Promise<Credentials> {
    const fresh = wasRefused
    wasRefused = false
    return readCredentials(secrets, secretName, fresh)
  }

  async function note(account: AccountId, request: LimitedRequest, { answer, redact }: Sent): Promise<void> {
    if (answer.kind !== 'answered') return
    const seen = usageOf(answer.headers, clock.now())
    if (seen) usage.set(account, seen)
    const error = graphError(answer.json, redact)
    // The next request reads the secret past its cache: somebody may have put a new token there.
    if (error?.code === TOKEN_REFUSED) wasRefused = true
    const heard = heardOf(error, answer.headers) ?? (seen && usedOf(seen))
    if (heard) await limiter?.heard(request, heard)
  }

  const sender: Sender = {
    async submit(method, account, path, params, use) {
      const request = { account, use, kind: kindOf(path) }
      await limiter?.admit(request)
      const { accessToken, proof, redact } = await credentials()
      const url = `${origin}/${version}/${path}`
      // In the header: what is in an address ends up in the logs of whatever lies between.
      const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' }
      const all = new URLSearchParams({ ...params, ...(proof && { appsecret_proof: proof }) })
      const [target, init] =
        method === 'GET' ? [`${url}?${all}`, { method, headers }] : [url, { method, headers, body: all }]
      const sent = { answer: await exchange(target, init, timeoutMs), redact }
      await note(account, request, sent)
      return sent
    },
    async inspectToken(account) {
      const { accessToken } = await credentials()
      const relative_url = `debug_token?input_token=${encodeURIComponent(accessToken)}`
      // Within the body of a batch: as a request of its own it would have the token in its address.
      const batch = JSON.stringify([{ method: 'GET', relative_url }])
      return sender.submit('POST', account, '', { batch, include_headers: 'false' }, 'read')
    },
    usage,
    appId: async () => (await credentials()).appId,
  }
  return sender
}

/** Reports are counted by themselves. */
const kindOf = (path: string): string => (path.endsWith('/insights') ? INSIGHTS : MANAGEMENT)

/** "Application request limit reached"; the other throttles are about one account. */
const APPLICATION_LIMIT = '4'

function heardOf(error: GraphError | undefined, headers: Headers): Heard | undefined {
  const heard = error && heardIn(metaFailure(error, waitAfter(headers)))
  return heard && error?.code === APPLICATION_LIMIT ? { ...heard, whose: 'application' } : heard
}

const usedOf = ({ utilisation, readAt, clearAt }: AccountUsage): Heard => ({
  kind: 'usage',
  usedShare: utilisation,
  clearAfterMs: clearAt - readAt,
})
