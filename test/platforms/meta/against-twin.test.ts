import { afterEach, describe, expect, test } from 'vitest'
import { accountRef } from '../../../lib/model/account.ts'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import type { Lever, LeverChange, LeverValue } from '../../../lib/model/lever.ts'
import type { MetaPlatform } from '../../../lib/platforms/meta/platform.ts'
import { accountDate, instant, MINUTE_MS } from '../../../lib/units/calendar.ts'
import { currency, fromDecimal } from '../../../lib/units/money.ts'
import {
  META_TWIN_CREDENTIALS,
  type MetaTwin,
  type MetaTwinOptions,
  startMetaTwin,
} from '../../../playground/platforms/meta/server.ts'
import { type AccountSpec, NOON, StubWorld } from '../../playground/stub-world.ts'
import { adapterOn } from './stub.ts'
import { HOURLY, SPEC } from './two-levels.ts'

const ACCOUNT = accountRef('meta', '1001')
const EUR = currency('EUR')
const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' }
let twin: MetaTwin
let world: StubWorld
afterEach(() => twin.close())

async function adapter(options: Partial<MetaTwinOptions> = {}, spec: AccountSpec = SPEC): Promise<MetaPlatform> {
  world = new StubWorld([spec], () => HOURLY)
  twin = await startMetaTwin({ world, ...options })
  const secret = JSON.stringify(META_TWIN_CREDENTIALS)
  return adapterOn(twin.baseUrl, { secrets: { read: async () => secret }, clock: world, requestTimeoutMs: 2_000 })
}

const lever = (id: string, over: Partial<Lever> = {}): Lever => ({
  account: ACCOUNT,
  kind: 'daily-budget',
  entity: 'budget',
  id,
  ...over,
})
const euros = (text: string): LeverValue => ({ kind: 'money', amount: fromDecimal(text, EUR) })
const change = (id: string, from: string, to: string): LeverChange => ({
  lever: lever(id),
  from: euros(from),
  to: euros(to),
})

describe('structure', () => {
  test('reads budgets at both levels, strategies and the study', async () => {
    const { reader } = await adapter()
    const structure = await reader.structure(ACCOUNT)
    expect(structure).toMatchObject({ currency: 'EUR', zone: 'Europe/Berlin', blockers: [] })
    expect(structure.remainingSpendCap).toEqual({ micros: 3_765_440_000n, currency: EUR })
    expect(
      structure.budgets.map(({ id, owner, period, amount, status }) => [id, owner, period, amount.micros, status]),
    ).toEqual([
      ['11', 'campaign', 'daily', 100_000_000n, 'active'],
      ['23', 'ad-group', 'daily', 40_000_000n, 'active'],
      ['24', 'ad-group', 'daily', 30_000_000n, 'paused'],
      ['13', 'campaign', 'lifetime', 900_000_000n, 'paused'],
    ])
    expect(structure.budgets.at(-1)?.endsOn).toBe('2026-12-10')
    expect(
      structure.adGroups.map(({ id, strategy }) => [
        id,
        strategy?.kind,
        strategy?.targetCpa?.micros ?? strategy?.targetRoas,
      ]),
    ).toEqual([
      ['21', 'target-cpa', 12_500_000n],
      ['22', 'target-cpa', 12_500_000n],
      ['23', 'max-conversions', undefined],
      ['24', 'target-roas', 2.5],
      ['25', 'max-conversions', undefined],
    ])
    expect(structure.experiments).toEqual([
      { id: '700', name: 'Split', campaigns: ['11', '13'], from: '2026-11-15', to: '2026-11-30' },
    ])
  })

  test('is the same when every list begins with an empty page', async () => {
    const plain = await (await adapter()).reader.structure(ACCOUNT)
    await twin.close()
    expect(await (await adapter({ emptyFirstPages: true })).reader.structure(ACCOUNT)).toEqual(plain)
  })

  test('a suspended account is blocked', async () => {
    const { reader } = await adapter({}, { ...SPEC, status: 'suspended' })
    expect((await reader.structure(ACCOUNT)).blockers).toHaveLength(1)
  })
})

