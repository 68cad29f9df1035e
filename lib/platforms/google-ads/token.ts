import * as z from 'zod'
import { PlatformError } from '../../model/failure.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { type Instant, later } from '../../units/calendar.ts'
import { saysTwice } from '../../wire/exact-json.ts'
import { secretFaults } from '../../wire/secret.ts'
import { type Answer, NoAnswer, post } from './http.ts'
import { parseJson, readAs, unreadable } from './schema.ts'

/** What every request carries. */
export interface Credentials {
  readonly accessToken: string
  readonly developerToken: string
  readonly loginCustomerId?: string | undefined
  readonly usableUntil: Instant
  /** Scopes that were granted, where the answer says so. */
  readonly granted?: readonly string[] | undefined
  /** The token endpoint's clock when it answered, and ours before it was asked. */
  readonly clocks?: { readonly theirs: Instant; readonly ours: Instant } | undefined
}

export interface TokenSource {
  /** Present credentials; concurrent callers share one refresh. @throws PlatformError */
  credentials(): Promise<Credentials>
  /** Others than `refused`, which the API has just answered with 401. @throws PlatformError */
  renewed(refused: Credentials): Promise<Credentials>
  /** Not to be used again; the next caller refreshes. */
  forget(refused: Credentials): void
}

const text = z.string().min(1)
const secretSchema = z.object({
  clientId: text,
  clientSecret: text,
  refreshToken: text,
  developerToken: text,
  loginCustomerId: z
    .string()
    .regex(/^\d{1,20}$/, 'must be digits only, without dashes')
    .optional(),
})
type Secret = z.infer<typeof secretSchema>

/** Google's live for an hour; a number beyond this is no lifetime. */
const YEAR_S = 31_536_000
const tokenAnswer = z.object({
  access_token: text,
  expires_in: z.number().int().positive().max(YEAR_S),
  scope: z.string().optional(),
})
/** OAuth's own words are like `invalid_grant`; anything else may quote what was sent. */
const tokenFailure = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) })

/** A token is not used in its last five minutes, nor in the last tenth of a short life. */
const MARGIN_MS = 300_000
const MAX_BYTES = 65_536

const unauthorised = (detail: string): PlatformError => new PlatformError({ kind: 'unauthorised', detail })

/** @throws PlatformError that names the secret and the field, and quotes neither */
function parseSecret(name: string, json: string): Secret {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    // The parser's own message would quote the secret.
    throw unauthorised(`secret "${name}" is not JSON`)
  }
  const parsed = secretSchema.safeParse(value)
  if (!parsed.success) throw unauthorised(`secret "${name}" is not as expected: ${secretFaults(parsed.error)}`)
  return parsed.data
}

export interface TokenOptions {
  readonly secrets: Secrets
  readonly secretName: string
  readonly clock: Clock
  readonly endpoint: URL
  readonly timeoutMs: number
}

async function readSecret({ secrets, secretName }: TokenOptions, fresh: boolean): Promise<string> {
  try {
    return await secrets.read(secretName, fresh)
  } catch (error) {
    throw unauthorised(error instanceof Error ? error.message : `secret "${secretName}" cannot be read`)
  }
}

async function ask({ endpoint, timeoutMs }: TokenOptions, secret: Secret): Promise<Answer> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: secret.clientId,
    client_secret: secret.clientSecret,
    refresh_token: secret.refreshToken,
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  try {
    return await post(endpoint, { headers, body: form.toString(), timeoutMs, maxBytes: MAX_BYTES })
  } catch (error) {
    // Asking for a token twice does no harm, so that here "lost" and "not sent" are the same.
    if (error instanceof NoAnswer) throw new PlatformError({ kind: 'transient', detail: `token: ${error.message}` })
    throw error
  }
}

/** OAuth's own word (`invalid_grant`), or `undefined` where there is none. */
function oauthError(body: string): string | undefined {
  try {
    return tokenFailure.parse(JSON.parse(body)).error
  } catch {
    return undefined
  }
}

function refusal(name: string, answer: Answer): PlatformError {
  const word = oauthError(answer.body) ?? 'no reason given'
  const detail = `token: HTTP ${answer.status} (${word})`
  if (answer.status >= 500) return new PlatformError({ kind: 'transient', detail })
  if (answer.status === 429) return new PlatformError({ kind: 'rate-limited', retryAfterMs: 30_000, detail })
  const remedy = word === 'invalid_client' ? 'put clientId and clientSecret right' : 'renew the refresh token'
  return unauthorised(`${detail}: ${remedy} in secret "${name}"`)
}

/**
 * Access tokens from the refresh token in the secret.
 *
 * The secret is looked at for every request, which its store's cache makes cheap: another one than the token came from is
 * in use as soon as the store shows it, and one that was taken away ends all requests, however long the token would last.
 * After `invalid_grant` the secret is read past its cache, and tried once more if it changed: somebody rotated it.
 */
export function tokenSource(options: TokenOptions): TokenSource {
  let current: { readonly credentials: Credentials; readonly secret: string } | undefined
  let pending: Promise<Credentials> | undefined

  const granted = (secret: string, answer: Answer, askedAt: Instant): Credentials => {
    const credentials = credentialsOf(parseSecret(options.secretName, secret), answer, askedAt)
    current = { credentials, secret }
    return credentials
  }
  const refreshed = async (secret: string): Promise<Credentials> => {
    const { refreshToken, ...rest } = parseSecret(options.secretName, secret)
    const askedAt = options.clock.now()
    const answer = await ask(options, { refreshToken, ...rest })
    if (answer.status === 200) return granted(secret, answer, askedAt)
    if (oauthError(answer.body) !== 'invalid_grant') throw refusal(options.secretName, answer)
    const rotated = await readSecret(options, true)
    const next = parseSecret(options.secretName, rotated)
    if (next.refreshToken === refreshToken) throw refusal(options.secretName, answer)
    const second = await ask(options, next)
    if (second.status !== 200) throw refusal(options.secretName, second)
    return granted(rotated, second, askedAt)
  }
  const forget = (refused: Credentials): void => {
    if (current?.credentials === refused) current = undefined
  }
  const credentials = async (): Promise<Credentials> => {
    const secret = await readSecret(options, false)
    if (current?.secret === secret && options.clock.now() < current.credentials.usableUntil) return current.credentials
    pending ??= refreshed(secret).finally(() => {
      pending = undefined
    })
    return pending
  }
  return {
    credentials,
    forget,
    renewed: (refused) => {
      forget(refused)
      return credentials()
    },
  }
}

/** @throws PlatformError for an answer that is none */
export function credentialsOf(secret: Secret, answer: Answer, askedAt: Instant): Credentials {
  if (saysTwice(answer.body)) throw unreadable('token answer: a field comes twice, or it is not JSON')
  const token = readAs(tokenAnswer, parseJson(answer.body), 'token answer')
  const lifeMs = token.expires_in * 1000
  return {
    accessToken: token.access_token,
    developerToken: secret.developerToken,
    loginCustomerId: secret.loginCustomerId,
    usableUntil: later(askedAt, lifeMs - Math.min(MARGIN_MS, lifeMs / 10)),
    granted: token.scope?.split(' ').filter((scope) => scope !== ''),
    clocks: clocksOf(answer.headers.date, askedAt),
  }
}

function clocksOf(date: string | undefined, ours: Instant): Credentials['clocks'] {
  const theirs = Date.parse(date ?? '')
  return Number.isNaN(theirs) ? undefined : { theirs: theirs as Instant, ours }
}
