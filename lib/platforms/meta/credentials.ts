import { createHmac } from 'node:crypto'
import * as z from 'zod'
import { PlatformError } from '../../model/failure.ts'
import type { Secrets } from '../../ports/secrets.ts'

// Printable ASCII without spaces: anything else would be refused by fetch, in an error that quotes the whole header.
const token = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces')
const secretSchema = z.object({ accessToken: token, appId: token.optional(), appSecret: token.optional() })

export interface Credentials {
  readonly accessToken: string
  readonly appId: string | undefined
  /** Hex HMAC-SHA256 of the token under the app's secret; absent without an app secret. */
  readonly proof: string | undefined
  /** `text` without any part of the secret: Meta's own messages quote malformed tokens. */
  redact(text: string): string
}

const unauthorised = (detail: string) => new PlatformError({ kind: 'unauthorised', detail })

function parseSecret(name: string, text: string): z.output<typeof secretSchema> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw unauthorised(`secret ${name} is not JSON: store {"accessToken": …, "appId": …, "appSecret": …}`)
  }
  const parsed = secretSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
  throw unauthorised(`secret ${name} is not as expected: ${faults.join('; ')}`)
}

function redactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const known = secrets.filter((secret) => secret !== undefined)
  // Meta's tokens start with EAA; a shortened or another token is no more fit for a log than ours.
  return (text) => known.reduce((t, s) => t.replaceAll(s, '[redacted]'), text).replace(/\bEAA\w{8,}/g, '[redacted]')
}

/**
 * The credentials that a secret holds.
 *
 * @param fresh read past any cache, after Meta refused the old token
 * @throws PlatformError unauthorised, naming the secret and the field and never a value
 */
export async function readCredentials(secrets: Secrets, name: string, fresh: boolean): Promise<Credentials> {
  let text: string
  try {
    text = await secrets.read(name, fresh)
  } catch (cause) {
    throw unauthorised(cause instanceof Error ? cause.message : `secret ${name} cannot be read`)
  }
  const { accessToken, appId, appSecret } = parseSecret(name, text)
  const proof = appSecret && createHmac('sha256', appSecret).update(accessToken).digest('hex')
  return { accessToken, appId, proof: proof || undefined, redact: redactor([accessToken, appSecret, proof]) }
}
