import {
  type CampaignFit,
  expectedOf,
  type FittedDimension,
  type LevelPosterior,
  setValues,
  startFit,
} from './campaign-fit.ts'
import type { Cell } from './cells.ts'
import { type PackedCells, type PackedDimension, packTables } from './packed-cells.ts'
import { type LevelCount, levelValue, spreadWeights } from './spreads.ts'
import { dependenceOf, unseenVariance } from './unseen.ts'

/** What a click of each level is worth against the other levels of its dimension, all other dimensions being equal. */
export interface CampaignEffects {
  /** Outcome per click of a cell whose levels are all worth 1, by the first table; 0 without any outcome. */
  readonly outcomePerClick: number
  readonly dimensions: readonly DimensionEffects[]
}

export interface DimensionEffects {
  readonly name: string
  readonly levels: readonly LevelEffect[]
}

export interface LevelEffect {
  readonly name: string
  readonly clicks: number
  readonly outcome: number
  /** Posterior of its relative worth per click; 1 is the middle of the dimension's levels. */
  readonly mean: number
  readonly sd: number
}

const MAX_SWEEPS = 200
/** Sweeps end when no level's worth moves by more than this share. */
const TOLERANCE = 1e-8
const MAX_OVERDISPERSION = 4

/**
 * Learns what levels are worth: outcome ~ Poisson(clicks · rate · Π worth of its levels), one sweep after another over
 * the dimensions, each level shrunk towards 1 by as much as the spread of its dimension over the whole account asks for.
 *
 * A sweep is iterative proportional fitting with a Gamma prior on every level, which is also coordinate ascent of the
 * factorised variational posterior. A joint fit, and not the ratio of each dimension alone: mobile and evening go
 * together, and two ratios would count the same advantage twice. The spread is integrated out over a grid with its
 * marginal likelihood and not estimated as one number, which with few conversions would be off by a factor.
 *
 * Where a platform does not count all dimensions together, a campaign has a table for each set that it does count: by
 * device and hour, by device and audience, by place. Clicks of a level then stand for what they are worth by the
 * dimensions that their table does not name, on average over the clicks of the same device in the table that does, or
 * over all clicks where the two have no dimension in common: within a device, hours and audiences are taken to be
 * independent, and places of all three. A dimension is learned from the first table that has it. That they may not be
 * independent is a doubt that more clicks do not take away, as large as the dependence of dimensions that are counted
 * together: levels are drawn further towards 1 by it, and their intervals are wider.
 *
 * @param campaigns tables of each campaign of an account; campaigns may have different dimensions
 * @param overdispersion variance over mean of a cell's outcome, ≥ 1; estimated from the cells where absent
 * @throws RangeError when counts are negative or not finite, or cells of a table differ in their dimensions
 */
export function fitTables(
  campaigns: readonly (readonly (readonly Cell[])[])[],
  overdispersion?: number,
): readonly CampaignEffects[] {
  if (overdispersion !== undefined && !(overdispersion >= 1))
    throw new RangeError(`overdispersion must be ≥ 1, got ${overdispersion}`)
  const packed = campaigns.map(packTables)
  const first = fitWith(packed, overdispersion ?? 1)
  const dependence = dependenceOf(packed.flat())
  if (overdispersion !== undefined) return inDoubt(first, overdispersion, dependence)
  const estimated = estimatedOverdispersion(first)
  return inDoubt(estimated > 1 ? fitWith(packed, estimated) : first, estimated, dependence)
}

function fitWith(packed: readonly (readonly PackedCells[])[], overdispersion: number): readonly CampaignFit[] {
  const fits = packed.map(startFit)
  const names = [...new Set(fits.flatMap(({ dimensions }) => dimensions.map(({ name }) => name)))]
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let moved = 0
    for (const name of names) moved = Math.max(moved, sweepDimension(fits, name, overdispersion))
    if (moved < TOLERANCE) break
  }
  return fits
}

