import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, later } from '../../lib/units/calendar.ts'
import { asMarketer } from './marketer.ts'

const POLICY = `
portfolio: returns
owner: growth
mode: auto
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: profit, margin: 0.6 }
flight: { from: 2026-04-06, to: 2026-07-04, total: 640000.00 EUR }
dayCap: 40000.00 EUR
accounts:
  - account: google-ads:4155550134
    conversions: { action: purchase, clickWindowDays: 30, basis: click }
    dayCap: 30000.00 EUR
  - account: meta:112233445566134
    conversions: { action: purchase, clickWindowDays: 7, basis: mixed }
    dayCap: 20000.00 EUR
members:
  - { class: prospecting }
`
/** 02:00 and 03:00 in Berlin: cuts are verified an hour after they were made, and raises follow. */
const TICKS = [0, 1]
/** Nobody can know of returns before the first came back, a fortnight and a click window after the first reading. */
const FIRST_LEARNED = '2026-04-27'

describe('30 % of orders are returned around day 14, and profit is planned for daily', () => {
  test('the 80 % intervals of what the claims are worth in the end cover 75 to 85 %', {
    timeout: 120_000,
  }, async () => {
    await asMarketer({ scenario: 'returns-day-14', seed: 3, policy: POLICY, ticksAt: TICKS }, async (marketer) => {
      const { market } = marketer
      await marketer.until(later(market.start, 64 * DAY_MS + 4 * HOUR_MS))

      // Three in ten of the orders that are old enough have come back, most of them in the third week.
      const old = market.truth.orders(market.start, later(market.start, 30 * DAY_MS))
      const returned = old.flatMap(({ at, refundedAt }) => (refundedAt ? [(refundedAt - at) / DAY_MS] : []))
      expect(returned.length / old.length).toBeGreaterThan(0.28)
      expect(returned.length / old.length).toBeLessThan(0.32)
      expect(returned.filter((days) => days > 8 && days < 21).length / returned.length).toBeGreaterThan(0.9)

      // Every plan says what each budget's claims of the coming week are worth in the end.
      const plans = (await marketer.plans()).filter(({ occasion }) => occasion === 'daily')
      expect(plans).toHaveLength(65)
      for (const { changes, holds } of plans)
        for (const { prediction } of [...changes, ...holds]) {
          const { low, mean, high } = prediction!.value!
          expect(low).toBeLessThan(mean)
          expect(mean).toBeLessThan(high)
        }

      const scores = (await marketer.scores()).filter(({ from }) => from >= FIRST_LEARNED)
      const [checked, covered] = [scores, scores].map((all, i) =>
        all.reduce((sum, { value }) => sum + (i === 0 ? value!.checked : value!.covered), 0),
      ) as [number, number]
      expect(checked).toBeGreaterThan(400)
      expect(covered / checked).toBeGreaterThanOrEqual(0.75)
      expect(covered / checked).toBeLessThanOrEqual(0.85)
      // As status has it, over the last 28 scored.
      const shown = (await marketer.status()).portfolios[0]!.scores as { value: { checked: number } }
      expect(shown.value.checked).toBeGreaterThan(400)
      expect(marketer.lost).toEqual([])
    })
  })
})
