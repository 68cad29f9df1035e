import type { AccountKey, PlatformId } from '../../model/account.ts'
import type { BindingGuardrail } from '../../model/plan.ts'
import type { ForecastBudget } from './budget.ts'
import { changeInterval, claimedChange, type Interval80, incrementalOf } from './doubt.ts'
import type { Forecast, ForecastPoint } from './forecast.ts'

/** A change of spend, and what it brings or costs, both per day. */
export interface Shift {
  /** Main units of the base currency; negative: less. */
  readonly spend: number
  readonly outcome: Interval80
}

export interface CampaignShift extends Shift {
  readonly budget: ForecastBudget
  /** Spend per day on either side. */
  readonly from: number
  readonly to: number
  /** What keeps it from getting more on the side of `to`. */
  readonly limits: readonly BindingGuardrail[]
  readonly isBeyondSeen: boolean
}

export interface Comparison extends Shift {
  readonly from: ForecastPoint
  readonly to: ForecastPoint
  /** Largest moves first; campaigns whose spend stays are left out. */
  readonly campaigns: readonly CampaignShift[]
  readonly accounts: ReadonlyMap<AccountKey, Shift>
  readonly platforms: ReadonlyMap<PlatformId, Shift>
}

/** A move of less than this share of what an even split of the difference would be is none: answers have an error. */
const NO_MOVE = 0.01

/** Where the money goes when one daily total becomes another, and what comes of it. Both points are of the forecast. */
export function compareTotals(
  { goal, days }: Pick<Forecast, 'goal' | 'days'>,
  from: ForecastPoint,
  to: ForecastPoint,
): Comparison {
  const cost = (spend: number): number => (goal.kind === 'profit' ? spend : 0)
  const before = new Map(from.campaigns.map((one) => [one.budget, one.spend]))
  const moves = to.campaigns.map((one) => ({ ...one, from: before.get(one.budget) ?? 0, to: one.spend }))
  const shiftOf = (some: readonly (typeof moves)[number][]): Shift => {
    const claims = some.map((one) => ({
      budget: one.budget,
      claimed: claimedChange(one.budget, one.from, one.to, days),
    }))
    const spend = some.reduce((sum, one) => sum + one.to - one.from, 0)
    return { spend, outcome: changeInterval(incrementalOf(claims), claims, cost(spend)) }
  }
  const by = <K>(key: (budget: ForecastBudget) => K): ReadonlyMap<K, Shift> =>
    new Map([...Map.groupBy(moves, ({ budget }) => key(budget))].map(([name, own]) => [name, shiftOf(own)]))
  const least = (NO_MOVE * Math.abs(to.total - from.total)) / Math.max(1, moves.length)
  const moved = moves
    .filter((one) => Math.abs(one.to - one.from) > least)
    .toSorted((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from))
  return {
    from,
    to,
    ...shiftOf(moves),
    campaigns: moved.map((one) => ({
      budget: one.budget,
      from: one.from,
      to: one.to,
      limits: one.limits,
      isBeyondSeen: one.isBeyondSeen,
      ...shiftOf([one]),
    })),
    accounts: by(({ account }) => account),
    platforms: by(({ platform }) => platform),
  }
}
