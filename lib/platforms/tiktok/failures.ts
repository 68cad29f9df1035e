import * as z from 'zod'
import type { PlatformFailure } from '../../model/failure.ts'
import { MINUTE_MS, SECOND_MS } from '../../units/calendar.ts'

type Remedy = 'rate-limited' | 'entity-cooldown' | 'transient' | 'unauthorised' | 'rejected'

/**
 * What must happen next, by TikTok's return code; one that is not here is `rejected`.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1737172488964097 (return codes, as of 2026-08-13)
 */
const REMEDIES: ReadonlyMap<number, Remedy> = new Map<number, Remedy>([
  // Throttled: the application at an endpoint, the advertiser at an endpoint.
  [40016, 'rate-limited'],
  [40100, 'rate-limited'],
  [40133, 'rate-limited'],
  // One value of a field came too often.
  [40132, 'entity-cooldown'],
  // Somebody else is writing to the object, a task is not ready yet, and TikTok's own trouble.
  [40201, 'transient'],
  [40202, 'transient'],
  [50000, 'transient'],
  [50002, 'transient'],
  [51305, 'transient'],
  [60001, 'transient'],
  // Credentials, permissions, the reach of the token, the country of the caller.
  [40001, 'unauthorised'],
  [40101, 'unauthorised'],
  [40102, 'unauthorised'],
  [40104, 'unauthorised'],
  [40105, 'unauthorised'],
  [40106, 'unauthorised'],
  [40110, 'unauthorised'],
  [40113, 'unauthorised'],
  [40118, 'unauthorised'],
  [40119, 'unauthorised'],
  [40124, 'unauthorised'],
  [40125, 'unauthorised'],
  [40300, 'unauthorised'],
  [40301, 'unauthorised'],
  [41000, 'unauthorised'],
])

export const OK = 0
export const PARTIAL = 20001
/** The object does not exist. */
export const GONE = '40007'
/** "Duplicated requests have been sent": an equal one came before, and may be under way. */
const DUPLICATE = 40050
/** TikTok's own trouble that may come in the middle of a write; in maintenance and in a conflict nothing was written. */
const IN_THE_MIDDLE = new Set([50000, 50002, 51305, DUPLICATE])
/** The token is of no use any more: the next request reads the secret past its cache. */
const TOKEN_REFUSED = new Set([40101, 40102, 40104, 40105, 40106])
/** The application was not granted this family of endpoints, or is not on the list of those that have it. */
const NOT_GRANTED = new Set([40001, 40118, 40125])

/** Every answer of the API. `data` is absent from some errors. */
const envelopeSchema = z.object({
  code: z.number().int(),
  message: z.string().catch(''),
  request_id: z.string().optional().catch(undefined),
  data: z.unknown(),
})
export type Envelope = z.output<typeof envelopeSchema>

/** `undefined` for an answer without TikTok's envelope. */
export const envelopeOf = (json: unknown): Envelope | undefined => envelopeSchema.safeParse(json).data

/** Throttled for one advertiser; every other limit is the application's. */
const OF_ACCOUNT = 40133
export const isOfAccount = ({ code }: Envelope): boolean => code === OF_ACCOUNT

export const isTokenRefused = ({ code }: Envelope): boolean => TOKEN_REFUSED.has(code)
export const mayHaveWritten = ({ code }: Envelope): boolean => IN_THE_MIDDLE.has(code)

/** Whether a read failed for want of a grant, so that what it would read does not exist for this application. */
export const isNotGranted = (failure: PlatformFailure): boolean =>
  failure.kind === 'unauthorised' && NOT_GRANTED.has(Number(/^\d+/.exec(failure.detail)?.[0]))

/** Cut when the token is out of it: a cut through it would hide the rest from being found. */
const DETAIL_MAX = 400
/** 40132 names no time; this is ours. */
const COOLDOWN_MS = 10 * MINUTE_MS

/** The failure that an envelope's code stands for. @param redact takes the credentials out of TikTok's own words */
export function tiktokFailure(envelope: Envelope, redact: (text: string) => string): PlatformFailure {
  const { code, message, request_id } = envelope
  const request = request_id ? ` (request ${redact(request_id).slice(0, 64)})` : ''
  const detail = `${code}: ${redact(message).slice(0, DETAIL_MAX)}${request}`
  const kind = REMEDIES.get(code) ?? 'rejected'
  if (kind === 'rate-limited') return throttled(message, detail)
  if (kind === 'entity-cooldown') return { kind, retryAfterMs: COOLDOWN_MS, detail }
  return kind === 'rejected' ? { kind, code: String(code), detail } : { kind, detail }
}

/**
 * Which limit was met stands in the message alone: a second's is free again at once, a minute's after five minutes, a
 * day's at midnight in UTC.
 */
function throttled(message: string, detail: string): PlatformFailure {
  if (/\bQPD\b/.test(message)) return { kind: 'quota-exhausted', detail }
  const isOfSecond = /\bQPS\b/.test(message)
  return { kind: 'rate-limited', retryAfterMs: isOfSecond ? SECOND_MS : 5 * MINUTE_MS, detail }
}
