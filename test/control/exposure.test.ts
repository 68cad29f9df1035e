import { describe, expect, test } from 'vitest'
import {
  amountOf,
  highBefore,
  highOn,
  startOn,
  withHigh,
  worstCaseChange,
  worstCaseOf,
} from '../../lib/control/exposure.ts'
import type { LeverValue } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { addDays, HOUR_MS, later } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'
import { aState, euros } from '../decide/samples.ts'
import { NOW, TODAY } from '../measure/samples.ts'

const YESTERDAY = addDays(TODAY, -1)
const worth = (units: number): LeverValue => ({ kind: 'money', amount: euros(units) })
const pendingTo = (units: number): Partial<LeverState> => ({
  pending: { intent: 'x' as never, to: worth(units), leaseUntil: later(NOW, HOUR_MS), highBefore: worth(50) },
})
const raising = (by: number): Partial<LeverState> => ({
  raises: [
    {
      ...{ from: NOW, to: later(NOW, HOUR_MS), first: TODAY, last: TODAY },
      size: { by: 'amount', amount: euros(by) },
    },
  ],
})
/** A budget that is known to stand at 50. */
const high = (over: Partial<LeverState>) => highOn(aState('1', 50, over), TODAY)
const target = { ...aState('1', 0).lever, kind: 'target-roas', entity: 'campaign' } as const
const ROAS: LeverState = aState('1', 0, { lever: target, known: { kind: 'ratio', value: 3 } })

describe('the highest that a budget has stood at on a day', () => {
  test('is what is known of it, or what may have been set and is higher', () => {
    expect(high({})).toEqual(euros(50))
    expect(high(pendingTo(60))).toEqual(euros(60))
    expect(high(pendingTo(40))).toEqual(euros(50))
  })

  test('is the highest of that day, whatever it stands at now, and not of another', () => {
    expect(high({ day: TODAY, dayHigh: worth(70) })).toEqual(euros(70))
    expect(high({ day: TODAY, dayHigh: worth(70), ...pendingTo(80) })).toEqual(euros(80))
    expect(high({ day: YESTERDAY, dayHigh: worth(70) })).toEqual(euros(50))
    expect(high({ day: TODAY })).toEqual(euros(50))
  })

  test('is nothing where it cannot spend, but for what may have been set', () => {
    expect(high({ idle: true })).toEqual(euros(0))
    expect(high({ idle: true, ...pendingTo(40) })).toEqual(euros(40))
  })

  test('is the larger of what is doubted and what it was', () => {
    expect(high({ doubted: { was: worth(5000), since: NOW } })).toEqual(euros(5000))
    expect(high({ doubted: { was: worth(0.5), since: NOW } })).toEqual(euros(50))
  })

  test('is an amount: nothing else can be charged', () => {
    expect(() => amountOf({ kind: 'ratio', value: 3 })).toThrow('a budget is an amount, got a ratio')
  })
})

describe('the worst case of a day', () => {
  const total = (...states: readonly LeverState[]) => worstCaseOf(states, TODAY, 2, currency('EUR'))

  test('is twice each daily budget, a lifetime budget once, and nothing of a target', () => {
    const lifetime = aState('2', 30, { lever: { ...aState('2', 30).lever, kind: 'lifetime-budget' } })
    expect(total(aState('1', 50), lifetime, ROAS)).toEqual(euros(130))
    expect(total()).toEqual(euros(0))
  })

  test('takes what a schedule raises a budget by, of whatever it can spend and of nothing else', () => {
    expect(total(aState('1', 50, raising(10)))).toEqual(euros(120))
    expect(total(aState('1', 0.000001, raising(10)))).toEqual(euros(20.000002))
    expect(total(aState('1', 50, { ...raising(10), idle: true }))).toEqual(euros(0))
  })

  test('grows by a raise and shrinks by what is given back', () => {
    const [less, more] = [aState('1', 50), aState('1', 60)]
    expect(worstCaseChange(less, more, TODAY, 2, currency('EUR'))).toEqual(euros(20))
    expect(worstCaseChange(more, less, TODAY, 2, currency('EUR'))).toEqual(euros(-20))
  })
})

describe('a record that is written to', () => {
  test('keeps what the day began with and the day’s highest', () => {
    expect(withHigh(aState('1', 50), worth(60), TODAY)).toEqual(
      aState('1', 50, { day: TODAY, dayStart: worth(50), dayHigh: worth(60) }),
    )
    const again = aState('1', 60, { day: TODAY, dayStart: worth(50), dayHigh: worth(70), writes: 1 })
    expect(withHigh(again, worth(65), TODAY)).toEqual(again)
  })

  test('begins a new day with what it stands at; the day before is kept, its writes are not', () => {
    const yesterday = aState('1', 60, { day: YESTERDAY, dayStart: worth(50), dayHigh: worth(70), writes: 2 })
    expect(withHigh(yesterday, worth(55), TODAY)).toEqual(
      aState('1', 60, {
        ...{ day: TODAY, dayStart: worth(60), dayHigh: worth(60) },
        past: [{ date: YESTERDAY, value: worth(60) }],
      }),
    )
    expect(startOn(yesterday, TODAY)).toEqual(worth(60))
    expect(startOn(yesterday, YESTERDAY)).toEqual(worth(50))
    expect(startOn(aState('1', 60, { day: TODAY }), TODAY)).toEqual(worth(60))
  })

  test('of a target has a day, and no highest', () => {
    const written = withHigh(ROAS, { kind: 'ratio', value: 4 }, TODAY)
    expect(written).toEqual({ ...ROAS, day: TODAY, dayStart: { kind: 'ratio', value: 3 } })
    expect(highBefore(ROAS, TODAY)).toEqual({ kind: 'ratio', value: 3 })
    expect(highBefore(aState('1', 50, { day: TODAY, dayHigh: worth(70) }), TODAY)).toEqual(worth(70))
  })
})
