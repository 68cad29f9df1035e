import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reconcile } from '../../lib/measure/reconcile.ts'
import type { OrderDay } from '../../lib/model/orders.ts'
import { addDays } from '../../lib/units/calendar.ts'
import { anObservation, type CampaignSpec, TODAY } from './samples.ts'

const complete = () => 1
const ordersOf = (perDay: number, days = 28): readonly OrderDay[] =>
  Array.from({ length: days }, (_, i) => ({
    date: addDays(TODAY, i - days),
    orders: perDay,
    valueMicros: BigInt(perDay) * 50_000_000n,
  }))
const claiming = (id: string, name: string, conversions: number): CampaignSpec => ({
  id,
  budget: 10,
  campaign: { name },
  days: () => ({ spend: 10, conversions }),
})
const MEMBERS = [
  { name: 'brand', class: 'brand' },
  { name: 'pmax', class: 'opaque' },
  { name: 'cold', class: 'prospecting' },
]
const observed = (
  google: readonly CampaignSpec[],
  meta: readonly CampaignSpec[],
  orders: readonly OrderDay[],
  policy: Readonly<Record<string, unknown>> = {},
) =>
  anObservation({
    accounts: [
      { key: 'google-ads:1', campaigns: google },
      { key: 'meta:1', campaigns: meta },
    ],
    policy: { members: MEMBERS, ...policy },
    over: { orders },
  })

describe('claimed, ordered and credited', () => {
  test('stand side by side, by account and in all', () => {
    // 28 days: Google claims 4 a day for brand, Meta 12 for cold; 10 were ordered, so a claim counts 0.625 of its prior.
    const result = reconcile(observed([claiming('1', 'Brand', 4)], [claiming('2', 'Cold', 12)], ordersOf(10)), complete)
    expect(result).toMatchObject({
      kind: 'known',
      days: 28,
      from: addDays(TODAY, -28),
      to: addDays(TODAY, -1),
      claimed: 448,
      ordered: 280,
      orderedMicros: 14_000_000_000n,
    })
    if (result.kind === 'unknown') throw new Error(result.why)
    const [google, meta] = result.accounts
    // 112 × 0.2 × 0.625 and 336 × 0.85 × 0.625.
    expect(google).toMatchObject({ account: 'google-ads:1', claimed: 112 })
    expect(google?.credited).toBeCloseTo(14, 9)
    expect(meta?.credited).toBeCloseTo(178.5, 9)
    expect(result.credited).toBeCloseTo(192.5, 9)
  })

  test('of a campaign outside the portfolio only the claims are told: it is credited with nothing', () => {
    const result = reconcile(observed([claiming('1', 'Other', 4)], [claiming('2', 'Cold', 4)], ordersOf(10)), complete)
    expect(result).toMatchObject({ accounts: [{ claimed: 112, credited: 0 }, { claimed: 112 }] })
  })

  test.each([
    ['no orders are known', [], 'no orders of the shop are known'],
    [
      'fewer than a week of them is',
      ordersOf(10, 6),
      '6 of the last 28 days are known on both sides and complete, and 7 are needed',
    ],
    ['all of them are zero', ordersOf(0), 'not one order'],
  ])('are unknown while %s', (_, orders, why) => {
    const result = reconcile(observed([claiming('1', 'Brand', 4)], [claiming('2', 'Cold', 4)], orders), complete)
    expect(result).toMatchObject({ kind: 'unknown', why: expect.stringContaining(why) })
  })
})

test('whatever is claimed and whatever lift tests say, never more is credited than was ordered', () => {
  const claims = fc.integer({ min: 0, max: 60 })
  const mean = fc.double({ min: 0, max: 5, noNaN: true })
  fc.assert(
    fc.property(claims, claims, claims, fc.integer({ min: 1, max: 40 }), mean, mean, (a, b, c, ordered, one, two) => {
      const calibrations = [
        { name: 'one', match: { name: 'brand' }, mean: one, low: one, high: one },
        { name: 'two', match: { name: 'pmax' }, mean: two, low: two, high: two },
      ]
      const google = [claiming('1', 'Brand', a), claiming('3', 'PMax', b)]
      const result = reconcile(
        observed(google, [claiming('2', 'Cold', c)], ordersOf(ordered), { calibrations }),
        complete,
      )
      if (result.kind === 'unknown') throw new Error(result.why)
      expect(result.credited).toBeLessThanOrEqual(result.ordered)
      const parts = result.accounts.reduce((sum, { credited }) => sum + credited, 0)
      expect(parts).toBeLessThanOrEqual(result.ordered * (1 + 1e-9))
    }),
    { numRuns: 200 },
  )
})
