import { type Connection, connectionFor } from '../../functions/composition/connections.ts'
import { applicationOf } from '../../functions/composition/limiters.ts'
import { type AccountRef, accountKey } from '../../lib/model/account.ts'
import { limitsOf, type RequestLimit, type TieredLimits } from '../../lib/model/request-limits.ts'
import { googleAdsLimits } from '../../lib/platforms/google-ads/limits.ts'
import { metaLimits } from '../../lib/platforms/meta/limits.ts'
import { pinterestLimits } from '../../lib/platforms/pinterest/limits.ts'
import { snapchatLimits } from '../../lib/platforms/snapchat/limits.ts'
import { tiktokLimits } from '../../lib/platforms/tiktok/limits.ts'
import type { LimitStore } from '../../lib/ports/limiter.ts'
import { HOUR_MS, type Instant, isoInstant } from '../../lib/units/calendar.ts'
import { handedOut } from '../../lib/wire/limit-book.ts'
import { scopeOf } from '../../lib/wire/limiter.ts'
import { type Finding, USED_SOON } from './doctor-findings.ts'

/** By platform; what an adapter package is limited by only that package knows. */
const LIMITS: Readonly<Record<string, TieredLimits>> = {
  'google-ads': googleAdsLimits,
  meta: metaLimits,
  tiktok: tiktokLimits,
  snapchat: snapchatLimits,
  pinterest: pinterestLimits,
}

/**
 * What Sluice itself has handed out of the limits that last an hour or longer, its functions and commands together: most
 * platforms do not tell. Shorter ones are full and free again while one reads of them.
 *
 * @returns nothing of an application that nothing was counted of
 */
export async function countedFindings(
  store: LimitStore,
  connections: readonly Connection[],
  account: AccountRef,
  now: Instant,
): Promise<readonly Finding[]> {
  const tiered = LIMITS[account.platform]
  if (!tiered) return []
  const connection = connectionFor(connections, account)
  const application = applicationOf(connection)
  const long = limitsOf(tiered, connection.accessLevel).limits.filter(({ windowMs }) => windowMs >= HOUR_MS)
  const found: Finding[] = []
  for (const limit of long) {
    const stored = await store.read(scopeOf(application, limit.per === 'account' ? account.id : undefined))
    if (!stored) continue
    const { exhaustedUntil } = stored.book
    const until = exhaustedUntil !== undefined && exhaustedUntil > now ? exhaustedUntil : undefined
    found.push(countedFinding(accountKey(account), limit, handedOut(stored.book, limit, now), until))
  }
  return found
}

function countedFinding(subject: string, { name, most }: RequestLimit, units: number, until?: Instant): Finding {
  const about = { subject, check: 'limits' } as const
  const says = `${name}: ${units} of ${most} handed out to Sluice’s own requests, in blocks that may not all be used`
  const remedy = 'only cuts and pauses go out when it is used up: ask the platform for more, or pull less often'
  if (until !== undefined)
    return {
      ...about,
      level: 'warning',
      says: `${says}; used up, said the platform, until ${isoInstant(until)}`,
      remedy,
    }
  return units < USED_SOON * most ? { ...about, level: 'ok', says } : { ...about, level: 'warning', says, remedy }
}
