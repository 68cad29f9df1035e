import { originOf } from '../../wire/origin.ts'

/** The only version that there is; changes within it are announced one by one. */
export const API_VERSION = 'v5'

/** @throws RangeError for an address that is neither Pinterest's nor loopback */
export const pinterestOrigin = (endpoint?: string): string =>
  originOf('Pinterest', 'https://api.pinterest.com', endpoint)

/** @throws RangeError for any other version than v5 */
export function checkedVersion(version: string = API_VERSION): string {
  if (version !== API_VERSION) throw new RangeError(`Pinterest API version "${version}" must be ${API_VERSION}`)
  return version
}
