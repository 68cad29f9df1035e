import { describe, expect, test } from 'vitest'
import { estimate } from '../../lib/measure/estimate.ts'
import { conversionsAt } from '../../lib/measure/response-curve.ts'
import type { CampaignId } from '../../lib/model/account.ts'
import type { BudgetEstimate } from '../../lib/model/estimates.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { Observation } from '../../lib/model/observation.ts'
import { addDays } from '../../lib/units/calendar.ts'
import { type AccountSpec, anObservation, budgetIdOf, type CampaignSpec, FLIGHT_FROM, TODAY } from './samples.ts'

const google = (...campaigns: readonly CampaignSpec[]): AccountSpec => ({ key: 'google-ads:1', campaigns })
const of = (observation: Observation, campaign: string, account = 'google-ads:1'): BudgetEstimate | undefined =>
  estimate(observation).budgets.find((one) => one.budget === budgetIdOf(campaign) && one.account === account)

const level = (one: BudgetEstimate | undefined): number => conversionsAt(one!.curve, one!.curve.referenceSpend)
/** First day of the flight is 20 days old. */
const flightAge = 20

describe('the estimate of a budget', () => {
  test('is missing where nothing was ever spent: a belief needs a day of spend', () => {
    const observation = anObservation({
      accounts: [
        google(
          { id: '1', budget: 100 },
          { id: '2', budget: 100, days: () => ({ spend: 0, conversions: 0 }) },
          { id: '3', budget: 100, days: () => undefined },
        ),
      ],
    })
    expect(of(observation, '1')).toBeDefined()
    expect(of(observation, '2')).toBeUndefined()
    expect(of(observation, '3')).toBeUndefined()
  })

  test('pulls a budget that has hardly converted towards its account, a busy one hardly at all', () => {
    const oneDay = (conversions: number) => (age: number) => (age === 1 ? { spend: 100, conversions } : undefined)
    const beside = (rate: number): Observation =>
      anObservation({
        accounts: [
          google(
            { id: '1', budget: 100, days: () => ({ spend: 100, conversions: 100 * rate }) },
            { id: '2', budget: 100, days: oneDay(1) },
          ),
        ],
      })
    expect(level(of(beside(0.4), '1'))).toBeGreaterThan(39)
    // One conversion in one day, beside an account that has 2 or 40 of such a day.
    expect(level(of(beside(0.4), '2'))).toBeGreaterThan(1.3 * level(of(beside(0.02), '2')))
  })

  test('has the mean spend of its last 14 complete days', () => {
    const observation = anObservation({
      accounts: [google({ id: '1', budget: 100, days: (age) => ({ spend: age <= 14 ? 80 : 20, conversions: 5 }) })],
    })
    expect(of(observation, '1')?.recentSpendPerDay).toBeCloseTo(80, 6)
  })

  test('shrinks the value of a conversion towards the account, by 20 conversions', () => {
    const observation = anObservation({
      accounts: [
        google(
          { id: '1', budget: 100, days: () => ({ spend: 100, conversions: 10, value: 1000 }) },
          { id: '2', budget: 100, days: (age) => (age === 1 ? { spend: 100, conversions: 1, value: 500 } : undefined) },
        ),
      ],
    })
    expect(of(observation, '1')?.valuePerConversion).toBeGreaterThan(99)
    expect(of(observation, '1')?.valuePerConversion).toBeLessThan(104)
    // (500 + 20 × about 101) / 21
    expect(of(observation, '2')?.valuePerConversion).toBeGreaterThan(110)
    expect(of(observation, '2')?.valuePerConversion).toBeLessThan(130)
  })

  test('takes the incrementality of its class', () => {
    const observation = anObservation({
      accounts: [google({ id: '1', budget: 100, campaign: { name: 'Brand' } }, { id: '2', budget: 100 })],
      policy: { members: [{ name: 'brand', class: 'brand' }, { class: 'prospecting' }] },
    })
    expect(of(observation, '1')?.incrementality).toEqual({ mean: 0.2, low: 0.05, high: 0.5, evidence: 'prior' })
    expect(of(observation, '2')?.incrementality).toEqual({ mean: 0.85, low: 0.6, high: 1, evidence: 'prior' })
  })
})

