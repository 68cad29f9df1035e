import * as z from 'zod'
import { type Instant, later, SECOND_MS } from '../../units/calendar.ts'
import { parseSecret, printable } from '../../wire/secret.ts'

/** Seconds since 1970, as Pinterest's own answers have them. */
const seconds = z.number().int().positive()

/**
 * What is stored. A person puts in the first three; the rest is written with each renewal. Members that are not known here
 * are kept as they are.
 */
const secretSchema = z.looseObject({
  appId: printable,
  appSecret: printable,
  /** Continuous: lives 60 days, and each renewal issues another. */
  refreshToken: printable,
  refreshTokenExpiresAt: seconds.optional(),
  accessToken: printable.optional(),
  /** Without it the token is used until Pinterest refuses it. */
  accessTokenExpiresAt: seconds.optional(),
  accessTokenIssuedAt: seconds.optional(),
  /** `ads:read,ads:write` */
  scope: z.string().optional(),
  /** A worker that is renewing the tokens, and until when others leave that to it. */
  renewing: z.object({ by: z.string(), until: seconds }).optional(),
})
export type PinterestSecret = z.output<typeof secretSchema>

/** @throws PlatformError unauthorised, naming the secret and the field and never a value */
export const pinterestSecret = (name: string, text: string): PinterestSecret =>
  parseSecret(secretSchema, name, text, '{"appId": …, "appSecret": …, "refreshToken": …}')

export const instantOf = (at: number): Instant => (at * SECOND_MS) as Instant
export const secondsOf = (at: Instant): number => Math.floor(at / SECOND_MS)

/** A life beyond reason is as good as none: the tokens must be kept whatever is said of them. */
const life = z.number().positive().max(1e9).optional().catch(undefined)
const grantSchema = z.object({
  access_token: printable,
  expires_in: life,
  refresh_token: printable.optional(),
  refresh_token_expires_in: life,
  refresh_token_expires_at: z.number().min(1).max(253_402_300_799).optional().catch(undefined),
  scope: z.string().optional().catch(undefined),
})

/** The secret as it is to be stored after a renewal; `undefined` when the answer is no grant. */
export function renewedSecret(before: PinterestSecret, answer: unknown, at: Instant): PinterestSecret | undefined {
  const parsed = grantSchema.safeParse(answer)
  if (!parsed.success) return undefined
  const grant = parsed.data
  const { renewing: _, refreshTokenExpiresAt: keptUntil, accessTokenExpiresAt: __, ...rest } = before
  const expiry = refreshExpiry(grant, at) ?? (grant.refresh_token === undefined ? keptUntil : undefined)
  return {
    ...rest,
    // A token of the kind that ended in 2025 was not re-issued: it stays.
    refreshToken: grant.refresh_token ?? before.refreshToken,
    ...(expiry !== undefined && { refreshTokenExpiresAt: expiry }),
    accessToken: grant.access_token,
    ...(grant.expires_in !== undefined && {
      accessTokenExpiresAt: secondsOf(later(at, grant.expires_in * SECOND_MS)),
    }),
    accessTokenIssuedAt: secondsOf(at),
    ...(grant.scope !== undefined && { scope: grant.scope }),
  }
}

type Grant = z.output<typeof grantSchema>

function refreshExpiry(grant: Grant, at: Instant): number | undefined {
  if (grant.refresh_token_expires_in !== undefined)
    return secondsOf(later(at, grant.refresh_token_expires_in * SECOND_MS))
  return grant.refresh_token_expires_at === undefined ? undefined : Math.floor(grant.refresh_token_expires_at)
}

/** Takes credentials out of a text, ours and any that look like Pinterest's (`pina_…`, `pinr.…`). */
export function redactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const known = secrets.filter((secret) => secret !== undefined)
  return (text) =>
    known.reduce((t, s) => t.replaceAll(s, '[redacted]'), text).replace(/\bpin[acr][_.][\w.-]{8,}/g, '[redacted]')
}
