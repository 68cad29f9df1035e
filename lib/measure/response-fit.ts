import type { ResponseCurve, ShapeWeight } from '../model/estimates.ts'
import { type Filtered, followLevel, learnNoise, type Noise, type Series } from './level-filter.ts'
import { relativeResponse, SHAPES } from './response-shape.ts'

/** One complete day of a budget. */
export interface CurvePoint {
  /** Main currency units, ≥ 0. */
  readonly spend: number
  /** Claimed conversions visible so far, ≥ 0. */
  readonly conversions: number
  /** What multiplies the expectation apart from spend: day of week × event × share of conversions visible by now; > 0. */
  readonly exposure: number
  readonly ageDays: number
}

/** What is known of one budget before its curve is fitted. */
export interface CurveInput {
  readonly days: readonly CurvePoint[]
  /** Which pool (account) its shape is drawn from. */
  readonly pool: string
  /** Conversions per main currency unit of the surrounding pool, > 0. */
  readonly priorRate: number
  /** Logarithm of evidence for each shape of `SHAPES` from elsewhere, such as the platform's own simulations. */
  readonly shapeEvidence?: readonly number[]
}

export interface CurveFit {
  readonly curve: ResponseCurve
  readonly noise: Noise
}

/** Recent days count more in the reference spend: half as much after this many. */
const HALF_LIFE_DAYS = 21
/** Budgets' worth of evidence that a pool's shapes are pulled to the prior with. */
const SHAPE_PRIOR_BUDGETS = 12
/** What a budget of another pool says about this pool's shapes, against one of its own. */
const OTHER_POOLS = 0.15
const POOLING_ROUNDS = 4
/** Under this shape the noise is learned: an elasticity of 0.55, in the middle of the prior. */
const TYPICAL = SHAPES[4]!

/**
 * Learns the response curves of a portfolio's budgets from their days, together.
 *
 * Each shape of the grid is tried: the budget's level is followed under it, and how well the days on which spend differed
 * were predicted is the evidence for that shape, so that a drift of the level is not mistaken for a shape. Shapes are
 * pooled: what budgets of one pool turn out to have is the prior of the others (expectation–maximisation). How levels
 * drift, and how much noisier than Poisson the counts are, is what predicts the portfolio's days best.
 *
 * Recomputed from the data each time, so that restatements, late pulls and replays leave no trace.
 *
 * @returns one per input, in order; undefined for a budget without a day of spend
 */
export function fitResponseCurves(inputs: readonly CurveInput[]): readonly (CurveFit | undefined)[] {
  const prepared = inputs.map(prepare)
  const known = prepared.filter((one) => one !== undefined)
  if (known.length === 0) return inputs.map(() => undefined)
  const noise = learnNoise(
    known.map(({ series }) => series),
    known.map(({ series }) => logResponses(series, TYPICAL)),
  )
  const fits = prepared.map((one) => one && tryShapes(one, noise))
  const priors = poolShapes(fits)
  return fits.map((fit) => fit && { curve: curveOf(fit, priors(fit.pool)), noise })
}

interface Prepared {
  readonly series: Series
  readonly shapeEvidence: readonly number[] | undefined
}

const isSpent = ({ spend, exposure }: CurvePoint): boolean => spend > 0 && exposure > 0

/** Main units per day that shapes are relative to: what is spent on a day with spend, recent days more. NaN without one. */
export function referenceSpend(days: readonly CurvePoint[]): number {
  let weight = 0
  let weighted = 0
  for (const { ageDays, spend } of days.filter(isSpent)) {
    const w = 2 ** (-ageDays / HALF_LIFE_DAYS)
    weight += w
    weighted += w * spend
  }
  return weighted / weight
}

