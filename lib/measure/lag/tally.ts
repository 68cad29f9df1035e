import {
  AGES,
  type Grid,
  HISTORY_DAYS,
  layOut,
  lookedAtBefore,
  newGrid,
  type Readings,
  readingsOf,
  type Still,
} from './grid.ts'
import { LAG_DAYS, type LagSource } from './source.ts'

/** A reading date that moved this share of a day's conversions more than usual is no lag but a restatement at large. */
const STORM_SHARE = 0.5
/** … and this many times the usual spread (median absolute deviation) of such moves. */
const STORM_SPREADS = 6
/** Where more than this share of reading dates stands out, standing out is how the account works (returns in batches). */
const STORMS_AT_MOST = 0.1

/**
 * Sums over all steps of a day from one age to the next, by the later age. Weighted by recency, but for `cells`, in
 * conversions (or main units of value).
 */
export interface Sums {
  /** Visible at the later age. */
  readonly visible: Float64Array
  /** What was new and what was gone at it, campaign by campaign and day by day. */
  readonly up: Float64Array
  readonly down: Float64Array
  /** Squared weights × (up + down): what their noise is made of. */
  readonly noise: Float64Array
  /** Squares of the counts after and before the step, and their product. */
  readonly after2: Float64Array
  readonly product: Float64Array
  readonly before2: Float64Array
}

/** Steps over more than one age, where the account was not read in between. Index: earlier age × (LAG_DAYS + 1) + later. */
export interface Gaps {
  readonly visible: Float64Array
  readonly up: Float64Array
  readonly down: Float64Array
}

export interface Tally {
  readonly count: Sums
  readonly value: Sums
  readonly countGaps?: Gaps
  readonly valueGaps?: Gaps
}

const newSums = (): Sums => ({
  visible: new Float64Array(AGES),
  up: new Float64Array(AGES),
  down: new Float64Array(AGES),
  noise: new Float64Array(AGES),
  after2: new Float64Array(AGES),
  product: new Float64Array(AGES),
  before2: new Float64Array(AGES),
})

const newGaps = (): Gaps => ({
  visible: new Float64Array(AGES * AGES),
  up: new Float64Array(AGES * AGES),
  down: new Float64Array(AGES * AGES),
})

/** Tallies an account. One pass over its readings; a second one when reading dates turn out to be storms. */
export function tally(source: LagSource, halfLifeDays: number, grid: Grid = newGrid()): Tally {
  const readings = readingsOf(source, halfLifeDays)
  const first = sumUp(readings, grid)
  const storms = stormsOf(first, readings.isRead)
  if (storms.length === 0) return first.tally
  for (const i of storms) readings.weight[i] = 0
  return sumUp(readings, grid).tally
}

interface Summed {
  readonly tally: Tally
  /** By reading date: net change of all days, per day since the reading before. */
  readonly net: Float64Array
  /** By day: what it read last. */
  readonly lastRead: Float64Array
}

function sumUp(readings: Readings, grid: Grid): Summed {
  const { source, before, followed } = readings
  // Dates on which nobody read are the exception; without one there are no gaps to keep.
  const hasGaps = followed < LAG_DAYS || before.some((last, i) => last >= 0 && i - last > 1)
  const gaps = hasGaps ? { countGaps: newGaps(), valueGaps: newGaps() } : {}
  const summed: Summed = {
    tally: { count: newSums(), value: newSums(), ...gaps },
    net: new Float64Array(HISTORY_DAYS + 1),
    lastRead: new Float64Array(HISTORY_DAYS),
  }
  for (const revisions of source.revisions) {
    layOut(revisions, readings, grid)
    for (let row = 0; row < HISTORY_DAYS; row++) if (grid.last[row]! >= 0) followDay(grid, row, readings, summed)
  }
  addStill(grid.still, readings, summed.tally)
  wipe(grid.still)
  return summed
}

const oldestAge = (row: number): number => Math.min(LAG_DAYS, HISTORY_DAYS - row)

/** Adds the steps of one day of one campaign, and wipes it. */
function followDay(grid: Grid, row: number, readings: Readings, { tally, net, lastRead }: Summed): void {
  const { still } = grid
  const { weight } = readings
  const oldest = oldestAge(row)
  const start = grid.first[row]!
  const end = grid.last[row]!
  const line = row * AGES
  const lineStill = row * (AGES + 1)
  let n = grid.count[line + start]!
  let v = grid.value[line + start]!
  let since = start + 1
  grid.count[line + start] = Number.NaN
  for (let age = start + 1; age <= end; age++) {
    const now = grid.count[line + age]!
    if (Number.isNaN(now)) continue
    grid.count[line + age] = Number.NaN
    const read = row + age
    const last = lookedAtBefore(readings, row, read)
    // Older than the reading looked, or the first reading of all, which has nothing to be held against.
    if (age > oldest || last < row + start) continue
    stand(still, lineStill, since, age, n, v)
    since = age + 1
    const worth = grid.value[line + age]!
    const from = last - row
    takeStep(tally, from, age, weight[read]!, n, now, v, worth)
    net[read]! += (now - n) / (age - from)
    n = now
    v = worth
  }
  stand(still, lineStill, since, oldest + 1, n, v)
  grid.first[row] = AGES
  grid.last[row] = -1
  lastRead[row]! += n
}

