import { Z80 } from '../../stats/gamma-interval.ts'
import type { AccountDate, TimeZone } from '../../units/calendar.ts'
import { type HourlyProfile, shareGone } from './hourly-profile.ts'

/** An account's part of the day. All amounts in main units of one currency. */
export interface AccountDay {
  /** What its budgets were expected to spend before the day began, and its standard deviation as a share. */
  readonly expected: number
  readonly noise: number
  /** What its hours show; absent: nothing is known of them, and what was expected stands. */
  readonly hours?: DayHours
}

export interface DayHours {
  readonly date: AccountDate
  readonly zone: TimeZone
  /** Whole hours since midnight whose spend is known, as the clock ran. */
  readonly known: number
  /** Spend of those hours. */
  readonly spent: number
  readonly profile: HourlyProfile
}

export interface IntradayTerms {
  readonly accounts: readonly AccountDay[]
  /** What the day is to spend. */
  readonly target: number
  /** Share of the target that a day may miss without a word. Default 10 %. */
  readonly tolerance?: number
  /** Largest cut at once, as a share. */
  readonly maxStepDown: number
}

export interface Intraday {
  /** `unknown` while nothing of the day is known. */
  readonly verdict: 'unknown' | 'on-path' | 'ahead' | 'behind'
  /** What the day will spend if nothing is moved, with its 80 % interval. */
  readonly projected: Projected | undefined
  /** Share of a day's spend that is expected by now. */
  readonly expectedShare: number
  /** What every budget is to be multiplied by so that the day ends on its target; only ever below 1. */
  readonly cut?: number
  /** A clause for a marketer, without the currency. */
  readonly why: string
}

interface Projected {
  readonly mean: number
  readonly low80: number
  readonly high80: number
}

const TOLERANCE = 0.1
const LEAST_SHARE = 1e-6

/**
 * Where the day's spend will end, from spend alone: conversions of the same day are too few and too late to steer by. What
 * was expected before the day began and what its hours show are weighed by how sure each is, so that a busy first hour
 * moves little. Accounts are taken to err together, for a busy day is busy everywhere: the interval is never too narrow.
 * Only cuts are proposed: a day that lags is made up by the days to come.
 */
export function intraday({ accounts, target, tolerance = TOLERANCE, maxStepDown }: IntradayTerms): Intraday {
  const seen = accounts.map(daySoFar)
  const expected = total(accounts, (one) => one.expected)
  const share = expected > 0 ? total(seen, (one) => one.share * one.expected) / expected : mostKnown(seen)
  if (share < LEAST_SHARE)
    return { verdict: 'unknown', projected: undefined, expectedShare: share, why: 'nothing is known of the day yet' }
  const spent = total(seen, (one) => one.spent)
  const mean = total(seen, ({ projected }) => projected.mean)
  const low80 = total(seen, ({ projected }) => projected.low80)
  const high80 = total(seen, ({ projected }) => projected.high80)
  const verdict =
    mean > target * (1 + tolerance) && low80 > target
      ? 'ahead'
      : mean < target * (1 - tolerance) && high80 < target
        ? 'behind'
        : 'on-path'
  const why = `${spent.toFixed(2)} are spent where ${(100 * share).toFixed(0)} % of a day is usual, so that it will end at ${mean.toFixed(2)} (${low80.toFixed(2)} to ${high80.toFixed(2)}) and not at ${target.toFixed(2)}`
  const base = { verdict, projected: { mean, low80, high80 }, expectedShare: share, why } as const
  if (verdict !== 'ahead') return base
  // A platform lets the day spend in proportion to its budget: what is spent already stays spent.
  const cut = Math.max(1 - maxStepDown, Math.max(target, spent) / mean)
  return cut >= 1 ? base : { ...base, cut }
}

interface SoFar {
  readonly share: number
  readonly spent: number
  readonly expected: number
  readonly projected: Projected
}

function daySoFar({ expected, noise, hours }: AccountDay): SoFar {
  const share = hours && hours.known > 0 ? shareGone(hours.profile, hours.date, hours.zone, hours.known) : 0
  if (!hours || share < LEAST_SHARE) {
    const sd = noise * expected
    return { share: 0, spent: 0, expected, projected: around(expected, sd, 0) }
  }
  return { share, spent: hours.spent, expected, projected: project(hours, share, expected, noise) }
}

/**
 * What was expected and what the hours say, by their precisions; what is spent is certain. Hours that contradict the
 * expectation outright make it doubtful itself: then it counts as no surer than half of what lies between them.
 */
function project({ spent, profile }: DayHours, share: number, expected: number, noise: number): Projected {
  const shown = spent / share
  const before = Math.max(noise * expected, Math.abs(shown - expected) / 2) ** 2
  const doubt = (profile.spread * Math.sqrt((1 - share) / share) * Math.max(shown, expected)) ** 2
  const weight = before + doubt > 0 ? before / (before + doubt) : 1
  const mean = Math.max(spent, weight * shown + (1 - weight) * expected)
  return around(mean, Math.sqrt(weight * doubt), spent)
}

const around = (mean: number, sd: number, least: number): Projected => ({
  mean,
  low80: Math.max(least, mean - Z80 * sd),
  high80: Math.max(least, mean + Z80 * sd),
})

const total = <T>(of: readonly T[], amount: (one: T) => number): number => of.reduce((sum, one) => sum + amount(one), 0)
const mostKnown = (seen: readonly SoFar[]): number => seen.reduce((most, { share }) => Math.max(most, share), 0)
