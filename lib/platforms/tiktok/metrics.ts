import type { ConversionCount, ConversionRule } from '../../model/conversions.ts'
import { PlatformError } from '../../model/failure.ts'
import { type CurrencyCode, type Money, zero } from '../../units/money.ts'
import type { TikTokCampaign } from './schema.ts'
import { fromReported } from './units.ts'

/** Names of the metrics that a conversion is counted and valued by. */
export interface MetricPair {
  readonly count: string
  /** Absent where TikTok knows no value of it. */
  readonly value?: string
}
export type MetricPairs = Readonly<Record<string, MetricPair>>

/** Payments on the website. `total_complete_payment_rate` is their value, whatever its name says. */
const WEB: MetricPair = { count: 'complete_payment', value: 'total_complete_payment_rate' }
const APP: MetricPair = { count: 'total_purchase', value: 'total_purchase_value' }
/** Purchases in TikTok's own shop. */
const SHOP: MetricPair = { count: 'onsite_shopping', value: 'total_onsite_shopping_value' }

/** TikTok's own names. `purchase` is whichever of the first three a campaign sells by. */
export const METRIC_PAIRS: MetricPairs = {
  complete_payment: WEB,
  total_purchase: APP,
  onsite_shopping: SHOP,
  /** What each ad group is optimised for. */
  conversion: { count: 'conversion' },
}
export const PURCHASE = 'purchase'
/** The same conversions as `conversion`, on the day that they happened. */
const REAL_TIME: MetricPair = { count: 'real_time_conversion' }

const PURCHASES: Readonly<Record<string, MetricPair>> = {
  APP_PROMOTION: APP,
  ENGAGEMENT: WEB,
  LEAD_GENERATION: WEB,
  REACH: WEB,
  RF_REACH: WEB,
  TOPVIEW_REACH: WEB,
  TRAFFIC: WEB,
  VIDEO_VIEWS: WEB,
  WEB_CONVERSIONS: WEB,
}
/** `PRODUCT_SALES` alone does not say where. */
const PRODUCT_SALES: Readonly<Record<string, MetricPair>> = { STORE: SHOP, SHOWCASE: SHOP, CATALOG: WEB }

type Selling = Pick<TikTokCampaign, 'campaign_id' | 'objective_type' | 'campaign_product_source'>

/** @throws PlatformError unreadable for an objective that is not known here: its purchases could be in any of them */
export function purchasePair(campaign: Selling): MetricPair {
  const { objective_type: objective, campaign_product_source: source } = campaign
  const pair = objective === 'PRODUCT_SALES' ? PRODUCT_SALES[source || 'CATALOG'] : PURCHASES[objective ?? '']
  if (pair) return pair
  const what = objective === 'PRODUCT_SALES' ? `campaign_product_source ${source}` : `objective_type ${objective}`
  throw unreadable(`campaign ${campaign.campaign_id}: ${what} is not known: name the metric in the rule instead`)
}

/** A conversion rule in TikTok's words. */
export interface TikTokRule {
  readonly rule: ConversionRule
  /** Absent: by the objective of the campaign. */
  readonly pair: MetricPair | undefined
}

/** Windows that an ad group can be set to; 0 stands for OFF. */
export const CLICK_DAYS: readonly number[] = [0, 1, 7, 14, 28]
export const VIEW_DAYS: readonly number[] = [0, 1, 7]

/** @throws PlatformError rejected when TikTok does not count by such a rule */
export function tiktokRule(rule: ConversionRule, pairs: MetricPairs): TikTokRule {
  const { action, clickWindowDays: click, viewWindowDays: view, basis } = rule
  if (!CLICK_DAYS.includes(click) || !VIEW_DAYS.includes(view) || click + view === 0)
    throw rejected(
      'window',
      `TikTok has no ${click}-day click and ${view}-day view window: choose 1, 7, 14 or 28 days after a click, 0, 1 or 7 after a view`,
    )
  if (action === 'conversion' && basis === 'conversion') return { rule, pair: REAL_TIME }
  if (basis !== 'impression')
    throw rejected(
      'basis',
      `TikTok counts ${action} on the day of the impression and not by ${basis}: write basis impression`,
    )
  const pair = Object.hasOwn(pairs, action) ? pairs[action] : undefined
  if (!pair && action !== PURCHASE)
    throw rejected(
      'action',
      `TikTok's ${action} is not known here: choose ${[PURCHASE, ...Object.keys(pairs)].join(', ')}, or name its metrics`,
    )
  return { rule, pair }
}

const rejected = (code: string, detail: string) => new PlatformError({ kind: 'rejected', code, detail })
const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail })

/** Names of all metrics that these rules may need. */
export function metricsFor(rules: readonly TikTokRule[]): readonly string[] {
  const pairs = rules.flatMap(({ pair }) => (pair ? [pair] : [WEB, APP, SHOP]))
  return [...new Set(pairs.flatMap(({ count, value }) => [count, ...(value ? [value] : [])]))]
}

export type Metrics = Readonly<Record<string, string>>

/**
 * What a row says under each rule.
 *
 * @param campaign absent where it is not listed: its purchases cannot be told, and it has no entry for them
 */
export const countsOf = (
  metrics: Metrics,
  rules: readonly TikTokRule[],
  campaign: Selling | undefined,
  currency: CurrencyCode,
): readonly ConversionCount[] =>
  rules.flatMap(({ rule, pair }) => {
    const chosen = pair ?? (campaign && purchasePair(campaign))
    if (!chosen) return []
    const value = chosen.value === undefined ? zero(currency) : amountIn(metrics, chosen.value, currency)
    return [{ rule, conversions: countIn(metrics, chosen.count), value }]
  })

/** A count ≥ 0, which may have decimals. @throws PlatformError unreadable */
export function countIn(metrics: Metrics, name: string): number {
  const text = metrics[name]
  if (text === undefined || !/^\d{1,15}(?:\.\d{1,15})?$/.test(text)) throw unreadable(`metrics.${name}: not a count`)
  return Number(text)
}

/** @throws PlatformError unreadable */
export function amountIn(metrics: Metrics, name: string, currency: CurrencyCode): Money {
  try {
    return fromReported(metrics[name] ?? '', currency)
  } catch {
    throw unreadable(`metrics.${name}: not a decimal amount`)
  }
}
