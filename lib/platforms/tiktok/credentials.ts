import * as z from 'zod'
import { PlatformError } from '../../model/failure.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { type Instant, instant } from '../../units/calendar.ts'

// Printable ASCII without spaces: anything else would be refused by fetch, in an error that quotes the whole header.
const token = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces')
const moment = z.string().transform((text, context): Instant => {
  try {
    return instant(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-21T06:00:00Z' })
    return z.NEVER
  }
})
const secretSchema = z.object({
  accessToken: token,
  issuedAt: moment.optional(),
})

export interface Credentials {
  readonly accessToken: string
  readonly issuedAt: Instant | undefined
  /** `text` without the token. */
  redact(text: string): string
}

const unauthorised = (detail: string) => new PlatformError({ kind: 'unauthorised', detail })

function parseSecret(name: string, text: string): z.output<typeof secretSchema> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw unauthorised(`secret ${name} is not JSON: store {"accessToken": …, "issuedAt": …}`)
  }
  const parsed = secretSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
  throw unauthorised(`secret ${name} is not as expected: ${faults.join('; ')}`)
}

/**
 * The credentials that a secret holds. The token lasts until the advertiser revokes it: there is nothing to refresh.
 *
 * @param fresh read past any cache, after TikTok refused the old token
 * @throws PlatformError unauthorised, naming the secret and the field and never a value
 */
export async function readCredentials(secrets: Secrets, name: string, fresh: boolean): Promise<Credentials> {
  let text: string
  try {
    text = await secrets.read(name, fresh)
  } catch (cause) {
    throw unauthorised(cause instanceof Error ? cause.message : `secret ${name} cannot be read`)
  }
  const { accessToken, issuedAt } = parseSecret(name, text)
  return { accessToken, issuedAt, redact: (said) => said.replaceAll(accessToken, '[redacted]') }
}
