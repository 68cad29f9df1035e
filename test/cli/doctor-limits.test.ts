import { describe, expect, test } from 'vitest'
import { countedFindings } from '../../cli/commands/doctor-limits.ts'
import type { Connection } from '../../functions/composition/connections.ts'
import { openLimiters } from '../../functions/composition/limiters.ts'
import { accountRef } from '../../lib/model/account.ts'
import type { LimitBook } from '../../lib/model/request-limits.ts'
import { googleAdsLimits } from '../../lib/platforms/google-ads/limits.ts'
import { HOUR_MS, type Instant, instant, later } from '../../lib/units/calendar.ts'
import { memoryLimits } from '../../lib/wire/memory-limits.ts'

const NOW = instant('2026-11-21T12:00:00Z')
const at = (ms: number): Instant => later(NOW, ms)
const GOOGLE = accountRef('google-ads', '5550001111')
const META = accountRef('meta', '1001')
const connection = (account: string, over: Partial<Connection> = {}): Connection => ({ account, secret: 's', ...over })
const BOTH = [connection('google-ads:*'), connection('meta:*')]

const storeWith = async (scope: string, book: LimitBook) => {
  const store = memoryLimits()
  await store.write(scope, { version: 1, book, keepUntil: at(48 * HOUR_MS) }, 0)
  return store
}
const day = (units: number, more: Partial<LimitBook> = {}): LimitBook => ({
  leases: { 'operations a day': [{ until: at(-HOUR_MS), units }] },
  ...more,
})
const ofGoogle = async (book: LimitBook, connections: readonly Connection[] = BOTH) =>
  countedFindings(await storeWith('google-ads', book), connections, GOOGLE, NOW)

describe('what Sluice has taken of a limit', () => {
  test('that lasts a day is told, with how much there is at the access level', async () => {
    expect(await ofGoogle(day(1_234))).toEqual([
      {
        level: 'ok',
        subject: 'google-ads:5550001111',
        check: 'limits',
        says: 'operations a day: 1234 of 15000 handed out to Sluice’s own requests, in blocks that may not all be used',
      },
    ])
    const explorer = [connection('google-ads:*', { accessLevel: 'explorer' })]
    expect((await ofGoogle(day(1_234), explorer))[0]?.says).toContain('1234 of 2880')
  })

  test('is a warning from three quarters on, and where the platform said that it is used up', async () => {
    expect((await ofGoogle(day(11_249)))[0]?.level).toBe('ok')
    expect((await ofGoogle(day(11_250)))[0]).toMatchObject({ level: 'warning', remedy: expect.any(String) })
    expect((await ofGoogle(day(10, { exhaustedUntil: at(HOUR_MS) })))[0]).toMatchObject({
      level: 'warning',
      says: expect.stringContaining('used up, said the platform, until 2026-11-21T13:00:00Z'),
    })
    expect((await ofGoogle(day(10, { exhaustedUntil: at(-1) })))[0]?.level).toBe('ok')
  })

  test('a day ago counts no more', async () => {
    const book = { leases: { 'operations a day': [{ until: at(-24 * HOUR_MS), units: 9_000 }] } }
    expect((await ofGoogle(book))[0]?.says).toContain('0 of 15000')
  })

  test('is of the account where each has its own, and of limits of seconds nothing is told', async () => {
    const store = await storeWith('meta#1001', { leases: { 'ads_insights an hour': [{ until: at(0), units: 40 }] } })
    const says = (await countedFindings(store, BOTH, META, NOW)).map((one) => one.says)
    expect(says).toEqual([
      'ads_management an hour: 0 of 100000 handed out to Sluice’s own requests, in blocks that may not all be used',
      'ads_insights an hour: 40 of 190000 handed out to Sluice’s own requests, in blocks that may not all be used',
    ])
  })

  test('is of the application that the connection names; nothing where nothing was counted', async () => {
    const named = [connection('google-ads:*', { application: 'agency' })]
    expect(await ofGoogle(day(10), named)).toEqual([])
    const store = await storeWith('google-ads/agency', day(10))
    expect(await countedFindings(store, named, GOOGLE, NOW)).toHaveLength(1)
  })

  test('is what its limiters count', async () => {
    const store = memoryLimits()
    const limiters = openLimiters({ store, clock: { now: () => NOW }, sleep: async () => {} })
    await limiters(BOTH[0]!, googleAdsLimits).admit({ account: GOOGLE.id, use: 'read' })
    const [found] = await countedFindings(store, BOTH, GOOGLE, NOW)
    expect(Number(/: (\d+) of/.exec(found?.says ?? '')?.[1])).toBeGreaterThan(0)
  })
})
