import type { ClaimedDay, GuardView } from '../decide/breakers/view.ts'
import { visibleShare } from '../decide/breakers/visible-share.ts'
import { zeroConversions } from '../decide/breakers/zero-conversions.ts'
import type { CampaignId } from '../model/account.ts'
import { ruleKey } from '../model/conversions.ts'
import type { IntradaySpend } from '../model/history.ts'
import type { PerformanceReport } from '../model/performance.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { AccountStructure } from '../model/structure.ts'
import { type AccountDate, addDays, dateAt, HOUR_MS, type Instant, MINUTE_MS } from '../units/calendar.ts'
import { intradayOf } from './intraday.ts'
import { lagRevisions } from './lag-reading.ts'
import type { Loop } from './loop.ts'
import { termsOf } from './portfolios.ts'

/** What a pull has read so lately is not read again. */
const FRESH_MS = 5 * MINUTE_MS

/**
 * Today's spend, clicks and impressions: one report of one day and its total, which is what is asked of a platform every
 * quarter of an hour; the rest of a pull is asked once an hour.
 */
export async function readSpendToday(structure: AccountStructure, loop: Loop): Promise<IntradaySpend> {
  const { account, zone } = structure
  const today = dateAt(loop.clock.now(), zone)
  const known = await loop.facts.intraday(account, today)
  if (known && loop.clock.now() - known.readAt < FRESH_MS) return known
  const { reader } = loop.platforms(account.platform)
  const report = await reader.performance(account, { grain: 'hour', from: today, to: today }, [])
  const spend = intradayOf(report, structure, today)
  await loop.facts.putIntraday(spend)
  return spend
}

/**
 * Clicks and claims of today and of yesterday, in this order, read with the first turn of an hour; undefined with the
 * others. All of them are taken to be visible: see `learnVisible`.
 */
export async function readClaims(
  version: PolicyVersion,
  { account, zone }: AccountStructure,
  turn: Instant,
  loop: Loop,
): Promise<readonly ClaimedDay[] | undefined> {
  const terms = termsOf(version, account)
  if (turn % HOUR_MS !== 0 || !terms) return undefined
  const today = dateAt(loop.clock.now(), zone)
  const yesterday = addDays(today, -1)
  const { reader } = loop.platforms(account.platform)
  const report = await reader.performance(account, { grain: 'day', from: yesterday, to: today }, [terms.conversions])
  return [today, yesterday].map((date) => ({ visible: 1, campaigns: claimedOn(report, date) }))
}

function claimedOn({ rows }: PerformanceReport, date: AccountDate): ClaimedDay['campaigns'] {
  const campaigns = new Map<CampaignId, { clicks: number; conversions: number }>()
  for (const row of rows.filter((one) => one.date === date)) {
    const { clicks = 0, conversions = 0 } = campaigns.get(row.campaign) ?? {}
    const counted = row.conversions.reduce((sum, one) => sum + one.conversions, 0)
    campaigns.set(row.campaign, { clicks: clicks + row.clicks, conversions: conversions + counted })
  }
  return campaigns
}

/**
 * The view with the share of its claims that is visible by now. It takes many reads to learn, and is asked only where
 * something would be amiss if all were visible: less of them can only expect less.
 */
export async function learnVisible(view: GuardView, version: PolicyVersion, loop: Loop): Promise<GuardView> {
  const { claims, histories, structure, today } = view
  const terms = termsOf(version, structure.account)
  if (!claims || !terms || zeroConversions(view)?.length === 0) return view
  const rule = ruleKey(terms.conversions)
  const visible = visibleShare(await lagRevisions(histories, rule, structure.account, loop), histories, rule, today)
  const shares = [visible.today, visible.yesterday]
  return { ...view, claims: claims.map((day, i) => ({ ...day, visible: shares[i] ?? 0 })) }
}
