import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { type AccountRef, accountKey, portfolioId } from '../../lib/model/account.ts'
import { hashOf } from '../../lib/model/canonical.ts'
import type { LeverValue } from '../../lib/model/lever.ts'
import type { Approval, Decision, Plan, PlanId } from '../../lib/model/plan.ts'
import { phaseOf } from '../../lib/store/plan-chunks.ts'
import { dynamoPlanStore } from '../../lib/store/plan-store.ts'
import { HOUR_MS, type Instant, later } from '../../lib/units/calendar.ts'
import { clientFor, embedded, PREFIX } from './embedded.ts'
import { lossyProxy } from './lossy-proxy.ts'
import { dailyBudget, euros, moneyValue, NOON, newAccount, PORTFOLIO } from './samples.ts'

const engine = embedded()
const PENDING: Approval = { kind: 'pending' }
const APPROVED: Approval = { kind: 'approved', by: 'ann', at: NOON }

function change(account: AccountRef, id: number, from: string, to: string): Decision {
  return {
    kind: 'change',
    change: { lever: dailyBudget(account, id.toString()), from: moneyValue(from), to: moneyValue(to) },
    name: `campaign ${id}`,
    class: 'prospecting',
    expected: { unit: 'conversions-per-day', mean: 1, low: 0.5, high: 1.5 },
    binding: [],
    why: 'The next euro works harder here.',
    maturity: 0.9,
  }
}

const hold = (account: AccountRef, id: number): Decision => ({
  kind: 'hold',
  lever: dailyBudget(account, id.toString()),
  name: `campaign ${id}`,
  value: moneyValue('10'),
  reason: 'within-deadband',
  detail: 'less than 2 %',
})

function planOf(decisions: readonly Decision[], madeAt: Instant = NOON, portfolio = PORTFOLIO): Plan {
  const terms = {
    portfolio,
    mode: 'approve',
    madeAt,
    expiresAt: later(madeAt, 12 * HOUR_MS),
    policyVersion: 'v1',
    inputsHash: 'h',
    rates: [],
    dayTarget: euros('1000'),
    marginalReturn: 0.1,
    netGrowth: euros('0'),
    occasion: 'daily',
    proposedCaps: [],
    decisions,
  } as const
  return { ...terms, id: hashOf(terms) as PlanId }
}

/** 30 cuts, 26 raises and 120 holds of one account, mixed up. */
function largePlan(account: AccountRef): Plan {
  const decisions = Array.from({ length: 176 }, (_, i) => {
    if (i % 176 < 30) return change(account, i, '20', '10')
    return i < 56 ? change(account, i, '10', '20') : hold(account, i)
  })
  // 53 and 176 have no common divisor: every decision lands in one place.
  return planOf(decisions.map((_, i) => decisions[(i * 53) % 176]!))
}

describe('a stored plan', () => {
  test('falls into chunks of at most 25 changes of one phase, cuts before raises', async () => {
    const account = newAccount()
    const header = await dynamoPlanStore(engine.options).put(largePlan(account), PENDING)
    expect(header.accounts).toEqual([
      {
        account: accountKey(account),
        chunks: [
          { phase: 'cut', changes: 25, hash: expect.any(String) },
          { phase: 'cut', changes: 5, hash: expect.any(String) },
          { phase: 'raise', changes: 25, hash: expect.any(String) },
          { phase: 'raise', changes: 1, hash: expect.any(String) },
        ],
      },
    ])
    expect(header.counts).toEqual({ cuts: 30, raises: 26, holds: 120 })
  })

  test('has its chunks by account, each numbered from 0', async () => {
    const store = dynamoPlanStore(engine.options)
    const [one, other] = [newAccount(), newAccount()]
    const plan = planOf([change(one, 1, '1', '2'), change(other, 2, '2', '1'), change(other, 3, '1', '2')])
    const header = await store.put(plan, PENDING)
    const read = await store.chunk(header, accountKey(other), 1)
    expect(read).toEqual({ account: accountKey(other), index: 1, phase: 'raise', changes: [plan.decisions[2]] })
    await expect(store.chunk(header, accountKey(other), 2)).rejects.toThrow('has no chunk 2')
  })

  test('gives its decisions back in the order of the plan', async () => {
    const store = dynamoPlanStore(engine.options)
    const plan = largePlan(newAccount())
    const header = await store.put(plan, PENDING)
    expect(await store.decisions(header)).toEqual(plan.decisions)
    expect(await store.header(plan.id)).toEqual(header)
  })

  test('stays as it is when it is stored again, approval included', async () => {
    const store = dynamoPlanStore(engine.options)
    const plan = planOf([change(newAccount(), 1, '1', '2')])
    await store.put(plan, PENDING)
    await store.decide(plan.id, PENDING, APPROVED)
    expect((await store.put(plan, PENDING)).approval).toEqual(APPROVED)
  })

  test('has no progress until some is committed', async () => {
    const store = dynamoPlanStore(engine.options)
    const plan = planOf([hold(newAccount(), 1)])
    await store.put(plan, PENDING)
    expect(await store.progress(plan.id)).toBeUndefined()
  })

  test('whose chunk was changed afterwards is refused', async () => {
    const store = dynamoPlanStore(engine.options)
    const account = newAccount()
    const header = await store.put(planOf([change(account, 1, '1', '2')]), PENDING)
    const chunk = await store.chunk(header, accountKey(account), 0)
    const text = JSON.stringify(chunk, (_key, value) => (typeof value === 'bigint' ? { $n: '9000000000' } : value))
    await engine.options.client.send(
      new UpdateItemCommand({
        TableName: `${PREFIX}-control`,
        Key: { pk: { S: `PLAN#${header.id}` }, sk: { S: `CHUNK#${accountKey(account)}#0000` } },
        UpdateExpression: 'SET #chunk = :text',
        ExpressionAttributeNames: { '#chunk': 'chunk' },
        ExpressionAttributeValues: { ':text': { S: text } },
      }),
    )
    await expect(store.chunk(header, accountKey(account), 0)).rejects.toThrow('was changed after the plan was made')
    await expect(store.decisions(header)).rejects.toThrow('was changed after the plan was made')
  })
})

