import type { AccountRef, AdGroupId, CampaignId } from '../../model/account.ts'
import type { ConversionRule } from '../../model/conversions.ts'
import { PlatformError } from '../../model/failure.ts'
import type { PerformanceQuery, PerformanceReport, PerformanceRow } from '../../model/performance.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AccountDate } from '../../units/calendar.ts'
import { add, type CurrencyCode, type Money } from '../../units/money.ts'
import type { Basics } from './account.ts'
import type { Api } from './api.ts'
import { adGroupBudget } from './budgets.ts'
import type { Listing, Listings } from './listing.ts'
import { amountIn, countIn, countsOf, type MetricPairs, metricsFor, type TikTokRule, tiktokRule } from './metrics.ts'
import { type ReportRequest, type ReportRow, readReport } from './report.ts'
import type { TikTokCampaign } from './schema.ts'

export interface PerformanceParts {
  readonly api: Api
  readonly clock: Clock
  readonly basics: Basics
  readonly listings: Listings
  readonly pairs: MetricPairs
}

/** Spend and claims by campaign, or by ad group where any ad group holds a budget, with the account's own totals. */
export async function readPerformance(
  parts: PerformanceParts,
  account: AccountRef,
  query: PerformanceQuery,
  rules: readonly ConversionRule[],
): Promise<PerformanceReport> {
  const { api, clock, basics, listings, pairs } = parts
  const tiktokRules = rules.map((rule) => tiktokRule(rule, pairs))
  const { currency } = await basics.of(account.id)
  const listing = await listings.recent(account.id)
  const read = (request: ReportRequest) => readReport(api, account.id, request, async () => idsOf(listing))
  const shape = { listing, currency, rules: tiktokRules }
  const basic = await read(basicRequest(query, shape))
  const totals = await read(totalRequest('BASIC', query))
  // Their spend is in a report of their own, or, should TikTok put it there some day, in the ordinary one.
  const isApart = listing.gmvMax.length > 0 && !mentionsGmvMax(basic, listing)
  const shop = isApart ? await read(shopRequest(query)) : []
  const shopTotals = isApart ? await read(totalRequest('TT_SHOP', query)) : []
  return {
    account,
    query,
    rows: [...basic.map((row) => toRow(row, shape)), ...shop.map((row) => toShopRow(row, currency))],
    accountSpend: sums([...totals, ...shopTotals], currency),
    readAt: clock.now(),
  }
}

interface Shape {
  readonly listing: Listing
  readonly currency: CurrencyCode
  readonly rules: readonly TikTokRule[]
}

const idsOf = ({ campaigns }: Listing): readonly string[] => campaigns.map((campaign) => campaign.campaign_id)

/** Budgets of ad groups ask for rows by ad group; campaigns with their own budget need only their rows. */
function levelOf({ listing: { campaigns, adGroups }, currency }: Shape): 'AUCTION_CAMPAIGN' | 'AUCTION_ADGROUP' {
  const byId = new Map(campaigns.map((campaign) => [campaign.campaign_id, campaign]))
  const holds = adGroups.some((adGroup) => adGroupBudget(adGroup, byId.get(adGroup.campaign_id), currency))
  return holds ? 'AUCTION_ADGROUP' : 'AUCTION_CAMPAIGN'
}

function basicRequest(query: PerformanceQuery, shape: Shape): ReportRequest {
  const level = levelOf(shape)
  // The campaign of an ad group comes as a metric: rows are grouped by one id only.
  const parent = level === 'AUCTION_ADGROUP' ? ['campaign_id'] : []
  const metrics = [...parent, 'spend', 'impressions', 'clicks', ...metricsFor(shape.rules)]
  return { type: 'BASIC', level, metrics, ...query }
}

const totalRequest = (type: ReportRequest['type'], { from, to }: PerformanceQuery): ReportRequest => ({
  type,
  level: 'AUCTION_ADVERTISER',
  grain: 'day',
  metrics: ['spend'],
  from,
  to,
})

const shopRequest = (query: PerformanceQuery): ReportRequest => ({
  type: 'TT_SHOP',
  level: 'AUCTION_CAMPAIGN',
  metrics: ['spend'],
  ...query,
})

function mentionsGmvMax(rows: readonly ReportRow[], { gmvMax }: Listing): boolean {
  const ids = new Set(gmvMax.map((campaign) => campaign.campaign_id))
  return rows.some(({ id, metrics }) => ids.has(id) || ids.has(metrics.campaign_id ?? ''))
}

function toRow(row: ReportRow, { listing, currency, rules }: Shape): PerformanceRow {
  const parent = row.metrics.campaign_id
  const campaign = parent ?? row.id
  if (!/^\d{1,20}$/.test(campaign))
    throw new PlatformError({ kind: 'unreadable', detail: `report: metrics.campaign_id of ${row.id}: not an id` })
  return {
    campaign: campaign as CampaignId,
    ...(parent !== undefined && { adGroup: row.id as AdGroupId }),
    ...timeOf(row),
    spend: amountIn(row.metrics, 'spend', currency),
    impressions: countIn(row.metrics, 'impressions'),
    clicks: countIn(row.metrics, 'clicks'),
    conversions: countsOf(row.metrics, rules, campaignIn(listing, campaign), currency),
  }
}

const timeOf = ({ date, hour }: ReportRow): Pick<PerformanceRow, 'date' | 'hour'> =>
  hour === undefined ? { date } : { date, hour }

const indexes = new WeakMap<Listing, ReadonlyMap<string, TikTokCampaign>>()

/** A row names its campaign, and a listing has thousands. */
function campaignIn(listing: Listing, id: string): TikTokCampaign | undefined {
  const known = indexes.get(listing)
  const index = known ?? new Map(listing.campaigns.map((campaign) => [campaign.campaign_id, campaign]))
  if (!known) indexes.set(listing, index)
  return index.get(id)
}

/** The report of GMV Max campaigns has their spend alone. */
const toShopRow = (row: ReportRow, currency: CurrencyCode): PerformanceRow => ({
  campaign: row.id as CampaignId,
  ...timeOf(row),
  spend: amountIn(row.metrics, 'spend', currency),
  impressions: 0,
  clicks: 0,
  conversions: [],
})

function sums(rows: readonly ReportRow[], currency: CurrencyCode): ReadonlyMap<AccountDate, Money> {
  const byDate = new Map<AccountDate, Money>()
  for (const { date, metrics } of rows) {
    const spend = amountIn(metrics, 'spend', currency)
    const before = byDate.get(date)
    byDate.set(date, before ? add(before, spend) : spend)
  }
  return byDate
}
