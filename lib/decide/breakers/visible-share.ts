import type { EntityHistory, Revision } from '../../model/history.ts'
import { type AccountDate, daysBetween } from '../../units/calendar.ts'

/** Days whose conversions have come in. */
const MATURE_DAYS = 7
/** Conversions that a share must rest on. */
const LEAST = 30
/** Where nothing was seen yet of how they come in: low, so that too few are expected rather than too many. */
const UNKNOWN = 0.2
/** Today's clicks are half as old on average as yesterday's, and fewer of theirs have come in. */
const TODAY = 0.5

/**
 * Share of the eventual conversions of yesterday's and of today's clicks that is visible by now, as the days before were
 * seen on the day after them.
 *
 * @param revisions campaign by campaign
 * @param rule the conversion rule key
 */
export function visibleShare(
  revisions: readonly (readonly Revision[])[],
  histories: readonly EntityHistory[],
  rule: string,
  today: AccountDate,
): { readonly today: number; readonly yesterday: number } {
  const early = revisions.flat().filter(({ ageDays, date }) => ageDays === 1 && daysBetween(date, today) >= MATURE_DAYS)
  const dates = new Set(early.map(({ date }) => date))
  const seen = early.reduce((sum, { conversions }) => sum + (conversions[rule]?.count ?? 0), 0)
  const came = histories
    .flatMap(({ days }) => days)
    .reduce((sum, { date, conversions }) => sum + (dates.has(date) ? (conversions[rule]?.count ?? 0) : 0), 0)
  const yesterday = came >= LEAST ? Math.min(1, seen / came) : UNKNOWN
  return { yesterday, today: TODAY * yesterday }
}
