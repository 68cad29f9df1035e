import { DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import {
  type AccountRef,
  accountKey,
  type BudgetId,
  type CampaignId,
  parseAccountKey,
} from '../../lib/model/account.ts'
import type { IntradaySpend, PullStatus } from '../../lib/model/history.ts'
import type { Drift } from '../../lib/model/lever-state.ts'
import type { AccountStructure, ChangeEvent } from '../../lib/model/structure.ts'
import { dynamoFactStore } from '../../lib/store/fact-store.ts'
import type { TableName } from '../../lib/store/tables.ts'
import { accountDate, DAY_MS, HOUR_MS, type Instant, later, SECOND_MS, timeZone } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'
import { embedded, PREFIX } from './embedded.ts'
import { dailyBudget, EUR, euros, moneyValue, NOON, newAccount, TODAY } from './samples.ts'

const engine = embedded()

/** As many campaigns as told, each with a budget of its own; the first budget is as told. */
function structureOf(account: AccountRef, campaigns: number, readAt: Instant, first = '10'): AccountStructure {
  const ids = Array.from({ length: campaigns }, (_, i) => `${100_000 + i}`)
  return {
    account,
    name: 'Möbel & Söhne',
    currency: EUR,
    zone: timeZone('Europe/Berlin'),
    readAt,
    blockers: [],
    remainingSpendCap: euros('90071992547409.93'),
    campaigns: ids.map((id) => ({
      id: id as CampaignId,
      name: `Campaign ${id} of a length that names have`,
      kind: 'search',
      status: 'active',
      budget: id as BudgetId,
      strategy: { kind: 'target-cpa', targetCpa: euros('12.5') },
      learning: 'stable',
      deviceMultipliers: { mobile: 0.9 },
      criteria: [{ dimension: 'place', id: '21', name: 'Berlin', multiplier: 1.2 }],
    })),
    adGroups: [],
    budgets: ids.map((id, i) => ({
      id: id as BudgetId,
      name: `Budget ${id}`,
      owner: 'campaign',
      period: 'daily',
      amount: euros(i === 0 ? first : '10'),
      campaigns: [id as CampaignId],
      status: 'active',
    })),
    experiments: [],
  }
}

async function keysOf(account: AccountRef, prefix: string): Promise<readonly string[]> {
  const answer = await engine.options.client.send(
    new QueryCommand({
      TableName: `${PREFIX}-facts`,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': { S: `ACCOUNT#${accountKey(account)}` }, ':prefix': { S: prefix } },
      ProjectionExpression: 'sk',
    }),
  )
  return (answer.Items ?? []).map(({ sk }) => sk?.S ?? '')
}

describe('a structure', () => {
  test('of 45 campaigns is read back as it was stored, from one item', async () => {
    const store = dynamoFactStore(engine.options)
    const account = newAccount()
    expect(await store.structure(account)).toBeUndefined()
    const structure = structureOf(account, 45, NOON)
    await store.putStructure(structure)
    expect(await store.structure(account)).toEqual(structure)
    expect(await keysOf(account, 'STRUCTURE')).toEqual(['STRUCTURE'])
  })

  test('of 3,000 campaigns is read back as it was stored, from parts', async () => {
    const store = dynamoFactStore(engine.options)
    const account = newAccount()
    const structure = structureOf(account, 3000, NOON)
    await store.putStructure(structure)
    expect(await store.structure(account)).toEqual(structure)
    expect((await keysOf(account, 'STRUCTURE')).length).toBeGreaterThan(5)
  })

  test('that did not change costs one write unit, however large it is', async () => {
    let units = 0
    const onConsumed = (table: TableName, _read: number, write: number) => {
      if (table === 'facts') units += write
    }
    const store = dynamoFactStore({ ...engine.options, onConsumed })
    const account = newAccount()
    await store.putStructure(structureOf(account, 500, NOON))
    units = 0
    const readAgain = structureOf(account, 500, later(NOON, HOUR_MS))
    await store.putStructure(readAgain)
    expect(units).toBe(1)
    expect(await store.structure(account)).toEqual(readAgain)
  })

  test('is written anew before its parts run out, unchanged or not', async () => {
    const store = dynamoFactStore(engine.options)
    const account = newAccount()
    await store.putStructure(structureOf(account, 500, NOON))
    const parts = (await keysOf(account, 'STRUCTURE#')).length
    for (const sk of await keysOf(account, 'STRUCTURE#')) await deleteFact(account, sk)
    await store.putStructure(structureOf(account, 500, later(NOON, 3 * DAY_MS)))
    expect(await keysOf(account, 'STRUCTURE#')).toEqual([])
    await store.putStructure(structureOf(account, 500, later(NOON, 4 * DAY_MS)))
    expect((await keysOf(account, 'STRUCTURE#')).length).toBe(parts)
  })

  test('that changed is read whole as the new one, never mixed with the old', async () => {
    const store = dynamoFactStore(engine.options)
    const account = newAccount()
    await store.putStructure(structureOf(account, 500, NOON))
    const changed = structureOf(account, 500, later(NOON, HOUR_MS), '99')
    const [, during] = await Promise.all([store.putStructure(changed), store.structure(account)])
    expect(['10', '99']).toContain((Number(during?.budgets[0]?.amount.micros) / 1e6).toString())
    expect(await store.structure(account)).toEqual(changed)
  })

  test('of which a part is missing is not known', async () => {
    const store = dynamoFactStore(engine.options)
    const account = newAccount()
    await store.putStructure(structureOf(account, 500, NOON))
    await deleteFact(account, (await keysOf(account, 'STRUCTURE#'))[0]!)
    expect(await store.structure(account)).toBeUndefined()
  })
})

const deleteFact = (account: AccountRef, sk: string) =>
  engine.options.client.send(
    new DeleteItemCommand({
      TableName: `${PREFIX}-facts`,
      Key: { pk: { S: `ACCOUNT#${accountKey(account)}` }, sk: { S: sk } },
    }),
  )

describe('intraday spend', () => {
  /** Of 0 to 12 millions, with another figure for the third. */
  const HOURS_MICROS = 75_000_000n + 9_007_199_254_740_993n
  const spendOf = (account: AccountRef, campaigns: number): IntradaySpend => ({
    account: accountKey(account),
    date: TODAY,
    currency: EUR,
    readAt: NOON,
    spendMicrosByHour: new Map(
      Array.from({ length: campaigns }, (_, i) => [
        `${i}`,
        Array.from({ length: 24 }, (_, hour) =>
          hour > 12 ? undefined : hour === 3 ? 9_007_199_254_740_993n : BigInt(hour * 1_000_000),
        ),
      ]),
    ),
  })

  test.each([2, 2000])('of %i campaigns keeps what was not reported apart from zero', async (campaigns) => {
    const store = dynamoFactStore(engine.options)
    const account = newAccount()
    const spend = spendOf(account, campaigns)
    await store.putIntraday(spend)
    expect(await store.intraday(account, TODAY)).toEqual(spend)
    expect(await store.intraday(account, accountDate('2026-11-20'))).toBeUndefined()
  })

  test.each([2, 2000])(
    'with what %i campaigns were shown and clicked by hour comes back as it was',
    async (campaigns) => {
      const store = dynamoFactStore(engine.options)
      const account = newAccount()
      const hours = Array.from({ length: 24 }, (_, hour) =>
        hour > 12 || hour === 4 ? undefined : { impressions: 1_000 * hour, clicks: hour },
      )
      const entities = Array.from({ length: campaigns }, (_, i) => `${i}`)
      const spend: IntradaySpend = {
        ...spendOf(account, campaigns),
        counts: new Map(entities.map((entity) => [entity, { impressions: 74_000, clicks: 74 }])),
        countsByHour: new Map(entities.map((entity) => [entity, hours])),
      }
      await store.putIntraday(spend)
      expect(await store.intraday(account, TODAY)).toEqual(spend)
    },
  )

  test.each([2, 2000])(
    'of several days with %i campaigns each comes in the order asked for, known days only',
    async (n) => {
      const store = dynamoFactStore(engine.options)
      const account = newAccount()
      const [one, two] = ['2026-11-20', '2026-11-21'].map((date) => ({
        ...spendOf(account, n),
        date: accountDate(date),
      }))
      await store.putIntraday(two!)
      await store.putIntraday(one!)
      const dates = ['2026-11-21', '2026-11-19', '2026-11-20'].map((date) => accountDate(date))
      expect(await store.intradays(account, dates)).toEqual([two, one])
      expect(await store.intradays(account, [])).toEqual([])
      const other = { ...spendOf(newAccount(), n), currency: currency('USD') }
      await store.putIntraday(other)
      expect(await store.intradayTotals([parseAccountKey(other.account), newAccount(), account], dates)).toEqual(
        [other, two!, one!].map((day) => ({
          ...{ account: day.account, date: day.date, currency: day.currency },
          spendMicros: BigInt(n) * HOURS_MICROS,
        })),
      )
    },
  )

  test('of a day with 25 hours keeps all of them', async () => {
    const store = dynamoFactStore(engine.options)
    const account = newAccount()
    const hours = [...new Array<undefined>(24).fill(undefined), 5n]
    await store.putIntraday({ ...spendOf(account, 0), spendMicrosByHour: new Map([['1/2', hours]]) })
    expect((await store.intraday(account, TODAY))?.spendMicrosByHour.get('1/2')).toEqual(hours)
  })
})

describe('change events', () => {
  const event = (at: Instant, to: string): ChangeEvent => ({
    at,
    actor: 'bob@example.com',
    origin: 'human',
    entity: { kind: 'budget', id: '7' },
    field: 'amount',
    from: '10',
    to,
  })

  test('come back from an instant on, in order, also within a second', async () => {
    const store = dynamoFactStore(engine.options)
    const account = newAccount()
    const [a, b, c] = [event(NOON, '1'), event(later(NOON, 500), '2'), event(later(NOON, SECOND_MS), '3')]
    await store.putChanges(account, [c!, a!, b!])
    expect(await store.changes(account, NOON)).toEqual([a, b, c])
    expect(await store.changes(account, later(NOON, 1))).toEqual([b, c])
  })

  test('that are known already are not stored twice', async () => {
    const store = dynamoFactStore(engine.options)
    const account = newAccount()
    const events = Array.from({ length: 40 }, (_, i) => event(later(NOON, i), `${i}`))
    await store.putChanges(account, events)
    await store.putChanges(account, [...events.slice(20), ...events.slice(20), event(later(NOON, 99), 'new')])
    expect((await store.changes(account, NOON)).length).toBe(41)
  })
})

test('drifts come back from an instant on', async () => {
  const store = dynamoFactStore(engine.options)
  const account = newAccount()
  const drift = (id: string, seenAt: Instant): Drift => ({
    lever: dailyBudget(account, id),
    lastKnown: moneyValue('10'),
    observed: moneyValue('12'),
    seenAt,
    resolution: 'adopt',
    detail: 'inside the caps',
  })
  const [old, fresh] = [drift('1', later(NOON, -DAY_MS)), drift('2', NOON)]
  await store.putDrifts([old, fresh])
  expect(await store.drifts(account, NOON)).toEqual([fresh])
  expect(await store.drifts(account, later(NOON, -DAY_MS))).toEqual([old, fresh])
})

test('the status of the last pull is read back as it was stored', async () => {
  const store = dynamoFactStore(engine.options)
  const account = newAccount()
  const status: PullStatus = {
    account: accountKey(account),
    structureAt: NOON,
    spendAt: later(NOON, 5),
    historyAt: NOON,
    historyTo: accountDate('2026-11-20'),
    unexplainedMicros: new Map([[accountDate('2026-11-20'), -3n]]),
  }
  expect(await store.pullStatus(account)).toBeUndefined()
  await store.putPullStatus(status)
  expect(await store.pullStatus(account)).toEqual(status)
})
