import { GOOGLE_API, GOOGLE_TOKEN } from '../../lib/platforms/google-ads/endpoints.ts'
import { googleAdsLimits } from '../../lib/platforms/google-ads/limits.ts'
import { googleAdsPlatform } from '../../lib/platforms/google-ads/platform.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import { endpointsOf } from './connect.ts'
import type { Limiters } from './limiters.ts'
import type { PlatformMaker } from './registry.ts'

export const googleAds =
  (secrets: Secrets, clock: Clock, limiters?: Limiters): PlatformMaker =>
  (connection) => {
    const { api = GOOGLE_API, token = GOOGLE_TOKEN } = endpointsOf(connection, ['api', 'token'])
    return googleAdsPlatform({
      secrets,
      secretName: connection.secret,
      ...(limiters && { limiter: limiters(connection, googleAdsLimits) }),
      clock,
      endpoints: { api, token },
      ...(connection.ourActors === undefined ? {} : { ourActors: connection.ourActors }),
      ...(connection.apiVersion === undefined ? {} : { apiVersion: connection.apiVersion }),
    })
  }
