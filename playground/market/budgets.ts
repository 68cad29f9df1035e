import { type AccountDate, addDays, dayOfWeek, daysBetween } from '../../lib/units/calendar.ts'
import type { OverDeliveryPlan } from './blueprint.ts'
import { DEVICE_SHARES } from './click-worth.ts'
import type { BudgetState, LineState } from './entities.ts'

/** Where a date stands in the period over which a platform evens spend out. */
export interface PeriodPosition {
  readonly isFirst: boolean
  readonly days: number
  /** Days of the period that are not over, this one included. */
  readonly left: number
}

/** Calendar month, or week from Sunday. */
export function positionIn(period: 'month' | 'week', date: AccountDate): PeriodPosition {
  if (period === 'week') {
    const sinceSunday = dayOfWeek(date) % 7
    return { isFirst: sinceSunday === 0, days: 7, left: 7 - sinceSunday }
  }
  const first = `${date.slice(0, 7)}-01` as AccountDate
  const next = `${addDays(first, 31).slice(0, 7)}-01` as AccountDate
  return { isFirst: date === first, days: daysBetween(first, next), left: daysBetween(date, next) }
}

/**
 * Main units that the budget means for today at `at`: its amount with the schedules in force, or what is left of a
 * lifetime budget spread over the days that are left.
 */
export function dailyAmount(budget: BudgetState, at: number, date: AccountDate): number {
  let amount = budget.period === 'daily' ? budget.amount : lifetimeShare(budget, date)
  for (const { from, to, change, isOff } of budget.schedules) {
    if (at < from || at >= to || isOff) continue
    amount = change.kind === 'absolute' ? Number(change.amountMicros) / 1e6 : amount * change.factor
  }
  return amount
}

function lifetimeShare(budget: BudgetState, date: AccountDate): number {
  const end = budget.lines[0]?.campaign.endDate
  const days = end === undefined ? 1 : daysBetween(date, end) + 1
  return days <= 0 ? 0 : Math.max(0, budget.amount - budget.spentEver + budget.spentToday) / days
}

/** Starts a day: books what the day before has earned, and starts a new period where one begins. */
export function beginBudgetDay(
  budget: BudgetState,
  date: AccountDate,
  how: OverDeliveryPlan,
  period: { readonly today: PeriodPosition; readonly yesterday: PeriodPosition; readonly start: number },
): void {
  budget.earnedInPeriod += (budget.highestToday * how.periodFactor) / period.yesterday.days
  if (period.today.isFirst) {
    budget.earnedInPeriod = 0
    budget.spentInPeriod = 0
  }
  budget.amountAtDayStart = budget.amountMicros
  budget.spentToday = 0
  budget.highestToday = dailyAmount(budget, period.start, date)
}

/**
 * Most that the budget may still spend today: a day by its highest amount times the over-delivery factor, a period by what
 * its days earn, a lifetime by what is left of it.
 */
export function headroom(budget: BudgetState, { days, left }: PeriodPosition, how: OverDeliveryPlan): number {
  const ofDay = budget.highestToday * how.factor - budget.spentToday
  if (budget.period === 'lifetime') return Math.max(0, Math.min(ofDay, budget.amount - budget.spentEver))
  const ofPeriod = budget.earnedInPeriod + (budget.highestToday * how.periodFactor * left) / days - budget.spentInPeriod
  return Math.max(0, Math.min(ofDay, ofPeriod))
}

/** Most that a line can use in a day, whatever its budget. */
export const lineCapacity = (line: LineState): number =>
  Math.min(line.truth.maxDailySpend * line.today.traffic * reachedShare(line), line.today.targetLimit)

/** Share of the traffic on devices that are not switched off; three devices with the shares below. */
function reachedShare({ campaign }: LineState): number {
  let share = 1
  for (const [device, factor] of campaign.deviceMultipliers) if (factor === 0) share -= DEVICE_SHARES[device]
  return Math.max(0, share)
}

/**
 * Splits a day's amount over lines by the size of their demand; what one cannot use goes to the others.
 *
 * @returns one amount per line, in the same order, never above the line's capacity
 */
export function splitByDemand(amount: number, lines: readonly LineState[]): number[] {
  const capacities = lines.map(lineCapacity)
  if (lines.length === 1) return [Math.min(amount, capacities[0]!)]
  const weights = lines.map((line) => line.truth.curve.halfway * line.today.traffic)
  const parts = lines.map(() => 0)
  const open = new Set(lines.keys())
  let left = amount
  while (open.size > 0 && left > 1e-9) {
    const sum = [...open].reduce((total, i) => total + weights[i]!, 0)
    const full = [...open].filter((i) => (left * weights[i]!) / sum >= capacities[i]!)
    for (const i of full.length > 0 ? full : open)
      parts[i] = full.length > 0 ? capacities[i]! : (left * weights[i]!) / sum
    if (full.length === 0) break
    left -= full.reduce((total, i) => total + capacities[i]!, 0)
    for (const i of full) open.delete(i)
  }
  return parts
}