describe('the delivery of a budget', () => {
  const money = (units: number) => ({ kind: 'money', amount: { micros: BigInt(units) * 1_000_000n, currency: 'EUR' } })
  const stood = (parts: object): LeverState =>
    ({
      lever: { account: { platform: 'google-ads', id: '1' }, kind: 'daily-budget', entity: 'budget', id: '91' },
      known: money(100),
      ...parts,
    }) as unknown as LeverState
  const ratio = (days: CampaignSpec['days'], levers: readonly LeverState[] = []): number | undefined =>
    of(anObservation({ accounts: [{ ...google({ id: '1', budget: 100, days: days! }), over: { levers } }] }), '1')
      ?.deliveryRatio

  test('is spend over budget of the last four days', () => {
    expect(ratio((age) => ({ spend: age <= 4 ? 60 : 100, conversions: 5 }))).toBeCloseTo(0.6, 10)
  })

  test('compares each day with what the budget stood at on that day', () => {
    // Stood at 50 until three days ago, at 90 when that day was over, and at 100 since yesterday.
    const state = stood({
      day: addDays(TODAY, -1),
      dayStart: money(90),
      past: [
        { date: addDays(TODAY, -9), value: money(50) },
        { date: addDays(TODAY, -3), value: money(90) },
      ],
    })
    // Spent 45 of 50, 81 of 90 twice, 90 of 100: nine tenths on every one of the four days.
    const spend = (age: number): number => [0, 90, 81, 81, 45][age] ?? 0
    expect(ratio((age) => ({ spend: spend(age), conversions: 5 }), [state])).toBeCloseTo(0.9, 10)
  })

  test('that is to be expected is pulled towards its account, and the portfolio’s days have their noise', () => {
    const found = estimate(
      anObservation({
        accounts: [
          google(
            { id: '1', budget: 100, days: () => ({ spend: 95, conversions: 5 }) },
            { id: '2', budget: 100, days: (age) => (age === 1 ? { spend: 95, conversions: 1 } : undefined) },
          ),
        ],
      }),
    )
    // Platform: (8 × 95 + 3 × 800/7) / (800 + 3 × 800/7); account: the same with the platform's in place of 1.
    const platform = (760 + 2400 / 7) / (800 + 2400 / 7)
    const own = (760 + (2400 / 7) * platform) / (800 + 2400 / 7)
    const [first, second] = found.budgets
    expect(first?.delivery).toBeCloseTo((4 * 95 + 300 * own) / 700, 12)
    expect(second?.delivery).toBeCloseTo((95 + 300 * own) / 400, 12)
    expect(found.spendNoise).toBeCloseTo(Math.sqrt((4 * 0.07 ** 2) / 18), 2)
  })

  test('takes what the day of its first move began with for the days before it', () => {
    const state = stood({ day: addDays(TODAY, -1), dayStart: money(50) })
    expect(ratio(() => ({ spend: 40, conversions: 5 }), [state])).toBeCloseTo(160 / 250, 10)
  })

  test('is unknown where nobody remembers what it stood at: 0 of 0 is not "cannot spend"', () => {
    const state = stood({ day: TODAY, past: [{ date: addDays(TODAY, -0), value: money(90) }] })
    expect(ratio(() => ({ spend: 100, conversions: 5 }), [state])).toBeUndefined()
  })
})

