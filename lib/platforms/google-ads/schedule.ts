import * as z from 'zod'

const MINUTES: Readonly<Record<string, number>> = { ZERO: 0, FIFTEEN: 15, THIRTY: 30, FORTY_FIVE: 45 }

/** AdScheduleInfo. proto3 leaves out an hour of 0. */
export const adSchedule = z.object({
  dayOfWeek: z.string(),
  startHour: z.number().int().min(0).max(23).default(0),
  startMinute: z.string().default('ZERO'),
  endHour: z.number().int().min(0).max(24).default(0),
  endMinute: z.string().default('ZERO'),
})
export type AdSchedule = z.infer<typeof adSchedule>

export const SCHEDULE_FIELDS = ['day_of_week', 'start_hour', 'start_minute', 'end_hour', 'end_minute']
  .map((name) => `campaign_criterion.ad_schedule.${name}`)
  .join(', ')

/** Share of an hour of the account's clock, in [0, 1], that lies in a part of the week. */
export function shareIn(slot: AdSchedule, day: string, hour: number): number {
  if (slot.dayOfWeek !== day) return 0
  const from = 60 * slot.startHour + (MINUTES[slot.startMinute] ?? 0)
  const to = 60 * slot.endHour + (MINUTES[slot.endMinute] ?? 0)
  return Math.max(0, Math.min(to, 60 * (hour + 1)) - Math.max(from, 60 * hour)) / 60
}
