import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accountId } from '../../lib/model/account.ts'
import type { RequestUse } from '../../lib/model/request-limits.ts'
import type { LimitStore } from '../../lib/ports/limiter.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../lib/units/calendar.ts'
import { openLimiter } from '../../lib/wire/limiter.ts'
import { memoryLimits } from '../../lib/wire/memory-limits.ts'
import { busiest, limit, slowStore, team, virtualTime } from './limit-world.ts'

const A = accountId('1001')
const B = accountId('1002')
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
const sent = (results: readonly unknown[]): number => results.filter((one) => one === 'sent').length

describe('the law: never more than the limit in any window', () => {
  const worlds = fc.record({
    most: fc.integer({ min: 4, max: 60 }),
    windowMs: fc.constantFrom(1_000, 7_000, 60_000, 300_000, DAY_MS),
    writes: fc.constantFrom(0, 0.1, 0.25),
    urgent: fc.constantFrom(0, 0.1, 0.25),
    writeCost: fc.constantFrom(1, 2, 3),
    delays: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 7 }),
    workers: fc.integer({ min: 1, max: 4 }),
    requests: fc.array(
      fc.record({
        worker: fc.nat(3),
        use: fc.constantFrom<RequestUse>('read', 'write', 'urgent'),
        after: fc.integer({ min: 0, max: 9_000 }),
        ends: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      }),
      { minLength: 1, maxLength: 90 },
    ),
  })

  test('holds over any interleaving of workers, uses, waits, ends and slow stores', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const time = virtualTime()
        const one = limit({
          most: world.most,
          windowMs: world.windowMs,
          cost: { read: 1, write: Math.min(world.writeCost, world.most * 0.5), urgent: 1 },
          reserved: { writes: world.writes, urgent: world.urgent },
        })
        const store = slowStore(time, world.delays)
        const { worker, send, admitted } = team([one], { time, store, within: (work) => work })
        const workers = times(world.workers, worker)
        const all = world.requests.map(async (request) => {
          await time.sleep(request.after)
          const mine = workers[request.worker % workers.length]!
          await send(mine, { use: request.use, account: A })
          // Whoever asks it for more afterwards has another worker, as far as the books know.
          if (request.ends) await mine.close()
        })
        await time.run(Promise.all(all))
        // Cuts and pauses alone may go beyond it, once they have waited as long as they may.
        if (admitted.every(({ use }) => use !== 'urgent')) expect(busiest(admitted, one)).toBeLessThanOrEqual(one.most)
        // Reads never take what is kept from them, alone or with writes.
        const reads = admitted.filter(({ use }) => use === 'read')
        expect(busiest(reads, one)).toBeLessThanOrEqual(one.most * (1 - world.writes - world.urgent))
        const notUrgent = admitted.filter(({ use }) => use !== 'urgent')
        expect(busiest(notUrgent, one)).toBeLessThanOrEqual(one.most * (1 - world.urgent) + 1e-9)
      }),
      { numRuns: 150, seed: 41 },
    )
  })

  test('two workers that ask for all they can get share the ten, and get most of them', async () => {
    const one = limit({ reserved: { writes: 0, urgent: 0 } })
    const { worker, send, admitted, time } = team([one], { longestWaitMs: 60_000 })
    const workers = [worker(), worker()]
    await time.run(
      Promise.all(
        workers.map(async (mine) => {
          while (time.clock.now() < 1_000_000_030_000) await send(mine, { use: 'read' })
        }),
      ),
    )
    expect(busiest(admitted, one)).toBe(10)
    // 30 s of ten a second are 300; a lease that is over keeps its place for another second.
    expect(admitted.length).toBeGreaterThan(200)
    expect(admitted.length).toBeLessThanOrEqual(310)
  })

  test('accounts have limits of their own beside the one they share', async () => {
    const perAccount = limit({ name: 'per account', per: 'account', most: 3, windowMs: HOUR_MS, reserved: NONE })
    const perApplication = limit({ name: 'all', most: 5, windowMs: HOUR_MS, reserved: NONE })
    const { worker, send, time } = team([perAccount, perApplication], { longestWaitMs: 0 })
    const mine = worker()
    const results = await time.run(
      Promise.all([
        ...times(4, () => send(mine, { use: 'read', account: A })),
        ...times(4, () => send(mine, { use: 'read', account: B })),
      ]),
    )
    expect(sent(results.slice(0, 4))).toBeLessThanOrEqual(3)
    expect(sent(results)).toBe(5)
  })

  test('a kind that is counted by itself is, and others pass beside it', async () => {
    const reports = limit({ kind: 'reports', most: 2, windowMs: HOUR_MS, reserved: NONE })
    const { worker, send, time } = team([reports], { longestWaitMs: 0 })
    const mine = worker()
    const asked = await time.run(Promise.all(times(4, () => send(mine, { use: 'read', kind: 'reports' }))))
    expect(sent(asked)).toBe(2)
    expect(sent(await time.run(Promise.all(times(9, () => send(mine, { use: 'read' })))))).toBe(9)
  })

  test('a request that counts as many takes as much', async () => {
    const one = limit({ most: 10, windowMs: HOUR_MS, reserved: NONE })
    const { worker, send, time } = team([one], { longestWaitMs: 0 })
    const mine = worker()
    expect(await time.run(send(mine, { use: 'read', cost: 8 }))).toBe('sent')
    expect(await time.run(send(mine, { use: 'read', cost: 3 }))).toMatchObject({ kind: 'rate-limited' })
    expect(await time.run(send(mine, { use: 'read', cost: 2 }))).toBe('sent')
  })
})

