import { lastCoefficient, type Point } from '../../stats/least-squares.ts'
import type { AccountDays, DayContext } from './account-days.ts'
import type { BreakOptions } from './options.ts'

/** Days that are compared on either side of a change, at most and at least. */
const WINDOW_DAYS = 21
const LEAST_BEFORE = 10
const LEAST_AFTER = 4
/** Of a change, the share that must be a step beside a smooth course, and the deviations that the step stands out by. */
const STEP_SHARE = 0.5
const STEP_DEVIATIONS = 2.75
/** Variance over mean of counts. */
const DISPERSION = 1.4
/** By how much, as a standard deviation of the logarithm, rates move on their own: a campaign's and an account's over two weeks, an account's on one day. */
const CAMPAIGN_DRIFT = 0.1
const ACCOUNT_DRIFT = 0.03
const DAY_SD = 0.1
/** Without the campaign that says most, this share of the change must remain, by this share of the deviations. */
const WITHOUT_ONE = 0.7
/** Share of the evidence that must point the same way. */
const SAME_WAY = 0.85
/** Log likelihood by which "all at once" must beat "one campaign alone". */
const BETTER_THAN_ONE = 2
const MOST_SHIFTS = 3

/** From a day (index) on, everything converts by `factor` times what it did. */
export interface Shift {
  readonly day: number
  readonly factor: number
  readonly factorSd: number
  /** Days that it was seen on. */
  readonly daysAfter: number
}

interface Sums {
  readonly conversions: Float64Array
  readonly exposure: Float64Array
}

/**
 * Changes of level that all campaigns of an account make on one day. Conversions per click (per unit of spend where no
 * clicks are reported) before and after each day are compared campaign by campaign; one common change must explain them
 * far better than a change of any single campaign, which is performance.
 *
 * @param isBroken by day: not looked at
 */
export function findShifts(
  days: AccountDays,
  context: DayContext,
  isBroken: Uint8Array,
  options: BreakOptions,
): readonly Shift[] {
  const scales = new Float64Array(days.days).fill(1)
  const found: Shift[] = []
  // Two campaigns are the least that can tell what is common from what is one's own.
  while (days.campaigns > 1 && found.length < MOST_SHIFTS) {
    const best = bestShift(cumulate(days, context, isBroken, scales), days, isBroken, options, found)
    if (!best) break
    found.push(best)
    for (let day = 0; day < best.day; day++) scales[day]! *= best.factor
  }
  return found.toSorted((a, b) => a.day - b.day)
}

/** Running sums by campaign: index = campaign × (days + 1) + day, of the days before it. */
function cumulate(days: AccountDays, context: DayContext, isBroken: Uint8Array, scales: Float64Array): Sums {
  const line = days.days + 1
  const sums = {
    conversions: new Float64Array(days.campaigns * line),
    exposure: new Float64Array(days.campaigns * line),
  }
  const per = days.clicks.some((clicks) => clicks > 0) ? days.clicks : days.spend
  for (let i = 0; i < days.campaigns; i++) {
    let [conversions, exposure] = [0, 0]
    for (let day = 0; day < days.days; day++) {
      if (isBroken[day] === 0 && context.isEvent[day] === 0) {
        const at = i * days.days + day
        conversions += days.conversions[at]! * scales[day]!
        exposure += per[at]! * context.visible[day]!
      }
      sums.conversions[i * line + day + 1] = conversions
      sums.exposure[i * line + day + 1] = exposure
    }
  }
  return sums
}

function bestShift(
  sums: Sums,
  days: AccountDays,
  isBroken: Uint8Array,
  options: BreakOptions,
  known: readonly Shift[],
): Shift | undefined {
  let best: Shift | undefined
  let deviations = options.shiftDeviations
  for (let day = LEAST_BEFORE; day <= days.days - LEAST_AFTER; day++) {
    if (isBroken[day] === 1 || known.some((shift) => Math.abs(shift.day - day) < WINDOW_DAYS / 2)) continue
    const change = commonChange(sums, days, day, WINDOW_DAYS, options)
    if (!change || Math.abs(change.log) / change.sd <= deviations) continue
    if (!isSudden(sums, days, day, change.log)) continue
    deviations = Math.abs(change.log) / change.sd
    const factor = Math.exp(change.log)
    best = { day, factor, factorSd: factor * change.sd, daysAfter: days.days - day }
  }
  return best
}

interface Change {
  readonly log: number
  readonly sd: number
}

