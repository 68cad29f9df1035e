import * as z from 'zod'
import { PlatformError } from '../model/failure.ts'
import type { Secrets } from '../ports/secrets.ts'

/** Printable ASCII without spaces: anything else would be refused by fetch, in an error that quotes the whole header. */
export const printable = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces')

export const unauthorised = (detail: string): PlatformError => new PlatformError({ kind: 'unauthorised', detail })

/**
 * The text of a secret.
 *
 * @param fresh read past any cache, after the platform refused what was in it
 * @throws PlatformError unauthorised
 */
export async function readSecret(secrets: Secrets, name: string, fresh: boolean): Promise<string> {
  try {
    return await secrets.read(name, fresh)
  } catch (cause) {
    throw unauthorised(cause instanceof Error ? cause.message : `secret ${name} cannot be read`)
  }
}

/**
 * What the text of a secret says.
 *
 * @param example of what to store, for the message
 * @throws PlatformError unauthorised, naming the secret and the field and never a value
 */
export function parseSecret<T>(schema: z.ZodType<T>, name: string, text: string, example: string): T {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw unauthorised(`secret ${name} is not JSON: store ${example}`)
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw unauthorised(`secret ${name} is not as expected: ${secretFaults(parsed.error)}`)
}

/** Field by field. No colon behind a name such as clientSecret: what follows would be taken for the secret, and blotted out. */
export const secretFaults = ({ issues }: z.ZodError): string =>
  issues
    .map(({ path, message }) => {
      const fault = message.endsWith('received undefined') ? 'missing' : message
      return `${path.join('.') || 'the whole'} (${fault})`
    })
    .join('; ')