function countedStore(): { readonly store: LimitStore; readonly calls: () => number } {
  const under = memoryLimits()
  let calls = 0
  const counted = <T>(answer: T): T => {
    calls += 1
    return answer
  }
  return {
    calls: () => calls,
    store: { read: (scope) => counted(under.read(scope)), write: (...all) => counted(under.write(...all)) },
  }
}

const NONE = { writes: 0, urgent: 0 }

describe('waiting', () => {
  test('is done where it is short: thirty requests at ten a second take more than two seconds and less than five', async () => {
    const { worker, send, time, admitted } = team([limit({ reserved: NONE })])
    const mine = worker()
    await time.run(Promise.all(times(30, () => send(mine, { use: 'read' }))))
    expect(admitted).toHaveLength(30)
    const took = Math.max(...admitted.map(({ at }) => at)) - Math.min(...admitted.map(({ at }) => at))
    expect(took).toBeGreaterThanOrEqual(2_000)
    expect(took).toBeLessThan(5_000)
  })

  test('is refused where it is long, with the wait', async () => {
    const { worker, send, time } = team([limit({ most: 1, windowMs: HOUR_MS, reserved: NONE })])
    const mine = worker()
    expect(await time.run(send(mine, { use: 'read', account: A }))).toBe('sent')
    const failure = await time.run(send(mine, { use: 'read', account: A }))
    expect(failure).toMatchObject({ kind: 'rate-limited' })
    if (failure === 'sent' || failure.kind !== 'rate-limited') throw new Error('not throttled')
    // The lease lasts 450 s and counts for an hour after that.
    expect(failure.retryAfterMs).toBeGreaterThan(HOUR_MS)
    expect(failure.retryAfterMs).toBeLessThan(HOUR_MS + 15 * MINUTE_MS)
    expect(failure.detail).toContain('pretend/secret, account 1001')
  })

  test('for a quota of a day is said to be a quota that is gone', async () => {
    const { worker, send, time } = team([limit({ most: 1, windowMs: DAY_MS, reserved: NONE })])
    const mine = worker()
    await time.run(send(mine, { use: 'read' }))
    expect(await time.run(send(mine, { use: 'read' }))).toMatchObject({ kind: 'quota-exhausted' })
  })
})

