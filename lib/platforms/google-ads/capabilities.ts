import type { Capability, PlatformCapabilities } from '../../model/capability.ts'
import type { Lever, LeverKind, LeverValue } from '../../model/lever.ts'
import { sameCriterion } from '../../model/lever-place.ts'
import type {
  AccountStructure,
  BidStrategyKind,
  BudgetHolder,
  Campaign,
  CriterionDimension,
} from '../../model/structure.ts'
import { money, toMultiple } from '../../units/money.ts'
import { unreachable } from '../../units/unreachable.ts'
import { HONOURED, not } from '../../wire/honoured.ts'
import { asFloat32, MODIFIER_RANGE, ROAS_RANGE } from './amounts.ts'
import { billableUnit } from './currencies.ts'

/**
 * Why a modifier would do nothing under a strategy; `undefined` where it counts: with manual bids, and a device's with a
 * target CPA as well, whose target it scales.
 *
 * Sources: https://support.google.com/google-ads/answer/6167121 (bid adjustments are for manual bids, automated bidding
 * sees to devices, places, hours and audiences itself), https://support.google.com/google-ads/answer/6268632 (target CPA
 * and device adjustments).
 */
export function whyModifierIsIgnored(by: 'device' | CriterionDimension, strategy: BidStrategyKind): string | undefined {
  if (strategy === 'manual-cpc' || (by === 'device' && strategy === 'target-cpa')) return undefined
  return `Google ignores ${by} modifiers under ${strategy}: move its budget or target`
}

function multiplierCapability({ device, criterion }: Lever, { id, strategy, criteria }: Campaign): Capability {
  if (device === undefined && !criterion) return not('name the device, place, part of the week or audience')
  const reason = whyModifierIsIgnored(criterion?.dimension ?? 'device', strategy.kind)
  if (reason !== undefined) return not(reason)
  if (!criterion || criteria?.some((one) => sameCriterion(one, criterion))) return HONOURED
  return not(
    `campaign ${id} lists no ${criterion.dimension} ${criterion.id}, and listing one would change whom it reaches`,
  )
}

function budgetCapability({ kind, id }: Lever, { budgets, experiments }: AccountStructure): Capability {
  const budget: BudgetHolder | undefined = budgets.find((holder) => holder.id === id)
  if (!budget) return not(`budget ${id} is not in the account`)
  if (budget.status === 'removed') return not(`budget ${id} was removed: Google refuses it (CAMPAIGN_BUDGET_REMOVED)`)
  if (kind !== `${budget.period}-budget`) return not(`budget ${id} is a ${budget.period} budget`)
  // The base comes first in an experiment, the arms after it.
  const arms = new Set(experiments.flatMap(({ campaigns }) => campaigns.slice(1)))
  const arm = budget.campaigns.find((campaign) => arms.has(campaign))
  return arm ? not(`budget ${id} feeds campaign ${arm}, an arm of a running experiment`) : HONOURED
}

function campaignTarget({ kind }: Lever, { strategy }: Campaign): Capability {
  if (strategy.portfolioStrategy !== undefined)
    return not(`the target belongs to portfolio strategy ${strategy.portfolioStrategy}: move it there`)
  return hasTarget(kind, strategy) ? HONOURED : not(`strategy ${strategy.kind} has no ${kind} to move`)
}

const hasTarget = (kind: LeverKind, of: Campaign['strategy']): boolean =>
  (kind === 'target-cpa' ? of.targetCpa : of.targetRoas) !== undefined

function campaignCapability(lever: Lever, campaign: Campaign): Capability {
  if (campaign.status === 'removed') return not(`campaign ${campaign.id} was removed: Google changes nothing on it`)
  switch (lever.kind) {
    case 'status':
      return HONOURED
    case 'target-cpa':
    case 'target-roas':
      return campaignTarget(lever, campaign)
    case 'bid-multiplier':
      return multiplierCapability(lever, campaign)
    case 'bid':
      return not('bids sit on ad groups and keywords in Google Ads and are not moved: move budget or target')
    case 'daily-budget':
    case 'lifetime-budget':
      return not('a budget is an object of its own in Google Ads: use entity budget')
    default:
      return unreachable(lever.kind)
  }
}

