import { afterEach, describe, expect, test } from 'vitest'
import type { MetaTwinOptions } from '../../../playground/platforms/meta/server.ts'
import { type AccountSpec, NOON, StubWorld } from '../stub-world.ts'
import { type Graph, startGraph } from './graph.ts'

const USD = 1_000_000n
const SHOP: AccountSpec = {
  id: '1',
  currency: 'USD',
  zone: 'America/Los_Angeles',
  campaigns: [
    {
      id: '10',
      adSets: [
        { id: '100', budget: 20n * USD },
        { id: '101', budget: 30n * USD, status: 'paused' },
      ],
    },
    {
      id: '11',
      budget: 50n * USD,
      strategy: { kind: 'target-cpa', targetCpaMicros: 12n * USD },
      adSets: [{ id: '110' }],
    },
    { id: '12', status: 'removed', budget: 9n * USD },
    { id: '13', status: 'paused', endDate: '2026-12-24', adSets: [{ id: '130', budget: 40n * USD }] },
    { id: '14', budget: 600n * USD, period: 'lifetime', endDate: '2026-12-31' },
  ],
}

let graph: Graph
const start = async (options: Partial<MetaTwinOptions> = {}, world = new StubWorld([SHOP])): Promise<void> => {
  graph = await startGraph({ world, ...options })
}
afterEach(() => graph.twin.close())

const error = (reply: { readonly body: { readonly error: Record<string, unknown> } }) => reply.body.error

describe('an object', () => {
  test('shows its id alone until fields are asked for', async () => {
    await start()
    expect((await graph.get('10')).body).toEqual({ id: '10' })
  })

  test('shows the fields asked for and its id, and leaves out those that have no value', async () => {
    await start()
    const { body } = await graph.get('10', { fields: 'name,daily_budget,bid_strategy' })
    expect(body).toEqual({ id: '10', name: 'Campaign 10' })
  })

  test('reads "0" for the budget of the other period', async () => {
    await start()
    const { body } = await graph.get('14', { fields: 'daily_budget,lifetime_budget' })
    expect(body).toEqual({ id: '14', daily_budget: '0', lifetime_budget: '60000' })
  })

  test('has its times in the zone of the account', async () => {
    await start()
    const { body } = await graph.get('13', { fields: 'start_time,stop_time' })
    // Los Angeles is 7 hours behind in October and 8 in December.
    expect(body).toMatchObject({ start_time: '2026-10-01T00:00:00-0700', stop_time: '2026-12-24T23:59:59-0800' })
  })

  test('refuses a field that its type does not have', async () => {
    await start()
    const reply = await graph.get('100', { fields: 'id,objective' })
    expect(reply.status).toBe(400)
    expect(error(reply)).toMatchObject({
      code: 100,
      type: 'OAuthException',
      message: '(#100) Tried accessing nonexisting field (objective) on node type (AdCampaign)',
    })
  })

  test('refuses an unknown field of an edge even when the edge is empty', async () => {
    await start()
    expect(error(await graph.get('12/adsets', { fields: 'wibble' }))).toMatchObject({ code: 100 })
  })

  test('expands edges in place', async () => {
    await start()
    const { body } = await graph.get('110', { fields: 'campaign{name,daily_budget}' })
    expect(body).toEqual({ id: '110', campaign: { id: '11', name: 'Campaign 11', daily_budget: '5000' } })
    const nested = await graph.get('act_1', { fields: 'campaigns.limit(1){name,adsets{daily_budget}}' })
    const adSets = [
      { id: '100', daily_budget: '2000' },
      { id: '101', daily_budget: '3000' },
    ]
    expect(nested.body.campaigns.data).toEqual([{ id: '10', name: 'Campaign 10', adsets: { data: adSets } }])
  })

  test('is missing with 100/33, and so is another platform’s account', async () => {
    await start()
    for (const id of ['999', 'act_2']) {
      const reply = await graph.get(id)
      expect(reply.status).toBe(400)
      expect(error(reply)).toMatchObject({ code: 100, error_subcode: 33, type: 'GraphMethodException' })
    }
  })
})

describe('an account', () => {
  test('tells currency, zone, status, cap and what was spent, in cents', async () => {
    await start({}, new StubWorld([{ ...SHOP, spendCap: 2_000n * USD }]))
    const fields =
      'currency,timezone_name,timezone_offset_hours_utc,account_status,spend_cap,amount_spent,min_daily_budget'
    expect((await graph.get('act_1', { fields })).body).toEqual({
      id: 'act_1',
      currency: 'USD',
      timezone_name: 'America/Los_Angeles',
      timezone_offset_hours_utc: -8,
      account_status: 1,
      spend_cap: '200000',
      amount_spent: '123456',
      min_daily_budget: 100,
    })
  })

  test('that was disabled says so', async () => {
    await start({}, new StubWorld([{ ...SHOP, status: 'suspended' }]))
    expect((await graph.get('act_1', { fields: 'account_status,disable_reason' })).body).toMatchObject({
      account_status: 2,
      disable_reason: 1,
    })
  })
})

describe('where a strategy and its bids are shown', () => {
  test('on the campaign that holds the budget, the bid amounts on its ad sets', async () => {
    await start()
    expect((await graph.get('11', { fields: 'bid_strategy' })).body.bid_strategy).toBe('COST_CAP')
    expect((await graph.get('110', { fields: 'bid_strategy,bid_amount' })).body).toEqual({
      id: '110',
      bid_amount: 1200,
    })
  })

  test('a ROAS floor of 1.23 reads 12300', async () => {
    const strategy = { kind: 'target-roas', targetRoas: 1.23 } as const
    const campaigns = [{ id: '10', strategy, adSets: [{ id: '100', budget: USD }] }]
    await start({}, new StubWorld([{ ...SHOP, campaigns }]))
    expect((await graph.get('100', { fields: 'bid_strategy,bid_constraints,optimization_goal' })).body).toEqual({
      id: '100',
      bid_strategy: 'LOWEST_COST_WITH_MIN_ROAS',
      bid_constraints: { roas_average_floor: 12300 },
      optimization_goal: 'VALUE',
    })
  })
})

describe('the learning stage', () => {
  const learning = { state: 'learning', lastSignificantEdit: NOON, conversions: 12.9, conversionsNeeded: 50 } as const

  test('counts conversions since the last significant edit against the number needed', async () => {
    const campaigns = [{ id: '10', adSets: [{ id: '100', budget: USD, learning }] }]
    await start({}, new StubWorld([{ ...SHOP, campaigns }]))
    expect((await graph.get('100', { fields: 'learning_stage_info' })).body.learning_stage_info).toEqual({
      status: 'LEARNING',
      conversions: 12,
      last_sig_edit_ts: 1_795_258_800,
      attribution_windows: ['7d_click', '1d_view'],
      dynamic_lp_conversions_threshold: 50,
    })
  })

  test('is told of ad sets that deliver only', async () => {
    await start()
    expect((await graph.get('130', { fields: 'learning_stage_info' })).body).toEqual({ id: '130' })
  })
})
