import { type BreakerName, breakersOf } from '../../model/breakers.ts'
import { claimsAboveOrders } from './claims-above-orders.ts'
import { deadManSwitch } from './dead-man-switch.ts'
import { divergence } from './divergence.ts'
import { notServing } from './not-serving.ts'
import { oscillation } from './oscillation.ts'
import { outsideCaps } from './outside-caps.ts'
import { priceJump } from './price-jump.ts'
import { refusals } from './refusals.ts'
import { runawaySpend } from './runaway-spend.ts'
import { spendVelocity } from './spend-velocity.ts'
import type { Breaker, GuardView, Trip } from './view.ts'
import { zeroConversions } from './zero-conversions.ts'
import { zeroDelivery } from './zero-delivery.ts'

const RULES: Readonly<Record<BreakerName, Breaker>> = {
  runawaySpend,
  spendVelocity,
  priceJump,
  zeroDelivery,
  zeroConversions,
  claimsAboveOrders,
  outsideCaps,
  divergence,
  oscillation,
  refusals,
  notServing,
  deadManSwitch,
}

export interface Judgement {
  readonly trips: readonly Trip[]
  /** Rules that could say something, so that what did not trip is over; a rule that is switched off says so, too. */
  readonly judged: ReadonlySet<BreakerName>
}

/** What every rule that is on says of an account. */
export function judgeBreakers(view: GuardView, ignoreSwitches = false): Judgement {
  const breakers = breakersOf(view.policy)
  const trips: Trip[] = []
  const judged = new Set<BreakerName>()
  for (const [name, rule] of Object.entries(RULES) as [BreakerName, Breaker][]) {
    const found = breakers[name].action === 'off' && !ignoreSwitches ? [] : rule(view)
    if (!found) continue
    judged.add(name)
    trips.push(...found)
  }
  return { trips, judged }
}
