import * as z from 'zod'
import type { AccountRef, CampaignId } from '../../model/account.ts'
import { type ConversionRule, ruleKey } from '../../model/conversions.ts'
import type { DeviceCell } from '../../model/evidence.ts'
import type { Device } from '../../model/structure.ts'
import type { AccountDate } from '../../units/calendar.ts'
import { ownAccount } from './account.ts'
import { matchRules } from './conversion-actions.ts'
import { deviceOf } from './devices.ts'
import { between } from './gaql.ts'
import type { GoogleAdsRest } from './rest.ts'
import { count, digits, real, unreadable } from './schema.ts'

const campaign = z.object({ id: digits })
/** proto3 leaves out what is 0. */
const clickRow = z.object({
  campaign,
  segments: z.object({ device: z.string() }),
  metrics: z.object({ clicks: count.default(0) }),
})

const METRICS = {
  primary: ['conversions', 'conversions_value'],
  any: ['all_conversions', 'all_conversions_value'],
} as const

const conversionRow = z.object({
  campaign,
  segments: z.object({ device: z.string(), conversionAction: z.string() }),
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

const clickQuery = (days: string): string =>
  `SELECT campaign.id, segments.device, metrics.clicks FROM campaign WHERE ${days} AND campaign.status != 'REMOVED'`

const conversionQuery = (isPrimary: boolean, days: string): string =>
  'SELECT campaign.id, segments.device, segments.conversion_action, ' +
  `${METRICS[isPrimary ? 'primary' : 'any'].map((name) => `metrics.${name}`).join(', ')} ` +
  `FROM campaign WHERE ${days} AND campaign.status != 'REMOVED'`

const keyOf = (id: string, device: Device): string => `${id}|${device}`

/**
 * Clicks by campaign and device over all of these days, and the conversions that each rule counts of them, by the day of
 * the click whatever the rule's basis. Devices that Sluice does not steer (connected TV, unknown ones) and removed
 * campaigns are left out; so is a device without clicks.
 *
 * @throws PlatformError `rejected` for a rule that the account does not count by, `unreadable` for a row that is there twice
 */
export async function readDeviceCells(
  rest: GoogleAdsRest,
  account: AccountRef,
  rules: readonly ConversionRule[],
  from: AccountDate,
  to: AccountDate,
): Promise<ReadonlyMap<string, readonly DeviceCell[]>> {
  const id = ownAccount(account)
  const days = between(from, to)
  const matched = await matchRules(rest, id, rules)
  const clicks = await clicksOf(rest, id, days)
  const found = new Map<string, readonly DeviceCell[]>()
  for (const [isPrimary, own] of Map.groupBy(matched, (one) => one.isPrimary)) {
    const rows = await rest.rows(id, conversionQuery(isPrimary, days), conversionRow)
    const byAction = Map.groupBy(rows, ({ segments }) => segments.conversionAction)
    for (const { rule, action } of own) found.set(ruleKey(rule), cellsOf(clicks, byAction.get(action) ?? []))
  }
  return found
}

async function clicksOf(
  rest: GoogleAdsRest,
  id: ReturnType<typeof ownAccount>,
  days: string,
): Promise<ReadonlyMap<string, DeviceCell>> {
  const cells = new Map<string, DeviceCell>()
  for (const { campaign: of, segments, metrics } of await rest.rows(id, clickQuery(days), clickRow)) {
    const device = deviceOf(segments.device)
    if (device === undefined || metrics.clicks === 0) continue
    const key = keyOf(of.id, device)
    if (cells.has(key)) throw unreadable(`two rows for campaign ${key}: the report counts something twice`)
    cells.set(key, { campaign: of.id as CampaignId, device, clicks: metrics.clicks, conversions: 0, value: 0 })
  }
  return cells
}

function cellsOf(
  clicks: ReadonlyMap<string, DeviceCell>,
  rows: readonly z.infer<typeof conversionRow>[],
): readonly DeviceCell[] {
  const cells = new Map(clicks)
  for (const { campaign: of, segments, metrics } of rows) {
    const device = deviceOf(segments.device)
    const cell = device && cells.get(keyOf(of.id, device))
    if (cell) cells.set(keyOf(of.id, cell.device), { ...cell, ...metrics })
  }
  return [...cells.values()]
}
