import { describe, expect, test } from 'vitest'
import { accountKey } from '../../lib/model/account.ts'
import { decisionLever } from '../../lib/model/plan.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import {
  type AccountDate,
  accountDate,
  addDays,
  dateAt,
  type Instant,
  later,
  startOfDay,
} from '../../lib/units/calendar.ts'
import { liveUntil } from '../simulation/days.ts'
import { broken } from '../simulation/invariants.ts'
import { A, B, euros, type Rig, rig, statusOf } from '../simulation/rig.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Seen {
  readonly at: Instant
  readonly micros: bigint
}

/** What a budget stood at after every quarter of an hour. */
async function watched(stage: Rig, until: Instant): Promise<(account: typeof A, budget: string) => readonly Seen[]> {
  const seen = new Map<string, Seen[]>()
  await liveUntil(stage, until, () => {
    for (const own of stage.ads.accounts.values())
      for (const { id, micros } of own.budgets.values()) {
        const key = `${accountKey(own.account)}/${id}`
        seen.set(key, [...(seen.get(key) ?? []), { at: stage.now(), micros }])
      }
  })
  return (account, budget) => seen.get(`${accountKey(account)}/${budget}`) ?? []
}

const lastBefore = (seen: readonly Seen[], at: Instant): bigint => seen.findLast((one) => one.at < at)!.micros

interface Days {
  /** First and last day of the event. */
  readonly from: string
  readonly to: string
  readonly zones?: Readonly<Record<string, string>>
  readonly cap?: number
}

/** Two accounts, an approved event of four times from the third day on, and room for it. */
async function eventStage({ from, to, zones, cap = 8000 }: Days, policy: object = {}): Promise<Rig> {
  const first = addDays(accountDate(from), -3)
  const stage = await rig({
    cap,
    portfolioCap: 16_000,
    start: later(startOfDay(first, 'Europe/Berlin' as never), 6 * HOUR),
    ...(zones ? { zones } : {}),
    policy: {
      flight: { from: first, to: addDays(first, 20), total: '30000 EUR' },
      events: [{ name: 'fair', from, to, budgetFactor: 4 }],
      ...policy,
    },
  })
  await stage.ready()
  return stage
}

const zoneOf = (stage: Rig, account: typeof A) => stage.ads.accounts.get(accountKey(account))!.zone
const midnight = (stage: Rig, account: typeof A, date: AccountDate): Instant => startOfDay(date, zoneOf(stage, account))

