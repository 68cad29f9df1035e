import { BREAKERS, type BreakerName, breakersOf } from '../../model/breakers.ts'
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
export function judgeBreakers(view: GuardView): Judgement {
  const breakers = breakersOf(view.policy)
  const off = BREAKERS.filter((name) => breakers[name].action === 'off')
  const { trips, judged } = askRules(
    view,
    BREAKERS.filter((name) => !off.includes(name)),
  )
  return { trips, judged: judged.union(new Set(off)) }
}

/** What these rules say, switched on or not. */
export function askRules(view: GuardView, names: readonly BreakerName[]): Judgement {
  const trips: Trip[] = []
  const judged = new Set<BreakerName>()
  for (const name of names) {
    const found = RULES[name](view)
    if (!found) continue
    judged.add(name)
    trips.push(...found)
  }
  return { trips, judged }
}
