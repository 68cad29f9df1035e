import type { AccountId } from '../../model/account.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { type Answer, exchange } from '../../wire/exchange.ts'
import { type Credentials, readCredentials } from './credentials.ts'
import { graphError } from './failures.ts'
import { type AccountUsage, usageOf } from './usage.ts'

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
}

/** Sends authorised requests, each once, and keeps what their answers say about quotas. */
export interface Sender {
  /**
   * @param path without the version, such as `act_123/campaigns`
   * @throws PlatformError unauthorised when the secret cannot be read, and then nothing was sent
   */
  submit(method: 'GET' | 'POST' | 'DELETE', account: AccountId, path: string, params: Params): Promise<Sent>
  /** What Meta says of the token that it is sent with. @throws PlatformError as `submit` does */
  inspectToken(account: AccountId): Promise<Sent>
  readonly usage: ReadonlyMap<AccountId, AccountUsage>
  /** The application's id, where the secret names it. */
  appId(): Promise<string | undefined>
}

/** "The token is no longer valid", whatever its subcode. */
const TOKEN_REFUSED = '190'

export function openSender({ secrets, secretName, clock, origin, version, timeoutMs }: SenderOptions): Sender {
  const usage = new Map<AccountId, AccountUsage>()
  let wasRefused = false

  async function credentials(): Promise<Credentials> {
    const fresh = wasRefused
    wasRefused = false
    return readCredentials(secrets, secretName, fresh)
  }

  function note(account: AccountId, { answer, redact }: Sent): void {
    if (answer.kind !== 'answered') return
    const seen = usageOf(answer.headers, clock.now())
    if (seen) usage.set(account, seen)
    // The next request reads the secret past its cache: somebody may have put a new token there.
    if (graphError(answer.json, redact)?.code === TOKEN_REFUSED) wasRefused = true
  }

  const sender: Sender = {
    async submit(method, account, path, params) {
      const { accessToken, proof, redact } = await credentials()
      const url = `${origin}/${version}/${path}`
      // In the header: what is in an address ends up in the logs of whatever lies between.
      const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' }
      const all = new URLSearchParams({ ...params, ...(proof && { appsecret_proof: proof }) })
      const [target, init] =
        method === 'GET' ? [`${url}?${all}`, { method, headers }] : [url, { method, headers, body: all }]
      const sent = { answer: await exchange(target, init, timeoutMs), redact }
      note(account, sent)
      return sent
    },
    async inspectToken(account) {
      const { accessToken } = await credentials()
      const relative_url = `debug_token?input_token=${encodeURIComponent(accessToken)}`
      // Within the body of a batch: as a request of its own it would have the token in its address.
      const batch = JSON.stringify([{ method: 'GET', relative_url }])
      return sender.submit('POST', account, '', { batch, include_headers: 'false' })
    },
    usage,
    appId: async () => (await credentials()).appId,
  }
  return sender
}
