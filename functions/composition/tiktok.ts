import { tiktokLimits } from '../../lib/platforms/tiktok/limits.ts'
import { tiktokPlatform } from '../../lib/platforms/tiktok/platform.ts'
import { API_VERSION } from '../../lib/platforms/tiktok/sender.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import { checkVersion, endpointsOf } from './connect.ts'
import type { Limiters } from './limiters.ts'
import type { PlatformMaker } from './registry.ts'

export const tiktok =
  (secrets: Secrets, clock: Clock, limiters?: Limiters): PlatformMaker =>
  (connection) => {
    checkVersion(connection, API_VERSION)
    const { api } = endpointsOf(connection, ['api'])
    return tiktokPlatform({
      secrets,
      secretName: connection.secret,
      clock,
      ...(limiters && { limiter: limiters(connection, tiktokLimits) }),
      ...(api === undefined ? {} : { endpoint: api }),
    })
  }