describe('an approved event of four times', () => {
  test.each<[why: string, days: Days]>([
    ['', { from: '2026-06-05', to: '2026-06-06' }],
    [', on a day of 25 hours', { from: '2026-10-25', to: '2026-10-25' }],
    [', on a day of 23 hours', { from: '2026-03-29', to: '2026-03-29' }],
    [', on an account of another zone', { from: '2026-06-05', to: '2026-06-05', zones: { 2: 'America/Los_Angeles' } }],
    [', on an account half an hour aside', { from: '2026-06-05', to: '2026-06-05', zones: { 2: 'Asia/Kolkata' } }],
  ])('is there when the account’s day has begun, and gone when it is over%s', async (_why, days) => {
    const stage = await eventStage(days)
    const [from, after] = [accountDate(days.from), addDays(accountDate(days.to), 1)]
    const of = await watched(stage, later(midnight(stage, B, addDays(after, 1)), 0))
    for (const [account, budget] of [
      [A, '10'],
      [A, '12'],
      [B, '20'],
    ] as const) {
      const seen = of(account, budget)
      const [begins, ends] = [midnight(stage, account, from), midnight(stage, account, after)]
      const before = lastBefore(seen, begins)
      const during = seen.filter(({ at }) => at >= begins + 30 * MINUTE && at < ends)
      const returned = seen.filter(({ at }) => at >= ends + 30 * MINUTE && at < ends + HOUR)
      expect(new Set(during.map(({ micros }) => micros))).toEqual(new Set([4n * before]))
      expect(new Set(returned.map(({ micros }) => micros))).toEqual(new Set([before]))
      // Never in the minutes around midnight, on either day.
      const near = [begins, ends].flatMap((at) =>
        seen.filter((one) => Math.abs(one.at - at) < 30 * MINUTE && one.at >= at),
      )
      expect(new Set(near.map(({ micros }) => micros))).toEqual(new Set([before, 4n * before]))
    }
    expect(await broken(stage)).toEqual([])
  })

  test('goes as far as the account’s day cap lets it, all budgets alike, and says so', async () => {
    // 600 stand; 2,400 at twice would be 4,800: a cap of 3,000 leaves 900, half of the 1,800 that are asked for.
    const stage = await eventStage({ from: '2026-06-05', to: '2026-06-05', cap: 3000 }, { targets: 'leave' })
    const begins = midnight(stage, A, accountDate('2026-06-05'))
    const of = await watched(stage, later(begins, HOUR))
    const before = (['10', '11', '12'] as const).map((id) => lastBefore(of(A, id), begins))
    const standing = before.reduce((a, b) => a + b, 0n)
    const room = 1_500_000_000n - standing
    for (const [i, id] of ['10', '11', '12'].entries()) {
      const growth = stage.ads.micros(A, id)! - before[i]!
      const share = Number((3n * before[i]! * room) / (3n * standing))
      expect(Math.abs(Number(growth) - share)).toBeLessThan(10_001)
    }
    const header = (await stage.loop.plans.recent(stage.policy.policy.portfolio, 9)).find(
      ({ madeAt }) => madeAt >= begins,
    )!
    const decision = (await stage.loop.plans.decisions(header)).find((one) => decisionLever(one).id === '10')
    expect(decision).toMatchObject({ kind: 'change', binding: [{ name: 'event' }, { name: 'account-cap' }] })
    expect(decision).toMatchObject({ why: expect.stringContaining('the account’s day cap leaves no more') })
    expect(await broken(stage)).toEqual([])
  })

  test('is left to whoever moves a budget during it, and not put back', async () => {
    const stage = await eventStage({ from: '2026-06-05', to: '2026-06-06' })
    const noon = later(midnight(stage, A, accountDate('2026-06-05')), 12 * HOUR)
    await liveUntil(stage, noon)
    stage.ads.human(A, '10', euros(300).micros)
    await liveUntil(stage, later(midnight(stage, A, accountDate('2026-06-08')), 0))
    expect(stage.ads.micros(A, '10')).toBe(euros(300).micros)
    expect((await stage.state(A, '10')).event).toEqual({ name: 'fair' })
    expect(await broken(stage)).toEqual([])
  })

  test('is made good on a later day where the pushes of the first were refused, and returns as ever', async () => {
    const stage = await eventStage({ from: '2026-06-05', to: '2026-06-07' })
    const [first, second] = [
      midnight(stage, A, accountDate('2026-06-05')),
      midnight(stage, A, accountDate('2026-06-06')),
    ]
    await liveUntil(stage, first)
    const before = stage.ads.micros(A, '10')!
    stage.ads.fate = () => 'refused'
    await liveUntil(stage, second)
    expect(stage.ads.micros(A, '10')).toBe(before)
    expect((await stage.state(A, '10')).event).toBeUndefined()
    stage.ads.fate = () => 'applied'
    await liveUntil(stage, later(second, 3 * HOUR))
    expect(stage.ads.micros(A, '10')).toBe(4n * before)
    await liveUntil(stage, later(midnight(stage, A, accountDate('2026-06-08')), HOUR))
    expect(stage.ads.micros(A, '10')).toBe(before)
    expect(await broken(stage)).toEqual([])
  })

  test('pushed by hand on the eve is dropped: it has not begun', async () => {
    const stage = await eventStage({ from: '2026-06-05', to: '2026-06-05' })
    await liveUntil(stage, later(midnight(stage, A, accountDate('2026-06-05')), -3 * HOUR))
    const [from, to] = [stage.ads.micros(A, '10')!, 4n * stage.ads.micros(A, '10')!]
    const lever = { account: A, kind: 'daily-budget', entity: 'budget', id: '10' } as const
    const amount = (micros: bigint) => ({ kind: 'money', amount: { ...euros(0), micros } }) as const
    await stage.plan([], {
      occasion: 'correction',
      settings: [{ lever, from: amount(from), to: amount(to) }],
      event: { name: 'fair', stoodAt: amount(from).amount },
    })
    await stage.run('act')
    expect(stage.ads.micros(A, '10')).toBe(from)
    expect(await broken(stage)).toEqual([])
  })
})

