import type { AccountDate } from '../../../lib/units/calendar.ts'
import type { FactQuery, World, WorldAccount, WorldFact } from '../../world.ts'
import { Recent } from './recent.ts'

/**
 * The world's facts, remembered while the clock stands still: paging through a report, or checking many budgets against
 * what was spent, asks for the same facts over and over.
 */
export class FactBook {
  private readonly world: World
  private readonly kept = new Recent<readonly WorldFact[]>(8)
  private readonly sums = new WeakMap<readonly WorldFact[], ReadonlyMap<string, bigint>>()
  constructor(world: World) {
    this.world = world
  }

  facts(query: FactQuery): readonly WorldFact[] {
    const { accountId, level, grain, from, to, basis } = query
    const key = [this.world.now(), accountId, level, grain, from, to, basis].join(' ')
    return this.kept.get(key, () => this.world.facts(query))
  }

  /** Spend of each campaign or ad set over the dates, in micros by id; whoever spent nothing may be missing. */
  spend(
    account: WorldAccount,
    level: 'campaign' | 'ad-group',
    from: AccountDate,
    to: AccountDate,
  ): ReadonlyMap<string, bigint> {
    const { id: accountId } = account
    const facts = this.facts({ platform: 'meta', accountId, level, grain: 'day', from, to, basis: 'conversion' })
    const known = this.sums.get(facts)
    if (known) return known
    const sums = new Map<string, bigint>()
    for (const { id, spendMicros } of facts) sums.set(id, (sums.get(id) ?? 0n) + spendMicros)
    this.sums.set(facts, sums)
    return sums
  }
}
