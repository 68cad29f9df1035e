import * as z from 'zod'
import type { PlatformFailure } from '../../model/failure.ts'
import { SECOND_MS } from '../../units/calendar.ts'
import type { Answer } from '../../wire/exchange.ts'

/** Something that is not there, or not for this token to see. */
export const NOT_FOUND = 'E3003'
/** Method Not Allowed, Unsupported Media Type: nothing was carried out, whatever the answer says beside. */
const NOT_TAKEN: ReadonlySet<number> = new Set([405, 415])
const notTaken = (status: number): string => `HTTP ${status}`
/** PATCH itself was refused, so that the same value may be sent as a full object. */
export const NO_PATCH: ReadonlySet<string> = new Set(['E1165', 'E1166', ...[...NOT_TAKEN].map(notTaken)])

/**
 * What must happen next, by E-code. Snapchat publishes no list: these are the codes that its pages name one by one, and
 * all of them are about the request itself. A code that is not here is `rejected` too.
 *
 * @see https://developers.snap.com/marketing-api/Ads-API/api-patterns (E1165, E1166, E2023)
 * @see https://developers.snap.com/api/marketing-api/Ads-API/measurement (E1008)
 */
const REMEDIES: ReadonlyMap<string, 'rejected'> = new Map([
  ['E1008', 'rejected'],
  ['E1165', 'rejected'],
  ['E1166', 'rejected'],
  ['E2023', 'rejected'],
  [NOT_FOUND, 'rejected'],
])

/** No header says how long; the limits are averages over seconds. */
const RETRY_AFTER_MS = 10 * SECOND_MS
/** Cut when credentials are out of it: a cut through one would hide the rest from being found. */
const DETAIL_MAX = 400

const errorSchema = z.object({
  request_status: z.string().optional().catch(undefined),
  request_id: z.string().optional().catch(undefined),
  error_code: z.string().optional().catch(undefined),
  debug_message: z.string().optional().catch(undefined),
  display_message: z.string().optional().catch(undefined),
})

export type Redact = (text: string) => string

/** `SUCCESS` on some endpoints and `success` on others. */
export const isSuccess = (status: string | undefined): boolean => status?.toUpperCase() === 'SUCCESS'

/** The error that an answer's envelope names; `undefined` when it names none. */
export function envelopeFailure(json: unknown, redact: Redact): PlatformFailure | undefined {
  const parsed = errorSchema.safeParse(json)
  if (!parsed.success) return undefined
  const { request_status, request_id, error_code, debug_message, display_message } = parsed.data
  const says = request_status !== undefined && ['ERROR', 'FAILURE', 'FAILED'].includes(request_status.toUpperCase())
  if (error_code === undefined && !says) return undefined
  const code = redact(error_code ?? 'ERROR')
  const words = [...new Set([debug_message, display_message])].filter((text) => text).join(' ')
  const trace = request_id === undefined ? '' : ` (request ${redact(request_id).slice(0, 100)})`
  return rejectedAs(code, `${code}: ${redact(words).slice(0, DETAIL_MAX)}${trace}`)
}

const rejectedAs = (code: string, detail: string): PlatformFailure => ({
  kind: REMEDIES.get(code) ?? 'rejected',
  code,
  detail,
})

/** One entity of several was refused: the reason is text, with a code in it or without. */
export function itemFailure(reason: string | undefined, redact: Redact): PlatformFailure {
  const code = /\bE\d{4}\b/.exec(reason ?? '')?.[0] ?? 'sub-request'
  return rejectedAs(code, redact(reason ?? 'refused without a reason').slice(0, DETAIL_MAX))
}

/** Failures that the status alone tells, whatever the body is; `undefined` for any other status. */
export function statusFailure(answer: Answer, redact: Redact): PlatformFailure | undefined {
  if (answer.kind === 'unsent' || answer.kind === 'lost') return { kind: 'transient', detail: answer.detail }
  const { status } = answer
  const said = answer.kind === 'answered' ? envelopeFailure(answer.json, redact) : undefined
  const detail = said ? `HTTP ${status}: ${said.detail}` : `HTTP ${status}`
  if (status === 429) return { kind: 'rate-limited', retryAfterMs: retryAfter(answer.headers), detail }
  if (status === 401) return { kind: 'unauthorised', detail: `${detail}: the access token was refused` }
  if (status === 403)
    return { kind: 'unauthorised', detail: `${detail}: the token's user lacks a role in this account` }
  return status >= 500 ? { kind: 'transient', detail } : undefined
}

/** A write of which the status says that Snapchat takes none such there; `undefined` for any other status. */
export function notTakenFailure(answer: Answer, redact: Redact): PlatformFailure | undefined {
  if (!('status' in answer) || !NOT_TAKEN.has(answer.status)) return undefined
  const code = notTaken(answer.status)
  const said = answer.kind === 'answered' ? envelopeFailure(answer.json, redact) : undefined
  return rejectedAs(code, said ? `${code}: ${said.detail}` : code)
}

/** Documented to be absent; honoured should it come. */
function retryAfter(headers: Headers): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return seconds > 0 && seconds <= 3_600 ? seconds * SECOND_MS : RETRY_AFTER_MS
}

/** Why an answer to a read is none; `undefined` when it is one. */
export function readFailure(answer: Answer, redact: Redact): PlatformFailure | undefined {
  const failure = statusFailure(answer, redact)
  if (failure) return failure
  if (answer.kind === 'garbled') return { kind: 'unreadable', detail: `HTTP ${answer.status}: the answer is not JSON` }
  if (answer.kind !== 'answered') return undefined
  const said = envelopeFailure(answer.json, redact)
  // Of the codes of what is not there only one is known: the status says it for all of them.
  if (said) return answer.status === 404 && said.kind === 'rejected' ? { ...said, code: NOT_FOUND } : said
  return answer.status === 200 ? undefined : { kind: 'unreadable', detail: `HTTP ${answer.status} without an error` }
}