describe('performance', () => {
  const query = { grain: 'day', from: accountDate('2026-11-19'), to: accountDate('2026-11-20') } as const

  test('a day of an ad set is 24 × €1.50 with 4 clicked and 1 viewed conversion at €50, and the parts add up', async () => {
    const { reader } = await adapter()
    const { rows, accountSpend } = await reader.performance(ACCOUNT, query, [RULE])
    expect(rows).toHaveLength(10)
    expect(rows[0]).toEqual({
      campaign: '11',
      adGroup: '21',
      date: '2026-11-19',
      spend: fromDecimal('36', EUR),
      impressions: 2_400,
      clicks: 120,
      conversions: [{ rule: RULE, conversions: 5, value: fromDecimal('250', EUR) }],
    })
    expect([...accountSpend]).toEqual([
      ['2026-11-19', fromDecimal('180', EUR)],
      ['2026-11-20', fromDecimal('180', EUR)],
    ])
  })

  test('is by campaign when only campaigns hold budgets', async () => {
    const { reader } = await adapter(
      {},
      { ...SPEC, campaigns: SPEC.campaigns.filter(({ budget }) => budget !== undefined) },
    )
    const { rows } = await reader.performance(ACCOUNT, query, [RULE])
    expect(rows.map(({ campaign, adGroup, spend }) => [campaign, adGroup, spend.micros])).toEqual(
      expect.arrayContaining([
        ['11', undefined, 72_000_000n],
        ['13', undefined, 36_000_000n],
      ]),
    )
  })

  test('an hour is €1.50, without conversions', async () => {
    const { reader } = await adapter()
    const { rows } = await reader.performance(ACCOUNT, { ...query, grain: 'hour', from: query.to }, [RULE])
    expect(rows).toHaveLength(5 * 24)
    expect(rows.every(({ spend, conversions }) => spend.micros === 1_500_000n && conversions.length === 0)).toBe(true)
    expect(new Set(rows.map(({ hour }) => hour)).size).toBe(24)
  })

  test('a report that is too large comes from the background, and is the same', async () => {
    const plain = await (await adapter()).reader.performance(ACCOUNT, query, [RULE])
    await twin.close()
    const large = await (await adapter({ syncRowsMax: 3 })).reader.performance(ACCOUNT, query, [RULE])
    expect(large.rows).toEqual(plain.rows)
    expect(twin.requests.errors).toBe(1)
  })
})

describe('writes', () => {
  test('are applied, read back, and appear in the history as ours', async () => {
    const { reader, writer } = await adapter()
    expect(await writer.apply(ACCOUNT, [change('11', '100', '110'), change('23', '40', '42.509')])).toEqual([
      { kind: 'applied' },
      { kind: 'applied' },
    ])
    const live = await reader.live(ACCOUNT, [lever('11'), lever('23'), lever('99')])
    expect(live.map(({ value }) => value)).toEqual([euros('110'), euros('42.50'), undefined])
    expect(await reader.changes(ACCOUNT, NOON)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          origin: 'ours',
          entity: { kind: 'budget', id: '11' },
          field: 'amount',
          from: '100',
          to: '110',
        }),
      ]),
    )
  })

  test('reach bids and floors on the ad sets, and the status of both', async () => {
    const { reader, writer } = await adapter()
    const changes: readonly LeverChange[] = [
      { lever: lever('21', { kind: 'target-cpa', entity: 'ad-group' }), from: euros('12.50'), to: euros('14') },
      {
        lever: lever('24', { kind: 'target-roas', entity: 'ad-group' }),
        from: { kind: 'ratio', value: 2.5 },
        to: { kind: 'ratio', value: 3 },
      },
      {
        lever: lever('12', { kind: 'status', entity: 'campaign' }),
        from: { kind: 'status', status: 'active' },
        to: { kind: 'status', status: 'paused' },
      },
    ]
    expect(await writer.apply(ACCOUNT, changes)).toEqual(changes.map(() => ({ kind: 'applied' })))
    const live = await reader.live(
      ACCOUNT,
      changes.map((c) => c.lever),
    )
    expect(live.map(({ value }) => value)).toEqual(changes.map(({ to }) => to))
    expect((await reader.structure(ACCOUNT)).budgets.find(({ id }) => id === '23')?.status).toBe('paused')
  })

  test('the fifth budget change of an ad set within an hour cools that ad set down, and no other', async () => {
    const { writer } = await adapter()
    for (const to of ['41', '42', '43', '44'])
      expect(await writer.apply(ACCOUNT, [change('23', '40', to)])).toEqual([{ kind: 'applied' }])
    expect(await writer.apply(ACCOUNT, [change('23', '44', '45'), change('24', '30', '31')])).toMatchObject([
      { kind: 'refused', failure: { kind: 'entity-cooldown', retryAfterMs: 60 * MINUTE_MS } },
      { kind: 'applied' },
    ])
  })

  test('a cut below 110 % of what the day has spent is rejected', async () => {
    const { writer } = await adapter()
    // Twelve hours at €1.50 is €18: the floor is €19.80.
    expect(await writer.apply(ACCOUNT, [change('23', '40', '19.79')])).toMatchObject([
      { kind: 'refused', failure: { kind: 'rejected' } },
    ])
    expect(await writer.apply(ACCOUNT, [change('23', '40', '19.80')])).toEqual([{ kind: 'applied' }])
  })

  test.each([
    { fault: 'drop-after', result: 'unknown', now: '110' },
    { fault: 'drop-before', result: 'unknown', now: '100' },
    { fault: 'truncate', result: 'unknown', now: '110' },
    { fault: 'unavailable', result: 'unknown', now: '100' },
    { fault: 'rate-limited', result: 'refused', now: '100' },
    { fault: 'unauthorised', result: 'refused', now: '100' },
  ] as const)('$fault is $result, sent once, and the budget is then €$now', async ({ fault, result, now }) => {
    const { reader, writer } = await adapter({ faults: ({ mutating }) => (mutating ? fault : undefined) })
    const before = await reader.live(ACCOUNT, [lever('11')])
    const sent = twin.requests.http
    expect(await writer.apply(ACCOUNT, [change('11', '100', '110')])).toMatchObject([{ kind: result }])
    expect(twin.requests.http - sent).toBe(1)
    expect(before[0]?.value).toEqual(euros('100'))
    // After a throttled answer reads are held back until the quota is free again.
    world.pass(60 * MINUTE_MS)
    expect((await reader.live(ACCOUNT, [lever('11')]))[0]?.value).toEqual(euros(now))
  })
})

