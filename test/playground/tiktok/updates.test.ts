import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR_MS } from '../../../lib/units/calendar.ts'
import { HOURLY, SPEC } from '../../platforms/tiktok/families.ts'
import { type AccountSpec, StubWorld } from '../stub-world.ts'
import { type Client, startClient } from './client.ts'

let client: Client
let world: StubWorld
beforeEach(() => start())
afterEach(() => client.twin.close())

async function start(spec: AccountSpec = SPEC): Promise<void> {
  world = new StubWorld([spec], () => HOURLY)
  client = await startClient({ world })
}

async function restart(spec: AccountSpec): Promise<void> {
  await client.twin.close()
  await start(spec)
}

const campaign = (id: string, more: object) =>
  client.post('/campaign/update/', { advertiser_id: '7001', campaign_id: id, ...more })
const adGroup = (id: string, more: object) =>
  client.post('/adgroup/update/', { advertiser_id: '7001', adgroup_id: id, ...more })
const amountOf = (budget: string) => world.account('tiktok', '7001')?.budgets.get(budget)?.amountMicros

describe('budgets', () => {
  test('are set in main units, and the answer shows the object', async () => {
    expect(await campaign('11', { budget: 150.25 })).toMatchObject({
      code: 0,
      data: { campaign_id: '11', budget: 150.25 },
    })
    expect(amountOf('b11')).toBe(150_250_000n)
    expect(await adGroup('23', { budget: 55 })).toMatchObject({ code: 0, data: { adgroup_id: '23', budget: 55 } })
    expect(amountOf('b23')).toBe(55_000_000n)
  })

  // https://business-api.tiktok.com/portal/docs?id=1737585839634433 and 1739381246298114
  test.each([
    [49.99, 'at least 50.00'],
    [10_000_000, 'below the maximum'],
    [120.005, 'at most 2 decimal places'],
    [-120, 'positive number'],
    ['120', 'positive number'],
    [0, 'positive number'],
  ])('of a campaign: %j is refused', async (budget, message) => {
    expect(await campaign('11', { budget })).toMatchObject({ code: 40002, message: expect.stringContaining(message) })
    expect(amountOf('b11')).toBe(100_000_000n)
  })

  test('of an ad group begin at 20', async () => {
    expect(await adGroup('23', { budget: 19.99 })).toMatchObject({ code: 40002 })
    expect(await adGroup('23', { budget: 20 })).toMatchObject({ code: 0 })
  })

  test.each([
    ['JPY', 1_999, 2_000],
    ['HUF', 19, 20],
    ['IDR', 199_999, 200_000],
  ])('of an ad group in %s: %d is too low, %d is not, half a unit is none', async (currency, low, least) => {
    await restart({
      id: '7001',
      platform: 'tiktok',
      currency,
      campaigns: [{ id: '12', adSets: [{ id: '23', budget: 1_000_000_000_000n }] }],
    })
    world.facts = () => []
    expect(await adGroup('23', { budget: low })).toMatchObject({ code: 40002 })
    expect(await adGroup('23', { budget: least + 0.5 })).toMatchObject({
      code: 40002,
      message: expect.stringContaining('0 decimal'),
    })
    expect(await adGroup('23', { budget: least })).toMatchObject({ code: 0 })
  })

  test('must be at least 105 % of what the day has spent, whichever way they move', async () => {
    // Noon and eight hours: 20 × €1.50 × 2 ad groups are €60, of which 105 % are €63.
    world.pass(8 * HOUR_MS)
    expect(await campaign('11', { budget: 62.99 })).toMatchObject({
      code: 40002,
      message: expect.stringContaining('105%'),
    })
    expect(await campaign('11', { budget: 63 })).toMatchObject({ code: 0 })
  })

  test('of a campaign whose ad groups have them there are none', async () => {
    expect(await campaign('12', { budget: 100 })).toMatchObject({ code: 40002 })
  })

  test('of an ad group under a campaign budget are ignored without a word', async () => {
    expect(await adGroup('21', { budget: 100 })).toMatchObject({ code: 0, data: { budget: 0 } })
    expect(world.account('tiktok', '7001')?.changes).toHaveLength(0)
  })
})

describe('other families', () => {
  test.each([
    ['14', 'Smart+'],
    ['15', 'GMV Max'],
  ])('campaign %s is not updated by the ordinary endpoint: %s', async (id, family) => {
    expect(await campaign(id, { budget: 100 })).toMatchObject({ code: 40002, message: expect.stringContaining(family) })
    const body = { advertiser_id: '7001', campaign_ids: [id], operation_status: 'DISABLE' }
    expect(await client.post('/campaign/status/update/', body)).toMatchObject({ code: 40002 })
  })

  test('nor are the ad groups of Smart+', async () => {
    expect(await adGroup('26', { budget: 100 })).toMatchObject({
      code: 40002,
      message: expect.stringContaining('Smart+'),
    })
  })
})

