import * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import { type AccountDate, accountDate, addDays, daysBetween } from '../../units/calendar.ts'
import type { Api, Listed } from './api.ts'
import type { Metrics } from './metrics.ts'
import { id } from './schema.ts'

export type Level = 'AUCTION_ADVERTISER' | 'AUCTION_CAMPAIGN' | 'AUCTION_ADGROUP'
export type Grain = 'day' | 'hour'

export interface ReportRequest {
  /** `TT_SHOP` reports GMV Max campaigns, and takes no filters. */
  readonly type: 'BASIC' | 'TT_SHOP'
  readonly level: Level
  readonly grain: Grain
  readonly metrics: readonly string[]
  readonly from: AccountDate
  readonly to: AccountDate
}

/** One row, by the account's date and, by the hour, the hour of its clock. */
export interface ReportRow {
  readonly id: string
  readonly date: AccountDate
  readonly hour?: number
  readonly metrics: Metrics
}

const ID: Readonly<Record<Level, 'advertiser_id' | 'campaign_id' | 'adgroup_id'>> = {
  AUCTION_ADVERTISER: 'advertiser_id',
  AUCTION_CAMPAIGN: 'campaign_id',
  AUCTION_ADGROUP: 'adgroup_id',
}
const TIME = { day: 'stat_time_day', hour: 'stat_time_hour' } as const
/** Longest range of one query. @see https://business-api.tiktok.com/portal/docs?id=1740302848100353 */
const DAYS_PER_QUERY = { day: 30, hour: 1 } as const
const CAMPAIGNS_PER_FILTER = 100

const text = z.union([z.string(), z.number()]).transform(String)
const rowSchema = z.object({
  dimensions: z.object({
    advertiser_id: id.optional(),
    campaign_id: id.optional(),
    adgroup_id: id.optional(),
    stat_time_day: z.string().optional(),
    stat_time_hour: z.string().optional(),
  }),
  metrics: z.record(
    z.string(),
    text.nullish().transform((value) => value ?? ''),
  ),
})
type RawRow = z.output<typeof rowSchema>

/**
 * Every row of a report over any range, in as many queries as TikTok's limits ask for.
 *
 * @param campaigns all of the account's, for an account of more ads than one query looks at
 * @throws PlatformError as reads do; `transient` where a report that takes no filter looked at only some of the ads
 */
export async function readReport(
  api: Api,
  account: AccountId,
  request: ReportRequest,
  campaigns: () => Promise<readonly string[]>,
): Promise<readonly ReportRow[]> {
  const rows: ReportRow[] = []
  for (const range of rangesOf(request)) {
    const part = { ...request, ...range }
    const whole = await query(api, account, part)
    // Unfiltered, each of its parts would be the same report again.
    if (whole.isTruncated && part.type === 'TT_SHOP') throw truncated()
    const read = whole.isTruncated ? await bySome(api, account, part, await campaigns()) : whole.elements
    rows.push(...read.map((row) => rowOf(row, part)))
  }
  return rows
}

function rangesOf({
  grain,
  from,
  to,
}: ReportRequest): readonly { readonly from: AccountDate; readonly to: AccountDate }[] {
  const days = DAYS_PER_QUERY[grain]
  const count = Math.ceil((daysBetween(from, to) + 1) / days)
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const first = addDays(from, index * days)
    const last = addDays(first, days - 1)
    return { from: first, to: daysBetween(last, to) < 0 ? to : last }
  })
}

function query(
  api: Api,
  account: AccountId,
  request: ReportRequest,
  campaigns?: readonly string[],
): Promise<Listed<RawRow>> {
  const { type, level, grain, metrics, from, to } = request
  const filtering = type === 'BASIC' ? filtersOf(level, campaigns) : []
  const keyOf = ({ dimensions }: RawRow) => `${dimensions[ID[level]]} ${dimensions[TIME[grain]]}`
  return api.list(
    {
      account,
      path: 'report/integrated/get/',
      query: {
        advertiser_id: account,
        report_type: type,
        data_level: level,
        dimensions: [ID[level], TIME[grain]],
        metrics,
        start_date: from,
        end_date: to,
        ...(filtering.length > 0 && { filtering }),
      },
      keyOf,
    },
    rowSchema,
  )
}

const STATUS: Readonly<Partial<Record<Level, string>>> = {
  AUCTION_CAMPAIGN: 'campaign_status',
  AUCTION_ADGROUP: 'adgroup_status',
}
const isIn = (field_name: string, values: readonly string[]) => ({
  field_name,
  filter_type: 'IN',
  // JSON within JSON.
  filter_value: JSON.stringify(values),
})

/** Without a status of its own a report leaves out what was deleted, and its past spend with it. */
function filtersOf(level: Level, campaigns: readonly string[] | undefined): readonly unknown[] {
  const status = STATUS[level]
  return [...(status ? [isIn(status, ['STATUS_ALL'])] : []), ...(campaigns ? [isIn('campaign_ids', campaigns)] : [])]
}

/** The same report for some campaigns at a time, for fewer of them where those still have too many ads. */
async function bySome(
  api: Api,
  account: AccountId,
  request: ReportRequest,
  campaigns: readonly string[],
): Promise<readonly RawRow[]> {
  const rows: RawRow[] = []
  for (let start = 0; start < campaigns.length; start += CAMPAIGNS_PER_FILTER)
    rows.push(...(await ofSome(api, account, request, campaigns.slice(start, start + CAMPAIGNS_PER_FILTER))))
  return rows
}

async function ofSome(
  api: Api,
  account: AccountId,
  request: ReportRequest,
  campaigns: readonly string[],
): Promise<readonly RawRow[]> {
  const { elements, isTruncated } = await query(api, account, request, campaigns)
  if (!isTruncated) return elements
  if (campaigns.length === 1) throw unreadable(`campaign ${campaigns[0]} has more ads than a report looks at`)
  const middle = Math.ceil(campaigns.length / 2)
  const first = await ofSome(api, account, request, campaigns.slice(0, middle))
  return [...first, ...(await ofSome(api, account, request, campaigns.slice(middle)))]
}

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail: `report: ${detail}` })

const truncated = () =>
  new PlatformError({
    kind: 'transient',
    detail:
      'report: TikTok looked at only some of the ads for GMV Max (X-Tt-Ads-Throttle), and takes no filter for fewer',
  })

/** `2026-11-21 13:00:00`, on the clock of the account. */
const TIMES = /^(\d{4}-\d{2}-\d{2}) ([01]\d|2[0-3]):00:00$/

function rowOf({ dimensions, metrics }: RawRow, { level, grain, from, to }: ReportRequest): ReportRow {
  const rowId = dimensions[ID[level]]
  if (rowId === undefined) throw unreadable(`dimensions.${ID[level]}: missing`)
  const match = TIMES.exec(dimensions[TIME[grain]] ?? '')
  if (!match) throw unreadable(`dimensions.${TIME[grain]}: not a time such as 2026-11-21 13:00:00`)
  const [, day = '', hour = ''] = match
  const date = dateOf(day)
  if (date < from || date > to) throw unreadable(`dimensions.${TIME[grain]}: not one of the days asked for`)
  return { id: rowId, date, ...(grain === 'hour' && { hour: Number(hour) }), metrics }
}

function dateOf(day: string): AccountDate {
  try {
    return accountDate(day)
  } catch {
    throw unreadable('dimensions: not a date that exists')
  }
}
