import { describe, expect, test } from 'vitest'
import { type EventStep, eventStep } from '../../../lib/decide/calendar/event-step.ts'
import type { Limit } from '../../../lib/decide/interval.ts'
import type { LeverState } from '../../../lib/model/lever-state.ts'
import type { CalendarEvent } from '../../../lib/model/policy.ts'
import { accountDate, addDays, type Instant, instant } from '../../../lib/units/calendar.ts'
import { aState, euros } from '../samples.ts'
import { anEvent } from './events.ts'

const FRIDAY = anEvent({ budgetFactor: 4 })
const RAISED_AT = instant('2026-11-27T00:10:00Z')

interface Past {
  readonly day?: string
  readonly dayStart?: number
  readonly over?: Partial<LeverState>
}
/** A budget of ours that stands at `known`, last written to on `day`, when it began at `dayStart`. */
const stateOf = (known: number, { day, dayStart, over }: Past = {}): LeverState =>
  aState('7', known, {
    knownAt: RAISED_AT,
    ...(day ? { day: accountDate(day) } : {}),
    ...(dayStart === undefined ? {} : { dayStart: { kind: 'money', amount: euros(dayStart) } }),
    ...over,
  })
const RAISED = stateOf(400, { day: '2026-11-27', dayStart: 100 })

interface Ask {
  readonly events?: readonly CalendarEvent[]
  readonly state?: LeverState | undefined
  readonly standing?: number
  readonly caps?: readonly Limit[]
  readonly isScheduled?: boolean
  readonly stoodAt?: number
}
const ask = (on: string, ask: Ask = {}): EventStep => {
  const state = 'state' in ask ? ask.state : stateOf(100, { day: '2026-11-20', dayStart: 90 })
  const known = state?.known.kind === 'money' ? Number(state.known.amount.micros) / 1e6 : 100
  return eventStep({
    events: ask.events ?? [FRIDAY],
    on: accountDate(on),
    standing: euros(ask.standing ?? known),
    state,
    caps: ask.caps ?? [],
    ...(ask.isScheduled === undefined ? {} : { isScheduled: ask.isScheduled }),
    ...(ask.stoodAt === undefined ? {} : { stoodAt: euros(ask.stoodAt) }),
  })
}

describe('an approved step of four times', () => {
  test.each<[why: string, on: string, over: Ask, wanted: unknown]>([
    ['has no say the day before', '2026-11-26', {}, { kind: 'none' }],
    ['raises on the first day', '2026-11-27', {}, { kind: 'step', to: euros(400), stoodAt: euros(100) }],
    [
      'raises a budget that was never written to',
      '2026-11-27',
      { state: stateOf(100) },
      { kind: 'step', to: euros(400) },
    ],
    ['raises a budget that nothing is known of', '2026-11-27', { state: undefined }, { kind: 'step', to: euros(400) }],
    ['raises later when the first day was missed', '2026-11-28', {}, { kind: 'step', to: euros(400) }],
    [
      'raises again what a push on the first day did not raise',
      '2026-11-28',
      { state: stateOf(100, { day: '2026-11-27', dayStart: 100 }) },
      { kind: 'step', to: euros(400) },
    ],
    [
      'raises a budget that was first seen during it',
      '2026-11-29',
      { state: stateOf(100, { day: '2026-11-28', dayStart: 100, over: { ours: false } }) },
      { kind: 'step', to: euros(400) },
    ],
    ['holds once it is made', '2026-11-27', { state: RAISED }, { kind: 'hold' }],
    ['holds on its other days', '2026-11-29', { state: RAISED }, { kind: 'hold' }],
    ['returns on the day after, to the micro', '2026-11-30', { state: RAISED }, { kind: 'return', to: euros(100) }],
    ['returns however late', '2026-12-09', { state: RAISED }, { kind: 'return', to: euros(100) }],
    [
      'has no say once it is back',
      '2026-12-01',
      { state: stateOf(100, { day: '2026-11-30', dayStart: 400 }) },
      { kind: 'none' },
    ],
    ['has no say afterwards where it was never made', '2026-11-30', {}, { kind: 'none' }],
    [
      'holds where the platform raises by a schedule',
      '2026-11-27',
      { isScheduled: true },
      {
        kind: 'hold',
        why: 'the platform raises it by a schedule for "Black Friday" (2026-11-27 to 2026-11-29): it is not raised twice',
      },
    ],
    ['concerns nobody without a step', '2026-11-27', { events: [anEvent({ expectedUplift: 3 })] }, { kind: 'none' }],
    ['holds when it is a step of nothing', '2026-11-27', { events: [anEvent({ budgetFactor: 1 })] }, { kind: 'hold' }],
  ])('%s', (_why, on, over, wanted) => expect(ask(on, over)).toMatchObject(wanted as object))

  test('says what it does in a sentence', () => {
    expect(ask('2026-11-27')).toMatchObject({
      why: '4 times the 100.00 EUR that it stood at, approved for "Black Friday" (2026-11-27 to 2026-11-29); back on 2026-11-30',
    })
    expect(ask('2026-11-30', { state: RAISED })).toMatchObject({
      why: '"Black Friday" is over: back to the 100.00 EUR that it stood at',
    })
  })
})

