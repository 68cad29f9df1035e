/**
 * Errors as the API words them: `{request_status: "ERROR", debug_message, display_message, error_code}` under an HTTP status,
 * or, for one of several entities, `sub_request_status: "ERROR"` with its reason inside an answer of 200.
 *
 * E1008, E2023 and E3003 are documented with their meaning; E1165 and E1166 are documented as errors of PATCH. Where the
 * documents name no code for a refusal, E1001 stands for it.
 */
export class SnapError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'SnapError'
    this.status = status
    this.code = code
  }

  body(requestId: string): object {
    return {
      request_status: 'ERROR',
      request_id: requestId,
      debug_message: this.message,
      display_message: this.message,
      error_code: this.code,
    }
  }
}

export const badRequest = (message: string): SnapError => new SnapError(400, 'E1001', message)
export const badStatsQuery = (message: string): SnapError =>
  new SnapError(400, 'E1008', `Unsupported Stats Query: ${message}`)
export const notFound = (what: string, id: string): SnapError =>
  new SnapError(404, 'E3003', `Resource can not be found: ${what} ${id}`)
export const noSuchPath = (path: string): SnapError => new SnapError(404, 'E1001', `No such resource: ${path}`)
export const badPatch = (message: string): SnapError => new SnapError(400, 'E1165', `Invalid PATCH request: ${message}`)
export const notPatchable = (message: string): SnapError => new SnapError(400, 'E1166', `PATCH not allowed: ${message}`)
export const immutable = (field: string): SnapError =>
  new SnapError(400, 'E2023', `Immutable field: ${field} cannot be changed`)
export const forbidden = (message: string): SnapError => new SnapError(403, 'E1003', message)

/** Answers that have no error code: the gateway gives them before the API is asked. */
export class GatewayError extends Error {
  readonly status: 401 | 429 | 503
  constructor(status: 401 | 429 | 503, message: string) {
    super(message)
    this.name = 'GatewayError'
    this.status = status
  }

  get headers(): Readonly<Record<string, string>> {
    return this.status === 401
      ? { 'www-authenticate': `Bearer error="invalid_token", error_description="${this.message}"` }
      : {}
  }
}

export const tokenRefused = (): GatewayError => new GatewayError(401, 'The access token expired')
export const throttled = (): GatewayError => new GatewayError(429, 'Too Many Requests')
export const unavailable = (): GatewayError => new GatewayError(503, 'Service Unavailable')
