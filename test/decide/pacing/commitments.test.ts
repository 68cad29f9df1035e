import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CommitmentFloor,
  type CommittedBudget,
  type CommittedGroup,
  commitmentFloors,
  commitmentOn,
  spentTowards,
} from '../../../lib/decide/pacing/commitments.ts'
import { accountRef } from '../../../lib/model/account.ts'
import type { Commitment, Selection } from '../../../lib/model/policy.ts'
import { type AccountDate, accountDate, addDays } from '../../../lib/units/calendar.ts'
import { dice } from '../../measure/dice.ts'
import { aCampaign } from '../../model/samples.ts'
import { euros } from '../samples.ts'

const FROM = accountDate('2026-09-01')

const promise = (name: string, atLeast: number, by: string, match: Selection = {}, from?: string): Commitment => ({
  name,
  match,
  atLeast: euros(atLeast),
  by: accountDate(by),
  ...(from ? { from: accountDate(from) } : {}),
})
const budget = (name: string, spend: number, over: Partial<CommittedBudget> = {}): CommittedBudget => ({
  id: name,
  subject: { account: accountRef('meta', '1'), fed: [{ campaign: aCampaign('7', { name }), class: 'prospecting' }] },
  spend,
  ...over,
})

interface Ask {
  readonly today?: string
  readonly spent?: Readonly<Record<string, number>>
  readonly budgets?: readonly CommittedBudget[]
  readonly noise?: number
}
const floors = (
  commitments: readonly Commitment[],
  { today = '2026-09-01', spent = {}, budgets, noise = 0 }: Ask = {},
) =>
  commitmentFloors({
    commitments,
    flightFrom: FROM,
    today: accountDate(today),
    budgets: budgets ?? [budget('TV brand', 60), budget('TV shop', 40)],
    spent: new Map(Object.entries(spent)),
    stepUp: 0.2,
    noise,
  })
const floor = (commitment: Commitment, ask?: Ask): CommitmentFloor => floors([commitment], ask)[0]!

describe('what a commitment asks of today', () => {
  test.each<[why: string, commitment: Commitment, ask: Ask, wanted: Partial<CommitmentFloor>]>([
    [
      'is an even part of what is missing',
      promise('TV', 1000, '2026-09-10'),
      {},
      { members: ['TV brand', 'TV shop'], atLeast: 100, need: 1000, isFeasible: true, shortfall: 0 },
    ],
    [
      'less what was spent',
      promise('TV', 1000, '2026-09-10'),
      { today: '2026-09-06', spent: { TV: 600 } },
      { atLeast: 80 },
    ],
    [
      'is nothing when it is met',
      promise('TV', 1000, '2026-09-10'),
      { spent: { TV: 1000 } },
      { atLeast: 0, why: '"TV" is met' },
    ],
    [
      'is all of it on the last day',
      promise('TV', 1000, '2026-09-10'),
      { today: '2026-09-10', spent: { TV: 900 } },
      { atLeast: 100 },
    ],
    [
      // Even: 150 a day. 120 and 144 are the most of the first two days: the other eight make it up.
      'grows by the largest step while the pace is out of reach',
      promise('TV', 1500, '2026-09-10'),
      {},
      { atLeast: 120, isFeasible: true },
    ],
    [
      // 2.33 × 0.1 / √10 = 7.4 % more, as days may spend less than planned.
      'has a margin for days that spend less',
      promise('TV', 1000, '2026-09-10'),
      { noise: 0.1 },
      { atLeast: expect.closeTo(100 * (1 + 0.233 / Math.sqrt(10)), 6) as unknown as number },
    ],
  ])('%s', (_why, commitment, ask, wanted) => expect(floor(commitment, ask)).toMatchObject(wanted))

  test('is named with its shortfall when it cannot be met', () => {
    // 120 + 144 + 8 × 150 = 1,464.
    const found = floor(promise('TV', 2000, '2026-09-10'), { budgets: [budget('TV', 100, { atMost: 150 })] })
    expect(found).toMatchObject({ atLeast: 120, isFeasible: false })
    expect(found.reachable).toBeCloseTo(1464, 6)
    expect(found.why).toBe(
      '"TV" will miss 536.00 of the 2000.00 that it still needs by 2026-09-10: its campaigns can spend 1464.00 at most, even at the largest steps, as one budget can be no larger (guardrails.maxDailyBudget, bounds, or not moved): lift what limits it, lower its atLeast or move its by',
    )
  })

  test('is named when nobody counts towards it', () => {
    expect(floor(promise('TV', 500, '2026-09-10', { name: 'radio' }))).toMatchObject({
      members: [],
      atLeast: 0,
      isFeasible: false,
      shortfall: 500,
    })
  })

  test('leaves out days on which a budget is not in the portfolio', () => {
    // One leaves after five days, and the other spends 50 at most: 5 × 70 while both are there, 5 × 50 after.
    const budgets = [
      budget('TV a', 100, { atMost: 100, to: accountDate('2026-09-05') }),
      budget('TV b', 50, { atMost: 50 }),
    ]
    expect(floor(promise('TV', 600, '2026-09-10'), { budgets })).toMatchObject({ atLeast: 70, isFeasible: true })
  })

  test('counts on a launch from the day on which it comes', () => {
    // Day 6 to 10: 50 × (1 + 1.2 + 1.44 + 1.728 + 2.0736) = 372.
    const budgets = [budget('TV launch', 50, { from: accountDate('2026-09-06') })]
    const found = floor(promise('TV', 500, '2026-09-10'), { budgets })
    expect(found).toMatchObject({ members: [], atLeast: 0 })
    expect(found.reachable).toBeCloseTo(372.08, 6)
  })

  test('begins before its first day when budgets could not get there otherwise', () => {
    // Left on the 3rd, it comes to 144 + 172.80 on the two days that count; raised on the 3rd too, to 172.80 + 207.36.
    const commitment = promise('TV', 370, '2026-09-06', {}, '2026-09-05')
    const one = [budget('TV', 100)]
    expect(floor(commitment, { today: '2026-09-03', budgets: one })).toMatchObject({
      members: ['TV'],
      atLeast: 120,
      isFeasible: true,
    })
    expect(floor(commitment, { today: '2026-09-02', budgets: one })).toMatchObject({
      members: [],
      atLeast: 0,
      isFeasible: true,
    })
  })

  test('is no more when its date has passed', () => {
    expect(floors([promise('TV', 1000, '2026-09-10')], { today: '2026-09-11' })).toEqual([])
  })
})

