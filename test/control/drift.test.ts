import { describe, expect, test } from 'vitest'
import { type DriftQuestion, fits, resolveDrift } from '../../lib/control/drift.ts'
import type { Sighting } from '../../lib/control/sighting.ts'
import type { Lever, LeverValue } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { addDays, DAY_MS, HOUR_MS, later } from '../../lib/units/calendar.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { ACCOUNT, EUR, eur, NOW, policyWith, SHOES, TODAY } from '../decide/breakers/views.ts'

const worth = (units: number): LeverValue => ({ kind: 'money', amount: eur(units) })
const BUDGET: Lever = { account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id: SHOES }
const TARGET: Lever = { account: ACCOUNT, kind: 'target-cpa', entity: 'campaign', id: SHOES }
/** Stood at 100 an hour ago. */
const state = (more: Partial<LeverState> = {}): LeverState => ({
  ...{ lever: BUDGET, version: 3, known: worth(100), knownAt: later(NOW, -HOUR_MS), ours: true, idle: false },
  ...more,
})
const managed = (more: object = {}): Pick<Sighting, 'portfolio' | 'managed'> => ({
  portfolio: { version: 'v', policy: policyWith(more) },
  managed: true,
})
const NOBODYS: Pick<Sighting, 'portfolio'> = { portfolio: undefined }

type Asked = Partial<Omit<DriftQuestion, 'sighting'>> & { readonly sighting?: Partial<Sighting> }
/** What a budget of the portfolio’s is seen at that stood at 100; the account’s day has no cap. */
const seen = (units: number, { sighting = {}, ...more }: Asked = {}) =>
  resolveDrift({
    ...{ before: state(), events: [], exposure: undefined, cap: undefined, factor: 2, learningSafeStep: 0.2 },
    ...{ date: TODAY, now: NOW, rate: identityRate(EUR, TODAY), ...more },
    sighting: { lever: BUDGET, value: worth(units), idle: false, ...managed(), ...sighting },
  })
/** With the account’s day at 600 of so much. */
const dayOf = (cap: number) => ({ exposure: eur(600), cap: eur(cap) })

describe('a lever that was never seen before', () => {
  test('is nobody’s of ours, and no drift', () => {
    const { state: after, drift } = seen(100, { before: undefined })
    expect(drift).toBeUndefined()
    expect(after).toMatchObject({ version: 1, known: worth(100), knownAt: NOW, ours: false, idle: false })
  })

  test('has run today where it runs, and has not where it does not', () => {
    expect(seen(100, { before: undefined }).state).toMatchObject({ day: TODAY, dayHigh: worth(100) })
    expect(seen(100, { before: undefined, sighting: { idle: true } }).state).not.toHaveProperty('dayHigh')
    const target = seen(5, { before: undefined, sighting: { lever: TARGET } }).state
    expect(target).not.toHaveProperty('day')
  })
})

describe('what the day may have cost', () => {
  test('is by the higher value where it ran before, also where it is paused by now', () => {
    expect(seen(150).state.dayHigh).toEqual(worth(150))
    expect(seen(60).state.dayHigh).toEqual(worth(100))
    expect(seen(150, { sighting: { idle: true } }).state.dayHigh).toEqual(worth(150))
  })

  test('is by what it began to run with where it did not run before', () => {
    const before = state({ idle: true })
    expect(seen(60, { before }).state.dayHigh).toEqual(worth(60))
    expect(seen(60, { before, sighting: { idle: true } }).state).not.toHaveProperty('dayHigh')
  })
})

describe('what nobody is known to have set', () => {
  test('is doubted from fifty times on, up or down, also where it is nobody’s', () => {
    for (const sighting of [managed(), NOBODYS]) {
      expect(seen(5000, { sighting }).state.doubted).toEqual({ was: worth(100), since: NOW })
      expect(seen(2, { sighting }).state.doubted).toEqual({ was: worth(100), since: NOW })
      expect(seen(4999.99, { sighting }).state.doubted).toBeUndefined()
    }
  })

  test('is taken for meant where it is no budget', () => {
    const before = state({ lever: TARGET, known: worth(0.1) })
    const { state: after, drift } = seen(100, { before, sighting: { lever: TARGET } })
    expect(after.doubted).toBeUndefined()
    expect(drift).toMatchObject({ resolution: 'adopt', detail: 'inside the caps: left alone for 7 days' })
  })
})

