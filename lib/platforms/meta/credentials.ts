import { createHmac } from 'node:crypto'
import * as z from 'zod'
import type { Secrets } from '../../ports/secrets.ts'
import { parseSecret, printable, readSecret } from '../../wire/secret.ts'

const secretSchema = z.object({ accessToken: printable, appId: printable.optional(), appSecret: printable.optional() })
const EXAMPLE = '{"accessToken": …, "appId": …, "appSecret": …}'

export interface Credentials {
  readonly accessToken: string
  readonly appId: string | undefined
  /** Hex HMAC-SHA256 of the token under the app's secret; absent without an app secret. */
  readonly proof: string | undefined
  /** `text` without any part of the secret: Meta's own messages quote malformed tokens. */
  redact(text: string): string
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
  const text = await readSecret(secrets, name, fresh)
  const { accessToken, appId, appSecret } = parseSecret(secretSchema, name, text, EXAMPLE)
  const proof = appSecret && createHmac('sha256', appSecret).update(accessToken).digest('hex')
  return { accessToken, appId, proof: proof || undefined, redact: redactor([accessToken, appSecret, proof]) }
}
