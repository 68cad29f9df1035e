import { afterEach, describe, expect, test } from 'vitest'
import { HOUR_MS } from '../../../lib/units/calendar.ts'
import type { WorldStrategy } from '../../../playground/world.ts'
import { type AccountSpec, NOON, StubWorld } from '../stub-world.ts'
import { type Graph, startGraph } from './graph.ts'

const USD = 1_000_000n
const SHOP: AccountSpec = {
  id: '1',
  currency: 'USD',
  campaigns: [
    {
      id: '10',
      adSets: [
        { id: '100', budget: 100n * USD },
        { id: '101', budget: 20n * USD, status: 'paused' },
      ],
    },
    { id: '11', budget: 100n * USD, adSets: [{ id: '110' }] },
    { id: '12', budget: 8_000n * USD, period: 'lifetime', endDate: '2026-12-31', adSets: [{ id: '120' }] },
    { id: '13', period: 'lifetime', adSets: [{ id: '130', budget: 900n * USD }] },
    { id: '14', status: 'removed', budget: 9n * USD },
  ],
}

let graph: Graph
let world: StubWorld
/** Every ad set spends $5.00 an hour: $60.00 by noon. */
const start = async (spec: AccountSpec = SHOP): Promise<void> => {
  world = new StubWorld([spec], () => ({ spendMicros: 5n * USD, impressions: 1, clicks: 0, claimsPerDay: [] }))
  graph = await startGraph({ world })
}
afterEach(() => graph.twin.close())

const shop = () => world.accounts[0]
const amount = (id: string) => shop()?.budgets.get(id)?.amountMicros
const refusal = async (id: string, params: Readonly<Record<string, unknown>>) => {
  const { status, body } = await graph.post(id, params)
  expect(status).toBe(400)
  return body.error
}
const accepted = async (id: string, params: Readonly<Record<string, unknown>>) =>
  expect((await graph.post(id, params)).body).toEqual({ success: true })

describe('bids', () => {
  const withStrategy = (strategy: WorldStrategy): AccountSpec => ({
    ...SHOP,
    campaigns: [{ id: '10', adSets: [{ id: '100', budget: 100n * USD, strategy }] }],
  })
  const strategy = () => shop()?.campaigns.get('10')?.adGroups.get('100')?.strategy

  test('a cost cap moves with bid_amount', async () => {
    await start(withStrategy({ kind: 'target-cpa', targetCpaMicros: 12n * USD }))
    await accepted('100', { bid_amount: 1_350 })
    expect(strategy()).toEqual({ kind: 'target-cpa', targetCpaMicros: 13_500_000n })
  })

  test('a bid cap likewise', async () => {
    await start(withStrategy({ kind: 'bid-cap', bidMicros: 2n * USD }))
    await accepted('100', { bid_amount: '250' })
    expect(strategy()).toEqual({ kind: 'bid-cap', bidMicros: 2_500_000n })
  })

  test('a ROAS floor is written in ten-thousandths', async () => {
    await start(withStrategy({ kind: 'target-roas', targetRoas: 2 }))
    await accepted('100', { bid_constraints: { roas_average_floor: 25_000 } })
    expect(strategy()).toEqual({ kind: 'target-roas', targetRoas: 2.5 })
  })

  test('a strategy may change together with its amount', async () => {
    await start(withStrategy({ kind: 'max-conversions' }))
    expect(await refusal('100', { bid_strategy: 'COST_CAP' })).toMatchObject({ error_subcode: 1815857 })
    await accepted('100', { bid_strategy: 'COST_CAP', bid_amount: 900 })
    expect(strategy()).toEqual({ kind: 'target-cpa', targetCpaMicros: 9n * USD })
  })

  test.each([
    ['a bid amount without a cap', { kind: 'max-conversions' }, { bid_amount: 500 }],
    ['a bid amount beside a ROAS floor', { kind: 'target-roas', targetRoas: 2 }, { bid_amount: 500 }],
    ['a ROAS floor without its strategy', { kind: 'max-value' }, { bid_constraints: { roas_average_floor: 20_000 } }],
    [
      'a ROAS floor that is not whole',
      { kind: 'target-roas', targetRoas: 2 },
      { bid_constraints: { roas_average_floor: 2.5 } },
    ],
    ['an unknown strategy', { kind: 'max-value' }, { bid_strategy: 'CHEAPEST' }],
  ] as const)('refuse %s', async (_, before, params) => {
    await start(withStrategy(before))
    expect(await refusal('100', params)).toMatchObject({ code: 100 })
    expect(shop()?.changes).toEqual([])
  })

  test('sit where the budget is', async () => {
    await start()
    const wish = { bid_strategy: 'LOWEST_COST_WITHOUT_CAP' }
    expect(await refusal('110', wish)).toMatchObject({ code: 100 })
    expect(await refusal('10', wish)).toMatchObject({ code: 100 })
  })
})