describe('what fits into the account’s day', () => {
  test('fills it to the micro: half of the 100 that are left, by which a budget may be overspent', () => {
    expect(seen(150, dayOf(700)).drift?.resolution).toBe('adopt')
    expect(seen(150.01, dayOf(700)).drift?.resolution).toBe('cut-back')
  })

  test('of nobody’s budgets likewise, which are told of instead of cut', () => {
    expect(seen(150, { ...dayOf(700), sighting: NOBODYS }).state).not.toHaveProperty('beyondCap')
    expect(seen(150.01, { ...dayOf(700), sighting: NOBODYS }).state.beyondCap).toMatchObject({ most: worth(150) })
  })

  test('is anything where the day has no cap, or is not open yet', () => {
    expect(seen(400, { exposure: eur(600) }).drift?.resolution).toBe('adopt')
    expect(seen(400, { cap: eur(10) }).drift?.resolution).toBe('adopt')
  })
})

describe('what was to be cut back', () => {
  test('is in order again where it stands at that, and not a cent above', () => {
    const before = state({ known: worth(400), cutBackTo: worth(120) })
    expect(seen(120, { before })).toMatchObject({ drift: { resolution: 'adopt' } })
    expect(seen(120, { before }).state).not.toHaveProperty('cutBackTo')
    expect(seen(120.01, { before })).toMatchObject({
      drift: { resolution: 'cut-back' },
      state: { cutBackTo: worth(120) },
    })
  })
})

describe('what somebody has set inside the caps', () => {
  test('is left alone as long as the policy says, a week by default and where it is nobody’s', () => {
    const until = (days: number) => ({ until: later(NOW, days * DAY_MS), reason: 'somebody set this budget by hand' })
    expect(seen(150).state.hold).toEqual(until(7))
    expect(seen(150, { sighting: NOBODYS }).state.hold).toEqual(until(7))
    const held = (holdDays: number) => seen(150, { sighting: managed({ drift: { holdDays } }) }).state.hold
    expect(held(1)).toEqual(until(1))
    expect(held(0)).toBeUndefined()
  })

  test('is of the day that it is seen on', () => {
    const before = state({ day: addDays(TODAY, -1), dayHigh: worth(900), dayStart: worth(900) })
    expect(seen(150, { before }).state).toMatchObject({ day: TODAY, dayHigh: worth(150), dayStart: worth(100) })
  })
})

describe('what stood beyond the account’s day', () => {
  const beyond = state({ beyondCap: { most: worth(100), why: 'by hand' } })

  test('does so no more once the day is under its cap, to the micro', () => {
    expect(fits(beyond, { exposure: eur(700), cap: eur(700) })).toBe(true)
    expect(fits(beyond, { exposure: eur(700.01), cap: eur(700) })).toBe(false)
    expect(fits(beyond, { exposure: eur(699), cap: eur(700) })).toBe(true)
    expect(fits(beyond, { exposure: eur(700) })).toBe(true)
  })

  test('says nothing of that where it cannot spend, where the day is not open, and where it did not', () => {
    expect(fits({ ...beyond, idle: true }, { exposure: eur(1), cap: eur(700) })).toBe(false)
    expect(fits(beyond, { cap: eur(700) })).toBe(false)
    expect(fits(state(), { exposure: eur(1), cap: eur(700) })).toBe(false)
  })

  test('is told of no more when it is seen as it was', () => {
    expect(seen(100, { before: beyond, ...dayOf(700) }).state).not.toHaveProperty('beyondCap')
    expect(seen(100, { before: beyond, ...dayOf(599) }).state).toHaveProperty('beyondCap')
  })
})
