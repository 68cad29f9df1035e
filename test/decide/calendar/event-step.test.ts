import { describe, expect, test } from 'vitest'
import { type EventStep, eventStep, notApproved } from '../../../lib/decide/calendar/event-step.ts'
import type { Limit } from '../../../lib/decide/interval.ts'
import type { EventMark, LeverState } from '../../../lib/model/lever-state.ts'
import type { CalendarEvent } from '../../../lib/model/policy.ts'
import { accountDate, addDays, instant } from '../../../lib/units/calendar.ts'
import type { Money } from '../../../lib/units/money.ts'
import { aState, euros } from '../samples.ts'
import { anEvent } from './events.ts'

const FRIDAY = anEvent({ budgetFactor: 4 })
const RAISED_AT = instant('2026-11-27T00:10:00Z')

/** A budget of ours that stands at `known`. */
const stateOf = (known: number, event?: EventMark, over: Partial<LeverState> = {}): LeverState =>
  aState('7', known, { knownAt: RAISED_AT, ...(event ? { event } : {}), ...over })
const MARK: EventMark = { name: 'Black Friday', stoodAt: euros(100) }
const RAISED = stateOf(400, MARK)
/** Somebody set it to 250 on the second day of the event. */
const THEIRS = stateOf(250, { name: 'Black Friday' }, { day: accountDate('2026-11-28') })

interface Ask {
  readonly events?: readonly CalendarEvent[]
  readonly state?: LeverState | undefined
  readonly standing?: number
  readonly caps?: readonly Limit[]
}
const ask = (on: string, ask: Ask = {}): EventStep => {
  const state = 'state' in ask ? ask.state : stateOf(100)
  const known = state?.known.kind === 'money' ? Number(state.known.amount.micros) / 1e6 : 100
  return eventStep({
    events: ask.events ?? [FRIDAY],
    on: accountDate(on),
    standing: euros(ask.standing ?? known),
    state,
    caps: ask.caps ?? [],
  })
}

