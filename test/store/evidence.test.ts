import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { accountKey, type BudgetId, type CampaignId } from '../../lib/model/account.ts'
import type {
  BudgetForecast,
  ClickCell,
  LagBucket,
  PlatformEvidence,
  TargetForecast,
} from '../../lib/model/evidence.ts'
import { dynamoFactStore } from '../../lib/store/fact-store.ts'
import { accountDate, DAY_MS, later } from '../../lib/units/calendar.ts'
import { memoryStores } from '../simulation/memory-stores.ts'
import { embedded, PREFIX } from './embedded.ts'
import { NOON, newAccount } from './samples.ts'

const engine = embedded()

const BUCKETS: readonly LagBucket[] = [
  { fromDays: 0, toDays: 1, conversions: 55.5 },
  { fromDays: 14, toDays: 21, conversions: -3 },
]
const forecast = (budget: string): BudgetForecast => ({
  budget: budget as BudgetId,
  points: [
    { dailyBudget: 50, spend: 49.5, conversions: 4.25 },
    { dailyBudget: 100, spend: 98, conversions: 7 },
  ],
})

const targetForecast = (campaign: string): TargetForecast => ({
  campaign: campaign as CampaignId,
  kind: 'target-roas',
  from: accountDate('2026-11-12'),
  to: accountDate('2026-11-18'),
  points: [
    { target: 3.2, spend: 210.5, conversions: 9.25, value: 650 },
    { target: 4, spend: 120, conversions: 6, value: 480 },
  ],
})

const cell = (campaign: string, over: Partial<ClickCell> = {}): ClickCell => ({
  campaign: campaign as CampaignId,
  device: 'mobile',
  clicks: 100,
  conversions: 2.5,
  value: 80.25,
  ...over,
})
const DAYS = { from: accountDate('2026-09-22'), to: accountDate('2026-11-20') }

describe.each([
  ['on DynamoDB', () => dynamoFactStore(engine.options)],
  ['in memory', () => memoryStores().facts],
])('what a platform says beside its reports, %s', (_name, open) => {
  test('is not known before it was put, and read back as it was', async () => {
    const [store, account] = [open(), newAccount()]
    expect(await store.evidence(account)).toBeUndefined()
    const evidence: PlatformEvidence = {
      account: accountKey(account),
      lagBuckets: { readAt: NOON, byRule: { 'purchase|30c|0v|click': BUCKETS, 'lead|7c|0v|click': [] } },
      forecasts: { readAt: later(NOON, DAY_MS), budgets: [forecast('7'), forecast('8')] },
      targetForecasts: { readAt: later(NOON, DAY_MS), campaigns: [targetForecast('7')] },
      cells: {
        readAt: NOON,
        ...DAYS,
        byRule: {
          'purchase|30c|0v|click': [
            cell('7'),
            cell('7', { device: 'tablet' }),
            cell('7', { criterion: { dimension: 'hour', id: '31' } }),
          ],
          'lead|7c|0v|click': [],
        },
      },
    }
    await store.putEvidence(evidence)
    expect(await store.evidence(account)).toEqual(evidence)
  })

  test('is replaced whole: a part that is missing is forgotten', async () => {
    const [store, account] = [open(), newAccount()]
    const key = { account: accountKey(account) }
    const lagBuckets = { readAt: NOON, byRule: { 'purchase|30c|0v|click': BUCKETS } }
    await store.putEvidence({
      ...key,
      lagBuckets,
      forecasts: { readAt: NOON, budgets: [] },
      targetForecasts: { readAt: NOON, campaigns: [] },
    })
    await store.putEvidence({ ...key, lagBuckets })
    expect(await store.evidence(account)).toEqual({ ...key, lagBuckets })
  })

  test('may be of thousands of budgets', async () => {
    const [store, account] = [open(), newAccount()]
    const budgets = Array.from({ length: 3_000 }, (_, i) => forecast(`${i}`))
    const cells = { readAt: NOON, ...DAYS, byRule: { rule: budgets.map(({ budget }) => cell(budget)) } }
    const campaigns = budgets.map(({ budget }) => targetForecast(budget))
    const evidence = {
      account: accountKey(account),
      forecasts: { readAt: NOON, budgets },
      targetForecasts: { readAt: NOON, campaigns },
      cells,
    }
    await store.putEvidence(evidence)
    expect(await store.evidence(account)).toEqual(evidence)
  })
})

test('a dashboard sees how much of it there is, and from when', async () => {
  const account = newAccount()
  await dynamoFactStore(engine.options).putEvidence({
    account: accountKey(account),
    lagBuckets: { readAt: NOON, byRule: { 'purchase|30c|0v|click': BUCKETS } },
    forecasts: { readAt: NOON, budgets: [forecast('7')] },
    targetForecasts: { readAt: later(NOON, DAY_MS), campaigns: [targetForecast('7')] },
    cells: { readAt: NOON, ...DAYS, byRule: { 'purchase|30c|0v|click': [cell('7')] } },
  })
  const Key = { pk: { S: `ACCOUNT#${accountKey(account)}` }, sk: { S: 'EVIDENCE' } }
  const { Item } = await engine.options.client.send(new GetItemCommand({ TableName: `${PREFIX}-facts`, Key }))
  const { generation, list_lagBuckets, list_forecasts, list_targetForecasts, list_cells, ...attributes } = Item!
  expect([generation, list_lagBuckets, list_forecasts, list_targetForecasts, list_cells]).not.toContain(undefined)
  expect(attributes).toEqual({
    ...Key,
    lagBucketsAtMs: { N: NOON.toString() },
    forecastsAtMs: { N: NOON.toString() },
    lagRules: { N: '1' },
    forecastBudgets: { N: '1' },
    targetForecastsAtMs: { N: (NOON + DAY_MS).toString() },
    forecastTargets: { N: '1' },
    cellsAtMs: { N: NOON.toString() },
    cellsFrom: { S: '2026-09-22' },
    cellsTo: { S: '2026-11-20' },
    deviceCells: { N: '1' },
    // The latest that was read.
    asOf: { S: '2026-11-22T12:00:00Z' },
    // 90 days later: 20 February 2027.
    expiresAt: { N: (Date.parse('2027-02-20T12:00:00Z') / 1000).toString() },
    parts: { N: '0' },
    schemaVersion: { N: '1' },
  })
})
