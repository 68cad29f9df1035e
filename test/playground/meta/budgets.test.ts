import { afterEach, describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units/calendar.ts'
import { type AccountSpec, StubWorld } from '../stub-world.ts'
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

describe('a budget', () => {
  test('is written in cents', async () => {
    await start()
    await accepted('100', { daily_budget: 12_050 })
    expect(amount('b100')).toBe(120_500_000n)
  })

  test.each([
    ['yen', 'JPY', 5_000, 5_000n * USD],
    ['Taiwan dollars', 'TWD', 3_000, 3_000n * USD],
  ])('in %s is written in main units', async (_, currency, units, micros) => {
    await start({ ...SHOP, currency, campaigns: [{ id: '10', adSets: [{ id: '100', budget: 1_000n * USD }] }] })
    await accepted('100', { daily_budget: units })
    expect(amount('b100')).toBe(micros)
    expect((await graph.get('100', { fields: 'daily_budget' })).body.daily_budget).toBe(String(units))
  })

  test('is not written by a dry run, which checks it all the same', async () => {
    await start()
    await accepted('100', { daily_budget: 12_000, execution_options: ['validate_only'] })
    expect(amount('b100')).toBe(100n * USD)
    expect(await refusal('100', { daily_budget: 50, execution_options: ['validate_only'] })).toMatchObject({
      code: 100,
    })
  })

  test.each([
    ['a part of a cent', '120.5'],
    ['a negative amount', -5],
    ['words', 'a lot'],
  ])('refuses %s', async (_, daily_budget) => {
    await start()
    expect(await refusal('100', { daily_budget })).toMatchObject({ code: 100 })
    expect(shop()?.changes).toEqual([])
  })

  test('below a dollar is too low', async () => {
    await start()
    expect(await refusal('101', { daily_budget: 99 })).toMatchObject({ code: 100, error_subcode: 1885272 })
    expect(await refusal('101', { daily_budget: 0 })).toMatchObject({ code: 100, error_subcode: 1885272 })
  })

  test('above a million dollars is too high', async () => {
    await start()
    expect(await refusal('100', { daily_budget: 100_000_001 })).toMatchObject({ code: 100, error_subcode: 1885261 })
    await accepted('100', { daily_budget: 100_000_000 })
  })

  test('is lowered to 110 % of what was spent today, and no further', async () => {
    await start()
    // $60.00 spent by noon: $66.00 is the least.
    const error = await refusal('100', { daily_budget: 6_599 })
    expect(error).toMatchObject({ code: 100, error_user_msg: expect.stringContaining('66.00 USD') })
    await accepted('100', { daily_budget: 6_600 })
  })

  test('for life is lowered to 110 % of what was spent since the start', async () => {
    await start()
    // 51 full days of 24 hours from 1 October, the 25-hour day's one more, and 12 hours: 1,237 hours at $5.00.
    await accepted('12', { lifetime_budget: 700_000 })
    expect(await refusal('12', { lifetime_budget: 680_349 })).toMatchObject({ code: 100 })
    await accepted('12', { lifetime_budget: 680_350 })
  })

  test('for life needs an end', async () => {
    await start()
    expect(await refusal('130', { lifetime_budget: 200_000 })).toMatchObject({ error_user_title: 'End Time Required' })
  })

  test('keeps its period', async () => {
    await start()
    expect(await refusal('100', { lifetime_budget: 500_000 })).toMatchObject({ code: 100 })
    expect(await refusal('12', { daily_budget: 5_000 })).toMatchObject({ code: 100 })
  })

  test('of an ad set is refused where the campaign holds the budget', async () => {
    await start()
    expect(await refusal('110', { daily_budget: 5_000 })).toMatchObject({ code: 100, error_subcode: 1885621 })
    expect(await refusal('10', { daily_budget: 5_000 })).toMatchObject({ code: 100 })
    expect(shop()?.changes).toEqual([])
  })

  test('tells what is left of it', async () => {
    await start()
    expect((await graph.get('100', { fields: 'budget_remaining' })).body.budget_remaining).toBe('4000')
    expect((await graph.get('110', { fields: 'budget_remaining' })).body).not.toHaveProperty('budget_remaining')
  })
})

describe('the budget of one ad set', () => {
  const raise = (step: number) => ({ daily_budget: 10_000 + 100 * step })

  test('changes four times an hour; the fifth is refused and shuts it for an hour, and no other', async () => {
    await start()
    for (const step of [1, 2, 3, 4]) {
      await accepted('100', raise(step))
      world.pass(10 * MINUTE_MS)
    }
    expect(await refusal('100', raise(5))).toMatchObject({ code: 613, error_subcode: 1487632 })
    await accepted('101', { daily_budget: 9_000 })
    world.pass(HOUR_MS - 1)
    expect(await refusal('100', raise(5))).toMatchObject({ code: 613, error_subcode: 1487632 })
    world.pass(1)
    await accepted('100', raise(5))
  })

  test('is not used up by dry runs, by refusals or by the value it has already', async () => {
    await start()
    for (const step of [1, 2, 3, 4, 5]) {
      await accepted('100', { ...raise(step), execution_options: ['validate_only'] })
      await accepted('100', { daily_budget: 10_000 })
      await refusal('100', { daily_budget: 1 })
    }
    await accepted('100', raise(9))
  })

  test('may change more often on the campaign', async () => {
    await start()
    for (const step of [1, 2, 3, 4, 5, 6]) await accepted('11', raise(step))
    expect(shop()?.changes).toHaveLength(6)
  })
})
