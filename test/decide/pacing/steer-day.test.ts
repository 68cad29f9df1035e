import { describe, expect, test } from 'vitest'
import type { HourlySpend, Observation } from '../../../lib/model/observation.ts'
import type { Plan } from '../../../lib/model/plan.ts'
import { type AccountDate, addDays, instant, later, startOfDay, timeZone } from '../../../lib/units/calendar.ts'
import { mainUnits } from '../../../lib/units/money.ts'
import { type AccountSpec, anAccount, anObservation, type CampaignSpec, TODAY } from '../../measure/samples.ts'
import { aState, changesOf, decisionOn, euros, planOf, someCapabilities, standsAt } from '../samples.ts'

const BERLIN = timeZone('Europe/Berlin')
const NOON = instant('2026-11-21T11:00:00Z')
const HOUR = 3_600_000

/** Half of 100 a day each, spent by the hour as evenly as the clock runs. */
const A: CampaignSpec = { id: '1', budget: 50, days: () => ({ spend: 50, conversions: 5 }) }
const B: CampaignSpec = { id: '2', budget: 50, days: () => ({ spend: 50, conversions: 5 }) }

const micros = (units: number): bigint => BigInt(Math.round(units * 1e6))
/** So much in each of the first hours. */
const even = (spent: number, hours: number): readonly bigint[] =>
  Array.from({ length: 24 }, (_, hour) => (hour < hours ? micros(spent / hours) : 0n))

/** A day of 100 that was last read at 23:00. */
const pastDay = (date: AccountDate, spent = even((100 * 23) / 24, 23)): HourlySpend['past'][number] => ({
  date,
  readAt: later(startOfDay(date, BERLIN), 23 * HOUR),
  spendMicros: spent,
})

const hoursOf = (spent: Readonly<Record<string, number>>, past = 7): HourlySpend => ({
  readAt: NOON,
  today: new Map(Object.entries(spent).map(([campaign, units]) => [campaign, even(units, 12)])),
  past: Array.from({ length: past }, (_, i) => pastDay(addDays(TODAY, i - past))),
})

const { status: AT_DAWN } = anAccount({ key: 'google-ads:1', campaigns: [A] })

interface Look {
  /** What each campaign has spent by noon. */
  readonly spent: Readonly<Record<string, number>>
  readonly campaigns?: readonly CampaignSpec[]
  readonly over?: AccountSpec['over']
  readonly guardrails?: object
  readonly policy?: Readonly<Record<string, unknown>>
  readonly observation?: Partial<Observation>
}

function atNoon({ spent, campaigns = [A, B], over, guardrails, policy, observation }: Look): Observation {
  const own = {
    status: { ...AT_DAWN, structureAt: NOON, spendAt: NOON },
    hours: hoursOf(spent),
    spentTodayMicros: new Map(Object.entries(spent).map(([campaign, units]) => [campaign, micros(units)])),
    ...over,
  }
  return anObservation({
    accounts: [{ key: 'google-ads:1', campaigns, over: own }],
    policy: { guardrails: { steerWithinDay: 'cut', ...guardrails }, ...policy },
    over: { now: NOON, occasion: 'correction', ...observation },
  })
}

const movedBy = (plan: Plan): readonly string[] => changesOf(plan).map(({ change }) => change.lever.id)
const AHEAD = { 1: 38, 2: 38 }

