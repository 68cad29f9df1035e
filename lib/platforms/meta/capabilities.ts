import type { Capability, PlatformCapabilities } from '../../model/capability.ts'
import type { Lever, LeverKind, LeverValue } from '../../model/lever.ts'
import type { AccountStructure, BidStrategyKind } from '../../model/structure.ts'
import { HOUR_MS } from '../../units/calendar.ts'
import { MICROS_PER_UNIT, money, toMultiple } from '../../units/money.ts'
import { unreachable } from '../../units/unreachable.ts'
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
  announces: new Set(['budget-schedule']),
  // Meta's reference names no limits; three hours and 50 periods are those of its ads manager as the field knows them. The
  // lead is ours: an hour is room for a try that fails, and for a look at what became of it.
  budgetSchedules: { leastMs: 3 * HOUR_MS, leadMs: HOUR_MS, most: 50 },
  // Meta publishes no share; 20 % is the field's working figure for what is not a "significant edit".
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
    case 'target-roas':
      return bidHonoured(lever, 'target-roas', structure)
    case 'bid':
      return bidHonoured(lever, 'bid-cap', structure)
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
  if (budget.status === 'removed') return not(`${id} is archived: it accepts no change but its name`)
  return budget.period === period ? HONOURED : not(`the budget of ${id} is a ${budget.period} budget`)
}

/** Why `id` holds no budget. */
function absence(id: string, { adGroups, campaigns }: AccountStructure): string {
  const adGroup = adGroups.find((a) => a.id === id)
  const campaign = campaigns.find((c) => c.id === (adGroup ? adGroup.campaign : id))
  if (adGroup && campaign?.budget) return `ad set ${id} spends from the budget of its campaign ${campaign.id}`
  if (!adGroup && campaign) return `campaign ${id} has no budget of its own: its ad sets have`
  return `${id} holds no budget`
}

function bidHonoured({ id, kind, entity }: Lever, needed: BidStrategyKind, structure: AccountStructure): Capability {
  if (entity !== 'ad-group') return not(`Meta keeps the ${kind} on the ad sets, whatever holds the budget`)
  const adGroup = structure.adGroups.find((a) => a.id === id)
  if (!adGroup) return not(`there is no ad set ${id}`)
  if (adGroup.status === 'removed') return not(`ad set ${id} is archived: it accepts no change but its name`)
  const kindNow = adGroup.strategy?.kind ?? 'other'
  return kindNow === needed ? HONOURED : not(`ad set ${id} bids by ${kindNow}, which takes no ${kind}`)
}

function statusHonoured({ id, entity }: Lever, { campaigns, adGroups }: AccountStructure): Capability {
  if (entity !== 'campaign' && entity !== 'ad-group') return not(`a ${entity} has no status of its own`)
  const found = entity === 'campaign' ? campaigns.find((c) => c.id === id) : adGroups.find((a) => a.id === id)
  if (!found) return not(`there is no ${entity} ${id}`)
  return found.status === 'removed' ? not(`${entity} ${id} is archived`) : HONOURED
}

/** Whole Meta units, rounded down; ten-thousandths of a ROAS. @throws RangeError for an unlisted currency */
function normalise(kind: LeverKind, value: LeverValue): LeverValue {
  if (value.kind === 'money')
    return { kind: 'money', amount: toMultiple(value.amount, microsPerMetaUnit(value.amount.currency), 'down') }
  if (value.kind === 'ratio' && kind === 'target-roas')
    return { kind: 'ratio', value: fromRoasFloor(toRoasFloor(value.value)) }
  return value
}
