import type { CampaignId } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { PerformanceQuery, PerformanceReport, PerformanceRow } from '../../lib/model/performance.ts'
import { type AccountDate, dates } from '../../lib/units/calendar.ts'
import { money, zero } from '../../lib/units/money.ts'
import { type PlatformWorld, staleAt, type TrueAccount } from './platforms.ts'
import { BLOCK_HOURS, clockOf, spentBy, total } from './spend.ts'

/**
 * Spend by campaign and date: mostly near the budget's share, on some dates nearly as much as the platform ever spends, and
 * it never falls. Clicks follow it, and conversions do as often as they are counted.
 */
export function reportOf(
  own: TrueAccount,
  query: PerformanceQuery,
  rules: readonly ConversionRule[],
  world: PlatformWorld,
): PerformanceReport {
  const fault = world.reportFault()
  const now = world.now()
  const clock = clockOf(own, now)
  const readAt = fault === 'stale' ? staleAt(now) : now
  const isOlder = query.from < own.bornOn
  const from = isOlder ? own.bornOn : query.from
  const days = dates(from, query.to)
  const counted = world.countingFactor(own)
  const rows: PerformanceRow[] = []
  const accountSpend = new Map<AccountDate, PerformanceRow['spend']>()
  let left = 0
  for (const date of days) {
    let all = 0n
    for (const { campaigns, micros } of own.budgets.values())
      for (const campaign of campaigns) {
        const blocks = spentBy(own, campaign, date, micros / BigInt(campaigns.length), clock)
        const spend = total(blocks)
        all += spend
        left += 1
        // A page that is missing: the rows are, and the account's own total is not.
        if (fault === 'partial' && left % 3 === 0) continue
        if (query.grain !== 'hour') rows.push(rowOf(own, campaign, date, spend, counted, rules))
        else
          for (const [block, part] of blocks.entries())
            if (part > 0n || block === 0)
              rows.push({ ...rowOf(own, campaign, date, part, counted, rules), hour: block * BLOCK_HOURS })
      }
    accountSpend.set(date, money(all, own.currency))
  }
  return { account: own.account, query, rows, accountSpend, readAt }
}

function rowOf(
  own: TrueAccount,
  campaign: string,
  date: AccountDate,
  spend: bigint,
  counted: number,
  rules: readonly ConversionRule[],
): PerformanceRow {
  // What an outage of the tracking keeps from being counted was clicked all the same.
  const sold = Number(spend) / 1e6 / (4 + (Number(campaign) % 7))
  const conversions = Math.round(sold * counted)
  return {
    campaign: campaign as CampaignId,
    date,
    spend: money(spend, own.currency),
    impressions: Math.round(sold) * 1000,
    clicks: Math.round(sold) * 20,
    conversions: rules.map((rule) => ({ rule, conversions, value: zero(own.currency) })),
  }
}
