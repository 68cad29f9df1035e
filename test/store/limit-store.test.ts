import { describe, expect, test } from 'vitest'
import { accountId } from '../../lib/model/account.ts'
import { dynamoLimitStore } from '../../lib/store/limit-store.ts'
import { HOUR_MS, instant, later } from '../../lib/units/calendar.ts'
import { busiest, limit, team, virtualTime } from '../wire/limit-world.ts'
import { embedded } from './embedded.ts'

const engine = embedded()
const NOW = instant('2026-11-21T12:00:00Z')
const A = accountId('1001')

let scopes = 0
const freshScope = () => `meta/secret-${scopes++}`

describe('a book of limits', () => {
  const book = {
    leases: { requests: [{ until: later(NOW, 5_000), units: 3 }] },
    throttledUntil: later(NOW, 60_000),
    used: { '': { share: 0.83, at: NOW, clearAfterMs: 300_000 } },
  }

  test('is read as it was written', async () => {
    const store = dynamoLimitStore(engine.options)
    const scope = freshScope()
    expect(await store.read(scope)).toBeUndefined()
    expect(await store.write(scope, { version: 1, book, keepUntil: later(NOW, HOUR_MS) }, 0)).toBe(true)
    expect(await store.read(scope)).toEqual({ version: 1, book, keepUntil: later(NOW, HOUR_MS) })
  })

  test('is written by one of two that saw the same', async () => {
    const store = dynamoLimitStore(engine.options)
    const scope = freshScope()
    const first = { version: 1, book, keepUntil: NOW }
    expect(await store.write(scope, first, 0)).toBe(true)
    expect(await store.write(scope, first, 0)).toBe(false)
    const second = { version: 2, book: { leases: {} }, keepUntil: NOW }
    expect(await store.write(scope, second, 1)).toBe(true)
    expect(await store.write(scope, { ...second, version: 2 }, 1)).toBe(false)
    expect((await store.read(scope))?.book).toEqual({ leases: {} })
  })
})

describe('workers over one table', () => {
  test('never exceed the limit together, and one that starts anew finds what was used', async () => {
    const one = limit({ name: freshScope(), most: 40, windowMs: HOUR_MS })
    // The table's own requests take real time, in which the virtual clock stands still.
    const time = { ...virtualTime(NOW), run: <T>(done: Promise<T>) => done }
    const store = dynamoLimitStore(engine.options)
    const { worker, send, admitted } = team([one], { store, time, longestWaitMs: 0 })
    const workers = [worker(), worker(), worker()]
    await Promise.all(Array.from({ length: 90 }, (_, i) => send(workers[i % 3]!, { use: 'read', account: A })))
    expect(busiest(admitted, one)).toBeGreaterThan(12)
    expect(busiest(admitted, one)).toBeLessThanOrEqual(24)
    const reader = worker()
    while ((await send(reader, { use: 'read', account: A })) === 'sent');
    expect(admitted.length).toBeLessThanOrEqual(24)
    expect(await send(worker(), { use: 'urgent', account: A })).toBe('sent')
  })
})
