import type { AccountDate } from '../../lib/units/calendar.ts'
import { DAY_MS, dayNumber, dayOfWeek, HOUR_MS, instant } from '../../lib/units/calendar.ts'
import { gammaWithMeanOne, lognormalWithMean, normal, PURPOSE, stream, uniform } from './draws.ts'
import type { CampaignState, LineState } from './entities.ts'
import type { Scenario } from './schema.ts'

/** A factor on demand or on prices that holds for a time. */
export interface DemandWindow {
  readonly from: number
  readonly to: number
  readonly conversions: number
  readonly cost: number
  readonly appliesTo: (accountId: string, campaign: CampaignState) => boolean
  /** Whether the shop's organic orders move as well. */
  readonly isOrganic: boolean
}

/** Shocks and promotions of a scenario as windows; a promotion is one window of uplift and one of dip. */
export function demandWindows(scenario: Scenario): readonly DemandWindow[] {
  return scenario.events.flatMap((event): readonly DemandWindow[] => {
    if (event.kind !== 'shock' && event.kind !== 'promotion') return []
    const { account, campaign, class: of } = event
    const isOrganic = account === undefined && campaign === undefined && of === undefined
    const appliesTo: DemandWindow['appliesTo'] = (accountId, candidate) =>
      (account === undefined || account === accountId) &&
      (campaign === undefined || campaign === candidate.name) &&
      (of === undefined || of === candidate.class)
    const from = instant(event.at)
    const to = event.until === undefined ? Number.POSITIVE_INFINITY : instant(event.until)
    if (event.kind === 'shock')
      return [{ from, to, conversions: event.conversions, cost: event.cost, appliesTo, isOrganic: false }]
    const dipEnd = to + event.dipDays * DAY_MS
    return [
      { from, to, conversions: event.uplift, cost: 1, appliesTo, isOrganic },
      { from: to, to: dipEnd, conversions: event.dip, cost: 1, appliesTo, isOrganic },
    ]
  })
}

/** Product of the windows' factors over [from, to), each weighted by the share of that time in which it holds. */
export function windowFactor(
  windows: readonly DemandWindow[],
  from: number,
  to: number,
  which: 'conversions' | 'cost',
): number {
  let factor = 1
  for (const window of windows) {
    const overlap = Math.min(to, window.to) - Math.max(from, window.from)
    if (overlap > 0) factor *= 1 + (window[which] - 1) * (overlap / (to - from))
  }
  return factor
}

/** Product of the scenario's slow waves on a date. */
export function seasonOn(scenario: Scenario, date: AccountDate): number {
  return scenario.demand.season.reduce((product, { periodDays, amplitude, peak }) => {
    const phase = (2 * Math.PI * (dayNumber(date) - dayNumber(peak as AccountDate))) / periodDays
    return product * (1 + amplitude * Math.cos(phase))
  }, 1)
}

/**
 * Draws one ad group's day: drift takes a step, a jump may come, and delivery and frailty are new. Every draw is keyed by
 * the date, so that the day is the same in every run of the seed, whatever has been spent.
 */
export function beginLineDay(
  line: LineState,
  date: AccountDate,
  how: { seed: number; scenario: Scenario; base: number; day: number; deliverySpread: number },
): void {
  const { seed, scenario, day } = how
  const { drift, jumps, dispersion } = scenario.demand
  const moves = stream(seed, line.key, PURPOSE.drift, day)
  const keep = 0.5 ** (1 / drift.halfLifeDays)
  line.drift = keep * line.drift + Math.sqrt(1 - keep * keep) * drift.spread * normal(moves)
  if (uniform(moves) < jumps.perCampaignMonth / 30) line.jump += jumps.spread * normal(moves)
  const today = line.today
  today.level = how.base * Math.exp(line.drift + line.jump)
  today.delivery = lognormalWithMean(stream(seed, line.key, PURPOSE.delivery, day), 1, how.deliverySpread)
  today.frailty = gammaWithMeanOne(stream(seed, line.key, PURPOSE.frailty, day), dispersion)
  today.traffic = trafficOn(line.campaign, date)
  today.spent = 0
  today.spentUnits = 0
  today.slotMean = 0
  today.slotCount = 0
}

/** The stationary start of a drift, drawn for the day before the first. */
export function stationaryDrift(seed: number, line: LineState, first: AccountDate, spread: number): number {
  return spread * normal(stream(seed, line.key, PURPOSE.drift, dayNumber(first) - 1))
}

function trafficOn({ startDate, endDate, plan }: CampaignState, date: AccountDate): number {
  if (date < startDate || (endDate !== undefined && date > endDate)) return 0
  if (!plan.arm) return 1
  const { from, to, share, isArm } = plan.arm
  if (date >= from && date <= to) return share
  return isArm ? 0 : 1
}

/** Factor of a weekday, 1 on average. */
export const weekdayFactor = (weekdays: readonly number[], date: AccountDate): number =>
  (weekdays[dayOfWeek(date) - 1]! * 7) / weekdays.reduce((a, b) => a + b, 0)

/** Factor of an hour's traffic, 1 on average. */
export const trafficNoise = (seed: number, key: number, at: number, spread: number): number =>
  spread === 0 ? 1 : lognormalWithMean(stream(seed, key, PURPOSE.traffic, at / HOUR_MS), 1, spread)
