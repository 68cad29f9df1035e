import type { Revision } from '../model/history.ts'
import { type AccountDate, daysBetween } from '../units/calendar.ts'

/** Ages that the model follows; what comes later than that is left to the next pull. */
export const LAG_DAYS = 30
/** No age is believed to bring more than this share of what is visible at it. */
const MOST_AT_ONCE = 0.95
/** How many conversions' worth of evidence the prior is. */
const PRIOR_CONVERSIONS = 50

/**
 * Prior share of the eventual conversions that are visible by the end of each age, for platforms that put a conversion
 * on the day of its click: a good half at once, the rest with a geometric tail of ratio 0.75 a day. Where a conversion is
 * put on the day it happened, a day is complete when it is over.
 */
const PRIOR_SAME_DAY = { click: 0.55, other: 0.97 } as const
const PRIOR_TAIL_RATIO = 0.75

/** Prior share of the rest that arrives between one age and the next. */
const priorHazards = (basis: string): readonly number[] => {
  const sameDay = basis === 'click' ? PRIOR_SAME_DAY.click : PRIOR_SAME_DAY.other
  const completion = Array.from({ length: LAG_DAYS + 1 }, (_, age) => 1 - (1 - sameDay) * PRIOR_TAIL_RATIO ** age)
  return completion.map((at, age) => (age === 0 ? 0 : 1 - (completion[age - 1] ?? 0) / at))
}

/**
 * Share of a day's eventual conversions that are visible at each age in days, by reversed hazards (chain ladder): from
 * one reading of a day to the next, which share of what is visible then was new? Readings of different days at the same
 * age are pooled, with a prior worth 50 conversions, so that an account without history starts from the prior.
 *
 * Age 0 is the running day; a day is first read whole at age 1.
 *
 * @param series readings of days at their ages, any order, one list per campaign
 * @param rule the conversion rule key whose counts are meant
 * @param today account date of the last reading: a day without a newer reading stood still until then
 * @returns LAG_DAYS + 1 shares, rising to exactly 1 at the last
 * @see Mack 1993, "Distribution-free calculation of the standard error of chain ladder reserve estimates"
 */
export function completionByAge(
  series: readonly (readonly Revision[])[],
  rule: string,
  today: AccountDate,
): readonly number[] {
  const prior = priorHazards(rule.slice(rule.lastIndexOf('|') + 1))
  const tally: Tally = {
    arrived: new Array<number>(LAG_DAYS + 1).fill(0),
    visible: new Array<number>(LAG_DAYS + 1).fill(0),
  }
  for (const revisions of series)
    for (const readings of Map.groupBy(revisions, ({ date }) => date).values()) count(readings, rule, today, tally)
  const completion = new Array<number>(LAG_DAYS + 1).fill(1)
  for (let age = LAG_DAYS; age >= 1; age--) {
    const arrived = (tally.arrived[age] ?? 0) + PRIOR_CONVERSIONS * (prior[age] ?? 0)
    const hazard = arrived / ((tally.visible[age] ?? 0) + PRIOR_CONVERSIONS)
    completion[age - 1] = (completion[age] ?? 1) * (1 - Math.min(MOST_AT_ONCE, Math.max(0, hazard)))
  }
  return completion
}

/** By age: conversions that were new at it, and those visible by it, over all days that were followed from the age before. */
interface Tally {
  readonly arrived: number[]
  readonly visible: number[]
}

/** Adds one day of one campaign. */
function count(readings: readonly Revision[], rule: string, today: AccountDate, { arrived, visible }: Tally): void {
  const ordered = readings.toSorted((a, b) => a.ageDays - b.ageDays)
  const [first] = ordered
  if (!first) return
  const last = Math.min(LAG_DAYS, daysBetween(first.date, today))
  let seen = first.conversions[rule]?.count ?? 0
  let next = 1
  for (let age = first.ageDays + 1; age <= last; age++) {
    const reading = ordered[next]
    // A reading is only kept when something changed: without one the count stood still.
    const now = reading?.ageDays === age ? (reading.conversions[rule]?.count ?? 0) : seen
    if (reading?.ageDays === age) next += 1
    arrived[age] = (arrived[age] ?? 0) + Math.max(0, now - seen)
    visible[age] = (visible[age] ?? 0) + now
    seen = now
  }
}

/** Share visible of a day that is `ageDays` old. */
export const completionAt = (completion: readonly number[], ageDays: number): number =>
  completion[Math.max(0, Math.min(completion.length - 1, ageDays))] ?? 1
