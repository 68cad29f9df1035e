import { atLeast, atMost } from '../../stats/count-tail.ts'
import type { AccountDays, DayContext } from './account-days.ts'
import { type Baseline, dayVariance, expectedOf, learnDay, levelVariance, newBaseline, seenOn } from './baseline.ts'
import type { BreakOptions } from './options.ts'

/** Days and conversions that rates must have been learned from before anything is called odd. */
const LEAST_DAYS = 10
const LEAST_CONVERSIONS = 20
/** Expected conversions below which a day says nothing either way. */
const SILENT = 0.5
/** A run that nothing confirmed in so many days is how things are now. */
const UNCONFIRMED_DAYS = 10
/** What a doubled count must reach over its days, in multiples of the expected. */
const DOUBLE = 1.8
/** A doubling that lasts so long is another rule of counting, and not a fault that somebody will mend. */
const LASTING_DAYS = 21
/** The day before or after a confirmed run belongs to it when it is off by at least this: it broke in the middle of it. */
const EDGE = { low: 0.7, high: 1.3 } as const
/** A confirmed run ends with the first day that is back within these. */
const ENDS = { low: 0.6, high: 1.35 } as const
/** Without its oddest campaign a break must still show; campaigns that bring less than this together cannot tell. */
const LEAST_OTHERS = 3
const OTHERS_TAIL = 0.01

export type Direction = 'low' | 'high'

/** Consecutive days that were all too low or all too high; day indexes, both included. */
export interface Run {
  readonly direction: Direction
  readonly from: number
  readonly to: number
  readonly factor: number
  readonly factorSd: number
  readonly seen: number
  readonly expected: number
  /** It went on for so long that what came after it was measured by it. */
  readonly isLasting: boolean
  /** Nothing has ended it yet. */
  readonly isOpen: boolean
}

interface Open {
  readonly direction: Direction
  readonly days: number[]
  confirmed?: Run
}

/** Goes through the days once, oldest first: each is held against what the clean days before it let expect. */
export function findRuns(days: AccountDays, context: DayContext, options: BreakOptions): readonly Run[] {
  const scan: Scan = {
    days,
    context,
    options,
    baseline: newBaseline(days.campaigns),
    open: undefined,
    ratios: [],
    runs: [],
    lastOdd: -1,
  }
  for (let day = 0; day < days.days; day++) visit(scan, day)
  const { open } = scan
  return open?.confirmed ? [...scan.runs, open.confirmed] : scan.runs
}

interface Scan {
  readonly days: AccountDays
  readonly context: DayContext
  readonly options: BreakOptions
  baseline: Baseline
  open: Open | undefined
  /** By day: seen over expected, 1 where nothing could be expected. */
  readonly ratios: number[]
  readonly runs: Run[]
  /** The last day that was odd; -1 before any was. */
  lastOdd: number
}

function visit(scan: Scan, day: number): void {
  const { days, context, options, baseline } = scan
  const { low, high } = expectedOf(baseline, days, context, day)
  const seen = seenOn(days, day)
  const isKnown = baseline.cleanDays >= LEAST_DAYS && baseline.learned >= LEAST_CONVERSIONS && high > SILENT
  scan.ratios[day] = isKnown ? seen / ((low + high) / 2) : 1
  if (!isKnown) {
    if (!scan.open && context.isEvent[day] === 0) learnDay(baseline, days, context, day)
    return
  }
  const direction = goesOn(scan, day)
    ? scan.open?.direction
    : directionOf(seen, low, high * Math.max(1, context.uplift[day]!), options)
  // Announced demand explains a rise, however large; it does not explain that nothing is counted any more.
  const odd = direction === 'high' && context.isEvent[day] === 1 ? undefined : direction
  if (odd === undefined) {
    close(scan)
    if (isEdge(scan, day) || context.isEvent[day] === 1) return
    learnDay(scan.baseline, days, context, day)
    return
  }
  if (scan.open?.direction !== odd) close(scan)
  scan.open ??= { direction: odd, days: [] }
  scan.open.days.push(day)
  scan.lastOdd = day
  confirm(scan, scan.open)
}

/** A confirmed run goes on until a day is nearly as it should be: chance is no end of a fault. */
function goesOn({ open, ratios }: Scan, day: number): boolean {
  if (!open?.confirmed) return false
  return open.direction === 'low' ? ratios[day]! < ENDS.low : ratios[day]! > ENDS.high
}

