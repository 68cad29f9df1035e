import { afterEach, describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../lib/units/calendar.ts'
import type { MetaTwinOptions } from '../../../playground/platforms/meta/server.ts'
import type { WorldClaim } from '../../../playground/world.ts'
import { type Graph, startGraph } from './graph.ts'
import { type AccountSpec, type HourlySpec, NOON, QUIET, StubWorld } from './stub-world.ts'

const EUR = 1_000_000n
const HOURLY = 'hourly_stats_aggregated_by_advertiser_time_zone'
const SHOP: AccountSpec = {
  id: '1',
  campaigns: [
    {
      id: '10',
      adSets: [
        { id: '100', budget: 20n * EUR },
        { id: '101', budget: 20n * EUR },
      ],
    },
    { id: '11', budget: 50n * EUR, adSets: [{ id: '110' }] },
    { id: '12', status: 'removed', budget: 9n * EUR, adSets: [{ id: '120' }] },
  ],
}

const click = (lagDays: number, count: number, value: bigint): WorldClaim => ({
  action: 'purchase',
  touch: 'click',
  lagDays,
  count,
  valueMicros: value * EUR,
})

/** Each ad set but 101 spends 1.25 an hour; ad set 100 claims one purchase each at lags 0, 3, 6, 7 and 27, and a view. */
const ACTIVE: HourlySpec = { spendMicros: 1_250_000n, impressions: 100, clicks: 4, claimsPerDay: [] }
const CLAIMS: readonly WorldClaim[] = [
  click(0, 1, 10n),
  click(3, 2, 30n),
  click(6, 4, 40n),
  click(7, 8, 80n),
  click(27, 16, 160n),
  { ...click(0, 32, 320n), touch: 'view' },
  { ...click(1, 64, 640n), touch: 'view' },
]
const hourly = (adSet: string): HourlySpec =>
  adSet === '101' ? QUIET : adSet === '100' ? { ...ACTIVE, claimsPerDay: CLAIMS } : ACTIVE

let graph: Graph
let world: StubWorld
const start = async (options: Partial<MetaTwinOptions> = {}, spec = SHOP, rates = hourly): Promise<void> => {
  world = new StubWorld([spec], rates)
  graph = await startGraph({ world, ...options })
}
afterEach(() => graph.twin.close())

const day = (since: string, until = since) => ({ time_range: { since, until }, time_increment: 1 })
const rows = (params: Readonly<Record<string, unknown>>, path = 'act_1/insights') => graph.all(path, params)
const errorOf = async (params: Readonly<Record<string, unknown>>) =>
  (await graph.get('act_1/insights', params)).body.error

describe('a report', () => {
  test('has a row per campaign and day with spend in main units, as text, and no rows of zeros', async () => {
    await start()
    const fields = 'campaign_id,campaign_name,spend,impressions,clicks'
    // 24 hours at 1.25; today 12 hours so far. Campaign 12 is deleted.
    expect(await rows({ ...day('2026-11-20', '2026-11-21'), level: 'campaign', fields })).toEqual(
      [
        ['10', '2026-11-20', '30.00', '2400', '96'],
        ['10', '2026-11-21', '15.00', '1200', '48'],
        ['11', '2026-11-20', '30.00', '2400', '96'],
        ['11', '2026-11-21', '15.00', '1200', '48'],
      ].map(([id, date, spend, impressions, clicks]) => ({
        campaign_id: id,
        campaign_name: `Campaign ${id}`,
        spend,
        impressions,
        clicks,
        date_start: date,
        date_stop: date,
      })),
    )
  })

  test('by ad set leaves out the one that was quiet', async () => {
    await start()
    const found = await rows({ ...day('2026-11-20'), level: 'adset', fields: 'adset_id,campaign_id' })
    expect(found.map(({ adset_id, campaign_id }) => [adset_id, campaign_id])).toEqual([
      ['100', '10'],
      ['110', '11'],
    ])
  })

  test('of the account keeps what a deleted campaign spent: a gap to the sum of the campaigns', async () => {
    await start()
    const [whole] = await rows({ ...day('2026-11-20'), fields: 'spend' })
    expect(whole.spend).toBe('90.00')
    const parts = await rows({ ...day('2026-11-20'), level: 'campaign', fields: 'spend' })
    expect(parts.map(({ spend }) => spend)).toEqual(['30.00', '30.00'])
  })

  test('shows a deleted campaign that is filtered for, or asked for by its id', async () => {
    await start()
    const filtering = [{ field: 'campaign.effective_status', operator: 'IN', value: ['DELETED'] }]
    const asked = { ...day('2026-11-20'), level: 'campaign', fields: 'campaign_id' }
    expect(await rows({ ...asked, filtering })).toMatchObject([{ campaign_id: '12' }])
    expect(await rows(asked, '12/insights')).toMatchObject([{ campaign_id: '12' }])
  })

  test('is one row for the whole range without time_increment, and may be cut into weeks or months', async () => {
    await start()
    const range = { time_range: { since: '2026-10-25', until: '2026-11-20' }, fields: 'spend' }
    const spans = async (params: object) =>
      (await rows({ ...range, ...params })).map(({ date_start, date_stop }) => [date_start, date_stop])
    expect(await spans({})).toEqual([['2026-10-25', '2026-11-20']])
    expect(await spans({ time_increment: 14 })).toEqual([
      ['2026-10-25', '2026-11-07'],
      ['2026-11-08', '2026-11-20'],
    ])
    expect(await spans({ time_increment: 'monthly' })).toEqual([
      ['2026-10-25', '2026-10-31'],
      ['2026-11-01', '2026-11-20'],
    ])
  })

  test('of one campaign or ad set is that object alone', async () => {
    await start()
    expect(await rows({ ...day('2026-11-20'), fields: 'spend' }, '11/insights')).toMatchObject([{ spend: '30.00' }])
    const adSets = await rows({ ...day('2026-11-20'), level: 'adset', fields: 'adset_id' }, '10/insights')
    expect(adSets.map(({ adset_id }) => adset_id)).toEqual(['100'])
    expect(await rows({ ...day('2026-11-20'), fields: 'adset_id' }, '110/insights')).toMatchObject([
      { adset_id: '110' },
    ])
  })

  test('can be narrowed by ids and by what was spent', async () => {
    await start()
    const asked = { ...day('2026-11-20'), level: 'campaign', fields: 'campaign_id,spend' }
    const ids = [{ field: 'campaign.id', operator: 'IN', value: ['11'] }]
    expect(await rows({ ...asked, filtering: ids })).toMatchObject([{ campaign_id: '11' }])
    expect(await rows({ ...asked, filtering: [{ field: 'spend', operator: 'GREATER_THAN', value: 30 }] })).toEqual([])
  })

  test('has no decimals where Meta has none', async () => {
    await start({}, { ...SHOP, currency: 'JPY' }, () => ({ ...ACTIVE, spendMicros: 5_000n * EUR }))
    const [row] = await rows({ ...day('2026-11-20'), level: 'campaign', fields: 'spend,account_currency' })
    // Two ad sets at ¥5,000 for 24 hours.
    expect(row).toMatchObject({ spend: '240000', account_currency: 'JPY' })
  })
})

describe('the actions of a report', () => {
  const actions = async (windows?: readonly string[]) => {
    const params = { ...day('2026-11-20'), fields: 'actions,action_values' }
    const [row] = await rows(windows ? { ...params, action_attribution_windows: windows } : params, '100/insights')
    return row
  }

  test('show a purchase under three overlapping types, and clicks on the link', async () => {
    await start()
    const { actions: shown } = await actions()
    expect(shown.map(({ action_type }: { action_type: string }) => action_type)).toEqual([
      'link_click',
      'omni_purchase',
      'purchase',
      'offsite_conversion.fb_pixel_purchase',
    ])
  })

  test('count by the default of 7 days after a click and 1 day after a view', async () => {
    await start()
    const row = await actions()
    // Clicks at lags 0, 3 and 6 (1 + 2 + 4 purchases, 80.00) and views at lag 0 (32, 320.00).
    expect(row.actions).toContainEqual({ action_type: 'purchase', value: '39' })
    expect(row.action_values).toContainEqual({ action_type: 'purchase', value: '400.00' })
  })

  test('have a key for each window asked for, and no other', async () => {
    await start()
    const row = await actions(['1d_click', '7d_click', '28d_click', '1d_view'])
    expect(row.actions).toContainEqual({
      action_type: 'omni_purchase',
      value: '39',
      '1d_click': '1',
      '7d_click': '7',
      '28d_click': '31',
      '1d_view': '32',
    })
    expect(row.action_values).toContainEqual({
      action_type: 'omni_purchase',
      value: '400.00',
      '1d_click': '10.00',
      '7d_click': '80.00',
      '28d_click': '320.00',
      '1d_view': '320.00',
    })
  })

  test('have nothing for the windows that were taken away', async () => {
    await start()
    const row = await actions(['7d_view', '28d_view'])
    expect(row.actions).toContainEqual({ action_type: 'purchase', value: '39' })
  })

  test('have no entry for what did not happen', async () => {
    await start()
    const [row] = await rows({ ...day('2026-11-20'), fields: 'actions,action_values,spend' }, '110/insights')
    expect(row.actions).toEqual([{ action_type: 'link_click', value: '96' }])
    expect(row).not.toHaveProperty('action_values')
  })
})

describe('a report by hour', () => {
  const byHour = { breakdowns: HOURLY, level: 'campaign', fields: 'spend,actions,action_values' }

  test('has the hours of the account’s zone that have passed, and none of what happened off Meta', async () => {
    await start()
    const found = await rows({ ...day('2026-11-21'), ...byHour, limit: 500 }, '10/insights')
    expect(found).toHaveLength(12)
    expect(found[9]).toEqual({
      spend: '1.25',
      actions: [{ action_type: 'link_click', value: '4' }],
      [HOURLY]: '09:00:00 - 09:59:59',
      date_start: '2026-11-21',
      date_stop: '2026-11-21',
    })
  })

  test('adds up the hour that the clock shows twice', async () => {
    await start()
    // Berlin, 2026-10-25: 02:00 to 02:59 comes twice, and the day has 25 hours.
    const found = await rows({ ...day('2026-10-25'), ...byHour, limit: 500 }, '10/insights')
    expect(found).toHaveLength(24)
    expect(found.find((row) => row[HOURLY] === '02:00:00 - 02:59:59')?.spend).toBe('2.50')
  })

  test('skips the hour that the clock leaves out', async () => {
    await start()
    // Berlin, 2026-03-29: no 02:00 to 02:59.
    const found = await rows({ ...day('2026-03-29'), ...byHour, limit: 500 }, '10/insights')
    expect(found).toHaveLength(23)
    expect(found.some((row) => row[HOURLY] === '02:00:00 - 02:59:59')).toBe(false)
  })
})

describe('dates', () => {
  test.each([
    // Sunday in Berlin, 22 November; the clock of the world says Saturday 23:30 UTC.
    ['today', '2026-11-22', '2026-11-22'],
    ['yesterday', '2026-11-21', '2026-11-21'],
    ['last_7d', '2026-11-15', '2026-11-21'],
    ['this_month', '2026-11-01', '2026-11-22'],
    ['last_month', '2026-10-01', '2026-10-31'],
    ['this_week_mon_today', '2026-11-16', '2026-11-22'],
    ['this_week_sun_today', '2026-11-22', '2026-11-22'],
    ['last_week_mon_sun', '2026-11-09', '2026-11-15'],
    ['last_week_sun_sat', '2026-11-15', '2026-11-21'],
    ['last_quarter', '2026-07-01', '2026-09-30'],
    ['last_year', '2025-01-01', '2025-12-31'],
  ])('%s is %s to %s', async (date_preset, date_start, date_stop) => {
    // One hour into the day, so that today has a row.
    await start()
    world.pass(12.5 * HOUR_MS + HOUR_MS / 2)
    const [row] = await rows({ date_preset, fields: 'spend' })
    expect(row).toMatchObject({ date_start, date_stop })
  })

  test('of the future have no rows', async () => {
    await start()
    expect(await rows({ ...day('2026-11-22', '2026-11-30'), fields: 'spend' })).toEqual([])
  })
})

describe('what a report refuses', () => {
  test.each([
    ['an unknown field', { fields: 'wibble' }, 100, 'wibble is not valid for fields param'],
    ['an unknown level', { level: 'ad group' }, 100, 'level must be one of'],
    ['an unknown preset', { date_preset: 'lately' }, 100, 'date_preset must be one of'],
    [
      'an unknown window',
      { action_attribution_windows: ['3d_click'] },
      100,
      'action_attribution_windows[0] must be one of',
    ],
    ['an end before the start', day('2026-11-21', '2026-11-20'), 100, 'since'],
    ['a date that does not exist', day('2026-02-30'), 100, 'YYYY-MM-DD'],
    ['a range that is not JSON', { time_range: 'last week' }, 100, 'time_range'],
    ['more than 37 months back', day('2023-09-30', '2026-11-01'), 3018, '37 months'],
    ['a filter without operator', { filtering: [{ field: 'spend', value: 1 }] }, 100, 'operator'],
  ])('%s', async (_, params, code, message) => {
    await start()
    expect(await errorOf(params)).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  test('in one go what could be too large, and gives it in the background', async () => {
    // Three campaigns' worth of 2 rows: at most 3 are allowed.
    await start({ syncRowsMax: 3 })
    const asked = { ...day('2026-11-19', '2026-11-20'), level: 'campaign', fields: 'spend' }
    expect(await errorOf(asked)).toMatchObject({ code: 100, error_subcode: 1487534 })
    const { report_run_id: run } = (await graph.post('act_1/insights', asked)).body
    expect((await graph.get(run)).body).toMatchObject({
      id: run,
      async_status: 'Job Completed',
      async_percent_completion: 100,
      date_start: '2026-11-19',
    })
    expect(await graph.all(`${run}/insights`, { limit: 3 })).toHaveLength(4)
  })
})

describe('a report in the background', () => {
  test('is not there before it is complete', async () => {
    await start({ asyncJobMs: DAY_MS })
    const { report_run_id: run } = (await graph.post('act_1/insights', { fields: 'spend' })).body
    const polled = (await graph.get(run, { fields: 'async_status,async_percent_completion' })).body
    expect(polled).toEqual({ id: run, async_status: 'Job Not Started', async_percent_completion: 0 })
    expect((await graph.get(`${run}/insights`)).body.error).toMatchObject({ code: 2601, is_transient: true })
  })

  test('shows what was known when it was ordered', async () => {
    await start()
    const { report_run_id: run } = (await graph.post('act_1/insights', { fields: 'spend', date_preset: 'today' })).body
    world.pass(3 * HOUR_MS)
    // Three ad sets at 1.25 for 12 hours.
    expect(await graph.all(`${run}/insights`)).toMatchObject([{ spend: '45.00' }])
  })
})

test('paging through a report asks the world once', async () => {
  await start()
  const asked = { ...day('2026-11-01', '2026-11-20'), level: 'campaign', fields: 'spend', limit: 5 }
  expect(await rows(asked)).toHaveLength(40)
  expect(world.factCalls).toBe(1)
  expect(world.now()).toBe(NOON)
})
