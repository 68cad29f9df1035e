import { pinterestLimits } from '../../lib/platforms/pinterest/limits.ts'
import { pinterestPlatform } from '../../lib/platforms/pinterest/platform.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import { endpointsOf } from './connect.ts'
import type { Limiters } from './limiters.ts'
import type { PlatformMaker } from './registry.ts'

export const pinterest =
  (secrets: Secrets, clock: Clock, limiters?: Limiters): PlatformMaker =>
  (connection) => {
    const { api } = endpointsOf(connection, ['api'])
    return pinterestPlatform({
      secrets,
      secretName: connection.secret,
      ...(limiters && { limiter: limiters(connection, pinterestLimits) }),
      clock,
      ...(api === undefined ? {} : { endpoint: api }),
      ...(connection.apiVersion === undefined ? {} : { apiVersion: connection.apiVersion }),
    })
  }