describe('a status', () => {
  test('is paused and set going again', async () => {
    await start()
    await accepted('10', { status: 'PAUSED' })
    await accepted('101', { status: 'ACTIVE' })
    expect(shop()?.changes.map(({ entity, from, to }) => [entity.id, from, to])).toEqual([
      ['10', 'active', 'paused'],
      ['101', 'paused', 'active'],
    ])
  })

  test('that an object has already changes nothing', async () => {
    await start()
    await accepted('10', { status: 'ACTIVE' })
    expect(shop()?.changes).toEqual([])
  })

  test('that does not exist is refused', async () => {
    await start()
    expect(await refusal('10', { status: 'paused' })).toMatchObject({ code: 100 })
  })

  test('of an archived object can only become deleted, and of a deleted one nothing', async () => {
    await start()
    await accepted('11', { status: 'ARCHIVED' })
    expect((await graph.get('11', { fields: 'status' })).body.status).toBe('ARCHIVED')
    expect((await graph.get('110', { fields: 'effective_status' })).body.effective_status).toBe('ARCHIVED')
    expect(await refusal('11', { daily_budget: 20_000 })).toMatchObject({ code: 100 })
    expect((await graph.delete('11')).body).toEqual({ success: true })
    expect((await graph.get('11', { fields: 'status' })).body.status).toBe('DELETED')
    expect(await refusal('14', { status: 'ACTIVE' })).toMatchObject({ code: 100 })
  })
})

describe('an update', () => {
  test('does all or nothing', async () => {
    await start()
    await refusal('100', { status: 'PAUSED', daily_budget: 1 })
    expect(shop()?.changes).toEqual([])
    await accepted('100', { status: 'PAUSED', daily_budget: 11_000 })
    expect(shop()?.changes.map(({ field }) => field)).toEqual(['amount', 'status'])
  })

  test('ignores parameters that it does not know, such as the id that the client repeats', async () => {
    await start()
    await accepted('100', { id: '100', wibble: 1, daily_budget: 11_000 })
    expect(amount('b100')).toBe(110n * USD)
  })

  test('is refused while the account is disabled', async () => {
    await start({ ...SHOP, status: 'suspended' })
    expect(await refusal('100', { daily_budget: 11_000 })).toMatchObject({ code: 100 })
  })

  test('is made in the name of the app', async () => {
    await start()
    await accepted('100', { daily_budget: 11_000 })
    expect(shop()?.changes).toMatchObject([{ at: NOON, actor: { kind: 'api', name: '200000000000001' } }])
  })
})

describe("an account's spend cap", () => {
  test('is written in main units and read in cents', async () => {
    await start()
    await accepted('act_1', { spend_cap: '2500.50' })
    expect(shop()?.spendCapMicros).toBe(2_500_500_000n)
    expect((await graph.get('act_1', { fields: 'spend_cap' })).body.spend_cap).toBe('250050')
  })

  test('must be above what was spent', async () => {
    await start()
    // $1,234.56 so far.
    expect(await refusal('act_1', { spend_cap: 1_234 })).toMatchObject({ code: 100 })
  })

  test('changes ten times a day', async () => {
    await start()
    for (let step = 1; step <= 10; step++) await accepted('act_1', { spend_cap: 2_000 + step })
    expect(await refusal('act_1', { spend_cap: 3_000 })).toMatchObject({ code: 17, error_subcode: 1885172 })
    // Midnight in Berlin.
    world.pass(12 * HOUR_MS)
    await accepted('act_1', { spend_cap: 3_000 })
  })
})

