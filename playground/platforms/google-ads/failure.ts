/** GoogleAdsFailure, version 25, as both transports carry it. Codes: `google.ads.googleads.v25.errors` in the shipped protos. */

export const API_VERSION = 'v25'
export const FAILURE_TYPE = `google.ads.googleads.${API_VERSION}.errors.GoogleAdsFailure`

/** Canonical status: its gRPC number, its HTTP code and the sentence that the service sends with it. */
const STATUSES = {
  INVALID_ARGUMENT: { grpc: 3, http: 400, message: 'Request contains an invalid argument.' },
  NOT_FOUND: { grpc: 5, http: 404, message: 'Requested entity was not found.' },
  PERMISSION_DENIED: { grpc: 7, http: 403, message: 'The caller does not have permission' },
  RESOURCE_EXHAUSTED: { grpc: 8, http: 429, message: 'Resource has been exhausted (e.g. check quota).' },
  INTERNAL: { grpc: 13, http: 500, message: 'Internal error encountered.' },
  UNAVAILABLE: { grpc: 14, http: 503, message: 'The service is currently unavailable.' },
  UNAUTHENTICATED: {
    grpc: 16,
    http: 401,
    message: 'Request had invalid authentication credentials. Expected OAuth 2 access token.',
  },
} as const

export type StatusName = keyof typeof STATUSES
export const statusOf = (name: StatusName) => STATUSES[name]

export interface FieldPathElement {
  readonly fieldName: string
  readonly index?: number
}

export interface Trigger {
  readonly stringValue?: string
  readonly int64Value?: string
  readonly doubleValue?: number
  readonly floatValue?: number
}

export interface ErrorDetails {
  readonly quotaErrorDetails?: { readonly rateScope: string; readonly rateName: string; readonly retryDelay: string }
  readonly budgetPerDayMinimumErrorDetails?: {
    readonly currencyCode: string
    readonly budgetPerDayMinimumMicros: string
    readonly minimumBudgetAmountMicros: string
    readonly failedBudgetAmountMicros: string
  }
}

/** One GoogleAdsError in proto3 JSON. `errorCode` has one key, the family in camel case, such as `queryError`. */
export interface GoogleAdsErrorJson {
  readonly errorCode: Readonly<Record<string, string>>
  readonly message: string
  readonly trigger?: Trigger
  readonly location?: { readonly fieldPathElements: readonly FieldPathElement[] }
  readonly details?: ErrorDetails
}

/** A refusal of a whole request. */
export class GoogleFault extends Error {
  readonly status: StatusName
  readonly errors: readonly GoogleAdsErrorJson[]

  constructor(status: StatusName, errors: readonly GoogleAdsErrorJson[], message: string = STATUSES[status].message) {
    super(message)
    this.name = 'GoogleFault'
    this.status = status
    this.errors = errors
  }
}

/** A request that is not well-formed proto3 JSON: refused by the gateway, before the Ads service, with no GoogleAdsFailure. */
export class BadRequest extends Error {
  readonly field: string

  constructor(field: string, description: string) {
    super(description)
    this.name = 'BadRequest'
    this.field = field
  }
}

const STATUS_OF_FAMILY: Readonly<Record<string, StatusName>> = {
  authenticationError: 'UNAUTHENTICATED',
  authorizationError: 'PERMISSION_DENIED',
  quotaError: 'RESOURCE_EXHAUSTED',
}

/** Status of the response that carries `error` first. */
export function statusForError(error: GoogleAdsErrorJson): StatusName {
  const [family = '', code = ''] = Object.entries(error.errorCode)[0] ?? []
  if (family === 'internalError') return code === 'TRANSIENT_ERROR' ? 'UNAVAILABLE' : 'INTERNAL'
  if (code === 'RESOURCE_NOT_FOUND') return 'NOT_FOUND'
  return STATUS_OF_FAMILY[family] ?? 'INVALID_ARGUMENT'
}

export function adsError(
  family: string,
  code: string,
  message: string,
  extra: Omit<GoogleAdsErrorJson, 'errorCode' | 'message'> = {},
): GoogleAdsErrorJson {
  return { errorCode: { [family]: code }, message, ...extra }
}

/** A fault of one error, with the status that belongs to its family. */
export function fault(
  family: string,
  code: string,
  message: string,
  extra: Omit<GoogleAdsErrorJson, 'errorCode' | 'message'> = {},
): GoogleFault {
  const error = adsError(family, code, message, extra)
  return new GoogleFault(statusForError(error), [error])
}

/** What the twin, or the world behind it, did not foresee, as the platform says such a thing. */
export const asFault = (thrown: unknown): GoogleFault =>
  thrown instanceof GoogleFault ? thrown : fault('internalError', 'INTERNAL_ERROR', String(thrown))

/** @param trigger the part of the query that is at fault */
export const queryFault = (code: string, message: string, trigger?: string): GoogleFault =>
  fault('queryError', code, message, trigger === undefined ? {} : { trigger: { stringValue: trigger } })

/** @param seconds how long the service asks the client to wait */
export const quotaDetails = (rateScope: 'ACCOUNT' | 'DEVELOPER', rateName: string, seconds: number): ErrorDetails => ({
  quotaErrorDetails: { rateScope, rateName, retryDelay: `${seconds}s` },
})

export interface FailureJson {
  readonly '@type': string
  readonly errors: readonly GoogleAdsErrorJson[]
  readonly requestId: string
}

export const failureJson = (errors: readonly GoogleAdsErrorJson[], requestId: string): FailureJson => ({
  '@type': `type.googleapis.com/${FAILURE_TYPE}`,
  errors,
  requestId,
})

/** The REST error body. A streaming method wraps it in an array. */
export function errorBody(problem: GoogleFault | BadRequest, requestId: string): object {
  if (problem instanceof BadRequest) {
    const violation = { field: problem.field, description: problem.message }
    const detail = { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [violation] }
    return { error: { code: 400, message: problem.message, status: 'INVALID_ARGUMENT', details: [detail] } }
  }
  const { http } = STATUSES[problem.status]
  const details = problem.errors.length === 0 ? [] : [failureJson(problem.errors, requestId)]
  return { error: { code: http, message: problem.message, status: problem.status, details } }
}