describe('an emergency', () => {
  test('is sent while reading has used up all that it may', async () => {
    const one = limit({ most: 100, windowMs: HOUR_MS, reserved: { writes: 0.1, urgent: 0.1 } })
    const { worker, send, time } = team([one], { longestWaitMs: 0 })
    const reader = worker()
    const reads = await time.run(Promise.all(times(200, () => send(reader, { use: 'read' }))))
    expect(sent(reads)).toBe(80)
    const other = worker()
    expect(sent(await time.run(Promise.all(times(20, () => send(other, { use: 'write' })))))).toBe(10)
    // Ten are kept for it; beyond them it is sent uncounted: the platform's own refusal is the worst that can come of it.
    expect(sent(await time.run(Promise.all(times(20, () => send(other, { use: 'urgent' })))))).toBe(20)
  })

  test('of two hundred pauses at once is not refused for our own counting: each waits, and then goes', async () => {
    const one = limit({ most: 10, windowMs: SECOND_MS, reserved: { writes: 0.2, urgent: 0.1 } })
    const { worker, send, time } = team([one])
    const mine = worker()
    expect(sent(await time.run(Promise.all(times(200, () => send(mine, { use: 'urgent' })))))).toBe(200)
  })

  test('is sent while the platform throttles, when nothing else is', async () => {
    const { worker, send, time } = team([limit()])
    const mine = worker()
    await time.run(mine.heard({ use: 'read', account: A }, { kind: 'throttled', retryAfterMs: 300_000 }))
    expect(await time.run(send(mine, { use: 'read', account: A }))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 300_000,
    })
    expect(await time.run(send(mine, { use: 'write', account: A }))).toMatchObject({ kind: 'rate-limited' })
    expect(await time.run(send(mine, { use: 'urgent', account: A }))).toBe('sent')
  })

  test('takes from what was leased for reading, without asking the store', async () => {
    const time = virtualTime()
    const { store, calls } = countedStore()
    const { worker, send } = team([limit({ most: 1_000, windowMs: MINUTE_MS })], { time, store })
    const mine = worker()
    await time.run(send(mine, { use: 'read' }))
    const before = calls()
    expect(await time.run(send(mine, { use: 'urgent' }))).toBe('sent')
    expect(calls()).toBe(before)
  })

  test('is sent while the books cannot be reached; the rest is transient', async () => {
    const down: LimitStore = {
      read: () => Promise.reject(new Error('down')),
      write: () => Promise.reject(new Error('down')),
    }
    const { worker, send, time } = team([limit()], { store: down })
    const mine = worker()
    expect(await time.run(send(mine, { use: 'urgent', account: A }))).toBe('sent')
    expect(await time.run(send(mine, { use: 'write', account: A }))).toMatchObject({ kind: 'transient' })
  })
})

