/**
 * Google Ads errors sorted by remedy.
 *
 * Codes: the error enums of API v25 (google/ads/googleads/v25/errors in googleapis); the maps below are complete over
 * the enums that they cover, held by the compiler against the pinned client's types. Remedies: the comments of those
 * files, and https://developers.google.com/google-ads/api/docs/best-practices/error-types and …/quotas. A code that is
 * in none of them is `rejected`, never retried blindly.
 */
import type { errors } from 'google-ads-api'
import type { PlatformFailure } from '../../model/failure.ts'
import type { Answer } from './http.ts'
import { errorsOf, failedBody, type GoogleAdsError, type Status } from './schema.ts'

type Remedy = Exclude<PlatformFailure['kind'], 'unreadable' | 'entity-cooldown'>
type Codes<Enum> = Exclude<keyof Enum & string, 'UNSPECIFIED' | 'UNKNOWN'>
type Table<Enum> = Readonly<Record<Codes<Enum>, Remedy>>
type Some<Enum> = Readonly<Partial<Record<Codes<Enum>, Remedy>>>

const QUOTA: Table<typeof errors.QuotaErrorEnum.QuotaError> = {
  RESOURCE_EXHAUSTED: 'quota-exhausted',
  ACCESS_PROHIBITED: 'unauthorised',
  RESOURCE_TEMPORARILY_EXHAUSTED: 'rate-limited',
  EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION: 'rate-limited',
  EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION: 'quota-exhausted',
  // A week, or a call to support: nothing that waiting a minute would mend.
  PAYMENTS_PROFILE_ACTIVATION_RATE_LIMIT_EXCEEDED: 'unauthorised',
}

const INTERNAL: Table<typeof errors.InternalErrorEnum.InternalError> = {
  INTERNAL_ERROR: 'transient',
  // An error of a later version of the API: not known to pass.
  ERROR_CODE_NOT_PUBLISHED: 'rejected',
  TRANSIENT_ERROR: 'transient',
  DEADLINE_EXCEEDED: 'transient',
}

const DATABASE: Table<typeof errors.DatabaseErrorEnum.DatabaseError> = {
  CONCURRENT_MODIFICATION: 'transient',
  DATA_CONSTRAINT_VIOLATION: 'rejected',
  REQUEST_TOO_LARGE: 'rejected',
}

const MUTATE: Some<typeof errors.MutateErrorEnum.MutateError> = {
  // Every mutate of the account fails until a person declares, campaign by campaign.
  EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED: 'unauthorised',
}

const REQUEST: Some<typeof errors.RequestErrorEnum.RequestError> = {
  DEVELOPER_TOKEN_PARAMETER_MISSING: 'unauthorised',
  LOGIN_CUSTOMER_ID_PARAMETER_MISSING: 'unauthorised',
  CLOUD_PROJECT_NOT_FOUND: 'unauthorised',
}

/** Keyed by the field of `errorCode`, as in REST. Authentication and authorization: every code wants a person. */
const REMEDIES: Readonly<Record<string, Readonly<Record<string, Remedy>>>> = {
  quotaError: QUOTA,
  internalError: INTERNAL,
  databaseError: DATABASE,
  mutateError: MUTATE,
  requestError: REQUEST,
  headerError: { INVALID_LOGIN_CUSTOMER_ID: 'unauthorised', INVALID_LINKED_CUSTOMER_ID: 'unauthorised' },
  customerError: { ACCOUNT_NOT_SET_UP: 'unauthorised' },
}
const NEEDS_A_PERSON = new Set(['authenticationError', 'authorizationError', 'multiPartyAuthReviewError'])

/** Where a throttling answer names no delay. A choice of ours: Google documents none. */
const DEFAULT_RETRY_MS = 30_000

/** Milliseconds of a protobuf JSON duration (`"3.5s"`), rounded up; `undefined` for anything else. */
export function durationMs(text: string | undefined): number | undefined {
  const match = /^(\d+)(?:\.(\d{1,9}))?s$/.exec(text ?? '')
  if (!match) return undefined
  return Number(match[1]) * 1000 + Math.ceil(Number(`0.${match[2] ?? '0'}`) * 1000)
}

/** `quotaError.RESOURCE_EXHAUSTED`; `unknown` where Google gave no code. */
export function codeOf({ errorCode }: GoogleAdsError): string {
  const [first] = Object.entries(errorCode)
  return first ? `${first[0]}.${first[1]}` : 'unknown'
}

export function remedyOf(code: string): Remedy {
  const [family = '', name = ''] = code.split('.')
  if (NEEDS_A_PERSON.has(family)) return 'unauthorised'
  const table = REMEDIES[family]
  return table && Object.hasOwn(table, name) ? (table[name] ?? 'rejected') : 'rejected'
}

function describe(error: GoogleAdsError): string {
  const least = error.details?.budgetPerDayMinimumErrorDetails
  const minimum = least?.minimumBudgetAmountMicros ?? least?.budgetPerDayMinimumMicros
  return `${codeOf(error)}: ${error.message}${minimum ? ` (least: ${minimum} micros a day)` : ''}`
}

function withRemedy(remedy: Remedy, code: string, detail: string, retryAfterMs: number | undefined): PlatformFailure {
  if (remedy === 'rate-limited') return { kind: remedy, retryAfterMs: retryAfterMs ?? DEFAULT_RETRY_MS, detail }
  if (remedy === 'rejected') return { kind: remedy, code, detail }
  return { kind: remedy, detail }
}

/** The failure of one operation; the first error decides, all are told. `undefined` for no errors. */
export function failureOf(all: readonly GoogleAdsError[]): PlatformFailure | undefined {
  const [first] = all
  if (!first) return undefined
  const retryMs = durationMs(first.details?.quotaErrorDetails?.retryDelay)
  return withRemedy(remedyOf(codeOf(first)), codeOf(first), all.map(describe).join('; '), retryMs)
}

/** Google's own trouble: with a write, nobody can say whether it was done. */
export const leavesDoubt = (all: readonly GoogleAdsError[]): boolean =>
  all.some((error) => codeOf(error).startsWith('internalError.'))

const BY_STATUS: ReadonlyMap<number, Remedy> = new Map([
  [401, 'unauthorised'],
  [403, 'unauthorised'],
  [408, 'transient'],
  [429, 'rate-limited'],
])

const secondsMs = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined

function byStatus(answer: Answer, body: Status | undefined): PlatformFailure {
  const remedy = BY_STATUS.get(answer.status) ?? (answer.status >= 500 ? 'transient' : 'rejected')
  const detail = `HTTP ${answer.status}${body ? ` ${body.status ?? ''}: ${body.message}` : ' without a Google Ads error'}`
  return withRemedy(remedy, `http.${answer.status}`, detail, secondsMs(answer.headers['retry-after']))
}

/** An answer that is not 200: what to do about it, and whether a write may have been executed all the same. */
export function failedAnswer(answer: Answer): { readonly failure: PlatformFailure; readonly doubt: boolean } {
  const body = statusIn(answer.body)
  const all = body ? errorsOf(body) : []
  return {
    failure: failureOf(all) ?? byStatus(answer, body),
    // A redirect is no word of Google's on what became of a write either.
    doubt: answer.status < 400 || answer.status >= 500 || answer.status === 408 || leavesDoubt(all),
  }
}

function statusIn(text: string): Status | undefined {
  try {
    return failedBody.parse(JSON.parse(text)).error
  } catch {
    // A proxy's HTML, say: the status alone then decides.
    return undefined
  }
}
