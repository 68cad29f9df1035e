import { policyAccount } from '../measure/budget-days.ts'
import { canSpend } from '../model/membership.ts'
import type { ChangeDecision, Decision } from '../model/plan.ts'
import type { SharedCap } from '../model/policy.ts'
import { countedRaise } from '../model/scheduled-raise.ts'
import { countsBudget, fedCampaigns } from '../model/selection.ts'
import { add, larger, type Money, subtract, times, zero } from '../units/money.ts'
import { convert } from '../units/rates.ts'
import { cautiousRateOf } from './base-rate.ts'
import type { BudgetQuestion } from './holds.ts'
import { amountText } from './words.ts'

/**
 * Holds raises that would let budgets of a shared cap cost more than it at worst, those that bring least first: a platform's,
 * a country's, of whatever accounts and currencies. Cuts of the same plan make no room: the day is charged by the highest
 * that it has seen.
 */
export function withinSharedCaps(
  questions: readonly BudgetQuestion[],
  settled: readonly Decision[],
  decisions: readonly Decision[],
): readonly Decision[] {
  const [first] = questions
  const caps = first?.observation.policy.policy.caps ?? []
  return caps.reduce((left, cap) => keep(cap, questions, settled, left), decisions)
}

function keep(
  cap: SharedCap,
  questions: readonly BudgetQuestion[],
  settled: readonly Decision[],
  decisions: readonly Decision[],
): readonly Decision[] {
  const own = new Map(questions.filter((one) => isCounted(cap, one)).map((one) => [one.lever, one]))
  let exposure = exposureUnder(cap, own, settled)
  const raises = changesUnder(own, decisions)
    .filter(({ growth }) => growth.micros > 0n)
    .toSorted((a, b) => b.decision.expected.mean - a.decision.expected.mean)
  const held = new Set<Decision>()
  for (const { decision, growth } of raises) {
    const after = add(exposure, growth)
    if (after.micros > cap.dayCap.micros) held.add(decision)
    else exposure = after
  }
  if (held.size === 0) return decisions
  const detail = `cap "${cap.name}" of ${amountText(cap.dayCap)}: what it counts may cost ${amountText(exposure)} today already at worst`
  return decisions.map((one) =>
    one.kind === 'change' && held.has(one)
      ? { kind: 'hold', lever: one.change.lever, name: one.name, value: one.change.from, reason: 'guardrail', detail }
      : one,
  )
}

/** Whether a cap counts a budget on its account's day. */
export const isCounted = ({ match }: SharedCap, { observation, account, budget }: BudgetQuestion): boolean =>
  countsBudget(
    match,
    account.structure.account,
    fedCampaigns(observation.policy.policy, account.structure, budget, account.today),
  )

type Own = ReadonlyMap<BudgetQuestion['lever'], BudgetQuestion>

/** Those of the decisions that change a budget of the cap, with what each adds to the day. */
const changesUnder = (
  own: Own,
  decisions: readonly Decision[],
): readonly { readonly decision: ChangeDecision; readonly growth: Money }[] =>
  decisions
    .filter((one) => one.kind === 'change')
    .flatMap((decision) => {
      const question = own.get(decision.change.lever)
      return question ? [{ decision, growth: growthOf(decision, question) }] : []
    })

/** What the budgets of a cap may cost today as they stand, with what is settled of them already; base currency. */
function exposureUnder({ dayCap }: SharedCap, own: Own, settled: readonly Decision[]): Money {
  const grown = changesUnder(own, settled).reduce((sum, { growth }) => add(sum, growth), zero(dayCap.currency))
  return [...own.values()].reduce((sum, one) => add(sum, inBase(standing(one), one)), grown)
}

/** The highest that it stood at today, with what schedules raise it by. */
function standing({ account, budget, state }: BudgetQuestion): Money {
  if (!canSpend(account.structure, budget)) return zero(budget.amount.currency)
  const high = state?.day === account.today && state.dayHigh?.kind === 'money' ? state.dayHigh.amount : budget.amount
  const most = larger(high, budget.amount)
  return add(most, countedRaise(state?.raises, account.today, most))
}

/** By how much a raise lets the day cost more at worst; never negative. */
function growthOf({ change: { to } }: ChangeDecision, question: BudgetQuestion): Money {
  if (to.kind !== 'money') return zero(question.observation.policy.policy.baseCurrency)
  const more = subtract(to.amount, standing(question))
  return inBase(larger(more, zero(more.currency)), question)
}

/** At worst: with over-delivery, but for lifetime budgets, and at a cautious rate. */
function inBase(amount: Money, question: BudgetQuestion): Money {
  const { observation, account, budget, capabilities } = question
  const factor = policyAccount(observation, account).overDeliveryFactor ?? capabilities.overDeliveryFactor
  return convert(budget.period === 'lifetime' ? amount : times(amount, factor, 'up'), cautiousRateOf(question), 'up')
}
