import { type AccountDate, dateAt, daysBetween, type Instant } from '../../../lib/units/calendar.ts'
import type { WorldAccount, WorldCampaign, WorldClaim, WorldFact } from '../../world.ts'
import { toReported } from './money.ts'
import {
  type AdGroupNode,
  adGroupStatus,
  adGroupsOf,
  type CampaignNode,
  campaignStatus,
  hasPrimaryStatus,
  isGmvMax,
  objectiveOf,
  productSourceOf,
} from './nodes.ts'
import { pageOf } from './params.ts'
import { ID_DIMENSION, type ReportQuery, readReportQuery } from './report-query.ts'
import { type Answer, accountOf, type Call, nowOf, type Twin } from './twin.ts'

/** Days after a click and after a view that the pretend ad groups count: TikTok's default windows. */
const CLICK_DAYS = 7
const VIEW_DAYS = 1

interface Row {
  readonly id: string
  readonly campaign: WorldCampaign | undefined
  readonly adGroup: AdGroupNode['adGroup'] | undefined
  readonly date: AccountDate
  readonly hour: number | undefined
  spendMicros: bigint
  impressions: number
  clicks: number
  claims: readonly WorldClaim[]
  /** The same claims by the day they happened. */
  happened: readonly WorldClaim[]
}

const PAGE_MAX = 1_000

/** A synchronous report, rows of nothing but zeros left out, with a header when there were more ads than it looks at. */
export function runReport(twin: Twin, { params }: Call): Answer {
  const account = accountOf(twin, params.text('advertiser_id'))
  const query = readReportQuery(params)
  const scope = scopeOf(twin, account, query)
  const rows = [...rowsOf(twin, account, query, scope.campaigns, scope.adGroups).values()].filter(
    (row) => !isEmpty(row),
  )
  const data = pageOf(rows, params, PAGE_MAX, (row) => shown(row, query, account))
  return scope.isTruncated ? { data, headers: { 'X-Tt-Ads-Throttle': THROTTLED } } : { data }
}

const THROTTLED =
  "Number of ad ids is equal or more than 20k, only return the top 20k id's results, sorting by create time desc order."

interface Scope {
  readonly campaigns: ReadonlyMap<string, WorldCampaign>
  readonly adGroups: ReadonlyMap<string, AdGroupNode>
  readonly isTruncated: boolean
}

/** What the report looks at. An ad group counts as one ad; beyond the limit only those created last are kept. */
function scopeOf({ reportAdsMax }: Twin, account: WorldAccount, query: ReportQuery): Scope {
  const isShop = query.type === 'TT_SHOP'
  const nodes: readonly CampaignNode[] = [...account.campaigns.values()]
    .filter((campaign) => isGmvMax(campaign) === isShop)
    .filter(({ id }) => !query.campaigns || query.campaigns.has(id))
    .map((campaign) => ({ account, campaign }))
  const all = nodes.flatMap(adGroupsOf).filter(({ adGroup }) => !query.adGroups || query.adGroups.has(adGroup.id))
  const isTruncated = !isShop && query.level !== 'AUCTION_ADVERTISER' && all.length >= reportAdsMax
  const seen = isTruncated ? all.slice(-reportAdsMax) : all
  const campaigns = nodes.filter(
    (node) =>
      (!isTruncated || seen.some(({ campaign }) => campaign.id === node.campaign.id)) &&
      (query.level !== 'AUCTION_CAMPAIGN' || hasPrimaryStatus(campaignStatus(node), query.primary)),
  )
  const adGroups = seen.filter(
    (node) => query.level !== 'AUCTION_ADGROUP' || hasPrimaryStatus(adGroupStatus(node), query.primary),
  )
  return {
    campaigns: new Map(campaigns.map(({ campaign }) => [campaign.id, campaign])),
    adGroups: new Map(adGroups.map((node) => [node.adGroup.id, node])),
    isTruncated,
  }
}

const earlier = (a: AccountDate, b: AccountDate): AccountDate => (daysBetween(a, b) > 0 ? a : b)

function factsOf(
  { world }: Twin,
  account: WorldAccount,
  query: ReportQuery,
  basis: 'click' | 'conversion',
  now: Instant,
): readonly WorldFact[] {
  const to = earlier(query.to, dateAt(now, account.zone))
  if (query.from > to) return []
  return world.facts({
    platform: 'tiktok',
    accountId: account.id,
    level: query.level === 'AUCTION_ADGROUP' ? 'ad-group' : 'campaign',
    grain: query.time === 'stat_time_hour' ? 'hour' : 'day',
    from: query.from,
    to,
    basis,
  })
}

