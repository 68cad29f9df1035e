import { decide } from '../../lib/decide/plan.ts'
import { relativeResponse } from '../../lib/measure/response-shape.ts'
import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import type { BudgetEstimate, Estimates } from '../../lib/model/estimates.ts'
import type { Plan } from '../../lib/model/plan.ts'
import { mainUnits } from '../../lib/units/money.ts'
import { type AccountSpec, anObservation, type CampaignSpec } from '../measure/samples.ts'
import { amountAfter, someCapabilities, standsAt } from './samples.ts'

/** A campaign whose response is given and not learned, so that the best split can be worked out by hand. */
export interface KnownCampaign {
  readonly id: string
  /** Main units of the account's currency; what it spends as well. */
  readonly budget: number
  /** Conversions per day at a spend of `anchor`. */
  readonly level: number
  /** K of `z (1+K) / (z+K)`; a straight line without it. */
  readonly halfway?: number
  /** Where the curve is anchored: the budget unless told. */
  readonly anchor?: number
  readonly campaign?: CampaignSpec['campaign']
  readonly holder?: CampaignSpec['holder']
  readonly days?: CampaignSpec['days']
  readonly estimate?: Partial<BudgetEstimate>
}

export interface KnownAccount extends Omit<AccountSpec, 'campaigns'> {
  readonly campaigns: readonly KnownCampaign[]
}

export interface KnownMarket {
  /** A list of campaigns is one account of Google Ads. */
  readonly accounts: readonly KnownAccount[] | readonly KnownCampaign[]
  readonly target: number
  readonly policy?: Readonly<Record<string, unknown>>
  readonly capabilities?: Partial<PlatformCapabilities>
}

/** Budgets may halve fivefold or double at once, and nothing is varied on purpose. */
const FREE = { maxStepUp: 1, maxStepDown: 0.8, maxDayRise: 1, deadband: 0 }

const isAccount = (one: KnownAccount | KnownCampaign): one is KnownAccount => 'key' in one
export const accountsOf = ({ accounts }: KnownMarket): readonly KnownAccount[] =>
  accounts.flatMap((one) => (isAccount(one) ? [one] : [])).length > 0
    ? (accounts as readonly KnownAccount[])
    : [{ key: 'google-ads:1', campaigns: accounts as readonly KnownCampaign[] }]

export const observationOf = (market: KnownMarket) =>
  anObservation({
    accounts: accountsOf(market).map((account) => ({
      ...account,
      campaigns: account.campaigns.map(({ id, budget, level, campaign, holder, days }) => ({
        ...{ id, budget, days: days ?? (() => ({ spend: budget, conversions: level })) },
        ...(campaign ? { campaign } : {}),
        ...(holder ? { holder } : {}),
      })),
    })),
    target: market.target,
    policy: {
      exploration: { maxCost: 0 },
      ...market.policy,
      guardrails: { ...FREE, ...(market.policy?.guardrails as object) },
    },
  })

const known = ({
  budget,
  level,
  halfway,
  anchor = budget,
  estimate,
}: KnownCampaign): Omit<BudgetEstimate, 'account' | 'budget'> => ({
  curve: {
    referenceSpend: anchor,
    // A level that is known as good as exactly.
    shapes: [{ weight: 1, gammaShape: level * 1e6, gammaRate: 1e6, ...(halfway === undefined ? {} : { halfway }) }],
  },
  noise: { overdispersion: 1, driftVariance: 0, keep: 1 },
  incrementality: { mean: 1, low: 1, high: 1 },
  hasLift: false,
  deliveryRatio: 1,
  // Four days of its own against three at its budget.
  delivery: Math.min(1.3, Math.max(0.7, (4 * (estimate?.deliveryRatio ?? 1) + 3) / 7)),
  maturity: 1,
  conversionsSeen: 1000,
  valuePerConversion: 1,
  recentSpendPerDay: budget,
  deliverablePerDay: budget,
  bestRecentDay: budget,
  originalShare: 1,
  ...estimate,
})

export function estimatesOf(market: KnownMarket): Estimates {
  const observation = observationOf(market)
  const even = [1, 1, 1, 1, 1, 1, 1]
  return {
    budgets: observation.accounts.flatMap(({ account, structure }, i) =>
      structure.budgets.map(({ id }, k) => ({
        ...known(accountsOf(market)[i]!.campaigns[k]!),
        ...{ account, budget: id },
      })),
    ),
    spendNoise: 0.07,
    dayOfWeek: even,
    weekdays: new Map(observation.accounts.map(({ account }) => [account, even])),
    completion: new Map(),
    breaks: [],
  }
}

/** The plan of a market whose responses are known. */
export const planOfMarket = (market: KnownMarket): Plan =>
  decide(
    observationOf(market),
    estimatesOf(market),
    () => ({ ...someCapabilities, learningSafeStep: 1, ...market.capabilities }),
    'inputs',
  )

/** Where all budgets of an account stand once the plan is applied, main units, in the market's order. */
export const standing = (plan: Plan, market: KnownMarket): readonly number[] =>
  accountsOf(market).flatMap(({ key, campaigns }) => campaigns.map(({ id }) => standsAt(plan, id, key)))

/** Conversions per day that the market truly brings at what the plan leaves. */
export const broughtBy = (plan: Plan, market: KnownMarket): number => {
  const amounts = standing(plan, market)
  return accountsOf(market)
    .flatMap(({ campaigns }) => campaigns)
    .reduce(
      (sum, { level, halfway, budget, anchor = budget }, i) =>
        sum + level * relativeResponse(amounts[i]! / anchor, halfway === undefined ? {} : { halfway }),
      0,
    )
}

export const spentBy = (plan: Plan): number =>
  plan.decisions.reduce((sum, decision) => sum + (Number.isNaN(amountAfter(decision)) ? 0 : amountAfter(decision)), 0)

export const unspentOf = ({ unspent }: Plan): number => (unspent ? mainUnits(unspent) : 0)

export const limitOf = (plan: Plan, name: string) => plan.limits?.find((one) => one.name === name)
