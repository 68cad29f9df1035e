import type { Revision } from '../model/history.ts'

/** Ages that the model follows; what comes later than that is left to the next pull. */
export const LAG_DAYS = 30
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
 * @param revisions readings of days at their ages, any order
 * @param rule the conversion rule key whose counts are meant
 * @returns LAG_DAYS + 1 shares, rising to exactly 1 at the last
 * @see Mack 1993, "Distribution-free calculation of the standard error of chain ladder reserve estimates"
 */
export function completionByAge(revisions: readonly Revision[], rule: string): readonly number[] {
  const prior = priorHazards(rule.slice(rule.lastIndexOf('|') + 1))
  const { arrived, visible } = arrivals(revisions, rule)
  const completion = new Array<number>(LAG_DAYS + 1).fill(1)
  for (let age = LAG_DAYS; age >= 1; age--) {
    const hazard =
      ((arrived[age] ?? 0) + PRIOR_CONVERSIONS * (prior[age] ?? 0)) / ((visible[age] ?? 0) + PRIOR_CONVERSIONS)
    completion[age - 1] = (completion[age] ?? 1) * (1 - Math.min(0.95, Math.max(0, hazard)))
  }
  return completion
}

/** New conversions at each age, and those visible at that age, over all days that were read at it and the age before. */
function arrivals(revisions: readonly Revision[], rule: string): { arrived: number[]; visible: number[] } {
  const arrived = new Array<number>(LAG_DAYS + 1).fill(0)
  const visible = new Array<number>(LAG_DAYS + 1).fill(0)
  for (const readings of byDate(revisions).values()) {
    const counts = readings.toSorted((a, b) => a.ageDays - b.ageDays)
    for (const [i, reading] of counts.entries()) {
      const before = counts[i - 1]
      if (!before || reading.ageDays > LAG_DAYS) continue
      const now = reading.conversions[rule]?.count ?? 0
      const then = before.conversions[rule]?.count ?? 0
      // A reading is only kept when something changed: between two of them the count stood still.
      for (let age = before.ageDays + 1; age < reading.ageDays; age++) visible[age] = (visible[age] ?? 0) + then
      arrived[reading.ageDays] = (arrived[reading.ageDays] ?? 0) + Math.max(0, now - then)
      visible[reading.ageDays] = (visible[reading.ageDays] ?? 0) + now
    }
  }
  return { arrived, visible }
}

function byDate(revisions: readonly Revision[]): ReadonlyMap<string, Revision[]> {
  const days = new Map<string, Revision[]>()
  for (const revision of revisions) {
    const day = days.get(revision.date)
    if (day) day.push(revision)
    else days.set(revision.date, [revision])
  }
  return days
}

/** Share visible of a day that is `ageDays` old. */
export const completionAt = (completion: readonly number[], ageDays: number): number =>
  completion[Math.max(0, Math.min(completion.length - 1, ageDays))] ?? 1
