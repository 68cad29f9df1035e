import { describe, expect, test } from 'vitest'
import { type AccountId, accountId } from '../../lib/model/account.ts'
import type { LimitedRequest, LimitStore } from '../../lib/ports/limiter.ts'
import { HOUR_MS, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { openLimiter } from '../../lib/wire/limiter.ts'
import { memoryLimits } from '../../lib/wire/memory-limits.ts'
import { withinTime } from '../../lib/wire/store-patience.ts'
import { openLines } from '../../lib/wire/waiting-lines.ts'
import { type Admitted, busiest, limit, slowStore, team, virtualTime } from './limit-world.ts'

const A = accountId('1001')
const B = accountId('1002')
const ACCOUNTS = ['1001', '1002', '1003', '1004', '1005'].map(accountId)
const NONE = { writes: 0, urgent: 0 }
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
const sent = (results: readonly unknown[]): number => results.filter((one) => one === 'sent').length
const countOf = (admitted: readonly Admitted[], account: AccountId): number =>
  admitted.filter((one) => one.account === account).length

/** One that does not answer until it is told to, and remembers what it was asked. */
function hangingStore() {
  const under = memoryLimits()
  const asked: string[] = []
  const never = new Promise<void>(() => {})
  let hangs = never
  const store: LimitStore = {
    async read(scope) {
      asked.push(scope)
      await hangs
      return under.read(scope)
    },
    async write(...all) {
      await hangs
      return under.write(...all)
    },
  }
  const answers = (does = true) => {
    hangs = does ? Promise.resolve() : never
  }
  return { store, asked, answers }
}

function stage(over: Parameters<typeof limit>[0] = {}) {
  const hanging = hangingStore()
  const time = virtualTime()
  const { worker, send, admitted } = team([limit(over)], { time, store: hanging.store })
  const start = time.clock.now()
  return { ...hanging, time, send, admitted, mine: worker(), since: () => time.clock.now() - start }
}

const pause: LimitedRequest = { use: 'urgent', account: A }
const read: LimitedRequest = { use: 'read', account: A }

describe('a store that does not answer', () => {
  test('holds a pause for half a second, and the nineteen behind it no longer', async () => {
    const { mine, send, time, admitted, since, asked } = stage()
    expect(sent(await time.run(Promise.all(times(20, () => send(mine, pause)))))).toBe(20)
    expect(new Set(admitted.map(({ at }) => at)).size).toBe(1)
    expect(since()).toBe(500)
    expect(asked).toHaveLength(1)
  })

  test('is not asked again for ten seconds, in which pauses go at once', async () => {
    const { mine, send, time, since, asked } = stage()
    await time.run(send(mine, pause))
    await time.run(time.sleep(9_999))
    expect(since()).toBe(10_499)
    expect(await time.run(send(mine, pause))).toBe('sent')
    expect([since(), asked.length]).toEqual([10_499, 1])
    await time.run(time.sleep(1))
    expect(await time.run(send(mine, pause))).toBe('sent')
    expect([since(), asked.length]).toEqual([11_000, 2])
  })

  test('is counted with again once it answers', async () => {
    const { mine, send, time, answers, asked } = stage({ most: 5, windowMs: HOUR_MS, reserved: NONE })
    await time.run(send(mine, pause))
    answers()
    await time.run(time.sleep(10_000))
    expect(await time.run(send(mine, pause))).toBe('sent')
    expect(asked.length).toBeGreaterThan(1)
    // Of five one is leased for the pause: four are left to read.
    expect(sent(await time.run(Promise.all(times(6, () => send(mine, read)))))).toBeLessThanOrEqual(4)
  })

  test('does not hold a pause whose answer says something of the quota, and that is remembered', async () => {
    const { mine, send, time, since } = stage()
    await time.run(mine.heard(pause, { kind: 'throttled', retryAfterMs: HOUR_MS }))
    expect(since()).toBe(500)
    expect(await time.run(send(mine, pause))).toBe('sent')
    await time.run(mine.heard(pause, { kind: 'throttled', retryAfterMs: HOUR_MS }))
    expect(since()).toBe(500)
  })

  test('keeps nobody from remembering what the platform said', async () => {
    const { mine, send, time, answers, since } = stage({ most: 100, windowMs: HOUR_MS })
    answers()
    // Leased are more than one, so that another could go without asking.
    await time.run(send(mine, read))
    answers(false)
    await time.run(mine.heard(read, { kind: 'throttled', retryAfterMs: HOUR_MS }))
    expect(since()).toBe(8_000)
    expect(await time.run(send(mine, read))).toMatchObject({ kind: 'rate-limited' })
  })

  test.each(['read', 'write'] as const)(
    'refuses to %s after eight seconds, all that are in line together',
    async (use) => {
      const { mine, send, time, since, asked } = stage()
      const results = await time.run(Promise.all(times(20, () => send(mine, { use, account: A }))))
      for (const result of results) expect(result).toMatchObject({ kind: 'transient' })
      expect(results[0]).toMatchObject({ detail: expect.stringContaining('no answer within 8000 ms') })
      expect([since(), asked.length]).toEqual([8_000, 1])
      // Two seconds later it may answer again.
      await time.run(time.sleep(2_000))
      await time.run(send(mine, { use, account: A }))
      expect(asked).toHaveLength(2)
    },
  )

  test('holds no pause behind a read that waits for it', async () => {
    const { mine, send, time, admitted } = stage()
    const reading = send(mine, read)
    await time.run(time.sleep(100))
    const from = time.clock.now()
    await time.run(send(mine, pause))
    expect(admitted[0]!.at - from).toBe(500)
    await time.run(reading)
  })

  test('is given up by the machine’s timer, which is gone when the store answers', async () => {
    await expect(withinTime(new Promise(() => {}), 1)).rejects.toThrow('no answer within 1 ms')
    await expect(withinTime(Promise.resolve(7), MINUTE_MS)).resolves.toBe(7)
    await expect(withinTime(Promise.reject(new Error('down')), MINUTE_MS)).rejects.toThrow('down')
  })
})

/** TikTok's basic level. */
const tenPerSecond = limit({ most: 10, reserved: { writes: 0.2, urgent: 0.1 } })

describe('waiting in line', () => {
  test.each(['read', 'write', 'urgent'] as const)('to %s is in the order in which they came', async (use) => {
    const { worker, send, time, admitted } = team([tenPerSecond])
    const mine = worker()
    const order: number[] = []
    await time.run(
      Promise.all(times(40, async (i) => (await send(mine, { use, account: A })) === 'sent' && order.push(i))),
    )
    expect(order).toEqual(times(40, (i) => i))
    expect(busiest(admitted, tenPerSecond)).toBeLessThanOrEqual(10)
  })

  test('is in that order also for those who come while others wait', async () => {
    const { worker, send, time } = team([tenPerSecond])
    const mine = worker()
    const order: number[] = []
    const all = times(60, async (i) => {
      await time.sleep(i * 37)
      if ((await send(mine, read)) === 'sent') order.push(i)
    })
    await time.run(Promise.all(all))
    expect(order).toEqual(times(60, (i) => i))
  })

  describe('leaves room that comes free to who came first', () => {
    /** Two are sent, and the first of them makes room for one at 1,000 ms. */
    async function contested(first: LimitedRequest, second: LimitedRequest) {
      const { worker, send, time, admitted } = team([limit({ most: 2, reserved: NONE })])
      const mine = worker()
      const start = time.clock.now()
      // Whose limits are not known yet would be a moment later.
      await time.run(
        mine.heard({ use: 'read', account: B }, { kind: 'usage', usedShare: 0, clearAfterMs: 0, whose: 'account' }),
      )
      const at = async (ms: number, request: LimitedRequest) => {
        await time.sleep(ms)
        await send(mine, request)
      }
      // Who comes at that very instant is set up before who waits for it.
      await time.run(Promise.all([at(1_000, second), at(0, read), at(900, read), at(950, first)]))
      return admitted.slice(2).map(({ use, account, at }) => `${use} ${account} ${at - start}`)
    }

    test.each([
      ['of the same account', read, { ...read, kind: 'a kind' }, ['read 1001 1000', 'read 1001 1900']],
      ['of another account', read, { ...read, account: B }, ['read 1001 1000', 'read 1002 1900']],
      ['that reads, when it is a pause', pause, { ...read, account: B }, ['urgent 1001 1000', 'read 1002 1900']],
      [
        'that is a pause, as the first of pauses',
        pause,
        { ...pause, account: B },
        ['urgent 1001 1000', 'urgent 1002 1900'],
      ],
    ])('before one %s', async (_name, first, second, order) => {
      expect(await contested(first, second)).toEqual(order)
    })

    test('but to a pause before all that read', async () => {
      expect(await contested(read, pause)).toEqual(['urgent 1001 1000', 'read 1001 1900'])
    })
  })

  test('ends when there is room, however long others wait for a slow store', async () => {
    const own = limit({ name: 'per account', per: 'account', most: 2, reserved: NONE })
    const time = virtualTime()
    const { worker, send } = team([own], { time, store: slowStore(time, [400]), longestWaitMs: MINUTE_MS })
    const mine = worker()
    await time.run(Promise.all([send(mine, read), send(mine, read)]))
    const start = time.clock.now()
    const third = send(mine, read)
    const others = times(40, (i) => send(mine, { use: 'read', account: accountId(String(2001 + i)) }))
    expect(await time.run(third)).toBe('sent')
    // A second for room, and the 1,200 ms of the store that somebody else is waiting for just then.
    expect(time.clock.now() - start).toBeLessThanOrEqual(2_200)
    expect(sent(await time.run(Promise.all(others)))).toBe(40)
  })

  test('comes to an end where the clock stands still', async () => {
    let sleeps = 0
    const limiter = openLimiter({
      application: 'a',
      limits: { limits: [tenPerSecond], throttles: 'application' },
      store: memoryLimits(),
      clock: virtualTime().clock,
      sleep: () => (++sleeps < 1_000 ? Promise.resolve() : new Promise(() => {})),
    })
    const all = await Promise.allSettled(times(20, () => limiter.admit(read)))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(7)
    expect(sleeps).toBeLessThan(1_000)
  })

  test('goes round the accounts: one request of B is not behind a hundred of A', async () => {
    const { worker, send, time, admitted } = team([tenPerSecond])
    const mine = worker()
    const all = times(100, () => send(mine, read))
    await time.run(Promise.all([...all, send(mine, { ...read, account: B })]))
    expect(admitted.findIndex(({ account }) => account === B)).toBeLessThan(20)
  })

  test('gives five accounts with sixty pauses each their turns evenly', async () => {
    const { worker, send, time, admitted } = team([tenPerSecond], { longestWaitMs: MINUTE_MS })
    const mine = worker()
    const all = ACCOUNTS.flatMap((account) => times(60, () => send(mine, { use: 'urgent', account })))
    expect(sent(await time.run(Promise.all(all)))).toBe(300)
    // Half of 300 are 30 of each.
    for (const account of ACCOUNTS)
      expect(Math.abs(countOf(admitted.slice(0, 150), account) - 30)).toBeLessThanOrEqual(2)
    expect(busiest(admitted, tenPerSecond)).toBeLessThanOrEqual(10)
  })

  test('starves nobody among accounts that ask one request after the other', async () => {
    const { worker, send, time, admitted } = team([tenPerSecond])
    const mine = worker()
    const start = time.clock.now()
    const asking = ACCOUNTS.map(async (account) => {
      while (time.clock.now() < start + 60_000) expect(await send(mine, { use: 'read', account })).toBe('sent')
    })
    await time.run(Promise.all(asking))
    const counts = ACCOUNTS.map((account) => countOf(admitted, account))
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2)
  })

  test('for an account’s own limit holds back no other account', async () => {
    const own = limit({ name: 'per account', per: 'account', most: 2, windowMs: 3_000, reserved: NONE })
    const { worker, send, time, admitted } = team([own])
    const mine = worker()
    const all = times(4, () => send(mine, pause))
    await time.run(time.sleep(100))
    const start = time.clock.now()
    await time.run(Promise.all([...all, send(mine, { ...pause, account: B })]))
    expect(admitted.find(({ account }) => account === B)!.at).toBe(start)
  })

  test('for a kind of requests that is full holds back no other kind', async () => {
    const reports = limit({ kind: 'reports', most: 2, windowMs: 3_000, reserved: NONE })
    const { worker, send, time } = team([reports])
    const mine = worker()
    const full = times(3, () => send(mine, { ...read, kind: 'reports' }))
    await time.run(time.sleep(100))
    const start = time.clock.now()
    expect(await time.run(send(mine, read))).toBe('sent')
    expect(time.clock.now()).toBe(start)
    await time.run(Promise.all(full))
  })

  test('is in that order also where room in hand is enough for the later one only', async () => {
    const time = virtualTime()
    const { worker, send } = team([limit({ most: 100, reserved: NONE })], { time, store: slowStore(time, [200]) })
    const mine = worker()
    // A lease of two, one of which is left.
    await time.run(send(mine, read))
    const order: string[] = []
    const large = send(mine, { ...read, cost: 3 }).then(() => order.push('three'))
    await time.run(Promise.all([large, send(mine, read).then(() => order.push('one'))]))
    expect(order).toEqual(['three', 'one'])
  })

  test('is done too by one that counts as three, while those that count as one wait without end', async () => {
    const time = virtualTime()
    const start = time.clock.now()
    // One comes free each second.
    let used = 0
    const lines = openLines({
      clock: time.clock,
      sleep: time.sleep,
      longestWaitMs: HOUR_MS,
      drawn({ cost = 1 }) {
        const isRoom = used + cost <= (time.clock.now() - start) / 1_000
        if (isRoom) used += cost
        return isRoom
      },
      tried: async () => ({
        kind: 'throttled',
        until: later(start, (Math.floor((time.clock.now() - start) / 1_000) + 1) * 1_000),
        why: 'full',
        holdsBack: () => true,
      }),
      ahead: () => undefined,
      late: () => new Error('late'),
    })
    const isOver = () => time.clock.now() >= start + 20_000
    const small = [B, accountId('1003')].map(async (account) => {
      while (!isOver()) await lines.admit({ use: 'read', account })
    })
    await time.run(lines.admit({ ...read, cost: 3 }))
    // One of the small ones, or both, have had a turn before; then it saves up its three.
    expect(time.clock.now() - start).toBeLessThanOrEqual(5_000)
    await time.run(Promise.all(small))
  })

  test('lets pauses ahead: while they wait for room, no read that comes takes it', async () => {
    const { worker, send, time, admitted } = team([tenPerSecond])
    const mine = worker()
    const start = time.clock.now()
    const reading = ACCOUNTS.map(async (account) => {
      while (time.clock.now() < start + 40_000) await send(mine, { use: 'read', account })
    })
    await time.run(time.sleep(5_000))
    const from = time.clock.now()
    expect(sent(await time.run(Promise.all(times(60, () => send(mine, pause)))))).toBe(60)
    const until = time.clock.now()
    // Sixty at ten a second, once the leases for reading have stopped counting.
    expect(until - from).toBeLessThan(15_000)
    const last = from + 1_000
    const between = admitted.filter(({ use, at }) => use === 'read' && at > last && at < until)
    expect(between).toEqual([])
    await time.run(Promise.all(reading))
    expect(busiest(admitted, tenPerSecond)).toBeLessThanOrEqual(10)
    // Reading goes on after them.
    expect(admitted.filter(({ use, at }) => use === 'read' && at > until).length).toBeGreaterThan(20)
  })

  test('keeps each to its own longest wait, however many stand before it', async () => {
    const { worker, send, time } = team([tenPerSecond])
    const mine = worker()
    const start = time.clock.now()
    const results = await time.run(Promise.all(times(400, () => send(mine, read))))
    expect(time.clock.now() - start).toBeLessThanOrEqual(15_000)
    // Seven a second for fifteen seconds, less what leases that are over keep for a second.
    expect(sent(results)).toBeGreaterThan(60)
    expect(results.at(-1)).toMatchObject({ kind: 'rate-limited' })
  })
})
