import type { Capability, PlatformCapabilities } from '../../model/capability.ts'
import type { Lever, LeverKind, LeverValue } from '../../model/lever.ts'
import type { AccountStructure, BidStrategyKind } from '../../model/structure.ts'
import { toMultiple } from '../../units/money.ts'
import { bidHonoured, budgetHonoured, HONOURED, not, statusHonoured, type Words } from '../../wire/honoured.ts'
import { NO_CRITERIA, NO_TARGET_ROAS } from './bodies.ts'
import { MULTIPLIER_MAX, MULTIPLIER_MIN } from './devices.ts'
import { PERFORMANCE_PLUS } from './structure.ts'
import { aboutOneDollar, billableStep } from './units.ts'

/**
 * What Pinterest does with what it is told.
 *
 * @see https://github.com/pinterest/api-description (v5.23.0)
 */
export const pinterestCapabilities: PlatformCapabilities = {
  honours,
  normalise,
  minimumDailyBudget: aboutOneDollar,
  ratios: { 'bid-multiplier': [MULTIPLIER_MIN, MULTIPLIER_MAX] },
  // The API description says that a day's spend will not exceed an ad group's budget; budgets of campaigns may be flexible
  // within a week, and nobody says by how much. A quarter is what others of the kind allow themselves.
  overDeliveryFactor: 1.25,
  // None of the next three is published.
  cutFloorOfSpend: 0,
  budgetEditsPerHour: Number.POSITIVE_INFINITY,
  learningSafeStep: 0.2,
  // The longest window that conversions are put on past days by.
  restatementDays: 60,
  hourlyConversions: false,
  // There is no change history; reviews stand on single ads, which are not read.
  untold: new Set(['changes', 'disapproved-ads']),
}

const WORDS: Words = {
  platform: 'Pinterest',
  adGroup: 'ad group',
  removed: 'archived',
  removedMeans: ': it accepts no change',
}

function honours(lever: Lever, structure: AccountStructure): Capability {
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget':
      return budgetHonoured(WORDS, lever, structure)
    case 'target-cpa':
      return bidHonoured(WORDS, lever, ['target-cpa'], structure)
    case 'target-roas':
      return not(NO_TARGET_ROAS)
    case 'bid':
      return bidHonoured(WORDS, lever, ['bid-cap'], structure)
    case 'bid-multiplier':
      return multiplierHonoured(lever, structure)
    case 'status':
      return statusHonoured(WORDS, lever, structure)
  }
}

/** Automatic bidding with nothing but the budget to hold it back. */
const AUTOMATIC: readonly BidStrategyKind[] = ['max-conversions', 'max-value']

function multiplierHonoured({ id, entity, device }: Lever, { campaigns, adGroups }: AccountStructure): Capability {
  if (device === undefined) return not(NO_CRITERIA)
  if (entity !== 'campaign') return not('device multipliers sit on campaigns')
  const campaign = campaigns.find((c) => c.id === id)
  if (!campaign) return not(`there is no campaign ${id}`)
  if (campaign.status === 'removed') return not(`campaign ${id} is archived: it accepts no change`)
  if (campaign.kind === PERFORMANCE_PLUS) return not('Pinterest takes no bid multipliers on Performance+ campaigns')
  const present = adGroups.filter((a) => a.campaign === id && a.status !== 'removed')
  const isAutomatic = present.every(({ strategy }) => AUTOMATIC.includes(strategy?.kind ?? 'other'))
  return present.length > 0 && isAutomatic
    ? HONOURED
    : not('Pinterest multiplies bids under automatic bidding only (AUTOMATIC_BID), without a CPA goal')
}

/** Whole cents, rounded down; multipliers within their range. @throws RangeError for an unlisted currency */
function normalise(kind: LeverKind, value: LeverValue): LeverValue {
  if (value.kind === 'money')
    return { kind: 'money', amount: toMultiple(value.amount, billableStep(value.amount.currency), 'down') }
  if (value.kind === 'ratio' && kind === 'bid-multiplier')
    return { kind: 'ratio', value: Math.min(MULTIPLIER_MAX, Math.max(MULTIPLIER_MIN, value.value)) }
  return value
}
