import type { ResponseCurve, ShapeWeight } from '../model/estimates.ts'
import { type GridShape, relativeResponse, SHAPES } from './response-shape.ts'

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
}

export interface CurveFit {
  readonly curve: ResponseCurve
  /** Variance over mean of the counts of its pool, ≥ 1. */
  readonly overdispersion: number
  /** Share of what is known of the level that is still worth something a day later, 0 to 1. */
  readonly memory: number
}

/** Pseudo-conversions that pull a budget's level towards its pool's. */
const PRIOR_CONVERSIONS = 1.5
/** Recent days count more in the reference spend: half as much after this many. */
const HALF_LIFE_DAYS = 21
/** How fast levels drift: candidates for the daily memory, of which the one that predicts the next day best is taken. */
const MEMORIES = [0.995, 0.985, 0.97, 0.95, 0.92, 0.88] as const
/** Budgets' worth of evidence that a pool's shapes are pulled to the prior with. */
const SHAPE_PRIOR_BUDGETS = 12
/** What a budget of another pool says about this pool's shapes, against one of its own. */
const OTHER_POOLS = 0.15
const POOLING_ROUNDS = 4

/**
 * Learns the response curves of a portfolio's budgets from their days, together.
 *
 * A budget's level drifts; a discounted Gamma–Poisson filter follows it (West & Harrison 1997, ch. 10), so that each day
 * is predicted from the days before it. How well a shape of the grid predicts the days on which spend differed from the
 * days before is the evidence for that shape, and a drift of the level is not mistaken for a shape. Shapes are pooled:
 * what budgets of one pool turn out to have is the prior of the others (EM). How fast levels drift, and how much noisier
 * than Poisson the counts are, is taken from what predicts the data best.
 *
 * Recomputed from the data each time, so that restatements, late pulls and replays leave no trace.
 *
 * @returns one per input, in order; undefined for a budget without a day of spend
 */
export function fitResponseCurves(inputs: readonly CurveInput[]): readonly (CurveFit | undefined)[] {
  const series = inputs.map(prepare)
  const noise = noiseByPool(series.filter((one) => one !== undefined))
  const fits = series.map((one) => one && filterShapes(one, noise(one.pool)))
  const priors = poolShapes(series, fits)
  return series.map((one, i) => {
    const fit = fits[i]
    return one && fit && fitted(one, fit, priors(one.pool), noise(one.pool))
  })
}

/** The days of one budget in columns, oldest first. */
interface Series {
  readonly pool: string
  readonly reference: number
  readonly priorLevel: number
  readonly count: number
  /** Spend over reference. */
  readonly relative: Float64Array
  readonly conversions: Float64Array
  readonly exposure: Float64Array
  /** Days since the day before it in the series. */
  readonly gap: Float64Array
  /** Days from the last one to today. */
  readonly lastAge: number
}

function prepare({ days, pool, priorRate }: CurveInput): Series | undefined {
  const spent = days.filter(({ spend, exposure }) => spend > 0 && exposure > 0).sort((x, y) => y.ageDays - x.ageDays)
  if (spent.length === 0 || !(priorRate > 0)) return undefined
  let weight = 0
  let weighted = 0
  for (const { ageDays, spend } of spent) {
    const w = 2 ** (-ageDays / HALF_LIFE_DAYS)
    weight += w
    weighted += w * spend
  }
  const reference = weighted / weight
  const count = spent.length
  const columns = {
    relative: new Float64Array(count),
    conversions: new Float64Array(count),
    exposure: new Float64Array(count),
    gap: new Float64Array(count),
  }
  let before = spent[0]!.ageDays
  for (const [i, day] of spent.entries()) {
    columns.relative[i] = day.spend / reference
    columns.conversions[i] = Math.max(0, day.conversions)
    columns.exposure[i] = day.exposure
    columns.gap[i] = before - day.ageDays
    before = day.ageDays
  }
  return { pool, reference, priorLevel: priorRate * reference, count, ...columns, lastAge: before }
}

interface Noise {
  readonly overdispersion: number
  readonly memory: number
}

const FIRST_GUESS = 1.4
const TYPICAL = SHAPES[4]!

/** Memory is common to the portfolio, overdispersion each pool's own, both by how the next day was predicted. */
function noiseByPool(series: readonly Series[]): (pool: string) => Noise {
  let best = { score: Number.NEGATIVE_INFINITY, memory: MEMORIES[1] as number }
  for (const memory of MEMORIES) {
    const errors = { count: 0, square: 0, logs: 0 }
    for (const one of series) predictionErrors(one, { overdispersion: FIRST_GUESS, memory }, errors)
    if (errors.count === 0) continue
    const score = -errors.logs - errors.count * Math.log(errors.square / errors.count)
    if (score > best.score) best = { score, memory }
  }
  const all = overdispersion(series, best.memory, 1, 0)
  const pools = new Map<string, Noise>()
  for (const pool of new Set(series.map((one) => one.pool))) {
    const own = series.filter((one) => one.pool === pool)
    pools.set(pool, { memory: best.memory, overdispersion: overdispersion(own, best.memory, all, 60) })
  }
  return (pool) => pools.get(pool) ?? { memory: best.memory, overdispersion: FIRST_GUESS }
}

