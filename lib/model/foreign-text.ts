import type { PlatformFailure } from './failure.ts'

/**
 * Text that others wrote, made fit to be stored, logged and shown: names that anybody with access to an ad account may
 * choose, and error texts that may quote whatever was sent to the platform.
 */

// Control and format characters: they move a terminal's cursor, hide text, or turn its direction round.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u
const UNPRINTABLE_RUNS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu
/** Joins what is one letter or one picture in several scripts, and does nothing else. */
const JOINERS = new Set(['\u200c', '\u200d'])

const NAME_MAX = 256
const DETAIL_MAX = 500

/**
 * What a credential of a platform or of AWS looks like, should an error ever quote one: Meta (EAA…), Google access (ya29.),
 * refresh (1//) and client secrets (GOCSPX-), AWS key ids, signed tokens (eyJ….….…), authorisation headers, and whatever
 * stands after the name of a secret in a query string, a header or JSON.
 */
const CREDENTIALS =
  /\bEAA\w{8,}|\bya29\.[\w.-]+|\b1\/\/[\w-]{10,}|\bGOCSPX-[\w-]+|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\b(?:Bearer|Basic)\s+[\w.~+/=-]{6,}|\b(?:access[_-]?token|refresh[_-]?token|client[_-]?secret|developer[_-]?token|app[_-]?secret|appsecret_proof|api[_-]?key|password)["']?\s*[=:]\s*["']?[^&\s"',}]+/gi
const EMAIL = /[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+/g

/** Without anything that looks like a credential. */
export const withoutCredentials = (text: string): string => text.replace(CREDENTIALS, '[redacted]')

/** Without anything that looks like a credential or an e-mail address. */
export const withoutPersonal = (text: string): string => withoutCredentials(text).replace(EMAIL, '[redacted]')

/** On one line, at most 256 characters, without control characters. What was clean comes back as it was. */
export const nameText = (text: string): string => (isClean(text) ? text : bounded(printable(text), NAME_MAX))

const isClean = (text: string): boolean => text.length <= NAME_MAX && !UNPRINTABLE.test(text)

/** The same of a message, at most 500 characters, without credentials and addresses. */
export function messageText(text: string): string {
  // Cut first, with room for what is taken out: a text of megabytes is not searched for credentials.
  return bounded(withoutPersonal(printable(text.slice(0, 4 * DETAIL_MAX))), DETAIL_MAX)
}

const printable = (text: string): string =>
  text.toWellFormed().replace(UNPRINTABLE_RUNS, (found) => (JOINERS.has(found) ? found : ' '))

const bounded = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`

/** Longest that a platform may send us away for: a wait beyond it is its mistake, and would stop cuts as well. */
const RETRY_MS_MAX = 24 * 3_600_000

/** A failure that may be stored and shown. */
export function cleanFailure(failure: PlatformFailure): PlatformFailure {
  const detail = messageText(failure.detail)
  if (failure.kind === 'rejected') return { ...failure, code: bounded(messageText(failure.code), 100), detail }
  if ('retryAfterMs' in failure) return { ...failure, retryAfterMs: waitOf(failure.retryAfterMs), detail }
  return { ...failure, detail }
}

const waitOf = (ms: number): number => (ms >= 0 ? Math.min(ms, RETRY_MS_MAX) : RETRY_MS_MAX)
