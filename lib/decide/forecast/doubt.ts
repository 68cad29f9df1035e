import { conversionChange, conversionsAt } from '../../measure/response-curve.ts'
import { positiveInterval, Z80 } from '../../stats/gamma-interval.ts'
import type { ForecastBudget } from './budget.ts'

/** A quantity that is not known exactly. */
export interface Doubtful {
  readonly mean: number
  readonly sd: number
}

export interface Interval80 {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** So many times its best 14 days a campaign's response may be taken for seen. */
export const SEEN_FACTOR = 1.5
/**
 * What curves of the usual shapes say of spend that nobody has seen is doubted by so much more, as a standard deviation:
 * an audience may end there, and no shape that was fitted below knows.
 */
const UNSEEN_DOUBT = 0.5

export const seenUpTo = ({ bestFortnight }: ForecastBudget): number => SEEN_FACTOR * bestFortnight

/**
 * Claimed conversions per day that more spend brings (less spend costs), base currency per day, as a mean of the next
 * `days`: the doubt of level and shape, what the level may drift until the middle of that time, and what goes beyond what
 * was seen.
 *
 * @param from 0 gives the whole of what `to` brings
 */
export function claimedChange(budget: ForecastBudget, from: number, to: number, days: number): Doubtful {
  const { estimate } = budget.question
  if (!estimate || from === to) return { mean: 0, sd: 0 }
  const { curve, noise } = estimate
  const own = (spend: number): number => Math.min(spend, budget.ceiling) / budget.baseUnits
  const { mean, sd } = conversionChange(curve, own(from), own(to))
  // Relative variance, by the middle of the days.
  const drift = noise.driftVariance * (1 - noise.keep ** days)
  const seen = own(seenUpTo(budget))
  const beyond = (spend: number): number => conversionsAt(curve, Math.max(spend, seen)) - conversionsAt(curve, seen)
  const unseen = UNSEEN_DOUBT * (beyond(own(to)) - beyond(own(from)))
  return { mean, sd: Math.sqrt(sd ** 2 + mean ** 2 * drift + unseen ** 2) }
}

/** A budget's claimed conversions, or a change of them. */
export interface Claimed {
  readonly budget: ForecastBudget
  readonly claimed: Doubtful
}

/**
 * The incremental outcome of budgets together: Σ over sources of ι · Σ (worth × claimed). Level and shape are each
 * campaign's own, and cancel; a source's incrementality ι is common to all that have it, and does not: with many campaigns
 * it is what is left of the doubt. Var(ι·A) = ι²·Var(A) + A²·Var(ι) + Var(ι)·Var(A) for ι and A independent.
 */
export function incrementalOf(claims: readonly Claimed[]): Doubtful {
  let mean = 0
  let variance = 0
  for (const [, own] of Map.groupBy(claims, ({ budget }) => budget.source)) {
    const { incrementality } = own[0]?.budget.question.estimate ?? {}
    if (!incrementality) continue
    let sum = 0
    let spread = 0
    for (const { budget, claimed } of own) {
      sum += budget.perIncremental * claimed.mean
      spread += (budget.perIncremental * claimed.sd) ** 2
    }
    const doubt = ((incrementality.high - incrementality.low) / (2 * Z80)) ** 2
    mean += incrementality.mean * sum
    variance += incrementality.mean ** 2 * spread + sum ** 2 * doubt + doubt * spread
  }
  return { mean, sd: Math.sqrt(variance) }
}

/** Of an outcome, which cannot be negative, before what it costs is taken off. */
export function outcomeInterval({ mean, sd }: Doubtful, cost: number): Interval80 {
  const { low, high } = positiveInterval(mean, sd)
  return { mean: mean - cost, low: low - cost, high: high - cost }
}

/**
 * Of a change, less what it costs. Where every campaign gets more (or every one less) the sign is known, for no curve falls:
 * the interval does not reach beyond 0.
 */
export function changeInterval({ mean, sd }: Doubtful, claims: readonly Claimed[], cost: number): Interval80 {
  const isAll = (sign: number): boolean => claims.every(({ claimed }) => sign * claimed.mean >= 0)
  if (isAll(1)) return outcomeInterval({ mean, sd }, cost)
  if (!isAll(-1)) return { mean: mean - cost, low: mean - Z80 * sd - cost, high: mean + Z80 * sd - cost }
  const { low, high } = positiveInterval(-mean, sd)
  return { mean: mean - cost, low: -high - cost, high: -low - cost }
}
