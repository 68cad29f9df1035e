import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Development, type LagEstimate, learnLag, visibleShare } from '../../../lib/measure/lag/development.ts'
import { LAG_DAYS, type LagSource, lagSources } from '../../../lib/measure/lag/source.ts'
import type { AccountKey } from '../../../lib/model/account.ts'
import type { Revision } from '../../../lib/model/history.ts'
import { type AccountDate, addDays, daysBetween } from '../../../lib/units/calendar.ts'
import { dice } from '../dice.ts'
import { anObservation, RULE, TODAY } from '../samples.ts'
import { simulate } from './market.ts'

const reading = (dayAge: number, ageDays: number, count: number, value = 50 * count, rule = RULE): Revision => ({
  date: addDays(TODAY, -dayAge),
  ageDays,
  conversions: { [rule]: { count, valueMicros: BigInt(Math.round(value * 1e6)) } },
})

const source = (revisions: readonly (readonly Revision[])[], over: Partial<LagSource> = {}): LagSource => ({
  account: 'google-ads:1' as AccountKey,
  rule: RULE,
  revisions,
  lastReadOn: TODAY,
  ...over,
})

const learn = (revisions: readonly (readonly Revision[])[], over: Partial<LagSource> = {}): LagEstimate =>
  learnLag([source(revisions, over)])[0]!

/** What remains of readings made every day where only ages up to `followed` are looked at, but for the deep dates. */
function seenBy(own: readonly Revision[], followed: number, deep: readonly AccountDate[]): readonly Revision[] {
  return [...Map.groupBy(own, ({ date }) => date)].flatMap(([date, all]) => {
    const ages = deep.map((read) => daysBetween(date, read)).filter((age) => age > followed)
    const late = ages
      .toSorted((a, b) => a - b)
      .flatMap((ageDays) => {
        const last = all.findLast((one) => one.ageDays <= ageDays)
        return last ? [{ ...last, ageDays }] : []
      })
    return [...all.filter(({ ageDays }) => ageDays <= followed), ...late]
  })
}

const ratio = ({ visible }: Development, a: number, b: number): number => visible[a]! / visible[b]!
/** One reading a day of a day that was first read at age 1. */
const daily = (dayAge: number, counts: readonly number[]): readonly Revision[] =>
  counts.map((count, i) => reading(dayAge, i + 1, count))

describe('development before anything was read', () => {
  test('by click day: 55 % at once of what is not returned in the end, 3 % going back around day 12', () => {
    const { count, evidence } = learn([])
    expect(evidence).toBe(0)
    // Returned by age a: 1 − (1 + a/6) e^(−a/6), of 3 %; by 60 days 0.02998.
    const visible = (age: number): number =>
      1 - 0.45 * 0.75 ** Math.min(age, 31) - 0.03 * (1 - (1 + age / 6) * Math.exp(-age / 6))
    for (const age of [0, 1, 3, 7, 14, 30, 60]) expect(count.visible[age]).toBeCloseTo(visible(age) / visible(60), 9)
    expect(count.visible[0]).toBeCloseTo(0.567, 3)
  })

  test.each(['conversion', 'impression', 'mixed'])('by %s: nearly whole when the day is over', (basis) => {
    expect(learn([], { rule: `purchase|7c|0v|${basis}` }).count.visible[0]).toBeCloseTo(1, 2)
  })

  test('nothing is expected after the click window has closed', () => {
    const week = learn([], { rule: 'lead|7c|0v|click' }).count
    // The last clicks of the day have their seven days full on the eighth: then leads only go back.
    expect(week.visible[7]).toBeLessThan(week.visible[8]!)
    for (let age = 9; age <= LAG_DAYS; age++) expect(week.visible[age]).toBeLessThanOrEqual(week.visible[age - 1]!)
  })

  test('is less sure than one that was learned, and the surer the older the day', () => {
    const { count } = learn([])
    expect(count.logSd[1]).toBeGreaterThan(0.1)
    expect(count.logSd[LAG_DAYS]).toBe(0)
    for (let age = 1; age <= LAG_DAYS; age++) expect(count.logSd[age]).toBeLessThanOrEqual(count.logSd[age - 1]!)
  })
})

