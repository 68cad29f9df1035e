import * as z from 'zod'
import { PlatformError } from '../../model/failure.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { type Instant, later } from '../../units/calendar.ts'
import { readAs, saysTwice } from '../../wire/exact-json.ts'
import { type Answer, exchange } from '../../wire/exchange.ts'
import { parseSecret, printable, readSecret, unauthorised } from '../../wire/secret.ts'
import { TOKEN_PATH } from './endpoints.ts'

const secretSchema = z.object({ clientId: printable, clientSecret: printable, refreshToken: printable })
const EXAMPLE = '{"clientId": …, "clientSecret": …, "refreshToken": …}'
type Secret = z.output<typeof secretSchema>

/** Snapchat's live for half an hour; a number beyond ten years is no lifetime. */
const TEN_YEARS_S = 315_360_000
const grantSchema = z.object({
  access_token: printable,
  expires_in: z.number().int().positive().max(TEN_YEARS_S),
  scope: z.string().optional().catch(undefined),
})
/** OAuth's own words are like `invalid_grant`; anything else may quote what was sent. */
const refusalSchema = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) })

export interface AccessToken {
  readonly text: string
  readonly issuedAt: Instant
  readonly expiresAt: Instant
  /** As the token answer named them; `undefined` where it named none. */
  readonly scopes: readonly string[] | undefined
  /** `text` without any part of the credentials. */
  redact(text: string): string
}

export interface TokenSource {
  /** The present token; concurrent callers share one refresh. @throws PlatformError */
  token(): Promise<AccessToken>
  /** Another than `refused`, which the API has just answered with 401. @throws PlatformError */
  renewed(refused: AccessToken): Promise<AccessToken>
  /** Not to be used again; the next caller refreshes. */
  forget(refused: AccessToken): void
}

export interface TokenOptions {
  readonly secrets: Secrets
  /** Names the secret `{"clientId": …, "clientSecret": …, "refreshToken": …}`. */
  readonly secretName: string
  readonly clock: Clock
  /** Origin of the token endpoint. */
  readonly endpoint: string
  readonly timeoutMs: number
}

/** A token is not used in its last five minutes, nor in the last tenth of a short life. */
const MARGIN_MS = 300_000

/** Asking for a token twice does no harm, so that a lost answer is simply none. */
function ask({ endpoint, timeoutMs }: TokenOptions, secret: Secret): Promise<Answer> {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: secret.clientId,
    client_secret: secret.clientSecret,
    refresh_token: secret.refreshToken,
  })
  return exchange(`${endpoint}${TOKEN_PATH}`, { method: 'POST', body }, timeoutMs)
}

const oauthError = (answer: Answer): string | undefined =>
  answer.kind === 'answered' ? refusalSchema.safeParse(answer.json).data?.error : undefined

function refusal(name: string, answer: Answer): PlatformError {
  if (answer.kind === 'unsent' || answer.kind === 'lost')
    return new PlatformError({ kind: 'transient', detail: `token: ${answer.detail}` })
  const word = oauthError(answer) ?? 'no reason given'
  const detail = `token: HTTP ${answer.status} (${word})`
  if (answer.status >= 500 || answer.status === 200) return new PlatformError({ kind: 'transient', detail })
  if (answer.status === 429) return new PlatformError({ kind: 'rate-limited', retryAfterMs: 30_000, detail })
  const remedy = word === 'invalid_client' ? 'put clientId and clientSecret right' : 'renew the refresh token'
  return unauthorised(`${detail}: ${remedy} in secret ${name}`)
}

const redactor =
  (parts: readonly string[]) =>
  (text: string): string =>
    parts.reduce((rest, part) => rest.replaceAll(part, '[redacted]'), text)

/** @throws PlatformError unreadable for an answer that is none, and for one that says two things of the same */
export function granted(
  { clientSecret, refreshToken }: Omit<Secret, 'clientId'>,
  { json, text }: { readonly json: unknown; readonly text: string },
  askedAt: Instant,
): AccessToken {
  if (saysTwice(text)) throw new PlatformError({ kind: 'unreadable', detail: 'token answer: a field comes twice' })
  const grant = readAs(grantSchema, json, 'token answer')
  return {
    text: grant.access_token,
    issuedAt: askedAt,
    expiresAt: later(askedAt, grant.expires_in * 1_000),
    scopes: grant.scope?.split(/[ ,]+/).filter((scope) => scope !== ''),
    redact: redactor([grant.access_token, clientSecret, refreshToken]),
  }
}

const isUsable = ({ issuedAt, expiresAt }: AccessToken, now: Instant): boolean =>
  now < expiresAt - Math.min(MARGIN_MS, (expiresAt - issuedAt) / 10)

/**
 * Access tokens from the refresh token in the secret, which lasts and is kept whatever an answer brings beside.
 *
 * The secret is looked at for every request, which its store's cache makes cheap: another one than the token came from is in
 * use as soon as the store shows it. After `invalid_grant` the secret is read past its cache, and tried once more if it
 * changed.
 */
export function tokenSource(options: TokenOptions): TokenSource {
  const { secrets, secretName } = options
  let current: { readonly token: AccessToken; readonly secret: string } | undefined
  let pending: Promise<AccessToken> | undefined

  async function refreshed(text: string): Promise<AccessToken> {
    const secret = parseSecret(secretSchema, secretName, text, EXAMPLE)
    const askedAt = options.clock.now()
    const answer = await ask(options, secret)
    if (answer.kind === 'answered' && answer.status === 200) return keep(text, granted(secret, answer, askedAt))
    if (oauthError(answer) !== 'invalid_grant') throw refusal(secretName, answer)
    const changed = await readSecret(secrets, secretName, true)
    if (changed === text) throw refusal(secretName, answer)
    const other = parseSecret(secretSchema, secretName, changed, EXAMPLE)
    const second = await ask(options, other)
    if (second.kind !== 'answered' || second.status !== 200) throw refusal(secretName, second)
    return keep(changed, granted(other, second, askedAt))
  }
  const keep = (secret: string, token: AccessToken): AccessToken => {
    current = { token, secret }
    return token
  }
  const forget = (refused: AccessToken): void => {
    if (current?.token === refused) current = undefined
  }
  const token = async (): Promise<AccessToken> => {
    const text = await readSecret(secrets, secretName, false)
    if (current?.secret === text && isUsable(current.token, options.clock.now())) return current.token
    pending ??= refreshed(text).finally(() => {
      pending = undefined
    })
    return pending
  }
  return {
    token,
    forget,
    renewed: (refused) => {
      forget(refused)
      return token()
    },
  }
}
