import { afterEach, describe, expect, test } from 'vitest'
import type { Lever } from '../../../lib/model/lever.ts'
import { ACCOUNT, adapterOn, graphError, type Stub, startStub } from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

const ids = () => stub.calls.flatMap(({ params }) => params.get('ids') ?? [])
const lever = (id: string, over: Partial<Lever> = {}): Lever => ({
  account: ACCOUNT,
  kind: 'daily-budget',
  entity: 'budget',
  id,
  ...over,
})
const object = (id: string, over: object = {}) => ({
  id,
  account_id: '1001',
  status: 'ACTIVE',
  effective_status: 'ACTIVE',
  ...over,
})

/** The live values of levers among these objects, where Graph fails the whole request for an id that is not there. */
async function live(
  levers: readonly Lever[],
  objects: readonly { readonly id: string }[],
  gone: object = graphError(803),
) {
  const byId = new Map(objects.map((o) => [o.id, o]))
  stub = await startStub(({ params }) => {
    if (!params.has('ids')) return { json: { currency: 'USD', timezone_name: 'UTC' } }
    const wanted = (params.get('ids') ?? '').split(',')
    if (wanted.some((id) => !byId.has(id))) return { status: 400, json: gone }
    return { json: Object.fromEntries(wanted.map((id) => [id, byId.get(id)])) }
  })
  const found = await adapterOn(stub.origin).reader.live(ACCOUNT, levers)
  expect(found.map((l) => l.lever)).toEqual(levers)
  return found.map((l) => l.value)
}

describe('live values', () => {
  test.each<{ name: string; lever: Lever; object: object; value: object | undefined }>([
    {
      name: 'a daily budget',
      lever: lever('20'),
      object: { daily_budget: '2000' },
      value: { amount: { micros: 20_000_000n, currency: 'USD' } },
    },
    {
      name: 'a lifetime budget',
      lever: lever('20', { kind: 'lifetime-budget' }),
      object: { lifetime_budget: '2000', daily_budget: '0' },
      value: { amount: { micros: 20_000_000n, currency: 'USD' } },
    },
    {
      name: 'a daily budget that became a lifetime one',
      lever: lever('20'),
      object: { lifetime_budget: '2000' },
      value: undefined,
    },
    {
      name: 'a budget that moved to the campaign',
      lever: lever('20'),
      object: { daily_budget: '0' },
      value: undefined,
    },
    {
      name: 'an archived budget',
      lever: lever('20'),
      object: { daily_budget: '2000', effective_status: 'ARCHIVED' },
      value: undefined,
    },
    {
      name: "another account's budget",
      lever: lever('20'),
      object: { daily_budget: '2000', account_id: '2002' },
      value: undefined,
    },
    {
      name: 'a status',
      lever: lever('20', { kind: 'status', entity: 'campaign' }),
      object: {},
      value: { status: 'active' },
    },
    {
      name: 'the status that was set, under a paused campaign',
      lever: lever('20', { kind: 'status', entity: 'ad-group' }),
      object: { effective_status: 'CAMPAIGN_PAUSED' },
      value: { status: 'active' },
    },
    {
      name: 'a cost cap',
      lever: lever('20', { kind: 'target-cpa', entity: 'ad-group' }),
      object: { campaign_id: '10', bid_strategy: 'COST_CAP', bid_amount: 1250 },
      value: { amount: { micros: 12_500_000n } },
    },
    {
      name: 'a bid cap asked for as a target',
      lever: lever('20', { kind: 'target-cpa', entity: 'ad-group' }),
      object: { campaign_id: '10', bid_strategy: 'LOWEST_COST_WITH_BID_CAP', bid_amount: 1250 },
      value: undefined,
    },
    {
      name: 'a ROAS floor',
      lever: lever('20', { kind: 'target-roas', entity: 'ad-group' }),
      object: {
        campaign_id: '10',
        bid_strategy: 'LOWEST_COST_WITH_MIN_ROAS',
        bid_constraints: { roas_average_floor: 25000 },
      },
      value: { value: 2.5 },
    },
    {
      name: 'a device multiplier',
      lever: lever('20', { kind: 'bid-multiplier', entity: 'campaign', device: 'mobile' }),
      object: {},
      value: undefined,
    },
  ])('$name', async ({ lever, object: more, value }) => {
    const [found] = await live([lever], [object('20', more)])
    if (value === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(value)
  })

  test('a cost cap whose strategy stands on the campaign is read from there', async () => {
    const adSet = object('20', { campaign_id: '10', bid_amount: 900 })
    const [found] = await live(
      [lever('20', { kind: 'target-cpa', entity: 'ad-group' })],
      [adSet, object('10', { bid_strategy: 'COST_CAP' })],
    )
    expect(found).toMatchObject({ amount: { micros: 9_000_000n } })
  })

  test.each([
    { name: 'by Graph error 803', gone: graphError(803) },
    { name: 'by Graph error 100/33', gone: graphError(100, 33) },
  ])('what is gone ($name) is undefined, and the rest is still read', async ({ gone }) => {
    const values = await live(
      ['1', '2', '3', '4', '5'].map((id) => lever(id)),
      ['1', '2', '4', '5'].map((id) => object(id, { daily_budget: '100' })),
      gone,
    )
    expect(values.map((value) => value !== undefined)).toEqual([true, true, false, true, true])
  })

  test('fifty ids are asked for at a time', async () => {
    const all = Array.from({ length: 120 }, (_, i) => String(i + 1))
    const values = await live(
      all.map((id) => lever(id)),
      all.map((id) => object(id, { daily_budget: '100' })),
    )
    expect(values.every((value) => value !== undefined)).toBe(true)
    expect(ids().map((list) => list.split(',').length)).toEqual([50, 50, 20])
  })

  test('levers of another account are refused', async () => {
    await expect(live([lever('20', { account: { ...ACCOUNT, id: '2002' as never } })], [])).rejects.toThrow(
      /belongs to account 2002/,
    )
  })
})
