import type { Capability, PlatformCapabilities } from '../../model/capability.ts'
import type { Lever, LeverKind, LeverValue } from '../../model/lever.ts'
import type { AccountStructure, BidStrategyKind, Campaign } from '../../model/structure.ts'
import { NO_MULTIPLIERS } from './bodies.ts'
import { steeredElsewhere } from './families.ts'
import { inSteps, leastDailyBudget, mostDailyBudget, ROAS, roundedRoas } from './units.ts'

/**
 * What TikTok does with what it is told.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1739381246298114 (budgets: range, precision, 105 % of what is spent)
 * @see https://business-api.tiktok.com/portal/docs?id=1738864894606337 (data latency)
 */
export const tiktokCapabilities: PlatformCapabilities = {
  honours,
  normalise,
  minimumDailyBudget: leastDailyBudget,
  maximumDailyBudget: mostDailyBudget,
  ratios: { 'target-roas': [ROAS.least, ROAS.most] },
  // A dynamic daily budget may spend that much on a day; of a plain one no figure is published.
  overDeliveryFactor: 1.25,
  // Of any new budget, and not only of lower ones.
  cutFloorOfSpend: 1.05,
  // None is published; one value of a field that comes too often is refused (40132), without a number.
  budgetEditsPerHour: Number.POSITIVE_INFINITY,
  // The longest click window; conversions are put on the day of the impression.
  restatementDays: 28,
  hourlyConversions: true,
  // TikTok publishes no share; 20 % is the field's working figure.
  learningSafeStep: 0.2,
}

const HONOURED: Capability = { kind: 'honoured' }
const not = (reason: string): Capability => ({ kind: 'not-honoured', reason })

function honours(lever: Lever, structure: AccountStructure): Capability {
  const steered = steering(lever, structure)
  if (steered !== undefined) return not(steered)
  switch (lever.kind) {
    case 'daily-budget':
      return budgetHonoured(lever, 'daily', structure)
    case 'lifetime-budget':
      return budgetHonoured(lever, 'lifetime', structure)
    case 'target-cpa':
      return bidHonoured(lever, ['target-cpa'], structure)
    case 'target-roas':
      return bidHonoured(lever, ['target-roas'], structure)
    case 'bid':
      return bidHonoured(lever, ['bid-cap', 'manual-cpc'], structure)
    case 'bid-multiplier':
      return not(NO_MULTIPLIERS)
    case 'status':
      return statusHonoured(lever, structure)
  }
}

/** The campaign that a lever's object is, or belongs to. */
function campaignOf({ id }: Lever, { campaigns, adGroups }: AccountStructure): Campaign | undefined {
  const adGroup = adGroups.find((one) => one.id === id)
  return campaigns.find((one) => one.id === (adGroup ? adGroup.campaign : id))
}

function steering(lever: Lever, structure: AccountStructure): string | undefined {
  const campaign = campaignOf(lever, structure)
  return campaign && steeredElsewhere(campaign.kind, campaign.id)
}

function budgetHonoured(lever: Lever, period: 'daily' | 'lifetime', structure: AccountStructure): Capability {
  const { id, entity } = lever
  if (entity !== 'budget') return not(`a budget is moved on the budget, not on a ${entity}`)
  const budget = structure.budgets.find((one) => one.id === id)
  if (!budget) return not(absence(lever, structure))
  if (budget.status === 'removed') return not(`${id} is deleted: it accepts no change`)
  return budget.period === period ? HONOURED : not(`the budget of ${id} is a ${budget.period} budget`)
}

/** Why an object holds no budget. */
function absence(lever: Lever, structure: AccountStructure): string {
  const campaign = campaignOf(lever, structure)
  if (campaign && campaign.id !== lever.id && campaign.budget)
    return `ad group ${lever.id} spends from the budget of its campaign ${campaign.id}`
  if (campaign?.id === lever.id) return `campaign ${lever.id} has no budget of its own: its ad groups have`
  return `${lever.id} holds no budget`
}

function bidHonoured(
  { id, kind, entity }: Lever,
  needed: readonly BidStrategyKind[],
  { adGroups }: AccountStructure,
): Capability {
  if (entity !== 'ad-group') return not(`TikTok keeps the ${kind} on the ad groups, whatever holds the budget`)
  const adGroup = adGroups.find((one) => one.id === id)
  if (!adGroup) return not(`there is no ad group ${id}`)
  if (adGroup.status === 'removed') return not(`ad group ${id} is deleted: it accepts no change`)
  const kindNow = adGroup.strategy?.kind ?? 'other'
  return needed.includes(kindNow) ? HONOURED : not(`ad group ${id} bids by ${kindNow}, which takes no ${kind}`)
}

function statusHonoured({ id, entity }: Lever, { campaigns, adGroups }: AccountStructure): Capability {
  if (entity !== 'campaign' && entity !== 'ad-group') return not(`a ${entity} has no status of its own`)
  const found = entity === 'campaign' ? campaigns.find((one) => one.id === id) : adGroups.find((one) => one.id === id)
  if (!found) return not(`there is no ${entity} ${id}`)
  return found.status === 'removed' ? not(`${entity} ${id} is deleted`) : HONOURED
}

/** Whole steps of the currency, rounded down; hundredths of a ROAS. @throws RangeError for an unlisted currency */
function normalise(kind: LeverKind, value: LeverValue): LeverValue {
  if (value.kind === 'money') return { kind: 'money', amount: inSteps(value.amount) }
  if (value.kind === 'ratio' && kind === 'target-roas') return { kind: 'ratio', value: roundedRoas(value.value) }
  return value
}
