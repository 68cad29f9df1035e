import type { Revision } from '../../model/history.ts'
import { type AccountDate, dayNumber } from '../../units/calendar.ts'
import { LAG_DAYS, type LagSource } from './source.ts'

/** Days of history that are looked at. */
export const HISTORY_DAYS = 91
/** Ages that have a column: 0 to LAG_DAYS. */
export const AGES = LAG_DAYS + 1

/**
 * Readings of one campaign, laid out by day (row) and age (column); NaN = no reading. One for all campaigns in turn:
 * what was written is wiped again.
 */
export interface Grid {
  readonly count: Float64Array
  readonly value: Float64Array
  /** By row: first and last age that was read; first > last where none was. */
  readonly first: Int32Array
  readonly last: Int32Array
  readonly still: Still
}

/**
 * Days that stood still, of all campaigns together: by day and age the change, from the age before, of what stood still
 * to that age and of its square. So a day that nothing happens to costs nothing.
 */
export interface Still {
  readonly count: Float64Array
  readonly count2: Float64Array
  readonly value: Float64Array
  readonly value2: Float64Array
}

/** One account as it is followed. */
export interface Readings {
  readonly source: LagSource
  /** Day number of row 0; what was read on day number `base + i` has index i. */
  readonly base: number
  /** By reading date: 1 where the account was read. */
  readonly isRead: Float64Array
  readonly leftOut: Uint8Array
  /** By reading date: the one before it, -1 where it was not a reading date. */
  readonly before: Int32Array
  /** By date: the last reading date up to it, -1 where none was. */
  readonly upTo: Int32Array
  /** By reading date that looked at every age: the one before it that did, -1 where there is none. */
  readonly deepBefore: Int32Array
  readonly isDeep: Float64Array
  /** Ages that every reading looked at. */
  readonly followed: number
  /** By reading date, 0 where none was. */
  readonly weight: Float64Array
}

export function readingsOf(source: LagSource, halfLifeDays: number): Readings {
  const base = dayNumber(source.lastReadOn) - HISTORY_DAYS
  const isRead = readingDates(source, base)
  const leftOut = new Uint8Array(HISTORY_DAYS)
  for (const date of source.leaveOut ?? []) mark(leftOut, dayNumber(date) - base)
  const weight = isRead.map((read, i) => read * 2 ** ((i - HISTORY_DAYS) / halfLifeDays))
  const isDeep = new Float64Array(HISTORY_DAYS + 1)
  for (const date of source.deepReadOn ?? []) mark(isDeep, dayNumber(date) - base)
  const followed = Math.min(LAG_DAYS, source.followedDays ?? LAG_DAYS)
  const before = datesBefore(isRead)
  const upTo = isRead.reduce(
    (found, read, i) => {
      found[i] = read === 1 ? i : i > 0 ? found[i - 1]! : -1
      return found
    },
    new Int32Array(HISTORY_DAYS + 1),
  )
  return { source, base, isRead, leftOut, before, upTo, isDeep, deepBefore: datesBefore(isDeep), followed, weight }
}

/**
 * The last reading date before `date` (an index) on which the day of `row` was looked at; -1 where it was not looked at
 * on `date` itself, or never before.
 */
export function lookedAtBefore(readings: Readings, row: number, date: number): number {
  const { before, upTo, isDeep, deepBefore, followed } = readings
  if (date - row <= followed) return before[date]!
  if (isDeep[date] === 0) return -1
  return Math.max(deepBefore[date]!, upTo[row + followed]!)
}

const mark = (flags: Uint8Array | Float64Array, i: number): void => {
  if (i >= 0 && i < flags.length) flags[i] = 1
}

/** 1 where the account was read: on the dates given, and wherever there is a reading. */
function readingDates({ readOn = [], deepReadOn = [], revisions }: LagSource, base: number): Float64Array {
  const isRead = new Float64Array(HISTORY_DAYS + 1)
  isRead[HISTORY_DAYS] = 1
  for (const date of [...readOn, ...deepReadOn]) mark(isRead, dayNumber(date) - base)
  for (const own of revisions)
    eachReading(own, base, (row, { ageDays }) => {
      if (ageDays >= 0) mark(isRead, row + ageDays)
    })
  return isRead
}

function datesBefore(isRead: Float64Array): Int32Array {
  const before = new Int32Array(HISTORY_DAYS + 1).fill(-1)
  let last = -1
  for (let i = 0; i <= HISTORY_DAYS; i++) {
    if (isRead[i] === 0) continue
    before[i] = last
    last = i
  }
  return before
}

/** Readings of a day mostly follow each other: its number is looked up once. */
function eachReading(revisions: readonly Revision[], base: number, visit: (row: number, one: Revision) => void): void {
  let date: AccountDate | undefined
  let row = -1
  for (const revision of revisions) {
    if (revision.date !== date) {
      date = revision.date
      row = dayNumber(date) - base
    }
    if (row >= 0 && row < HISTORY_DAYS) visit(row, revision)
  }
}

export const newGrid = (): Grid => {
  const cells = HISTORY_DAYS * (AGES + 1)
  return {
    count: new Float64Array(HISTORY_DAYS * AGES).fill(Number.NaN),
    value: new Float64Array(HISTORY_DAYS * AGES),
    first: new Int32Array(HISTORY_DAYS).fill(AGES),
    last: new Int32Array(HISTORY_DAYS).fill(-1),
    still: {
      count: new Float64Array(cells),
      count2: new Float64Array(cells),
      value: new Float64Array(cells),
      value2: new Float64Array(cells),
    },
  }
}

export function layOut(revisions: readonly Revision[], { source, base, leftOut }: Readings, grid: Grid): void {
  const { count, value, first, last } = grid
  const { rule } = source
  eachReading(revisions, base, (row, { ageDays: age, conversions }) => {
    if (age < 0 || age > LAG_DAYS || row + age > HISTORY_DAYS || leftOut[row] === 1) return
    const found = conversions[rule]
    const n = found ? found.count : 0
    const at = row * AGES + age
    // Two readings of one day at one age: the later one cannot be told, the larger one is kept whichever comes first.
    if (count[at]! > n) return
    const worth = found ? Number(found.valueMicros) / 1e6 : 0
    value[at] = count[at] === n ? Math.max(value[at]!, worth) : worth
    count[at] = n
    if (age < first[row]!) first[row] = age
    if (age > last[row]!) last[row] = age
  })
}
