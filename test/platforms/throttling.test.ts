/** Every adapter with the real limiter against its twin: what is counted, and what goes out while reading is throttled. */
import { afterEach, describe, expect, test } from 'vitest'
import { startTwins } from '../../cli/demo/twins.ts'
import { googleAds } from '../../functions/composition/google-ads.ts'
import { type Limiters, openLimiters } from '../../functions/composition/limiters.ts'
import { platformRegistry } from '../../functions/composition/registry.ts'
import { SHARED_ADAPTERS } from '../../functions/composition/shared-adapters.ts'
import { accountRef, platformId } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import { PlatformError, type PlatformFailure } from '../../lib/model/failure.ts'
import type { LeverChange } from '../../lib/model/lever.ts'
import type { LimitedRequest } from '../../lib/ports/limiter.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import { DAY_MS, HOUR_MS } from '../../lib/units/calendar.ts'
import { openLimiter } from '../../lib/wire/limiter.ts'
import { memoryLimits } from '../../lib/wire/memory-limits.ts'
import { type Fault, noFaults, type TwinCall } from '../../playground/faults.ts'
import type { WorldPlatform } from '../../playground/world.ts'
import { bigId } from '../contract/platforms/harness.ts'
import { CAMPAIGNS, days } from '../contract/platforms/stage.ts'
import { ContractWorld } from '../contract/platforms/world.ts'
import { limit } from '../wire/limit-world.ts'

const uuid = (n: number, of: string): string =>
  `00000000-0000-4000-8000-${String(n * 100 + (of === 'campaign' ? 1 : 2)).padStart(12, '0')}`
const short = (n: number, of: 'campaign' | 'ad-group' | 'budget'): string => `54975${bigId(n, of).slice(-7)}`

interface Spec {
  readonly platform: WorldPlatform
  readonly id: string
  readonly zone: string
  readonly idOf: typeof bigId
  readonly basis: ConversionRule['basis']
  readonly viewWindowDays: number
}

const PLATFORMS: readonly Spec[] = [
  { platform: 'google-ads', id: '1234567890', zone: 'Europe/Berlin', idOf: bigId, basis: 'click', viewWindowDays: 0 },
  {
    platform: 'meta',
    id: '1790000000000000999',
    zone: 'Europe/Berlin',
    idOf: bigId,
    basis: 'mixed',
    viewWindowDays: 1,
  },
  {
    platform: 'tiktok',
    id: '7090000000000000999',
    zone: 'Europe/Berlin',
    idOf: bigId,
    basis: 'impression',
    viewWindowDays: 1,
  },
  {
    platform: 'snapchat',
    id: '8adc3db7-8148-4fbf-999c-8d2266369d77',
    zone: 'Europe/Berlin',
    idOf: uuid,
    basis: 'impression',
    viewWindowDays: 1,
  },
  { platform: 'pinterest', id: '549755885175000999', zone: 'UTC', idOf: short, basis: 'click', viewWindowDays: 1 },
]

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** The twin of a platform, and workers that reach it, each with an adapter and limiters of its own. */
async function stage({ platform, id, zone, idOf, basis, viewWindowDays }: Spec) {
  const kind = platform === 'google-ads' ? 'search' : 'social'
  const terms = { currency: 'EUR', zone, kind, budgetsOn: 'campaign', idOf, campaigns: CAMPAIGNS } as const
  const world = new ContractWorld({ ...terms, platform, accountId: id })
  const calls: TwinCall[] = []
  let fault: (call: TwinCall) => Fault | undefined = noFaults
  const twins = await startTwins(world, (call) => {
    calls.push(call)
    return fault(call)
  })
  open.push(twins.close)
  const worker = (limiters: Limiters): AdPlatform => {
    const makers = Object.entries({ 'google-ads': googleAds, ...SHARED_ADAPTERS }).map(
      ([name, connect]) => [name, connect(twins.secrets, world, limiters)] as const,
    )
    return platformRegistry(twins.connections, Object.fromEntries(makers))(platformId(platform))
  }
  const account = accountRef(platform, id)
  const pause: LeverChange = {
    lever: { account, kind: 'status', entity: 'campaign', id: idOf(1, 'campaign') },
    from: { kind: 'status', status: 'active' },
    to: { kind: 'status', status: 'paused' },
  }
  return {
    world,
    account,
    pause,
    worker,
    /** Without those for tokens, which are not counted. */
    asked: () => calls.filter(({ path }) => !/oauth|token/i.test(path)).length,
    fail: (next: typeof fault) => {
      fault = next
    },
    rule: { action: 'purchase', clickWindowDays: platform === 'google-ads' ? 30 : 7, viewWindowDays, basis },
  }
}

