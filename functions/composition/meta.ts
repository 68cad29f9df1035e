import { metaLimits } from '../../lib/platforms/meta/limits.ts'
import { metaPlatform } from '../../lib/platforms/meta/platform.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import { SECOND_MS } from '../../lib/units/calendar.ts'
import { endpointsOf } from './connect.ts'
import type { Limiters } from './limiters.ts'
import type { PlatformMaker } from './registry.ts'

/** Less than a pull may last: a report that is not ready by then is asked for again by the next delivery. */
const POLLING = { everyMs: 3 * SECOND_MS, attempts: 45 }

export const meta =
  (secrets: Secrets, clock: Clock, limiters?: Limiters): PlatformMaker =>
  (connection) => {
    const { api } = endpointsOf(connection, ['api'])
    return metaPlatform({
      secrets,
      secretName: connection.secret,
      ...(limiters && { limiter: limiters(connection, metaLimits) }),
      clock,
      polling: POLLING,
      ...(api === undefined ? {} : { endpoint: api }),
      ...(connection.ourActors === undefined ? {} : { ourActors: connection.ourActors }),
      ...(connection.apiVersion === undefined ? {} : { apiVersion: connection.apiVersion }),
    })
  }
