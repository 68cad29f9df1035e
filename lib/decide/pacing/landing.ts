import { mirroredNormals } from './draws.ts'
import type { TargetPath } from './path.ts'

/** What the rest of a flight can spend. Amounts are main units of the base currency per ordinary day. */
export interface SpendLimits {
  /** What the budgets spend as they stand, launches left out. */
  readonly standing: number
  /** Largest change from day to day, as shares. */
  readonly stepUp: number
  readonly stepDown: number
  /** Sum of the upper bounds of budgets that bind, and of what the others spend by themselves. Absent: no bound. */
  readonly atMost?: number
  /** Sum of the lower bounds. */
  readonly atLeast?: number
}

export interface LandingTerms extends SpendLimits {
  readonly path: TargetPath
  /** Of the flight. */
  readonly total: number
  /** Before today. */
  readonly spent: number
  /** Standard deviation of a day's spend about what was planned, as a share. */
  readonly noise: number
  /** Absent: the policy asks nothing of the next unit, or all that steps and bounds allow brings it. */
  readonly worth?: WorthSpending
}

/** What ceilings leave to be spent: beyond it the next unit brings less than the policy asks for. */
export interface WorthSpending {
  /** By day of the path, per ordinary day: as far as budgets have come by steps to where the ceilings lead. */
  readonly perDay: readonly number[]
  /** How far off that may be found to be as curves are learned further, as a standard deviation of its logarithm. */
  readonly doubt: number
  /** Days by which half of that (as a variance) has come out. */
  readonly learnedOver: number
}

export interface Landing {
  readonly spent: number
  /** What the days that remain are planned to spend. */
  readonly plannedRest: number
  /** Where the flight ends, with its 80 % interval. */
  readonly mean: number
  readonly low80: number
  readonly high80: number
  /** What each day that remains would have to spend to reach the total; undefined when none remains. */
  readonly requiredPerDay: number | undefined
  /** Of the total, expected to stay unspent because nothing brings what it costs: it is not used up for its own sake. */
  readonly unspentAboveCeiling: number
  /** Of the total, expected to stay unspent because budgets cannot grow that fast or that far. */
  readonly unspentForWantOfRoom: number
  /** Expected above the total because budgets cannot be cut that fast. */
  readonly overspent: number
  /** One sentence for a marketer. */
  readonly why: string
}

const PATHS = 200
const DRAW_MOST = 3
/** Smaller than this share of the total is not worth a word. */
const WORTH_SAYING = 0.002

/**
 * Where the flight lands when it is planned anew each day within its limits, with what days differ from their plan by. An
 * early day's error is made up later as far as steps and bounds allow; the last day's stays.
 */
export function landing(terms: LandingTerms): Landing {
  const { path, total, spent } = terms
  const days = path.days.length
  const { worth: _, ...unlimited } = terms
  const sizes = daySizes(path)
  const planned = restOf(terms, sizes, [])
  const withoutCeiling = restOf(unlimited, sizes, [])
  // One draw more than days: what ceilings will turn out to leave.
  const rests = drawsOf(days + 1)
    .map((draws) => restOf(terms, sizes, draws))
    .sort((a, b) => a - b)
  const mean = spent + rests.reduce((a, b) => a + b, 0) / rests.length
  const unspentForWantOfRoom = Math.max(0, total - spent - withoutCeiling)
  const landed = {
    spent,
    plannedRest: planned,
    mean,
    low80: spent + quantile(rests, 0.1),
    high80: spent + quantile(rests, 0.9),
    requiredPerDay: days > 0 ? path.remaining / days : undefined,
    unspentAboveCeiling: Math.max(0, total - spent - planned - unspentForWantOfRoom),
    unspentForWantOfRoom,
    overspent: Math.max(0, spent + planned - total),
  }
  return { ...landed, why: days > 0 ? sentence(landed, total) : ended(spent, total) }
}

// The draws of one length are always the same, and the flights of a portfolio end on the same day.
const made: { length: number; draws: ReturnType<typeof mirroredNormals> } = { length: 0, draws: [] }
function drawsOf(length: number): ReturnType<typeof mirroredNormals> {
  if (made.length !== length) Object.assign(made, { length, draws: mirroredNormals(PATHS, length) })
  return made.draws
}

/** What is the same on every path. */
interface DaySizes {
  /** By day: beyond what is reserved, and against an ordinary day. */
  readonly free: readonly number[]
  readonly size: readonly number[]
  readonly freeInAll: number
  readonly reservedInAll: number
}

