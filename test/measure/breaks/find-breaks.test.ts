import { describe, expect, test } from 'vitest'
import { type AnnouncedEvent, BREAK_DAYS, observedDays } from '../../../lib/measure/breaks/account-days.ts'
import { type BreakKind, brokenDates, isUsable, scaleOf, scalesFrom } from '../../../lib/measure/breaks/data-break.ts'
import { findBreaks } from '../../../lib/measure/breaks/find-breaks.ts'
import { addDays } from '../../../lib/units/calendar.ts'
import { anObservation, TODAY } from '../samples.ts'
import { type AccountSpec, counting, DEVELOPMENT, dateOf, FIRST } from './counting.ts'

type Spec = Omit<AccountSpec, 'seed'>

/** A factor on the days from one to the other, both included. */
const during =
  (from: number, to: number, factor: number) =>
  (day: number): number =>
    day >= from && day <= to ? factor : 1

const found = (spec: AccountSpec, events: readonly AnnouncedEvent[] = []) =>
  findBreaks(counting(spec), DEVELOPMENT, events)
const YESTERDAY = BREAK_DAYS - 1

describe('an outage', () => {
  test('of two days is known on the second, goes on, and says what to do', () => {
    const [one, ...others] = found({ seed: 1, campaigns: 6, counted: during(88, YESTERDAY, 0) })
    expect(others).toEqual([])
    expect(one).toMatchObject({ kind: 'outage', from: dateOf(88), to: addDays(TODAY, -1), factor: 0, ongoing: true })
    expect(one!.detail).toMatch(
      /^google-ads:1, 2026-11-19 to 2026-11-20: 0 conversions counted where about \d+ were expected/,
    )
  })

  test('of one day is one where that is as unlikely as two days of it', () => {
    expect(found({ seed: 2, campaigns: 6, clicks: 500, counted: during(YESTERDAY, YESTERDAY, 0) })[0]?.kind).toBe(
      'outage',
    )
    expect(found({ seed: 2, campaigns: 6, clicks: 30, counted: during(YESTERDAY, YESTERDAY, 0) })).toEqual([])
  })

  test('that is over keeps its dates, the parts of days at its ends included', () => {
    // From a quarter into day 40 to three quarters through day 43.
    const counted = (day: number): number => (day === 40 ? 0.25 : day === 41 || day === 42 ? 0 : day === 43 ? 0.25 : 1)
    const spans = Array.from({ length: 20 }, (_, i) => found({ seed: 3001 + i, campaigns: 6, counted })[0]).map(
      (one) => [one?.kind, one?.from, one?.to, one?.ongoing],
    )
    const exact = spans.filter((span) => span.join() === ['outage', dateOf(40), dateOf(43), false].join())
    expect(exact.length).toBeGreaterThanOrEqual(17)
  })

  test('whose conversions were reported after all is none any more', () => {
    expect(found({ seed: 3, campaigns: 6, counted: () => 1 })).toEqual([])
  })

  test('is one in an announced event as well: a rise explains no zero', () => {
    const events = [{ from: dateOf(80), to: dateOf(89), expectedUplift: 2 }]
    const busy = { traffic: during(80, 89, 1.5), demand: during(80, 89, 1.4) }
    expect(found({ seed: 4, campaigns: 6, ...busy, counted: during(87, 89, 0) }, events)[0]?.kind).toBe('outage')
  })

  test('is none where clicks stopped too, nor where one campaign alone fell silent', () => {
    expect(found({ seed: 5, campaigns: 6, traffic: during(80, 89, 0) })).toEqual([])
    const alone = (day: number, campaign: number): number => (campaign === 0 && day >= 80 ? 0 : 1)
    expect(found({ seed: 5, campaigns: 6, demand: alone })).toEqual([])
  })
})

