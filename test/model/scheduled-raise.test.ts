import { describe, expect, test } from 'vitest'
import {
  countedRaise,
  isForgotten,
  raiseBeside,
  raiseOn,
  type ScheduledRaise,
} from '../../lib/model/scheduled-raise.ts'
import { accountDate, instant } from '../../lib/units/calendar.ts'
import { currency, fromDecimal } from '../../lib/units/money.ts'

const EUR = currency('EUR')
const euros = (units: number) => fromDecimal(String(units), EUR)
const BASE = euros(100)

/** Between two hours UTC of June days, on an account in UTC. */
const raise = (from: string, to: string, units: number, over: Partial<ScheduledRaise> = {}): ScheduledRaise => ({
  from: instant(`2026-06-${from}:00:00Z`),
  to: instant(`2026-06-${to}:00:00Z`),
  first: accountDate(`2026-06-${from.slice(0, 2)}`),
  last: accountDate(`2026-06-${to.slice(0, 2)}`),
  size: { by: 'amount', amount: euros(units) },
  ...over,
})
const on = (day: number) => accountDate(`2026-06-0${day}`)

describe('what schedules add to a budget on a day', () => {
  test.each<[why: string, raises: readonly ScheduledRaise[], day: number, counted: number, inForce: number]>([
    ['nothing two days before', [raise('05T00', '06T23', 300)], 3, 0, 0],
    ['the whole of it on the eve, though it is not in force', [raise('05T00', '06T23', 300)], 4, 300, 0],
    ['it on its first day', [raise('05T00', '06T23', 300)], 5, 300, 300],
    ['it on its last day, be it an hour', [raise('05T00', '06T01', 300)], 6, 300, 300],
    ['nothing after', [raise('05T00', '06T23', 300)], 7, 0, 0],
    ['the sum of two that overlap', [raise('05T08', '05T12', 30), raise('05T11', '05T15', 20)], 5, 50, 50],
    ['the larger of two that do not', [raise('05T08', '05T12', 30), raise('05T12', '05T15', 20)], 5, 30, 30],
    ['a share of the budget', [raise('05T00', '05T23', 0, { size: { by: 'share', share: 1.4 } })], 5, 140, 140],
    ['it for the rest of the day on which it went', [raise('05T00', '06T23', 300, { gone: on(5) })], 5, 300, 300],
    ['nothing on the day after it went', [raise('05T00', '06T23', 300, { gone: on(5) })], 6, 0, 0],
    ['nothing where it went before it began', [raise('05T00', '06T23', 300, { gone: on(4) })], 4, 0, 0],
  ])('is %s', (_why, raises, day, counted, inForce) => {
    expect(countedRaise(raises, on(day), BASE)).toEqual(euros(counted))
    expect(raiseOn(raises, on(day), BASE)).toEqual(euros(inForce))
    expect(raiseBeside(raises, on(day)) !== undefined).toBe(counted > 0)
  })
})

test('what is over is remembered for two weeks', () => {
  const over = raise('05T00', '06T23', 300)
  expect(isForgotten(over, accountDate('2026-06-20'))).toBe(false)
  expect(isForgotten(over, accountDate('2026-06-21'))).toBe(true)
})
