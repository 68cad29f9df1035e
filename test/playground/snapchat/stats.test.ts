import { afterEach, describe, expect, test } from 'vitest'
import { type AccountSpec, StubWorld } from '../stub-world.ts'
import { ACCOUNT_ID, type SnapClient, startSnap, uuid } from './client.ts'
import { HOURLY, SPEC } from './two-levels.ts'

let snap: SnapClient
let world: StubWorld
afterEach(() => snap.twin.close())
async function start(spec: AccountSpec = SPEC, pageSize?: number) {
  world = new StubWorld([spec], () => HOURLY)
  snap = await startSnap({ world, ...(pageSize !== undefined && { pageSize }) })
}

const path = `adaccounts/${ACCOUNT_ID}/stats`
const DAYS = {
  granularity: 'DAY',
  start_time: '2026-11-19T00:00:00.000+01:00',
  end_time: '2026-11-21T00:00:00.000+01:00',
}
const DELIVERY = 'spend,impressions,swipes'
const PURCHASES = `${DELIVERY},conversion_purchases,conversion_purchases_value`
const timeseries = (body: { timeseries_stats: { timeseries_stat: unknown }[] }) =>
  body.timeseries_stats[0]?.timeseries_stat as ReturnType<typeof JSON.parse>

describe('an account', () => {
  test('tells of its spend, in micros, and of nothing else', async () => {
    await start()
    const { body } = await snap.get(path, { ...DAYS, fields: 'spend' })
    // Four ad squads, 24 hours, €1.50.
    expect(timeseries(body).timeseries).toEqual([
      {
        start_time: '2026-11-19T00:00:00.000+01:00',
        end_time: '2026-11-20T00:00:00.000+01:00',
        stats: { spend: 144_000_000 },
      },
      {
        start_time: '2026-11-20T00:00:00.000+01:00',
        end_time: '2026-11-21T00:00:00.000+01:00',
        stats: { spend: 144_000_000 },
      },
    ])
    const { status, body: refused } = await snap.get(path, { ...DAYS, fields: DELIVERY })
    expect([status, refused.error_code]).toEqual([400, 'E1008'])
  })

  test('tells of its whole life', async () => {
    await start()
    const { body } = await snap.get(path, { granularity: 'LIFETIME', fields: 'spend' })
    expect(body.lifetime_stats[0].lifetime_stat.stats.spend).toBe(1_234_560_000)
  })
})

describe('a breakdown', () => {
  test('lists campaigns or ad squads with their own series', async () => {
    await start()
    const { body } = await snap.get(path, { ...DAYS, fields: PURCHASES, breakdown: 'campaign' })
    const [first] = timeseries(body).breakdown_stats.campaign
    expect(first).toMatchObject({ id: uuid(11), type: 'CAMPAIGN' })
    // Two ad squads; four purchases after a swipe and one after a view each.
    expect(first.timeseries[0].stats).toEqual({
      spend: 72_000_000,
      impressions: 4_800,
      swipes: 240,
      conversion_purchases: 10,
      conversion_purchases_value: 500_000_000,
    })
    const squads = await snap.get(path, { ...DAYS, fields: 'spend', breakdown: 'adsquad' })
    expect(timeseries(squads.body).breakdown_stats.adsquad).toHaveLength(4)
  })

  test.each([
    ['28_DAY', 'none', 4],
    ['7_DAY', 'none', 3],
    ['7_DAY', '1_DAY', 4],
  ])('counts within %s after a swipe and %s after a view', async (swipe, view, purchases) => {
    await start()
    const windows = { swipe_up_attribution_window: swipe, view_attribution_window: view }
    const { body } = await snap.get(path, { ...DAYS, ...windows, fields: PURCHASES, breakdown: 'adsquad' })
    expect(timeseries(body).breakdown_stats.adsquad[0].timeseries[0].stats.conversion_purchases).toBe(purchases)
  })

  test('comes in pages, and shows entities without anything only where omit_empty is false', async () => {
    await start(SPEC, 3)
    world = new StubWorld([SPEC])
    await snap.twin.close()
    snap = await startSnap({ world, pageSize: 3 })
    const asked = { ...DAYS, fields: 'spend', breakdown: 'adsquad' }
    expect(timeseries((await snap.get(path, asked)).body).breakdown_stats.adsquad).toEqual([])
    const { body } = await snap.get(path, { ...asked, omit_empty: 'false' })
    expect(timeseries(body).breakdown_stats.adsquad).toHaveLength(3)
    const next = new URL(body.paging.next_link)
    const second = await snap.get(path, Object.fromEntries(next.searchParams))
    expect(timeseries(second.body).breakdown_stats.adsquad).toHaveLength(1)
    expect(second.body.paging).toEqual({})
  })
})