function directionOf(seen: number, low: number, high: number, options: BreakOptions): Direction | undefined {
  if (seen <= options.outageShare * low) return 'low'
  return seen >= options.doubleShare * high ? 'high' : undefined
}

/** The one day after a run, on which the fault was mended. */
function isEdge({ runs, ratios, lastOdd }: Scan, day: number): boolean {
  const last = runs.at(-1)
  if (last === undefined || last.to !== lastOdd || lastOdd !== day - 1 || last.isLasting) return false
  const isPart = isBeyond(last.direction, ratios[day]!)
  if (isPart) runs[runs.length - 1] = { ...last, to: day }
  return isPart
}

const isBeyond = (direction: Direction, ratio: number): boolean =>
  direction === 'low' ? ratio < EDGE.low : ratio > EDGE.high

interface Totals {
  readonly seen: number
  readonly expected: number
  readonly variance: number
}

function totalsOf({ days, context, baseline }: Scan, { direction, days: own }: Open, without = -1): Totals {
  let [seen, expected, variance] = [0, 0, 0]
  for (const day of own) {
    const { low, high } = expectedOf(baseline, days, context, day, without)
    const mean = direction === 'low' ? low : high
    seen += seenOn(days, day, without)
    expected += mean
    variance += dayVariance(baseline, context, day, mean)
  }
  return { seen, expected, variance: variance + levelVariance(baseline) * expected ** 2 }
}

const tailOf = (direction: Direction, { seen, expected, variance }: Totals): number =>
  direction === 'low' ? atMost(seen, expected, variance) : atLeast(seen, expected, variance)

function confirm(scan: Scan, open: Open): void {
  const { options } = scan
  const totals = totalsOf(scan, open)
  if (totals.expected < options.leastExpected) return
  if (!open.confirmed) {
    const tail = tailOf(open.direction, totals)
    const limit = open.days.length >= options.days ? options.tail : options.tail ** 2
    if (tail >= limit || !isDouble(open, totals) || !isEverywhere(scan, open)) {
      if (open.days.length >= UNCONFIRMED_DAYS) close(scan)
      return
    }
  }
  open.confirmed = runOf(scan, open, totals)
}

/** All days together count nearly twice; a promotion that nobody announced brings less. */
const isDouble = ({ direction }: Open, { seen, expected }: Totals): boolean =>
  direction === 'low' || seen >= DOUBLE * expected

function runOf({ ratios }: Scan, { direction, days }: Open, { seen, expected, variance }: Totals): Run {
  const [first = 0] = days
  return {
    direction,
    from: first > 0 && isBeyond(direction, ratios[first - 1]!) ? first - 1 : first,
    to: days.at(-1)!,
    factor: seen / expected,
    factorSd: Math.sqrt(variance) / expected,
    seen,
    expected,
    isLasting: direction === 'high' && days.length >= LASTING_DAYS,
    isOpen: true,
  }
}

/** Whether the others show it as well when the campaign that is furthest off is left out: one campaign is performance. */
function isEverywhere(scan: Scan, open: Open): boolean {
  const { days, options } = scan
  if (days.campaigns < 2) return true
  const others = totalsOf(scan, open, oddest(scan, open))
  if (others.expected < LEAST_OTHERS) return true
  const ratio = others.seen / others.expected
  const isOff =
    open.direction === 'low'
      ? ratio <= Math.max(options.outageShare, 0.4)
      : ratio >= 1 + 0.8 * (options.doubleShare - 1)
  return isOff && tailOf(open.direction, others) < OTHERS_TAIL
}

function oddest({ days, baseline, context }: Scan, { days: own }: Open): number {
  const off = new Float64Array(days.campaigns)
  for (const day of own)
    for (let i = 0; i < days.campaigns; i++) {
      const at = i * days.days + day
      off[i]! += days.conversions[at]! - baseline.perClick[i]! * days.clicks[at]! * context.visible[day]!
    }
  let found = 0
  for (let i = 1; i < days.campaigns; i++) if (Math.abs(off[i]!) > Math.abs(off[found]!)) found = i
  return found
}

/** Ends the run that is open. What was never confirmed is learned from after all. */
function close(scan: Scan): void {
  const { open, days, context } = scan
  scan.open = undefined
  if (!open) return
  if (open.confirmed) scan.runs.push({ ...open.confirmed, isOpen: false })
  else for (const day of open.days) if (context.isEvent[day] === 0) learnDay(scan.baseline, days, context, day)
}