/** Once what was sent at the same time as what failed has arrived too. */
async function settled(count: () => number): Promise<number> {
  for (let last = -1; last !== count(); ) {
    last = count()
    await new Promise((go) => setTimeout(go, 50))
  }
  return count()
}

const failureOf = (work: Promise<unknown>): Promise<PlatformFailure | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof PlatformError) return error.failure
      throw error
    },
  )

describe.each(PLATFORMS)('$platform', (spec) => {
  test('asks the limiter for every request that it sends, and for none that it does not', async () => {
    const { worker, account, asked, pause, rule } = await stage(spec)
    const admitted: LimitedRequest[] = []
    const ads = worker(() => ({ admit: async (request) => void admitted.push(request), heard: async () => {} }))
    await ads.reader.structure(account)
    await ads.reader.performance(account, days('2026-11-14', '2026-11-20'), [rule])
    await ads.reader.changes(account, (1_763_600_000_000 + 30 * DAY_MS) as never)
    expect(admitted.map(({ use }) => use)).toEqual(admitted.map(() => 'read'))
    const reading = admitted.length
    await ads.reader.live(account, [pause.lever], 'urgent')
    expect(await ads.writer.apply(account, [pause])).toEqual([{ kind: 'applied' }])
    expect(admitted.slice(reading).map(({ use }) => use)).toEqual(admitted.slice(reading).map(() => 'urgent'))
    expect(admitted.slice(reading).length).toBeGreaterThanOrEqual(2)
    expect(admitted).toHaveLength(asked())
    expect(admitted.every((request) => request.account === account.id)).toBe(true)
  })

  test('throttled while it reads, it asks nothing more until it may, in no worker; a pause goes out all the same', async () => {
    const { worker, world, account, asked, pause, fail } = await stage(spec)
    const store = memoryLimits()
    const limiters = () => openLimiters({ store, clock: world, sleep: async () => {} })
    fail(({ path }) => (/oauth|token/i.test(path) ? undefined : 'rate-limited'))
    const failure = await failureOf(worker(limiters()).reader.structure(account))
    expect(failure?.kind).toBe('rate-limited')
    // From now on it would serve, were it asked.
    fail(noFaults)
    const before = await settled(asked)
    const other = worker(limiters())
    for (let i = 0; i < 5; i += 1) expect((await failureOf(other.reader.structure(account)))?.kind).toBe('rate-limited')
    expect(asked()).toBe(before)
    expect(await other.reader.live(account, [pause.lever], 'urgent')).toMatchObject([{ value: pause.from }])
    expect(await other.writer.apply(account, [pause])).toEqual([{ kind: 'applied' }])
    world.pass(HOUR_MS)
    expect((await other.reader.structure(account)).campaigns.length).toBeGreaterThan(0)
  })

  test('with reading at its end of the quota, a pause has its share of it', async () => {
    const { worker, world, account, asked, pause } = await stage(spec)
    const store = memoryLimits()
    const few = limit({ most: 60, windowMs: HOUR_MS, reserved: { writes: 0.1, urgent: 0.2 } })
    const limiters: Limiters = () =>
      openLimiter({
        application: 'few',
        limits: { limits: [few], throttles: 'application' },
        store,
        clock: world,
        sleep: async () => {},
      })
    const reading = worker(limiters)
    let failure: PlatformFailure | undefined
    for (let i = 0; i < 60 && !failure; i += 1) failure = await failureOf(reading.reader.structure(account))
    expect(failure).toMatchObject({ kind: 'rate-limited' })
    expect(asked()).toBeLessThanOrEqual(42)
    expect(await worker(limiters).writer.apply(account, [pause])).toEqual([{ kind: 'applied' }])
    expect(asked()).toBeLessThanOrEqual(60)
  })
})
