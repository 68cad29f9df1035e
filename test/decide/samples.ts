import type { CapabilitiesOf } from '../../lib/decide/capabilities-of.ts'
import { decide } from '../../lib/decide/plan.ts'
import { estimate } from '../../lib/measure/estimate.ts'
import { parseAccountKey } from '../../lib/model/account.ts'
import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import type { Lever } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { Observation } from '../../lib/model/observation.ts'
import type { ChangeDecision, Decision, Plan } from '../../lib/model/plan.ts'
import { decisionLever } from '../../lib/model/plan.ts'
import { currency, type Money, money, toMultiple } from '../../lib/units/money.ts'
import { budgetIdOf, NOW } from '../measure/samples.ts'

/** A platform that honours everything, keeps whole cents and takes no budget below one main unit. */
export const someCapabilities: PlatformCapabilities = {
  honours: () => ({ kind: 'honoured' }),
  normalise: (_kind, value) =>
    value.kind === 'money' ? { kind: 'money', amount: toMultiple(value.amount, 10_000n, 'down') } : value,
  minimumDailyBudget: (of) => money(1_000_000n, of),
  overDeliveryFactor: 2,
  cutFloorOfSpend: 0,
  budgetEditsPerHour: Number.POSITIVE_INFINITY,
  restatementDays: 30,
  hourlyConversions: true,
  learningSafeStep: 0.2,
}

export const planOf = (
  observation: Observation,
  capabilities: PlatformCapabilities | CapabilitiesOf = someCapabilities,
): Plan =>
  decide(
    observation,
    estimate(observation),
    typeof capabilities === 'function' ? capabilities : () => capabilities,
    'inputs',
  )

/** The decision about a campaign's daily budget. */
export const decisionOn = (plan: Plan, campaign: string, account = 'google-ads:1'): Decision => {
  const found = plan.decisions.find((decision) => {
    const lever = decisionLever(decision)
    return (
      lever.entity === 'budget' &&
      lever.id === budgetIdOf(campaign) &&
      `${lever.account.platform}:${lever.account.id}` === account
    )
  })
  if (!found) throw new Error(`no decision on ${campaign}`)
  return found
}

/** Where a budget stands when the plan is applied, main units of its currency. */
export const amountAfter = (decision: Decision): number => {
  const value = decision.kind === 'change' ? decision.change.to : decision.value
  return value?.kind === 'money' ? Number(value.amount.micros) / 1e6 : Number.NaN
}
export const standsAt = (plan: Plan, campaign: string, account?: string): number =>
  amountAfter(decisionOn(plan, campaign, account))

export const changesOf = (plan: Plan): readonly ChangeDecision[] => plan.decisions.filter((d) => d.kind === 'change')

export const budgetLeverOf = (campaign: string, account = 'google-ads:1'): Lever => ({
  account: parseAccountKey(account),
  kind: 'daily-budget',
  entity: 'budget',
  id: budgetIdOf(campaign),
})

export const euros = (units: number): Money => money(BigInt(Math.round(units * 1e6)), currency('EUR'))

/** What Sluice knows of a budget that it has moved before. */
export const aState = (campaign: string, known: number, over: Partial<LeverState> = {}): LeverState => ({
  lever: budgetLeverOf(campaign),
  version: 1,
  known: { kind: 'money', amount: euros(known) },
  knownAt: NOW,
  ours: true,
  idle: false,
  ...over,
})
