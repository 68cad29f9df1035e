import type { Revision } from '../../model/history.ts'
import { type AccountDate, dayNumber } from '../../units/calendar.ts'
import { LAG_DAYS, type LagSource } from './source.ts'

/** Days of history that are looked at. */
const HISTORY_DAYS = 91
const AGES = LAG_DAYS + 1
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

/** Readings of one campaign: row = day, column = age; NaN = no reading. */
interface Grid {
  readonly count: Float64Array
  readonly value: Float64Array
  /** By row: first age that was read, or AGES. */
  readonly first: Int32Array
}

interface Scan {
  readonly grids: readonly Grid[]
  /** Day number of row 0; readings on day number `base + i` have weight `weight[i]`, 0 where none was made. */
  readonly base: number
  readonly isRead: Uint8Array
  readonly weight: Float64Array
  readonly followed: number
  readonly last: number
}

/** Tallies an account. One pass over its readings; a second one when reading dates turn out to be storms. */
export function tally(source: LagSource, halfLifeDays: number): Tally {
  const last = dayNumber(source.lastReadOn)
  const base = last - HISTORY_DAYS
  const isRead = new Uint8Array(HISTORY_DAYS + 1)
  for (const date of source.readOn ?? []) mark(isRead, dayNumber(date) - base)
  const isTold = source.readOn === undefined
  const leaveOut = leftOutRows(source, base)
  const grids = source.revisions.map((revisions) => gridOf(revisions, source.rule, base, leaveOut, isTold, isRead))
  isRead[HISTORY_DAYS] = 1
  const weight = Float64Array.from(isRead, (read, i) => read * 2 ** ((i - HISTORY_DAYS) / halfLifeDays))
  const scan: Scan = {
    grids,
    base,
    isRead,
    weight,
    followed: Math.min(LAG_DAYS, source.followedDays ?? LAG_DAYS),
    last,
  }
  const first = sumUp(scan)
  const storms = stormsOf(first, isRead)
  if (storms.length === 0) return first.tally
  for (const i of storms) weight[i] = 0
  return sumUp(scan).tally
}

const mark = (isRead: Uint8Array, i: number): void => {
  if (i >= 0 && i < isRead.length) isRead[i] = 1
}

function leftOutRows({ leaveOut }: LagSource, base: number): Uint8Array {
  const rows = new Uint8Array(HISTORY_DAYS)
  for (const date of leaveOut ?? []) mark(rows, dayNumber(date) - base)
  return rows
}

function gridOf(
  revisions: readonly Revision[],
  rule: string,
  base: number,
  leaveOut: Uint8Array,
  isTold: boolean,
  isRead: Uint8Array,
): Grid {
  const count = new Float64Array(HISTORY_DAYS * AGES).fill(Number.NaN)
  const value = new Float64Array(HISTORY_DAYS * AGES)
  const first = new Int32Array(HISTORY_DAYS).fill(AGES)
  let date: AccountDate | undefined
  let row = -1
  for (const revision of revisions) {
    // Readings of a day mostly follow each other: its number is looked up once.
    if (revision.date !== date) {
      date = revision.date
      row = dayNumber(date) - base
    }
    const age = revision.ageDays
    if (row < 0 || row >= HISTORY_DAYS) continue
    if (isTold) mark(isRead, row + age)
    if (age < 0 || age > LAG_DAYS || row + age > HISTORY_DAYS || leaveOut[row] === 1) continue
    const found = revision.conversions[rule]
    const n = found ? found.count : 0
    const at = row * AGES + age
    // Two readings of one day at one age: the later one cannot be told, the larger one is kept whichever comes first.
    if ((count[at] ?? 0) > n) continue
    const worth = found ? Number(found.valueMicros) / 1e6 : 0
    value[at] = count[at] === n ? Math.max(value[at] ?? 0, worth) : worth
    count[at] = n
    if (age < (first[row] ?? 0)) first[row] = age
  }
  return { count, value, first }
}

interface Summed {
  readonly tally: Tally
  /** By reading date: net change of all days, per day since the reading before. */
  readonly net: Float64Array
  /** By day: what it read last. */
  readonly lastRead: Float64Array
}

function sumUp(scan: Scan): Summed {
  const count = newSums()
  const value = newSums()
  const net = new Float64Array(HISTORY_DAYS + 1)
  const lastRead = new Float64Array(HISTORY_DAYS)
  // Dates on which nobody read are the exception; without one there are no gaps to keep.
  const hasGaps = scan.isRead.indexOf(0, scan.isRead.indexOf(1)) >= 0
  const gaps = hasGaps ? { countGaps: newGaps(), valueGaps: newGaps() } : {}
  const tallied: Tally = { count, value, ...gaps }
  for (const grid of scan.grids)
    for (let row = 0; row < HISTORY_DAYS; row++)
      if ((grid.first[row] ?? AGES) < AGES) followDay(grid, row, scan, tallied, net, lastRead)
  return { tally: tallied, net, lastRead }
}

/** Adds the steps of one day of one campaign. */
function followDay(
  grid: Grid,
  row: number,
  { isRead, weight, followed }: Scan,
  { count, value, countGaps, valueGaps }: Tally,
  net: Float64Array,
  lastRead: Float64Array,
): void {
  const oldest = Math.min(followed, HISTORY_DAYS - row)
  const start = grid.first[row]!
  let at = row * AGES + start
  let n = grid.count[at]!
  let v = grid.value[at]!
  let before = start
  for (let age = start + 1; age <= oldest; age++) {
    at += 1
    const read = row + age
    if (isRead[read] === 0) continue
    const w = weight[read]!
    const now = grid.count[at]!
    if (Number.isNaN(now)) {
      if (age - before === 1) {
        standStill(count, age, w, n)
        standStill(value, age, w, v)
      } else if (countGaps && valueGaps) {
        step(countGaps, before * AGES + age, w, n, n)
        step(valueGaps, before * AGES + age, w, v, v)
      }
    } else {
      const worth = grid.value[at]!
      if (age - before === 1) {
        stepOne(count, age, w, n, now)
        stepOne(value, age, w, v, worth)
      } else if (countGaps && valueGaps) {
        step(countGaps, before * AGES + age, w, n, now)
        step(valueGaps, before * AGES + age, w, v, worth)
      }
      net[read] = net[read]! + (now - n) / (age - before)
      n = now
      v = worth
    }
    before = age
  }
  lastRead[row] = lastRead[row]! + n
}

function standStill(sums: Sums, age: number, w: number, n: number): void {
  const square = w * n * n
  sums.visible[age]! += w * n
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
function stormsOf({ net, lastRead }: Summed, isRead: Uint8Array): readonly number[] {
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
