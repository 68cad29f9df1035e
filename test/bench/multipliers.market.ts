/*
 * A market whose value per click is a product over four dimensions, with clicks that are not independent across them:
 * people on phones browse at other hours and belong to other audiences than people at desks.
 */
import type { Cell } from '../../lib/measure/cells/cells.ts'
import { dice, poisson } from '../measure/dice.ts'

export interface DimensionPlan {
  readonly name: string
  readonly levels: number
  /** Standard deviation of the logarithm of its true multipliers. */
  readonly spread: number
}

export interface MarketPlan {
  readonly dimensions: readonly DimensionPlan[]
  /** Conversions per click of an average cell. */
  readonly conversionRate: number
  /** Standard deviation of the logarithm of what each level of a dimension gets of the clicks. */
  readonly unevenness: number
  /** Standard deviation of the logarithm by which each pair of levels of two dimensions occurs together more or less often. */
  readonly dependence: number
}

export interface TrueCell extends Cell {
  /** Clicks that the cell gets on average; what a multiplier will meet. */
  readonly weight: number
  /** Conversions per click, true. */
  readonly value: number
  /** The true multiplier of its level, by dimension. */
  readonly truth: Readonly<Record<string, number>>
}

export const MARKET: MarketPlan = {
  dimensions: [
    { name: 'device', levels: 3, spread: 0.3 },
    { name: 'hour', levels: 8, spread: 0.12 },
    { name: 'place', levels: 15, spread: 0.16 },
    { name: 'audience', levels: 5, spread: 0.28 },
  ],
  conversionRate: 0.016,
  unevenness: 0.4,
  dependence: 0.32,
}

/** Cells of one campaign with as many clicks; the same seed is the same market at every size. */
export function trueCells(plan: MarketPlan, clicks: number, seed: number): readonly TrueCell[] {
  const roll = dice(seed)
  const normal = normals(roll)
  const draw = (sd: number): number => Math.exp(sd * normal())
  const levels = plan.dimensions.map(({ levels, spread }) =>
    Array.from({ length: levels }, () => ({ share: draw(plan.unevenness), truth: draw(spread) })),
  )
  const together = levels.map((mine, i) =>
    levels.map((others, j) => mine.map(() => others.map(() => (j > i ? draw(plan.dependence) : 1)))),
  )
  const combinations = product(plan.dimensions.map(({ levels }) => levels))
  const weights = combinations.map((at) => {
    let weight = 1
    for (let i = 0; i < at.length; i++) {
      weight *= levels[i]![at[i]!]!.share
      for (let j = i + 1; j < at.length; j++) weight *= together[i]![j]![at[i]!]![at[j]!]!
    }
    return weight
  })
  const total = weights.reduce((a, b) => a + b, 0)
  // Counts have dice of their own, so that the truth of a seed does not depend on the size.
  const counts = dice(seed * 7919 + clicks)
  return combinations.map((at, i) => {
    const weight = weights[i]! / total
    const value = plan.conversionRate * at.reduce((m, level, d) => m * levels[d]![level]!.truth, 1)
    const n = count(clicks * weight, counts)
    return {
      levels: Object.fromEntries(at.map((level, d) => [plan.dimensions[d]!.name, `${level}`])),
      clicks: n,
      outcome: count(n * value, counts),
      weight,
      value,
      truth: Object.fromEntries(at.map((level, d) => [plan.dimensions[d]!.name, levels[d]![level]!.truth])),
    }
  })
}

/** A Poisson count of any mean: `poisson` takes neither zero nor thousands. */
function count(mean: number, roll: () => number): number {
  let sum = 0
  for (let left = mean; left > 0; left -= 100) sum += poisson(Math.min(left, 100), roll)
  return Math.max(0, sum)
}

function normals(roll: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll())
}

const product = (sizes: readonly number[]): readonly (readonly number[])[] =>
  sizes.reduce<readonly (readonly number[])[]>(
    (rows, size) => rows.flatMap((row) => Array.from({ length: size }, (_, i) => [...row, i])),
    [[]],
  )
