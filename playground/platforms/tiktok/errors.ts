/**
 * An error in TikTok's envelope: HTTP 200, and the code in the body says what went wrong.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1737172488964097 (return codes)
 */
export class TikTokError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.name = 'TikTokError'
    this.code = code
  }
}

/** An answer that never reached the API: TikTok's gateway answers in plain text, with a status that is no 200. */
export class GatewayError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.name = 'GatewayError'
    this.status = status
  }
}

/** The classic: a path without its trailing slash. */
export const pageNotFound = (): GatewayError => new GatewayError(404, '404 page not found')
export const wrongMethod = (): GatewayError => new GatewayError(405, '405 method not allowed')

export const invalid = (message: string): TikTokError => new TikTokError(40002, message)
export const noPermission = (message: string): TikTokError => new TikTokError(40001, message)
export const tokenMissing = (): TikTokError =>
  new TikTokError(40104, 'Access token is null, you should set it in http header with key Access-Token.')
export const tokenWrong = (): TikTokError => new TikTokError(40105, 'Access token is incorrect or has been revoked.')
export const tokenExpired = (): TikTokError => new TikTokError(40102, 'The access token has expired.')
export const authCodeSpent = (): TikTokError =>
  new TikTokError(40110, 'Auth_code is used or expired. Please re-authorize and try again with a new auth_code.')
export const appUnknown = (): TikTokError => new TikTokError(40113, 'The app does not exist or the secret is wrong.')

export const tooManyQueries = (span: 'QPS' | 'QPM' | 'QPD'): TikTokError =>
  new TikTokError(40100, `Too many requests. The app has reached its ${span} limit, please retry later.`)

export const systemError = (): TikTokError => new TikTokError(50000, 'System error.')
export const inMaintenance = (): TikTokError => new TikTokError(60001, 'The system is in maintenance.')

export const unknownField = (where: string, name: string): TikTokError =>
  invalid(`${where}: unknown field ${name}. Refer to the API documentation.`)

export const missingField = (name: string): TikTokError => invalid(`Missing required field(s): ${name}.`)

/** The codes of a campaign that only other endpoints manage. */
export const steeredElsewhere = (kind: string, family: string): TikTokError =>
  invalid(`This operation is not supported for ${kind} campaigns. Use the ${family} endpoints.`)
