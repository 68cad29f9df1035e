import {
  type AccountDate,
  addDays,
  daysBetween,
  HOUR_MS,
  hourAt,
  type Instant,
  startOfDay,
  type TimeZone,
} from '../../lib/units/calendar.ts'

/** One account-date with the hours it really has: 23, 24 or 25 of them. */
export interface AccountDay {
  /** 0 is the first day of the history. */
  readonly index: number
  readonly date: AccountDate
  readonly start: Instant
  readonly end: Instant
  /** Wall-clock hour that each physical hour of the day starts in; on a 25-hour day one of them stands twice. */
  readonly hours: readonly number[]
}

const PLAIN_HOURS: readonly number[] = Array.from({ length: 24 }, (_, hour) => hour)

/** A zone's days by index, computed once each. */
export class AccountDays {
  readonly first: AccountDate
  readonly zone: TimeZone
  readonly #days: AccountDay[] = []

  constructor(first: AccountDate, zone: TimeZone) {
    this.first = first
    this.zone = zone
  }

  /** @param index ≥ 0 */
  day(index: number): AccountDay {
    for (let next = this.#days.length; next <= index; next++) this.#days.push(this.#make(next))
    return this.#days[index]!
  }

  indexOf(date: AccountDate): number {
    return daysBetween(this.first, date)
  }

  /** Index of the day that `at` falls in; −1 before the first. */
  indexAt(at: number): number {
    const origin = this.day(0).start
    if (at < origin) return -1
    let index = Math.max(0, Math.floor((at - origin) / (24 * HOUR_MS)) - 1)
    while (at >= this.day(index).end) index++
    return index
  }

  /** Index among the day's physical hours that `at` falls in. */
  slotAt(day: AccountDay, at: number): number {
    return Math.min(day.hours.length - 1, Math.floor((at - day.start) / HOUR_MS))
  }

  #make(index: number): AccountDay {
    const date = addDays(this.first, index)
    const start = startOfDay(date, this.zone)
    const end = startOfDay(addDays(date, 1), this.zone)
    return { index, date, start, end, hours: wallHours(start, end, this.zone) }
  }
}

function wallHours(start: Instant, end: Instant, zone: TimeZone): readonly number[] {
  if (end - start === 24 * HOUR_MS) return PLAIN_HOURS
  const count = Math.ceil((end - start) / HOUR_MS)
  return Array.from({ length: count }, (_, slot) => hourAt((start + slot * HOUR_MS) as Instant, zone))
}
