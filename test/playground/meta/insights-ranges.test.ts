import { afterEach, describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../lib/units/calendar.ts'
import type { MetaTwinOptions } from '../../../playground/platforms/meta/server.ts'
import { type AccountSpec, type HourlySpec, QUIET, StubWorld } from '../stub-world.ts'
import { type Graph, startGraph } from './graph.ts'

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

/** An hour of any ad set but 101; ad set 100 claims a purchase a day beside. */
const ACTIVE: HourlySpec = { spendMicros: 1_250_000n, impressions: 100, clicks: 4, claimsPerDay: [] }
const CLAIM = { action: 'purchase', touch: 'click', lagDays: 0, count: 1, valueMicros: 10n * EUR } as const
const hourly = (adSet: string): HourlySpec =>
  adSet === '101' ? QUIET : adSet === '100' ? { ...ACTIVE, claimsPerDay: [CLAIM] } : ACTIVE

let graph: Graph
let world: StubWorld
const start = async (options: Partial<MetaTwinOptions> = {}): Promise<void> => {
  world = new StubWorld([SHOP], hourly)
  graph = await startGraph({ world, ...options })
}
afterEach(() => graph.twin.close())

const day = (since: string, until = since) => ({ time_range: { since, until }, time_increment: 1 })
const rows = (params: Readonly<Record<string, unknown>>, path = 'act_1/insights') => graph.all(path, params)
const errorOf = async (params: Readonly<Record<string, unknown>>) =>
  (await graph.get('act_1/insights', params)).body.error

describe('a report by hour', () => {
  const byHour = { breakdowns: HOURLY, level: 'campaign', fields: 'spend,actions,action_values' }

  test('has the hours of the account’s zone that have passed, and none of what happened off Meta', async () => {
    await start()
    const found = await rows({ ...day('2026-11-21'), ...byHour, limit: 500 }, '10/insights')
    expect(found).toHaveLength(12)
    // The day's purchase lies in the first hour.
    expect(found[0].actions).toEqual([{ action_type: 'link_click', value: '4' }])
    expect(found[0]).not.toHaveProperty('action_values')
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