/** Notes that a day stood still on the ages from `from` (included) to `to` (excluded). */
function stand({ count, count2, value, value2 }: Still, line: number, from: number, to: number, n: number, v: number) {
  if (from >= to) return
  count[line + from]! += n
  count[line + to]! -= n
  count2[line + from]! += n * n
  count2[line + to]! -= n * n
  value[line + from]! += v
  value[line + to]! -= v
  value2[line + from]! += v * v
  value2[line + to]! -= v * v
}

function takeStep(
  { count, value, countGaps, valueGaps }: Tally,
  from: number,
  age: number,
  w: number,
  n: number,
  now: number,
  v: number,
  worth: number,
): void {
  if (age - from === 1) {
    stepOne(count, age, w, n, now)
    stepOne(value, age, w, v, worth)
  } else if (countGaps && valueGaps) {
    step(countGaps, from * AGES + age, w, n, now)
    step(valueGaps, from * AGES + age, w, v, worth)
  }
}

function addStill(still: Still, readings: Readings, { count, value, countGaps, valueGaps }: Tally): void {
  const { weight } = readings
  for (let row = 0; row < HISTORY_DAYS; row++) {
    const line = row * (AGES + 1)
    const oldest = oldestAge(row)
    if (!stoodStill(still, line)) continue
    let [n, n2, v, v2] = [0, 0, 0, 0]
    for (let age = 1; age <= oldest; age++) {
      n += still.count[line + age]!
      n2 += still.count2[line + age]!
      v += still.value[line + age]!
      v2 += still.value2[line + age]!
      const last = lookedAtBefore(readings, row, row + age)
      if (last < row || n2 <= 0) continue
      const w = weight[row + age]!
      const from = last - row
      if (age - from === 1) {
        standStill(count, age, w * n, w * n2)
        standStill(value, age, w * v, w * v2)
      } else if (countGaps && valueGaps) {
        countGaps.visible[from * AGES + age]! += w * n
        valueGaps.visible[from * AGES + age]! += w * v
      }
    }
  }
}

/** Whether anything stood still on the day, to spare the others. */
function stoodStill({ count2 }: Still, line: number): boolean {
  for (let i = line; i <= line + AGES; i++) if (count2[i] !== 0) return true
  return false
}

function wipe({ count, count2, value, value2 }: Still): void {
  for (const sums of [count, count2, value, value2]) sums.fill(0)
}

function standStill(sums: Sums, age: number, visible: number, square: number): void {
  sums.visible[age]! += visible
  sums.after2[age]! += square
  sums.product[age]! += square
  sums.before2[age]! += square
}

function stepOne(sums: Sums, age: number, w: number, n: number, now: number): void {
  step(sums, age, w, n, now)
  sums.noise[age]! += w * w * Math.abs(now - n)
  sums.after2[age]! += w * now * now
  sums.product[age]! += w * now * n
  sums.before2[age]! += w * n * n
}

function step(into: Gaps, at: number, w: number, n: number, now: number): void {
  into.visible[at]! += w * now
  if (now > n) into.up[at]! += w * (now - n)
  else into.down[at]! += w * (n - now)
}

/** Reading dates on which far more moved than on others: a restatement of the past, the backfill of an outage. */
function stormsOf({ net, lastRead }: Summed, isRead: Float64Array): readonly number[] {
  const dates = Array.from(isRead.keys()).filter((i) => isRead[i] === 1)
  const usual = medianOf(dates.map((i) => net[i]!))
  const spread = 1.4826 * medianOf(dates.map((i) => Math.abs(net[i]! - usual)))
  const aDay = medianOf(Array.from(lastRead).filter((n) => n > 0))
  // A few conversions more or less are never a storm.
  const limit = Math.max(STORM_SPREADS * spread, STORM_SHARE * aDay, 10)
  const storms = dates.filter((i) => Math.abs(net[i]! - usual) > limit)
  return storms.length <= Math.max(1, STORMS_AT_MOST * dates.length) ? storms : []
}

const medianOf = (numbers: readonly number[]): number =>
  numbers.length === 0 ? 0 : numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
