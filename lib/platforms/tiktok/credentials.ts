import * as z from 'zod'
import type { Secrets } from '../../ports/secrets.ts'
import { type Instant, instant } from '../../units/calendar.ts'
import { parseSecret, printable, readSecret } from '../../wire/secret.ts'

const moment = z.string().transform((text, context): Instant => {
  try {
    return instant(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-21T06:00:00Z' })
    return z.NEVER
  }
})
const secretSchema = z.object({
  accessToken: printable,
  issuedAt: moment.optional(),
})
const EXAMPLE = '{"accessToken": …, "issuedAt": …}'

export interface Credentials {
  readonly accessToken: string
  readonly issuedAt: Instant | undefined
  /** `text` without the token. */
  redact(text: string): string
}

/**
 * The credentials that a secret holds. The token lasts until the advertiser revokes it: there is nothing to refresh.
 *
 * @param fresh read past any cache, after TikTok refused the old token
 * @throws PlatformError unauthorised, naming the secret and the field and never a value
 */
export async function readCredentials(secrets: Secrets, name: string, fresh: boolean): Promise<Credentials> {
  const text = await readSecret(secrets, name, fresh)
  const { accessToken, issuedAt } = parseSecret(secretSchema, name, text, EXAMPLE)
  return { accessToken, issuedAt, redact: (said) => said.replaceAll(accessToken, '[redacted]') }
}
