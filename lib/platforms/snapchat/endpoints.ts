import { originOf } from '../../wire/origin.ts'

export const SNAPCHAT_API = 'https://adsapi.snapchat.com'
export const SNAPCHAT_TOKEN = 'https://accounts.snapchat.com'
/** The only version there is; none is announced to end. */
export const API_VERSION = 'v1'
export const TOKEN_PATH = '/login/oauth2/access_token'

export interface SnapchatEndpoints {
  readonly api: string
  readonly token: string
}

/** @throws RangeError for an address that is neither Snapchat's own nor loopback */
export const endpointsOf = (given: Partial<SnapchatEndpoints> = {}): SnapchatEndpoints => ({
  api: originOf('Snapchat', SNAPCHAT_API, given.api),
  token: originOf('Snapchat token', SNAPCHAT_TOKEN, given.token),
})