describe('a person’s hand', () => {
  test.each<[why: string, over: Ask]>([
    [
      'that moved it during the event, and is held',
      {
        state: stateOf(250, {
          day: '2026-11-28',
          dayStart: 100,
          over: { hold: { until: (RAISED_AT + 7 * 86_400_000) as Instant, reason: 'by hand' } },
        }),
      },
    ],
    ['that moved it just now, and is not judged yet', { state: RAISED, standing: 250 }],
  ])('wins: %s', (_why, over) => {
    expect(ask('2026-11-30', over)).toEqual({
      kind: 'left',
      event: 'Black Friday',
      why: 'somebody moved it by hand since: it is not put back',
    })
  })

  test('of long before the event is forgotten', () => {
    const hold = { until: instant('2026-11-10T00:00:00Z'), reason: 'by hand' }
    const state = stateOf(400, { day: '2026-11-27', dayStart: 100, over: { hold } })
    expect(ask('2026-11-30', { state })).toMatchObject({ kind: 'return', to: euros(100) })
  })

  test('on a budget that was never ours is left', () => {
    const state = stateOf(400, { day: '2026-11-27', dayStart: 100, over: { ours: false } })
    expect(ask('2026-11-30', { state })).toEqual({ kind: 'none' })
  })
})

describe('what it stood at', () => {
  // Paused and started on the second day: the record of that day begins at the raised value.
  const rewritten = stateOf(400, { day: '2026-11-28', dayStart: 400 })

  test('is not made up when the record was written over: never raised twice, never cut blindly', () => {
    expect(ask('2026-11-29', { state: rewritten })).toMatchObject({ kind: 'hold' })
    expect(ask('2026-11-30', { state: rewritten })).toMatchObject({ kind: 'left' })
    const cutBack = stateOf(300, { day: '2026-11-28', dayStart: 400 })
    expect(ask('2026-11-29', { state: cutBack })).toMatchObject({ kind: 'hold' })
    expect(ask('2026-11-30', { state: cutBack })).toMatchObject({ kind: 'left' })
  })

  test('is what is on record beside it, where it is', () => {
    expect(ask('2026-11-29', { state: rewritten, stoodAt: 100 })).toMatchObject({ kind: 'hold' })
    expect(ask('2026-11-30', { state: rewritten, stoodAt: 100 })).toMatchObject({ kind: 'return', to: euros(100) })
    // A return that did not come through on the 30th.
    const again = stateOf(400, { day: '2026-11-30', dayStart: 400 })
    expect(ask('2026-12-01', { state: again, stoodAt: 100 })).toMatchObject({ kind: 'return', to: euros(100) })
    // Noted, but the raise did not come through.
    expect(
      ask('2026-11-28', { state: stateOf(100, { day: '2026-11-27', dayStart: 100 }), stoodAt: 100 }),
    ).toMatchObject({
      kind: 'step',
      to: euros(400),
    })
  })
})

