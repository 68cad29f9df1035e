import { describe, expect, test } from 'vitest'
import { groupRooms } from '../../lib/decide/group-rooms.ts'
import { NO_BELIEFS } from '../../lib/decide/no-beliefs.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { HOUR_MS, later } from '../../lib/units/calendar.ts'
import { type AccountSpec, anObservation, type CampaignSpec, NOW, TODAY } from '../measure/samples.ts'
import { aBudget } from '../model/samples.ts'
import { aState, euros, someCapabilities } from './samples.ts'

interface Case {
  readonly campaigns?: readonly CampaignSpec[]
  readonly terms?: AccountSpec['terms']
  readonly structure?: AccountSpec['structure']
  readonly over?: AccountSpec['over']
  readonly more?: readonly AccountSpec[]
  readonly policy?: Readonly<Record<string, unknown>>
}

/** Two budgets of 50 under a cap of 300 on the account and of 400 in all; a platform may spend a budget twice over. */
function observed({ campaigns, terms = {}, structure, over, more = [], policy = {} }: Case) {
  return anObservation({
    accounts: [
      {
        key: 'google-ads:1',
        campaigns: campaigns ?? [
          { id: '1', budget: 50 },
          { id: '2', budget: 50 },
        ],
        terms: { dayCap: '300 EUR', ...terms },
        ...(structure ? { structure } : {}),
        ...(over ? { over } : {}),
      },
      ...more,
    ],
    policy: { dayCap: '400 EUR', ...policy },
  })
}
type Steps = Readonly<Record<string, number>>
function roomsOf(of: Case, stepsTo: Steps = {}, factors: Steps = {}): readonly number[] {
  const observation = observed(of)
  const questions = questionsOf(observation, NO_BELIEFS, (key) => ({
    ...someCapabilities,
    overDeliveryFactor: factors[key] ?? 2,
  })).map((one) => {
    const to = stepsTo[one.budget.id]
    return to === undefined ? one : { ...one, stepsTo: euros(to) }
  })
  return groupRooms(observation, questions).rooms.map((room) => Math.round(room * 1e6) / 1e6)
}

