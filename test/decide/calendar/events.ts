import type { CalendarEvent } from '../../../lib/model/policy.ts'
import { accountDate } from '../../../lib/units/calendar.ts'

/** Black Friday 2026 to the Sunday after it: an event that nothing more is known of. */
export const anEvent = (
  over: Partial<Omit<CalendarEvent, 'from' | 'to'>> & { readonly from?: string; readonly to?: string } = {},
): CalendarEvent => {
  const { from = '2026-11-27', to = '2026-11-29', ...rest } = over
  return {
    name: 'Black Friday',
    expectedUplift: 1,
    excludeFromLearning: false,
    announce: false,
    ...rest,
    from: accountDate(from),
    to: accountDate(to),
  }
}