describe('budget schedules', () => {
  const schedule = {
    kind: 'budget-schedule',
    name: 'black-friday',
    from: instant('2026-11-26T23:00:00Z'),
    to: instant('2026-11-27T23:00:00Z'),
    budget: lever('11'),
    amount: fromDecimal('150', EUR),
    over: fromDecimal('100', EUR),
  } as const

  test('are created once, and read back as the level that was asked for', async () => {
    const { reader, writer } = await adapter()
    expect(await writer.announce(ACCOUNT, schedule)).toEqual({ kind: 'applied' })
    expect(await writer.announce(ACCOUNT, schedule)).toEqual({ kind: 'applied' })
    expect(await reader.announcements(ACCOUNT)).toEqual([{ ...schedule, name: expect.any(String) }])
    expect(world.accounts[0]?.budgets.get('b11')?.schedules).toMatchObject([
      { change: { kind: 'absolute', amountMicros: 150_000_000n } },
    ])
  })

  test('are taken back, and the budget itself reads the same before, with and after one', async () => {
    const { reader, writer } = await adapter()
    const base = async () => (await reader.live(ACCOUNT, [schedule.budget]))[0]?.value
    expect(await base()).toEqual({ kind: 'money', amount: schedule.over })
    await writer.announce(ACCOUNT, schedule)
    expect(await base()).toEqual({ kind: 'money', amount: schedule.over })
    const [there] = await reader.announcements(ACCOUNT)
    expect(await writer.withdraw?.(ACCOUNT, there?.kind === 'budget-schedule' ? there.name : '')).toEqual({
      kind: 'applied',
    })
    expect(await reader.announcements(ACCOUNT)).toEqual([])
    expect(await base()).toEqual({ kind: 'money', amount: schedule.over })
  })
})

describe('reads that fail', () => {
  test.each([
    { fault: 'unavailable', kind: 'transient' },
    { fault: 'drop-before', kind: 'transient' },
    { fault: 'truncate', kind: /transient|unreadable/ },
    { fault: 'rate-limited', kind: 'rate-limited' },
    { fault: 'unauthorised', kind: 'unauthorised' },
  ] as const)('$fault', async ({ fault, kind }) => {
    const { reader } = await adapter({ faults: () => fault })
    await expect(reader.structure(ACCOUNT)).rejects.toMatchObject({ failure: { kind: expect.stringMatching(kind) } })
  })
})