function prepare({ days, pool, priorRate, shapeEvidence }: CurveInput): Prepared | undefined {
  const spent = days.filter(isSpent).sort((x, y) => y.ageDays - x.ageDays)
  if (spent.length === 0 || !(priorRate > 0)) return undefined
  const reference = referenceSpend(spent)
  const gap = Float64Array.from(spent, ({ ageDays }, i) => (i === 0 ? 0 : spent[i - 1]!.ageDays - ageDays))
  const series = {
    ...{ pool, reference, priorLevel: priorRate * reference, count: spent.length, gap },
    relative: Float64Array.from(spent, ({ spend }) => spend / reference),
    conversions: Float64Array.from(spent, ({ conversions }) => Math.max(0, conversions)),
    exposure: Float64Array.from(spent, ({ exposure }) => exposure),
    lastAge: spent.at(-1)!.ageDays,
  }
  return { series, shapeEvidence }
}

function logResponses({ relative, count }: Series, shape: (typeof SHAPES)[number]): Float64Array {
  const logs = new Float64Array(count)
  // A plain loop: `map` of a typed array costs as much as the logarithms.
  for (let t = 0; t < count; t++) logs[t] = Math.log(relativeResponse(relative[t]!, shape))
  return logs
}

/** A budget under every shape of the grid. */
interface Tried {
  readonly pool: string
  readonly reference: number
  readonly byShape: readonly Filtered[]
  readonly evidence: readonly number[]
}

function tryShapes({ series, shapeEvidence }: Prepared, noise: Noise): Tried {
  const byShape = SHAPES.map((shape) => followLevel(series, logResponses(series, shape), noise))
  const evidence = byShape.map((one, k) => one.evidence + (shapeEvidence?.[k] ?? 0))
  return { pool: series.pool, reference: series.reference, byShape, evidence }
}

/** What shapes the budgets of a pool have, learned from all budgets: expectation–maximisation over the mixture. */
function poolShapes(fits: readonly (Tried | undefined)[]): (pool: string) => readonly number[] {
  const start = SHAPES.map(({ prior }) => prior)
  let priors = new Map<string, readonly number[]>()
  const of = (pool: string): readonly number[] => priors.get(pool) ?? start
  for (let round = 0; round < POOLING_ROUNDS; round++) {
    const all = SHAPES.map(() => 0)
    const byPool = new Map<string, number[]>()
    for (const fit of fits) {
      if (!fit) continue
      const own = byPool.get(fit.pool) ?? SHAPES.map(() => 0)
      for (const [k, weight] of responsibilities(fit, of(fit.pool)).entries()) {
        own[k]! += weight
        all[k]! += weight
      }
      byPool.set(fit.pool, own)
    }
    priors = new Map([...byPool].map(([pool, own]) => [pool, blended(own, all)]))
  }
  return of
}

function blended(own: readonly number[], all: readonly number[]): readonly number[] {
  const mixed = SHAPES.map(({ prior }, k) => own[k]! + OTHER_POOLS * (all[k]! - own[k]!) + SHAPE_PRIOR_BUDGETS * prior)
  const total = mixed.reduce((a, b) => a + b, 0)
  return mixed.map((weight) => weight / total)
}

function responsibilities({ evidence }: Tried, prior: readonly number[]): readonly number[] {
  const logs = prior.map((p, k) => Math.log(p) + evidence[k]!)
  const most = Math.max(...logs)
  const weights = logs.map((log) => Math.exp(log - most))
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / total)
}

/** The level's posterior as the Gamma distribution of the same mean and relative variance. */
function curveOf(fit: Tried, prior: readonly number[]): ResponseCurve {
  const weights = responsibilities(fit, prior)
  const shapes = SHAPES.map(({ halfway, power }, k): ShapeWeight => {
    const { logLevel, variance } = fit.byShape[k]!
    const gammaShape = 1 / Math.expm1(variance)
    return {
      ...(halfway === undefined ? {} : { halfway }),
      ...(power === undefined ? {} : { power }),
      weight: weights[k]!,
      gammaShape,
      gammaRate: gammaShape / Math.exp(logLevel),
    }
  })
  return { referenceSpend: fit.reference, shapes }
}
