import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOURLY, SPEC } from '../../platforms/tiktok/families.ts'
import { StubWorld } from '../stub-world.ts'
import { type Client, type Reply, startClient } from './client.ts'

let client: Client
beforeEach(async () => {
  client = await startClient({ world: new StubWorld([SPEC], () => HOURLY) })
})
afterEach(() => client.twin.close())

const idsOf = ({ data }: Reply, name: string): readonly string[] => data.list.map((one: Reply) => one[name])

describe('lists', () => {
  const campaigns = (more: object = {}) =>
    client.get('/campaign/get/', { advertiser_id: '7001', page_size: 100, ...more })

  test('leave out what is deleted, and GMV Max', async () => {
    expect(idsOf(await campaigns(), 'campaign_id')).toEqual(['11', '12', '13', '14'])
  })

  test('show what is deleted when it is asked for', async () => {
    const reply = await campaigns({ filtering: { primary_status: 'STATUS_ALL' } })
    expect(idsOf(reply, 'campaign_id')).toEqual(['11', '12', '13', '14', '16'])
    expect(reply.data.list.at(-1).secondary_status).toBe('CAMPAIGN_STATUS_DELETE')
  })

  test('have ten entries a page unless told otherwise, and say how many there are', async () => {
    const { data } = await campaigns({ page: 2, page_size: 3 })
    expect(data.list.map((one: Reply) => one.campaign_id)).toEqual(['14'])
    expect(data.page_info).toEqual({ page: 2, page_size: 3, total_number: 4, total_page: 2 })
    expect((await campaigns({ page_size: 1_001 })).code).toBe(40002)
  })

  test('budget_optimize_on comes only with campaign budgets', async () => {
    const { data } = await campaigns()
    expect(
      data.list.map((one: Reply) => [one.campaign_id, one.budget_optimize_on, one.budget_mode, one.budget]),
    ).toEqual([
      ['11', true, 'BUDGET_MODE_DYNAMIC_DAILY_BUDGET', 100],
      ['12', undefined, 'BUDGET_MODE_INFINITE', 0],
      ['13', true, 'BUDGET_MODE_TOTAL', 900],
      ['14', true, 'BUDGET_MODE_DYNAMIC_DAILY_BUDGET', 80],
    ])
  })

  test('fields and filters that they do not know are refused', async () => {
    expect((await campaigns({ fields: ['campaign_id', 'spend'] })).code).toBe(40002)
    expect((await campaigns({ filtering: { status: 'ENABLE' } })).code).toBe(40002)
    expect((await campaigns({ filtering: 'campaign_ids=11' })).code).toBe(40002)
    expect((await campaigns({ order: 'ASC' })).code).toBe(40002)
    const ids = Array.from({ length: 101 }, (_, i) => String(i))
    expect((await campaigns({ filtering: { campaign_ids: ids } })).code).toBe(40002)
  })

  test('a list of fields shows those alone', async () => {
    const { data } = await campaigns({ fields: ['campaign_id', 'budget'], filtering: { campaign_ids: ['11'] } })
    expect(data.list).toEqual([{ campaign_id: '11', budget: 100 }])
  })

  test('ad groups name the split test that they are in', async () => {
    const { data } = await client.get('/adgroup/get/', { advertiser_id: '7001', page_size: 100 })
    const tests = data.list.map((one: Reply) => [one.adgroup_id, one.split_test_group_id])
    expect(Object.fromEntries(tests)).toMatchObject({ 21: '700', 22: '700', 23: undefined, 25: '700' })
  })

  test('GMV Max is listed by itself, a hundred a page at most, without budgets', async () => {
    const query = { advertiser_id: '7001', filtering: { gmv_max_promotion_types: ['PRODUCT_GMV_MAX'] } }
    const reply = await client.get('/gmv_max/campaign/get/', query)
    expect(idsOf(reply, 'campaign_id')).toEqual(['15'])
    expect(reply.data.list[0]).not.toHaveProperty('budget')
    expect((await client.get('/gmv_max/campaign/get/', { ...query, page_size: 101 })).code).toBe(40002)
    const info = await client.get('/campaign/gmv_max/info/', { advertiser_id: '7001', campaign_id: '15' })
    expect(info.data).toMatchObject({ budget: 70, roas_bid: 4 })
  })
})