describe('what answers say', () => {
  test('is about one account where the platform throttles accounts', async () => {
    const { worker, send, time } = team([limit({ per: 'account' })], { throttles: 'account' })
    const mine = worker()
    await time.run(mine.heard({ use: 'read', account: A }, { kind: 'throttled', retryAfterMs: HOUR_MS }))
    expect(await time.run(send(mine, { use: 'read', account: A }))).toMatchObject({ kind: 'rate-limited' })
    expect(await time.run(send(mine, { use: 'read', account: B }))).toBe('sent')
  })

  test('is about the whole application where it says so', async () => {
    const { worker, send, time } = team([limit({ per: 'account' })], { throttles: 'account' })
    const mine = worker()
    const all = { kind: 'throttled', retryAfterMs: HOUR_MS, whose: 'application' } as const
    await time.run(mine.heard({ use: 'read', account: A }, all))
    expect(await time.run(send(mine, { use: 'read', account: B }))).toMatchObject({ kind: 'rate-limited' })
  })

  test('is remembered by a worker that starts afterwards', async () => {
    const { worker, send, time } = team([limit()])
    const mine = worker()
    await time.run(mine.heard({ use: 'read', account: A }, { kind: 'exhausted' }))
    expect(await time.run(send(worker(), { use: 'read', account: B }))).toMatchObject({ kind: 'quota-exhausted' })
  })

  test('of a quota that is gone holds for an hour, not for ever', async () => {
    const { worker, send, time } = team([limit()])
    const mine = worker()
    await time.run(mine.heard({ use: 'read' }, { kind: 'exhausted' }))
    await time.run(time.sleep(HOUR_MS + 1))
    expect(await time.run(send(mine, { use: 'read' }))).toBe('sent')
  })

  test('of a used share keeps reads back from where reserves begin, until it has fallen that far', async () => {
    // Reads may use 60 %: from 80 % it falls to 60 % in a quarter of the time in which it falls to nothing.
    const { worker, send, time } = team([limit()])
    const mine = worker()
    const usage = (usedShare: number) => ({ kind: 'usage', usedShare, clearAfterMs: 400_000 }) as const
    await time.run(mine.heard({ use: 'read' }, usage(0.59)))
    expect(await time.run(send(mine, { use: 'read' }))).toBe('sent')
    await time.run(mine.heard({ use: 'read' }, usage(0.8)))
    const held = await time.run(send(mine, { use: 'read' }))
    expect(held).toMatchObject({ kind: 'rate-limited' })
    if (held === 'sent' || held.kind !== 'rate-limited') throw new Error('not held')
    expect(held.retryAfterMs).toBeCloseTo(100_000, -1)
    expect(await time.run(send(mine, { use: 'urgent' }))).toBe('sent')
    await time.run(time.sleep(held.retryAfterMs + 1))
    expect(await time.run(send(mine, { use: 'read' }))).toBe('sent')
  })

  test('of a kind that is counted by itself keeps back that kind only', async () => {
    const { worker, send, time } = team([limit(), limit({ name: 'reports', kind: 'reports' })])
    const mine = worker()
    const all = { kind: 'usage', usedShare: 1, clearAfterMs: HOUR_MS } as const
    await time.run(mine.heard({ use: 'read', kind: 'reports' }, all))
    expect(await time.run(send(mine, { use: 'read', kind: 'reports' }))).toMatchObject({ kind: 'rate-limited' })
    expect(await time.run(send(mine, { use: 'read', kind: 'others' }))).toBe('sent')
    expect(await time.run(send(mine, { use: 'read' }))).toBe('sent')
    await time.run(mine.heard({ use: 'read', kind: 'others' }, all))
    expect(await time.run(send(mine, { use: 'read' }))).toMatchObject({ kind: 'rate-limited' })
  })

  test('that is good news lets waiting ones go', async () => {
    const { worker, send, time } = team([limit()])
    const mine = worker()
    await time.run(mine.heard({ use: 'read' }, { kind: 'usage', usedShare: 1, clearAfterMs: HOUR_MS }))
    await time.run(mine.heard({ use: 'write' }, { kind: 'usage', usedShare: 0.1, clearAfterMs: HOUR_MS }))
    expect(await time.run(send(mine, { use: 'read' }))).toBe('sent')
  })

  test('holds nobody longer than a day, whatever a header says', async () => {
    const { worker, send, time } = team([limit()])
    const mine = worker()
    await time.run(mine.heard({ use: 'read' }, { kind: 'throttled', retryAfterMs: 400 * DAY_MS }))
    await time.run(time.sleep(DAY_MS + 1))
    expect(await time.run(send(mine, { use: 'read' }))).toBe('sent')
  })

  test('is still heard here when the store is lost', async () => {
    const down: LimitStore = { read: async () => undefined, write: () => Promise.reject(new Error('down')) }
    const { worker, send, time } = team([limit()], { store: down })
    const mine = worker()
    await time.run(mine.heard({ use: 'read' }, { kind: 'throttled', retryAfterMs: HOUR_MS }))
    expect(await time.run(send(mine, { use: 'read' }))).not.toBe('sent')
  })
})

