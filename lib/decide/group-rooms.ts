import { capInOwnCurrency, policyAccount } from '../measure/budget-days.ts'
import { canSpend } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import { countedRaise, type ScheduledRaise } from '../model/scheduled-raise.ts'
import type { BudgetHolder } from '../model/structure.ts'
import { add, type Money, mainUnits, smaller } from '../units/money.ts'
import { baseUnitsOf, cautiousRateOf, rateOf } from './base-rate.ts'
import type { BudgetQuestion } from './holds.ts'

/**
 * The caps as limits on growth: by how much the budgets of an account, and of the portfolio, may be raised today beyond
 * where they stand, in main units of the base currency: cap over over-delivery factor, less every budget as it stands
 * (of the account, unmanaged ones too); and no more than a worst day that the account's own spend cap on the platform
 * still lets through. One group per account and one for the portfolio. No cap: no room.
 */
export function groupRooms(
  observation: Observation,
  questions: readonly BudgetQuestion[],
): { rooms: readonly number[]; indexesOf: (question: BudgetQuestion) => readonly number[] } {
  const { dayCap } = observation.policy.policy
  const ofAccounts = observation.accounts.map((account) => {
    const cap = tighter(capInOwnCurrency(observation, account), account.structure.remainingSpendCap)
    const factor = factorOf(observation, questions, account)
    const standing = account.structure.budgets.reduce((sum, budget) => sum + standingOf(account, budget, factor), 0)
    const unit = baseUnitsOf(rateOf({ observation, account }))
    const steps = questions.reduce((sum, q) => sum + (q.account === account ? stepOf(q) : 0), 0)
    return cap ? Math.max(0, (mainUnits(cap) / factor - standing - steps) * unit) : 0
  })
  const worstFactor = Math.max(1, ...observation.accounts.map((account) => factorOf(observation, questions, account)))
  const standing = questions.reduce(
    (sum, q) => sum + (standingOf(q.account, q.budget, worstFactor) + stepOf(q)) * baseUnitsOf(cautiousRateOf(q)),
    0,
  )
  const { baseCurrency, guardrails } = observation.policy.policy
  const isMixed = observation.accounts.some(({ structure }) => structure.currency !== baseCurrency)
  // Growth is converted without the haircut: the room gives it up instead.
  const haircut = isMixed ? 1 + guardrails.rateHaircut : 1
  const ofPortfolio = dayCap ? Math.max(0, mainUnits(dayCap) / worstFactor - standing) / haircut : 0
  return {
    rooms: [...ofAccounts, ofPortfolio],
    indexesOf: ({ account }) => [observation.accounts.indexOf(account), observation.accounts.length],
  }
}

/** The policy's cap, or what the account may still spend at all on the platform, whichever is less; no policy cap, none. */
const tighter = (dayCap: Money | undefined, remaining: Money | undefined): Money | undefined =>
  dayCap && remaining ? smaller(dayCap, remaining) : dayCap

/**
 * What a budget stands at, with what schedules raise it by, main units of its currency: nothing when nothing runs on it.
 * All of a lifetime budget may go in a day, but no more: as a daily budget that may go so many times over it is that much less.
 */
function standingOf(account: AccountObservation, budget: BudgetHolder, factor: number): number {
  if (!canSpend(account.structure, budget)) return 0
  if (budget.period === 'lifetime') return mainUnits(budget.amount) / factor
  return mainUnits(add(budget.amount, countedRaise(raisesOf(account).get(budget.id), account.today, budget.amount)))
}

const raisesOf = perObject(
  ({ levers }: AccountObservation): ReadonlyMap<string, readonly ScheduledRaise[]> =>
    new Map(levers.flatMap(({ lever, raises }) => (raises ? [[lever.id, raises] as const] : []))),
)

/** What a raise that is decided already takes; a cut makes no room today. */
const stepOf = ({ budget, stepsTo }: BudgetQuestion): number =>
  stepsTo ? Math.max(0, mainUnits(stepsTo) - mainUnits(budget.amount)) : 0

const factorOf = (
  observation: Observation,
  questions: readonly BudgetQuestion[],
  account: AccountObservation,
): number =>
  policyAccount(observation, account).overDeliveryFactor ??
  questions.find((q) => q.account === account)?.capabilities.overDeliveryFactor ??
  1
