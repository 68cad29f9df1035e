import { Z80 } from '../../stats/gamma-interval.ts'
import type { AccountDate, TimeZone } from '../../units/calendar.ts'
import { type HourlyProfile, shareGone } from './hourly-profile.ts'

export interface IntradayTerms {
  readonly date: AccountDate
  readonly zone: TimeZone
  /** Whole hours since midnight whose spend is known, as the clock ran. */
  readonly hoursKnown: number
  /** Spend of those hours. All amounts in main units of one currency. */
  readonly spent: number
  readonly profile: HourlyProfile
  /** What the day is to spend. */
  readonly target: number
  /** What the budgets were expected to spend before the day began, and its standard deviation as a share. */
  readonly expected: number
  readonly noise: number
  /** Share of the target that a day may miss without a word. Default 10 %. */
  readonly tolerance?: number
  /** Largest cut at once, as a share. */
  readonly maxStepDown: number
}

export interface Intraday {
  /** `unknown` while nothing of the day is known. */
  readonly verdict: 'unknown' | 'on-path' | 'ahead' | 'behind'
  /** What the day will spend if nothing is moved, with its 80 % interval. */
  readonly projected: { readonly mean: number; readonly low80: number; readonly high80: number } | undefined
  /** Share of a day's spend that is expected by now. */
  readonly expectedShare: number
  /** What every budget is to be multiplied by so that the day ends on its target; only ever below 1. */
  readonly cut?: number
  /** One sentence for a marketer. */
  readonly why: string
}

const TOLERANCE = 0.1
const LEAST_SHARE = 1e-6

/**
 * Where the day's spend will end, from spend alone: conversions of the same day are too few and too late to steer by. What
 * was expected before the day began and what its hours show are weighed by how sure each is, so that a busy first hour
 * moves little. Only cuts are proposed: a day that lags is made up by the days to come.
 */
export function intraday(terms: IntradayTerms): Intraday {
  const { hoursKnown, spent, profile, target, date, zone, tolerance = TOLERANCE } = terms
  const share = shareGone(profile, date, zone, hoursKnown)
  if (hoursKnown <= 0 || share < LEAST_SHARE)
    return { verdict: 'unknown', projected: undefined, expectedShare: share, why: 'nothing is known of the day yet' }
  const projected = project(terms, share)
  const { mean, low80, high80 } = projected
  const verdict =
    mean > target * (1 + tolerance) && low80 > target
      ? 'ahead'
      : mean < target * (1 - tolerance) && high80 < target
        ? 'behind'
        : 'on-path'
  const why = `${spent.toFixed(2)} spent where ${(100 * share).toFixed(0)} % of a day is usual: it will end at ${mean.toFixed(2)} (${low80.toFixed(2)} to ${high80.toFixed(2)}) of ${target.toFixed(2)}`
  const base = { verdict, projected, expectedShare: share } as const
  if (verdict !== 'ahead') return { ...base, why }
  // A platform lets the day spend in proportion to its budget: what is spent already stays spent.
  const cut = Math.max(1 - terms.maxStepDown, Math.max(target, spent) / mean)
  if (cut >= 1) return { ...base, why }
  return { ...base, cut, why: `${why}; cut by ${(100 * (1 - cut)).toFixed(1)} % it would end on its target` }
}

/**
 * What was expected and what the hours say, by their precisions; what is spent is certain. Hours that contradict the
 * expectation outright make it doubtful itself: then it counts as no surer than half of what lies between them.
 */
function project({ spent, profile, expected, noise }: IntradayTerms, share: number) {
  const shown = spent / share
  const before = Math.max(noise * expected, Math.abs(shown - expected) / 2) ** 2
  const doubt = (profile.spread * Math.sqrt((1 - share) / share) * Math.max(shown, expected)) ** 2
  const weight = before + doubt > 0 ? before / (before + doubt) : 1
  const mean = Math.max(spent, weight * shown + (1 - weight) * expected)
  const sd = Math.sqrt(weight * doubt)
  return { mean, low80: Math.max(spent, mean - Z80 * sd), high80: Math.max(spent, mean + Z80 * sd) }
}