function daySizes(path: TargetPath): DaySizes {
  const free = path.days.map(({ target, reserved }) => target - reserved)
  return {
    free,
    size: path.days.map((_, i) => sizeOf(path, i)),
    freeInAll: sum(free),
    reservedInAll: sum(path.days.map(({ reserved }) => reserved)),
  }
}

/** Spend of the days that remain, with a day's standard normal error each and one of the worth; none: as planned. */
function restOf(
  terms: LandingTerms,
  { free, size: sizes, freeInAll, reservedInAll }: DaySizes,
  draws: readonly number[],
): number {
  const { path, noise, standing, worth } = terms
  const { days } = path
  let freeAhead = freeInAll
  let reservedAhead = reservedInAll
  let remaining = path.remaining
  let level = standing
  for (let i = 0; i < days.length; i++) {
    const day = days[i]!
    const weight = freeAhead > 0 ? (free[i] ?? 0) / freeAhead : 1 / (days.length - i)
    const kept = reservedAhead > 0 ? day.reserved * Math.min(1, Math.max(0, remaining) / reservedAhead) : 0
    const asked = Math.max(0, remaining - reservedAhead) * weight
    const size = sizes[i]!
    const worthwhile = worth ? worthOn(worth, i, draws[days.length] ?? 0) : Number.POSITIVE_INFINITY
    const wanted = size > 0 ? Math.min(asked / size, worthwhile) : 0
    level = step(terms, level, wanted)
    const delivered = (level * size + kept) * Math.max(0, 1 + noise * within(draws[i] ?? 0))
    remaining -= delivered
    freeAhead -= free[i] ?? 0
    reservedAhead -= day.reserved
  }
  return path.remaining - remaining
}

const worthOn = (worth: WorthSpending, day: number, draw: number): number =>
  (worth.perDay[day] ?? Number.POSITIVE_INFINITY) * Math.exp(worth.doubt * known(worth, day) * within(draw))

/** Today's split is made of what is believed today; the doubt comes out as days are seen. */
const known = (worth: WorthSpending, daysAhead: number): number =>
  Math.sqrt(daysAhead / Math.max(daysAhead + worth.learnedOver, Number.MIN_VALUE))

/** What an untouched budget spends on a day against an ordinary one of today's campaigns. */
export function sizeOf({ days }: TargetPath, index: number): number {
  const present = days[0]?.presence ?? 1
  const day = days[index]
  return day ? day.event * (present > 0 ? day.presence / present : 1) : 1
}

/** The level moved by one day's step towards what is wanted, or towards the nearer bound if that lies beyond it. */
function step(
  { stepUp, stepDown, atMost = Number.POSITIVE_INFINITY, atLeast = 0 }: SpendLimits,
  level: number,
  wanted: number,
) {
  const allowed = Math.min(atMost, Math.max(atLeast, wanted))
  return Math.min(level * (1 + stepUp), Math.max(level * (1 - stepDown), allowed))
}

const within = (draw: number): number => Math.min(DRAW_MOST, Math.max(-DRAW_MOST, draw))
const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0)
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0

/** Nothing is left to be landed: it is said how it came out. */
function ended(spent: number, total: number): string {
  const text = `lands at ${spent.toFixed(2)} of ${total.toFixed(2)}`
  const off = spent - total
  if (Math.abs(off) <= WORTH_SAYING * total) return text
  return `${text}; ${Math.abs(off).toFixed(2)} ${off > 0 ? 'more than the total were spent' : 'of the total were not spent'}`
}

function sentence(landed: Omit<Landing, 'why'>, total: number): string {
  const { mean, low80, high80, unspentAboveCeiling, unspentForWantOfRoom, overspent } = landed
  const text = [`lands at ${mean.toFixed(2)} (${low80.toFixed(2)} to ${high80.toFixed(2)}) of ${total.toFixed(2)}`]
  const least = WORTH_SAYING * total
  if (unspentAboveCeiling > least)
    text.push(
      `${unspentAboveCeiling.toFixed(2)} stay unspent because the next unit would cost more than the ceiling allows`,
    )
  if (unspentForWantOfRoom > least)
    text.push(`${unspentForWantOfRoom.toFixed(2)} stay unspent because budgets cannot grow that far in time`)
  if (overspent > least) text.push(`${overspent.toFixed(2)} too much, as budgets cannot be cut that fast`)
  return text.join('; ')
}
