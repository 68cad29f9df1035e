import type { Capability, PlatformCapabilities } from '../../model/capability.ts'
import type { Lever, LeverKind, LeverValue } from '../../model/lever.ts'
import type { AccountStructure } from '../../model/structure.ts'
import { bidHonoured, budgetHonoured, campaignOf, not, statusHonoured, type Words } from '../../wire/honoured.ts'
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
  cutFloorOfSpend: 1.05,
  raiseFloorOfSpend: true,
  // None is published; one value of a field that comes too often is refused (40132), without a number.
  budgetEditsPerHour: Number.POSITIVE_INFINITY,
  // The longest click window; conversions are put on the day of the impression.
  restatementDays: 28,
  hourlyConversions: true,
  // There is only an export of a log, in prose.
  untold: new Set(['changes']),
  // TikTok publishes no share; 20 % is the field's working figure.
  learningSafeStep: 0.2,
}

const WORDS: Words = {
  platform: 'TikTok',
  adGroup: 'ad group',
  removed: 'deleted',
  removedMeans: ': it accepts no change',
}

function honours(lever: Lever, structure: AccountStructure): Capability {
  const campaign = campaignOf(lever.id, structure)
  const steered = campaign && steeredElsewhere(campaign.kind, campaign.id)
  if (steered !== undefined) return not(steered)
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget':
      return budgetHonoured(WORDS, lever, structure)
    case 'target-cpa':
      return bidHonoured(WORDS, lever, ['target-cpa'], structure)
    case 'target-roas':
      return bidHonoured(WORDS, lever, ['target-roas'], structure)
    case 'bid':
      return bidHonoured(WORDS, lever, ['bid-cap', 'manual-cpc'], structure)
    case 'bid-multiplier':
      return not(NO_MULTIPLIERS)
    case 'status':
      return statusHonoured(WORDS, lever, structure)
  }
}

/** Whole steps of the currency, rounded down; hundredths of a ROAS. @throws RangeError for an unlisted currency */
function normalise(kind: LeverKind, value: LeverValue): LeverValue {
  if (value.kind === 'money') return { kind: 'money', amount: inSteps(value.amount) }
  if (value.kind === 'ratio' && kind === 'target-roas') return { kind: 'ratio', value: roundedRoas(value.value) }
  return value
}
