import type { AccountDays, DayContext } from './account-days.ts'

/** What a campaign converted this many days ago counts half. */
const HALF_LIFE_DAYS = 10
const FORGET = 2 ** (-1 / HALF_LIFE_DAYS)
/** Conversions that pull a campaign's rate towards its account's, and a weekday's factor towards 1. */
const CAMPAIGN_PRIOR = 5
const WEEKDAY_PRIOR = 40
/** Variance over mean of a day's count, and relative standard deviation of a day beyond it, before any was seen. */
const DISPERSION = 1.4
const DAY_SD = 0.25
const DAY_SD_RANGE = [0.1, 0.5] as const
/** Days' worth of belief in it. */
const DAY_SD_DAYS = 10
/** A day further out than this many standard deviations is counted as if it were there. */
const FARTHEST = 3

/** What a day should have had. */
export interface Expected {
  /** Least and most, by clicks and by spend: whichever of them is odd, one holds. */
  readonly low: number
  readonly high: number
}

/** Rates of one account as they were before some day, learned from the days that were not broken. */
export interface Baseline {
  /** By campaign, decaying: conversions, and what they came of (already times the share visible). */
  readonly conversions: Float64Array
  readonly clicks: Float64Array
  readonly spend: Float64Array
  /** By weekday, decaying: conversions seen and expected. */
  readonly weekdaySeen: Float64Array
  readonly weekdayExpected: Float64Array
  /** Conversions per click and per unit of spend, of each campaign. */
  readonly perClick: Float64Array
  readonly perSpend: Float64Array
  learned: number
  cleanDays: number
  excess: number
  squares: number
}

export const newBaseline = (campaigns: number): Baseline => ({
  conversions: new Float64Array(campaigns),
  clicks: new Float64Array(campaigns),
  spend: new Float64Array(campaigns),
  weekdaySeen: new Float64Array(7),
  weekdayExpected: new Float64Array(7),
  perClick: new Float64Array(campaigns),
  perSpend: new Float64Array(campaigns),
  learned: 0,
  cleanDays: 0,
  excess: 0,
  squares: 0,
})

const weekdayFactor = ({ weekdaySeen, weekdayExpected }: Baseline, weekday: number): number =>
  (weekdaySeen[weekday]! + WEEKDAY_PRIOR) / (weekdayExpected[weekday]! + WEEKDAY_PRIOR)

/** What the campaigns should have had on a day, but for `without` (none: -1). */
export function expectedOf(
  baseline: Baseline,
  days: AccountDays,
  context: DayContext,
  day: number,
  without = -1,
): Expected {
  let [byClicks, bySpend] = [0, 0]
  for (let i = 0; i < days.campaigns; i++) {
    if (i === without) continue
    const at = i * days.days + day
    byClicks += baseline.perClick[i]! * days.clicks[at]!
    bySpend += baseline.perSpend[i]! * days.spend[at]!
  }
  // A platform that reports no clicks is judged by spend alone.
  if (byClicks === 0) byClicks = bySpend
  if (bySpend === 0) bySpend = byClicks
  const factor = weekdayFactor(baseline, context.weekday[day]!) * context.visible[day]!
  return { low: Math.min(byClicks, bySpend) * factor, high: Math.max(byClicks, bySpend) * factor }
}

export function seenOn({ conversions, campaigns, days }: AccountDays, day: number, without = -1): number {
  let seen = 0
  for (let i = 0; i < campaigns; i++) if (i !== without) seen += conversions[i * days + day]!
  return seen
}

/** Variance of a day's count around an expectation: chance, the day's own, and the share visible. */
export function dayVariance(baseline: Baseline, context: DayContext, day: number, expected: number): number {
  const relative = daySd2(baseline) + context.visibleSd[day]! ** 2
  return DISPERSION * expected + relative * expected * expected
}

/** Relative variance that all days share: the rates are learned from so many conversions only. */
export const levelVariance = ({ learned }: Baseline): number => DISPERSION / Math.max(1, learned)

function daySd2({ excess, squares, cleanDays }: Baseline): number {
  if (squares <= 0) return DAY_SD ** 2
  const belief = (DAY_SD_DAYS * squares) / Math.min(Math.max(1, cleanDays), HALF_LIFE_DAYS)
  const found = (excess + DAY_SD ** 2 * belief) / (squares + belief)
  return Math.min(DAY_SD_RANGE[1] ** 2, Math.max(DAY_SD_RANGE[0] ** 2, found))
}

/** Learns from a day that is not broken. */
export function learnDay(baseline: Baseline, days: AccountDays, context: DayContext, day: number): void {
  const { low, high } = expectedOf(baseline, days, context, day)
  const seen = seenOn(days, day)
  const expected = (low + high) / 2
  learnSpread(baseline, context, day, expected, seen)
  let [conversions, clicks, spend] = [0, 0, 0]
  // A young day has seen only part of what its clicks bring, and counts for that part.
  const visible = context.visible[day]! * context.uplift[day]!
  for (let i = 0; i < days.campaigns; i++) {
    const at = i * days.days + day
    baseline.conversions[i] = baseline.conversions[i]! * FORGET + days.conversions[at]!
    baseline.clicks[i] = baseline.clicks[i]! * FORGET + days.clicks[at]! * visible
    baseline.spend[i] = baseline.spend[i]! * FORGET + days.spend[at]! * visible
    conversions += baseline.conversions[i]!
    clicks += baseline.clicks[i]!
    spend += baseline.spend[i]!
  }
  baseline.learned = conversions
  if (seen > 0 || expected > 0) baseline.cleanDays += 1
  setRates(baseline, conversions, clicks, spend)
}

function setRates(baseline: Baseline, conversions: number, clicks: number, spend: number): void {
  const clicksPer = clicks / Math.max(conversions, 0.5)
  const spendPer = spend / Math.max(conversions, 0.5)
  for (let i = 0; i < baseline.conversions.length; i++) {
    const seen = baseline.conversions[i]! + CAMPAIGN_PRIOR
    baseline.perClick[i] = clicks > 0 ? seen / (baseline.clicks[i]! + CAMPAIGN_PRIOR * clicksPer) : 0
    baseline.perSpend[i] = spend > 0 ? seen / (baseline.spend[i]! + CAMPAIGN_PRIOR * spendPer) : 0
  }
}

function learnSpread(baseline: Baseline, context: DayContext, day: number, expected: number, seen: number): void {
  if (expected <= 0) return
  const limit = FARTHEST ** 2 * dayVariance(baseline, context, day, expected)
  const square = Math.min(limit, (seen - expected) ** 2)
  baseline.excess = baseline.excess * FORGET + square - DISPERSION * expected
  baseline.squares = baseline.squares * FORGET + expected * expected
  const weekday = context.weekday[day]!
  const factor = weekdayFactor(baseline, weekday)
  // Seen once a week only, so forgotten more slowly: half after twenty days.
  const forget = FORGET ** 3.5
  baseline.weekdaySeen[weekday] = baseline.weekdaySeen[weekday]! * forget + seen
  baseline.weekdayExpected[weekday] = baseline.weekdayExpected[weekday]! * forget + expected / factor
}
