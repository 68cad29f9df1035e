import { accountRule, type BudgetDay, budgetDays } from '../../measure/budget-days.ts'
import type { Estimates } from '../../model/estimates.ts'
import { eventsOf, excludedDates } from '../../model/events.ts'
import { leverKey } from '../../model/lever.ts'
import { type LeverState, valueOn } from '../../model/lever-state.ts'
import type { AccountObservation, Observation } from '../../model/observation.ts'
import type { BudgetHolder } from '../../model/structure.ts'
import { type AccountDate, addDays, daysBetween } from '../../units/calendar.ts'
import type { BudgetQuestion } from '../holds.ts'
import { BINDING_AGAIN } from './actuator.ts'
import type { Edit } from './allowance.ts'
import type { TargetDay } from './bias.ts'
import type { PlacedTarget, TargetPart } from './placed.ts'
import { spendDays } from './spend-limit.ts'

/** Half of a day's weight is gone after ten: what is older than this says nothing any more. */
const HISTORY_DAYS = 60

export const stateOf = ({ account, lever }: Pick<PlacedTarget, 'account' | 'lever'>): LeverState | undefined =>
  account.levers.find((one) => leverKey(one.lever) === leverKey(lever))

/** A lever's value in its own unit: main units of money, or a ratio. */
export const plainValue = (value: LeverState['known'] | undefined): number | undefined =>
  value?.kind === 'money' ? Number(value.amount.micros) / 1e6 : value?.kind === 'ratio' ? value.value : undefined

/** What a target did. */
export interface TargetHistory {
  /** Days of all that it steers, with what it stood at. */
  readonly days: readonly TargetDay[]
  /** Claimed and kept in the end, main units of the account's currency; 0 where no conversion had a value. */
  readonly valuePerConversion: number
}

/**
 * Each day by the share of its outcome that is visible at the age at which it was read, which is above 1 where orders are
 * yet to be returned: of conversions under a target CPA, of their value under a target ROAS. Left out: days whose counts are not to be trusted, events that nothing is learned from, and what a budget ended the
 * spend of.
 */
export function targetHistory(observation: Observation, target: PlacedTarget, estimates: Estimates): TargetHistory {
  const { account, kind, value } = target
  const state = stateOf(target)
  const counts = visibleOf(estimates.completion.get(account.account))
  const values = visibleOf((estimates.valueCompletion ?? estimates.completion).get(account.account))
  const days = new Map<AccountDate, TargetDay>()
  let [worth, conversions] = [0, 0]
  for (const day of target.parts.flatMap((part) => daysOf(observation, account, part, estimates))) {
    const inForce = plainValue(state ? valueOn(state, day.date) : value)
    if (inForce === undefined) continue
    // What is visible of both, each in proportion to what it will be.
    worth += day.value
    conversions += (day.conversions * values(day)) / counts(day)
    const sum = days.get(day.date)
    days.set(day.date, {
      ageDays: day.ageDays,
      spend: (sum?.spend ?? 0) + day.spend,
      outcome: (sum?.outcome ?? 0) + (kind === 'target-cpa' ? day.conversions : day.value),
      visible: (kind === 'target-cpa' ? counts : values)(day),
      target: inForce,
      limitedByBudget: false,
    })
  }
  return { days: [...days.values()], valuePerConversion: conversions > 0 ? worth / conversions : 0 }
}

const visibleOf =
  (shares: readonly number[] = []) =>
  ({ ageDays, seenAge = ageDays }: BudgetDay): number =>
    shares[Math.min(seenAge, shares.length - 1)] ?? 1

function daysOf(
  observation: Observation,
  account: AccountObservation,
  part: TargetPart,
  estimates: Estimates,
): readonly BudgetDay[] {
  const { policy } = observation.policy
  const [first] = part.questions
  if (!first) return []
  const { adGroup: _, ...whole } = first.budget
  const holder: BudgetHolder = { ...whole, ...part.days }
  const days = budgetDays(
    { ...account, structure: { ...account.structure, budgets: [holder] } },
    accountRule(observation, account),
  ).get(holder.id)
  const events = eventsOf(policy, account.structure, first.budget, account.today)
  const excluded = excludedDates(events, addDays(account.today, -HISTORY_DAYS), account.today)
  const broken = brokenOn(estimates, account)
  return (days ?? []).filter(
    ({ date, ageDays }) =>
      ageDays <= HISTORY_DAYS &&
      !excluded.has(date) &&
      !broken(date) &&
      !part.questions.some((question) => endedByBudget(question, date)),
  )
}

/** Whether the counts of a date are of another kind than today's. */
const brokenOn =
  ({ breaks }: Estimates, { account }: AccountObservation) =>
  (date: AccountDate): boolean =>
    breaks.some(
      (one) =>
        one.account === account &&
        (one.kind === 'level-shift' ? date < one.from : one.from <= date && (one.to === undefined || date <= one.to)),
    )

const endedByBudget = ({ account, budget, state }: BudgetQuestion, date: AccountDate): boolean => {
  const stood = plainValue(state ? valueOn(state, date) : { kind: 'money', amount: budget.amount })
  const spent =
    spendDays(account)
      .get(budget.id)
      ?.find((day) => day.date === date)?.spend ?? 0
  return stood === undefined || spent >= BINDING_AGAIN * stood
}

/**
 * Edits of the last days, whoever made them, newest last: of the target, and of the budgets beside it where they could
 * matter to it. Small cuts of a budget that is not spent are not felt by the platform, and are left out.
 */
export function editsBeside({ account, lever, parts }: PlacedTarget, safeStep: number): readonly Edit[] {
  const own = editsOf(stateOf({ account, lever }), account.today, 'target')
  const questions = new Set(parts.flatMap((part) => part.questions))
  const budgets = [...questions].flatMap((question) =>
    budgetEdits(question, account.today).filter(
      ({ from, to }) => !question.limited?.isBinding || to > from || to < from * (1 - safeStep - SLACK),
    ),
  )
  return [...own, ...budgets]
}

/** A cut by exactly the safe step, and stored in whole cents, is not larger. */
const SLACK = 1e-3

export const budgetEdits = ({ state }: BudgetQuestion, today: AccountDate): readonly Edit[] =>
  editsOf(state, today, 'budget')

function editsOf(state: LeverState | undefined, today: AccountDate, lever: 'budget' | 'target'): readonly Edit[] {
  if (state?.day === undefined) return []
  const written = [...(state.past ?? []), { date: state.day, value: state.known }]
  return written.flatMap(({ date, value }, i) => {
    const from = plainValue(i === 0 ? (written.length === 1 ? state.dayStart : undefined) : written[i - 1]!.value)
    const to = plainValue(value)
    return from === undefined || to === undefined || from === to
      ? []
      : [{ daysAgo: daysBetween(date, today), lever, from, to }]
  })
}