describe('an approved step of four times', () => {
  test.each<[why: string, on: string, over: Ask, wanted: unknown]>([
    ['has no say the day before', '2026-11-26', {}, { kind: 'none' }],
    ['raises on the first day', '2026-11-27', {}, { kind: 'step', to: euros(400), stoodAt: euros(100) }],
    ['raises a budget that nothing is known of', '2026-11-27', { state: undefined }, { kind: 'step', to: euros(400) }],
    ['raises later when the first day was missed', '2026-11-28', {}, { kind: 'step', to: euros(400) }],
    [
      'raises again what a push did not raise, though it is marked',
      '2026-11-28',
      { state: stateOf(100, MARK) },
      { kind: 'step', to: euros(400) },
    ],
    ['holds once it is made', '2026-11-27', { state: RAISED }, { kind: 'hold' }],
    ['holds on its other days', '2026-11-29', { state: RAISED }, { kind: 'hold' }],
    ['returns on the day after, to the micro', '2026-11-30', { state: RAISED }, { kind: 'return', to: euros(100) }],
    ['returns however late', '2026-12-09', { state: RAISED }, { kind: 'return', to: euros(100) }],
    [
      'returns when the policy has the event no more',
      '2026-11-28',
      { state: RAISED, events: [] },
      { kind: 'return', to: euros(100) },
    ],
    [
      'returns though it was paused, started and written to meanwhile',
      '2026-11-30',
      { state: { ...RAISED, day: accountDate('2026-11-28'), dayStart: { kind: 'money', amount: euros(400) } } },
      { kind: 'return', to: euros(100) },
    ],
    ['has no say once it is back', '2026-12-01', { state: stateOf(100, MARK) }, { kind: 'none' }],
    ['has no say afterwards where it was never made', '2026-11-30', {}, { kind: 'none' }],
    [
      'is not undone by a raise where it was cut back to less meanwhile',
      '2026-11-30',
      { state: stateOf(60, MARK) },
      { kind: 'left' },
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
  const by = 'somebody moved it by hand since: it is left as it is'

  test('wins during the event, and after it', () => {
    expect(ask('2026-11-29', { state: THEIRS })).toEqual({ kind: 'hold', event: 'Black Friday', why: by })
    expect(ask('2026-11-30', { state: THEIRS })).toEqual({ kind: 'none' })
  })

  test('wins too where it took the step back', () => {
    const back = stateOf(100, { name: 'Black Friday' }, { day: accountDate('2026-11-27') })
    expect(ask('2026-11-28', { state: back })).toEqual({ kind: 'hold', event: 'Black Friday', why: by })
  })

  test('wins before a pull has judged it', () => {
    expect(ask('2026-11-28', { state: RAISED, standing: 250 })).toMatchObject({ kind: 'hold', why: by })
    expect(ask('2026-11-30', { state: RAISED, standing: 250 })).toEqual({
      kind: 'left',
      event: 'Black Friday',
      why: by,
    })
  })

  test('of last year’s event of the same name is forgotten', () => {
    const lastYear = stateOf(100, { name: 'Black Friday' }, { day: accountDate('2025-11-28') })
    expect(ask('2026-11-27', { state: lastYear })).toMatchObject({ kind: 'step', to: euros(400) })
  })

  test('during one event does not stand against another', () => {
    const monday = anEvent({ name: 'Monday', from: '2026-11-30', to: '2026-11-30', budgetFactor: 2 })
    expect(ask('2026-11-30', { events: [FRIDAY, monday], state: THEIRS })).toMatchObject({
      kind: 'step',
      to: euros(500),
      stoodAt: euros(250),
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
    const state = stateOf(250, MARK)
    expect(ask('2026-11-28', { state, caps: [cap(250)] })).toMatchObject({ kind: 'hold' })
    expect(ask('2026-11-30', { state, caps: [cap(250)] })).toMatchObject({ kind: 'return', to: euros(100) })
  })

  test('that leave no room hold it', () => {
    expect(ask('2026-11-27', { caps: [cap(100)] })).toMatchObject({
      kind: 'hold',
      why: '"Black Friday" (2026-11-27 to 2026-11-29) asks for 400.00 EUR, but the policy sets this largest budget',
    })
  })

  test('that come down during it cut it at once, and it still returns', () => {
    expect(ask('2026-11-28', { state: RAISED, caps: [cap(300)] })).toMatchObject({
      kind: 'step',
      to: euros(300),
      stoodAt: euros(100),
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
  const inUnits = ({ micros }: Money): number => Number(micros) / 1e6
  /** Every day's decision, with each push done: the budget's value by day, as the lever's own record goes on. */
  const lived = (events: readonly CalendarEvent[], from: string, days: number): readonly number[] => {
    let state = stateOf(100)
    return Array.from({ length: days }, (_, i) => {
      const on = addDays(accountDate(from), i)
      const step = ask(on, { events, state })
      if (step.kind === 'step') state = stateOf(inUnits(step.to), { name: step.event, stoodAt: step.stoodAt })
      if (step.kind === 'return') state = stateOf(inUnits(step.to))
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
    const state = stateOf(400, MARK)
    expect(ask('2026-11-30', { events: [FRIDAY, monday], state })).toMatchObject({ kind: 'step', to: euros(200) })
    expect(ask('2026-12-02', { events: [FRIDAY, monday], state })).toMatchObject({ kind: 'return', to: euros(100) })
  })

  test('asking twice a day changes nothing', () => {
    const first = ask('2026-11-27')
    expect(first.kind).toBe('step')
    expect(ask('2026-11-27', { state: RAISED }).kind).toBe('hold')
  })
})

describe('the last look before a raise', () => {
  const step = (over: { name?: string; on?: string; to?: number } = {}) =>
    notApproved(
      [FRIDAY],
      over.name ?? 'Black Friday',
      accountDate(over.on ?? '2026-11-27'),
      euros(100),
      euros(over.to ?? 400),
    )

  test.each<[why: string, over: Parameters<typeof step>[0], wanted: string | undefined]>([
    ['lets through what was approved', {}, undefined],
    ['and less', { to: 250 }, undefined],
    ['but no micro more', { to: 400.000001 }, '"Black Friday" may raise it to 4 times 100.00 EUR, not to 400.00 EUR'],
    [
      'nor the day before',
      { on: '2026-11-26' },
      '"Black Friday" is from 2026-11-27 to 2026-11-29, and it is 2026-11-26 on the account',
    ],
    [
      'nor the day after',
      { on: '2026-11-30' },
      '"Black Friday" is from 2026-11-27 to 2026-11-29, and it is 2026-11-30 on the account',
    ],
    ['nor what the policy does not know', { name: 'Monday' }, 'the policy has no approved step for an event "Monday"'],
  ])('%s', (_why, over, wanted) => expect(step(over)).toBe(wanted))
})
