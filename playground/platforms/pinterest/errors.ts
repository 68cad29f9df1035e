/** An error as Pinterest answers it: `{code, message}` with an HTTP status. */
export class ApiError extends Error {
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
  }

  get body(): Readonly<Record<string, unknown>> {
    return { code: this.code, message: this.message }
  }
}

/** Codes 1, 2, 3, 8 and 29 with their words are those of the examples in the API description (v5.23.0). */
export const invalid = (message: string): ApiError => new ApiError(400, 1, message)
export const unauthenticated = (): ApiError => new ApiError(401, 2, 'Authentication failed.')
export const lacksScope = (): ApiError =>
  new ApiError(403, 3, 'Your token does not have sufficient permissions to perform this operation.')
export const notPermitted = (): ApiError => new ApiError(403, 29, 'You are not permitted to access that resource.')
export const notFound = (what: string): ApiError => new ApiError(404, 404, `${what} not found.`)
export const throttled = (): ApiError =>
  new ApiError(429, 8, 'This request exceeded a rate limit. This can happen if the client exceeds one of the limits.')
export const unavailable = (): ApiError => new ApiError(503, 500, 'Something went wrong on our end.')