describe('workers that come and go', () => {
  const day = limit({ most: 2_000, windowMs: DAY_MS, reserved: NONE })

  test('find what others used: a worker that starts later has only the rest', async () => {
    const { worker, send, time } = team([limit({ most: 40, windowMs: HOUR_MS, reserved: NONE })], { longestWaitMs: 0 })
    const first = worker()
    expect(sent(await time.run(Promise.all(times(30, () => send(first, { use: 'read' })))))).toBe(30)
    const second = worker()
    expect(sent(await time.run(Promise.all(times(30, () => send(second, { use: 'read' })))))).toBeLessThanOrEqual(10)
  })

  test('a worker that dies wastes its slice and nothing else, and that only until the slice is over', async () => {
    const { worker, send, time } = team([day], { longestWaitMs: 0 })
    // Twenty workers send one request each and die with what they had leased: 4 of the 28 that a lease is at most.
    for (const dying of times(20, worker)) await time.run(send(dying, { use: 'read' }))
    const survivor = worker()
    const results = await time.run(Promise.all(times(2_000, () => send(survivor, { use: 'read' }))))
    expect(sent(results)).toBeGreaterThanOrEqual(2_000 - 20 * 28)
    await time.run(time.sleep(DAY_MS + 12 * MINUTE_MS + HOUR_MS))
    expect(sent(await time.run(Promise.all(times(2_000, () => send(worker(), { use: 'read' })))))).toBeGreaterThan(0)
  })

  test('a worker that lives gives back what it did not use', async () => {
    const { worker, send, time, admitted } = team([day], { longestWaitMs: 0 })
    const mine = worker()
    // One request every eleven minutes, each after its lease is over: what was leased beside it is free again.
    for (let i = 0; i < 100; i += 1) {
      expect(await time.run(send(mine, { use: 'read' }))).toBe('sent')
      await time.run(time.sleep(11 * MINUTE_MS))
    }
    const rest = await time.run(Promise.all(times(2_000, () => send(mine, { use: 'read' }))))
    expect(sent(rest)).toBeGreaterThan(1_850)
    expect(busiest(admitted, day)).toBeLessThanOrEqual(2_000)
  })

  test('a worker that ends gives back what it did not use', async () => {
    const { worker, send, time } = team([day], { longestWaitMs: 0 })
    for (const ending of times(20, worker)) {
      expect(await time.run(send(ending, { use: 'read' }))).toBe('sent')
      await time.run(ending.close())
    }
    const survivor = worker()
    const results = await time.run(Promise.all(times(2_000, () => send(survivor, { use: 'read' }))))
    expect(sent(results)).toBe(2_000 - 20)
  })

  test('what a worker that ends did use counts for a window, and not for the rest of its lease', async () => {
    const one = limit({ most: 8, windowMs: HOUR_MS, reserved: NONE })
    const { worker, send, time, admitted } = team([one], { longestWaitMs: 0 })
    const eight = async (mine = worker()) => {
      const results = await time.run(Promise.all(times(8, () => send(mine, { use: 'read' }))))
      await time.run(mine.close())
      return sent(results)
    }
    expect(await eight()).toBe(8)
    expect(await eight()).toBe(0)
    await time.run(time.sleep(HOUR_MS - 1))
    expect(await eight()).toBe(0)
    // Ends are rounded up to a 24th of the window and its lease of 7.5 minutes: 168.75 seconds.
    await time.run(time.sleep(3 * MINUTE_MS))
    expect(await eight()).toBe(8)
    expect(busiest(admitted, one)).toBe(8)
  })

  test('gives back from the books as they are, also where others have written them since', async () => {
    const { worker, send, time } = team([day], { longestWaitMs: 0 })
    const [mine, other] = [worker(), worker()]
    await time.run(send(mine, { use: 'read' }))
    await time.run(send(other, { use: 'read' }))
    await time.run(mine.close())
    await time.run(other.close())
    const results = await time.run(Promise.all(times(2_000, () => send(other, { use: 'read' }))))
    expect(sent(results)).toBe(1_998)
  })

  test('a worker ends although the books cannot be reached, and asks nothing where it has leased nothing', async () => {
    const under = memoryLimits()
    let isLost = false
    let calls = 0
    const store: LimitStore = {
      read: async (scope) => {
        calls += 1
        if (isLost) throw new Error('no tables')
        return under.read(scope)
      },
      write: (...all) => under.write(...all),
    }
    const { worker, send, time } = team([day], { store })
    await time.run(worker().close())
    expect(calls).toBe(0)
    const mine = worker()
    await time.run(send(mine, { use: 'read' }))
    isLost = true
    await time.run(mine.close())
    isLost = false
    expect(await time.run(send(mine, { use: 'urgent' }))).toBe('sent')
  })

  test('few requests wait for the store: a thousand need less than thirty calls', async () => {
    const time = virtualTime()
    const { store, calls } = countedStore()
    const { worker, send } = team([limit({ most: 9_000, windowMs: 300_000 })], { time, store })
    const mine = worker()
    expect(sent(await time.run(Promise.all(times(1_000, () => send(mine, { use: 'read' })))))).toBe(1_000)
    expect(calls()).toBeLessThan(30)
  })

  test('an answer of the store that is lost wastes a slice, and the law holds', async () => {
    const time = virtualTime()
    const under = memoryLimits()
    let calls = 0
    // Every third write is done and said not to be.
    const lossy: LimitStore = {
      read: under.read,
      write: async (...all) => (await under.write(...all)) && calls++ % 3 !== 2,
    }
    const one = limit({ most: 20, windowMs: 5_000, reserved: NONE })
    const { worker, send, admitted } = team([one], { time, store: lossy, longestWaitMs: 120_000 })
    const workers = [worker(), worker(), worker()]
    await time.run(Promise.all(times(120, async (i) => send(workers[i % 3]!, { use: 'read' }))))
    expect(admitted.length).toBeGreaterThan(60)
    expect(busiest(admitted, one)).toBeLessThanOrEqual(20)
  })

  test('what is given back in a write whose answer is lost is not given back again', async () => {
    const under = memoryLimits()
    let losesNext = false
    const lossy: LimitStore = {
      read: under.read,
      async write(...all) {
        const isTold = !losesNext
        losesNext = false
        return (await under.write(...all)) && isTold
      },
    }
    const one = limit({ most: 100, windowMs: HOUR_MS, reserved: NONE })
    const { worker, send, time, admitted } = team([one], { store: lossy, longestWaitMs: 0 })
    const mine = worker()
    // Leases of 2 and 4 with 3 used, and 94 of somebody else's: all 100 are handed out.
    expect(await time.run(send(worker(), { use: 'read', cost: 94 }))).toBe('sent')
    for (let i = 0; i < 3; i += 1) expect(await time.run(send(mine, { use: 'read' }))).toBe('sent')
    await time.run(time.sleep(8 * MINUTE_MS))
    losesNext = true
    // The 3 come back and 2 of them are lost with the answer: one is left.
    while ((await time.run(send(mine, { use: 'write' }))) === 'sent');
    expect(admitted.filter(({ use }) => use === 'write')).toHaveLength(1)
  })
})

describe('limits that cannot be', () => {
  test.each([
    ['two of one name', [limit(), limit()], /twice/],
    ['a window of nothing', [limit({ windowMs: 0 })], /windowMs 0/],
    ['more reserved than there is', [limit({ reserved: { writes: 0.5, urgent: 0.5 } })], /below 1 together/],
    ['a request that costs more than reads may take', [limit({ most: 1 })], /a request to read costs 1 of the 0.6/],
  ])('%s', (_name, limits, message) => {
    const time = virtualTime()
    const open = () =>
      openLimiter({
        application: 'a',
        limits: { limits, throttles: 'account' },
        store: memoryLimits(),
        clock: time.clock,
        sleep: time.sleep,
      })
    expect(open).toThrow(message)
  })
})