describe('a budget counts towards one commitment', () => {
  const shop = promise('Shop', 500, '2026-09-10', { name: 'shop' })
  const all = promise('All', 500, '2026-09-10')
  const september = promise('September', 500, '2026-09-30')
  const october = promise('October', 500, '2026-10-31')

  test('the first that fits', () => {
    expect(floors([shop, all]).map(({ name, members }) => [name, members])).toEqual([
      ['Shop', ['TV shop']],
      ['All', ['TV brand']],
    ])
    expect(floors([all, shop]).map(({ name, members }) => [name, members])).toEqual([
      ['All', ['TV brand', 'TV shop']],
      ['Shop', []],
    ])
  })

  test('and the next when the first is over', () => {
    const { subject } = budget('TV shop', 1)
    expect(commitmentOn([september, october], FROM, subject, accountDate('2026-09-30'))?.name).toBe('September')
    expect(commitmentOn([september, october], FROM, subject, accountDate('2026-10-01'))?.name).toBe('October')
    expect(commitmentOn([september, october], FROM, subject, accountDate('2026-11-01'))).toBeUndefined()
  })

  test('and so does its spend', () => {
    const days = [
      { subject: budget('TV shop', 0).subject, date: accountDate('2026-09-02'), spend: 10 },
      { subject: budget('TV brand', 0).subject, date: accountDate('2026-09-02'), spend: 20 },
      { subject: budget('TV brand', 0).subject, date: accountDate('2026-08-31'), spend: 40 },
    ]
    expect([...spentTowards([shop, all], FROM, days)]).toEqual([
      ['Shop', 10],
      ['All', 20],
    ])
  })
})

