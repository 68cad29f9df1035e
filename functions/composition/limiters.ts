import { limitsOf, type TieredLimits } from '../../lib/model/request-limits.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { LimitStore, RequestLimiter } from '../../lib/ports/limiter.ts'
import { openLimiter } from '../../lib/wire/limiter.ts'
import type { Connection } from './connections.ts'

/** The limiter of a connection's application: connections of one platform share one unless they name another. */
export type Limiters = (connection: Connection, limits: TieredLimits) => RequestLimiter

export interface LimitersOptions {
  readonly store: LimitStore
  readonly clock: Clock
  readonly sleep: (ms: number) => Promise<unknown>
}

/** @throws RangeError from the limiters for an access level that the platform does not have */
export function openLimiters(options: LimitersOptions): Limiters {
  const open = new Map<string, RequestLimiter>()
  return (connection, limits) => {
    const application = applicationOf(connection)
    const known = open.get(application) ?? openLimiter({ ...options, application, limits: tierOf(connection, limits) })
    open.set(application, known)
    return known
  }
}

/** Under which name the requests of a connection are counted. */
export function applicationOf({ account, application }: Pick<Connection, 'account' | 'application'>): string {
  const [platform = ''] = account.split(':')
  return application === undefined ? platform : `${platform}/${application}`
}

function tierOf({ account, accessLevel }: Connection, limits: TieredLimits) {
  try {
    return limitsOf(limits, accessLevel)
  } catch (error) {
    throw new RangeError(`connection ${account}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