describe('a day that runs ahead of its target', () => {
  test('is cut by what brings it back, all budgets alike', () => {
    const plan = planOf(atNoon({ spent: { 1: 30, 2: 35 } }))
    // Shown 130, of which 0.15·√(5/12)·130 are doubtful; expected 100 ± 15.
    const doubt = ((0.15 ** 2 * 5) / 12) * 130 ** 2
    const mean = 100 + (30 * 225) / (225 + doubt)
    const to = Math.ceil((100 * 50 * 100) / mean) / 100
    // The day's share is 98.87, which what the budgets stand at is near enough to.
    expect(mainUnits(plan.dayTarget)).toBeCloseTo(100, 2)
    expect(standsAt(plan, '1')).toBeCloseTo(to, 9)
    expect(standsAt(plan, '2')).toBeCloseTo(to, 9)
  })

  test('says by how much, how surely and of what, and lapses with the account’s day', () => {
    const plan = planOf(atNoon({ spent: { 1: 30, 2: 35 } }))
    expect(decisionOn(plan, '1')).toMatchObject({
      kind: 'change',
      binding: [{ name: 'day-ahead' }],
      why: '−15.0 % to 42.52 EUR: the day runs ahead: 65.00 are spent where 50 % of a day is usual, so that it will end at 117.60 (105.25 to 129.96) and not at 100.00 EUR.',
    })
    expect(plan.expiresAt).toBe(instant('2026-11-21T23:00:00Z'))
  })

  test('is cut by no more than the platform takes without learning anew, nor than the policy allows', () => {
    // 76 by noon: it will end at about 140.
    expect(standsAt(planOf(atNoon({ spent: AHEAD })), '1')).toBe(40)
    expect(standsAt(planOf(atNoon({ spent: AHEAD, guardrails: { maxStepDown: 0.1 } })), '1')).toBe(45)
  })

  test.each<[why: string, look: Look, to: number]>([
    // 45 and a twentieth of them, for what is spent until it is pushed.
    ['what it has spent', { spent: { 1: 45, 2: 45 } }, 47.25],
    ['the policy’s least budget', { spent: AHEAD, guardrails: { minDailyBudget: '44 EUR' } }, 44],
    [
      'its own bounds',
      { spent: AHEAD, policy: { bounds: [{ account: 'google-ads:1', budget: '91', atLeast: '46 EUR' }] } },
      46,
    ],
  ])('never brings a budget below %s', (_why, look, to) => expect(standsAt(planOf(atNoon(look)), '1')).toBe(to))

  test('is not cut below so many times the spend as the platform asks for', () => {
    const plan = planOf(atNoon({ spent: AHEAD }), { ...someCapabilities, cutFloorOfSpend: 1.1 })
    // 38 · 1.1 · 1.05.
    expect(standsAt(plan, '1')).toBe(43.89)
  })

  test('moves nothing by less than the deadband', () => {
    expect(movedBy(planOf(atNoon({ spent: AHEAD, guardrails: { deadband: 0.21 } })))).toEqual([])
    expect(movedBy(planOf(atNoon({ spent: { 1: 47, 2: 40 } })))).toEqual(['92'])
  })

  test('moves no more levers than one plan may', () => {
    const plan = planOf(atNoon({ spent: AHEAD, guardrails: { maxChangesPerPlan: 1 } }))
    expect(movedBy(plan)).toHaveLength(1)
    expect(plan.decisions).toContainEqual(expect.objectContaining({ kind: 'hold', reason: 'change-limit' }))
  })

  test('is told by spend alone: ten times the conversions change no cut', () => {
    const richer = [A, B].map((one) => ({ ...one, days: () => ({ spend: 50, conversions: 50 }) }))
    const [poor, rich] = [planOf(atNoon({ spent: AHEAD })), planOf(atNoon({ spent: AHEAD, campaigns: richer }))]
    expect(changesOf(rich).map(({ change }) => change)).toEqual(changesOf(poor).map(({ change }) => change))
  })
})

describe('a budget on such a day is left alone', () => {
  const state = (over: Parameters<typeof aState>[2]): AccountSpec['over'] => ({ levers: [aState('1', 50, over)] })
  const money = (units: number) => ({ kind: 'money', amount: euros(units) }) as const
  const event = { name: 'fair', from: TODAY, to: TODAY }

  test.each<[why: string, look: Omit<Look, 'spent'>]>([
    ['when it was cut today already', { over: state({ day: TODAY, dayStart: money(60), dayHigh: money(60) }) }],
    ['when a push is not settled', { over: state({ pending: { intent: 'i', to: money(45) } as never }) }],
    [
      'when somebody’s edit is being left alone',
      { over: state({ hold: { until: later(NOON, 1), reason: 'ana set it' } }) },
    ],
    ['when it stands raised for an event', { over: state({ event: { name: 'fair' } }), policy: { events: [event] } }],
    [
      'when the step of an event is in force',
      { policy: { events: [{ ...event, budgetFactor: 1, match: { id: '1' } }] } },
    ],
    ['when it is frozen', { observation: { freezes: [{ scope: 'campaign/google-ads:1/1' } as never] } }],
    [
      'when it is not managed',
      { policy: { members: [{ id: '1', class: 'prospecting', managed: false }, { class: 'prospecting' }] } },
    ],
    ['when its campaign is learning', { campaigns: [{ ...A, campaign: { learning: 'learning' } }, B] }],
    ['when it does not limit what is spent', { campaigns: [{ ...A, days: () => ({ spend: 35, conversions: 5 }) }, B] }],
  ])('%s', (_why, look) => expect(movedBy(planOf(atNoon({ spent: AHEAD, ...look })))).toEqual(['92']))

  test('but not when it was raised today, or moved on another day', () => {
    const raised = state({ day: TODAY, dayStart: money(45), dayHigh: money(50) })
    const before = state({ day: addDays(TODAY, -1), dayStart: money(50), dayHigh: money(60) })
    expect(movedBy(planOf(atNoon({ spent: AHEAD, over: raised })))).toEqual(['91', '92'])
    expect(movedBy(planOf(atNoon({ spent: AHEAD, over: before })))).toEqual(['91', '92'])
  })
})

