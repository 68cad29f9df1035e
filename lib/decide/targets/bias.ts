/** One complete day of all that one target steers. */
export interface TargetDay {
  /** Days before today, ≥ 1. */
  readonly ageDays: number
  /** Main units, ≥ 0. */
  readonly spend: number
  /** As reported so far: conversions under a target CPA, their value under a target ROAS. ≥ 0. */
  readonly outcome: number
  /** Share of the day's eventual outcome that is visible at its age; above 1 where orders are yet to be returned. */
  readonly visible: number
  /** Target in force on that day, in the lever's own unit. */
  readonly target: number
  /** The budget ended the day's spend: what it cost says nothing about the target. */
  readonly limitedByBudget: boolean
}

/** By how much a platform misses a target. */
export interface TargetBias {
  /** Logarithm of cost over target: 0.1 is about a tenth too dear. */
  readonly log: number
  readonly sd: number
  /** Recent conversions that the targets promised and that were seen, weighed by age; of one and the same maturity. */
  readonly promised: number
  readonly seen: number
}

/** A target's own habit is learned over weeks, for its conversions are few; what moves a whole pool is seen in days. */
const OWN_HALF_LIFE_DAYS = 10
const POOL_HALF_LIFE_DAYS = 4
/** Conversions' worth of the pool's bias that a target starts from. */
const PSEUDO_CONVERSIONS = 10
/** The same of the pool's last days, towards its weeks. */
const LATELY_PSEUDO_CONVERSIONS = 100
/** Daily conversions scatter more than Poisson counts; only widens the interval. */
const OVERDISPERSION = 1.4

export interface Evidence {
  readonly promised: number
  readonly seen: number
  /** Variance of `seen`. */
  readonly variance: number
  /** The same of the last days alone. */
  readonly promisedLately: number
  readonly seenLately: number
}

/**
 * What targets promised and what came of it, in conversions. Young days are not left out but counted by the share of
 * their conversions that can be visible: without that every recent day looks too dear, and the target sinks for ever.
 *
 * @param days their targets as cost per outcome
 * @param outcomePerConversion 1, or the mean value of a conversion
 */
export function evidenceOf(days: readonly TargetDay[], outcomePerConversion: number): Evidence {
  let [promised, seen, variance, promisedLately, seenLately] = [0, 0, 0, 0, 0]
  for (const { ageDays, spend, outcome, visible, target, limitedByBudget } of days) {
    if (limitedByBudget || !(target > 0)) continue
    const weight = 2 ** (-ageDays / OWN_HALF_LIFE_DAYS)
    const weightLately = 2 ** (-ageDays / POOL_HALF_LIFE_DAYS)
    const due = (visible * spend) / target / outcomePerConversion
    const conversions = outcome / outcomePerConversion
    promised += weight * due
    seen += weight * conversions
    variance += weight ** 2 * OVERDISPERSION * conversions
    promisedLately += weightLately * due
    seenLately += weightLately * conversions
  }
  return { promised, seen, variance, promisedLately, seenLately }
}

/** What all targets of a pool are missed by: over weeks, and in the last days. */
export interface PoolBias {
  readonly log: number
  readonly logLately: number
}

export function poolBiasOf(pool: readonly Evidence[]): PoolBias {
  const sum = (value: (one: Evidence) => number): number => pool.reduce((total, one) => total + value(one), 0)
  const usual = (sum(({ promised }) => promised) + PSEUDO_CONVERSIONS) / (sum(({ seen }) => seen) + PSEUDO_CONVERSIONS)
  // Few conversions of few days say little: they are drawn towards what the weeks say.
  const lately =
    (sum(({ promisedLately }) => promisedLately) + LATELY_PSEUDO_CONVERSIONS * usual) /
    (sum(({ seenLately }) => seenLately) + LATELY_PSEUDO_CONVERSIONS)
  return { log: Math.log(usual), logLately: Math.log(lately) }
}

/** A target's bias: its own over weeks, drawn towards its pool's, and moved by as much as the pool has moved since. */
export function biasOf({ promised, seen, variance }: Evidence, pool: PoolBias): TargetBias {
  const shrunk = seen + PSEUDO_CONVERSIONS
  return {
    log: Math.log((promised + PSEUDO_CONVERSIONS * Math.exp(pool.log)) / shrunk) + pool.logLately - pool.log,
    sd: Math.sqrt(variance + PSEUDO_CONVERSIONS) / shrunk,
    promised,
    seen,
  }
}
