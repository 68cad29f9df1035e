import { accountKey } from '../model/account.ts'
import type { HourCounts, IntradaySpend } from '../model/history.ts'
import type { PerformanceReport } from '../model/performance.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { AccountDate } from '../units/calendar.ts'

const HOURS = 24

/** A report by the hour as it is kept: spend, impressions and clicks by entity and hour, and the day's counts by entity. */
export function intradayOf(
  report: PerformanceReport,
  { account, currency }: AccountStructure,
  date: AccountDate,
): IntradaySpend {
  const spendMicrosByHour = new Map<string, (bigint | undefined)[]>()
  const counts = new Map<string, HourCounts>()
  const countsByHour = new Map<string, (HourCounts | undefined)[]>()
  for (const row of report.rows) {
    const key = row.adGroup === undefined ? row.campaign : `${row.campaign}/${row.adGroup}`
    const spend = ofEntity(spendMicrosByHour, key)
    const byHour = ofEntity(countsByHour, key)
    counts.set(key, together(counts.get(key), row))
    if (row.hour === undefined) continue
    spend[row.hour] = (spend[row.hour] ?? 0n) + row.spend.micros
    byHour[row.hour] = together(byHour[row.hour], row)
  }
  return {
    ...{ account: accountKey(account), date, currency, readAt: report.readAt },
    ...{ spendMicrosByHour, counts, countsByHour },
  }
}

function ofEntity<T>(entities: Map<string, (T | undefined)[]>, key: string): (T | undefined)[] {
  const hours = entities.get(key) ?? new Array<T | undefined>(HOURS).fill(undefined)
  entities.set(key, hours)
  return hours
}

const together = (before: HourCounts | undefined, { impressions, clicks }: HourCounts): HourCounts => ({
  impressions: (before?.impressions ?? 0) + impressions,
  clicks: (before?.clicks ?? 0) + clicks,
})
