import { accountRule, budgetDays } from '../measure/budget-days.ts'
import { canSpend, memberOf } from '../model/membership.ts'
import type { Observation } from '../model/observation.ts'
import { fedCampaigns } from '../model/selection.ts'
import { campaignsFedBy } from '../model/structure-index.ts'
import { addDays } from '../units/calendar.ts'
import { mainUnits } from '../units/money.ts'
import type { BudgetQuestion } from './holds.ts'
import { launchesOf, stepOf } from './pace-day.ts'
import { type CommitmentFloor, commitmentFloors, type Subject, spentTowards } from './pacing/commitments.ts'
import type { DayPlan } from './pacing/day-plan.ts'
import type { Floor } from './portfolio-groups.ts'
import { baseUnitsOf, deliveryOf, rateOf } from './position.ts'

const keyOf = ({ account, budget }: BudgetQuestion): string => `${account.account}/${budget.id}`

const subjectOf = ({ observation, account: { structure, today }, budget }: BudgetQuestion): Subject => ({
  account: structure.account,
  fed: fedCampaigns(observation.policy.policy, structure, budget, today),
})

/** What the policy's commitments ask of today. */
export function commitmentsToday(
  observation: Observation,
  questions: readonly BudgetQuestion[],
): readonly CommitmentFloor[] {
  const { commitments, flight, guardrails } = observation.policy.policy
  if (commitments.length === 0) return []
  const running = questions.filter(({ account, budget }) => canSpend(account.structure, budget))
  return commitmentFloors({
    commitments,
    flightFrom: flight.from,
    today: observation.today,
    stepUp: stepOf(running, guardrails.maxStepUp),
    budgets: running.map((one) => ({
      id: keyOf(one),
      subject: subjectOf(one),
      spend: mainUnits(one.budget.amount) * baseUnitsOf(rateOf(one)) * (one.estimate ? deliveryOf(one.estimate) : 1),
    })),
    spent: spentTowards(commitments, flight.from, questions.flatMap(spentDays)),
  })
}

function spentDays(one: BudgetQuestion): { subject: Subject; date: Observation['today']; spend: number }[] {
  const { observation, account, budget } = one
  const subject = subjectOf(one)
  const unit = baseUnitsOf(rateOf(one))
  const { from } = observation.policy.policy.flight
  return (daysByBudget(observation, account).get(budget.id) ?? []).flatMap(({ date, spend }) =>
    date >= from ? [{ subject, date, spend: spend * unit }] : [],
  )
}

const daysByBudget = (observation: Observation, account: BudgetQuestion['account']) =>
  budgetDays(account, accountRule(observation, account))

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
        detail: `"${name}" has its launch budget`,
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