describe('the share that a budget came with', () => {
  const flat =
    (before: number, since = before) =>
    (age: number) => ({ spend: age > flightAge ? before : since, conversions: 5 })

  test('is of what the portfolio spent before the flight began, and not of what was spent since', () => {
    const observation = anObservation({
      accounts: [google({ id: '1', budget: 100, days: flat(30, 500) }, { id: '2', budget: 100, days: flat(70) })],
    })
    expect(addDays(TODAY, -flightAge)).toBe(FLIGHT_FROM)
    expect(of(observation, '1')?.originalShare).toBeCloseTo(0.3, 10)
    expect(of(observation, '2')?.originalShare).toBeCloseTo(0.7, 10)
  })

  test('is in one currency: 160 yen count as one euro', () => {
    const observation = anObservation({
      accounts: [
        google({ id: '1', budget: 100, days: flat(50) }),
        { key: 'meta:2', currency: 'JPY', rate: 1 / 160, campaigns: [{ id: '2', budget: 8000, days: flat(8000) }] },
      ],
    })
    // 1/160 is quoted as 0.00625, exactly.
    expect(of(observation, '1')?.originalShare).toBeCloseTo(0.5, 10)
    expect(of(observation, '2', 'meta:2')?.originalShare).toBeCloseTo(0.5, 10)
  })

  test('does not count campaigns that are not in the portfolio', () => {
    const observation = anObservation({
      accounts: [
        google(
          { id: '1', budget: 100, days: flat(30) },
          { id: '2', budget: 100, days: flat(70) },
          { id: '3', budget: 900, campaign: { name: 'Not ours' }, days: flat(900) },
        ),
      ],
      policy: { members: [{ name: 'Campaign', class: 'prospecting' }] },
    })
    expect(of(observation, '1')?.originalShare).toBeCloseTo(0.3, 10)
  })

  test('counts what has been removed since: what is left did not come with its share', () => {
    const observation = anObservation({
      accounts: [
        google(
          { id: '1', budget: 100, days: flat(30) },
          { id: '2', budget: 100, days: flat(70), campaign: { status: 'removed' }, holder: { status: 'removed' } },
        ),
      ],
    })
    expect(of(observation, '1')?.originalShare).toBeCloseTo(0.3, 10)
  })
})

describe('estimates', () => {
  const accounts: readonly AccountSpec[] = [
    google({ id: '1', budget: 100 }, { id: '2', budget: 60, rate: 0.2 }),
    { key: 'meta:2', campaigns: [{ id: '3', budget: 80, rate: 0.05 }] },
  ]
  const stranger: AccountSpec = {
    key: 'meta:9',
    campaigns: [{ id: '5', budget: 5000, rate: 3, campaign: { name: 'Not ours' } }],
  }
  const policy = { members: [{ name: 'Campaign', class: 'prospecting' }] }

  test('are the same for the same observation', () => {
    expect(estimate(anObservation({ accounts }))).toEqual(estimate(anObservation({ accounts })))
  })

  test('of a portfolio do not change when an account with none of its campaigns comes along', () => {
    const alone = estimate(anObservation({ accounts, policy }))
    const beside = estimate(anObservation({ accounts: [...accounts, stranger], policy }))
    expect(beside.budgets).toEqual(alone.budgets)
    expect(beside.dayOfWeek).toEqual(alone.dayOfWeek)
  })

  test('do not change when the same money is counted in another currency', () => {
    const [first, second] = accounts
    const yen: AccountSpec = {
      ...second!,
      currency: 'JPY',
      rate: 0.01,
      campaigns: second!.campaigns.map((one) => ({
        ...one,
        budget: one.budget * 100,
        rate: one.rate! / 100,
        worth: 5000,
      })),
    }
    const euro = of(anObservation({ accounts: [first!, second!] }), '3', 'meta:2')!
    const other = of(anObservation({ accounts: [first!, yen] }), '3', 'meta:2')!
    expect(level(other) / level(euro)).toBeCloseTo(1, 6)
    expect(other.originalShare).toBeCloseTo(euro.originalShare, 6)
    expect(other.recentSpendPerDay / euro.recentSpendPerDay).toBeCloseTo(100, 6)
    expect(other.valuePerConversion / euro.valuePerConversion).toBeCloseTo(100, 6)
  })

  test('of a campaign whose reports come at two levels count each day once', () => {
    // Before it got a budget of its own, its ad groups had theirs: the same days, reported by ad group.
    const observation = anObservation({
      accounts: [google({ id: '1', budget: 100, days: () => ({ spend: 100, conversions: 10 }) })],
    })
    const [account] = observation.accounts
    const whole = account!.histories[0]!
    const groups = ['5', '6'].map((adGroup) => ({
      ...whole,
      campaign: '1' as CampaignId,
      adGroup: adGroup as never,
      days: whole.days.map((day) => ({ ...day, spendMicros: day.spendMicros / 2n })),
    }))
    const both = { ...observation, accounts: [{ ...account!, histories: [whole, ...groups] }] }
    expect(of(both, '1')?.recentSpendPerDay).toBeCloseTo(100, 6)
  })
})
