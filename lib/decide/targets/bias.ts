/** One complete day of all that one target steers. */
export interface TargetDay {
  /** Days before today, ≥ 1. */
  readonly ageDays: number
  /** Main units, ≥ 0. */
  readonly spend: number
  /** As reported so far: conversions under a target CPA, their value under a target ROAS. ≥ 0. */
  readonly outcome: number
  /** Share of the day's eventual outcome that is visible at its age, 0 to 1. */
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

const HALF_LIFE_DAYS = 4
/** Conversions' worth of the pool's bias that a target starts from. */
const PSEUDO_CONVERSIONS = 10
/** Daily conversions scatter more than Poisson counts; only widens the interval. */
const OVERDISPERSION = 1.4

export interface Evidence {
  readonly promised: number
  readonly seen: number
  /** Variance of `seen`. */
  readonly variance: number
}

/**
 * What targets promised and what came of it, in conversions. Young days are not left out but counted by the share of
 * their conversions that can be visible: without that every recent day looks too dear, and the target sinks for ever.
 *
 * @param days their targets as cost per outcome
 * @param outcomePerConversion 1, or the mean value of a conversion
 */
export function evidenceOf(days: readonly TargetDay[], outcomePerConversion: number): Evidence {
  let promised = 0
  let seen = 0
  let variance = 0
  for (const { ageDays, spend, outcome, visible, target, limitedByBudget } of days) {
    if (limitedByBudget || !(target > 0)) continue
    const weight = 2 ** (-ageDays / HALF_LIFE_DAYS)
    promised += (weight * visible * spend) / target / outcomePerConversion
    seen += (weight * outcome) / outcomePerConversion
    variance += (weight ** 2 * OVERDISPERSION * outcome) / outcomePerConversion
  }
  return { promised, seen, variance }
}

/**
 * A target's bias, drawn towards that of its pool (the same platform and kind of target).
 *
 * @param pool evidence of all targets of the pool, this one included
 */
export function biasOf({ promised, seen, variance }: Evidence, pool: readonly Evidence[]): TargetBias {
  const all = pool.reduce((sum, one) => ({ promised: sum.promised + one.promised, seen: sum.seen + one.seen }), {
    promised: 0,
    seen: 0,
  })
  const usual = (all.promised + PSEUDO_CONVERSIONS) / (all.seen + PSEUDO_CONVERSIONS)
  const shrunk = seen + PSEUDO_CONVERSIONS
  return {
    log: Math.log((promised + PSEUDO_CONVERSIONS * usual) / shrunk),
    sd: Math.sqrt(variance + PSEUDO_CONVERSIONS) / shrunk,
    promised,
    seen,
  }
}
