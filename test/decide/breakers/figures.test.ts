import { describe, expect, test } from 'vitest'
import {
  announcedFactor,
  campaignIds,
  daysOf,
  isAnnounced,
  mean,
  ratePerHour,
  recentDays,
  spentBetween,
  usualDay,
  waiting,
} from '../../../lib/decide/breakers/figures.ts'
import type { GuardView } from '../../../lib/decide/breakers/view.ts'
import type { EntityHistory } from '../../../lib/model/history.ts'
import { addDays } from '../../../lib/units/calendar.ts'
import { aView, campaign, eur, HATS, history, hourly, policyWith, SHOES, TODAY } from './views.ts'

const shoes = campaign(SHOES, 'Shoes')
const both = [SHOES, HATS]

describe('what campaigns spend in an hour', () => {
  const rate = (more: Partial<GuardView>): number => ratePerHour(aView(more), both)
  const spending = (units: number, hours: number): Partial<GuardView> => ({
    ...{ spend: new Map([[SHOES, hourly(units, hours)]]), clock: hours },
  })

  test('is what all of them have spent of today, from the first whole hour on', () => {
    // 130 and 65 in 13 hours.
    expect(rate({})).toBe(15)
    expect(rate(spending(7, 1))).toBe(7)
    expect(rate({ ...spending(7, 1), clock: 0.99 })).toBe(15)
    expect(rate({ ...spending(0.5, 1), clock: 2 })).toBe(0.25)
  })

  test('is what is usual where nothing was spent today, and nothing where nothing is known', () => {
    // 240 and 120 a day.
    expect(rate({ spend: new Map() })).toBe(15)
    expect(rate({ spend: new Map(), histories: [history(HATS, { spend: 120 })] })).toBe(5)
    expect(rate({ spend: new Map(), histories: [] })).toBe(0)
  })

  test('beyond what was meant is never less than nothing', () => {
    expect(waiting(aView(), 'overspent', -1).perHour).toEqual(eur(0))
    expect(waiting(aView(), 'unspent', 0.5)).toEqual({ kind: 'unspent', perHour: eur(0.5) })
  })
})

describe('the days of a campaign', () => {
  const day = (ago: number, spend: number): EntityHistory['days'][number] => ({
    ...history(SHOES, { spend, clicks: spend, impressions: 10 * spend, conversions: 1 }).days[0]!,
    date: addDays(TODAY, -ago),
  })
  const of = (...days: readonly EntityHistory['days'][number][]): EntityHistory => ({
    ...history(SHOES, { spend: 0 }),
    days,
  })

  test('are the sum of its ad groups, oldest first', () => {
    const days = daysOf(
      { histories: [of(day(1, 3), day(3, 5)), of(day(2, 7), day(1, 11))] },
      SHOES,
      addDays(TODAY, -3),
      TODAY,
    )
    expect(
      days.map(({ date, spend, clicks, impressions, conversions }) => [
        date,
        spend,
        clicks,
        impressions,
        Object.values(conversions),
      ]),
    ).toEqual([
      [addDays(TODAY, -3), 5, 5, 50, [1]],
      [addDays(TODAY, -2), 7, 7, 70, [1]],
      [addDays(TODAY, -1), 14, 14, 140, [2]],
    ])
  })

  test('are those from one to another, both included', () => {
    const histories = [of(day(4, 1), day(3, 2), day(2, 3), day(1, 4))]
    expect(daysOf({ histories }, SHOES, addDays(TODAY, -3), addDays(TODAY, -2)).map(({ spend }) => spend)).toEqual([
      2, 3,
    ])
    expect(daysOf({ histories }, HATS, addDays(TODAY, -3), TODAY)).toEqual([])
  })

  test('that say what is usual are the two weeks before today, three of them at least', () => {
    const recent = recentDays(aView(), SHOES).map(({ date }) => date)
    expect([recent.length, recent[0], recent.at(-1)]).toEqual([14, addDays(TODAY, -14), addDays(TODAY, -1)])
    const usual = (...days: readonly EntityHistory['days'][number][]) =>
      usualDay({ histories: [of(...days)], today: TODAY }, SHOES)
    expect(usual(day(1, 3), day(2, 6), day(3, 9))).toBe(6)
    expect(usual(day(1, 3), day(2, 6))).toBeUndefined()
  })
})

describe('an event', () => {
  const event = { name: 'sale', from: addDays(TODAY, -3), to: TODAY, expectedUplift: 4 }
  const announced = (more: object): boolean => {
    const policy = policyWith({ events: [{ ...event, ...more }] })
    return isAnnounced(aView({ policy }), shoes)
  }
  const [yesterday, before] = [addDays(TODAY, -1), addDays(TODAY, -2)]

  test('is on from its first to its last day, and in the quiet days after it', () => {
    expect(announced({})).toBe(true)
    expect(announced({ to: yesterday })).toBe(false)
    expect(announced({ to: yesterday, dipAfter: { days: 1, factor: 0.5 } })).toBe(true)
    expect(announced({ to: before, dipAfter: { days: 1, factor: 0.5 } })).toBe(false)
    expect(isAnnounced(aView(), shoes)).toBe(false)
  })

  test('is about the campaigns that it names', () => {
    expect(announced({ match: { id: SHOES } })).toBe(true)
    expect(announced({ match: { id: HATS } })).toBe(false)
    const policy = policyWith({ events: [{ ...event, match: { id: HATS } }] })
    expect(announcedFactor(aView({ policy }), shoes)).toBe(1)
    expect(announcedFactor(aView({ policy }), campaign(HATS, 'Hats'))).toBe(4)
  })
})

test('what is spent between two hours leaves the last one out, and hours that were not reported', () => {
  const hours = [1_000_000n, undefined, 4_000_000n, 8_000_000n] as never
  expect([spentBetween(hours, 0, 3), spentBetween(hours, 2, 4), spentBetween(hours, 3, 24)]).toEqual([5, 12, 8])
  expect(spentBetween(undefined, 0, 24)).toBe(0)
})

test('a mean is of one value, of several and of none', () => {
  expect([mean([5]), mean([1, 2, 6]), mean([])]).toEqual([5, 3, 0])
})

test('campaigns are told of in the account’s order', () => {
  expect(campaignIds(aView(), new Set([HATS, SHOES, '99']))).toEqual(both)
  expect(campaignIds(aView(), new Set([HATS]))).toEqual([HATS])
})
