import { mayKeepStops, type StopStep, stopSteps, wantedStop, wantsStop } from '../decide/spend-stops.ts'
import type { CampaignId, PortfolioId } from '../model/account.ts'
import { type Lever, type LeverKey, leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { StandingStop, StopsOnRecord } from '../model/spend-stop.ts'
import type { AccountStructure, BudgetHolder } from '../model/structure.ts'
import { dateAt } from '../units/calendar.ts'
import { add, type Money, times, zero } from '../units/money.ts'
import { worstCaseOf } from './exposure.ts'
import type { Loop } from './loop.ts'
import { overDeliveryFactor, policiesOf } from './portfolios.ts'

/** Whether the platform is asked for its rules at all: one is wanted, or one of ours may stand there. */
export const asksForStops = (
  policies: readonly PolicyVersion[],
  structure: AccountStructure,
  before: StopsOnRecord | undefined,
): boolean =>
  policiesOf(policies, structure.account).some(({ policy }) => wantsStop(policy, structure)) ||
  (before !== undefined &&
    // What was asked for and not yet seen to stand may stand by now.
    (before.standing.length > 0 || before.unmetSince.size > 0 || before.problem !== undefined))

/** What is to be written or removed, by portfolio. Of portfolios that only look on, and of others', nothing. */
export function dueStops(
  standing: readonly StandingStop[],
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  states: ReadonlyMap<LeverKey, LeverState>,
  loop: Loop,
): ReadonlyMap<PortfolioId, readonly StopStep[]> {
  const { capabilities } = loop.platforms(structure.account.platform)
  const today = dateAt(loop.clock.now(), structure.zone)
  const own = policiesOf(policies, structure.account)
  const factor = overDeliveryFactor(own, structure.account, capabilities.overDeliveryFactor)
  const worst = (campaign: CampaignId): Money => worstOf(campaign, structure, states, factor, loop)
  return new Map(
    own
      .filter(({ policy }) => mayKeepStops(policy))
      .map(({ policy }) => {
        const ours = standing.filter(({ portfolio }) => portfolio === policy.portfolio)
        return [policy.portfolio, stopSteps(wantedStop(policy, structure, today, capabilities), ours, worst)] as const
      })
      .filter(([, steps]) => steps.length > 0),
  )
}

/** The most that a campaign may cost today, as the ledger counts its budgets. */
function worstOf(
  campaign: CampaignId,
  structure: AccountStructure,
  states: ReadonlyMap<LeverKey, LeverState>,
  factor: number,
  loop: Loop,
): Money {
  const today = dateAt(loop.clock.now(), structure.zone)
  return structure.budgets
    .filter(({ status, campaigns }) => status !== 'removed' && campaigns.includes(campaign))
    .map((budget) => {
      const state = states.get(leverKey(leverOf(budget, structure)))
      return state
        ? worstCaseOf([state], today, factor, structure.currency)
        : times(budget.amount, budget.period === 'daily' ? factor : 1, 'up')
    })
    .reduce(add, zero(structure.currency))
}

const leverOf = ({ id, period }: BudgetHolder, { account }: AccountStructure): Lever => ({
  account,
  kind: period === 'daily' ? 'daily-budget' : 'lifetime-budget',
  entity: 'budget',
  id,
})
