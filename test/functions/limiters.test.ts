import { describe, expect, test } from 'vitest'
import type { Connection } from '../../functions/composition/connections.ts'
import { openLimiters } from '../../functions/composition/limiters.ts'
import { googleAdsLimits } from '../../lib/platforms/google-ads/limits.ts'
import { metaLimits } from '../../lib/platforms/meta/limits.ts'
import { memoryLimits } from '../../lib/wire/memory-limits.ts'
import { virtualTime } from '../wire/limit-world.ts'

const time = virtualTime()
const limiters = () => openLimiters({ store: memoryLimits(), clock: time.clock, sleep: time.sleep })
const connection = (account: string, secret: string, more: Partial<Connection> = {}): Connection => ({
  account,
  secret,
  ...more,
})

describe('the limiter of a connection', () => {
  test('is one for all connections of a platform: reading and writing share an application', () => {
    const of = limiters()
    const reading = of(connection('meta:*', 'sluice/meta/read'), metaLimits)
    expect(of(connection('meta:*', 'sluice/meta/write'), metaLimits)).toBe(reading)
    expect(of(connection('meta:1234567890', 'sluice/meta/other'), metaLimits)).toBe(reading)
    expect(of(connection('google-ads:*', 'sluice/meta/read'), googleAdsLimits)).not.toBe(reading)
  })

  test('is another for another application', () => {
    const of = limiters()
    const usual = of(connection('meta:*', 'a'), metaLimits)
    const agency = of(connection('meta:1', 'b', { application: 'agency' }), metaLimits)
    expect(agency).not.toBe(usual)
    expect(of(connection('meta:2', 'c', { application: 'agency' }), metaLimits)).toBe(agency)
  })

  test('has the limits of the access level that the connection names', async () => {
    const of = limiters()
    const limiter = of(connection('google-ads:*', 'a', { accessLevel: 'explorer' }), googleAdsLimits)
    // 2,880 operations a day, of which reads may take 80 %: 2,304.
    await expect(limiter.admit({ use: 'read', cost: 2_305 })).rejects.toThrow('quota-exhausted')
    await expect(limiter.admit({ use: 'read', cost: 2_304 })).resolves.toBeUndefined()
  })

  test('gives back what it did not use when all are closed', async () => {
    const store = memoryLimits()
    const open = () => openLimiters({ store, clock: time.clock, sleep: time.sleep })
    const [ending, next] = [open(), open()]
    const google = connection('google-ads:*', 'a', { accessLevel: 'explorer' })
    await ending(google, googleAdsLimits).admit({ use: 'read' })
    await ending.close()
    // 2,304 of the 2,880 operations a day may be reads.
    await expect(next(google, googleAdsLimits).admit({ use: 'read', cost: 2_303 })).resolves.toBeUndefined()
  })

  test('names the access levels that there are for one that is not', () => {
    const wrong = connection('google-ads:*', 'a', { accessLevel: 'gold' })
    expect(() => limiters()(wrong, googleAdsLimits)).toThrow(
      'connection google-ads:*: access level "gold" is unknown, use explorer, basic, standard',
    )
  })
})
