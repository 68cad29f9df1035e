import { budgetDays } from '../../measure/budget-days.ts'
import { deliveryRatio } from '../../measure/delivery.ts'
import { eventsOf, isWithin } from '../../model/events.ts'
import type { AccountObservation, Observation } from '../../model/observation.ts'
import { perObject } from '../../model/per-object.ts'
import type { BidStrategy, BudgetHolder } from '../../model/structure.ts'
import { adGroupById, campaignsFedBy } from '../../model/structure-index.ts'
import { type Actuator, actuatorOf } from './actuator.ts'

/** A target or a bid that a budget's campaigns have. Amounts in main units of the account's currency. */
export interface SpendLimit {
  readonly by: 'target' | 'bid'
  /** It keeps them from spending the budget; else the budget is what limits them at the moment. */
  readonly isBinding: boolean
  /** Spend of recent complete days, events left out. */
  readonly recentSpends: readonly number[]
  /** How far the busiest of the last days stood out: over its budget where that binds, over the mean of all where not. */
  readonly busiest: number
}

/** Days over which it is followed what limited the spend, and of which the best counts. */
const RECENT_DAYS = 14

/** Spend by day; no conversion is asked for. */
export const spendDays = perObject((account: AccountObservation) => budgetDays(account, ''))

/**
 * What limits a budget's spend where the budget itself does not; undefined where its campaigns have neither target nor bid:
 * what cannot find more audience is not meant.
 */
export function spendLimitOf(
  observation: Observation,
  account: AccountObservation,
  budget: BudgetHolder,
): SpendLimit | undefined {
  const strategies = strategiesOf(account, budget)
  const hasTarget = strategies.some(({ targetCpa, targetRoas }) => targetCpa !== undefined || targetRoas !== undefined)
  if (!hasTarget && !strategies.some(({ bid }) => bid !== undefined)) return undefined
  const days = spendDays(account).get(budget.id) ?? []
  // Nothing is known of what steered it before the first of these days: it stays with what has to prove least.
  let actuator: Actuator = 'target'
  for (let ago = RECENT_DAYS; ago >= 0; ago--) {
    const ratio = deliveryRatio(days.slice(0, days.length - ago), budget, account)
    if (ratio !== undefined || ago === 0)
      actuator = actuatorOf({ hasTarget: true, deliveryRatio: ratio, previous: actuator })
  }
  const events = eventsOf(observation.policy.policy, account.structure, budget, account.today)
  const recent = days.filter(
    ({ ageDays, date }) => ageDays <= RECENT_DAYS && !events.some((event) => isWithin(event, date)),
  )
  const isBinding = actuator === 'target'
  const mean = recent.reduce((sum, { spend }) => sum + spend, 0) / recent.length
  const shares = recent.map((day) => (isBinding ? day.spend / mean : (deliveryRatio([day], budget, account) ?? 1)))
  return {
    by: hasTarget ? 'target' : 'bid',
    isBinding,
    recentSpends: recent.map(({ spend }) => spend),
    busiest: Math.max(1, ...shares.filter(Number.isFinite)),
  }
}

function strategiesOf({ structure }: AccountObservation, budget: BudgetHolder): readonly BidStrategy[] {
  const own = budget.adGroup === undefined ? undefined : adGroupById(structure, budget.adGroup)?.strategy
  return own ? [own] : campaignsFedBy(structure, budget).map(({ strategy }) => strategy)
}
