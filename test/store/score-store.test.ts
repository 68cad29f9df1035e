import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { type PortfolioId, portfolioId } from '../../lib/model/account.ts'
import type { PlanId } from '../../lib/model/plan.ts'
import type { Score } from '../../lib/model/score.ts'
import { dynamoScoreStore } from '../../lib/store/score-store.ts'
import { type AccountDate, instant } from '../../lib/units/calendar.ts'
import { clientFor, embedded, PREFIX } from './embedded.ts'
import { lossyProxy } from './lossy-proxy.ts'
import { NOON } from './samples.ts'

const engine = embedded()

const score = (portfolio: PortfolioId, from: string, over: Partial<Score> = {}): Score => ({
  portfolio,
  plan: `plan-of-${from}` as PlanId,
  madeAt: instant(`${from}T00:30:00Z`),
  scoredAt: NOON,
  from: from as AccountDate,
  to: from as AccountDate,
  checked: 12,
  covered: 10,
  expected: 100 / 3,
  realised: 31.25,
  spread: 0.81,
  unchecked: { 'spent-otherwise': 2, 'days-missing': 1 },
  ...over,
})

test('a score is read back as it was, a fraction and one without a spread included', async () => {
  const store = dynamoScoreStore(engine.options)
  const portfolio = portfolioId('whole')
  const { spread: _, ...unknown } = score(portfolio, '2026-10-02', { checked: 0 })
  for (const one of [score(portfolio, '2026-10-01'), unknown]) expect(await store.put(one)).toBe(true)
  expect(await store.recent(portfolio, 5)).toEqual([unknown, score(portfolio, '2026-10-01')])
})

test('a plan is scored once: what comes later changes nothing', async () => {
  const store = dynamoScoreStore(engine.options)
  const portfolio = portfolioId('once')
  const first = score(portfolio, '2026-10-01')
  expect(await store.put(first)).toBe(true)
  expect(await store.put({ ...first, realised: 99, scoredAt: instant('2026-11-22T12:00:00Z') })).toBe(false)
  expect(await store.recent(portfolio, 5)).toEqual([first])
})

test('a score whose answer was lost is there, and is not written twice', async () => {
  const proxy = await lossyProxy(engine.endpoint)
  const client = clientFor(proxy.endpoint)
  try {
    const store = dynamoScoreStore({ client, prefix: PREFIX })
    const portfolio = portfolioId('lost')
    proxy.lose('UpdateItem', 1)
    await store.put(score(portfolio, '2026-10-01'))
    expect(await store.recent(portfolio, 5)).toEqual([score(portfolio, '2026-10-01')])
  } finally {
    client.destroy()
    await proxy.close()
  }
})

test('the newest days come first, as many as are asked for, of one portfolio alone', async () => {
  const store = dynamoScoreStore(engine.options)
  const [eu, us] = [portfolioId('newest'), portfolioId('newest-us')]
  for (const from of ['2026-10-09', '2026-10-11', '2026-10-10']) await store.put(score(eu, from))
  await store.put(score(us, '2026-10-12'))
  expect((await store.recent(eu, 2)).map(({ from }) => from)).toEqual(['2026-10-11', '2026-10-10'])
  expect(await store.recent(portfolioId('nobody'), 2)).toEqual([])
})

test('a dashboard reads it without the record', async () => {
  const portfolio = portfolioId('shown')
  await dynamoScoreStore(engine.options).put(score(portfolio, '2026-10-01', { to: '2026-10-07' as AccountDate }))
  const key = { pk: { S: 'PORTFOLIO#shown' }, sk: { S: 'SCORE#2026-10-01#plan-of-2026-10-01' } }
  const { Item } = await engine.options.client.send(new GetItemCommand({ TableName: `${PREFIX}-control`, Key: key }))
  const { record, ...attributes } = Item!
  expect(record).toBeDefined()
  expect(attributes).toEqual({
    ...key,
    planId: { S: 'plan-of-2026-10-01' },
    portfolio: { S: 'shown' },
    madeAt: { S: '2026-10-01T00:30:00Z' },
    firstDate: { S: '2026-10-01' },
    lastDate: { S: '2026-10-07' },
    checkedBudgets: { N: '12' },
    coveredBudgets: { N: '10' },
    uncheckedBudgets: { N: '3' },
    uncheckedByReason: { S: '{"days-missing":1,"spent-otherwise":2}' },
    expectedConversions: { N: '33.333333' },
    realisedConversions: { N: '31.25' },
    spreadHalfWidths: { N: '0.81' },
    asOf: { S: '2026-11-21T12:00:00Z' },
    // 400 days after it was scored: 26 December 2027.
    expiresAt: { N: (Date.parse('2027-12-26T12:00:00Z') / 1000).toString() },
    schemaVersion: { N: '1' },
  })
})