describe('development with readings', () => {
  test('is the chain ladder of a triangle worked by hand, and passes 1 where orders go back', () => {
    // In millions, so that the prior of 50 conversions does not show.
    const m = 1e6
    const triangle = [
      daily(5, [6 * m, 9 * m, 10 * m, 9 * m, 7 * m]),
      daily(4, [12 * m, 18 * m, 22 * m, 18 * m]),
      daily(3, [6 * m, 8 * m, 9 * m]),
      daily(2, [4 * m, 6 * m]),
      daily(1, [5 * m]),
    ]
    const { count } = learn(triangle, {}) // weights of reading dates:
    const w = (daysAgo: number): number => 2 ** (-daysAgo / 21)
    // Age 1 → 2, read on day d + 2: (6·w3 + 12·w2 + 6·w1 + 4·w0) before, (9·w3 + 18·w2 + 8·w1 + 6·w0) after.
    const before = 6 * w(3) + 12 * w(2) + 6 * w(1) + 4 * w(0)
    const after = 9 * w(3) + 18 * w(2) + 8 * w(1) + 6 * w(0)
    expect(ratio(count, 1, 2)).toBeCloseTo(before / after, 4)
    expect(ratio(count, 2, 3)).toBeCloseTo((9 * w(2) + 18 * w(1) + 8 * w(0)) / (10 * w(2) + 22 * w(1) + 9 * w(0)), 4)
    expect(ratio(count, 4, 5)).toBeCloseTo(9 / 7, 4)
    expect(count.visible[3]).toBeGreaterThan(1.2)
    expect(count.visible[LAG_DAYS]).toBe(1)
  })

  test('tells what comes from what goes: 100 more and 100 fewer are not nothing', () => {
    const still = learn([daily(10, [1000, 1000, 1000]), daily(10, [1000, 1000, 1000])]).count
    const moving = learn([daily(10, [1000, 1100, 1100]), daily(10, [1000, 900, 900])]).count
    expect(ratio(moving, 1, 2)).toBeCloseTo(ratio(still, 1, 2), 2)
    expect(moving.kept[1]).toBeLessThan(0.96)
    expect(still.kept[1]).toBeGreaterThan(0.985)
  })

  test('follows value apart from counts: where dear orders go back, value shrinks more', () => {
    const days = [1, 2, 3].map((campaign) => [
      reading(20, 1, 1000 * campaign, 100_000 * campaign),
      reading(20, 8, 900 * campaign, 60_000 * campaign),
    ])
    const { count, value, valuePerConversion } = learn(days)
    expect(ratio(count, 1, 8)).toBeGreaterThan(1.05)
    expect(ratio(value, 1, 8)).toBeGreaterThan(1.4)
    expect(valuePerConversion).toBeGreaterThan(60)
    expect(valuePerConversion).toBeLessThan(100)
  })

  test('a day that was not read again stood still; one that nobody looked at did not', () => {
    const read = Array.from({ length: 20 }, (_, i) => addDays(TODAY, i - 19))
    const still = learn([[reading(20, 1, 1000)]], { readOn: read }).count
    const unseen = learn([[reading(20, 1, 1000)]], { followedDays: 1 }).count
    expect(ratio(still, 1, 20)).toBeGreaterThan(0.95)
    expect(unseen.visible).toEqual(learn([]).count.visible)
  })

  test('gaps in reading blur the ages and leave the sum: surely less sure', () => {
    const spec = { seed: 5, campaigns: 12, days: 80, orders: 20 }
    const every = learnLag([simulate(spec).source])[0]!.count
    const third = learnLag([simulate({ ...spec, isRead: (daysAgo) => daysAgo % 3 === 0 }).source])[0]!.count
    for (const age of [1, 3, 7, 14, 30]) expect(third.visible[age]).toBeCloseTo(every.visible[age]!, 1)
    expect(third.logSd[3]).toBeGreaterThan(1.2 * every.logSd[3]!)
  })

  test('readings that look far back once a week tell of late returns as daily ones do', () => {
    const { source: every } = simulate({ seed: 9, campaigns: 12, days: 85, orders: 30, returned: 0.3 })
    const deepReadOn = Array.from({ length: 13 }, (_, i) => addDays(TODAY, -6 - 7 * i))
    const weekly = { ...every, revisions: every.revisions.map((own) => seenBy(own, 8, deepReadOn)), followedDays: 8 }
    const [daily_, deep, still] = [every, { ...weekly, deepReadOn }, { ...weekly, followedDays: LAG_DAYS }].map(
      (one) => learnLag([one])[0]!.count,
    )
    const off = (one: Development): number =>
      Math.max(...[1, 4, 8, 14, 20].map((age) => Math.abs(one.visible[age]! / daily_!.visible[age]! - 1)))
    expect(daily_!.visible[8]).toBeGreaterThan(1.3)
    expect(off(deep!)).toBeLessThan(0.025)
    expect(deep!.logSd[8]).toBeGreaterThan(daily_!.logSd[8]!)
    // Days that nobody looked at, taken for days that stood still: the returns come too late, and are too few.
    expect(off(still!)).toBeGreaterThan(0.05)
  })

  test('… of a small account within four weeks: what came in between is known as a sum, if not when', () => {
    const { source: every } = simulate({ seed: 4, campaigns: 6, days: 60, orders: 5, returned: 0.3 })
    const deepReadOn = [1, 8, 15, 22].map((ago) => addDays(TODAY, -ago))
    const young = every.revisions.map((own) =>
      seenBy(own, 8, deepReadOn).filter(({ date, ageDays }) => addDays(date, ageDays) > addDays(TODAY, -28)),
    )
    const [whole, weekly] = [every, { ...every, revisions: young, followedDays: 8, deepReadOn }].map(
      (one) => learnLag([one])[0]!.count,
    )
    expect(whole!.visible[8]).toBeGreaterThan(1.3)
    expect(weekly!.visible[8]! / whole!.visible[8]!).toBeGreaterThan(0.93)
  })

  test('a platform’s own lag buckets count while there is little else, returns included', () => {
    const slow = [
      { fromDays: 0, toDays: 1, conversions: 200 },
      { fromDays: 1, toDays: 7, conversions: 200 },
      { fromDays: 7, toDays: 30, conversions: 600 },
      { fromDays: 10, toDays: 20, conversions: -200 },
    ]
    const told = learn([], { buckets: slow }).count
    expect(told.visible[1]).toBeLessThan(0.45)
    expect(told.kept[7]).toBeLessThan(0.9)
  })

  test('a change of lag is followed: the shorter the memory the faster', () => {
    const before = simulate({ seed: 1, campaigns: 8, days: 90, orders: 20, sameDay: 0.8, returned: 0 })
    const since = simulate({ seed: 2, campaigns: 8, days: 21, orders: 20, sameDay: 0.4, returned: 0 })
    const old = addDays(TODAY, -21)
    const both = before.source.revisions.map((own, i) => [
      ...own.filter(({ date }) => date < old),
      ...since.source.revisions[i]!,
    ])
    const share = (halfLifeDays: number): number => learnLag([source(both)], { halfLifeDays })[0]!.count.visible[1]!
    expect(share(21)).toBeLessThan(0.62)
    expect(share(7)).toBeLessThan(0.5)
    expect(share(7)).toBeGreaterThan(0.38)
  })

  test('a date on which the whole past was restated is no lag', () => {
    const { source: plain } = simulate({ seed: 3, campaigns: 6, days: 60, orders: 20, returned: 0 })
    const raised = plain.revisions.map((own) => restatedBy(1.3, 10, own))
    const [calm, stormy] = [learn(plain.revisions).count, learn(raised).count]
    for (const age of [1, 3, 7, 20]) expect(stormy.visible[age]).toBeCloseTo(calm.visible[age]!, 1)
  })

  test('broken dates are left out', () => {
    const good = daily(10, [1000, 1000, 1000])
    const broken = [reading(12, 1, 10), reading(12, 2, 5000)]
    const without = learn([[...good, ...broken]], { leaveOut: [addDays(TODAY, -12)] })
    expect(without.count.visible).toEqual(
      learn([good], { readOn: [addDays(TODAY, -11), addDays(TODAY, -10)] }).count.visible,
    )
  })
})

