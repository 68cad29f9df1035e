import { addDays } from '../../units/calendar.ts'
import type { Development } from '../lag/development.ts'
import { type AccountDays, type AnnouncedEvent, type DayContext, dayContext } from './account-days.ts'
import type { BreakKind, DataBreak } from './data-break.ts'
import { BREAK_DEFAULTS, type BreakOptions } from './options.ts'
import { findRuns, type Run } from './runs.ts'
import { findShifts, type Shift } from './shifts.ts'

/** A level shift this young is not known well enough to decide by. */
const SHIFT_SETTLES_DAYS = 7

/**
 * Breaks in an account's counts, oldest first: a tracking outage, a tag that fires twice, a changed rule of counting.
 * Each is told from performance by being everywhere in the account at once while clicks and spend are as they were.
 * Conversions that were reported after all leave no outage behind: only what reads wrong now is a break.
 *
 * Stateless: worked out from the days alone, each time.
 *
 * @param development of the account's counts, by which young days are completed
 * @param events announced in the policy: what rises in them is demand
 */
export function findBreaks(
  days: AccountDays,
  development: Development,
  events: readonly AnnouncedEvent[] = [],
  options: Partial<BreakOptions> = {},
): readonly DataBreak[] {
  const chosen = { ...BREAK_DEFAULTS, ...options }
  const context = dayContext(days, development, events)
  const runs = findRuns(days, context, chosen)
  const isBroken = new Uint8Array(days.days)
  for (const { from, to, isLasting } of runs) if (!isLasting) isBroken.fill(1, from, to + 1)
  const shifts = findShifts(days, context, isBroken, chosen)
  return [
    ...runs.filter(({ isLasting }) => !isLasting).map((run) => breakOfRun(days, context, run)),
    ...shifts.map((shift) => breakOfShift(days, shift)),
  ].toSorted((a, b) => (a.from === b.from ? 0 : a.from < b.from ? -1 : 1))
}

function breakOfRun(days: AccountDays, { uplift }: DayContext, run: Run): DataBreak {
  const kind: BreakKind = run.direction === 'low' ? 'outage' : 'double-firing'
  const from = addDays(days.firstDate, run.from)
  const to = addDays(days.firstDate, run.to)
  const counted = `${Math.round(run.seen)} conversions counted where about ${Math.round(run.expected)} were expected`
  const cause =
    kind === 'outage'
      ? 'conversions are not being counted'
      : `conversions are counted about ${run.factor.toFixed(1)} times`
  const announced = uplift[run.from]! > 1 ? ', in an announced event' : ''
  return {
    account: days.account,
    rule: days.rule,
    kind,
    from,
    to,
    factor: run.factor,
    factorSd: run.factorSd,
    ongoing: run.isOpen,
    detail: `${days.account}, ${from} to ${to}${announced}: ${counted} in all campaigns while clicks and spend were as before; ${cause}, check the tag or the upload`,
  }
}

function breakOfShift(days: AccountDays, { day, factor, factorSd, daysAfter }: Shift): DataBreak {
  const from = addDays(days.firstDate, day)
  const change = `${factor > 1 ? '+' : '−'}${Math.round(100 * Math.abs(factor - 1))} %`
  return {
    account: days.account,
    rule: days.rule,
    kind: 'level-shift',
    from,
    factor,
    factorSd,
    ongoing: daysAfter < SHIFT_SETTLES_DAYS,
    detail: `${days.account}: from ${from} on all campaigns count ${change} conversions per click at once; an attribution window or a counting rule was changed, days before are multiplied by ${factor.toFixed(2)}`,
  }
}
