import { describe, expect, test } from 'vitest'
import { askForCorrections } from '../../lib/control/corrections.ts'
import type { Loop } from '../../lib/control/loop.ts'
import type { Sighting } from '../../lib/control/sighting.ts'
import { type Lever, type LeverValue, leverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import {
  addDays,
  dateAt,
  HOUR_MS,
  type Instant,
  instant,
  later,
  MINUTE_MS,
  startOfDay,
} from '../../lib/units/calendar.ts'
import { ACCOUNT, aView, eur, NOW, policyWith, SHOES } from '../decide/breakers/views.ts'

const { structure } = aView()
const TODAY = dateAt(NOW, structure.zone)
const MIDNIGHT = startOfDay(TODAY, structure.zone)
const worth = (units: number): LeverValue => ({ kind: 'money', amount: eur(units) })
const BUDGET: Lever = { account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id: SHOES }

interface Case {
  readonly policy?: object
  readonly now?: Instant
  readonly sighting?: Partial<Sighting>
  readonly state?: Partial<LeverState>
}
/** What is asked for at noon, of a budget that stands at 100 as it is known. */
async function asked({ policy = {}, now = NOW, sighting = {}, state = {} }: Case): Promise<readonly StageMessage[]> {
  const version = { version: 'v', policy: policyWith({ mode: 'auto', ...policy }) }
  const sent: StageMessage[] = []
  const loop = {
    clock: { now: () => now },
    queue: { send: async (messages: readonly StageMessage[]) => void sent.push(...messages) },
  } as unknown as Loop
  const known: LeverState = {
    ...{ lever: BUDGET, version: 1, known: worth(100), knownAt: now, ours: true, idle: false, ...state },
  }
  const seen: Sighting = { lever: BUDGET, value: worth(100), idle: false, portfolio: version, ...sighting }
  await askForCorrections([seen], new Map([[leverKey(BUDGET), known]]), structure, [version], TODAY, loop)
  return sent
}
const hours = (count: number): Instant => later(MIDNIGHT, count * HOUR_MS)
const plan = (turn: Instant): StageMessage => ({ stage: 'plan', key: 'eu' as never, turn, attempt: 0 })

describe('a plan is asked for at once', () => {
  const over = { state: { cutBackTo: worth(99.99) } }

  test('while a budget stands above what it is to be cut back to', async () => {
    expect(await asked(over)).toEqual([plan(NOW)])
    expect(await asked({ state: { cutBackTo: worth(100) } })).toEqual([])
    expect(await asked({})).toEqual([])
    expect(await asked({ ...over, sighting: { value: worth(99) } })).toEqual([])
  })

  test('but not of what is nobody’s, cannot spend, or is being pushed already', async () => {
    expect(await asked({ ...over, sighting: { portfolio: undefined } })).toEqual([])
    expect(await asked({ ...over, sighting: { idle: true } })).toEqual([])
    expect(await asked({ state: { ...over.state, pending: {} as never } })).toEqual([])
  })

  test('as one of its own instant, whatever else is due', async () => {
    const policy = { guardrails: { steerWithinDay: 'cut' } }
    const now = later(hours(12), 5 * MINUTE_MS)
    expect(await asked({ policy, now })).toEqual([plan(hours(12))])
    expect(await asked({ ...over, policy, now })).toEqual([plan(now)])
  })
})

describe('a plan is asked for in the first two hours of the day', () => {
  const event = (from: string, to: string, more: object = { budgetFactor: 2 }) => ({
    policy: { events: [{ name: 'sale', from, to, ...more }] },
    now: hours(1),
  })
  const [yesterday, tomorrow] = [addDays(TODAY, -1), addDays(TODAY, 1)]
  const ONE = [plan(hours(1))]

  test('on which the step of an event begins, or is over for the first time', async () => {
    expect(await asked(event(TODAY, tomorrow))).toEqual(ONE)
    expect(await asked(event(yesterday, yesterday))).toEqual(ONE)
    expect(await asked(event(yesterday, tomorrow))).toEqual([])
    expect(await asked(event(yesterday, TODAY))).toEqual([])
    expect(await asked(event(addDays(TODAY, -2), addDays(TODAY, -2)))).toEqual([])
    expect(await asked(event(TODAY, TODAY, { expectedUplift: 2 }))).toEqual([])
  })

  test('on which a campaign is in the portfolio no more', async () => {
    const members = (to: string) => ({
      policy: {
        members: [
          { id: SHOES, class: 'brand', to },
          { name: 'hats', class: 'brand' },
        ],
      },
      now: hours(1),
    })
    expect(await asked(members(yesterday))).toEqual(ONE)
    expect(await asked(members(TODAY))).toEqual([])
  })

  test('and not after them, nor by a portfolio that only observes', async () => {
    const begins = event(TODAY, tomorrow)
    expect(await asked({ ...begins, now: later(hours(2), -1) })).toEqual([plan(later(hours(1), 45 * MINUTE_MS))])
    expect(await asked({ ...begins, now: hours(2) })).toEqual([])
    expect(await asked({ ...begins, policy: { ...begins.policy, mode: 'observe' } })).toEqual([])
  })
})

describe('a plan is asked for within the day', () => {
  test('every three hours from six to nineteen where the policy cuts within it', async () => {
    const at = async (mode: string, steerWithinDay: string): Promise<readonly number[]> => {
      const found: number[] = []
      for (let hour = 0; hour < 24; hour++) {
        const policy = { mode, guardrails: { steerWithinDay } }
        if ((await asked({ policy, now: later(hours(hour), 59 * MINUTE_MS) })).length > 0) found.push(hour)
      }
      return found
    }
    expect(await at('auto', 'cut')).toEqual([6, 9, 12, 15, 18])
    expect(await at('auto', 'leave')).toEqual([])
    expect(await at('observe', 'cut')).toEqual([])
  })
})

test('the tests’ day begins at 22:00 UTC', () => {
  expect(MIDNIGHT).toBe(instant('2026-06-01T22:00:00Z'))
})