describe('a tag that fires twice', () => {
  test('is found with its factor and its days', () => {
    const [one, ...others] = found({ seed: 1, campaigns: 6, counted: during(40, 45, 2) })
    expect(others).toEqual([])
    expect(one).toMatchObject({ kind: 'double-firing', from: dateOf(40), to: dateOf(45), ongoing: false })
    expect(Math.abs(one!.factor - 2)).toBeLessThan(2 * one!.factorSd)
  })

  test('is none where one campaign alone converts twice as well, or where demand was announced', () => {
    const alone = (day: number, campaign: number): number => (campaign === 0 && day >= 70 ? 2.2 : 1)
    expect(found({ seed: 6, campaigns: 6, demand: alone })).toEqual([])
    const events = [{ from: dateOf(40), to: dateOf(44), expectedUplift: 2 }]
    expect(found({ seed: 6, campaigns: 6, demand: during(40, 44, 2) }, events)).toEqual([])
  })

  test('that nobody mends for weeks is how things are counted now: a level shift', () => {
    const [one] = found({ seed: 7, campaigns: 6, counted: during(50, YESTERDAY, 2) })
    expect(one).toMatchObject({ kind: 'level-shift', from: dateOf(50), ongoing: false })
    expect(Math.abs(one!.factor - 2)).toBeLessThan(2.5 * one!.factorSd)
  })
})

describe('a changed rule of counting', () => {
  test.each([
    ['a longer window', 1.5],
    ['a shorter window', 0.6],
  ])('%s is a shift of all campaigns from its day on', (_, factor) => {
    const [one, ...others] = found({ seed: 12, campaigns: 8, clicks: 600, counted: during(60, YESTERDAY, factor) })
    expect(others).toEqual([])
    expect(one).toMatchObject({ kind: 'level-shift', from: dateOf(60), ongoing: false })
    expect(one!.to).toBeUndefined()
    expect(Math.abs(one!.factor - factor)).toBeLessThan(2.5 * one!.factorSd)
  })

  test('is none where one campaign changed, or where half of them did', () => {
    const alone = (day: number, campaign: number): number => (campaign === 0 && day >= 60 ? 1.5 : 1)
    const half = (day: number, campaign: number): number => (campaign % 2 === 0 && day >= 60 ? 1.6 : 1)
    expect(found({ seed: 9, campaigns: 8, clicks: 600, demand: alone })).toEqual([])
    expect(found({ seed: 9, campaigns: 8, clicks: 600, demand: half })).toEqual([])
  })
})

describe('how often, over seeds that nothing was tuned on', () => {
  const events = [{ from: dateOf(40), to: dateOf(44), expectedUplift: 2.5 }]
  const CALM: readonly (readonly [string, Spec, (readonly AnnouncedEvent[])?])[] = [
    ['plain', { campaigns: 6 }],
    ['a single campaign', { campaigns: 1 }],
    ['few conversions', { campaigns: 4, clicks: 20, rate: 0.03 }],
    ['hardly any', { campaigns: 3, clicks: 8, rate: 0.03 }],
    ['large', { campaigns: 10, clicks: 2000 }],
    ['noisy', { campaigns: 6, daySd: 0.15, drift: 0.045 }],
    ['a peak of +60 % with its clicks', { campaigns: 6, traffic: during(40, 44, 1.6) }],
    ['an announced sale', { campaigns: 6, traffic: during(40, 44, 1.6), demand: during(40, 44, 1.8) }, events],
    ['budgets doubled and halved', { campaigns: 6, traffic: (day, i) => (day > 50 ? (i % 2 ? 2 : 0.5) : 1) }],
    ['one campaign transformed', { campaigns: 6, demand: (day, i) => (i === 0 && day > 50 ? 2.2 : 1) }],
    ['a slow season', { campaigns: 6, demand: (day) => Math.exp(0.2 * Math.sin(day / 14)) }],
  ]

  test('false alarms: at most 6 in 660 months of accounts, none of them an outage or a double tag', () => {
    const kinds: BreakKind[] = []
    for (const [, spec, announced] of CALM)
      for (let seed = 5001; seed <= 5020; seed++)
        kinds.push(...found({ seed, ...spec }, announced).map(({ kind }) => kind))
    expect(kinds.filter((kind) => kind !== 'level-shift')).toEqual([])
    expect(kinds.length).toBeLessThanOrEqual(6)
  })

  test('promotions that nobody announced, half again as many conversions per click for three days: one in 20 is taken for a double tag', () => {
    const isPromotion = (day: number): number => ([20, 21, 22, 50, 51, 52].includes(day) ? 1.5 : 1)
    const doubled = Array.from({ length: 40 }, (_, i) => found({ seed: 5501 + i, campaigns: 6, demand: isPromotion }))
      .flat()
      .filter(({ kind }) => kind === 'double-firing')
    expect(doubled.length).toBeLessThanOrEqual(4)
  })

  /** Days until a break that began so many days ago is called; 30 where it never is. */
  const delays = (spec: Spec, factor: number, kind: BreakKind): readonly number[] =>
    Array.from({ length: 20 }, (_, i) => {
      for (let age = 1; age < 30; age++) {
        const counted = during(BREAK_DAYS - age, YESTERDAY, factor)
        if (found({ seed: 6001 + i, ...spec, counted }).some((one) => one.kind === kind)) return age
      }
      return 30
    }).toSorted((a, b) => a - b)

  test.each<[string, Spec, number, BreakKind, number, number]>([
    ['an outage of a middling account', { campaigns: 6 }, 0, 'outage', 2, 2],
    ['an outage of a small account', { campaigns: 4, clicks: 40 }, 0, 'outage', 3, 6],
    ['a double tag of a middling account', { campaigns: 6 }, 2, 'double-firing', 3, 5],
    ['a window that counts half again as much', { campaigns: 8, clicks: 600 }, 1.5, 'level-shift', 8, 21],
  ])('%s is found in time', (_, spec, factor, kind, median, most) => {
    const found = delays(spec, factor, kind)
    expect(found[10]).toBeLessThanOrEqual(median)
    expect(found[17]).toBeLessThanOrEqual(most)
  })
})

