import { afterEach, describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import type { LeverChange } from '../../../lib/model/lever.ts'
import { accountDate, addDays, DAY_MS, HOUR_MS, later } from '../../../lib/units/calendar.ts'
import { fromDecimal, money, sum } from '../../../lib/units/money.ts'
import type { FundingSource } from '../../../playground/platforms/snapchat/accounts.ts'
import {
  SNAPCHAT_TWIN_CREDENTIALS,
  type SnapchatTwin,
  type SnapchatTwinOptions,
  startSnapchatTwin,
} from '../../../playground/platforms/snapchat/server.ts'
import { uuid } from '../../playground/snapchat/client.ts'
import { HOURLY, SPEC } from '../../playground/snapchat/two-levels.ts'
import { type AccountSpec, NOON, StubWorld } from '../../playground/stub-world.ts'
import { ACCOUNT, adapterOn, EUR, euros, failureOf, lever } from './stub.ts'

let twin: SnapchatTwin
let world: StubWorld
afterEach(() => twin.close())

async function adapter(options: Partial<SnapchatTwinOptions> = {}, spec: AccountSpec = SPEC, over: object = {}) {
  world = new StubWorld([spec], () => HOURLY)
  twin = await startSnapchatTwin({ world, ...options })
  return adapterOn(twin.baseUrl, {
    secrets: { read: async () => JSON.stringify(SNAPCHAT_TWIN_CREDENTIALS) },
    clock: world,
    requestTimeoutMs: 2_000,
    ...over,
  })
}

const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 28, viewWindowDays: 1, basis: 'conversion' }
const change = (n: number, from: string, to: string): LeverChange => ({
  lever: lever(n),
  from: euros(from),
  to: euros(to),
})
const person = { kind: 'human', name: 'kim@example.com' } as const

describe('structure', () => {
  test('each budget is where it is held', async () => {
    const { reader } = await adapter()
    const { campaigns, adGroups, budgets } = await reader.structure(ACCOUNT)
    expect(campaigns.map(({ id, budget }) => [id, budget])).toEqual([
      [uuid(11), undefined],
      [uuid(12), uuid(12)],
    ])
    expect(adGroups.map(({ id, budget }) => [id, budget])).toEqual([
      [uuid(21), uuid(21)],
      [uuid(22), uuid(22)],
      [uuid(23), undefined],
      [uuid(24), undefined],
    ])
    expect(budgets.map(({ id, owner, amount }) => [id, owner, amount])).toEqual([
      [uuid(21), 'ad-group', fromDecimal('40', EUR)],
      [uuid(22), 'ad-group', fromDecimal('30', EUR)],
      [uuid(12), 'campaign', fromDecimal('100', EUR)],
    ])
    expect(adGroups[0]?.strategy).toEqual({ kind: 'target-cpa', targetCpa: fromDecimal('12.50', EUR) })
  })

  test('is the same in pages of one, and a token that expires between two of them does not show', async () => {
    const plain = await (await adapter()).reader.structure(ACCOUNT)
    await twin.close()
    let nth = 0
    const faults = () => {
      nth += 1
      return nth === 5 ? ('unauthorised' as const) : undefined
    }
    const { reader } = await adapter({ pageSize: 1, faults })
    expect(await reader.structure(ACCOUNT)).toEqual(plain)
    expect(twin.requests.tokens).toBe(2)
  })

  test('a suspended account is blocked; a cap leaves what was not spent of it; credit leaves what is there', async () => {
    expect(
      (await (await adapter({}, { ...SPEC, status: 'suspended' })).reader.structure(ACCOUNT)).blockers,
    ).toHaveLength(1)
    await twin.close()
    // €1,234.56 spent so far.
    const capped = { ...SPEC, spendCap: 2_000_000_000n }
    expect((await (await adapter({}, capped)).reader.structure(ACCOUNT)).remainingSpendCap).toEqual(
      fromDecimal('765.44', EUR),
    )
    await twin.close()
    const credit: FundingSource = {
      id: uuid(31),
      type: 'LINE_OF_CREDIT',
      status: 'ACTIVE',
      currency: 'EUR',
      availableCreditMicros: 500_000_000n,
    }
    const { reader } = await adapter({ funding: [credit] }, capped)
    expect((await reader.structure(ACCOUNT)).remainingSpendCap).toEqual(fromDecimal('500', EUR))
  })
})