/** Mean squared error over its expectation, shrunk towards a centre by so many days; at least 1. */
function overdispersion(series: readonly Series[], memory: number, centre: number, weight: number): number {
  const errors = { count: 0, square: 0, logs: 0 }
  for (const one of series) predictionErrors(one, { overdispersion: FIRST_GUESS, memory }, errors)
  const shrunk = (errors.square + weight * centre) / Math.max(1, errors.count + weight)
  return Math.min(6, Math.max(1, shrunk))
}

/** How one-day-ahead predictions fared: squared errors over the variance that a Poisson count would have, and its logarithm. */
function predictionErrors(
  one: Series,
  { overdispersion: phi, memory }: Noise,
  errors: { count: number; square: number; logs: number },
): void {
  let a = PRIOR_CONVERSIONS
  let b = PRIOR_CONVERSIONS / one.priorLevel
  for (let t = 0; t < one.count; t++) {
    const keep = memory ** one.gap[t]!
    a *= keep
    b *= keep
    const expectation = relativeResponse(one.relative[t]!, TYPICAL) * one.exposure[t]!
    const thinned = expectation / phi
    // The first week is spent on finding the level at all.
    if (t >= 7) {
      const mean = (a / b) * expectation
      const unit = mean * (1 + thinned / b)
      const miss = one.conversions[t]! - mean
      errors.count += 1
      errors.square += Math.min(30, (miss * miss) / unit)
      errors.logs += Math.log(unit)
    }
    a += one.conversions[t]! / phi
    b += thinned
  }
}

/** For each shape of the grid: how well it predicted, as a logarithm, and the level's posterior under it. */
interface Filtered {
  readonly evidence: Float64Array
  readonly gammaShape: number
  readonly gammaRate: Float64Array
}

function filterShapes(one: Series, { overdispersion: phi, memory }: Noise): Filtered {
  const evidence = new Float64Array(SHAPES.length)
  const gammaRate = new Float64Array(SHAPES.length)
  const keep = one.gap.map((days) => memory ** days)
  let gammaShape = PRIOR_CONVERSIONS
  for (const [k, shape] of SHAPES.entries()) {
    let a = PRIOR_CONVERSIONS
    let b = PRIOR_CONVERSIONS / one.priorLevel
    let log = 0
    for (let t = 0; t < one.count; t++) {
      a *= keep[t]!
      b *= keep[t]!
      const thinned = (relativeResponse(one.relative[t]!, shape) * one.exposure[t]!) / phi
      const seen = one.conversions[t]! / phi
      // Negative binomial prediction of the day; terms without the shape are left out.
      log += a * Math.log(b / (b + thinned)) + seen * Math.log(thinned / (b + thinned))
      a += seen
      b += thinned
    }
    evidence[k] = log
    gammaRate[k] = b
    gammaShape = a
  }
  return { evidence, gammaShape, gammaRate }
}

/** What shapes the budgets of a pool have, learned from all budgets: expectation–maximisation over the mixture. */
function poolShapes(
  series: readonly (Series | undefined)[],
  fits: readonly (Filtered | undefined)[],
): (pool: string) => readonly number[] {
  const start = SHAPES.map(({ prior }) => prior)
  let priors = new Map<string, readonly number[]>()
  const of = (pool: string): readonly number[] => priors.get(pool) ?? start
  for (let round = 0; round < POOLING_ROUNDS; round++) {
    const all = SHAPES.map(() => 0)
    const byPool = new Map<string, number[]>()
    for (const [i, one] of series.entries()) {
      const fit = fits[i]
      if (!one || !fit) continue
      const own = byPool.get(one.pool) ?? SHAPES.map(() => 0)
      for (const [k, weight] of responsibilities(fit, of(one.pool)).entries()) {
        own[k]! += weight
        all[k]! += weight
      }
      byPool.set(one.pool, own)
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

function responsibilities({ evidence }: Filtered, prior: readonly number[]): readonly number[] {
  const logs = prior.map((p, k) => Math.log(p) + evidence[k]!)
  const most = Math.max(...logs)
  const weights = logs.map((log) => Math.exp(log - most))
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / total)
}

function fitted(one: Series, fit: Filtered, prior: readonly number[], noise: Noise): CurveFit {
  const weights = responsibilities(fit, prior)
  const keep = noise.memory ** one.lastAge
  const shapes = SHAPES.map(
    (shape: GridShape, k): ShapeWeight => ({
      ...(shape.halfway === undefined ? {} : { halfway: shape.halfway }),
      ...(shape.power === undefined ? {} : { power: shape.power }),
      weight: weights[k]!,
      gammaShape: fit.gammaShape * keep,
      gammaRate: fit.gammaRate[k]! * keep,
    }),
  )
  return { curve: { referenceSpend: one.reference, shapes }, ...noise }
}
