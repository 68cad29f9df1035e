/** Where requests go. Google's own hosts, or a server on this machine; anything else could be handed our credentials. */
export interface Endpoints {
  /** Base of the Google Ads API, without the version. */
  readonly api: URL
  /** OAuth token endpoint, whole. */
  readonly token: URL
}

export const GOOGLE_API = 'https://googleads.googleapis.com'
export const GOOGLE_TOKEN = 'https://oauth2.googleapis.com/token'

/** The version that the pinned google-ads-api speaks, from which types and names of errors come. */
export const DEFAULT_VERSION = 'v25'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

function allowed(field: string, text: string, google: string): URL {
  const url = URL.parse(text)
  const isLoopback = url?.protocol === 'http:' && LOOPBACK.has(url.hostname) && url.username === ''
  if (url && (isLoopback || url.href === new URL(google).href)) return url
  throw new RangeError(
    `endpoints.${field} "${text}" is refused: use ${google}, or http on 127.0.0.1, localhost or [::1]`,
  )
}

/** @throws RangeError that names the field, for every host but Google's own and loopback */
export const endpoints = (given: { readonly api: string; readonly token: string }): Endpoints => ({
  api: allowed('api', given.api, GOOGLE_API),
  token: allowed('token', given.token, GOOGLE_TOKEN),
})

/** @throws RangeError unless it is `v` and a number, such as v25 */
export function apiVersion(text: string): string {
  if (!/^v[1-9]\d{0,2}$/.test(text)) throw new RangeError(`apiVersion "${text}" must be v and a number, such as v25`)
  return text
}
