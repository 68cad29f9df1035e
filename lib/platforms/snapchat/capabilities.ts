import type { Capability, PlatformCapabilities } from '../../model/capability.ts'
import type { Lever, LeverKind, LeverValue } from '../../model/lever.ts'
import type { AccountStructure, Campaign } from '../../model/structure.ts'
import { unreachable } from '../../units/unreachable.ts'
import { bidHonoured, budgetHonoured, campaignOf, not, statusHonoured, type Words } from '../../wire/honoured.ts'
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
  // Reviews stand on single ads, which are not read.
  untold: new Set(['disapproved-ads']),
  // Snapchat publishes no share; 20 % is the field's working figure.
  learningSafeStep: 0.2,
}

const WORDS: Words = {
  platform: 'Snapchat',
  adGroup: 'ad squad',
  removed: 'deleted',
  insteadOfBudget: 'at most a cap',
  campaignsBid: true,
}

function honours(lever: Lever, structure: AccountStructure): Capability {
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget':
      return reservedBudget(lever, structure) ?? budgetHonoured(WORDS, lever, structure)
    case 'target-cpa':
      return governedBid(lever, structure) ?? bidHonoured(WORDS, lever, ['target-cpa'], structure)
    case 'bid':
      return governedBid(lever, structure) ?? bidHonoured(WORDS, lever, ['bid-cap'], structure)
    case 'target-roas':
      return not(NO_ROAS)
    case 'bid-multiplier':
      return not(NO_MULTIPLIERS)
    case 'status':
      return statusHonoured(WORDS, lever, structure)
    default:
      return unreachable(lever.kind)
  }
}

function reservedBudget({ id, entity }: Lever, { budgets, campaigns }: AccountStructure): Capability | undefined {
  const budget = entity === 'budget' ? budgets.find((one) => one.id === id && one.status !== 'removed') : undefined
  const campaign = campaigns.find((one) => one.id === budget?.campaigns[0])
  return campaign?.kind === RESERVED ? not(reserved(campaign)) : undefined
}

const reserved = ({ id }: Campaign): string => `campaign ${id} is bought in advance for a fixed price`

/** Under a campaign's own budget its shared properties say how all ad squads bid. */
function governedBid({ id, entity }: Lever, structure: AccountStructure): Capability | undefined {
  const isThere = structure.adGroups.some((one) => one.id === id && one.status !== 'removed')
  const campaign = entity === 'ad-group' && isThere ? campaignOf(id, structure) : undefined
  if (campaign?.kind === RESERVED) return not(reserved(campaign))
  return campaign?.budget ? not(`campaign ${campaign.id} says how ad squad ${id} bids`) : undefined
}

/** Hundredths of the main unit, rounded down. @throws RangeError for an unlisted currency */
function normalise(_: LeverKind, value: LeverValue): LeverValue {
  return value.kind === 'money' ? { kind: 'money', amount: toSnapAmount(value.amount) } : value
}