describe('a budget schedule', () => {
  const start_ = NOON / 1_000 + 3_600
  const window = { time_start: start_, time_end: start_ + 7_200 }

  test('is in force once the budget’s switch is on, which writing it does not do, and is gone once deleted', async () => {
    await start()
    const asked = { ...window, budget_value: 2_500, budget_value_type: 'ABSOLUTE' }
    const { id } = (await graph.post('100/budget_schedules', asked)).body
    const flag = async () => (await graph.get('100', { fields: 'is_budget_schedule_enabled' })).body
    expect(await flag()).toMatchObject({ is_budget_schedule_enabled: false })
    await graph.post('100', { is_budget_schedule_enabled: 'true' })
    expect(await flag()).toMatchObject({ is_budget_schedule_enabled: true })
    expect(shop()?.budgets.get('b100')?.schedules).toMatchObject([{ id }])
    expect(shop()?.budgets.get('b100')?.schedules[0]).not.toHaveProperty('isOff')
    await graph.delete(String(id))
    expect(shop()?.budgets.get('b100')?.schedules).toEqual([])
  })

  test('raises by an amount: the world gets the level that it comes to', async () => {
    await start()
    const { id } = (
      await graph.post('100/budget_schedules', { ...window, budget_value: 2_500, budget_value_type: 'ABSOLUTE' })
    ).body
    expect(shop()?.budgets.get('b100')?.schedules).toEqual([
      {
        id,
        from: start_ * 1_000,
        to: (start_ + 7_200) * 1_000,
        change: { kind: 'absolute', amountMicros: 125n * USD },
        isOff: true,
      },
    ])
    expect(await graph.all('100/budget_schedules')).toEqual([
      {
        id,
        budget_value: 2_500,
        budget_value_type: 'ABSOLUTE',
        time_start: '2026-11-21T12:00:00+0000',
        time_end: '2026-11-21T14:00:00+0000',
      },
    ])
    expect((await graph.get(id, { fields: 'ad_object_id' })).body.ad_object_id).toBe('100')
  })

  test('raises by per cent', async () => {
    await start()
    await graph.post('11/budget_schedules', { ...window, budget_value: 40, budget_value_type: 'MULTIPLIER' })
    expect(shop()?.budgets.get('b11')?.schedules[0]?.change).toEqual({ kind: 'multiplier', factor: 1.4 })
    expect(await graph.all('11/budget_schedules', { fields: 'budget_value' })).toMatchObject([{ budget_value: 40 }])
  })

  test('is left out of a list for another time', async () => {
    await start()
    await graph.post('11/budget_schedules', { ...window, budget_value: 40, budget_value_type: 'MULTIPLIER' })
    expect(await graph.all('11/budget_schedules', { time_start: start_ + 7_200 })).toEqual([])
    expect(await graph.all('11/budget_schedules', { time_stop: start_ })).toEqual([])
    expect(await graph.all('11/budget_schedules', { time_start: start_, time_stop: start_ + 1 })).toHaveLength(1)
  })

  test.each([
    ['that ends before it starts', { time_end: start_ - 1 }],
    ['that starts in the past', { time_start: start_ - 7_200 }],
    ['without a value', { budget_value: 0 }],
    ['of an unknown type', { budget_value_type: 'DOUBLE' }],
  ])('%s is refused', async (_, change) => {
    await start()
    const asked = { ...window, budget_value: 2_500, budget_value_type: 'ABSOLUTE', ...change }
    expect(await refusal('100/budget_schedules', asked)).toMatchObject({ code: 100 })
  })

  test('belongs where the budget is', async () => {
    await start()
    const asked = { ...window, budget_value: 2_500, budget_value_type: 'ABSOLUTE' }
    expect(await refusal('110/budget_schedules', asked)).toMatchObject({ error_subcode: 1885621 })
  })
})