function rowsOf(
  twin: Twin,
  account: WorldAccount,
  query: ReportQuery,
  campaigns: Scope['campaigns'],
  adGroups: Scope['adGroups'],
): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>()
  const rowOf = ({ id, campaignId, date, hour }: WorldFact): Row | undefined => {
    const node = adGroups.get(id)
    const campaign = query.level === 'AUCTION_ADGROUP' ? node?.campaign : campaigns.get(campaignId ?? id)
    if (!campaign) return undefined
    const rowId = query.level === 'AUCTION_ADVERTISER' ? account.id : id
    // The hour that a clock shows twice is one hour here: there are 24 labels.
    const key = `${rowId} ${query.time ? date : ''} ${hour ?? ''}`
    const known = rows.get(key)
    if (known) return known
    const own = query.level === 'AUCTION_ADVERTISER' ? undefined : campaign
    const row = { id: rowId, campaign: own, adGroup: node?.adGroup, date, hour, ...ZEROS }
    rows.set(key, row)
    return row
  }
  for (const fact of factsOf(twin, account, query, 'click', nowOf(twin))) {
    const row = rowOf(fact)
    if (!row) continue
    row.spendMicros += fact.spendMicros
    row.impressions += fact.impressions
    row.clicks += fact.clicks
    row.claims = [...row.claims, ...fact.claims]
  }
  if (!query.metrics.includes('real_time_conversion')) return rows
  for (const fact of factsOf(twin, account, query, 'conversion', nowOf(twin))) {
    const row = rowOf(fact)
    if (row) row.happened = [...row.happened, ...fact.claims]
  }
  return rows
}

const ZEROS = { spendMicros: 0n, impressions: 0, clicks: 0, claims: [], happened: [] } as const

const isEmpty = ({ spendMicros, impressions, clicks, claims, happened }: Row): boolean =>
  spendMicros === 0n && impressions === 0 && clicks === 0 && claims.length === 0 && happened.length === 0

function shown(row: Row, query: ReportQuery, account: WorldAccount) {
  const { level, time } = query
  const clock = row.hour === undefined ? '00' : String(row.hour).padStart(2, '0')
  return {
    dimensions: { [ID_DIMENSION[level]]: row.id, ...(time && { [time]: `${row.date} ${clock}:00:00` }) },
    metrics: Object.fromEntries(query.metrics.map((metric) => [metric, metricOf(metric, row, account)])),
  }
}

const inWindow = ({ touch, lagDays }: WorldClaim): boolean =>
  lagDays <= (touch === 'click' ? CLICK_DAYS : VIEW_DAYS) - 1

/** Where the purchases of a campaign are counted: on the website, or in the shop. */
const surfaceOf = (campaign: WorldCampaign | undefined): 'web' | 'shop' =>
  campaign && productSourceOf(campaign) === 'STORE' ? 'shop' : 'web'

function purchases(row: Row, surface: 'web' | 'shop'): readonly WorldClaim[] {
  if (surfaceOf(row.campaign) !== surface) return []
  return row.claims.filter((claim) => claim.action === 'purchase' && inWindow(claim))
}

const countOf = (claims: readonly WorldClaim[]): string =>
  String(Math.round(claims.reduce((total, { count }) => total + count, 0)))
const worthOf = (claims: readonly WorldClaim[], { currency }: WorldAccount): string =>
  toReported(
    claims.reduce((total, { valueMicros }) => total + valueMicros, 0n),
    currency,
  )

function metricOf(metric: string, row: Row, account: WorldAccount): string {
  switch (metric) {
    case 'spend':
    case 'billed_cost':
      return toReported(row.spendMicros, account.currency)
    case 'impressions':
      return String(row.impressions)
    case 'clicks':
      return String(row.clicks)
    case 'conversion':
      return countOf(row.claims.filter(inWindow))
    case 'real_time_conversion':
      return countOf(row.happened.filter(inWindow))
    case 'complete_payment':
      return countOf(purchases(row, 'web'))
    case 'total_complete_payment_rate':
      return worthOf(purchases(row, 'web'), account)
    case 'onsite_shopping':
      return countOf(purchases(row, 'shop'))
    case 'total_onsite_shopping_value':
      return worthOf(purchases(row, 'shop'), account)
    case 'total_purchase':
      return '0'
    case 'total_purchase_value':
      return toReported(0n, account.currency)
    default:
      return attributeOf(metric, row)
  }
}

/** Attributes come among the metrics; `-` where a row is of several. */
function attributeOf(metric: string, { campaign, adGroup }: Row): string {
  if (!campaign) return '-'
  if (metric === 'campaign_id') return campaign.id
  if (metric === 'campaign_name') return campaign.name
  if (metric === 'objective_type') return objectiveOf(campaign)
  return adGroup?.name ?? '-'
}
