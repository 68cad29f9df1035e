const META = 'https://graph.facebook.com'
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * The origin to send to: Meta's own host, or a server on this machine. Nothing else, so that no configuration can send
 * an access token elsewhere.
 *
 * @throws RangeError for any other address
 */
export function graphOrigin(endpoint: string = META): string {
  if (endpoint === META) return META
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  const isBare =
    url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (!url || !isBare || url.protocol !== 'http:' || !LOOPBACK.has(url.hostname))
    throw new RangeError(`Meta endpoint "${endpoint}" must be ${META} or loopback, such as http://127.0.0.1:4300`)
  return url.origin
}

/** @throws RangeError unless written as v25.0 */
export function graphVersion(version: string = 'v25.0'): string {
  if (!/^v\d{1,3}\.\d{1,2}$/.test(version))
    throw new RangeError(`Meta API version "${version}" must be written as v25.0`)
  return version
}
