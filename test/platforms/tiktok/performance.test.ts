import { afterEach, describe, expect, test } from 'vitest'
import { accountDate } from '../../../lib/units/calendar.ts'
import type { Reply } from '../stub-server.ts'
import { ACCOUNT, AD_GROUP, accountOf, adapterOn, CAMPAIGN, type Call, page, type Stub, startStub } from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

async function on(answer: (call: Call) => Reply | undefined) {
  stub = await startStub(answer)
  return adapterOn(stub.origin)
}

/** The account's usual answers, with those of one path replaced. */
const but = (path: string, reply: (call: Call) => Reply) => (call: Call) =>
  call.path === path ? reply(call) : accountOf([CAMPAIGN], [AD_GROUP])(call)

describe('reports', () => {
  const query = { grain: 'day', from: accountDate('2026-11-20'), to: accountDate('2026-11-20') } as const
  const METRICS = { spend: '12.50', impressions: '10', clicks: '2' }
  const row = (over: object = {}, metrics: object = {}) => ({
    dimensions: { campaign_id: '11', stat_time_day: '2026-11-20 00:00:00', ...over },
    metrics: { ...METRICS, ...metrics },
  })
  const reporting = (rows: readonly object[], headers: Reply['headers'] = {}) =>
    but('report/integrated/get/', (call) =>
      call.query.get('data_level') === 'AUCTION_ADVERTISER' ? { json: page([]) } : { json: page(rows), headers },
    )
  const rule = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'impression' } as const
  const read = async (rows: readonly object[], rules: readonly (typeof rule)[] = []) =>
    (await on(reporting(rows))).reader.performance(ACCOUNT, query, rules)

  test('deleted campaigns are asked for', async () => {
    await read([row()])
    const report = stub.calls.find(({ query: asked }) => asked.get('data_level') === 'AUCTION_CAMPAIGN')
    expect(JSON.parse(report?.query.get('filtering') ?? '')).toEqual([
      { field_name: 'campaign_status', filter_type: 'IN', filter_value: '["STATUS_ALL"]' },
    ])
    expect(JSON.parse(report?.query.get('dimensions') ?? '')).toEqual(['campaign_id', 'stat_time_day'])
  })

  test.each([
    ['a day that was not asked for', row({ stat_time_day: '2026-11-19 00:00:00' })],
    ['a day that does not exist', row({ stat_time_day: '2026-11-31 00:00:00' })],
    ['a row without its id', row({ campaign_id: undefined })],
    ['a spend below zero', row({}, { spend: '-1.00' })],
    ['a spend that is a dash', row({}, { spend: '-' })],
    ['a spend that is missing', row({}, { spend: undefined })],
    ['clicks that are no count', row({}, { clicks: 'many' })],
  ])('%s is unreadable', async (_, bad) => {
    await expect(read([bad])).rejects.toMatchObject({ failure: { kind: 'unreadable' } })
  })

  test('a row that comes twice is unreadable', async () => {
    await expect(read([row(), row({}, { clicks: '3' })])).rejects.toThrow('came twice')
  })

  test('no rows is a report without rows, and not one of zeros', async () => {
    const { rows, accountSpend } = await read([])
    expect([rows, [...accountSpend]]).toEqual([[], []])
  })

  const PAYMENTS = {
    ...{ complete_payment: '3', total_complete_payment_rate: '150.00' },
    ...{
      total_purchase: '5',
      total_purchase_value: '50.00',
      onsite_shopping: '7',
      total_onsite_shopping_value: '70.00',
    },
  }
  test.each([
    [{ objective_type: 'WEB_CONVERSIONS' }, 3, 150_000_000n],
    [{ objective_type: 'TRAFFIC' }, 3, 150_000_000n],
    [{ objective_type: 'APP_PROMOTION' }, 5, 50_000_000n],
    [{ objective_type: 'PRODUCT_SALES', campaign_product_source: 'STORE' }, 7, 70_000_000n],
    [{ objective_type: 'PRODUCT_SALES', campaign_product_source: 'CATALOG' }, 3, 150_000_000n],
  ])('purchases of %j are %i, worth %d micros', async (campaign, count, micros) => {
    const answer = reporting([row({}, PAYMENTS)])
    const { reader } = await on((call) =>
      call.path === 'campaign/get/' ? accountOf([{ ...CAMPAIGN, ...campaign }], [])(call) : answer(call),
    )
    const { rows } = await reader.performance(ACCOUNT, query, [rule])
    expect(rows[0]?.conversions[0]).toMatchObject({ conversions: count, value: { micros } })
  })

  test('purchases of an objective that is not known are not guessed', async () => {
    const answer = reporting([row({}, PAYMENTS)])
    const { reader } = await on((call) =>
      call.path === 'campaign/get/'
        ? accountOf([{ ...CAMPAIGN, objective_type: 'TELEPATHY' }], [])(call)
        : answer(call),
    )
    await expect(reader.performance(ACCOUNT, query, [rule])).rejects.toThrow('objective_type TELEPATHY is not known')
  })

  test.each([
    [{ ...rule, clickWindowDays: 30 }, 'window'],
    [{ ...rule, clickWindowDays: 0, viewWindowDays: 0 }, 'window'],
    [{ ...rule, basis: 'click' as const }, 'basis'],
    [{ ...rule, action: 'constructor' }, 'action'],
    [{ ...rule, action: 'lead' }, 'action'],
  ])('%j is refused for its %s', async (bad, code) => {
    const { reader } = await on(reporting([]))
    await expect(reader.performance(ACCOUNT, query, [bad])).rejects.toMatchObject({
      failure: { kind: 'rejected', code },
    })
  })

  test('what is optimised for can be counted on the day that it happened', async () => {
    const { reader } = await on(reporting([row({}, { real_time_conversion: '4' })]))
    const happened = { ...rule, action: 'conversion', basis: 'conversion' } as const
    const { rows } = await reader.performance(ACCOUNT, query, [happened])
    expect(rows[0]?.conversions[0]).toMatchObject({ conversions: 4, value: { micros: 0n } })
  })

  test('GMV Max that the ordinary report holds is not counted twice', async () => {
    const gmvMax = { campaign_id: '15', campaign_name: 'Max', operation_status: 'ENABLE' }
    const { reader } = await on((call) => {
      if (call.path === 'gmv_max/campaign/get/') return { json: page([gmvMax]) }
      return reporting([row(), row({ campaign_id: '15' })])(call)
    })
    const { rows } = await reader.performance(ACCOUNT, query, [])
    expect(rows.map(({ campaign }) => campaign)).toEqual(['11', '15'])
    expect(stub.calls.filter(({ query: asked }) => asked.get('report_type') === 'TT_SHOP')).toHaveLength(0)
  })

  test.each([
    ['one chunk', 1],
    ['two chunks', 101],
    ['no ordinary campaign', 0],
  ])('a report of GMV Max that left ads out is none, and is not read again by campaigns: %s', async (_, count) => {
    const gmvMax = { campaign_id: '15', campaign_name: 'Max', operation_status: 'ENABLE' }
    const campaigns = Array.from({ length: count }, (_unused, n) => ({ ...CAMPAIGN, campaign_id: `${1_000 + n}` }))
    let shopReads = 0
    const { reader } = await on((call) => {
      if (call.path === 'gmv_max/campaign/get/') return { json: page([gmvMax]) }
      if (call.path === 'campaign/get/') return accountOf(campaigns, [])(call)
      if (call.query.get('report_type') !== 'TT_SHOP') return reporting([])(call)
      shopReads += 1
      // Said of the first reading only, and gone on the next.
      const headers = shopReads === 1 ? { 'X-Tt-Ads-Throttle': 'only return the top 20k' } : {}
      return { ...reporting([row({ campaign_id: '15' })])(call), headers }
    })
    await expect(reader.performance(ACCOUNT, query, [])).rejects.toMatchObject({ failure: { kind: 'transient' } })
    expect(shopReads).toBe(1)
  })
})
