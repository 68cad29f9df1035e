import { dayOfWeek } from '../units/calendar.ts'
import type { UsableDay } from './series.ts'

/** Pseudo-conversions that pull a weekday towards the average. */
const PRIOR_CONVERSIONS = 40
/** Elasticity by which spend is divided out before weekdays are compared; without it the factors feed on themselves. */
const SPEND_ELASTICITY = 0.6

const EVEN: readonly number[] = [1, 1, 1, 1, 1, 1, 1]

/**
 * Relative demand by day of week, Monday first, mean 1: conversions over what spend alone would have explained, shrunk
 * towards 1. Days of the last 56 count.
 *
 * @param budgets days of every budget of the portfolio
 * @param centre factors that few conversions are pulled towards
 */
export function dayOfWeekFactors(
  budgets: readonly (readonly UsableDay[])[],
  centre: readonly number[] = EVEN,
): readonly number[] {
  const seen = new Array<number>(7).fill(0)
  const expected = new Array<number>(7).fill(0)
  for (const days of budgets) {
    const recent = days.filter(({ ageDays, spend }) => ageDays <= 56 && spend > 0)
    const effort = recent.map((day) => day.spend ** SPEND_ELASTICITY * day.exposure)
    const total = effort.reduce((a, b) => a + b, 0)
    const conversions = recent.reduce((a, day) => a + day.conversions, 0)
    for (const [i, day] of recent.entries()) {
      const weekday = dayOfWeek(day.date) - 1
      seen[weekday] = (seen[weekday] ?? 0) + day.conversions
      expected[weekday] = (expected[weekday] ?? 0) + (conversions * (effort[i] ?? 0)) / total
    }
  }
  const raw = seen.map((n, i) => (n + PRIOR_CONVERSIONS * (centre[i] ?? 1)) / ((expected[i] ?? 0) + PRIOR_CONVERSIONS))
  const mean = raw.reduce((a, b) => a + b, 0) / 7
  return raw.map((factor) => factor / mean)
}
