/** The platforms of a whole world: how each is pretended, with a secret that is a canary, and how it is connected with. */
import { googleAds } from '../../functions/composition/google-ads.ts'
import { meta } from '../../functions/composition/meta.ts'
import { pinterest } from '../../functions/composition/pinterest.ts'
import type { Connect } from '../../functions/composition/platform-lambda.ts'
import { snapchat } from '../../functions/composition/snapchat.ts'
import { tiktok } from '../../functions/composition/tiktok.ts'
import type { Market } from '../../playground/market/market.ts'
import { startGoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'
import { startMetaTwin } from '../../playground/platforms/meta/server.ts'
import { startPinterestTwin } from '../../playground/platforms/pinterest/server.ts'
import { startSnapchatTwin } from '../../playground/platforms/snapchat/server.ts'
import { startTikTokTwin } from '../../playground/platforms/tiktok/server.ts'

/** Obvious fakes, of which no part may be found anywhere. */
export const GOOGLE_SECRET = {
  clientId: 'canary-client-id@project.example',
  clientSecret: 'canaryGoogleClientSecret77',
  refreshToken: 'canaryGoogleRefreshToken78',
  developerToken: 'canaryGoogleDeveloperToken79',
}
export const META_SECRET = {
  accessToken: 'canaryMetaAccessToken80',
  appId: '200000000000001',
  appSecret: 'canaryMetaAppSecret81',
}
export const TIKTOK_SECRET = {
  accessToken: 'canaryTikTokAccessToken82',
  appId: '7000000000000000001',
  appSecret: 'canaryTikTokAppSecret83',
  authCode: 'canaryTikTokAuthCode84',
}
export const SNAPCHAT_SECRET = {
  clientId: '0c517e9f-0000-4000-8000-000000000085',
  clientSecret: 'canarySnapClientSecret86',
  refreshToken: 'canarySnapRefreshToken87',
}
export const PINTEREST_SECRET = {
  appId: '1480088',
  appSecret: 'canaryPinterestAppSecret89',
  refreshToken: 'pinr.canaryPinterestRefresh90',
}

export interface Pretend {
  readonly name: string
  readonly secret: Readonly<Record<string, string>>
  readonly connect: Connect
  readonly start: (world: Market) => Promise<{ readonly baseUrl: string; close(): Promise<void> }>
  readonly endpoints: (base: string) => Readonly<Record<string, string>>
}

export const TWO: readonly Pretend[] = [
  {
    name: 'google-ads',
    secret: GOOGLE_SECRET,
    connect: googleAds,
    start: (world) => startGoogleAdsTwin({ world, credentials: GOOGLE_SECRET }),
    endpoints: (base) => ({ api: base, token: `${base}/token` }),
  },
  {
    name: 'meta',
    secret: META_SECRET,
    connect: meta,
    start: (world) => startMetaTwin({ world, credentials: META_SECRET }),
    endpoints: (api) => ({ api }),
  },
]

export const OTHERS: readonly Pretend[] = [
  {
    name: 'tiktok',
    secret: TIKTOK_SECRET,
    connect: tiktok,
    start: (world) => startTikTokTwin({ world, credentials: TIKTOK_SECRET }),
    endpoints: (api) => ({ api }),
  },
  {
    name: 'snapchat',
    secret: SNAPCHAT_SECRET,
    connect: snapchat,
    start: (world) => startSnapchatTwin({ world, credentials: SNAPCHAT_SECRET }),
    endpoints: (base) => ({ api: base, token: base }),
  },
  {
    name: 'pinterest',
    secret: PINTEREST_SECRET,
    connect: pinterest,
    // No access token is stored: the first request renews, which replaces the secret.
    start: (world) => startPinterestTwin({ world, credentials: { ...PINTEREST_SECRET, accessToken: 'pina_no' } }),
    endpoints: (api) => ({ api }),
  },
]

/** The app's and the client's own ids are names, not secrets. */
export const secretsOf = (pretends: readonly Pretend[]): readonly string[] =>
  pretends.flatMap(({ secret }) =>
    Object.entries(secret).flatMap(([name, value]) => (name.endsWith('Id') ? [] : [value])),
  )