describe('bids', () => {
  test('are set where the strategy takes them', async () => {
    expect(await adGroup('21', { conversion_bid_price: 13.5 })).toMatchObject({
      code: 0,
      data: { conversion_bid_price: 13.5 },
    })
    expect(await adGroup('24', { roas_bid: 3.25 })).toMatchObject({ code: 0, data: { roas_bid: 3.25 } })
    expect(await adGroup('29', { bid_price: 1.5 })).toMatchObject({ code: 0, data: { bid_price: 1.5 } })
  })

  test.each([
    ['23', { conversion_bid_price: 13.5 }],
    ['21', { roas_bid: 3 }],
    ['21', { bid_price: 1 }],
    ['24', { roas_bid: 0.009 }],
    ['24', { roas_bid: 10.01 }],
    // A bid beyond the budget that it is paid from.
    ['29', { bid_price: 60 }],
    ['21', { conversion_bid_price: 100 }],
  ])('ad group %s does not take %j', async (id, bid) => {
    expect(await adGroup(id, bid)).toMatchObject({ code: 40002 })
    expect(world.account('tiktok', '7001')?.changes).toHaveLength(0)
  })
})

describe('statuses', () => {
  const status = (path: string, body: object) => client.post(path, { advertiser_id: '7001', ...body })
  const statusOf = (id: string) => {
    const campaigns = [...(world.account('tiktok', '7001')?.campaigns.values() ?? [])]
    return campaigns.find((one) => one.adGroups.has(id))?.adGroups.get(id)?.status
  }

  test('of campaigns are all or nothing', async () => {
    const both = { campaign_ids: ['11', '16'], operation_status: 'DISABLE' }
    expect(await status('/campaign/status/update/', both)).toMatchObject({ code: 40002 })
    expect(world.account('tiktok', '7001')?.campaigns.get('11')?.status).toBe('active')
    const one = { campaign_ids: ['11'], operation_status: 'DISABLE' }
    expect(await status('/campaign/status/update/', one)).toMatchObject({
      code: 0,
      data: { campaign_ids: ['11'], status: 'DISABLE', campaign_list: [{ campaign_id: '11', status: 'DISABLE' }] },
    })
    expect(world.account('tiktok', '7001')?.campaigns.get('11')?.status).toBe('paused')
  })

  test('of ad groups may succeed in part, where that is asked for: code 20001', async () => {
    const body = { adgroup_ids: ['23', '28', '29'], operation_status: 'DISABLE' }
    expect(await status('/adgroup/status/update/', body)).toMatchObject({ code: 40002 })
    expect(statusOf('23')).toBe('active')
    expect(await status('/adgroup/status/update/', { ...body, allow_partial_success: true })).toMatchObject({
      code: 20001,
      data: { adgroup_ids: ['23', '29'], error_list: [{ adgroup_id: '28', error_message: expect.any(String) }] },
    })
    expect([statusOf('23'), statusOf('28'), statusOf('29')]).toEqual(['paused', 'removed', 'paused'])
  })

  test.each([
    [{ campaign_ids: [], operation_status: 'DISABLE' }],
    [{ campaign_ids: Array.from({ length: 21 }, (_, i) => String(i)), operation_status: 'DISABLE' }],
    [{ campaign_ids: ['11'], operation_status: 'PAUSED' }],
    [{ campaign_ids: [11], operation_status: 'DISABLE' }],
    [{ campaign_ids: ['11'] }],
  ])('%j is refused', async (body) => {
    expect(await status('/campaign/status/update/', body)).toMatchObject({ code: 40002 })
  })

  test('of a restricted account cannot be changed', async () => {
    await restart({ ...SPEC, status: 'suspended' })
    const body = { campaign_ids: ['11'], operation_status: 'DISABLE' }
    expect(await status('/campaign/status/update/', body)).toMatchObject({ code: 40002 })
  })
})

test.each([
  ['a field that it does not know', { advertiser_id: '7001', campaign_id: '11', daily_budget: 100 }],
  ['an id that is a number', { advertiser_id: 7001, campaign_id: '11', budget: 100 }],
  ['a deleted campaign', { advertiser_id: '7001', campaign_id: '16', budget: 100 }],
])('%s is refused', async (_, body) => {
  expect(await client.post('/campaign/update/', body)).toMatchObject({ code: 40002 })
})
