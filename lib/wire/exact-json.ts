import { parse } from 'lossless-json'
import type * as z from 'zod'
import { PlatformError } from '../model/failure.ts'

// Most ids come as strings, but on no platform without exception (request bodies echoed in Meta's activities, for one).
const LONG_NUMBER = /[:[,]\s*-?\d{16,}/

const exact = (text: string): number | string => {
  const number = Number(text)
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number
}

/** The document, with integers beyond 2^53 kept as text; `undefined` when it is not JSON. */
export function parseExactJson(text: string): unknown {
  try {
    // The exact parser is several times slower, and nearly no answer needs it.
    return LONG_NUMBER.test(text) ? parse(text, null, exact) : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether a field stands in one object with two values, of which parsers elsewhere take the last; so of what is no JSON. */
export function saysTwice(text: string): boolean {
  try {
    parse(text)
    return false
  } catch {
    return true
  }
}

/** @throws PlatformError unreadable that names the field, and never its value */
export function readAs<T>(schema: z.ZodType<T>, json: unknown, what: string): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') || 'the whole answer'
  throw new PlatformError({ kind: 'unreadable', detail: `${what}: ${field}: ${issue?.message ?? 'not as documented'}` })
}
