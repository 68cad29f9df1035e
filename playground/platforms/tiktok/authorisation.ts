import { timingSafeEqual } from 'node:crypto'
import { appUnknown, authCodeSpent, tokenExpired, tokenMissing, tokenWrong } from './errors.ts'
import type { Params } from './params.ts'
import type { Answer, Call, Twin } from './twin.ts'

/** A token of this twin that an advertiser has revoked. */
export const TIKTOK_TWIN_EXPIRED_TOKEN = 'pretend-tiktok-expired-token'

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** @throws TikTokError 40104, 40102 or 40105 */
export function authenticate({ credentials }: Twin, { token }: Call): void {
  if (!token) throw tokenMissing()
  if (token === TIKTOK_TWIN_EXPIRED_TOKEN) throw tokenExpired()
  if (!same(token, credentials.accessToken)) throw tokenWrong()
}

function checkApp({ credentials }: Twin, params: Params): void {
  if (params.text('app_id') !== credentials.appId || !same(params.text('secret'), credentials.appSecret))
    throw appUnknown()
}

/** What the token was granted: ad account management, ads management, reporting. */
const SCOPES = [1, 2, 4]

/** An authorisation code against a token that lasts; there is nothing to refresh. */
export function exchangeCode(twin: Twin, { params }: Call): Answer {
  params.only('app_id', 'secret', 'auth_code')
  checkApp(twin, params)
  if (params.text('auth_code') !== twin.credentials.authCode || twin.isAuthCodeSpent) throw authCodeSpent()
  twin.isAuthCodeSpent = true
  return {
    data: {
      access_token: twin.credentials.accessToken,
      advertiser_ids: idsOf(twin),
      scope: SCOPES,
      token_type: 'Bearer',
    },
  }
}

const advertisersOf = ({ world }: Twin) => world.accounts.filter(({ platform }) => platform === 'tiktok')
const idsOf = (twin: Twin): readonly string[] => advertisersOf(twin).map(({ id }) => id)

export function authorisedAdvertisers(twin: Twin, { params }: Call): Answer {
  params.only('app_id', 'secret')
  checkApp(twin, params)
  const list = advertisersOf(twin).map(({ id, name }) => ({ advertiser_id: id, advertiser_name: name }))
  return { data: { list } }
}
