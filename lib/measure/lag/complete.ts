import { Z80 } from '../../stats/gamma-interval.ts'
import { gammaQuantile } from '../../stats/gamma-quantile.ts'
import type { Development } from './development.ts'
import { LAG_DAYS } from './source.ts'

/** Belief in what a day (or a sum of days) will have when nothing comes or goes any more. */
export interface Completed {
  readonly mean: number
  readonly sd: number
  readonly low80: number
  readonly high80: number
}

/** Conversions that the expectation of a day is worth: days of one campaign differ by about half. */
const EXPECTED_WORTH = 4
/** Recent days tell a campaign's level more than old ones: half after this many. */
const LEVEL_HALF_LIFE_DAYS = 21

export interface CompleteOptions {
  /** What the day was expected to have in the end, from other days; without it only the day itself speaks. */
  readonly expected?: number
  /** Main units of value per conversion when value is completed; 1 for counts. */
  readonly unit?: number
}

const clampAge = (ageDays: number): number => Math.max(0, Math.min(LAG_DAYS, ageDays))

const interval = (mean: number, variance: number): Completed => {
  const sd = Math.sqrt(variance)
  return { mean, sd, low80: gammaQuantile(mean, sd, -Z80), high80: gammaQuantile(mean, sd, Z80) }
}

/**
 * What a day will have in the end, given what is visible at its age. Of the visible some will be taken back (binomial
 * thinning); what is still to come is Poisson around a rate that the visible and the expectation tell (gamma); both
 * overdispersed as measured; and the development itself is uncertain.
 *
 * @param ageDays 0 = the running day; beyond LAG_DAYS nothing changes
 * @param visible conversions, or main units of value; ≥ 0
 */
export function completeDay(
  development: Development,
  ageDays: number,
  visible: number,
  { expected, unit = 1 }: CompleteOptions = {},
): Completed {
  const out = new Float64Array(3)
  dayInto(development, clampAge(ageDays), visible / unit, expected === undefined ? -1 : expected / unit, out)
  return interval(out[0]! * unit, (out[1]! + (out[0]! * out[2]!) ** 2) * unit * unit)
}

/** Writes mean, process variance and relative standard deviation from the development, in conversions. */
function dayInto(development: Development, age: number, visible: number, expected: number, out: Float64Array): void {
  const { dispersion: phi } = development
  const share = development.visible[age]!
  const kept = development.kept[age]!
  const toCome = development.toCome[age]!
  const prior = expected > 0 ? EXPECTED_WORTH : 0
  const seen = share / phi
  const rate = (expected > 0 ? prior / expected : 0) + seen
  const level = (prior + visible / phi) / rate
  // Nothing seen, and nothing expected: the level is unknown by half a conversion, and not known to be zero.
  const levelVariance = (Math.max(prior, 0.5) + visible / phi) / rate ** 2
  const mean = visible * kept + level * toCome
  out[0] = mean
  out[1] = phi * (visible * kept * (1 - kept) + level * toCome) + toCome * toCome * levelVariance
  // An expectation from other days depends less on the development of this age.
  const own = seen / rate
  out[2] = development.logSd[age]! * (own + (1 - own) * (1 - toCome))
}

/** Days of one campaign, index for index. */
export interface VisibleDays {
  /** Ages in days, ≥ 0. */
  readonly ages: ArrayLike<number>
  /** Conversions, or main units of value. */
  readonly visible: ArrayLike<number>
  /** What a day's count is in proportion to (its clicks, or its spend); all days alike where absent. */
  readonly exposure?: ArrayLike<number>
  readonly unit?: number
}

export interface CompletedDays {
  readonly mean: Float64Array
  readonly sd: Float64Array
  readonly low80: Float64Array
  readonly high80: Float64Array
}

/** `completeDay` of many days of one campaign, each expected to be as the others are. */
export function completeDays(development: Development, days: VisibleDays): CompletedDays {
  const { length } = days.ages
  const found: CompletedDays = {
    mean: new Float64Array(length),
    sd: new Float64Array(length),
    low80: new Float64Array(length),
    high80: new Float64Array(length),
  }
  const { unit = 1, exposure } = days
  const level = levelOf(development, days)
  const out = new Float64Array(3)
  for (let i = 0; i < length; i++) {
    const expected = level * (exposure ? exposure[i]! : 1)
    dayInto(development, clampAge(days.ages[i]!), days.visible[i]! / unit, expected, out)
    const mean = out[0]! * unit
    const sd = Math.sqrt(out[1]! + (out[0]! * out[2]!) ** 2) * unit
    found.mean[i] = mean
    found.sd[i] = sd
    found.low80[i] = gammaQuantile(mean, sd, -Z80)
    found.high80[i] = gammaQuantile(mean, sd, Z80)
  }
  return found
}

/** Conversions per unit of exposure in the end; -1 where there was no exposure. */
function levelOf(development: Development, { ages, visible, exposure, unit = 1 }: VisibleDays): number {
  let seen = 0
  let exposed = 0
  for (let i = 0; i < ages.length; i++) {
    const weight = 2 ** (-ages[i]! / LEVEL_HALF_LIFE_DAYS)
    seen += (weight * visible[i]!) / unit
    exposed += weight * (exposure ? exposure[i]! : 1) * development.visible[clampAge(ages[i]!)]!
  }
  return exposed > 0 ? Math.max(seen, 0.5) / exposed : -1
}

/**
 * What several days will have in all. Their chances are their own, but what is not known of the development they share:
 * an error in the step to an age moves all days that are younger.
 *
 * @param campaigns days of each campaign that share the development
 */
export function completeTotal(development: Development, campaigns: readonly VisibleDays[]): Completed {
  const byAge = new Float64Array(LAG_DAYS + 1)
  const out = new Float64Array(3)
  let mean = 0
  let variance = 0
  for (const days of campaigns) {
    const { unit = 1, exposure } = days
    const level = levelOf(development, days)
    for (let i = 0; i < days.ages.length; i++) {
      const age = clampAge(days.ages[i]!)
      dayInto(development, age, days.visible[i]! / unit, level * (exposure ? exposure[i]! : 1), out)
      mean += out[0]! * unit
      variance += out[1]! * unit * unit
      const { logSd } = development
      if (logSd[age]! > 0) byAge[age]! += (out[0]! * unit * out[2]!) / logSd[age]!
    }
  }
  return interval(mean, variance + developmentVariance(development, byAge))
}

/** @param byAge what stands at each age, by which an error of that age's share is multiplied */
function developmentVariance({ stepVariance, commonSd }: Development, byAge: Float64Array): number {
  let younger = 0
  let steps = 0
  let common = 0
  for (let age = 1; age <= LAG_DAYS; age++) {
    younger += byAge[age - 1]!
    common += byAge[age - 1]! * commonSd[age - 1]!
    steps += stepVariance[age]! * younger * younger
  }
  return steps + common * common
}
