import { afterEach, describe, expect, test } from 'vitest'
import type { MetaTwinOptions } from '../../../playground/platforms/meta/server.ts'
import type { WorldClaim } from '../../../playground/world.ts'
import { type AccountSpec, type HourlySpec, NOON, QUIET, StubWorld } from '../stub-world.ts'
import { type Graph, startGraph } from './graph.ts'

const EUR = 1_000_000n
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

/** Each ad set but 101 spends 1.25 an hour. Ad set 100 claims purchases whose counts are powers of two: a sum tells its parts. */
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

test('paging through a report asks the world once', async () => {
  await start()
  const asked = { ...day('2026-11-01', '2026-11-20'), level: 'campaign', fields: 'spend', limit: 5 }
  expect(await rows(asked)).toHaveLength(40)
  expect(world.factCalls).toBe(1)
  expect(world.now()).toBe(NOON)
})