function adGroupCapability({ id, kind }: Lever, { adGroups, campaigns }: AccountStructure): Capability {
  const adGroup = adGroups.find((one) => one.id === id)
  if (!adGroup) return not(`ad group ${id} has no target of its own: its campaign's holds`)
  if (kind === 'status') return HONOURED
  const campaign = campaigns.find((one) => one.id === adGroup.campaign)
  if (campaign?.strategy.portfolioStrategy !== undefined)
    return not('ad group targets are ignored under a portfolio strategy')
  const own = kind === 'target-cpa' ? adGroup.strategy?.targetCpa : adGroup.strategy?.targetRoas
  const isTarget = kind === 'target-cpa' || kind === 'target-roas'
  // Google ignores an ad group's target unless its campaign has one of the same kind.
  if (isTarget && own !== undefined && campaign && hasTarget(kind, campaign.strategy)) return HONOURED
  return not(`ad group ${id} has no ${kind} that Google would honour`)
}

function portfolioCapability({ id, kind }: Lever, { campaigns }: AccountStructure): Capability {
  const members = campaigns.filter(({ strategy }) => strategy.portfolioStrategy === id)
  if (members.length === 0) return not(`no campaign uses portfolio strategy ${id}`)
  const isTarget = kind === 'target-cpa' || kind === 'target-roas'
  if (isTarget && members.some(({ strategy }) => hasTarget(kind, strategy))) return HONOURED
  return not(`portfolio strategy ${id} has no ${kind} of this account's to move`)
}

function honours(lever: Lever, structure: AccountStructure): Capability {
  switch (lever.entity) {
    case 'budget':
      return budgetCapability(lever, structure)
    case 'campaign': {
      const campaign = structure.campaigns.find(({ id }) => id === lever.id)
      return campaign ? campaignCapability(lever, campaign) : not(`campaign ${lever.id} is not in the account`)
    }
    case 'ad-group':
      return adGroupCapability(lever, structure)
    case 'portfolio-strategy':
      return portfolioCapability(lever, structure)
    default:
      return unreachable(lever.entity)
  }
}

/** @throws RangeError for money in a currency whose billable unit is not known */
function normalise(kind: LeverKind, value: LeverValue): LeverValue {
  if (value.kind === 'money')
    return { kind: 'money', amount: toMultiple(value.amount, billableUnit(value.amount.currency), 'down') }
  // A target ROAS is a double and stays as it is; a modifier is a float32.
  return value.kind === 'ratio' && kind === 'bid-multiplier' ? { kind: 'ratio', value: asFloat32(value.value) } : value
}

export const googleAdsCapabilities: PlatformCapabilities = {
  honours,
  normalise,
  ratios: { 'target-roas': ROAS_RANGE, 'bid-multiplier': MODIFIER_RANGE },
  /**
   * One billable unit: the only floor that Google documents. Campaign types have higher ones of their own, which Google
   * names only when it refuses (`BUDGET_BELOW_PER_DAY_MINIMUM`).
   */
  minimumDailyBudget: (currency) => money(billableUnit(currency), currency),
  /** Twice on any day, 30.4 times in a month: https://support.google.com/google-ads/answer/6385083. */
  overDeliveryFactor: 2,
  cutFloorOfSpend: 0,
  /** No limit on the number of budget edits is documented. */
  budgetEditsPerHour: Number.POSITIVE_INFINITY,
  /**
   * Conversions are put on the day of their click for as long as the action's look-back window, 90 days at most:
   * https://support.google.com/google-ads/answer/3123169.
   */
  restatementDays: 90,
  hourlyConversions: true,
  announces: new Set(['seasonality', 'data-exclusion']),
  /** Practitioners' figure: Google says that large changes restart learning, and publishes no percentage. */
  learningSafeStep: 0.2,
}
