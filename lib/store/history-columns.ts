/** Days of figures as columns of JSON: a fraction of the size that a list of days would have. */
import type { HistoryDay } from '../model/history.ts'
import { type AccountDate, addDays, daysBetween } from '../units/calendar.ts'
import { type ExactJson, exactJson } from './exact-json.ts'

export type Conversions = HistoryDay['conversions']

/** Per rule one column of counts and one of values, in micros; null where a day had none reported. */
export interface ConversionColumns {
  readonly [rule: string]: {
    readonly count: readonly (number | null)[]
    readonly valueMicros: readonly (ExactJson | null)[]
  }
}

export interface HistoryColumns {
  /** The first day; the others are counted from it. */
  readonly from: AccountDate
  readonly day: readonly number[]
  readonly spendMicros: readonly ExactJson[]
  readonly impressions: readonly number[]
  readonly clicks: readonly number[]
  readonly conversions: ConversionColumns
}

export function conversionColumns(all: readonly Conversions[]): ConversionColumns {
  const rules = [...new Set(all.flatMap((conversions) => Object.keys(conversions)))].toSorted()
  return Object.fromEntries(
    rules.map((rule) => [
      rule,
      {
        count: all.map((conversions) => conversions[rule]?.count ?? null),
        valueMicros: all.map((conversions) => {
          const value = conversions[rule]?.valueMicros
          return value === undefined ? null : exactJson(value)
        }),
      },
    ]),
  )
}

// Asked for every day of every campaign, several times a plan: nothing is made here that is not kept.
export function conversionsAt(columns: ConversionColumns, index: number): Conversions {
  const reported: Record<string, Conversions[string]> = {}
  for (const rule in columns) {
    const { count, valueMicros } = columns[rule]!
    const counted = count[index]
    const value = valueMicros[index]
    if (counted === null || counted === undefined || value === null || value === undefined) continue
    reported[rule] = { count: counted, valueMicros: BigInt(value) }
  }
  return reported
}

/** @param days at least one, oldest first */
export function historyColumns(days: readonly HistoryDay[]): HistoryColumns {
  const from = days[0]!.date
  return {
    from,
    day: days.map(({ date }) => daysBetween(from, date)),
    spendMicros: days.map(({ spendMicros }) => exactJson(spendMicros)),
    impressions: days.map(({ impressions }) => impressions),
    clicks: days.map(({ clicks }) => clicks),
    conversions: conversionColumns(days.map(({ conversions }) => conversions)),
  }
}

export const historyDays = (columns: HistoryColumns): readonly HistoryDay[] =>
  columns.day.map((day, index) => ({
    date: addDays(columns.from, day),
    spendMicros: BigInt(columns.spendMicros[index]!),
    impressions: columns.impressions[index]!,
    clicks: columns.clicks[index]!,
    conversions: conversionsAt(columns.conversions, index),
  }))
