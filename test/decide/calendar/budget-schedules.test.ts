import { describe, expect, test } from 'vitest'
import { type SchedulingAccount, unwanted, wantedSchedules } from '../../../lib/decide/calendar/budget-schedules.ts'
import { portfolioId } from '../../../lib/model/account.ts'
import type { ScheduledRaise } from '../../../lib/model/scheduled-raise.ts'
import {
  accountDate,
  HOUR_MS,
  type Instant,
  instant,
  isoInstant,
  startOfDay,
  timeZone,
} from '../../../lib/units/calendar.ts'
import { anObservation } from '../../measure/samples.ts'
import { euros, someCapabilities } from '../samples.ts'

const FAIR = { name: 'fair', from: '2026-11-25', to: '2026-11-26', budgetFactor: 4, announce: true }
/** Ten in the morning UTC is thirteen hours before the event in Berlin; the next hours are its time. */
const TIMELY = instant('2026-11-24T15:00:00Z')
const CAPABLE = {
  ...someCapabilities,
  budgetSchedules: { leastMs: 3 * HOUR_MS, leadMs: HOUR_MS, most: 50 },
}

/** Budgets of 50 and 30, in Berlin. */
function account(event: object = {}, over: Partial<SchedulingAccount> = {}, policy: object = {}): SchedulingAccount {
  const observation = anObservation({
    accounts: [
      {
        key: 'meta:1',
        campaigns: [
          { id: '1', budget: 50 },
          { id: '2', budget: 30 },
        ],
      },
    ],
    policy: { events: [{ ...FAIR, ...event }], ...policy },
  })
  return {
    policy: observation.policy.policy,
    structure: observation.accounts[0]!.structure,
    capabilities: CAPABLE,
    now: TIMELY,
    isContested: () => false,
    ...over,
  }
}
const wanted = (one: SchedulingAccount) =>
  wantedSchedules(one).map(({ budget, from, to, amount, over }) => [
    budget.id,
    isoInstant(from),
    isoInstant(to),
    amount,
    over,
  ])

describe('the steps that are to be written as schedules', () => {
  test('are those of announced events, over what the budgets stand at, between local midnights', () => {
    expect(wanted(account())).toEqual([
      ['91', '2026-11-24T23:00:00Z', '2026-11-26T23:00:00Z', euros(200), euros(50)],
      ['92', '2026-11-24T23:00:00Z', '2026-11-26T23:00:00Z', euros(120), euros(30)],
    ])
  })

  test.each<[why: string, now: string, count: number]>([
    ['thirteen hours before', '2026-11-24T10:00:00Z', 0],
    ['twelve hours before', '2026-11-24T11:00:00Z', 2],
    ['an hour before', '2026-11-24T22:00:00Z', 2],
    ['a minute later', '2026-11-24T22:01:00Z', 0],
    ['on its day', '2026-11-25T05:00:00Z', 0],
  ])('are so many %s', (_why, now, count) => {
    expect(wanted(account({}, { now: instant(now) }))).toHaveLength(count)
  })

  test.each<[why: string, one: SchedulingAccount]>([
    ['the event is not announced', account({ announce: false })],
    ['the event has no step', account({ budgetFactor: undefined, expectedUplift: 2 })],
    ['the platform has no schedules', account({}, { capabilities: someCapabilities })],
    [
      'the platform wants longer ones',
      account(
        {},
        { capabilities: { ...CAPABLE, budgetSchedules: { ...CAPABLE.budgetSchedules, leastMs: 49 * HOUR_MS } } },
      ),
    ],
    ['the event goes on after the flight', account({ to: '2026-12-02' })],
    ['another portfolio claims the budgets', account({}, { isContested: () => true })],
    ['nothing is managed', account({}, {}, { members: [{ class: 'prospecting', managed: false }] })],
    ['a membership ends within the event', account({}, {}, { members: [{ class: 'prospecting', to: '2026-11-25' }] })],
    [
      'the budget is not honoured',
      account({}, { capabilities: { ...CAPABLE, honours: () => ({ kind: 'not-honoured', reason: 'no' }) } }),
    ],
  ])('are none where %s', (_why, one) => {
    expect(wanted(one)).toEqual([])
  })

  test('leave a budget to its own step where the schedule would be above its bound', () => {
    const bounds = [{ account: 'meta:1', budget: '91', atMost: '150 EUR' }]
    expect(wanted(account({}, {}, { bounds })).map(([id]) => id)).toEqual(['92'])
  })

  test('are of the campaigns that the event is for', () => {
    expect(wanted(account({ match: { id: '2' } })).map(([id]) => id)).toEqual(['92'])
  })
})

describe('a schedule that was written', () => {
  const BERLIN = timeZone('Europe/Berlin')
  const RAISE: ScheduledRaise = {
    from: startOfDay(accountDate('2026-11-25'), BERLIN),
    to: startOfDay(accountDate('2026-11-27'), BERLIN),
    first: accountDate('2026-11-25'),
    last: accountDate('2026-11-26'),
    size: { by: 'amount', amount: euros(150) },
    ours: { event: 'fair', portfolio: portfolioId('eu'), factor: 4, over: euros(50) },
  }
  const why = (one: SchedulingAccount, raise = RAISE, known = euros(50)) =>
    unwanted(raise, one.structure.budgets[0], known, one)

  test('stands while the policy says the same', () => {
    expect(why(account())).toBeUndefined()
    expect(why(account(), { ...RAISE, ours: undefined as never })).toBeUndefined()
  })

  test.each<[what: string, one: SchedulingAccount, says: RegExp]>([
    ['the event is gone', account({ name: 'another' }), /no longer announces/],
    ['it is not announced any more', account({ announce: false }), /no longer announces/],
    ['its days are others', account({ to: '2026-11-25' }), /something else/],
    ['its factor is another', account({ budgetFactor: 3 }), /something else/],
    ['it is for other campaigns', account({ match: { id: '2' } }), /no longer the portfolio’s/],
    ['another portfolio claims the budget', account({}, { isContested: () => true }), /no longer the portfolio’s/],
  ])('is to be taken back where %s', (_what, one, says) => {
    expect(why(one)).toMatch(says)
  })

  test('is to be taken back where the budget stands elsewhere by now', () => {
    expect(why(account(), RAISE, euros(49))).toBe('the budget was moved since')
    expect(unwanted(RAISE, undefined, euros(50), account())).toMatch(/no longer/)
  })

  test('outlives the hours in which it may be written', () => {
    expect(why(account({}, { now: (RAISE.from + HOUR_MS) as Instant }))).toBeUndefined()
  })
})