describe('commitments, by law', () => {
  const someBudgets = fc.array(
    fc.record({
      spend: fc.integer({ min: 1, max: 500 }),
      room: fc.integer({ min: 0, max: 300 }),
      end: fc.integer({ min: -2, max: 40 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  const made = (raw: readonly { spend: number; room: number; end: number }[], by = 1): readonly CommittedBudget[] =>
    raw.map(({ spend, room, end }, i) =>
      budget(`B${i}`, spend * by, { atMost: (spend + room) * by, ...(end < 30 ? { to: addDays(FROM, end) } : {}) }),
    )

  test('scale with all money, and do not depend on the order of budgets', () => {
    fc.assert(
      fc.property(someBudgets, fc.integer({ min: 1, max: 20_000 }), (raw, atLeast) => {
        const plain = floor(promise('P', atLeast, '2026-09-20'), { budgets: made(raw), noise: 0.1 })
        const large = floor(promise('P', 100 * atLeast, '2026-09-20'), { budgets: made(raw, 100), noise: 0.1 })
        expect(large.atLeast).toBeCloseTo(100 * plain.atLeast, 4)
        expect(large.shortfall).toBeCloseTo(100 * plain.shortfall, 4)
        const turned = floor(promise('P', atLeast, '2026-09-20'), { budgets: made(raw).toReversed(), noise: 0.1 })
        expect({ ...turned, members: turned.members.toSorted() }).toEqual({
          ...plain,
          members: plain.members.toSorted(),
        })
      }),
    )
  })

  test('never ask of today what the largest step does not reach', () => {
    fc.assert(
      fc.property(someBudgets, fc.integer({ min: 1, max: 50_000 }), (raw, atLeast) => {
        const { atLeast: asked } = floor(promise('P', atLeast, '2026-09-20'), { budgets: made(raw), noise: 0.1 })
        const most = raw
          .filter(({ end }) => end >= 0)
          .reduce((sum, { spend, room }) => sum + Math.min(spend * 1.2, spend + room), 0)
        expect(asked).toBeLessThanOrEqual(most + 1e-6)
      }),
    )
  })
})

describe('100,000 by day 60, from budgets of 1,000 a day', () => {
  /** What is spent by the date when every day spends no more than what is asked, within ±20 %, by platforms at random. */
  const flown = (seed: number): { readonly spent: number; readonly days: readonly number[] } => {
    const roll = dice(seed)
    const commitment = promise('Big', 100_000, addDays(FROM, 59))
    let level = 1000
    let spent = 0
    const days: number[] = []
    for (let day = 0; day < 60; day++) {
      const today: AccountDate = addDays(FROM, day)
      const { atLeast } = floor(commitment, {
        today,
        spent: { Big: spent },
        budgets: [budget('TV', level)],
        noise: 0.12,
      })
      level = Math.min(1.2 * level, Math.max(0.8 * level, atLeast))
      days.push(level * (0.8 + 0.4 * roll()))
      spent += days.at(-1)!
    }
    return { spent, days }
  }

  test('is kept, with little more than was promised', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { spent } = flown(seed)
      expect(spent).toBeGreaterThanOrEqual(100_000)
      expect(spent).toBeLessThan(103_000)
    }
  })
})

describe('a commitment that something beside the steps keeps from being met', () => {
  const IN_TEN = promise('TV', 2000, '2026-09-10')
  const told = (budgets: readonly CommittedBudget[], groups: readonly CommittedGroup[] = []): CommitmentFloor =>
    commitmentFloors({
      commitments: [IN_TEN],
      flightFrom: FROM,
      today: FROM,
      budgets,
      spent: new Map(),
      ...{ stepUp: 0.2, stepDown: 0.2, noise: 0, groups },
    })[0]!
  const group = (over: Partial<CommittedGroup> = {}): CommittedGroup => ({
    ...{ name: 'tv', parent: -1, atMost: 150, detail: 'group "tv" gets at most 150.00 EUR a day (atMost)' },
    ...over,
  })

  test('says so of a group around it, which it never asks for more than', () => {
    const found = told([budget('TV', 100, { group: 0 })], [group()])
    // 120, 144 and eight days of 150.
    expect(found.reachable).toBeCloseTo(1464, 6)
    expect(found.atLeast).toBeCloseTo(120, 6)
    expect(found.why).toMatch(
      /will miss 536\.00 .*1464\.00 at most, .* as group "tv" gets at most 150\.00 EUR a day \(atMost\): lift/,
    )
  })

  test('counts the group around that group as well', () => {
    const around = [group({ name: 'all', atMost: 110 }), group({ parent: 0 })]
    expect(told([budget('TV', 100, { group: 1 })], around).reachable).toBeCloseTo(1100, 6)
  })

  test('counts a budget above its largest as on its way down', () => {
    const found = told([budget('TV', 100, { atMost: 70 })])
    // 80 and nine days of 70.
    expect(found.reachable).toBeCloseTo(710, 6)
    expect(found.why).toMatch(/as one budget can be no larger/)
  })

  test.each<[why: string, over: Partial<CommittedBudget>, cause: RegExp]>([
    [
      'budgets that have ended by then',
      { to: accountDate('2026-09-04') },
      /one budget left by 2026-09-04 \(members\.to\)/,
    ],
    [
      'budgets that are not there yet',
      { from: accountDate('2026-09-08') },
      /not there before 2026-09-08 \(members\.from\)/,
    ],
  ])('says so of %s', (_why, over, cause) => {
    expect(told([budget('TV', 100, over)]).why).toMatch(cause)
  })
})