/** Every day reads that many times more from so many days ago on. */
function restatedBy(factor: number, daysAgo: number, own: readonly Revision[]): readonly Revision[] {
  const on = addDays(TODAY, -daysAgo)
  const byDate = Map.groupBy(own, ({ date }) => date)
  return [...byDate].flatMap(([date, readings]) => {
    const raised = readings.map((one) =>
      addDays(date, one.ageDays) < on ? one : { ...one, conversions: times(one.conversions, factor) },
    )
    const last = readings.findLast((one) => addDays(date, one.ageDays) < on)
    const age = Math.round((Date.parse(on) - Date.parse(date)) / 86_400_000)
    const isRead = readings.some(({ ageDays }) => ageDays === age)
    return last && !isRead
      ? [...raised, { ...last, ageDays: age, conversions: times(last.conversions, factor) }]
      : raised
  })
}

const times = (conversions: Revision['conversions'], factor: number): Revision['conversions'] =>
  Object.fromEntries(
    Object.entries(conversions).map(([rule, { count, valueMicros }]) => [rule, { count: count * factor, valueMicros }]),
  )

describe('accounts learn from each other', () => {
  const rich = simulate({ seed: 8, campaigns: 10, days: 80, orders: 20, sameDay: 0.3, account: 'meta:2' }).source
  const poor = (rule: string, category?: string): LagSource =>
    source([[reading(3, 1, 2, 100, rule)]], { rule, ...(category === undefined ? {} : { category }) })

  test('within one action and basis', () => {
    const [alone] = learnLag([poor(RULE)])
    const [beside] = learnLag([poor(RULE), rich])
    expect(alone!.count.visible[1]).toBeLessThan(0.75)
    // A third come back around day 14, and only 30 % are there at once: about 0.3 / 0.7.
    expect(beside!.count.visible[1]).toBeCloseTo(0.3 / 0.7, 1)
    // Another account's lag is not quite this one's.
    expect(beside!.count.logSd[1]).toBeGreaterThan(0.15)
  })

  test.each(['lead|30c|0v|click', 'trial|30c|0v|click', 'purchase|30c|0v|mixed'])('never %s from purchases', (rule) => {
    expect(learnLag([poor(rule), rich])[0]).toEqual(learnLag([poor(rule)])[0])
  })

  test('under different names only where their category is told to be the same', () => {
    const named = 'fb_checkout|30c|0v|click'
    expect(learnLag([poor(named), rich])[0]).toEqual(learnLag([poor(named)])[0])
    const told = learnLag([poor(named, 'purchase'), { ...rich, category: 'purchase' }])[0]!
    expect(told.count.visible[1]).toBeCloseTo(0.3 / 0.7, 1)
  })

  test('an account with much of its own keeps to it', () => {
    const own = simulate({ seed: 9, campaigns: 10, days: 80, orders: 20, sameDay: 0.8, returned: 0 }).source
    const [beside] = learnLag([own, rich])
    expect(beside!.count.visible[1]).toBeCloseTo(learnLag([own])[0]!.count.visible[1]!, 1)
  })
})

