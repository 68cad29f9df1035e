import * as z from 'zod'
import type { PlatformFailure } from '../../model/failure.ts'
import { HOUR_MS } from '../../units/calendar.ts'

type Remedy = 'rate-limited' | 'entity-cooldown' | 'transient' | 'unauthorised' | 'rejected'

/**
 * What must happen next, by Graph error code and subcode. The more specific entry wins; a code that is not here is
 * `rejected`, unless the answer itself says that it is transient.
 *
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/overview/rate-limiting (as of 2026-09-12)
 * @see https://developers.facebook.com/docs/marketing-api/error-reference
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
const REMEDIES: ReadonlyMap<string, Remedy> = new Map<string, Remedy>([
  // Throttled: application, user, account, business use case.
  ['4', 'rate-limited'],
  ['17', 'rate-limited'],
  ['32', 'rate-limited'],
  ['341', 'rate-limited'],
  ['613', 'rate-limited'],
  ['80000', 'rate-limited'],
  ['80003', 'rate-limited'],
  ['80004', 'rate-limited'],
  ['80014', 'rate-limited'],
  // One entity only: four budget changes an hour for an ad set, ten spend-cap changes a day, creations.
  ['613/1487632', 'entity-cooldown'],
  ['613/1487225', 'entity-cooldown'],
  ['17/1885172', 'entity-cooldown'],
  // Meta's own trouble.
  ['1', 'transient'],
  ['2', 'transient'],
  // Credentials, permissions, the account's standing.
  ['10', 'unauthorised'],
  ['102', 'unauthorised'],
  ['190', 'unauthorised'],
])
/** Graph's range for permissions that are missing. */
const isPermission = (code: number): boolean => code >= 200 && code <= 299

/** A sync report that is too large; an asynchronous one may still succeed. */
export const TOO_LARGE = '100/1487534'
/** Blocked for an hour after the fourth change. */
const COOLDOWN_MS = HOUR_MS
const DETAIL_MAX = 400

const errorSchema = z.object({
  error: z.object({
    message: z.string().catch(''),
    code: z.number().int(),
    error_subcode: z.number().int().optional().catch(undefined),
    is_transient: z.boolean().optional().catch(undefined),
    error_user_msg: z.string().optional().catch(undefined),
    fbtrace_id: z.string().optional().catch(undefined),
  }),
})

export interface GraphError {
  /** `code/subcode`, or the code alone. */
  readonly key: string
  readonly code: string
  readonly isTransient: boolean
  readonly detail: string
}

/** The error object of an answer; `undefined` when it has none. */
export function graphError(json: unknown, redact: (text: string) => string): GraphError | undefined {
  const parsed = errorSchema.safeParse(json)
  if (!parsed.success) return undefined
  const { error } = parsed.data
  const code = String(error.code)
  const key = error.error_subcode === undefined ? code : `${code}/${error.error_subcode}`
  const texts = [error.message, error.error_user_msg].filter((text) => text).join(' ')
  const trace = error.fbtrace_id ? ` (trace ${error.fbtrace_id})` : ''
  return {
    key,
    code,
    isTransient: error.is_transient === true,
    detail: `${key}: ${redact(texts).slice(0, DETAIL_MAX)}${redact(trace)}`,
  }
}

function remedyOf({ key, code, isTransient }: GraphError): Remedy {
  const listed = REMEDIES.get(key) ?? REMEDIES.get(code)
  if (listed) return listed
  if (isPermission(Number(code))) return 'unauthorised'
  return isTransient ? 'transient' : 'rejected'
}

/** @param waitMs what the usage headers say, for a throttled account */
export function metaFailure(error: GraphError, waitMs: number): PlatformFailure {
  const { detail } = error
  const remedy = remedyOf(error)
  if (remedy === 'rate-limited') return { kind: remedy, retryAfterMs: waitMs, detail }
  if (remedy === 'entity-cooldown') return { kind: remedy, retryAfterMs: COOLDOWN_MS, detail }
  if (remedy === 'rejected') return { kind: remedy, code: error.key, detail }
  return { kind: remedy, detail }
}