describe('a campaign whose last day has passed', () => {
  const members = [
    { name: 'campaign 12', class: 'prospecting', to: '2026-06-05' },
    { name: 'campaign 10', class: 'prospecting' },
    { name: 'campaign 11', class: 'prospecting' },
    { name: 'campaign 2', class: 'prospecting' },
  ]

  test.each(['Europe/Berlin', 'Asia/Kolkata', 'America/Los_Angeles'])(
    'is paused at the first tick of the account’s next day, in its dead zone, and not started again: %s',
    async (zone) => {
      const stage = await eventStage(
        { from: '2026-06-05', to: '2026-06-05', zones: { 1: zone } },
        { members, events: [] },
      )
      const ends = midnight(stage, A, accountDate('2026-06-06'))
      await liveUntil(stage, ends)
      expect(stage.ads.valueOf(statusOf(A, '12'))).toEqual({ kind: 'status', status: 'active' })
      await liveUntil(stage, later(ends, MINUTE))
      expect(stage.ads.valueOf(statusOf(A, '12'))).toEqual({ kind: 'status', status: 'paused' })
      await liveUntil(stage, later(ends, 48 * HOUR))
      expect(stage.ads.settings).toHaveLength(1)
      const early = stage.ads.sent.filter(
        ({ at, change }) => at >= ends && at < ends + 30 * MINUTE && change.lever.account.id === '1',
      )
      expect(early.map(({ change }) => change.lever.kind)).toEqual(['status'])
      expect(await broken(stage)).toEqual([])
    },
  )

  test('is paused at that tick though nothing could be read of the account since the evening before', async () => {
    const stage = await eventStage({ from: '2026-06-05', to: '2026-06-05' }, { members, events: [] })
    const ends = midnight(stage, A, accountDate('2026-06-06'))
    await liveUntil(stage, later(ends, -6 * HOUR))
    stage.ads.trouble = (method, account) =>
      account.id === A.id && method === 'performance' ? { kind: 'transient', detail: 'no reports' } : undefined
    await liveUntil(stage, later(ends, MINUTE), () => {}, ['pull', 'guard'])
    expect(stage.ads.valueOf(statusOf(A, '12'))).toEqual({ kind: 'status', status: 'paused' })
    await liveUntil(stage, later(ends, 24 * HOUR), () => {}, ['pull', 'guard'])
    const after = stage.ads.sent.filter(({ at, change }) => at >= ends && change.lever.account.id === A.id)
    expect(after.map(({ change }) => change.lever.kind)).toEqual(['status'])
    expect(await broken(stage)).toEqual([])
  })

  test('is not paused in the last minutes of its last day by a plan of that evening', async () => {
    // Berlin’s daily decision at 01:30 is 19:30 of the day before in New York: pushed when New York’s next day begins.
    const stage = await eventStage(
      { from: '2026-06-05', to: '2026-06-05', zones: { 1: 'America/New_York' } },
      { members, events: [] },
    )
    const ends = midnight(stage, A, accountDate('2026-06-06'))
    await liveUntil(stage, ends)
    expect(stage.ads.valueOf(statusOf(A, '12'))).toEqual({ kind: 'status', status: 'active' })
    await liveUntil(stage, later(ends, MINUTE))
    expect(stage.ads.valueOf(statusOf(A, '12'))).toEqual({ kind: 'status', status: 'paused' })
  })

  test('runs on for as long as a person’s edit is left alone, where somebody starts it again', async () => {
    const stage = await eventStage({ from: '2026-06-05', to: '2026-06-05' }, { members, events: [] })
    const ends = midnight(stage, A, accountDate('2026-06-06'))
    await liveUntil(stage, later(ends, 2 * HOUR))
    stage.ads.humanSets(statusOf(A, '12'), { kind: 'status', status: 'active' })
    await liveUntil(stage, later(ends, 72 * HOUR))
    expect(stage.ads.valueOf(statusOf(A, '12'))).toEqual({ kind: 'status', status: 'active' })
    const header = (await stage.loop.plans.recent(stage.policy.policy.portfolio, 9))[0]!
    const held = (await stage.loop.plans.decisions(header)).find((one) => decisionLever(one).kind === 'status')
    expect(held).toMatchObject({ kind: 'hold', reason: 'human-hold' })
    expect(dateAt(stage.now(), zoneOf(stage, A))).toBe('2026-06-09')
  })

  test('runs on where another portfolio has it by now', async () => {
    const stage = await eventStage({ from: '2026-06-05', to: '2026-06-05' }, { members, events: [] })
    const other = {
      ...stage.written,
      portfolio: 'other',
      events: [],
      members: [{ ...members[0], from: '2026-06-06', to: '2026-06-20' }],
    }
    await stage.loop.policies.put(policyFrom(other, 'another policy'), 'test', stage.now())
    await liveUntil(stage, later(midnight(stage, A, accountDate('2026-06-06')), 3 * HOUR))
    expect(stage.ads.valueOf(statusOf(A, '12'))).toEqual({ kind: 'status', status: 'active' })
  })
})