describe('laws', () => {
  const { source: market } = simulate({ seed: 4, campaigns: 3, days: 50, orders: 6 })

  test('order and repetition of readings change nothing', () => {
    const plain = learn(market.revisions)
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const roll = dice(seed)
        const shuffled = market.revisions.map((own) =>
          [...own, ...own.filter(() => roll() < 0.3)]
            .map((one) => ({ one, at: roll() }))
            .toSorted((a, b) => a.at - b.at)
            .map(({ one }) => one),
        )
        expect(learn(shuffled)).toEqual(plain)
      }),
      { numRuns: 20 },
    )
  })

  test('another currency changes only the worth of a conversion', () => {
    const yen = market.revisions.map((own) =>
      own.map((one) => ({
        ...one,
        conversions: {
          [RULE]: { count: one.conversions[RULE]!.count, valueMicros: one.conversions[RULE]!.valueMicros * 160n },
        },
      })),
    )
    const [euro, other] = [learn(market.revisions), learn(yen)]
    expect(other.valuePerConversion / euro.valuePerConversion).toBeCloseTo(160, 9)
    for (const age of [0, 1, 7, 14, 30]) expect(other.value.visible[age]).toBeCloseTo(euro.value.visible[age]!, 9)
    expect(other.count).toEqual(euro.count)
  })

  test('shares are positive and end at 1, what is kept is a share, whatever the readings', () => {
    const some = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 0, max: 80 }), fc.nat({ max: 5000 })),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(some, (points) => {
        const { count, value } = learn([points.map(([day, age, n]) => reading(day, Math.min(age, day), n))])
        for (const { visible, kept, toCome, logSd, dispersion } of [count, value]) {
          expect(visible[LAG_DAYS]).toBe(1)
          expect(dispersion).toBeGreaterThanOrEqual(1)
          for (let age = 0; age <= LAG_DAYS; age++) {
            expect(visible[age]).toBeGreaterThan(0)
            expect(kept[age]).toBeGreaterThan(0)
            expect(kept[age]).toBeLessThanOrEqual(1)
            expect(toCome[age]).toBeGreaterThanOrEqual(0)
            expect(logSd[age]).toBeGreaterThanOrEqual(0)
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('sources of an observation', () => {
  test('are its accounts by the rule of the policy, read last on the day after the last day of history', () => {
    const observation = anObservation({ accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 100 }] }] })
    expect(lagSources(observation, () => ({ followedDays: 30 }))).toEqual([
      { account: 'google-ads:1', rule: RULE, revisions: [], lastReadOn: TODAY, followedDays: 30 },
    ])
  })
})

test('ages outside the model are its first and its last', () => {
  const { count } = learn([])
  expect(visibleShare(count, -1)).toBe(count.visible[0])
  expect(visibleShare(count, 400)).toBe(1)
})
