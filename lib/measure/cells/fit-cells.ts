import type { Cell } from './cells.ts'
import { type PackedCells, type PackedDimension, packCells } from './packed-cells.ts'
import { type LevelCount, levelValue, spreadWeights } from './spreads.ts'

/** What a click of each level is worth against the other levels of its dimension, all other dimensions being equal. */
export interface CampaignEffects {
  /** Outcome per click of a cell whose levels are all worth 1; 0 without any outcome. */
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
 * @param campaigns cells of each campaign of an account; they may have different dimensions
 * @param overdispersion variance over mean of a cell's outcome, ≥ 1; estimated from the cells where absent
 * @throws RangeError when counts are negative or not finite, or cells of a campaign differ in their dimensions
 */
export function fitCells(campaigns: readonly (readonly Cell[])[], overdispersion?: number): readonly CampaignEffects[] {
  if (overdispersion !== undefined && !(overdispersion >= 1))
    throw new RangeError(`overdispersion must be ≥ 1, got ${overdispersion}`)
  const packed = campaigns.map(packCells)
  const first = fitWith(packed, overdispersion ?? 1)
  if (overdispersion !== undefined) return first.map(effectsOf)
  const estimated = estimatedOverdispersion(first)
  return (estimated > 1 ? fitWith(packed, estimated) : first).map(effectsOf)
}

interface Fit {
  readonly cells: PackedCells
  /** Clicks × worth of all levels, by cell. */
  readonly worth: Float64Array
  readonly values: readonly { mean: number; sd: number }[][]
  rate: number
}

function fitWith(packed: readonly PackedCells[], overdispersion: number): readonly Fit[] {
  const fits = packed.map(startOf)
  const names = [...new Set(packed.flatMap(({ dimensions }) => dimensions.map(({ name }) => name)))]
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let moved = 0
    for (const name of names) moved = Math.max(moved, sweepDimension(fits, name, overdispersion))
    if (moved < TOLERANCE) break
  }
  return fits
}

function startOf(cells: PackedCells): Fit {
  const fit: Fit = {
    cells,
    worth: Float64Array.from(cells.clicks),
    values: cells.dimensions.map(({ levels }) => levels.map(() => ({ mean: 1, sd: 0 }))),
    rate: 0,
  }
  fit.rate = rateOf(fit)
  return fit
}

function rateOf({ cells, worth }: Fit): number {
  const clicks = worth.reduce((a, b) => a + b, 0)
  return clicks === 0 ? 0 : cells.outcome.reduce((a, b) => a + b, 0) / clicks
}

/** @returns the largest share by which a level's worth moved */
function sweepDimension(fits: readonly Fit[], name: string, overdispersion: number): number {
  const parts = fits.flatMap((fit) => {
    const at = fit.cells.dimensions.findIndex((dimension) => dimension.name === name)
    return at < 0 ? [] : [{ fit, at, counts: levelCounts(fit, at, overdispersion) }]
  })
  const weights = spreadWeights(parts.flatMap(({ counts }) => counts))
  let moved = 0
  for (const { fit, at, counts } of parts) moved = Math.max(moved, moveLevels(fit, at, counts, weights))
  return moved
}

function levelCounts(fit: Fit, at: number, overdispersion: number): readonly LevelCount[] {
  const { levels, levelOfCell, outcome } = fit.cells.dimensions[at]!
  const worth = new Float64Array(levels.length)
  for (let i = 0; i < levelOfCell.length; i++) worth[levelOfCell[i]!]! += fit.worth[i]!
  return levels.map((_, level) => ({
    seen: outcome[level]! / overdispersion,
    expected: (worth[level]! * fit.rate) / fit.values[at]![level]!.mean / overdispersion,
  }))
}

function moveLevels(fit: Fit, at: number, counts: readonly LevelCount[], weights: readonly number[]): number {
  const before = fit.values[at]!
  const values = counts.map((count) => levelValue(count, weights))
  const factors = values.map(({ mean }, level) => mean / before[level]!.mean)
  const { levelOfCell } = fit.cells.dimensions[at]!
  for (let i = 0; i < levelOfCell.length; i++) fit.worth[i]! *= factors[levelOfCell[i]!]!
  before.splice(0, before.length, ...values)
  fit.rate = rateOf(fit)
  return factors.reduce((most, factor) => Math.max(most, Math.abs(factor - 1)), 0)
}

/**
 * Pearson's statistic per degree of freedom over all cells, less its own standard error under the Poisson model: cells
 * are sparse, and their noise must not pass for overdispersion.
 */
function estimatedOverdispersion(fits: readonly Fit[]): number {
  let chiSquare = 0
  let variance = 0
  let freedom = 0
  for (const { cells, worth, rate } of fits) {
    for (let i = 0; i < worth.length; i++) {
      const mean = worth[i]! * rate
      if (mean === 0) continue
      chiSquare += (cells.outcome[i]! - mean) ** 2 / mean
      variance += 2 + 1 / mean
      freedom += 1
    }
    freedom -= 1 + cells.dimensions.reduce((sum, { levels }) => sum + levels.length - 1, 0)
  }
  if (freedom <= 0) return 1
  return Math.min(MAX_OVERDISPERSION, Math.max(1, (chiSquare - Math.sqrt(variance)) / freedom))
}

const effectsOf = ({ cells, values, rate }: Fit): CampaignEffects => ({
  outcomePerClick: rate,
  dimensions: cells.dimensions.map((dimension, d) => ({
    name: dimension.name,
    levels: levelEffects(dimension, values[d]!),
  })),
})

const levelEffects = (
  { levels, clicks, outcome }: PackedDimension,
  values: readonly { mean: number; sd: number }[],
): readonly LevelEffect[] =>
  levels.map((name, i) => ({ name, clicks: clicks[i]!, outcome: outcome[i]!, ...values[i]! }))
