import { growthInBase } from '../decide/net-growth.ts'
import type { PlatformCapabilities } from '../model/capability.ts'
import { isBudget, type LeverChange, type LeverValue, sameValue } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { PlanHeader } from '../model/plan.ts'
import type { Policy } from '../model/policy.ts'
import type { Versioned } from '../ports/store.ts'
import type { AccountDate, Instant } from '../units/calendar.ts'
import { add, type CurrencyCode, larger, type Money, money, subtract, zero } from '../units/money.ts'
import { openPlans } from './dispatch.ts'
import { withHigh, worstCaseChange } from './exposure.ts'
import type { Loop } from './loop.ts'
import { compareReadback } from './push.ts'

/** A change that asks for what is there already: nothing is sent, and it counts as done. */
export interface AlreadyThere {
  readonly value: LeverValue
  /** Charged with the value by now; absent: it was known to stand there, or costs nothing by itself. */
  readonly lever?: Versioned<LeverState>
  /** By how much the worst case of the account's day grows: what nobody had counted yet. */
  readonly delta: Money
  /** What it takes of the plan's room for raises, in the base currency: nothing where our own push took it elsewhere. */
  readonly growth: Money
  /** What it frees for the plan's raises as a cut, in the base currency. */
  readonly freed: Money
}

interface Moment {
  readonly date: AccountDate
  readonly factor: number
  readonly currency: CurrencyCode
  readonly capabilities: PlatformCapabilities
}

/**
 * What a change comes to whose lever stands at the new value already, by another plan of ours or by somebody's hand, or
 * because the platform would store what stands there; undefined where it does not. A value that was not known is charged to the day at once, and stays unknown otherwise: the
 * next pull finds out who set it.
 */
export function alreadyThere(
  change: LeverChange,
  state: LeverState,
  live: LeverValue | undefined,
  rates: Parameters<typeof growthInBase>[1],
  { date, factor, currency, capabilities }: Moment,
): AlreadyThere | undefined {
  if (!live || compareReadback(change.lever.kind, change.to, live, capabilities).kind !== 'verified') return undefined
  const growth = growthInBase(change, rates)
  const none = zero(growth.currency)
  // No read-back could tell whether such a request has been applied, or is still to come.
  if (sameValue(live, change.from))
    return sameValue(state.known, live) ? { value: live, delta: zero(currency), growth: none, freed: none } : undefined
  const freed = larger(money(-growth.micros, growth.currency), none)
  if (sameValue(state.known, live)) return { value: live, delta: zero(currency), growth: none, freed }
  const taken = { value: live, growth: larger(growth, none), freed }
  if (!isBudget(change.lever)) return { ...taken, delta: zero(currency) }
  const next = { ...withHigh(state, live, date), version: state.version + 1 }
  return {
    ...taken,
    lever: { next, expected: state.version },
    delta: worstCaseChange(state, next, date, factor, currency),
  }
}

/**
 * What cuts that were there already leave for the raises of a plan: what other open plans have raised beyond their own
 * growth was paid for by cuts, and no cut pays twice.
 *
 * @throws Error when the plan itself is not open any more: somebody has taken it back, or it was replaced, meanwhile
 */
export async function leftOfFreed(
  freed: Money,
  { id }: PlanHeader,
  policy: Policy,
  now: Instant,
  loop: Loop,
): Promise<Money> {
  const none = zero(freed.currency)
  if (freed.micros === 0n) return none
  const open = await openPlans(policy, now, loop)
  if (!open.some((other) => other.id === id)) throw new Error(`nothing reserved: plan ${id} is not open any more`)
  let left = freed
  for (const other of open) {
    if (other.id === id) continue
    const raised = (await loop.plans.progress(other.id))?.raised ?? none
    left = subtract(left, larger(subtract(raised, other.netGrowth), none))
  }
  return larger(left, none)
}

/** Of several changes. */
export const freedBy = (ones: readonly AlreadyThere[], none: Money): Money =>
  ones.reduce((total, { freed }) => add(total, freed), none)
