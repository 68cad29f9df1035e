import type { AccountRef } from '../model/account.ts'
import type { IntradaySpend } from '../model/history.ts'
import type { HourlySpend, Observation } from '../model/observation.ts'
import type { Policy } from '../model/policy.ts'
import { type AccountDate, addDays, dates } from '../units/calendar.ts'
import type { Loop } from './loop.ts'

/** Earlier days whose hours say what is usual. */
const PAST_DAYS = 7
const HOURS = 24

/** Spend by hour of today and of the week before it, where a plan may steer by it. */
export async function hourlySpend(
  account: AccountRef,
  { guardrails }: Policy,
  occasion: Observation['occasion'],
  today: IntradaySpend | undefined,
  loop: Loop,
): Promise<{ hours?: HourlySpend }> {
  if (occasion !== 'correction' || guardrails.steerWithinDay !== 'cut' || !today) return {}
  const past = await loop.facts.intradays(account, pastDates(today.date))
  return {
    hours: {
      readAt: today.readAt,
      today: new Map([...today.spendMicrosByHour].map(([entity, hours]) => [entity, byHour([hours])])),
      past: past.map((day) => ({
        date: day.date,
        readAt: day.readAt,
        spendMicros: byHour([...day.spendMicrosByHour.values()]),
      })),
    },
  }
}

/** The days before today that hours are compared with. */
export const pastDates = (today: AccountDate): readonly AccountDate[] =>
  dates(addDays(today, -PAST_DAYS), addDays(today, -1))

const byHour = (entities: readonly (readonly (bigint | undefined)[])[]): readonly bigint[] =>
  Array.from({ length: HOURS }, (_, hour) => entities.reduce((sum, hours) => sum + (hours[hour] ?? 0n), 0n))
