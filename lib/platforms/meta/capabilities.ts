import type { Capability, PlatformCapabilities } from '../../model/capability.ts'
import type { Lever, LeverKind, LeverValue } from '../../model/lever.ts'
import type { AccountStructure } from '../../model/structure.ts'
import { HOUR_MS } from '../../units/calendar.ts'
import { MICROS_PER_UNIT, money, toMultiple } from '../../units/money.ts'
import { unreachable } from '../../units/unreachable.ts'
import { bidHonoured, budgetHonoured, not, statusHonoured, type Words } from '../../wire/honoured.ts'
import { storedBound } from './ad-rules.ts'
import { aboutOneDollar, fromRoasFloor, microsPerMetaUnit, toRoasFloor } from './units.ts'
import { NO_MULTIPLIERS } from './writer.ts'

/**
 * What Meta does with what it is told.
 *
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/overview/rate-limiting (4 edits an hour)
 * @see https://developers.facebook.com/docs/marketing-api/reference/ad-campaign (110 % of what was spent)
 * @see https://developers.facebook.com/docs/marketing-api/insights/best-practices (28 days)
 */
export const metaCapabilities: PlatformCapabilities = {
  honours,
  normalise,
  minimumDailyBudget: aboutOneDollar,
  // 1885261. The figure is published in US dollars only.
  maximumDailyBudget: (currency) => (currency === 'USD' ? money(1_000_000n * MICROS_PER_UNIT, currency) : undefined),
  // Meta's budgets page says 25 % over, its help centre 75 % over a day's budget: the larger.
  overDeliveryFactor: 1.75,
  cutFloorOfSpend: 1.1,
  budgetEditsPerHour: 4,
  restatementDays: 28,
  hourlyConversions: false,
  // A listing of campaigns and ad sets says that one has issues, and not which of its ads were not let through.
  untold: new Set(['disapproved-ads']),
  announces: new Set(['budget-schedule']),
  // Meta's reference names no limits; three hours and 50 periods are those of its ads manager as the field knows them. The
  // lead is ours: an hour is room for a try that fails, and for a look at what became of it.
  budgetSchedules: { leastMs: 3 * HOUR_MS, leadMs: HOUR_MS, most: 50 },
  spendStops: { bound: storedBound },
  // Meta publishes no share; 20 % is the field's working figure for what is not a "significant edit".
  learningSafeStep: 0.2,
}

const WORDS: Words = {
  platform: 'Meta',
  adGroup: 'ad set',
  removed: 'archived',
  removedMeans: ': it accepts no change but its name',
}

function honours(lever: Lever, structure: AccountStructure): Capability {
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget':
      return budgetHonoured(WORDS, lever, structure)
    case 'target-cpa':
      return bidHonoured(WORDS, lever, ['target-cpa'], structure)
    case 'target-roas':
      return bidHonoured(WORDS, lever, ['target-roas'], structure)
    case 'bid':
      return bidHonoured(WORDS, lever, ['bid-cap'], structure)
    case 'bid-multiplier':
      return not(NO_MULTIPLIERS)
    case 'status':
      return statusHonoured(WORDS, lever, structure)
    default:
      return unreachable(lever.kind)
  }
}

/** Whole Meta units, rounded down; ten-thousandths of a ROAS. @throws RangeError for an unlisted currency */
function normalise(kind: LeverKind, value: LeverValue): LeverValue {
  if (value.kind === 'money')
    return { kind: 'money', amount: toMultiple(value.amount, microsPerMetaUnit(value.amount.currency), 'down') }
  if (value.kind === 'ratio' && kind === 'target-roas')
    return { kind: 'ratio', value: fromRoasFloor(toRoasFloor(value.value)) }
  return value
}