describe('nothing is cut', () => {
  test.each<[why: string, look: Look]>([
    ['on a day on its path', { spent: { 1: 25, 2: 25 } }],
    ['on a day that lags', { spent: { 1: 5, 2: 5 } }],
    ['where the policy leaves days alone', { spent: AHEAD, guardrails: { steerWithinDay: 'leave' } }],
    ['in a portfolio that only observes', { spent: AHEAD, policy: { mode: 'observe' } }],
    ['with fewer than three past days by the hour', { spent: AHEAD, over: { hours: hoursOf(AHEAD, 2) } }],
    ['on an account whose date is another', { spent: AHEAD, over: { today: addDays(TODAY, 1) } }],
  ])('%s', (_why, look) => {
    const plan = planOf(atNoon(look))
    expect(movedBy(plan)).toEqual([])
    expect(decisionOn(plan, '1').kind).toBe('hold')
    expect(plan.expiresAt).toBe(later(NOON, 26 * HOUR))
  })

  test('by the daily decision because of the hours', () => {
    const daily = { observation: { occasion: 'daily' } } as const
    const [busy, calm] = [
      planOf(atNoon({ spent: AHEAD, ...daily })),
      planOf(atNoon({ spent: { 1: 1, 2: 1 }, ...daily })),
    ]
    expect(changesOf(busy).map(({ change }) => change)).toEqual(changesOf(calm).map(({ change }) => change))
  })

  test('on days whose hours say too little of them', () => {
    const unread = Array.from({ length: 7 }, (_, i) => pastDay(addDays(TODAY, i - 7), even(40, 23)))
    const stopped = unread.map((day) => ({
      ...pastDay(day.date),
      readAt: later(startOfDay(day.date, BERLIN), 19 * HOUR),
    }))
    for (const past of [unread, stopped])
      expect(movedBy(planOf(atNoon({ spent: AHEAD, over: { hours: { ...hoursOf(AHEAD), past } } })))).toEqual([])
  })
})

test('what a past day spent after its last reading counts for its last hours', () => {
  // Six tenths of each day by 20:00, when it was read last, and the rest after it.
  const past = hoursOf({}).past.map(({ date }) => ({
    ...pastDay(date, even(60, 20)),
    readAt: later(startOfDay(date, BERLIN), 20 * HOUR),
  }))
  const spent = { 1: 32, 2: 32 }
  const plan = planOf(atNoon({ spent, over: { hours: { ...hoursOf(spent), past } } }))
  // 7 days of 36 % by noon and two even ones: (7 · 0.36 + 2 · 0.5) / 9 = 39 %.
  expect(decisionOn(plan, '1')).toMatchObject({ why: expect.stringContaining('where 39 % of a day is usual') })
})

test('a day of accounts in two currencies is their sum in the base currency', () => {
  const account = (key: string, units: number): AccountSpec => ({
    key,
    campaigns: [{ ...A, budget: 50 * units, days: () => ({ spend: 50 * units, conversions: 5 }) }],
    over: {
      status: { ...AT_DAWN, structureAt: NOON, spendAt: NOON },
      hours: {
        ...hoursOf({ 1: 40 * units }),
        past: hoursOf({}).past.map((day) => ({ ...day, spendMicros: even((50 * units * 23) / 24, 23) })),
      },
      spentTodayMicros: new Map([['1', micros(40 * units)]]),
    },
  })
  const plan = planOf(
    anObservation({
      accounts: [account('google-ads:1', 1), { ...account('meta:2', 2), currency: 'USD', rate: 0.5 }],
      policy: { guardrails: { steerWithinDay: 'cut' } },
      over: { now: NOON, occasion: 'correction' },
    }),
  )
  expect(decisionOn(plan, '1')).toMatchObject({ why: expect.stringContaining('80.00 are spent where 50 %') })
  expect(standsAt(plan, '1')).toBe(42)
  expect(standsAt(plan, '1', 'meta:2')).toBe(84)
})
