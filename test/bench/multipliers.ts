/*
 * Bid multipliers against knowing the truth, for one campaign and growing numbers of clicks.
 *
 * The market's rate, unevenness and dependence are set so that no multipliers at all reach about 86.7 %, and raw ratios
 * about 57, 85, 96 and 98.6 % of what the true multipliers would bring. Those two do not settle how the spread is divided
 * among the dimensions: much by device and audience, little by hour and place was chosen for being likelier than an even
 * split, with the figures of an even one known (at 50,000 clicks 97.9 % even with the spreads known). Seeds 5000 to 5999
 * served to set the market and to choose the method and its prior, 20000 to 20999 and 60000 to 60059 to look at it; the
 * report uses none of them.
 */
import { decideMultipliers } from '../../lib/decide/multipliers/decide-multipliers.ts'
import { wantedMultipliers } from '../../lib/decide/multipliers/wanted.ts'
import { type Cell, overDimensions } from '../../lib/measure/cells/cells.ts'
import type { CampaignEffects } from '../../lib/measure/cells/fit-cells.ts'
import { fitTables } from '../../lib/measure/cells/fit-cells.ts'
import { positiveInterval } from '../../lib/stats/gamma-interval.ts'
import { MARKET, type TrueCell, trueCells } from './multipliers.market.ts'
import { number, table } from './table.ts'

const SIZES = [2_000, 10_000, 50_000, 300_000]
const SEEDS = 150
const SEED_FROM = 40_000
/** Platforms take −90 % to +900 %. */
const PLATFORM_LEAST = 0.1
const PLATFORM_MOST = 10

type Multipliers = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface MultiplierFigures {
  readonly clicks: number
  readonly seeds: number
  readonly seedFrom: number
  /** By method: mean efficiency in per cent, and its standard error over seeds. */
  readonly efficiency: Readonly<Record<string, { readonly mean: number; readonly se: number }>>
  /** Share of levels whose true worth lies in the 80 % interval, in per cent. */
  readonly coverage80: number
}

/** Conversions at the same spend against those with the true multipliers: clicks and their price both follow the bid. */
export function efficiency(cells: readonly TrueCell[], multipliers: Multipliers): number {
  let gained = 0
  let spent = 0
  let best = 0
  for (const { weight, value, levels } of cells) {
    let m = 1
    for (const dimension in levels) m *= multipliers[dimension]?.[levels[dimension]!] ?? 1
    gained += weight * value * m
    spent += weight * m * m
    best += weight * value * value
  }
  return (100 * gained * gained) / (spent * best)
}

/** Each level by itself, from its clicks, its conversions and the campaign's conversions per click. */
function marginal(cells: readonly TrueCell[], rule: (n: number, y: number, rate: number) => number): Multipliers {
  const sums: Record<string, Record<string, { n: number; y: number }>> = {}
  for (const { clicks, outcome, levels } of cells)
    for (const dimension in levels) {
      sums[dimension] ??= {}
      sums[dimension][levels[dimension]!] ??= { n: 0, y: 0 }
      const sum = sums[dimension][levels[dimension]!]!
      sum.n += clicks
      sum.y += outcome
    }
  const rate = cells.reduce((a, { outcome }) => a + outcome, 0) / cells.reduce((a, { clicks }) => a + clicks, 0)
  const clipped = ({ n, y }: { n: number; y: number }): number =>
    n === 0 ? 1 : Math.min(PLATFORM_MOST, Math.max(PLATFORM_LEAST, rule(n, y, rate)))
  return Object.fromEntries(
    Object.entries(sums).map(([dimension, levels]) => [
      dimension,
      Object.fromEntries(Object.entries(levels).map(([level, sum]) => [level, clipped(sum)])),
    ]),
  )
}

const nested = (rows: readonly { dimension: string; level: string; value: number }[]): Multipliers => {
  const multipliers: Record<string, Record<string, number>> = {}
  for (const { dimension, level, value } of rows) {
    multipliers[dimension] ??= {}
    multipliers[dimension][level] = value
  }
  return multipliers
}

const HONOURED = Object.fromEntries(MARKET.dimensions.map(({ name }) => [name, { kind: 'honoured' } as const]))

const pushed = (effects: CampaignEffects): Multipliers =>
  nested(
    decideMultipliers({ effects, current: {}, capabilities: HONOURED }).map((one) => ({
      ...one,
      value: one.kind === 'move' ? one.to : one.from,
    })),
  )

/**
 * What no method can do much better than: all dimensions counted together, and every level shrunk by the market's own
 * spreads, which nobody knows outside of a simulation.
 */
function withTrueSpreads(cells: readonly TrueCell[]): Multipliers {
  const m: Record<string, Record<string, number>> = Object.fromEntries(MARKET.dimensions.map(({ name }) => [name, {}]))
  const worth = (levels: TrueCell['levels']): number =>
    MARKET.dimensions.reduce((product, { name }) => product * (m[name]![levels[name]!] ?? 1), 1)
  const conversions = cells.reduce((sum, { outcome }) => sum + outcome, 0)
  for (let sweep = 0; sweep < 12; sweep++)
    for (const { name, spread } of MARKET.dimensions) {
      const rate = conversions / cells.reduce((sum, { clicks, levels }) => sum + clicks * worth(levels), 0)
      const sums = new Map<string, { seen: number; expected: number }>()
      for (const { clicks, outcome, levels } of cells) {
        const level = levels[name]!
        const { seen, expected } = sums.get(level) ?? { seen: 0, expected: 0 }
        const others = worth(levels) / (m[name]![level] ?? 1)
        sums.set(level, { seen: seen + outcome, expected: expected + rate * clicks * others })
      }
      const pseudo = 1 / spread ** 2
      for (const [level, { seen, expected }] of sums) m[name]![level] = (pseudo + seen) / (pseudo + expected)
    }
  return m
}

