/** Figures that cannot be: found by feeding the parsers changed answers, and refused since. */
import { describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import { PlatformError } from '../../../lib/model/failure.ts'
import { countsOf, metaRule } from '../../../lib/platforms/meta/conversions.ts'
import { rowSchema } from '../../../lib/platforms/meta/insight-row.ts'
import { adSetSchema, campaignSchema, count, metaUnits } from '../../../lib/platforms/meta/schema.ts'
import { strategyOf } from '../../../lib/platforms/meta/strategy.ts'
import { translate } from '../../../lib/platforms/meta/structure.ts'
import { time } from '../../../lib/platforms/meta/time.ts'
import { usageOf } from '../../../lib/platforms/meta/usage.ts'
import { instant, timeZone } from '../../../lib/units/calendar.ts'
import { currency } from '../../../lib/units/money.ts'

const EUR = currency('EUR')
const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 0, basis: 'mixed' }

test.each(['', ' 7', '7 ', '0x10', '1e3', '-1', '1.5', -1, 1.5, 1e16, '9'.repeat(16)])('%j is no count', (value) => {
  expect(count.safeParse(value).success).toBe(false)
})

test.each(['-1', '1.5', '', '9'.repeat(20), -1, 0.5, 1e16])('%j is no amount in units of Meta', (value) => {
  expect(metaUnits.safeParse(value).success).toBe(false)
})

test.each([
  '200000000000001',
  200_000_000_000_001,
  1.5,
  '',
  '2026-02-30T00:00:00+0000',
  '+275760-01-01T00:00:00Z',
  -1e12,
])('%j is no time', (value) => {
  expect(time.safeParse(value).success).toBe(false)
})

test('seconds, text and the start of 1970 are times', () => {
  expect(time.parse('1763712000')).toBe(instant('2025-11-21T08:00:00Z'))
  expect(time.parse(0)).toBe(0)
  expect(time.parse('2026-11-21T06:00:00+0100')).toBe(instant('2026-11-21T05:00:00Z'))
})

describe('what an action was counted as', () => {
  const counted = (value: unknown) =>
    countsOf(
      rowSchema.parse({
        campaign_id: '1',
        spend: '1.00',
        date_start: '2026-11-18',
        date_stop: '2026-11-18',
        actions: [{ action_type: 'omni_purchase', '7d_click': value }],
      }),
      [metaRule(RULE, { purchase: 'omni_purchase' })],
      EUR,
    )

  test.each([[[]], [['5']], [true], [{}], [''], ['-1'], ['1e3'], ['0x1F'], ['9'.repeat(16)]])(
    '%j is no count',
    (value) => {
      expect(() => counted(value)).toThrow(PlatformError)
    },
  )

  test('text, numbers and the decimals of floats are', () => {
    expect(['3', 3, '2.5000000000000004'].map((value) => counted(value)[0]?.conversions)).toEqual([
      3, 3, 2.5000000000000004,
    ])
  })
})

test('a ROAS floor of nothing is none, and one below nothing is not read', () => {
  expect(strategyOf('LOWEST_COST_WITH_MIN_ROAS', { bid_constraints: { roas_average_floor: 0 } }, EUR)).toEqual({
    kind: 'target-roas',
  })
  const adSet = { id: '2', campaign_id: '1', name: 'A', status: 'ACTIVE', effective_status: 'ACTIVE' }
  const floor = (value: number) => ({ ...adSet, bid_constraints: { roas_average_floor: value } })
  expect(adSetSchema.safeParse(floor(25_000)).success).toBe(true)
  expect(adSetSchema.safeParse(floor(-25_000)).success).toBe(false)
})

test('an object that is listed twice, as two of one kind or of both, is no structure', () => {
  const basics = { currency: EUR, zone: timeZone('UTC') }
  const campaign = campaignSchema.parse({
    id: '1',
    name: 'C',
    status: 'ACTIVE',
    effective_status: 'ACTIVE',
    daily_budget: '5000',
  })
  const adSet = adSetSchema.parse({
    id: '2',
    campaign_id: '1',
    name: 'A',
    status: 'ACTIVE',
    effective_status: 'ACTIVE',
  })
  expect(translate([campaign], [adSet], basics).budgets).toHaveLength(1)
  expect(() => translate([campaign, campaign], [adSet], basics)).toThrow('1 was listed twice')
  expect(() => translate([campaign], [adSet, adSet], basics)).toThrow('2 was listed twice')
  expect(() => translate([campaign], [{ ...adSet, id: '1' }], basics)).toThrow('1 was listed twice')
})

test('a quota that says nothing finite holds nothing up for ever', () => {
  const usage = [{ call_count: 20, total_cputime: 1, total_time: 1, estimated_time_to_regain_access: 1.7e308 }]
  const headers = new Headers({ 'x-business-use-case-usage': JSON.stringify({ '1001': usage }) })
  const now = instant('2026-11-21T11:00:00Z')
  // The decay time of five minutes, for want of another.
  expect(usageOf(headers, now)).toMatchObject({ utilisation: 0.2, clearAt: now + 300_000 })
})