/**
 * What levels are worth by themselves. In the fit they are worth what they bring with all that goes along with them
 * unseen, since that is what the others have to be net of.
 */
function inDoubt(fits: readonly CampaignFit[], overdispersion: number, dependence: number): readonly CampaignEffects[] {
  const names = new Set(fits.flatMap(({ dimensions }) => dimensions.map(({ name }) => name)))
  const values = new Map<FittedDimension, readonly LevelPosterior[]>()
  for (const name of names) {
    const parts = fits.flatMap((fit) =>
      fit.dimensions.flatMap((dimension) =>
        dimension.name === name
          ? [
              {
                dimension,
                counts: levelCounts(dimension, overdispersion, unseenVariance(fit.dimensions, dimension, dependence)),
              },
            ]
          : [],
      ),
    )
    const weights = spreadWeights(parts.flatMap(({ counts }) => counts))
    for (const { dimension, counts } of parts)
      values.set(
        dimension,
        counts.map((count) => levelValue(count, weights)),
      )
  }
  return fits.map((fit) => effectsOf(fit, values))
}

/** @returns the largest share by which a level's worth moved */
function sweepDimension(fits: readonly CampaignFit[], name: string, overdispersion: number): number {
  const parts = fits.flatMap((fit) => {
    const dimension = fit.dimensions.find((one) => one.name === name)
    return dimension ? [{ fit, dimension, counts: levelCounts(dimension, overdispersion) }] : []
  })
  const weights = spreadWeights(parts.flatMap(({ counts }) => counts))
  let moved = 0
  for (const { fit, dimension, counts } of parts) {
    const values = counts.map((count) => levelValue(count, weights))
    moved = Math.max(moved, setValues(fit, dimension, values))
  }
  return moved
}

/** @param unseen variance of the logarithm of what a level brings, beside chance */
function levelCounts(dimension: FittedDimension, overdispersion: number, unseen = 0): readonly LevelCount[] {
  const { outcome } = dimension.packed
  return expectedOf(dimension).map((expected, level) => {
    const noise = overdispersion + unseen * expected
    return { seen: outcome[level]! / noise, expected: expected / noise }
  })
}

/**
 * Pearson's statistic per degree of freedom over all cells, less its own standard error under the Poisson model: cells
 * are sparse, and their noise must not pass for overdispersion. A table that its own levels explain in full says nothing.
 */
function estimatedOverdispersion(fits: readonly CampaignFit[]): number {
  let chiSquare = 0
  let variance = 0
  let freedom = 0
  for (const { cells, worth, rate } of fits.flatMap(({ tables }) => tables)) {
    const means = [...worth].map((one) => one * rate)
    const levels = cells.dimensions.reduce((sum, { clicks }) => sum + clicks.filter((n) => n > 0).length - 1, 1)
    const own = means.filter((mean) => mean > 0).length - levels
    if (own <= 0) continue
    freedom += own
    for (const [i, mean] of means.entries()) {
      if (mean === 0) continue
      chiSquare += (cells.outcome[i]! - mean) ** 2 / mean
      variance += 2 + 1 / mean
    }
  }
  if (freedom <= 0) return 1
  return Math.min(MAX_OVERDISPERSION, Math.max(1, (chiSquare - Math.sqrt(variance)) / freedom))
}

const effectsOf = (
  { tables, dimensions }: CampaignFit,
  values: ReadonlyMap<FittedDimension, readonly LevelPosterior[]>,
): CampaignEffects => ({
  outcomePerClick: tables[0]?.rate ?? 0,
  dimensions: dimensions.map((one) => ({ name: one.name, levels: levelEffects(one.packed, values.get(one)!) })),
})

const levelEffects = (
  { levels, clicks, outcome }: PackedDimension,
  values: readonly LevelPosterior[],
): readonly LevelEffect[] =>
  levels.map((name, i) => ({ name, clicks: clicks[i]!, outcome: outcome[i]!, ...values[i]! }))
