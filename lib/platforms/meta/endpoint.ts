import { originOf } from '../../wire/origin.ts'

/** @throws RangeError for an address that is neither Meta's nor loopback */
export const graphOrigin = (endpoint?: string): string => originOf('Meta', 'https://graph.facebook.com', endpoint)

/** @throws RangeError unless written as v25.0 */
export function graphVersion(version: string = 'v25.0'): string {
  if (!/^v\d{1,3}\.\d{1,2}$/.test(version))
    throw new RangeError(`Meta API version "${version}" must be written as v25.0`)
  return version
}
