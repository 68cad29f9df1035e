import { expect, test } from 'vitest'
import { priceJump } from '../../../lib/decide/breakers/price-jump.ts'
import type { Counts } from '../../../lib/decide/breakers/view.ts'
import { aView, eur, SHOES } from './views.ts'

/** Ten clicks and a thousand impressions in each hour before one o'clock, but for what is said of the last two. */
const byHour = (last: Counts): readonly Counts[] =>
  Array.from({ length: 24 }, (_, hour) =>
    hour >= 13 ? { impressions: 0, clicks: 0 } : hour >= 11 ? last : { impressions: 1_000, clicks: 10 },
  )
const seen = (last: Counts, more: object = {}) => aView({ countsByHour: new Map([[SHOES, byHour(last)]]), ...more })
const policy = aView().policy
const few = {
  ...policy,
  breakers: { ...policy.breakers!, priceJump: { action: 'alert', factor: 3, minClicks: 5 } },
} as const

test('a jump of the last two hours trips while the day as a whole is still cheap', () => {
  // 20 EUR for 6 clicks are 3.33 against 1; the day's 130 for 116 clicks are 1.12. Beyond the usual, 6 x 2.33 in 2 hours.
  const [trip, ...others] = priceJump(
    seen(
      { impressions: 1_000, clicks: 3 },
      { policy: few, counts: new Map([[SHOES, { impressions: 13_000, clicks: 116 }]]) },
    ),
  )!
  expect(others).toEqual([])
  expect(trip!.what).toBe('A click of "Shoes" costs 3.33 EUR from 11:00 to 13:00; 1.00 EUR in the last two weeks.')
  expect(trip!.waiting.perHour).toEqual(eur(7))
})

test('so does one of a thousand impressions, where clicks of these hours are too few to say', () => {
  // 20 EUR for 600 impressions are 33.33 a thousand against 10; five clicks stand for 500 impressions.
  const [trip] = priceJump(seen({ impressions: 300, clicks: 2 }, { policy: few }))!
  expect(trip!.what).toContain('A thousand impressions of "Shoes" costs 33.33 EUR from 11:00 to 13:00')
  expect(priceJump(seen({ impressions: 249, clicks: 2 }, { policy: few }))).toEqual([])
})

test('a day that is dear as a whole is told once, as the day', () => {
  const [trip, ...others] = priceJump(
    seen(
      { impressions: 1_000, clicks: 3 },
      { policy: few, counts: new Map([[SHOES, { impressions: 13_000, clicks: 40 }]]) },
    ),
  )!
  expect(others).toEqual([])
  expect(trip!.what).toContain('costs 3.25 EUR today')
})

test('before two hours of the day are over nothing but the day is looked at', () => {
  const none = { policy: few, counts: new Map() }
  expect(priceJump(seen({ impressions: 1_000, clicks: 3 }, { ...none, clock: 1.9 }))).toEqual([])
  expect(priceJump(seen({ impressions: 1_000, clicks: 3 }, none))).toHaveLength(1)
})

test('the first two hours of the day are looked at as soon as they are over', () => {
  const dear = new Map([[SHOES, Array.from({ length: 24 }, () => ({ impressions: 1_000, clicks: 3 }))]])
  const young = { policy: few, counts: new Map(), countsByHour: dear }
  expect(priceJump(aView({ ...young, clock: 2 }))).toHaveLength(1)
  expect(priceJump(aView({ ...young, clock: 1.99 }))).toEqual([])
})
