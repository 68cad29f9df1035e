import { UNLISTED } from '../../measure/cells/cells.ts'
import type { DimensionEffects } from '../../measure/cells/fit-cells.ts'

/** What multipliers may be. */
export interface MultiplierLimits {
  /** Of one multiplier. */
  readonly least: number
  readonly most: number
  /** Of the product over all dimensions: platforms multiply them. */
  readonly leastCombined: number
  readonly mostCombined: number
}

export const MULTIPLIER_LIMITS: MultiplierLimits = { least: 0.4, most: 2, leastCombined: 0.2, mostCombined: 5 }

/** One level's worth as a multiplier. */
export interface WantedMultiplier {
  readonly dimension: string
  readonly level: string
  /** In force; 1 where none is set. */
  readonly current: number
  readonly clicks: number
  /** Worth against the dimension's mean click, posterior mean and standard deviation, before any limit. */
  readonly mean: number
  readonly sd: number
  /** The multiplier that follows, limits applied. */
  readonly wanted: number
}

/** By dimension, then by level. A level without one has 1. */
export type Multipliers = Readonly<Record<string, Readonly<Record<string, number>>>>

/**
 * Multipliers in proportion to what a click is worth: with clicks and prices both in proportion to the bid, that brings
 * the most for the same spend. Levels that are opted out of (0 in force) are left out; clicks that no multiplier is for
 * (`UNLISTED`) count in the mean and stay as they are.
 *
 * The mean over the clicks that the campaign would get without multipliers is 1, so that they shift bids and do not raise
 * them; then each is clipped, and all are drawn towards 1 by one exponent until the product of the largest and that of the
 * smallest lie within the combined limits.
 */
export function wantedMultipliers(
  dimensions: readonly DimensionEffects[],
  current: Multipliers,
  limits: MultiplierLimits = MULTIPLIER_LIMITS,
): readonly WantedMultiplier[] {
  const clipped = dimensions.map(({ name, levels }) => {
    const inUse = levels
      .map((level) => ({ ...level, current: current[name]?.[level.name] ?? 1 }))
      .filter((one) => one.current > 0)
    // Clicks follow the bid: divided by the multiplier in force they are what the level would get without it.
    const unmoved = inUse.reduce((sum, one) => sum + one.clicks / one.current, 0)
    const total = inUse.reduce((sum, one) => sum + (one.clicks / one.current) * one.mean, 0)
    const middle = unmoved > 0 ? total / unmoved : 1
    return inUse.map(({ name: level, clicks, mean, sd, current }) => ({
      dimension: name,
      level,
      current,
      clicks,
      mean: mean / middle,
      sd: sd / middle,
      wanted: level === UNLISTED ? 1 : Math.min(limits.most, Math.max(limits.least, mean / middle)),
    }))
  })
  const exponent = combinedExponent(
    clipped.map((levels) => levels.map(({ wanted }) => wanted)),
    limits,
  )
  return clipped
    .flat()
    .filter(({ level }) => level !== UNLISTED)
    .map((one) => ({ ...one, wanted: one.wanted ** exponent }))
}

/** Product of the largest multiplier of each dimension, and of the smallest: what the best and the worst click get. */
export function combined(dimensions: readonly (readonly number[])[]): {
  readonly least: number
  readonly most: number
} {
  const used = dimensions.filter((levels) => levels.length > 0)
  return {
    least: used.reduce((product, levels) => product * Math.min(...levels), 1),
    most: used.reduce((product, levels) => product * Math.max(...levels), 1),
  }
}

function combinedExponent(dimensions: readonly (readonly number[])[], limits: MultiplierLimits): number {
  const { least, most } = combined(dimensions)
  return Math.min(
    1,
    most > limits.mostCombined ? Math.log(limits.mostCombined) / Math.log(most) : 1,
    least < limits.leastCombined ? Math.log(limits.leastCombined) / Math.log(least) : 1,
  )
}
