import { afterEach, describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import { PlatformError } from '../../../lib/model/failure.ts'
import type { PinterestOptions } from '../../../lib/platforms/pinterest/platform.ts'
import { accountDate, addDays, DAY_MS, MINUTE_MS } from '../../../lib/units/calendar.ts'
import { currency, money } from '../../../lib/units/money.ts'
import type { Fault, FaultPlan } from '../../../playground/faults.ts'
import {
  PINTEREST_TWIN_CREDENTIALS,
  type PinterestTwin,
  type PinterestTwinOptions,
  startPinterestTwin,
} from '../../../playground/platforms/pinterest/server.ts'
import type { AccountSpec, HourlySpec } from '../../playground/stub-world.ts'
import { ACCOUNT, adapterOn, budgetTo, eur, lever, memorySecrets, pause } from './stub.ts'
import { DeviceWorld, WORLD } from './world.ts'

const open: PinterestTwin[] = []
afterEach(async () => {
  for (const twin of open.splice(0)) await twin.close()
})

const HOURLY: HourlySpec = {
  spendMicros: 500_000n,
  impressions: 100,
  clicks: 5,
  claimsPerDay: [
    { action: 'purchase', touch: 'click', lagDays: 0, count: 2, valueMicros: 80_000_000n },
    { action: 'purchase', touch: 'click', lagDays: 8, count: 1, valueMicros: 30_000_000n },
    { action: 'purchase', touch: 'view', lagDays: 0, count: 4, valueMicros: 100_000_000n },
  ],
}
const PURCHASE: ConversionRule = { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' }
const SMALL: readonly AccountSpec[] = [{ ...WORLD[0]!, campaigns: WORLD[0]!.campaigns.slice(0, 6) }]

interface Started {
  readonly world: DeviceWorld
  readonly twin: PinterestTwin
  readonly adapter: ReturnType<typeof adapterOn>
}
async function start(more: Partial<PinterestTwinOptions & PinterestOptions> = {}, specs = SMALL): Promise<Started> {
  const world = new DeviceWorld(specs, (adSet) =>
    adSet === '11' || adSet === '31'
      ? HOURLY
      : { ...HOURLY, spendMicros: 0n, impressions: 0, clicks: 0, claimsPerDay: [] },
  )
  const twin = await startPinterestTwin({ world, ...more })
  open.push(twin)
  const { secrets } = memorySecrets(PINTEREST_TWIN_CREDENTIALS)
  return { world, twin, adapter: adapterOn(twin.baseUrl, { secrets, clock: world, ...more }) }
}

describe('on the pretend Pinterest, the adapter', () => {
  test('reads budgets where they are held, and what is archived', async () => {
    const { adapter } = await start()
    const { budgets, campaigns, adGroups, zone, blockers } = await adapter.reader.structure(ACCOUNT)
    expect(zone).toBe('UTC')
    expect(blockers).toEqual([])
    expect(budgets.map(({ id, owner, period, amount }) => [id, owner, period, amount.micros])).toEqual([
      ['1001', 'campaign', 'daily', 20_000_000n],
      ['1002', 'campaign', 'lifetime', 900_000_000n],
      ['31', 'ad-group', 'daily', 5_000_000n],
      ['32', 'ad-group', 'daily', 6_000_000n],
      ['33', 'ad-group', 'daily', 6_000_000n],
      ['1004', 'campaign', 'daily', 30_000_000n],
      ['1005', 'campaign', 'daily', 10_000_000n],
      ['1006', 'campaign', 'daily', 10_000_000n],
    ])
    expect(campaigns.map(({ kind, status, strategy }) => [kind, status, strategy.kind])).toEqual([
      ['web-conversion', 'active', 'max-conversions'],
      ['web-conversion', 'active', 'max-conversions'],
      ['web-conversion', 'active', 'other'],
      ['performance-plus', 'active', 'max-conversions'],
      ['web-conversion', 'active', 'max-value'],
      ['web-conversion', 'removed', 'other'],
    ])
    expect(adGroups.find(({ id }) => id === '12')?.status).toBe('paused')
    expect(budgets.find(({ id }) => id === '1002')?.endsOn).toBe('2026-12-31')
  })

  test('reads 306 campaigns in pages of 250', async () => {
    const { adapter, twin } = await start({}, WORLD)
    expect((await adapter.reader.structure(ACCOUNT)).campaigns).toHaveLength(306)
    // The account, two pages of campaigns, one of ad groups.
    expect(twin.requests.reads).toBe(4)
  })

  test('reports UTC days whose rows add up to the account, by the day of the click', async () => {
    const { adapter } = await start()
    const day = accountDate('2026-11-20')
    const { rows, accountSpend } = await adapter.reader.performance(ACCOUNT, { grain: 'day', from: day, to: day }, [
      PURCHASE,
      { ...PURCHASE, clickWindowDays: 7, viewWindowDays: 1 },
    ])
    // Two ad groups with 24 hours of 0.50; of 30 days two claims and one, of 7 days two and four views.
    expect(rows.map(({ adGroup, spend, clicks, impressions }) => [adGroup, spend, clicks, impressions])).toEqual([
      ['11', eur(12_000_000n), 120, 2_400],
      ['31', eur(12_000_000n), 120, 2_400],
    ])
    expect(rows[0]?.conversions.map(({ conversions, value }) => [conversions, value.micros])).toEqual([
      [3, 110_000_000n],
      [6, 180_000_000n],
    ])
    expect([...accountSpend]).toEqual([[day, eur(24_000_000n)]])
  })

  test('reports the hours of today that are over, and no conversions in them', async () => {
    const { adapter } = await start()
    const today = accountDate('2026-11-21')
    const { rows } = await adapter.reader.performance(ACCOUNT, { grain: 'hour', from: today, to: today }, [PURCHASE])
    const ofOne = rows.filter(({ adGroup }) => adGroup === '11')
    // It is 11:00 UTC.
    expect(ofOne.map(({ hour }) => hour)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(ofOne.every(({ conversions, spend }) => conversions.length === 0 && spend.micros === 500_000n)).toBe(true)
  })

  test('reports a day on which clocks change as any other day', async () => {
    const { adapter } = await start()
    const autumn = accountDate('2026-10-25')
    const { rows } = await adapter.reader.performance(ACCOUNT, { grain: 'day', from: autumn, to: autumn }, [])
    expect(rows.map(({ spend }) => spend.micros)).toEqual([12_000_000n, 12_000_000n])
  })

  test('writes every kind of lever, and reads back what it wrote', async () => {
    const { adapter, world } = await start()
    const target = lever('target-cpa', 'ad-group', '33')
    const bid = lever('bid', 'ad-group', '32')
    const tablet = lever('bid-multiplier', 'campaign', '1005', { device: 'tablet' })
    const amount = (micros: bigint) => ({ kind: 'money', amount: eur(micros) }) as const
    const changes = [
      budgetTo('1001', 12_345_678n),
      budgetTo('31', 7_000_000n),
      { lever: target, from: amount(8_000_000n), to: amount(8_500_000n) },
      { lever: bid, from: amount(400_000n), to: amount(350_000n) },
      { lever: tablet, from: { kind: 'ratio', value: 1 }, to: { kind: 'ratio', value: 0.5 } } as const,
      pause('ad-group', '31'),
      pause('campaign', '1004'),
    ]
    const results = await adapter.writer.apply(ACCOUNT, changes)
    expect(results).toEqual(changes.map(() => ({ kind: 'applied' })))
    const live = await adapter.reader.live(
      ACCOUNT,
      changes.map((change) => change.lever),
    )
    expect(live.map(({ value }) => value)).toEqual([
      // Rounded down to the cent.
      amount(12_340_000n),
      ...changes.slice(1).map(({ to }) => to),
    ])
    expect(world.multiplied).toEqual([['1005', 'tablet', 0.5]])
    // The same goal as before, but for its amount.
    const { strategy } = world.account('pinterest', ACCOUNT.id)!.campaigns.get('1003')!.adGroups.get('33')!
    expect(strategy).toEqual({ kind: 'target-cpa', targetCpaMicros: 8_500_000n })
  })

  test('is told item by item what was refused', async () => {
    const { adapter, world } = await start()
    world.apply(
      {
        platform: 'pinterest',
        accountId: ACCOUNT.id,
        kind: 'status',
        level: 'campaign',
        id: '1002',
        status: 'removed',
      },
      { kind: 'human', name: 'h' },
    )
    const multiplier = (id: string) =>
      ({
        lever: lever('bid-multiplier', 'campaign', id, { device: 'desktop' }),
        from: { kind: 'ratio', value: 1 },
        to: { kind: 'ratio', value: 2 },
      }) as const
    const results = await adapter.writer.apply(ACCOUNT, [
      pause('campaign', '1001'),
      pause('campaign', '1002'),
      pause('campaign', '9999'),
      pause('campaign', '1004'),
      multiplier('1004'),
      multiplier('1003'),
    ])
    expect(results.map((one) => (one.kind === 'refused' ? one.failure.detail : one.kind))).toEqual([
      'applied',
      '1: An archived entity cannot be changed.',
      '1: There is no such campaign.',
      'applied',
      '1: Bid multipliers are not supported for Performance+ campaigns.',
      '1: Bid multipliers need ad groups that bid by AUTOMATIC_BID.',
    ])
  })

  test('sees a suspended account, whose writes are refused', async () => {
    const { adapter } = await start({}, [{ ...SMALL[0]!, status: 'suspended' }])
    expect((await adapter.reader.structure(ACCOUNT)).blockers).toMatchObject([{ code: 'ADVERTISER_DISABLED' }])
    expect((await adapter.reader.health!(ACCOUNT)).blockers).toMatchObject([{ code: 'ADVERTISER_DISABLED' }])
    expect(await adapter.writer.apply(ACCOUNT, [budgetTo('1001', 1_000_000n)])).toMatchObject([
      { kind: 'refused', failure: { kind: 'unauthorised' } },
    ])
  })

  test('refuses an account in a currency that it does not know, by its name', async () => {
    const { adapter } = await start({}, [{ ...SMALL[0]!, currency: 'ISK' }])
    await expect(adapter.reader.structure(ACCOUNT)).rejects.toThrow('currency ISK')
    expect(
      await adapter.writer.apply(ACCOUNT, [
        { ...budgetTo('1001', 1n), to: { kind: 'money', amount: money(1_000_000n, currency('ISK')) } },
      ]),
    ).toMatchObject([{ kind: 'refused' }])
    // A pause needs no amount.
    expect(await adapter.writer.apply(ACCOUNT, [pause('campaign', '1001')])).toEqual([{ kind: 'applied' }])
  })
})

describe('when a token runs out in the middle of paging', () => {
  test('it is renewed, and the page asked for again', async () => {
    let pages = 0
    const faults: FaultPlan = ({ path }) => {
      if (!path.endsWith('/campaigns')) return undefined
      pages += 1
      return pages === 2 ? 'unauthorised' : undefined
    }
    const { adapter, twin } = await start({ faults }, WORLD)
    expect((await adapter.reader.structure(ACCOUNT)).campaigns).toHaveLength(306)
    expect(twin.requests).toMatchObject({ tokens: 1, errors: 1 })
  })
})

describe('when a token runs out in the middle of a push of pauses', () => {
  test('it is renewed, and none of them is lost', async () => {
    const { adapter, twin, world } = await start()
    let looks = 0
    const look = async () => {
      looks += 1
      if (looks === 1) twin.expireAccessTokens()
      return () => undefined
    }
    // Campaigns and ad groups are requests of their own.
    const pauses = [pause('campaign', '1001'), pause('ad-group', '31'), pause('campaign', '1004')]
    expect(await adapter.writer.apply(ACCOUNT, pauses, undefined, look)).toEqual(
      pauses.map(() => ({ kind: 'applied' })),
    )
    const campaigns = world.account('pinterest', ACCOUNT.id)?.campaigns
    expect(['1001', '1004'].map((id) => campaigns?.get(id)?.status)).toEqual(['paused', 'paused'])
    expect([looks, twin.requests.tokens, twin.requests.errors]).toEqual([3, 1, 1])
  })
})

describe('when something goes wrong with', () => {
  const only =
    (fault: Fault, isIt: (path: string, method: string) => boolean): FaultPlan =>
    ({ path, method }) =>
      isIt(path, method) ? fault : undefined
  const FAULTS: readonly Fault[] = ['unavailable', 'rate-limited', 'drop-before', 'drop-after', 'truncate']

  test.each(FAULTS)('a read (%s), it fails as a whole, and the next one is well', async (fault) => {
    let isBroken = true
    const { adapter } = await start({
      faults: (call) => (isBroken && call.path.endsWith('/ad_groups') ? fault : undefined),
    })
    const failed = await adapter.reader.structure(ACCOUNT).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(PlatformError)
    isBroken = false
    expect((await adapter.reader.structure(ACCOUNT)).campaigns).toHaveLength(6)
  })

  test.each<[Fault, string, bigint]>([
    ['unavailable', 'unknown', 20_000_000n],
    ['rate-limited', 'rate-limited', 20_000_000n],
    ['drop-before', 'unknown', 20_000_000n],
    ['drop-after', 'unknown', 12_000_000n],
    ['truncate', 'unknown', 12_000_000n],
  ])('a write (%s), it is %s, and never sent again', async (fault, kind, stands) => {
    const faults = only(fault, (_path, method) => method === 'PATCH')
    const { adapter, world } = await start({ faults })
    const [result] = await adapter.writer.apply(ACCOUNT, [budgetTo('1001', 12_000_000n)])
    expect(result?.kind === 'refused' ? result.failure.kind : result?.kind).toBe(kind)
    const account = world.account('pinterest', ACCOUNT.id)
    expect(account?.budgets.get('b1001')?.amountMicros).toBe(stands)
    expect(account?.changes.length).toBeLessThanOrEqual(1)
  })
})

describe('when Pinterest throttles', () => {
  test('reports, the adapter says how long to wait, and what is left', async () => {
    const { adapter } = await start({}, [{ ...SMALL[0]!, campaigns: [] }])
    const today = accountDate('2026-11-21')
    const ask = () => adapter.reader.performance(ACCOUNT, { grain: 'day', from: today, to: today }, [])
    // Without campaigns a report is one request, of 300 a minute.
    for (let n = 0; n < 300; n++) await ask()
    await expect(ask()).rejects.toMatchObject({ failure: { kind: 'rate-limited', retryAfterMs: MINUTE_MS } })
    const { limits } = await adapter.reader.health!(ACCOUNT)
    expect(limits.find(({ name }) => name === 'ads_analytics')?.usedShare).toBe(1)
  })

  test('an app on trial for the day, there is no more until tomorrow', async () => {
    const { adapter, world } = await start({ access: 'trial' })
    const one = [lever('status', 'campaign', '1001')]
    for (let n = 0; n < 1_000; n++) await adapter.reader.live(ACCOUNT, one)
    await expect(adapter.reader.live(ACCOUNT, one)).rejects.toMatchObject({ failure: { kind: 'quota-exhausted' } })
    world.pass(DAY_MS)
    expect(await adapter.reader.live(ACCOUNT, one)).toHaveLength(1)
  })
})

test('a report reaches 90 days back, the first of which may be restated', async () => {
  const { adapter } = await start()
  const today = accountDate('2026-11-21')
  const query = { grain: 'day', from: addDays(today, -90), to: today } as const
  const { rows } = await adapter.reader.performance(ACCOUNT, query, [PURCHASE])
  expect(rows.filter(({ adGroup }) => adGroup === '11')).toHaveLength(91)
})
