import type { AccountDate } from '../../../lib/units/calendar.ts'
import type { World, WorldAccount } from '../../world.ts'
import { Recent } from './recent.ts'

/** Micros by id of campaign or ad set. */
type Spend = ReadonlyMap<string, bigint>

/** What was spent, remembered while the clock stands still: every budget that is shown or changed asks for it. */
export class SpendBook {
  private readonly world: World
  private readonly kept = new Recent<Spend>(8)
  constructor(world: World) {
    this.world = world
  }

  /** Spend of each campaign or ad set over the dates; whoever spent nothing may be missing. */
  spend({ id: accountId }: WorldAccount, level: 'campaign' | 'ad-group', from: AccountDate, to: AccountDate): Spend {
    const key = [this.world.now(), accountId, level, from, to].join(' ')
    return this.kept.get(key, () => {
      const sums = new Map<string, bigint>()
      const query = { platform: 'meta', accountId, level, grain: 'day', from, to, basis: 'conversion' } as const
      for (const { id, spendMicros } of this.world.facts(query)) sums.set(id, (sums.get(id) ?? 0n) + spendMicros)
      return sums
    })
  }
}
