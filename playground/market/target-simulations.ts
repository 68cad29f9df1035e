import { type AccountDate, addDays, dayNumber } from '../../lib/units/calendar.ts'
import type { CampaignKind, WorldTargetPoint, WorldTargetSimulation } from '../world.ts'
import type { AccountMarket } from './account-market.ts'
import { PURPOSE, stream, textKey } from './draws.ts'
import type { CampaignState, LineState } from './entities.ts'
import { conversionsAt, spendAtCost } from './response.ts'
import { errorsOf, LIMITED_FROM, ownBudget, REPLAYED_DAYS, spentPerDay } from './simulations.ts'
import { countingUnitMicros } from './units.ts'

/** Complete days before today that the replay does not have yet. */
const STALE_DAYS = 2
/** Targets over the present one that are simulated. */
const FACTORS = [0.5, 0.7, 0.85, 1, 1.15, 1.3, 1.6, 2] as const
/** Kinds of campaign whose targets are simulated. */
const KINDS: Readonly<Record<WorldTargetSimulation['kind'], ReadonlySet<CampaignKind>>> = {
  'target-cpa': new Set(['search', 'display', 'performance-max']),
  'target-roas': new Set(['search', 'shopping', 'performance-max']),
}
/** Claims in the days replayed below which there is no simulation. */
const LEAST_CONVERSIONS = 15

interface Target {
  readonly kind: WorldTargetSimulation['kind']
  /** Main units per claim, or value per unit of spend. */
  readonly value: number
}

/**
 * What the platform says other targets would have brought: for campaigns with a target of their own that is what limits them,
 * that are out of learning and have enough conversions.
 */
export function targetSimulationsOf(
  account: AccountMarket,
  seed: number,
  today: AccountDate,
): readonly WorldTargetSimulation[] {
  const dates = account.datesWithin(addDays(today, -REPLAYED_DAYS - STALE_DAYS), addDays(today, -1 - STALE_DAYS))
  const [from] = dates
  const to = dates.at(-1)
  if (from === undefined || to === undefined || dates.length < REPLAYED_DAYS) return []
  return [...account.campaigns.values()].flatMap((campaign) => {
    const target = targetOf(campaign)
    if (!target || !KINDS[target.kind].has(campaign.kind) || !isLimitedByTarget(account, campaign, dates)) return []
    const points = pointsOf(account, campaign, target, dates, seed)
    return points.length > 1 ? [{ campaignId: campaign.id, kind: target.kind, from, to, points }] : []
  })
}

function targetOf({ strategy: { targetCpaMicros, targetRoas }, lines }: CampaignState): Target | undefined {
  if (lines.some((line) => line.strategy !== undefined || line.learningState === 'learning')) return undefined
  if (targetCpaMicros) return { kind: 'target-cpa', value: Number(targetCpaMicros) / 1e6 }
  return targetRoas ? { kind: 'target-roas', value: targetRoas } : undefined
}

function isLimitedByTarget(account: AccountMarket, campaign: CampaignState, dates: readonly AccountDate[]): boolean {
  const budget = ownBudget(account, campaign)
  if (!budget) return false
  const spend = campaign.lines.reduce((sum, line) => sum + spentPerDay(account, line, dates), 0)
  return spend > 0 && spend < (LIMITED_FROM * Number(budget.amountMicros)) / 1e6
}

function pointsOf(
  account: AccountMarket,
  campaign: CampaignState,
  { kind, value }: Target,
  dates: readonly AccountDate[],
  seed: number,
): readonly WorldTargetPoint[] {
  const week = Math.floor(dayNumber(dates[0]!) / 7)
  const { bias, level } = errorsOf(stream(seed, textKey(campaign.key), PURPOSE.targetSimulation, week))
  const spendAt = (line: LineState, target: number): number => spendTowards(account, line, { kind, value: target })
  const spent = campaign.lines.reduce((sum, line) => sum + spendAt(line, value), 0)
  if (!(spent > 0)) return []
  const pointOf = (factor: number): WorldTargetPoint | undefined => {
    const lines = campaign.lines.map((line) => ({ line, spend: spendAt(line, value * factor) }))
    const more = lines.reduce((sum, { spend }) => sum + spend, 0) / spent
    // Towards so tight a target nothing can be bought.
    if (!(more > 0)) return undefined
    const claimed = level * account.plan.tracking.tracked * more ** bias
    return pointAt(account, lines, { kind, value: value * factor }, dates.length, claimed)
  }
  const isEnough = pointOf(1)!.conversions >= LEAST_CONVERSIONS
  return isEnough ? FACTORS.flatMap((factor) => pointOf(factor) ?? []) : []
}

/** Main units per day that a line spends towards a target. */
function spendTowards(account: AccountMarket, { truth, today }: LineState, { kind, value }: Target): number {
  const cost = kind === 'target-cpa' ? value : truth.orderValue / value
  const allowed = spendAtCost(truth.curve, today.level * account.plan.tracking.tracked, cost)
  return Math.min(truth.maxDailySpend, allowed) * today.traffic
}

/** Rounded as it is shown: money in whole counting units, conversions to a tenth, a ROAS to a hundredth. */
function pointAt(
  account: AccountMarket,
  lines: readonly { readonly line: LineState; readonly spend: number }[],
  { kind, value: target }: Target,
  days: number,
  claimed: number,
): WorldTargetPoint {
  const sum = { spend: 0, conversions: 0, value: 0, clicks: 0, impressions: 0 }
  for (const { line, spend } of lines) {
    const { curve, orderValue, cpc, cpm } = line.truth
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
    target: kind === 'target-cpa' ? Number(micros(target)) : Math.round(100 * target) / 100,
    requiredBudgetMicros: micros(sum.spend),
    spendMicros: micros(sum.spend * days),
    impressions: Math.round(sum.impressions * days),
    clicks: Math.round(sum.clicks * days),
    conversions: Math.round(10 * sum.conversions * days) / 10,
    valueMicros: micros(sum.value * days),
  }
}