describe('caps', () => {
  const cap = (amount: number): Limit => ({
    name: 'maximum',
    detail: 'the policy sets this largest budget',
    atMost: euros(amount),
  })

  test('win over an approved step, and say so', () => {
    expect(ask('2026-11-27', { caps: [cap(1000), cap(250)] })).toMatchObject({
      kind: 'step',
      to: euros(250),
      stoodAt: euros(100),
      cutBy: { name: 'maximum' },
      why: '4 times the 100.00 EUR that it stood at, approved for "Black Friday" (2026-11-27 to 2026-11-29); cut from 400.00 EUR to 250.00 EUR: the policy sets this largest budget; back on 2026-11-30',
    })
  })

  test('what they cut is held and returned like any other step', () => {
    const state = stateOf(250, { day: '2026-11-27', dayStart: 100 })
    expect(ask('2026-11-28', { state, caps: [cap(250)] })).toMatchObject({ kind: 'hold' })
    expect(ask('2026-11-30', { state, caps: [cap(250)] })).toMatchObject({ kind: 'return', to: euros(100) })
  })

  test('that leave no room hold it', () => {
    expect(ask('2026-11-27', { caps: [cap(100)] })).toMatchObject({
      kind: 'hold',
      why: '"Black Friday" (2026-11-27 to 2026-11-29) asks for 400.00 EUR, but the policy sets this largest budget',
    })
  })

  test('are not exceeded for a floor', () => {
    const floor: Limit = {
      name: 'platform-minimum',
      detail: 'the platform accepts no smaller budget',
      atLeast: euros(500),
    }
    expect(ask('2026-11-27', { caps: [floor, cap(250)] })).toMatchObject({ kind: 'step', to: euros(250) })
  })
})

describe('events beside and within each other', () => {
  /** Every day's decision, with each push done: the budget's value by day, as the lever's own record goes on. */
  const lived = (events: readonly CalendarEvent[], from: string, days: number): readonly number[] => {
    let state = stateOf(100, { day: '2026-11-01', dayStart: 90 })
    return Array.from({ length: days }, (_, i) => {
      const on = addDays(accountDate(from), i)
      const step = ask(on, { events, state })
      if (step.kind === 'step' || step.kind === 'return')
        state = { ...state, known: { kind: 'money', amount: step.to }, day: on, dayStart: state.known }
      return state.known.kind === 'money' ? Number(state.known.amount.micros) / 1e6 : Number.NaN
    })
  }

  test('one comes and goes', () => {
    expect(lived([FRIDAY], '2026-11-26', 6)).toEqual([100, 400, 400, 400, 100, 100])
  })

  test('the one within counts while it lasts, each by what it stood at before both', () => {
    const week = anEvent({ name: 'Week', from: '2026-11-26', to: '2026-11-30', budgetFactor: 1.5 })
    const friday = anEvent({ name: 'Friday', from: '2026-11-27', to: '2026-11-28', budgetFactor: 4 })
    expect(lived([week, friday], '2026-11-25', 8)).toEqual([100, 150, 400, 400, 150, 150, 100, 100])
    expect(lived([friday, week], '2026-11-25', 8)).toEqual([100, 150, 400, 400, 150, 150, 100, 100])
  })

  test('one follows at once upon the other', () => {
    const monday = anEvent({ name: 'Monday', from: '2026-11-30', to: '2026-11-30', budgetFactor: 2 })
    expect(lived([FRIDAY, monday], '2026-11-27', 6)).toEqual([400, 400, 400, 200, 100, 100])
  })

  test('a push that failed between two of them is not raised upon', () => {
    const monday = anEvent({ name: 'Monday', from: '2026-11-30', to: '2026-12-01', budgetFactor: 2 })
    const state = stateOf(400, { day: '2026-11-30', dayStart: 400 })
    expect(ask('2026-11-30', { events: [FRIDAY, monday], state })).toMatchObject({ kind: 'step', to: euros(200) })
    expect(ask('2026-12-02', { events: [FRIDAY, monday], state })).toMatchObject({ kind: 'return', to: euros(100) })
  })

  test('asking twice a day changes nothing', () => {
    const first = ask('2026-11-27')
    expect(first.kind).toBe('step')
    expect(ask('2026-11-27', { state: RAISED }).kind).toBe('hold')
  })
})
