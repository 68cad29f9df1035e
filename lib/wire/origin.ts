const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * The origin to send to: the platform's own host, or a server on this machine. Nothing else, so that no configuration
 * can send a credential elsewhere.
 *
 * @param name of the platform, for the message
 * @param official such as https://graph.facebook.com
 * @throws RangeError for any other address
 */
export function originOf(name: string, official: string, given: string = official): string {
  if (given === official) return official
  const url = URL.canParse(given) ? new URL(given) : undefined
  const isBare =
    url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (!url || !isBare || url.protocol !== 'http:' || !LOOPBACK.has(url.hostname))
    throw new RangeError(`${name} endpoint "${given}" must be ${official} or loopback, such as http://127.0.0.1:4300`)
  return url.origin
}
