import { API_VERSION, SNAPCHAT_API, SNAPCHAT_TOKEN } from '../../lib/platforms/snapchat/endpoints.ts'
import { snapchatLimits } from '../../lib/platforms/snapchat/limits.ts'
import { snapchatPlatform } from '../../lib/platforms/snapchat/platform.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import { checkVersion, endpointsOf } from './connect.ts'
import type { Limiters } from './limiters.ts'
import type { PlatformMaker } from './registry.ts'

export const snapchat =
  (secrets: Secrets, clock: Clock, limiters?: Limiters): PlatformMaker =>
  (connection) => {
    checkVersion(connection, API_VERSION)
    const { api = SNAPCHAT_API, token = SNAPCHAT_TOKEN } = endpointsOf(connection, ['api', 'token'])
    return snapchatPlatform({
      secrets,
      secretName: connection.secret,
      ...(limiters && { limiter: limiters(connection, snapchatLimits) }),
      clock,
      endpoints: { api, token },
      ...(connection.ourActors === undefined ? {} : { ourActors: connection.ourActors }),
    })
  }
