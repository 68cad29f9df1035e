import type { Capability, PlatformCapabilities } from '../../model/capability.ts'
import type { Lever, LeverKind, LeverValue } from '../../model/lever.ts'
import type { AccountStructure, AdGroup, BidStrategyKind, Campaign } from '../../model/structure.ts'
import { unreachable } from '../../units/unreachable.ts'
import { RESERVED } from './structure.ts'
import { leastDailyBudget, toSnapAmount } from './units.ts'

export const NO_MULTIPLIERS = 'Snapchat has no device, place or hour multipliers'
export const NO_ROAS = 'Snapchat takes no new ROAS targets since 2025-02-10'

/**
 * What Snapchat does with what it is told.
 *
 * @see https://developers.snap.com/api/marketing-api/Ads-API/ad-squads (the least daily budget, the same in every currency)
 * @see https://developers.snap.com/api/marketing-api/Ads-API/measurement (28 days after a swipe)
 */
export const snapchatCapabilities: PlatformCapabilities = {
  honours,
  normalise,
  minimumDailyBudget: leastDailyBudget,
  // Snapchat publishes no figure: 25 % is what the other platforms of its kind name at least.
  overDeliveryFactor: 1.25,
  cutFloorOfSpend: 0,
  budgetEditsPerHour: Number.POSITIVE_INFINITY,
  restatementDays: 28,
  // Whether conversions come by the hour, Snapchat's own users report both ways.
  hourlyConversions: false,
  // Snapchat publishes no share; 20 % is the field's working figure.
  learningSafeStep: 0.2,
}

const HONOURED: Capability = { kind: 'honoured' }
const not = (reason: string): Capability => ({ kind: 'not-honoured', reason })

function honours(lever: Lever, structure: AccountStructure): Capability {
  switch (lever.kind) {
    case 'daily-budget':
      return budgetHonoured(lever, 'daily', structure)
    case 'lifetime-budget':
      return budgetHonoured(lever, 'lifetime', structure)
    case 'target-cpa':
      return bidHonoured(lever, 'target-cpa', structure)
    case 'bid':
      return bidHonoured(lever, 'bid-cap', structure)
    case 'target-roas':
      return not(NO_ROAS)
    case 'bid-multiplier':
      return not(NO_MULTIPLIERS)
    case 'status':
      return statusHonoured(lever, structure)
    default:
      return unreachable(lever.kind)
  }
}

function budgetHonoured({ id, entity }: Lever, period: 'daily' | 'lifetime', structure: AccountStructure): Capability {
  if (entity !== 'budget') return not(`a budget is moved on the budget, not on a ${entity}`)
  const budget = structure.budgets.find((b) => b.id === id)
  if (!budget) return not(absence(id, structure))
  if (budget.status === 'removed') return not(`${id} is deleted`)
  const campaign = structure.campaigns.find((c) => c.id === budget.campaigns[0])
  if (campaign?.kind === RESERVED) return not(reserved(campaign))
  return budget.period === period ? HONOURED : not(`the budget of ${id} is a ${budget.period} budget`)
}

const reserved = ({ id }: Campaign): string => `campaign ${id} is bought in advance for a fixed price`

/** Why `id` holds no budget. */
function absence(id: string, { adGroups, campaigns }: AccountStructure): string {
  const adGroup = adGroups.find((a) => a.id === id)
  const campaign = campaigns.find((c) => c.id === (adGroup ? adGroup.campaign : id))
  if (adGroup && campaign?.budget) return `ad squad ${id} spends from the budget of its campaign ${campaign.id}`
  if (!adGroup && campaign) return `campaign ${id} has no budget of its own, at most a cap: its ad squads have`
  return `${id} holds no budget`
}

function bidHonoured({ id, kind, entity }: Lever, needed: BidStrategyKind, structure: AccountStructure): Capability {
  if (entity !== 'ad-group') return not(`Snapchat keeps the ${kind} on the ad squads`)
  const adGroup = structure.adGroups.find((a) => a.id === id)
  if (!adGroup) return not(`there is no ad squad ${id}`)
  if (adGroup.status === 'removed') return not(`ad squad ${id} is deleted`)
  return governed(adGroup, structure) ?? byStrategy(adGroup, kind, needed)
}

/** Under a campaign's own budget its shared properties say how all ad squads bid. */
function governed({ id, campaign: of }: AdGroup, { campaigns }: AccountStructure): Capability | undefined {
  const campaign = campaigns.find((c) => c.id === of)
  if (campaign?.kind === RESERVED) return not(reserved(campaign))
  return campaign?.budget ? not(`campaign ${campaign.id} says how ad squad ${id} bids`) : undefined
}

function byStrategy({ id, strategy }: AdGroup, kind: LeverKind, needed: BidStrategyKind): Capability {
  const now = strategy?.kind ?? 'other'
  return now === needed ? HONOURED : not(`ad squad ${id} bids by ${now}, which takes no ${kind}`)
}

function statusHonoured({ id, entity }: Lever, { campaigns, adGroups }: AccountStructure): Capability {
  if (entity !== 'campaign' && entity !== 'ad-group') return not(`a ${entity} has no status of its own`)
  const found = entity === 'campaign' ? campaigns.find((c) => c.id === id) : adGroups.find((a) => a.id === id)
  if (!found) return not(`there is no ${entity} ${id}`)
  return found.status === 'removed' ? not(`${entity} ${id} is deleted`) : HONOURED
}

/** Hundredths of the main unit, rounded down. @throws RangeError for an unlisted currency */
function normalise(_: LeverKind, value: LeverValue): LeverValue {
  return value.kind === 'money' ? { kind: 'money', amount: toSnapAmount(value.amount) } : value
}
