import type { AccountKey } from '../../model/account.ts'
import { type AccountDate, addDays, daysBetween } from '../../units/calendar.ts'

/**
 * `outage`: conversions were not counted. `double-firing`: they were counted more than once. `level-shift`: from a day on
 * they are counted by another rule, such as a changed attribution window.
 */
export type BreakKind = 'outage' | 'double-firing' | 'level-shift'

/** A time in which an account's conversions say something about the counting and nothing about performance. */
export interface DataBreak {
  readonly account: AccountKey
  /** Conversion rule key. */
  readonly rule: string
  readonly kind: BreakKind
  /** First and last date; a level shift has no last one. */
  readonly from: AccountDate
  readonly to?: AccountDate
  /** Counted over what should have been counted (a level shift: after over before), and its standard deviation. */
  readonly factor: number
  readonly factorSd: number
  /** It reaches to the last complete day, or (a level shift) is so young that its factor is not known well. */
  readonly ongoing: boolean
  /** A sentence for people. */
  readonly detail: string
}

const breaksOn = (breaks: readonly DataBreak[], date: AccountDate): readonly DataBreak[] =>
  breaks.filter(({ kind, from, to }) => kind !== 'level-shift' && from <= date && (to === undefined || date <= to))

/** Whether the conversions of a date may be learned from. `breaks` are those of one account and rule. */
export const isUsable = (breaks: readonly DataBreak[], date: AccountDate): boolean =>
  breaksOn(breaks, date).length === 0

/** What the counts of a date are to be multiplied by, so that they compare with those of today. */
export const scaleOf = (breaks: readonly DataBreak[], date: AccountDate): number =>
  breaks.reduce((scale, { kind, from, factor }) => (kind === 'level-shift' && date < from ? scale * factor : scale), 1)

/** `scaleOf` of consecutive dates, 0 for those that may not be used. */
export function scalesFrom(breaks: readonly DataBreak[], first: AccountDate, days: number): Float64Array {
  const scales = new Float64Array(days).fill(1)
  for (const { kind, from, to, factor } of breaks) {
    const start = daysBetween(first, from)
    if (kind === 'level-shift') for (let i = 0; i < Math.min(days, start); i++) scales[i]! *= factor
    else {
      const end = to === undefined ? days - 1 : Math.min(days - 1, daysBetween(first, to))
      for (let i = Math.max(0, start); i <= end; i++) scales[i] = 0
    }
  }
  return scales
}

/** Dates that may not be used, from `first` on. */
export function brokenDates(breaks: readonly DataBreak[], first: AccountDate, days: number): readonly AccountDate[] {
  const scales = scalesFrom(breaks, first, days)
  return Array.from(scales.keys()).flatMap((i) => (scales[i] === 0 ? [addDays(first, i)] : []))
}