describe('bounds', () => {
  const day = (start_time: string, end_time: string) =>
    snap.get(path, { granularity: 'DAY', start_time, end_time, fields: 'spend' })

  test.each([
    ['equal', '2026-11-19T00:00:00.000+01:00', '2026-11-19T00:00:00.000+01:00'],
    ['not on local midnight', '2026-11-19T00:00:00.000Z', '2026-11-20T00:00:00.000Z'],
    ["on summer's midnight in winter", '2026-11-19T00:00:00.000+02:00', '2026-11-20T00:00:00.000+01:00'],
    ['more than 31 days apart', '2026-10-19T00:00:00.000+02:00', '2026-11-20T00:00:00.000+01:00'],
    ['without an offset', '2026-11-19T00:00:00.000', '2026-11-20T00:00:00.000'],
  ])('%s are refused with E1008', async (_, from, to) => {
    await start()
    const { status, body } = await day(from, to)
    expect([status, body.error_code]).toEqual([400, 'E1008'])
  })

  test('follow the clock: the day that autumn makes longer ends 25 hours after it began', async () => {
    await start()
    const { body } = await day('2026-10-25T00:00:00.000+02:00', '2026-10-26T00:00:00.000+01:00')
    expect(timeseries(body).timeseries).toHaveLength(1)
    expect(timeseries(body).timeseries[0].stats.spend).toBe(4 * 25 * 1_500_000)
  })

  test('of hours are on the hour, and at most seven days apart', async () => {
    await start()
    const hours = (start_time: string, end_time: string) =>
      snap.get(path, { granularity: 'HOUR', start_time, end_time, fields: 'spend' })
    expect((await hours('2026-11-20T10:30:00.000+01:00', '2026-11-20T11:30:00.000+01:00')).status).toBe(400)
    expect((await hours('2026-11-13T00:00:00.000+01:00', '2026-11-20T01:00:00.000+01:00')).status).toBe(400)
    const { body } = await hours('2026-11-20T10:00:00.000+01:00', '2026-11-20T12:00:00.000+01:00')
    expect(timeseries(body).timeseries.map((one: { stats: unknown }) => one.stats)).toEqual([
      { spend: 6_000_000 },
      { spend: 6_000_000 },
    ])
  })

  test('of hours are those of the zone where that is half an hour off', async () => {
    await start({ ...SPEC, zone: 'Asia/Kolkata' })
    const hours = {
      granularity: 'HOUR',
      start_time: '2026-11-20T00:00:00.000+05:30',
      end_time: '2026-11-20T03:00:00.000+05:30',
    }
    expect(timeseries((await snap.get(path, hours)).body).timeseries).toHaveLength(3)
  })
})

test('conversions are not told by the hour, and a field that is not known is refused', async () => {
  await start()
  const hours = { ...DAYS, granularity: 'HOUR', breakdown: 'campaign' }
  expect((await snap.get(path, { ...hours, fields: PURCHASES })).body.error_code).toBe('E1008')
  expect((await snap.get(path, { ...hours, fields: 'spend,joy' })).body.error_code).toBe('E1001')
})