/** The change that all campaigns make alike at a day; undefined where it is not all of them that make it. */
function commonChange(
  sums: Sums,
  days: AccountDays,
  day: number,
  window: number,
  options: BreakOptions,
): Change | undefined {
  const from = Math.max(0, day - window)
  const to = Math.min(days.days, day + window)
  const { weight, weighted, largest, largestWeight, bestOne, up } = overCampaigns(sums, days, from, day, to)
  if (weight === 0) return undefined
  const log = weighted / weight
  const own = 1 / weight
  const sd = Math.sqrt(own + DAY_SD ** 2 * (1 / (day - from) + 1 / (to - day)) + ACCOUNT_DRIFT ** 2)
  if (Math.abs(log) < Math.log(options.leastShift)) return undefined
  const others = weight - largestWeight
  if (others <= 0) return undefined
  const without = (weighted - largest) / others
  const isOthers =
    without / log >= WITHOUT_ONE && Math.abs(without) * Math.sqrt(others) >= WITHOUT_ONE * options.shiftDeviations
  const sameWay = (log > 0 ? up : weight - up) / weight
  if (!isOthers || sameWay < SAME_WAY || (log * log) / own / 2 - bestOne < BETTER_THAN_ONE) return undefined
  return { log, sd }
}

function overCampaigns({ conversions, exposure }: Sums, days: AccountDays, from: number, day: number, to: number) {
  const line = days.days + 1
  const total = { weight: 0, weighted: 0, largest: 0, largestWeight: 0, bestOne: 0, up: 0 }
  for (let i = 0; i < days.campaigns; i++) {
    const at = i * line
    const exposedBefore = exposure[at + day]! - exposure[at + from]!
    const exposedAfter = exposure[at + to]! - exposure[at + day]!
    if (exposedBefore <= 0 || exposedAfter <= 0) continue
    const before = conversions[at + day]! - conversions[at + from]! + 0.5
    const after = conversions[at + to]! - conversions[at + day]! + 0.5
    const log = Math.log(after / exposedAfter / (before / exposedBefore))
    const weight = 1 / (DISPERSION * (1 / before + 1 / after) + CAMPAIGN_DRIFT ** 2)
    total.weight += weight
    total.weighted += weight * log
    if (log > 0) total.up += weight
    const one = weight * log * log
    if (one / 2 > total.bestOne) {
      total.bestOne = one / 2
      total.largest = weight * log
      total.largestWeight = weight
    }
  }
  return total
}

/**
 * Whether the account's days, in logarithms, step on that day beyond what a smooth course (a parabola) of theirs
 * explains: what rises day by day is season.
 */
function isSudden(sums: Sums, days: AccountDays, day: number, log: number): boolean {
  const from = Math.max(0, day - WINDOW_DAYS)
  const to = Math.min(days.days, day + WINDOW_DAYS)
  const rates = ratesBefore(sums, days, from, day)
  const points: Point[] = []
  for (let one = from; one < to; one++) {
    const { seen, expected } = totalOf(sums, days, rates, one)
    if (expected <= 0) continue
    const weight = 1 / (DAY_SD ** 2 + DISPERSION / Math.max(1, seen))
    const t = (one - day + 0.5) / WINDOW_DAYS
    points.push({ weight, x: [1, t, t * t, one < day ? 0 : 1], y: Math.log((seen + 0.5) / (expected + 0.5)) })
  }
  if (points.length < LEAST_BEFORE + LEAST_AFTER) return false
  const { value, sd } = lastCoefficient(points)
  return value / log > STEP_SHARE && Math.abs(value) / sd > STEP_DEVIATIONS
}

function ratesBefore({ conversions, exposure }: Sums, { days, campaigns }: AccountDays, from: number, day: number) {
  return Float64Array.from({ length: campaigns }, (_, i) => {
    const line = i * (days + 1)
    const exposed = exposure[line + day]! - exposure[line + from]!
    return exposed > 0 ? (conversions[line + day]! - conversions[line + from]!) / exposed : 0
  })
}

function totalOf({ conversions, exposure }: Sums, { days, campaigns }: AccountDays, rates: Float64Array, day: number) {
  let [seen, expected] = [0, 0]
  for (let i = 0; i < campaigns; i++) {
    const at = i * (days + 1) + day
    seen += conversions[at + 1]! - conversions[at]!
    expected += rates[i]! * (exposure[at + 1]! - exposure[at]!)
  }
  return { seen, expected }
}