describe('how far budgets may grow under the caps', () => {
  test('cap over factor, less what stands: of the account, and in all', () => {
    // 300 / 2 − 100, and 400 / 2 − 100.
    expect(roomsOf({})).toEqual([50, 100])
  })

  test('not at all without a cap', () => {
    expect(roomsOf({ terms: { dayCap: undefined } })).toEqual([0, 100])
    expect(roomsOf({ policy: { dayCap: undefined } })).toEqual([50, 0])
  })

  test('not at all beyond one: nothing is owed', () => {
    expect(roomsOf({ terms: { dayCap: '199 EUR' }, policy: { dayCap: '199 EUR' } })).toEqual([0, 0])
    expect(roomsOf({ terms: { dayCap: '202 EUR' }, policy: { dayCap: '202 EUR' } })).toEqual([1, 1])
  })

  test('no further than the account may still spend on the platform at all, where there is a cap too', () => {
    expect(roomsOf({ structure: { remainingSpendCap: euros(260) } })).toEqual([30, 100])
    expect(roomsOf({ structure: { remainingSpendCap: euros(360) } })).toEqual([50, 100])
    expect(roomsOf({ structure: { remainingSpendCap: euros(260) }, terms: { dayCap: undefined } })).toEqual([0, 100])
  })

  test('by the factor of the policy before the platform’s; the portfolio by the largest of its accounts', () => {
    // 300 / 1.5 − 100; 400 / 1.5 − 100.
    expect(roomsOf({ terms: { overDeliveryFactor: 1.5 } })).toEqual([100, 166.666667])
    const more = [{ key: 'meta:1', campaigns: [{ id: '5', budget: 40 }], terms: { dayCap: '90 EUR' } }]
    // 300 / 2 − 100; 90 / 1.5 − 40; 400 / 2 − 140.
    expect(roomsOf({ more }, {}, { 'meta:1': 1.5 })).toEqual([50, 20, 60])
  })

  test('an account of which nothing is asked spends its budgets as they stand', () => {
    const members = [{ class: 'prospecting', account: 'google-ads:1' }]
    const more = [{ key: 'meta:1', campaigns: [{ id: '5', budget: 40 }], terms: { dayCap: '90 EUR' } }]
    // Nothing is known of its platform: 90 / 1 − 40.
    expect(roomsOf({ more, policy: { members } })).toEqual([50, 50, 100])
  })

  test('a raise that is decided already takes of both, a cut that is decided makes no room', () => {
    expect(roomsOf({}, { 91: 60 })).toEqual([40, 90])
    expect(roomsOf({}, { 91: 20 })).toEqual([50, 100])
    expect(roomsOf({}, { 91: 60, 92: 20 })).toEqual([40, 90])
  })

  test('a raise takes of its own account alone', () => {
    const more = [{ key: 'meta:1', campaigns: [{ id: '5', budget: 40 }], terms: { dayCap: '100 EUR' } }]
    expect(roomsOf({ more }, { 95: 45 })).toEqual([50, 5, 55])
  })

  test('what does not run takes nothing', () => {
    const campaigns = [
      { id: '1', budget: 50 },
      { id: '2', budget: 50, campaign: { status: 'paused' as const } },
    ]
    expect(roomsOf({ campaigns })).toEqual([100, 150])
  })

  test('a lifetime budget may go in one day, but not twice', () => {
    const campaigns: readonly CampaignSpec[] = [
      { id: '1', budget: 50 },
      { id: '2', budget: 60, holder: { period: 'lifetime' } },
    ]
    // 150 − 50 − 60 / 2.
    expect(roomsOf({ campaigns })).toEqual([70, 120])
  })

  test('a budget of the account that is nobody’s takes of the account’s room', () => {
    const observation = observed({})
    const [account] = observation.accounts
    const budgets = [...account!.structure.budgets, aBudget('1', 10, { id: '99' as never })]
    const other = { ...account!, structure: { ...account!.structure, budgets } }
    const seen = { ...observation, accounts: [other] }
    const questions = questionsOf(observation, NO_BELIEFS, () => someCapabilities)
    expect(
      groupRooms(
        seen,
        questions.map((one) => ({ ...one, account: other })),
      ).rooms,
    ).toEqual([40, 100])
  })

  test('what a schedule raises a budget by counts as if it stood there', () => {
    const raises: LeverState['raises'] = [
      {
        ...{ from: NOW, to: later(NOW, HOUR_MS), first: TODAY, last: TODAY },
        size: { by: 'amount', amount: euros(10) },
      },
    ]
    expect(roomsOf({ over: { levers: [aState('1', 50, { raises }), aState('2', 50)] } })).toEqual([40, 90])
  })

  test('in the base currency: what stands abroad at a cautious rate, and room for growth with the haircut', () => {
    const more = [
      { key: 'meta:1', currency: 'USD', rate: 0.9, campaigns: [{ id: '5', budget: 50 }], terms: { dayCap: '200 USD' } },
    ]
    // 200 / 2 − 50 dollars at 0.9; 400 / 2 − 100 − 50 × 0.9 × 1.02, and that over 1.02.
    expect(roomsOf({ more })).toEqual([50, 45, 53.039216])
  })

  test('a question belongs to the room of its account, and to the portfolio’s', () => {
    const more = [{ key: 'meta:1', campaigns: [{ id: '5', budget: 40 }] }]
    const observation = observed({ more })
    const questions = questionsOf(observation, NO_BELIEFS, () => someCapabilities)
    const { indexesOf } = groupRooms(observation, questions)
    expect(questions.map(indexesOf)).toEqual([
      [0, 2],
      [0, 2],
      [1, 2],
    ])
  })
})
