import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { DAY_MS, type Instant, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { AccountDay } from './account-days.ts'
import { normalQuantile, PURPOSE, poissonQuantile, stream, uniform } from './draws.ts'
import type { CampaignState, LineState } from './entities.ts'
import type { Scenario, ScenarioLag } from './schema.ts'

/** A part of an account day in which nothing changed hands: at most one physical hour, or a whole day of the history. */
export interface Piece {
  readonly day: AccountDay
  /** Index of the physical hour; 0 for a whole day. */
  readonly slot: number
  readonly isWhole: boolean
  readonly slotStart: number
  readonly from: number
  readonly to: number
  /** Shares of the day's expected traffic: in the piece, from its start to the end of the hour, and after that. */
  readonly share: number
  readonly hourLeft: number
  readonly later: number
}

/** Properties of one conversion, drawn whether they are needed or not, so that the next one is the same in every run. */
export interface DrawnConversion {
  readonly touchAt: number
  readonly at: number
  /** Standard normal, for the value. */
  readonly valueZ: number
  readonly uTracked: number
  readonly uView: number
  readonly uTaken: number
  readonly uNew: number
  /** Milliseconds from the order to its refund; 0 is none. */
  readonly refundAfter: number
}

/** How conversions fall over the day, in a day that is stepped whole. */
export interface HourCurve {
  readonly cumulative: readonly number[]
}

export const hourCurve = (weights: readonly number[]): HourCurve => {
  const total = weights.reduce((a, b) => a + b, 0)
  const cumulative: number[] = []
  for (const weight of weights) cumulative.push((cumulative.at(-1) ?? 0) + weight / total)
  return { cumulative }
}

/** Instant in the piece at the quantile `u` of its traffic. */
export function instantIn(piece: Piece, curve: HourCurve, u: number): number {
  if (!piece.isWhole) return piece.from + u * (piece.to - piece.from)
  // The last sum may miss 1 by a rounding error.
  const found = curve.cumulative.findIndex((below) => u < below)
  const hour = found === -1 ? curve.cumulative.length - 1 : found
  const before = hour === 0 ? 0 : curve.cumulative[hour - 1]!
  const within = (u - before) / (curve.cumulative[hour]! - before)
  return piece.from + ((hour + Math.min(within, 0.999)) / curve.cumulative.length) * (piece.to - piece.from)
}

/** Mean hours from touch to order for those on the same day. */
const SAME_DAY_MEAN = 5 / 24

/** Time from the touch to the conversion, in milliseconds: within a day, or whole days by a geometric tail plus a part. */
export function drawnLag({ sameDay, tail, maxDays }: ScenarioLag, uDays: number, uWithin: number): number {
  if (uDays < sameDay) {
    const reach = 1 - Math.exp(-1 / SAME_DAY_MEAN)
    return -SAME_DAY_MEAN * Math.log(1 - uWithin * reach) * DAY_MS * 0.999
  }
  const beyond = (uDays - sameDay) / (1 - sameDay)
  const days = tail === 0 ? 1 : 1 + Math.floor(Math.log(1 - beyond) / Math.log(tail))
  return (Math.min(days, maxDays) + uWithin * 0.999) * DAY_MS
}

/** Time until a refund over its mean: exponential, or log-normal with the given spread. */
const daysOverMean = (u: number, spread: number | undefined): number =>
  spread === undefined ? -Math.log(u) : Math.exp(spread * normalQuantile(u) - spread ** 2 / 2)

/** Takes ten numbers from the stream. */
export function drawConversion(
  draws: RandomGenerator,
  piece: Piece,
  curve: HourCurve,
  lag: ScenarioLag,
  refunds: Scenario['shop']['refunds'],
): DrawnConversion {
  const touchAt = instantIn(piece, curve, uniform(draws))
  const uDays = uniform(draws)
  const uWithin = uniform(draws)
  const valueZ = normalQuantile(uniform(draws))
  const uTracked = uniform(draws)
  const uView = uniform(draws)
  const uTaken = uniform(draws)
  const uNew = uniform(draws)
  const isRefunded = uniform(draws) < refunds.share
  const refundDays = refunds.meanDays * daysOverMean(uniform(draws), refunds.spread)
  const refundAfter = isRefunded ? Math.max(MINUTE_MS, refundDays * DAY_MS) : 0
  return { touchAt, at: touchAt + drawnLag(lag, uDays, uWithin), valueZ, uTracked, uView, uTaken, uNew, refundAfter }
}

/**
 * Further conversions of a line in this piece, given what the hour has seen before. The whole hour has one uniform number,
 * so that its count does not depend on how often it was cut by edits, and grows with its mean.
 */
export function countIn(seed: number, line: LineState, piece: Piece, mean: number): number {
  const today = line.today
  today.slotMean += mean * today.frailty
  const u = uniform(stream(seed, line.key, PURPOSE.count, piece.slotStart / MINUTE_MS))
  const reached = Math.max(today.slotCount, poissonQuantile(today.slotMean, u))
  const more = reached - today.slotCount
  today.slotCount = reached
  return more
}

/** Times in which an account's tracking fails. */
export interface TrackingWindow {
  readonly from: Instant
  readonly to: Instant
  readonly account?: string
  /** Conversions reported per conversion that happened: below 1 an outage, 2 a tag that fires twice. */
  readonly factor: number
}

export const trackingWindows = (scenario: Scenario): readonly TrackingWindow[] =>
  scenario.events.flatMap((event): readonly TrackingWindow[] => {
    if (event.kind !== 'tracking-outage' && event.kind !== 'double-firing') return []
    const account = event.account === undefined ? {} : { account: event.account }
    const factor = event.kind === 'double-firing' ? 2 : 1 - event.lost
    return [{ from: instant(event.at), to: instant(event.until), factor, ...account }]
  })

/** What a campaign takes from others just now: share of its own conversions that would have come anyway. */
export function takenShare(campaign: CampaignState): number {
  const own = campaign.conversionRate
  if (own <= 0) return 0
  return campaign.takesFrom.reduce((sum, { from, share }) => {
    const available = (0.9 * from.conversionRate) / own
    return sum + Math.min(share, available)
  }, 0)
}