describe('performance', () => {
  const query = { grain: 'day', from: accountDate('2026-11-19'), to: accountDate('2026-11-20') } as const

  test('a day of an ad squad is 24 × €1.50 with four purchases by a swipe and one by a view, and the parts add up', async () => {
    const { reader } = await adapter()
    const { rows, accountSpend } = await reader.performance(ACCOUNT, query, [RULE])
    expect(rows).toHaveLength(8)
    expect(rows[0]).toEqual({
      campaign: uuid(11),
      adGroup: uuid(21),
      date: '2026-11-19',
      spend: fromDecimal('36', EUR),
      impressions: 2_400,
      clicks: 120,
      conversions: [{ rule: RULE, conversions: 5, value: fromDecimal('250', EUR) }],
    })
    expect([...accountSpend]).toEqual([
      ['2026-11-19', fromDecimal('144', EUR)],
      ['2026-11-20', fromDecimal('144', EUR)],
    ])
  })

  test('windows narrow what is counted: seven days after a swipe and no views leave three', async () => {
    const { reader } = await adapter()
    const narrow = { ...RULE, clickWindowDays: 7, viewWindowDays: 0 }
    const { rows } = await reader.performance(ACCOUNT, query, [RULE, narrow])
    expect(rows[0]?.conversions.map(({ conversions }) => conversions)).toEqual([5, 3])
  })

  test('over ninety days and a change of the clock the parts add up to the account, each day with its own hours', async () => {
    const { reader } = await adapter({ pageSize: 3 })
    const to = accountDate('2026-11-20')
    const long = { grain: 'day', from: addDays(to, -89), to } as const
    const { rows, accountSpend } = await reader.performance(ACCOUNT, long, [])
    expect(accountSpend.size).toBe(90)
    expect(rows).toHaveLength(4 * 90)
    for (const [date, total] of accountSpend) {
      const parts = rows.filter((row) => row.date === date).map(({ spend }) => spend)
      expect(sum(parts, EUR)).toEqual(total)
    }
    // 25 hours on 2026-10-25.
    expect(accountSpend.get(accountDate('2026-10-25'))).toEqual(money(4n * 25n * 1_500_000n, EUR))
  })

  test('hours of nine days, without conversions; of today only those that have begun', async () => {
    const { reader } = await adapter()
    const nine = { grain: 'hour', from: accountDate('2026-11-13'), to: accountDate('2026-11-21') } as const
    const { rows } = await reader.performance(ACCOUNT, nine, [RULE])
    // It is noon: twelve hours of today are over, the thirteenth begins.
    expect(rows).toHaveLength(4 * (8 * 24 + 12))
    expect(rows.every(({ conversions }) => conversions.length === 0)).toBe(true)
  })
})

