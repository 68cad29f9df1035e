import { logGamma } from '../../stats/log-gamma.ts'

/*
 * How far apart the levels of a dimension lie, as the standard deviation of their relative values around 1. Before any
 * data it is taken to be lognormal around a fifth: devices, places and audiences of an account usually differ by ten to
 * forty per cent, seldom by less than five or by more than eighty.
 */
const USUAL_SPREAD = 0.2
const LOG_SPREAD_SD = 0.4
const GRID_SIZE = 25
const GRID_FROM = 0.03
const GRID_TO = 1

/** Gamma prior of mean 1 with as many pseudo-conversions: k = 1 / spread². */
export const SPREAD_GRID: readonly { readonly pseudo: number; readonly logPrior: number }[] = Array.from(
  { length: GRID_SIZE },
  (_, i) => {
    const spread = GRID_FROM * (GRID_TO / GRID_FROM) ** (i / (GRID_SIZE - 1))
    return { pseudo: 1 / spread ** 2, logPrior: -((Math.log(spread / USUAL_SPREAD) / LOG_SPREAD_SD) ** 2 / 2) }
  },
)

/** Conversions of a level, and those expected if it were worth 1. */
export interface LevelCount {
  readonly seen: number
  readonly expected: number
}

/**
 * How likely each spread of the grid is, given all levels of one dimension over the whole account: the count of a level
 * is negative binomial once its Gamma distributed value is integrated out.
 *
 * @returns weights in the order of `SPREAD_GRID`, sum 1
 */
export function spreadWeights(levels: readonly LevelCount[]): readonly number[] {
  const logs = SPREAD_GRID.map(({ pseudo, logPrior }) => {
    const constant = pseudo * Math.log(pseudo) - logGamma(pseudo)
    let sum = logPrior
    for (const { seen, expected } of levels)
      sum += constant + logGamma(pseudo + seen) - (pseudo + seen) * Math.log(pseudo + expected)
    return sum
  })
  const best = Math.max(...logs)
  const weights = logs.map((log) => Math.exp(log - best))
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / total)
}

/** Mean and standard deviation of a level's value: a Gamma posterior for each spread, mixed by the spreads' weights. */
export function levelValue({ seen, expected }: LevelCount, weights: readonly number[]): { mean: number; sd: number } {
  let mean = 0
  let square = 0
  for (let i = 0; i < weights.length; i++) {
    const { pseudo } = SPREAD_GRID[i]!
    const one = (pseudo + seen) / (pseudo + expected)
    mean += weights[i]! * one
    square += weights[i]! * (one * one + one / (pseudo + expected))
  }
  return { mean, sd: Math.sqrt(Math.max(0, square - mean * mean)) }
}
