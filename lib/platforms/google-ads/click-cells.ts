import * as z from 'zod'
import type { AccountRef, CampaignId } from '../../model/account.ts'
import { type ConversionRule, ruleKey } from '../../model/conversions.ts'
import type { ClickCell } from '../../model/evidence.ts'
import type { BidCriterion, CriterionDimension, CriterionRef, Device } from '../../model/structure.ts'
import type { AccountDate } from '../../units/calendar.ts'
import { ownAccount } from './account.ts'
import { type MatchedRule, matchRules } from './conversion-actions.ts'
import { CRITERION_FIELDS, criteriaByCampaign, criterionId, criterionRow, LISTED, MANUAL_BIDS } from './criteria.ts'
import { deviceOf } from './devices.ts'
import { between } from './gaql.ts'
import type { GoogleAdsRest } from './rest.ts'
import { type AdSchedule, adSchedule, SCHEDULE_FIELDS, shareIn } from './schedule.ts'
import { count, digits, real, unreadable } from './schema.ts'

/** proto3 leaves out what is 0. */
const where = z.object({
  campaign: z.object({ id: digits }),
  campaignCriterion: z.object({ criterionId: digits }).optional(),
})
const when = { device: z.string().optional(), dayOfWeek: z.string().optional(), hour: z.number().default(0) }
const clickRow = z.object({
  ...where.shape,
  // Not there where none is asked for.
  segments: z.object(when).default({ hour: 0 }),
  metrics: z.object({ clicks: count.default(0) }),
})

const METRICS = {
  primary: ['conversions', 'conversions_value'],
  any: ['all_conversions', 'all_conversions_value'],
} as const

const conversionRow = z.object({
  ...where.shape,
  segments: z.object({ ...when, conversionAction: z.string() }),
  metrics: z
    .object({
      conversions: real.optional(),
      allConversions: real.optional(),
      conversionsValue: real.optional(),
      allConversionsValue: real.optional(),
    })
    .transform((of) => ({
      // Adjustments may take back more than a device has left.
      conversions: Math.max(0, of.conversions ?? of.allConversions ?? 0),
      value: of.conversionsValue ?? of.allConversionsValue ?? 0,
    })),
})
type Row = z.infer<typeof clickRow> | z.infer<typeof conversionRow>

/** A criterion that a row's clicks fell to, and the share of them that did. */
type Part = readonly [criterion: CriterionRef | undefined, share: number]

/** A report of clicks, and which cells its rows belong to. */
interface Report {
  readonly from: string
  /** Selected beside the campaign. */
  readonly by: readonly string[]
  readonly only: string
  readonly partsOf: (row: Row) => readonly Part[]
}

const DEVICE = 'segments.device'
const NOT_REMOVED = "campaign.status != 'REMOVED'"
const BY_CAMPAIGN: Report = { from: 'campaign', by: [DEVICE], only: NOT_REMOVED, partsOf: () => [[undefined, 1]] }

/** What campaigns list, as far as they are steered by it. */
type Listed = ReadonlyMap<string, readonly BidCriterion[]>

/** Each counts a click once, under the criterion whose modifier applied to it. */
const viewOf = (from: string, dimension: CriterionDimension, listed: Listed, segments: readonly string[]): Report => ({
  from,
  by: ['campaign_criterion.criterion_id', ...segments],
  only: `${NOT_REMOVED} AND ${MANUAL_BIDS} AND campaign_criterion.status != 'REMOVED'`,
  partsOf: ({ campaign, campaignCriterion: of }) =>
    (listed.get(campaign.id) ?? [])
      .filter((one) => one.dimension === dimension && one.id === of?.criterionId)
      .map(({ id }): Part => [{ dimension, id }, 1]),
})

interface Slot {
  readonly id: string
  readonly schedule: AdSchedule
}

/** The campaigns' own report by hour, which says nothing of parts of an hour: its clicks are taken to be even in it. */
const byHour = (slots: ReadonlyMap<string, readonly Slot[]>): Report => ({
  from: 'campaign',
  by: [DEVICE, 'segments.day_of_week', 'segments.hour'],
  only: `${NOT_REMOVED} AND ${MANUAL_BIDS}`,
  partsOf: ({ campaign, segments: { dayOfWeek = '', hour } }) =>
    (slots.get(campaign.id) ?? [])
      .map(({ id, schedule }): Part => [{ dimension: 'hour', id }, shareIn(schedule, dayOfWeek, hour)])
      .filter(([, share]) => share > 0),
})

const listedRow = criterionRow.extend({
  campaignCriterion: criterionRow.shape.campaignCriterion.extend({ adSchedule: adSchedule.optional() }),
})
const LISTED_QUERY =
  `SELECT ${CRITERION_FIELDS}, ${SCHEDULE_FIELDS} FROM campaign_criterion ` +
  `WHERE ${LISTED} AND ${MANUAL_BIDS} AND ${NOT_REMOVED}`

