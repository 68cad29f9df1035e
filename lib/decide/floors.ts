import { accountRule, budgetDays } from '../measure/budget-days.ts'
import { canSpend, memberOf } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { Policy } from '../model/policy.ts'
import { type FedCampaign, fedCampaigns } from '../model/selection.ts'
import type { AccountStructure, BudgetHolder } from '../model/structure.ts'
import { campaignsFedBy } from '../model/structure-index.ts'
import { type AccountDate, addDays } from '../units/calendar.ts'
import { type Money, mainUnits } from '../units/money.ts'
import { baseUnitsOf, rateOf } from './base-rate.ts'
import { committedBudgets, committedGroups } from './committed-budgets.ts'
import type { BudgetQuestion } from './holds.ts'
import { launchesOf, stepOf } from './pace-day.ts'
import { type CommitmentFloor, commitmentFloors, type Subject, spentTowards } from './pacing/commitments.ts'
import type { DayPlan } from './pacing/day-plan.ts'
import type { Floor } from './portfolio-groups.ts'

const keyOf = ({ account, budget }: BudgetQuestion): string => `${account.account}/${budget.id}`

/**
 * What the policy's commitments ask of today.
 *
 * @param target of the day's path, in the base currency
 */
export function commitmentsToday(
  observation: Observation,
  questions: readonly BudgetQuestion[],
  target: Money,
): readonly CommitmentFloor[] {
  const { commitments, flight, guardrails } = observation.policy.policy
  if (commitments.length === 0) return []
  const running = questions.filter(({ account, budget }) => canSpend(account.structure, budget))
  const groups = committedGroups(observation, mainUnits(target))
  return commitmentFloors({
    commitments,
    flightFrom: flight.from,
    today: observation.today,
    stepUp: stepOf(running, guardrails.maxStepUp),
    stepDown: stepOf(running, guardrails.maxStepDown),
    groups,
    budgets: committedBudgets(observation, questions, groups),
    spent: spentTowards(
      commitments,
      flight.from,
      observation.accounts.flatMap((account) => spentDays(observation, account)),
    ),
  })
}

interface SpentDay {
  readonly subject: Subject
  readonly date: AccountDate
  readonly spend: number
}

/**
 * What every budget has spent of the flight, with what it fed of the portfolio on the day. Those that have left the
 * portfolio since, or were removed, count: their money was spent towards what was promised.
 */
function spentDays(observation: Observation, account: AccountObservation): readonly SpentDay[] {
  const { structure, today } = account
  const { policy } = observation.policy
  const unit = baseUnitsOf(rateOf({ observation, account }))
  const days = budgetDays(account, accountRule(observation, account))
  const isDated = policy.members.some(({ from, to }) => from !== undefined || to !== undefined)
  return structure.budgets.flatMap((budget) => {
    const always = isDated ? undefined : subjectOn(policy, structure, budget, today)
    return (days.get(budget.id) ?? []).flatMap(({ date, spend }) =>
      date >= policy.flight.from
        ? [{ subject: always ?? subjectOn(policy, structure, budget, date), date, spend: spend * unit }]
        : [],
    )
  })
}

function subjectOn(policy: Policy, structure: AccountStructure, budget: BudgetHolder, date: AccountDate): Subject {
  const running = fedCampaigns(policy, structure, budget, date)
  const fed = running.length > 0 ? running : removedCampaigns(policy, structure, budget, date)
  return { account: structure.account, fed }
}

const removedCampaigns = (
  policy: Policy,
  structure: AccountStructure,
  budget: BudgetHolder,
  date: AccountDate,
): readonly FedCampaign[] =>
  campaignsFedBy(structure, budget).map((campaign) => ({
    campaign,
    class: memberOf(policy, structure.account, campaign, date)?.class,
  }))

/** Minimums of commitments and launches, as the split of the day takes them. */
export function floorsOf(
  observation: Observation,
  commitments: readonly CommitmentFloor[],
  day: DayPlan,
): readonly Floor[] {
  const { policy } = observation.policy
  return [
    ...day.launches.map(
      ({ name, atLeast }): Floor => ({
        name: 'launch',
        detail: `the launch of "${name}"`,
        atLeast,
        has: ({ account, budget }) =>
          campaignsFedBy(account.structure, budget).some((campaign) => {
            const member = memberOf(policy, account.structure.account, campaign, account.today)
            return (
              member !== undefined &&
              launchesOf({ ...policy, members: [member] }).some(
                (launch) => launch.name === name && launch.from <= addDays(account.today, 1),
              )
            )
          }),
      }),
    ),
    ...commitments.map(({ name, atLeast, members }): Floor => {
      const own = new Set(members)
      return { name: 'commitment', detail: `commitment "${name}"`, atLeast, has: (one) => own.has(keyOf(one)) }
    }),
  ]
}