describe('writes', () => {
  test('go to the level that holds the budget, read back, and are told in the history as ours', async () => {
    const { reader, writer } = await adapter({}, SPEC, { ourActors: ['Pretend app'] })
    world.pass(HOUR_MS)
    expect(await writer.apply(ACCOUNT, [change(21, '40', '42.509'), change(12, '100', '110')])).toEqual([
      { kind: 'applied' },
      { kind: 'applied' },
    ])
    const live = await reader.live(ACCOUNT, [lever(12), lever(21), lever(23), lever(99)])
    expect(live.map(({ value }) => value)).toEqual([euros('110'), euros('42.50'), undefined, undefined])
    expect(twin.requests).toMatchObject({ patches: 2, puts: 0 })
    expect(await reader.changes(ACCOUNT, NOON)).toMatchObject([
      { origin: 'ours', entity: { kind: 'budget', id: uuid(12) }, field: 'amount', from: '100', to: '110' },
      { origin: 'ours', entity: { kind: 'budget', id: uuid(21) }, field: 'amount', from: '40', to: '42.5' },
    ])
  })

  test('reach targets and both kinds of status', async () => {
    const { reader, writer } = await adapter()
    const changes: readonly LeverChange[] = [
      { lever: lever(21, { kind: 'target-cpa', entity: 'ad-group' }), from: euros('12.50'), to: euros('14') },
      {
        lever: lever(12, { kind: 'status', entity: 'campaign' }),
        from: { kind: 'status', status: 'active' },
        to: { kind: 'status', status: 'paused' },
      },
      {
        lever: lever(22, { kind: 'status', entity: 'ad-group' }),
        from: { kind: 'status', status: 'active' },
        to: { kind: 'status', status: 'paused' },
      },
    ]
    expect(await writer.apply(ACCOUNT, changes)).toEqual(changes.map(() => ({ kind: 'applied' })))
    const live = await reader.live(
      ACCOUNT,
      changes.map((one) => one.lever),
    )
    expect(live.map(({ value }) => value)).toEqual(changes.map(({ to }) => to))
  })

  test('below the minimum are rejected inside of an answer of 200', async () => {
    const { writer } = await adapter()
    expect(
      await writer.apply(ACCOUNT, [change(21, '40', '4.99'), change(12, '100', '19.99'), change(22, '30', '5')]),
    ).toMatchObject([
      { kind: 'refused', failure: { kind: 'rejected', detail: expect.stringContaining('5000000') } },
      { kind: 'refused', failure: { kind: 'rejected', detail: expect.stringContaining('20000000') } },
      { kind: 'applied' },
    ])
  })

  test('as a full object, where patches are not offered, lose nothing of what the entity had', async () => {
    const kept = {
      end_time: '2026-12-31T23:00:00.000Z',
      cap_and_exclusion_config: { frequency_cap_config: [{ frequency_cap_count: 3 }] },
      measurement_provider_names: ['DOUBLEVERIFY'],
    }
    const { writer } = await adapter({ offersPatch: false, extras: { [uuid(21)]: kept } })
    const paused = {
      platform: 'snapchat',
      accountId: ACCOUNT.id,
      kind: 'status',
      level: 'ad-group',
      id: uuid(21),
      status: 'paused',
    } as const
    world.apply(paused, person)
    expect(await writer.apply(ACCOUNT, [change(21, '40', '45'), change(12, '100', '110')])).toEqual([
      { kind: 'applied' },
      { kind: 'applied' },
    ])
    expect(twin.requests).toMatchObject({ patches: 2, puts: 2 })
    const { access_token } = (await (
      await fetch(`${twin.tokenUrl}/login/oauth2/access_token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: SNAPCHAT_TWIN_CREDENTIALS.clientId,
          client_secret: SNAPCHAT_TWIN_CREDENTIALS.clientSecret,
          refresh_token: SNAPCHAT_TWIN_CREDENTIALS.refreshToken,
        }),
      })
    ).json()) as { access_token: string }
    const answer = await fetch(`${twin.baseUrl}/v1/adsquads/${uuid(21)}`, {
      headers: { authorization: `Bearer ${access_token}` },
    })
    const { adsquads } = (await answer.json()) as { adsquads: { adsquad: object }[] }
    expect(adsquads[0]?.adsquad).toMatchObject({ ...kept, status: 'PAUSED', daily_budget_micro: 45_000_000 })
  })

  test.each([
    { fault: 'drop-after', result: 'unknown', now: '50' },
    { fault: 'drop-before', result: 'unknown', now: '40' },
    { fault: 'truncate', result: 'unknown', now: '50' },
    { fault: 'unavailable', result: 'unknown', now: '40' },
    { fault: 'rate-limited', result: 'refused', now: '40' },
  ] as const)('$fault is $result, sent once, and the budget is then €$now', async ({ fault, result, now }) => {
    let mutations = 0
    const { reader, writer } = await adapter({
      faults: ({ mutating }) => {
        mutations += mutating ? 1 : 0
        return mutating ? fault : undefined
      },
    })
    expect(await writer.apply(ACCOUNT, [change(21, '40', '50')])).toMatchObject([{ kind: result }])
    expect(mutations).toBe(1)
    expect((await reader.live(ACCOUNT, [lever(21)]))[0]?.value).toEqual(euros(now))
  })

  test('a token that expires in the middle of a push of pauses loses none of them', async () => {
    const { writer, reader } = await adapter()
    const levers = [
      lever(11, { kind: 'status', entity: 'campaign' }),
      lever(12, { kind: 'status', entity: 'campaign' }),
      lever(22, { kind: 'status', entity: 'ad-group' }),
    ]
    const [from, to] = [{ kind: 'status', status: 'active' } as const, { kind: 'status', status: 'paused' } as const]
    let looks = 0
    const look = async () => {
      looks += 1
      if (looks === 1) twin.expireTokens()
      return () => undefined
    }
    const pauses = levers.map((of) => ({ lever: of, from, to }))
    expect(await writer.apply(ACCOUNT, pauses, undefined, look)).toEqual(pauses.map(() => ({ kind: 'applied' })))
    expect((await reader.live(ACCOUNT, levers)).map(({ value }) => value)).toEqual([to, to, to])
    // Looked at before the second, before that once more, and before the third.
    expect([looks, twin.requests.tokens]).toEqual([3, 2])
  })
})

describe('change history', () => {
  const edit = (n: number, micros: bigint) =>
    world.apply(
      { platform: 'snapchat', accountId: ACCOUNT.id, kind: 'budget', budgetId: `b${uuid(n)}`, amountMicros: micros },
      person,
    )

  test('asks only those that were updated since, and tells who did what', async () => {
    const { reader } = await adapter()
    edit(21, 41_000_000n)
    world.pass(DAY_MS)
    edit(12, 120_000_000n)
    const before = twin.requests.reads
    expect(await reader.changes(ACCOUNT, later(world.now(), -HOUR_MS))).toEqual([
      {
        at: world.now(),
        actor: 'kim@example.com',
        origin: 'human',
        entity: { kind: 'budget', id: uuid(12) },
        field: 'amount',
        from: '100',
        to: '120',
      },
    ])
    // The account, two lists, and one history.
    expect(twin.requests.reads - before).toBe(4)
  })

  test('reads back to the first page that is older, and no further', async () => {
    const { reader } = await adapter({ pageSize: 2 })
    for (const n of [1n, 2n, 3n, 4n, 5n, 6n]) {
      edit(21, 40_000_000n + n * 1_000_000n)
      world.pass(HOUR_MS)
    }
    const before = twin.requests.reads
    const events = await reader.changes(ACCOUNT, later(NOON, 3.5 * HOUR_MS))
    expect(events === 'unreviewed' ? events : events.map(({ to }) => to)).toEqual(['45', '46'])
    // The account, one page of campaigns, two of ad squads, and two of the history: the second is all older.
    expect(twin.requests.reads - before).toBe(6)
  })

  test('is unreviewed where more were updated than can be asked one by one', async () => {
    const many = Array.from({ length: 101 }, (_, i) => ({ id: uuid(1_000 + i) }))
    const { reader } = await adapter({}, { ...SPEC, campaigns: many })
    expect(await reader.changes(ACCOUNT, later(NOON, -100 * DAY_MS))).toBe('unreviewed')
    expect(await reader.changes(ACCOUNT, NOON)).toEqual([])
  })
})

describe('asked by a person', () => {
  test('how the connection stands', async () => {
    const { reader } = await adapter()
    expect(await reader.health?.(ACCOUNT)).toEqual({
      apiVersion: 'v1',
      token: { kind: 'lasts', accessUntil: later(NOON, HOUR_MS) },
      scopes: { granted: ['snapchat-marketing-api'], missing: [] },
      clock: { theirs: NOON, ours: NOON },
      limits: [{ name: 'requests of an application: 200 in 10 s' }, { name: 'requests of a token: 100 in 10 s' }],
      blockers: [],
    })
  })

  test('what can be counted, and what ad squads bid for', async () => {
    const { reader } = await adapter()
    const actions = (await reader.conversionActions?.(ACCOUNT)) ?? []
    expect(actions[0]).toEqual({
      action: 'purchase',
      name: 'conversion_purchases',
      clickWindowDays: [28, 7, 1],
      viewWindowDays: [1, 7, 0],
      basis: 'conversion',
      isBidFor: true,
    })
    expect(actions.filter(({ isBidFor }) => isBidFor)).toHaveLength(1)
    // Each of them can be asked for.
    const rules = actions.map(({ action }) => ({ ...RULE, action }))
    const day = { grain: 'day', from: accountDate('2026-11-20'), to: accountDate('2026-11-20') } as const
    expect((await reader.performance(ACCOUNT, day, rules)).rows).toHaveLength(4)
  })
})

describe('reads that fail', () => {
  test.each([
    { fault: 'unavailable', kind: 'transient' },
    { fault: 'drop-before', kind: 'transient' },
    { fault: 'truncate', kind: 'unreadable' },
    { fault: 'rate-limited', kind: 'rate-limited' },
    { fault: 'unauthorised', kind: 'unauthorised' },
  ] as const)('$fault', async ({ fault, kind }) => {
    const { reader } = await adapter({ faults: () => fault })
    expect((await failureOf(reader.structure(ACCOUNT))).kind).toBe(kind)
  })
})
