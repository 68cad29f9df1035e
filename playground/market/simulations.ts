import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { type AccountDate, addDays, dayNumber } from '../../lib/units/calendar.ts'
import type { CampaignKind, WorldSimulation, WorldSimulationPoint } from '../world.ts'
import type { AccountMarket } from './account-market.ts'
import { normal, PURPOSE, stream, textKey } from './draws.ts'
import type { BudgetState, CampaignState, LineState } from './entities.ts'
import { conversionsAt } from './response.ts'
import { countingUnitMicros } from './units.ts'

export const REPLAYED_DAYS = 7
/** Budgets over the present one that are simulated. */
const FACTORS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3] as const
/** Kinds of campaign that are simulated at all, and the share of its budget that one must have spent. */
const KINDS: ReadonlySet<CampaignKind> = new Set(['search', 'shopping', 'performance-max'])
export const LIMITED_FROM = 0.9
/**
 * How far a forecast is off: in the elasticity that it shows, on the whole promising too much, and in its level. The same
 * for a week, so that asking daily does not average it out.
 */
const ELASTICITY_BIAS = 0.08
const ELASTICITY_SD = 0.12
const LEVEL_SD = 0.1

/** One week's errors of one campaign: what is added to its elasticity, and what its level is multiplied by. */
export function errorsOf(draws: RandomGenerator): { readonly bias: number; readonly level: number } {
  const bias = ELASTICITY_BIAS + ELASTICITY_SD * normal(draws)
  return { bias, level: Math.exp(LEVEL_SD * normal(draws)) }
}

interface LineDays {
  readonly line: LineState
  /** Main units per day. */
  readonly spend: number
}

/** What the platform says other budgets would have brought in the last seven days, for campaigns that theirs limits. */
export function simulationsOf(account: AccountMarket, seed: number, today: AccountDate): readonly WorldSimulation[] {
  const dates = account.datesWithin(addDays(today, -REPLAYED_DAYS), addDays(today, -1))
  const [from] = dates
  const to = dates.at(-1)
  if (from === undefined || to === undefined || dates.length < REPLAYED_DAYS) return []
  return [...account.campaigns.values()].flatMap((campaign) => {
    const budget = KINDS.has(campaign.kind) ? ownBudget(account, campaign) : undefined
    const points = budget ? pointsOf(account, campaign, budget, dates, seed) : []
    return points.length > 0 ? [{ campaignId: campaign.id, from, to, points }] : []
  })
}

/** A daily budget that feeds this running campaign alone. */
export function ownBudget(account: AccountMarket, { budgetId, status }: CampaignState): BudgetState | undefined {
  if (status !== 'active' || budgetId === undefined) return undefined
  const budget = account.budgets.get(budgetId)
  return budget?.period === 'daily' && budget.feeds.length === 1 ? budget : undefined
}

function pointsOf(
  account: AccountMarket,
  campaign: CampaignState,
  budget: BudgetState,
  dates: readonly AccountDate[],
  seed: number,
): readonly WorldSimulationPoint[] {
  const lines = campaign.lines.map((line) => ({ line, spend: spentPerDay(account, line, dates) }))
  const spend = lines.reduce((sum, one) => sum + one.spend, 0)
  const amount = Number(budget.amountMicros) / 1e6
  if (spend < LIMITED_FROM * amount) return []
  const draws = stream(seed, textKey(campaign.key), PURPOSE.simulation, Math.floor(dayNumber(dates[0]!) / 7))
  const { bias, level } = errorsOf(draws)
  const claimed = level * account.plan.tracking.tracked
  return FACTORS.map((factor) => pointAt(account, lines, amount, factor, dates.length, claimed * factor ** bias))
}

/** Main units. */
export function spentPerDay(account: AccountMarket, { index }: LineState, dates: readonly AccountDate[]): number {
  let units = 0
  for (const date of dates) {
    const { spend, slots } = account.pages[account.days.indexOf(date)]!
    for (let cell = index * slots; cell < (index + 1) * slots; cell++) units += spend[cell]!
  }
  return (units * account.unit) / dates.length
}

function pointAt(
  account: AccountMarket,
  lines: readonly LineDays[],
  amount: number,
  factor: number,
  days: number,
  claimed: number,
): WorldSimulationPoint {
  const sum = { spend: 0, conversions: 0, value: 0, clicks: 0, impressions: 0 }
  for (const { line, spend: present } of lines) {
    const { curve, maxDailySpend, orderValue, cpc, cpm } = line.truth
    const spend = Math.min(factor * present, Math.max(present, maxDailySpend * line.today.traffic))
    const conversions = line.today.level * conversionsAt(curve, spend) * claimed
    sum.spend += spend
    sum.conversions += conversions
    sum.value += conversions * orderValue
    sum.clicks += spend / cpc
    sum.impressions += (1000 * spend) / cpm
  }
  const unit = countingUnitMicros(account.currency)
  const micros = (mainUnits: number): bigint => BigInt(Math.round((mainUnits * 1e6) / Number(unit))) * unit
  return {
    budgetMicros: micros(amount * factor),
    spendMicros: micros(sum.spend * days),
    impressions: Math.round(sum.impressions * days),
    clicks: Math.round(sum.clicks * days),
    conversions: sum.conversions * days,
    valueMicros: micros(sum.value * days),
  }
}