test('the latest plan is the one made last, and recent ones come newest first', async () => {
  const store = dynamoPlanStore(engine.options)
  const portfolio = portfolioId('recent')
  const account = newAccount()
  expect(await store.latest(portfolio)).toBeUndefined()
  const plans = [2, 0, 1].map((hours) => planOf([hold(account, hours)], later(NOON, hours * HOUR_MS), portfolio))
  for (const plan of plans) await store.put(plan, PENDING)
  expect((await store.latest(portfolio))?.id).toBe(plans[0]!.id)
  expect((await store.recent(portfolio, 2)).map(({ id }) => id)).toEqual([plans[0]!.id, plans[2]!.id])
})

test('plans made between two instants come newest first, those of both ends included', async () => {
  const store = dynamoPlanStore(engine.options)
  const portfolio = portfolioId('between')
  const account = newAccount()
  const plans = [0, 1, 2, 3].map((hours) => planOf([hold(account, hours)], later(NOON, hours * HOUR_MS), portfolio))
  for (const plan of plans) await store.put(plan, PENDING)
  const found = await store.between(portfolio, later(NOON, HOUR_MS), later(NOON, 2 * HOUR_MS))
  expect(found.map(({ id }) => id)).toEqual([plans[2]!.id, plans[1]!.id])
  expect(await store.between(portfolio, later(NOON, 3 * HOUR_MS + 1), later(NOON, 9 * HOUR_MS))).toEqual([])
})

describe('an approval', () => {
  test('is given by the first of two that saw the plan pending', async () => {
    const store = dynamoPlanStore(engine.options)
    const plan = planOf([hold(newAccount(), 1)])
    await store.put(plan, PENDING)
    const rejected: Approval = { kind: 'rejected', by: 'bob', at: NOON }
    expect(await store.decide(plan.id, PENDING, APPROVED)).toBe(true)
    expect(await store.decide(plan.id, PENDING, rejected)).toBe(false)
    expect((await store.header(plan.id))?.approval).toEqual(APPROVED)
  })

  test('whose answer was lost is reported given', async () => {
    const proxy = await lossyProxy(engine.endpoint)
    const client = clientFor(proxy.endpoint)
    try {
      const store = dynamoPlanStore({ client, prefix: PREFIX })
      const plan = planOf([hold(newAccount(), 1)])
      await store.put(plan, PENDING)
      proxy.lose('TransactWriteItems', 1)
      expect(await store.decide(plan.id, PENDING, APPROVED)).toBe(true)
    } finally {
      client.destroy()
      await proxy.close()
    }
  })
})

test.each<[string, LeverValue, LeverValue, 'cut' | 'raise']>([
  ['less money', moneyValue('10'), moneyValue('9.999999'), 'cut'],
  ['more money', moneyValue('10'), moneyValue('10.000001'), 'raise'],
  ['a pause', { kind: 'status', status: 'active' }, { kind: 'status', status: 'paused' }, 'cut'],
  ['a pause taken back', { kind: 'status', status: 'paused' }, { kind: 'status', status: 'active' }, 'raise'],
])('%s belongs to its phase', (_name, from, to, phase) => {
  expect(phaseOf({ lever: dailyBudget(newAccount(), '1'), from, to })).toBe(phase)
})