describe('what breaks mean for days', () => {
  const one = { account: 'a:1', rule: 'r', factorSd: 0.1, ongoing: false, detail: '' }
  const breaks = [
    { ...one, kind: 'outage', from: dateOf(3), to: dateOf(4), factor: 0 },
    { ...one, kind: 'level-shift', from: dateOf(6), factor: 1.5 },
    { ...one, kind: 'level-shift', from: dateOf(2), factor: 0.5 },
  ] as unknown as Parameters<typeof scalesFrom>[0]

  test('broken ones are not used; those before a shift count by its factor, one shift after the other', () => {
    expect([...scalesFrom(breaks, FIRST, 8)]).toEqual([0.75, 0.75, 1.5, 0, 0, 1.5, 1, 1])
    expect(isUsable(breaks, dateOf(3))).toBe(false)
    expect(isUsable(breaks, dateOf(5))).toBe(true)
    expect(scaleOf(breaks, dateOf(1))).toBe(0.75)
    expect(scaleOf(breaks, dateOf(6))).toBe(1)
    expect(brokenDates(breaks, FIRST, 8)).toEqual([dateOf(3), dateOf(4)])
  })

  test('an account of an observation is summed by campaign and day', () => {
    const observation = anObservation({
      accounts: [
        { key: 'google-ads:1', campaigns: [{ id: '1', budget: 100, days: () => ({ spend: 80, conversions: 4 }) }] },
      ],
    })
    const days = observedDays(observation, observation.accounts[0]!)
    expect(days).toMatchObject({ firstDate: FIRST, days: BREAK_DAYS, campaigns: 1 })
    expect([days.clicks[89], days.spend[89], days.conversions[89]]).toEqual([50, 80, 4])
    // 28 days of history.
    expect(days.clicks[BREAK_DAYS - 29]).toBe(0)
    expect(findBreaks(days, DEVELOPMENT)).toEqual([])
  })
})

describe('laws', () => {
  test('the same days give the same breaks; campaigns in another order as well', () => {
    const days = counting({ seed: 1, campaigns: 6, counted: during(40, 45, 2) })
    const turned = {
      ...days,
      clicks: turn(days.clicks),
      spend: turn(days.spend),
      conversions: turn(days.conversions),
    }
    const dated = (all: ReturnType<typeof findBreaks>) => all.map(({ kind, from, to }) => ({ kind, from, to }))
    expect(dated(findBreaks(turned, DEVELOPMENT))).toEqual(dated(findBreaks(days, DEVELOPMENT)))
  })

  test('another currency changes nothing', () => {
    const days = counting({ seed: 1, campaigns: 6, counted: during(40, 45, 2) })
    const yen = { ...days, spend: days.spend.map((amount) => amount * 160) }
    expect(findBreaks(yen, DEVELOPMENT).map(({ from, to, kind }) => [from, to, kind])).toEqual(
      findBreaks(days, DEVELOPMENT).map(({ from, to, kind }) => [from, to, kind]),
    )
  })
})

/** The last campaign first. */
function turn(all: Float64Array): Float64Array {
  const lines = Array.from({ length: all.length / BREAK_DAYS }, (_, i) => [
    ...all.slice(i * BREAK_DAYS, (i + 1) * BREAK_DAYS),
  ])
  return Float64Array.from(lines.toReversed().flat())
}
