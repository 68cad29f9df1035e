import { limitsOf, type TieredLimits } from '../../lib/model/request-limits.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { LimitStore, RequestLimiter } from '../../lib/ports/limiter.ts'
import { type OpenLimiter, openLimiter } from '../../lib/wire/limiter.ts'
import type { Connection } from './connections.ts'

/** The limiter of a connection's application: connections of one platform share one unless they name another. */
export type Limiters = (connection: Connection, limits: TieredLimits) => RequestLimiter

/** With what all of them have leased, which `close` gives back where it was not used. It does not throw. */
export type OpenLimiters = Limiters & Pick<OpenLimiter, 'close'>

export interface LimitersOptions {
  readonly store: LimitStore
  readonly clock: Clock
  readonly sleep: (ms: number) => Promise<unknown>
}

/** @throws RangeError from the limiters for an access level that the platform does not have */
export function openLimiters(options: LimitersOptions): OpenLimiters {
  const open = new Map<string, OpenLimiter>()
  const of: Limiters = (connection, limits) => {
    const application = applicationOf(connection)
    const known = open.get(application) ?? openLimiter({ ...options, application, limits: tierOf(connection, limits) })
    open.set(application, known)
    return known
  }
  return Object.assign(of, {
    close: async () => void (await Promise.all([...open.values()].map((one) => one.close()))),
  })
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
