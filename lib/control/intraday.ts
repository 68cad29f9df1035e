import { accountKey } from '../model/account.ts'
import type { IntradaySpend } from '../model/history.ts'
import type { PerformanceReport } from '../model/performance.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { AccountDate } from '../units/calendar.ts'

/** A report by the hour as it is kept: spend by entity and hour, and the day's clicks and impressions by entity. */
export function intradayOf(
  report: PerformanceReport,
  { account, currency }: AccountStructure,
  date: AccountDate,
): IntradaySpend {
  const byHour = new Map<string, (bigint | undefined)[]>()
  const counts = new Map<string, { impressions: number; clicks: number }>()
  for (const { campaign, adGroup, hour, spend, impressions, clicks } of report.rows) {
    const key = adGroup === undefined ? campaign : `${campaign}/${adGroup}`
    const hours = byHour.get(key) ?? new Array<bigint | undefined>(24).fill(undefined)
    byHour.set(key, hours)
    if (hour !== undefined) hours[hour] = (hours[hour] ?? 0n) + spend.micros
    const before = counts.get(key)
    counts.set(key, {
      impressions: (before?.impressions ?? 0) + impressions,
      clicks: (before?.clicks ?? 0) + clicks,
    })
  }
  return { account: accountKey(account), date, currency, readAt: report.readAt, spendMicrosByHour: byHour, counts }
}