/** By device alone, and by each dimension of which some campaign lists something: places not by device, which their view lacks. */
async function reportsOf(rest: GoogleAdsRest, id: ReturnType<typeof ownAccount>): Promise<readonly Report[]> {
  const rows = await rest.rows(id, LISTED_QUERY, listedRow)
  const listed = criteriaByCampaign(rows)
  const dimensions = new Set([...listed.values()].flat().map(({ dimension }) => dimension))
  const slots = new Map(
    [...Map.groupBy(rows, ({ campaign }) => campaign.id)].map(([campaign, own]) => [
      campaign,
      own.flatMap(({ campaignCriterion: { resourceName, adSchedule: schedule } }) =>
        schedule ? [{ id: criterionId(resourceName), schedule }] : [],
      ),
    ]),
  )
  return [
    BY_CAMPAIGN,
    ...(dimensions.has('hour') ? [byHour(slots)] : []),
    ...(dimensions.has('place') ? [viewOf('location_view', 'place', listed, [])] : []),
    ...(dimensions.has('audience') ? [viewOf('campaign_audience_view', 'audience', listed, [DEVICE])] : []),
  ]
}

const queryOf = ({ from, by, only }: Report, days: string, ...rest: readonly string[]): string =>
  `SELECT ${['campaign.id', ...by, ...rest].join(', ')} FROM ${from} WHERE ${days} AND ${only}`

/**
 * Clicks by campaign and device over all of these days, and the conversions that each rule counts of them, by the day of
 * the click whatever the rule's basis; and the same by place, by device and part of the week and by device and audience,
 * of campaigns whose bids are set by hand and which list any. Devices that Sluice does not steer (connected TV, unknown ones) and removed
 * campaigns are left out; so is what has no clicks.
 *
 * @throws PlatformError `rejected` for a rule that the account does not count by, `unreadable` for a row that is there twice
 */
export async function readClickCells(
  rest: GoogleAdsRest,
  account: AccountRef,
  rules: readonly ConversionRule[],
  from: AccountDate,
  to: AccountDate,
): Promise<ReadonlyMap<string, readonly ClickCell[]>> {
  const id = ownAccount(account)
  const days = between(from, to)
  const matched = await matchRules(rest, id, rules)
  const found = new Map(matched.map(({ rule }): [string, ClickCell[]] => [ruleKey(rule), []]))
  for (const report of await reportsOf(rest, id)) {
    const clicks = clicksOf(report, await rest.rows(id, queryOf(report, days, 'metrics.clicks'), clickRow))
    for (const [isPrimary, own] of Map.groupBy(matched, (one) => one.isPrimary)) {
      const metrics = METRICS[isPrimary ? 'primary' : 'any'].map((name) => `metrics.${name}`)
      const query = queryOf(report, days, 'segments.conversion_action', ...metrics)
      const rows = await rest.rows(id, query, conversionRow)
      for (const one of own) found.get(ruleKey(one.rule))?.push(...cellsOf(report, clicks, one, rows))
    }
  }
  return found
}

const keyOf = (campaign: string, device: Device | undefined, criterion: CriterionRef | undefined): string =>
  [campaign, device, ...(criterion ? [criterion.dimension, criterion.id] : [])].join('|')

/** The cells that a row belongs to, with the share of it that falls to each. */
function cellsFor({ by, partsOf }: Report, row: Row): readonly { key: string; cell: ClickCell; share: number }[] {
  const byDevice = by.includes(DEVICE)
  if (byDevice && row.segments.device === undefined) throw unreadable('segments.device: asked for and not there')
  const device = byDevice ? deviceOf(row.segments.device ?? '') : undefined
  if (byDevice && device === undefined) return []
  const of = {
    ...{ campaign: row.campaign.id as CampaignId, clicks: 0, conversions: 0, value: 0 },
    ...(device ? { device } : {}),
  }
  return partsOf(row).map(([criterion, share]) => ({
    key: keyOf(row.campaign.id, device, criterion),
    cell: { ...of, ...(criterion ? { criterion } : {}) },
    share,
  }))
}

function clicksOf(report: Report, rows: readonly z.infer<typeof clickRow>[]): ReadonlyMap<string, ClickCell> {
  const cells = new Map<string, ClickCell>()
  const seen = new Set<string>()
  for (const row of rows) {
    const { dayOfWeek = '', hour } = row.segments
    for (const { key, cell, share } of cellsFor(report, row)) {
      const own = `${key} ${dayOfWeek} ${hour}`
      if (seen.has(own)) throw unreadable(`two rows for campaign ${key}: the report counts something twice`)
      seen.add(own)
      const clicks = (cells.get(key)?.clicks ?? 0) + share * row.metrics.clicks
      if (clicks > 0) cells.set(key, { ...cell, clicks })
    }
  }
  return cells
}

function cellsOf(
  report: Report,
  clicks: ReadonlyMap<string, ClickCell>,
  { action }: MatchedRule,
  rows: readonly z.infer<typeof conversionRow>[],
): readonly ClickCell[] {
  const cells = new Map(clicks)
  for (const row of rows) {
    if (row.segments.conversionAction !== action) continue
    for (const { key, share } of cellsFor(report, row)) {
      const cell = cells.get(key)
      if (!cell) continue
      const conversions = cell.conversions + share * row.metrics.conversions
      cells.set(key, { ...cell, conversions, value: cell.value + share * row.metrics.value })
    }
  }
  return [...cells.values()]
}