describe('reports', () => {
  const report = (more: object = {}) =>
    client.get('/report/integrated/get/', {
      advertiser_id: '7001',
      report_type: 'BASIC',
      data_level: 'AUCTION_CAMPAIGN',
      dimensions: ['campaign_id', 'stat_time_day'],
      metrics: ['spend', 'clicks'],
      start_date: '2026-11-19',
      end_date: '2026-11-20',
      page_size: 1_000,
      ...more,
    })
  const all = [{ field_name: 'campaign_status', filter_type: 'IN', filter_value: '["STATUS_ALL"]' }]

  test('write figures as text, and days with a time', async () => {
    const { data } = await report()
    expect(data.list[0]).toEqual({
      dimensions: { campaign_id: '11', stat_time_day: '2026-11-19 00:00:00' },
      // Two ad groups of 24 × €1.50 and 24 × 5 clicks.
      metrics: { spend: '72.00', clicks: '240' },
    })
  })

  test('leave out the spend of deleted campaigns unless STATUS_ALL is asked for; the advertiser’s total has it', async () => {
    const campaignsIn = async (more?: object) =>
      new Set((await report(more)).data.list.map((row: Reply) => row.dimensions.campaign_id))
    expect(await campaignsIn()).toEqual(new Set(['11', '12', '13', '14']))
    expect(await campaignsIn({ filtering: all })).toEqual(new Set(['11', '12', '13', '14', '16']))
    const total = { data_level: 'AUCTION_ADVERTISER', dimensions: ['advertiser_id', 'stat_time_day'] }
    // Eight ad groups of €36 a day: all but that of GMV Max.
    expect((await report(total)).data.list[0].metrics.spend).toBe('288.00')
  })

  test('of GMV Max are of another type', async () => {
    const { data } = await report({ report_type: 'TT_SHOP', metrics: ['spend'] })
    expect(data.list.map((row: Reply) => [row.dimensions.campaign_id, row.metrics.spend])).toEqual([
      ['15', '36.00'],
      ['15', '36.00'],
    ])
  })

  test.each([
    ['31 days by the day', { start_date: '2026-10-21', end_date: '2026-11-20' }],
    ['two days by the hour', { dimensions: ['campaign_id', 'stat_time_hour'] }],
    ['days the wrong way round', { start_date: '2026-11-21' }],
    ['a day that does not exist', { start_date: '2026-02-30' }],
    ['two ids', { dimensions: ['campaign_id', 'adgroup_id'] }],
    ['another level’s id', { dimensions: ['adgroup_id', 'stat_time_day'] }],
    ['a metric that it does not know', { metrics: ['cost'] }],
    ['dimensions with commas', { dimensions: 'campaign_id,stat_time_day' }],
    ['a filter that is not JSON within JSON', { filtering: [{ ...all[0], filter_value: 'STATUS_ALL' }] }],
    ['a level without a name', { data_level: 'CAMPAIGN' }],
  ])('refuse %s', async (_, more) => {
    expect((await report(more)).code).toBe(40002)
  })

  test('30 days by the day and one by the hour are allowed', async () => {
    expect((await report({ start_date: '2026-10-22' })).code).toBe(0)
    const hours = { dimensions: ['campaign_id', 'stat_time_hour'], start_date: '2026-11-20' }
    const { data } = await report(hours)
    expect(data.list).toHaveLength(4 * 24)
    expect(data.list[13].dimensions.stat_time_hour).toBe('2026-11-20 13:00:00')
  })

  test('count purchases in the windows of the ad groups, and call their value a rate', async () => {
    const metrics = ['complete_payment', 'total_complete_payment_rate', 'conversion', 'onsite_shopping']
    const { data } = await report({ metrics })
    // Twice: 3 and 1 within seven days of a click, 1 within a day of a view, at €50.
    expect(data.list[0].metrics).toEqual({
      complete_payment: '10',
      total_complete_payment_rate: '500.00',
      conversion: '10',
      onsite_shopping: '0',
    })
  })

  test('of too many ads come without the older ones, and only a header says so', async () => {
    await client.twin.close()
    client = await startClient({ world: new StubWorld([SPEC], () => HOURLY), reportAdsMax: 2 })
    const query = new URLSearchParams({
      ...{ advertiser_id: '7001', report_type: 'BASIC', data_level: 'AUCTION_CAMPAIGN', page_size: '1000' },
      ...{ dimensions: '["campaign_id"]', start_date: '2026-11-20', end_date: '2026-11-20' },
      filtering: JSON.stringify(all),
    })
    const { response, text } = await client.raw(`/open_api/v1.3/report/integrated/get/?${query}`)
    expect(response.headers.get('x-tt-ads-throttle')).toContain('only return the top 20k')
    expect(JSON.parse(text).code).toBe(0)
    expect(JSON.parse(text).data.list).toHaveLength(2)
  })
})
