import { describe, expect, test } from 'vitest'
import { dayWeights, type WeightTerms } from '../../../lib/decide/pacing/weights.ts'
import { accountDate } from '../../../lib/units/calendar.ts'

const EVEN = [1, 1, 1, 1, 1, 1, 1]
/** Weights of the week from Monday 2 to Sunday 8 November 2026. */
const week = (terms: Partial<WeightTerms>): readonly number[] =>
  [...dayWeights(accountDate('2026-11-02'), accountDate('2026-11-08'), { dayOfWeek: EVEN, ...terms }).values()].map(
    ({ weight }) => Math.round(weight * 1e9) / 1e9,
  )
const friday = (factor: number) => (date: string) => (date === '2026-11-06' ? factor : 1)

describe('how a flight is spread over its days', () => {
  test.each<[why: string, terms: Partial<WeightTerms>, wanted: readonly number[]]>([
    ['even demand weighs evenly', {}, [1, 1, 1, 1, 1, 1, 1]],
    ['day of week in proportion', { dayOfWeek: [1.1, 1, 1, 1, 1, 0.9, 1] }, [1.1, 1, 1, 1, 1, 0.9, 1]],
    ['but not beyond 15 % of the mean', { dayOfWeek: [1.3, 1, 1, 1, 1, 0.7, 1] }, [1.15, 1, 1, 1, 1, 0.85, 1]],
    ['an announced event is not clipped', { parts: [{ share: 1, eventFactor: friday(4) }] }, [1, 1, 1, 1, 4, 1, 1]],
    [
      // A quarter of the spend at four times, three quarters as ever: 1 + 0.75.
      'an event of a part counts by its share of spend',
      { parts: [{ share: 1, eventFactor: friday(4) }, { share: 3 }] },
      [1, 1, 1, 1, 1.75, 1, 1],
    ],
    [
      'what has ended leaves less for the days after it',
      { parts: [{ share: 0.4, to: accountDate('2026-11-04') }, { share: 0.6 }] },
      [1, 1, 1, 0.6, 0.6, 0.6, 0.6],
    ],
  ])('%s', (_why, terms, wanted) => expect(week(terms)).toEqual(wanted))

  test('tells how much of a day comes by approved steps, and who is there, so that steps are not held against it', () => {
    const weights = dayWeights(accountDate('2026-11-05'), accountDate('2026-11-06'), {
      dayOfWeek: EVEN,
      parts: [
        { share: 1, eventFactor: friday(4), stepFactor: friday(4) },
        { share: 3, to: accountDate('2026-11-05') },
      ],
    })
    expect([...weights.values()]).toEqual([
      { weight: 1, event: 1, presence: 1 },
      { weight: 1, event: 4, presence: 0.25 },
    ])
  })

  test('leaves announced demand without an approved step to ordinary steps', () => {
    const weights = dayWeights(accountDate('2026-11-05'), accountDate('2026-11-06'), {
      dayOfWeek: EVEN,
      parts: [{ share: 1, eventFactor: friday(1.4) }],
    })
    expect([...weights.values()]).toMatchObject([
      { weight: 1, event: 1 },
      { weight: 1.4, event: 1 },
    ])
  })
})
