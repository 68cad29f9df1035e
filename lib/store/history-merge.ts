/** How newly reported days change what is known of an entity: pure, so that it can be told apart from storing it. */
import type { AdGroupId, CampaignId } from '../model/account.ts'
import { ruleKey } from '../model/conversions.ts'
import type { HistoryDay, Revision } from '../model/history.ts'
import type { PerformanceRow } from '../model/performance.ts'
import { type AccountDate, daysBetween } from '../units/calendar.ts'
import { type CurrencyCode, CurrencyMismatch } from '../units/money.ts'

export const HISTORY_DAYS = 90

export interface Entity {
  readonly campaign: CampaignId
  readonly adGroup?: AdGroupId
}

/** An entity's days as they are stored. */
export interface KnownHistory extends Entity {
  readonly currency: CurrencyCode
  readonly days: readonly HistoryDay[]
  /** The account date of the last reading that changed something. */
  readonly readOn: AccountDate
  /** Dates that changed on `readOn`: their revision is complete when that day is over. */
  readonly changed: readonly AccountDate[]
}

export interface Merge {
  readonly next: KnownHistory
  readonly changedDays: number
  /** Revisions of the reading day that is now over, with that day. */
  readonly over?: { readonly readOn: AccountDate; readonly revisions: readonly Revision[] }
}

/** @throws RangeError when a row is not of a whole day, or two rows or two counts are about the same thing */
export function dayOfRow(row: PerformanceRow): HistoryDay {
  if (row.hour !== undefined)
    throw new RangeError(
      `row of campaign ${row.campaign} on ${row.date} is of hour ${row.hour}: history takes whole days`,
    )
  const conversions = new Map<string, HistoryDay['conversions'][string]>()
  for (const { rule, conversions: count, value } of row.conversions) {
    const key = ruleKey(rule)
    if (conversions.has(key))
      throw new RangeError(`campaign ${row.campaign} on ${row.date} has two counts of ${key}: report each rule once`)
    if (value.currency !== row.spend.currency) throw new CurrencyMismatch(value.currency, row.spend.currency)
    conversions.set(key, { count, valueMicros: value.micros })
  }
  return {
    date: row.date,
    spendMicros: row.spend.micros,
    impressions: row.impressions,
    clicks: row.clicks,
    conversions: Object.fromEntries(conversions),
  }
}

/**
 * Days in `rows` replace the days of their dates; other days stay: what was not reported is not zero. Days before the
 * last 90 are let go.
 *
 * @param rows of one entity, at least one
 * @returns undefined when nothing changed
 */
export function mergeDays(
  known: KnownHistory | undefined,
  rows: readonly PerformanceRow[],
  readOn: AccountDate,
): Merge | undefined {
  const reported = new Map(rows.map((row) => [row.date, dayOfRow(row)]))
  if (reported.size < rows.length)
    throw new RangeError(`campaign ${rows[0]?.campaign} has ${rows.length} rows for ${reported.size} dates`)
  const currency = currencyOf(known, rows)
  const before = new Map((known?.days ?? []).map((day) => [day.date, day]))
  // A report that arrives behind a newer one knows less: it only tells of days that nothing is known of.
  const isLate = known !== undefined && known.readOn > readOn
  const today = isLate ? known.readOn : readOn
  const isKept = (date: AccountDate): boolean => daysBetween(date, today) < HISTORY_DAYS
  const isNews = (day: HistoryDay): boolean => {
    const seen = before.get(day.date)
    return isKept(day.date) && !(isLate ? seen !== undefined : sameDay(seen, day))
  }
  const changed = [...reported.values()].filter(isNews)
  if (changed.length === 0) return undefined

  const isSameReading = known?.readOn === today
  const latest = isLate ? [...reported, ...before] : [...before, ...reported]
  const days = [...new Map(latest).values()].filter(({ date }) => isKept(date))
  const { campaign, adGroup } = rows[0]!
  const dates = new Set([...(isSameReading ? known.changed : []), ...changed.map(({ date }) => date)])
  return {
    next: {
      campaign,
      ...(adGroup !== undefined && { adGroup }),
      currency,
      days: days.toSorted((a, b) => (a.date < b.date ? -1 : 1)),
      readOn: today,
      changed: [...dates].filter(isKept).toSorted(),
    },
    changedDays: changed.length,
    ...(known && !isSameReading && { over: { readOn: known.readOn, revisions: openRevisions(known) } }),
  }
}

/** One currency for all that is added up. @throws CurrencyMismatch */
function currencyOf(known: KnownHistory | undefined, rows: readonly PerformanceRow[]): CurrencyCode {
  const currency = known?.currency ?? rows[0]!.spend.currency
  const other = rows.find((row) => row.spend.currency !== currency)
  if (other) throw new CurrencyMismatch(other.spend.currency, currency)
  return currency
}

/** The revisions of the last reading day, which may still change while that day lasts. */
export function openRevisions({ days, changed, readOn }: KnownHistory): readonly Revision[] {
  const dates = new Set(changed)
  return days
    .filter(({ date }) => dates.has(date))
    .map(({ date, conversions }) => ({ date, ageDays: daysBetween(date, readOn), conversions }))
}

function sameDay(a: HistoryDay | undefined, b: HistoryDay): boolean {
  if (!a || a.spendMicros !== b.spendMicros || a.impressions !== b.impressions || a.clicks !== b.clicks) return false
  const rules = Object.keys(b.conversions)
  if (Object.keys(a.conversions).length !== rules.length) return false
  return rules.every((rule) => {
    const [one, other] = [a.conversions[rule], b.conversions[rule]]
    return one?.count === other?.count && one?.valueMicros === other?.valueMicros
  })
}
