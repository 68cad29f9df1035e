import type { AccountDate } from '../../../lib/units/calendar.ts'
import type { WorldAccount, WorldClaim } from '../../world.ts'
import { actionCounts, actionValues, type SumsByAction, sumByAction } from './actions.ts'
import { badParameter } from './errors.ts'
import { HOURLY, type InsightsQuery } from './insights-query.ts'
import { toReportedAmount } from './money.ts'
import type { AccountNode, AdSetNode, CampaignNode } from './nodes.ts'

export type InsightsNode = AccountNode | CampaignNode | AdSetNode

/** One row before it is put into words. */
export interface InsightRow {
  readonly account: WorldAccount
  readonly entity: InsightsNode
  readonly from: AccountDate
  readonly to: AccountDate
  readonly hour: number | undefined
  spendMicros: bigint
  impressions: number
  clicks: number
  claims: WorldClaim[]
}

/** @param sums of the row's claims, made once however many fields ask for them */
type RowField = (row: InsightRow, query: InsightsQuery, sums: () => SumsByAction) => unknown

const campaignOf = ({ entity }: InsightRow) => (entity.kind === 'account' ? undefined : entity.campaign)
const adGroupOf = ({ entity }: InsightRow) => (entity.kind === 'ad-set' ? entity.adGroup : undefined)

/** Conversions off Meta are not given by hour. */
const sumsOf = ({ claims }: InsightRow, { hourly, windows }: InsightsQuery): SumsByAction =>
  sumByAction(hourly ? [] : claims, windows)

const ratio = (part: number, whole: number): string | undefined => (whole > 0 ? (part / whole).toFixed(6) : undefined)
/** Main units. */
export const spendUnits = ({ spendMicros }: InsightRow): number => Number(spendMicros) / 1e6

function purchaseRoas(row: InsightRow, _: InsightsQuery, sums: () => SumsByAction): unknown {
  const micros = sums().get('purchase')?.values[0] ?? 0n
  const roas = micros > 0n ? ratio(Number(micros) / 1e6, spendUnits(row)) : undefined
  return roas && [{ action_type: 'omni_purchase', value: roas }]
}

/** The fields of a report row that this twin can tell. */
export const INSIGHT_FIELDS: Readonly<Record<string, RowField>> = {
  account_currency: ({ account }) => account.currency,
  account_id: ({ account }) => account.id,
  account_name: ({ account }) => account.name,
  campaign_id: (row) => campaignOf(row)?.id,
  campaign_name: (row) => campaignOf(row)?.name,
  adset_id: (row) => adGroupOf(row)?.id,
  adset_name: (row) => adGroupOf(row)?.name,
  impressions: ({ impressions }) => String(impressions),
  clicks: ({ clicks }) => String(clicks),
  inline_link_clicks: ({ clicks }) => (clicks > 0 ? String(clicks) : undefined),
  spend: ({ spendMicros, account }) => toReportedAmount(spendMicros, account.currency),
  actions: (row, query, sums) => actionCounts(sums(), row.clicks, query.windows),
  action_values: (row, query, sums) => actionValues(sums(), query.windows, row.account.currency),
  cpc: (row) => ratio(spendUnits(row), row.clicks),
  cpm: (row) => ratio(spendUnits(row) * 1_000, row.impressions),
  ctr: (row) => ratio(row.clicks * 100, row.impressions),
  purchase_roas: purchaseRoas,
  attribution_setting: () => '7d_click_1d_view',
  objective: () => 'OUTCOME_SALES',
  // Often without a value in the open, where `actions` has one; never here.
  conversions: () => undefined,
  date_start: ({ from }) => from,
  date_stop: ({ to }) => to,
}

const ALWAYS = ['date_start', 'date_stop'] as const
const DEFAULTS = ['account_id', 'campaign_id', 'adset_id', 'impressions', 'spend'] as const

/** @throws GraphError for a field that no report has */
export function fieldsOf(query: InsightsQuery): readonly string[] {
  const asked = query.fields ?? DEFAULTS
  const unknown = asked.find((name) => !INSIGHT_FIELDS[name])
  if (unknown !== undefined)
    throw badParameter(`${unknown} is not valid for fields param. Please check the reference for all valid values.`)
  return [...asked, ...ALWAYS]
}

const hourText = (hour: number): string => {
  const text = hour.toString().padStart(2, '0')
  return `${text}:00:00 - ${text}:59:59`
}

export function inWords(
  row: InsightRow,
  fields: readonly string[],
  query: InsightsQuery,
): Readonly<Record<string, unknown>> {
  const answer: Record<string, unknown> = {}
  let made: SumsByAction | undefined
  const sums = (): SumsByAction => {
    made ??= sumsOf(row, query)
    return made
  }
  for (const name of fields) {
    const value = INSIGHT_FIELDS[name]?.(row, query, sums)
    if (value !== undefined) answer[name] = value
  }
  if (row.hour !== undefined) answer[HOURLY] = hourText(row.hour)
  return answer
}
