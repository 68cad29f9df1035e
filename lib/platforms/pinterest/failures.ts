import * as z from 'zod'
import type { PlatformFailure } from '../../model/failure.ts'
import { HOUR_MS, SECOND_MS } from '../../units/calendar.ts'

type Remedy = 'rate-limited' | 'unauthorised'

/**
 * What must happen next, by Pinterest's own error code, where it says more than the HTTP status. A code that is not here
 * is judged by its status; in one item of an answer it is `rejected`.
 *
 * @see https://developers.pinterest.com/docs/api/v5/ (the examples of its OpenAPI description, v5.23.0)
 */
const REMEDIES: ReadonlyMap<number, Remedy> = new Map<number, Remedy>([
  // Authentication failed.
  [2, 'unauthorised'],
  // The token's scopes do not suffice.
  [3, 'unauthorised'],
  [8, 'rate-limited'],
  // Not permitted to access the resource.
  [29, 'unauthorised'],
])

const DETAIL_MAX = 400
/** Where no header says how long: the shortest window that calls are counted in is a minute. */
const WAIT_MS = 60 * SECOND_MS

const errorSchema = z.object({ code: z.number().int(), message: z.string().catch('') })
export type ApiError = z.output<typeof errorSchema>

/** The error that an answer, or an exception of an item, is; `undefined` when it is none. */
export function errorIn(json: unknown): ApiError | undefined {
  const parsed = errorSchema.safeParse(json)
  return parsed.success ? parsed.data : undefined
}

/** Cut when credentials are out of it: a cut through one would hide the rest from being found. */
export const brief = (text: string, redact: (text: string) => string): string => redact(text).slice(0, DETAIL_MAX)

/** What a request that was answered with an error status met. @param error `undefined` where the answer has none */
export function failureOfStatus(
  status: number,
  error: ApiError | undefined,
  headers: Headers,
  redact: (text: string) => string,
): PlatformFailure {
  const detail = brief(error ? `HTTP ${status}, ${error.code}: ${error.message}` : `HTTP ${status}`, redact)
  if (status === 429) return throttled(headers, detail)
  if (status >= 500) return { kind: 'transient', detail }
  if (status === 401 || status === 403) return { kind: 'unauthorised', detail }
  const remedy = error && REMEDIES.get(error.code)
  if (remedy === 'rate-limited') return throttled(headers, detail)
  if (remedy) return { kind: remedy, detail }
  return { kind: 'rejected', code: String(error?.code ?? `http-${status}`), detail }
}

/** What one item of a request met, by its exceptions: the first that has a code. */
export function failureOfItem(error: ApiError, headers: Headers, redact: (text: string) => string): PlatformFailure {
  const detail = brief(`${error.code}: ${error.message}`, redact)
  const remedy = REMEDIES.get(error.code)
  if (remedy === 'rate-limited') return throttled(headers, detail)
  return remedy ? { kind: remedy, detail } : { kind: 'rejected', code: String(error.code), detail }
}

/** A wait of hours is a day's calls used up: an app on trial has 1,000 of them. */
function throttled(headers: Headers, detail: string): PlatformFailure {
  const retryAfterMs = waitAfter(headers)
  return retryAfterMs > HOUR_MS ? { kind: 'quota-exhausted', detail } : { kind: 'rate-limited', retryAfterMs, detail }
}

/** Of `retry-after` or `x-ratelimit-reset`, both seconds, where Pinterest sends either; a minute otherwise. */
export function waitAfter(headers: Headers): number {
  const told = ['retry-after', 'x-ratelimit-reset'].map((name) => secondsIn(headers, name)).find((s) => s !== undefined)
  return told === undefined ? WAIT_MS : Math.max(1, told) * SECOND_MS
}

/** A day at most: more is no wait, but a time of day that was taken for one. */
function secondsIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name)
  return text !== null && /^\d{1,5}$/.test(text) && Number(text) <= 86_400 ? Number(text) : undefined
}
