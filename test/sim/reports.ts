import type { CampaignId } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { PerformanceQuery, PerformanceReport, PerformanceRow } from '../../lib/model/performance.ts'
import { type AccountDate, dates, dayNumber } from '../../lib/units/calendar.ts'
import { money, zero } from '../../lib/units/money.ts'
import { type PlatformWorld, staleAt, type TrueAccount } from './platforms.ts'

/** A share in [0, 1) that belongs to a campaign and a date. */
function shareOf(campaign: string, date: AccountDate): number {
  const mixed = Math.imul(Number(campaign) * 31 + dayNumber(date), 0x9e3779b1)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296
}

/**
 * Spend by campaign and date: mostly near the budget's share, on one date in eight nearly twice as much, and it never
 * changes once it was reported. Conversions follow it, as often as they are counted.
 */
export function reportOf(
  own: TrueAccount,
  query: PerformanceQuery,
  rules: readonly ConversionRule[],
  world: PlatformWorld,
): PerformanceReport {
  const fault = world.reportFault()
  const now = world.now()
  const readAt = fault === 'stale' ? staleAt(now) : now
  const isOlder = query.from < own.bornOn
  const from = isOlder ? own.bornOn : query.from
  const days = dates(from, query.to)
  const counted = world.countingFactor(own)
  const rows: PerformanceRow[] = []
  const accountSpend = new Map<AccountDate, PerformanceRow['spend']>()
  let left = 0
  for (const date of days) {
    let total = 0n
    for (const { campaigns, micros } of own.budgets.values())
      for (const campaign of campaigns) {
        const spend = spendOf(own, campaign, date, micros / BigInt(campaigns.length))
        total += spend
        left += 1
        // A page that is missing: the rows are, and the account's own total is not.
        if (fault === 'partial' && left % 3 === 0) continue
        rows.push(rowOf(own, campaign, date, query.grain === 'hour' ? spend / 24n : spend, counted, rules, query.grain))
      }
    accountSpend.set(date, money(query.grain === 'hour' ? total / 24n : total, own.currency))
  }
  return { account: own.account, query, rows, accountSpend, readAt }
}

function spendOf(own: TrueAccount, campaign: string, date: AccountDate, budget: bigint): bigint {
  const key = `${campaign} ${date}`
  const known = own.spend.get(key)
  if (known !== undefined) return known
  const share = shareOf(campaign, date)
  const percent = share < 0.125 ? 190 : 60 + Math.floor(share * 55)
  const spend = (budget * BigInt(percent)) / 100n
  own.spend.set(key, spend)
  return spend
}

function rowOf(
  own: TrueAccount,
  campaign: string,
  date: AccountDate,
  spend: bigint,
  counted: number,
  rules: readonly ConversionRule[],
  grain: PerformanceQuery['grain'],
): PerformanceRow {
  const conversions = Math.round((Number(spend) / 1e6 / (4 + (Number(campaign) % 7))) * counted)
  return {
    campaign: campaign as CampaignId,
    date,
    ...(grain === 'hour' ? { hour: 0 } : {}),
    spend: money(spend, own.currency),
    impressions: conversions * 1000,
    clicks: conversions * 20,
    conversions: rules.map((rule) => ({ rule, conversions, value: zero(own.currency) })),
  }
}
