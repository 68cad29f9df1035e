import { describe, expect, test } from 'vitest'
import { dayTarget } from '../../lib/decide/day-target.ts'
import type { Observation } from '../../lib/model/observation.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { anObservation } from '../measure/samples.ts'
import { euros } from './samples.ts'

/** A flight of 3,000 euros from the 1st to the 30th, with what two accounts have spent of it, in micros of their own. */
function targetOn(
  today: string,
  spent: { readonly eur?: bigint; readonly jpy?: bigint } = {},
  over: Partial<Observation> = {},
) {
  const observation = anObservation({
    accounts: [
      { key: 'google-ads:1', campaigns: [] },
      { key: 'meta:2', currency: 'JPY', rate: 0.006, campaigns: [] },
    ],
    policy: { flight: { from: '2026-11-01', to: '2026-11-30', total: '3000.00 EUR' } },
  })
  const flightSpentMicros = new Map(
    observation.accounts.map(({ account }, i) => [account, (i === 0 ? spent.eur : spent.jpy) ?? 0n]),
  )
  return dayTarget({ ...observation, today: accountDate(today), flightSpentMicros, ...over })
}

describe('what the portfolio is to spend today', () => {
  test.each<[why: string, today: string, spent: { eur?: bigint; jpy?: bigint }, wanted: number]>([
    ['the first day gets a thirtieth', '2026-11-01', {}, 100],
    ['the last day gets all that is left', '2026-11-30', { eur: 2_900_000_000n }, 100],
    ['what was overspent is made up by all days that remain', '2026-11-21', { eur: 2_100_000_000n }, 90],
    ['what was underspent too', '2026-11-21', { eur: 1_900_000_000n }, 110],
    // 50,000 yen × 0.006 are 300 euros.
    ['yen count in euros', '2026-11-21', { eur: 1_700_000_000n, jpy: 50_000_000_000n }, 100],
    ['nothing when all is spent', '2026-11-21', { eur: 3_000_000_000n }, 0],
    ['nothing, and not less, when more than all is spent', '2026-11-21', { eur: 3_500_000_000n }, 0],
    ['nothing after the flight', '2026-12-01', {}, 0],
  ])('%s', (_why, today, spent, wanted) => {
    expect(targetOn(today, spent)).toEqual(euros(wanted))
  })

  test('is rounded down, and spend in other money up: never a micro too much', () => {
    // 3,000 euros less one micro of a yen (a whole micro of a euro, rounded up) over 30 days.
    expect(targetOn('2026-11-01', { jpy: 1n }).micros).toBe(99_999_999n)
  })

  test('is not made up when a rate is missing', () => {
    expect(() => targetOn('2026-11-01', {}, { rates: [] })).toThrow('no exchange rate from EUR to EUR')
  })
})