/** As Google counts: hours and audiences by device, places by themselves. */
const GOOGLE = [['device'], ['device', 'hour'], ['place'], ['device', 'audience']]
const PLACES_BY_DEVICE = [['device'], ['device', 'hour'], ['device', 'place'], ['device', 'audience']]
const ALL_TOGETHER = [MARKET.dimensions.map(({ name }) => name)]

const fitted = (cells: readonly Cell[], tables: readonly (readonly string[])[], overdispersion?: number) =>
  fitTables([tables.map((names) => overDimensions(cells, names))], overdispersion)[0]!

const wanted = ({ dimensions }: CampaignEffects): Multipliers =>
  nested(wantedMultipliers(dimensions, {}).map((one) => ({ ...one, value: one.wanted })))

/** So many clicks that chance has no part in what is counted. */
const WITHOUT_CHANCE = 1e9
const withoutChance = (cells: readonly TrueCell[]): readonly Cell[] =>
  cells.map(({ levels, weight, value }) => {
    const clicks = WITHOUT_CHANCE * weight
    return { levels, clicks, outcome: clicks * value }
  })

/** It is of the seed, whatever the number of clicks: learned once. */
const withoutChanceBySeed = new Map<number, Multipliers>()
function learnedWithoutChance(cells: readonly TrueCell[], seed: number): Multipliers {
  const known = withoutChanceBySeed.get(seed) ?? wanted(fitted(withoutChance(cells), GOOGLE, 1))
  withoutChanceBySeed.set(seed, known)
  return known
}

/** @param effects as the product learns them, from what Google counts */
const METHODS: Readonly<
  Record<string, (cells: readonly TrueCell[], effects: CampaignEffects, seed: number) => Multipliers>
> = {
  none: () => ({}),
  'raw ratio': (cells) => marginal(cells, (n, y, rate) => y / n / rate),
  '≥ 100 clicks': (cells) => marginal(cells, (n, y, rate) => (n >= 100 ? y / n / rate : 1)),
  'fixed k = 10': (cells) => marginal(cells, (n, y, rate) => (y + 10) / (n * rate + 10)),
  sluice: (_, effects) => wanted(effects),
  'sluice, first push': (_, effects) => pushed(effects),
  'the same without chance': (cells, _, seed) => learnedWithoutChance(cells, seed),
  'places by device too': (cells) => wanted(fitted(cells, PLACES_BY_DEVICE)),
  'all counted together': (cells) => wanted(fitted(cells, ALL_TOGETHER)),
  'together, spreads known': (cells) => withTrueSpreads(cells),
}

export function measureMultipliers(seeds = SEEDS, seedFrom = SEED_FROM): readonly MultiplierFigures[] {
  return SIZES.map((clicks) => {
    const samples = Object.fromEntries(Object.keys(METHODS).map((name): [string, number[]] => [name, []]))
    const covered: number[] = []
    for (let seed = seedFrom; seed < seedFrom + seeds; seed++) {
      const cells = trueCells(MARKET, clicks, seed)
      const effects = fitted(cells, GOOGLE)
      for (const [name, method] of Object.entries(METHODS))
        samples[name]!.push(efficiency(cells, method(cells, effects, seed)))
      covered.push(coverage(cells, effects))
    }
    return {
      clicks,
      seeds,
      seedFrom,
      efficiency: Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, meanAndError(values)])),
      coverage80: meanAndError(covered).mean,
    }
  })
}

/** Per cent of levels whose true worth, against the mean click as observed, lies in the 80 % interval. */
function coverage(cells: readonly TrueCell[], effects: CampaignEffects): number {
  const about = wantedMultipliers(effects.dimensions, {})
  const truth = nested(MARKET.dimensions.flatMap(({ name }) => trueWorth(cells, name)))
  const inside = about.filter(({ dimension, level, mean, sd }) => {
    const { low, high } = positiveInterval(mean, sd)
    const value = truth[dimension]![level]!
    return low <= value && value <= high
  })
  return (100 * inside.length) / about.length
}

function trueWorth(cells: readonly TrueCell[], dimension: string) {
  const clicks = new Map<string, number>()
  const worth = new Map<string, number>()
  for (const { levels, truth, clicks: n } of cells) {
    const level = levels[dimension]!
    clicks.set(level, (clicks.get(level) ?? 0) + n)
    worth.set(level, truth[dimension]!)
  }
  const total = [...clicks.values()].reduce((a, b) => a + b, 0)
  const middle = [...worth].reduce((sum, [level, value]) => sum + (value * clicks.get(level)!) / total, 0)
  return [...worth].map(([level, value]) => ({ dimension, level, value: value / middle }))
}

function meanAndError(values: readonly number[]): { readonly mean: number; readonly se: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { mean, se: Math.sqrt(square / values.length) }
}

export function printMultipliers(figures: readonly MultiplierFigures[]): void {
  const [first] = figures
  if (!first) return
  console.log(
    `Efficiency of bid multipliers in per cent of the true ones (± standard error), seeds ${first.seedFrom} to ${first.seedFrom + first.seeds - 1}`,
  )
  const rows = Object.keys(first.efficiency).map((name) => [
    name,
    ...figures.map((one) => `${one.efficiency[name]!.mean.toFixed(2)} ± ${one.efficiency[name]!.se.toFixed(2)}`),
  ])
  rows.push(['80 % intervals cover', ...figures.map(({ coverage80 }) => coverage80.toFixed(1))])
  console.log(table(['clicks', ...figures.map(({ clicks }) => number(clicks))], rows))
}
