/** Errors in the shape the DynamoDB wire protocol gives them, so that the SDK raises its own exception classes. */

const SERVICE = 'com.amazonaws.dynamodb.v20120810#'
const CORAL = 'com.amazon.coral.service#'
const CORAL_VALIDATE = 'com.amazon.coral.validate#'

/** A refusal with the HTTP status and JSON body a client is to receive. */
export class ApiError extends Error {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(String(body.message ?? body.Message ?? body.__type))
    this.name = 'ApiError'
    this.status = status
    this.body = body
  }

  /** The exception's name without its namespace, such as `ValidationException`. */
  get code(): string {
    return String(this.body.__type).split('#').at(-1) ?? ''
  }
}

/** Why one action of a cancelled transaction failed; `None` for an action that would have gone through. */
export interface CancellationReason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError'
  readonly Message?: string
  readonly Item?: unknown
}

export const validationError = (message: string): ApiError =>
  new ApiError(400, { __type: `${CORAL_VALIDATE}ValidationException`, message })

export const serializationError = (): ApiError => new ApiError(400, { __type: `${CORAL}SerializationException` })

export const unknownOperation = (): ApiError => new ApiError(400, { __type: `${CORAL}UnknownOperationException` })

export const requestTooLarge = (): ApiError =>
  new ApiError(413, { __type: `${CORAL}RequestEntityTooLargeException`, message: 'the request exceeds 16 MB' })

export const parameterMismatch = (): ApiError =>
  new ApiError(400, {
    __type: `${SERVICE}IdempotentParameterMismatchException`,
    message: 'The ClientRequestToken was used with other parameters in the last ten minutes',
  })

export const internalError = (message: string): ApiError =>
  new ApiError(500, { __type: `${SERVICE}InternalServerError`, message })

/** The cancellation names every action's code in the order of the request. */
export function transactionCancelled(reasons: readonly CancellationReason[]): ApiError {
  const codes = reasons.map((reason) => reason.Code).join(', ')
  return new ApiError(400, {
    __type: `${SERVICE}TransactionCanceledException`,
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons: reasons,
  })
}

/** dynalite hands its refusals over as errors with `statusCode` and `body`; anything else is a fault of the engine. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof Error && 'statusCode' in error && 'body' in error)
    return new ApiError(Number(error.statusCode), error.body as Readonly<Record<string, unknown>>)
  return internalError(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
