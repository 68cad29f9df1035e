import type { AccountDate } from '../../../lib/units/calendar.ts'
import type { World, WorldAccount } from '../../world.ts'

type Spend = ReadonlyMap<string, bigint>

/** What was spent, remembered while the clock stands still: every budget that is changed asks for it. */
export class SpendBook {
  private readonly world: World
  private kept: { readonly key: string; readonly spend: Spend } | undefined
  constructor(world: World) {
    this.world = world
  }

  /** Micros by campaign or ad group over the dates; whoever spent nothing may be missing. */
  spend({ id: accountId }: WorldAccount, level: 'campaign' | 'ad-group', from: AccountDate, to: AccountDate): Spend {
    const key = [this.world.now(), accountId, level, from, to].join(' ')
    if (this.kept?.key === key) return this.kept.spend
    const sums = new Map<string, bigint>()
    const query = { platform: 'tiktok', accountId, level, grain: 'day', from, to, basis: 'conversion' } as const
    for (const { id, spendMicros } of this.world.facts(query)) sums.set(id, (sums.get(id) ?? 0n) + spendMicros)
    this.kept = { key, spend: sums }
    return sums
  }
}
