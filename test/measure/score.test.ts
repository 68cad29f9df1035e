import { describe, expect, test } from 'vitest'
import type { DataBreak } from '../../lib/measure/breaks/data-break.ts'
import type { BudgetDay } from '../../lib/measure/budget-days.ts'
import type { Development } from '../../lib/measure/lag/development.ts'
import { LAG_DAYS } from '../../lib/measure/lag/source.ts'
import { coverageOf, type IsBroken, matureAge, maturityOf, type Realised, scorePlan } from '../../lib/measure/score.ts'
import { accountKey, accountRef, portfolioId } from '../../lib/model/account.ts'
import type { LeverEntity } from '../../lib/model/lever.ts'
import type { HoldDecision, PlanId, Prediction } from '../../lib/model/plan.ts'
import type { Score } from '../../lib/model/score.ts'
import { accountDate, addDays, instant } from '../../lib/units/calendar.ts'

const META = accountRef('meta', '1')
const GOOGLE = accountRef('google-ads', '2')
const FROM = accountDate('2026-10-01')
const SCORED_AT = instant('2026-11-21T07:00:00Z')
const HEADER = { portfolio: portfolioId('eu'), id: 'p1' as PlanId, madeAt: instant('2026-10-01T00:30:00Z') }
const NEVER_BROKEN: IsBroken = () => false
/** A development that is known exactly, in which nothing is taken back; the last share holds from there on. */
function development(shares: readonly number[]): Development {
  const visible = Float64Array.from({ length: LAG_DAYS + 1 }, (_, age) => shares[age] ?? shares.at(-1)!)
  const none = new Float64Array(LAG_DAYS + 1)
  const toCome = visible.map((share) => Math.max(0, 1 - share))
  return { visible, kept: none.map(() => 1), toCome, logSd: none, stepVariance: none, commonSd: none, dispersion: 1 }
}
/** Everything is visible when a day is over. */
const AT_ONCE = development([0, 1])

/** Two days from 1 October, for 200 in all: 20 conversions, and 80 % between 15 and 25, unless a test says otherwise. */
const predicted = (over: Partial<Prediction> = {}): Prediction => ({
  from: FROM,
  days: 2,
  spend: 200,
  conversions: { mean: 20, low: 15, high: 25 },
  ...over,
})

function hold(id: string, prediction?: Prediction, account = META, entity: LeverEntity = 'budget'): HoldDecision {
  const lever = { account, kind: entity === 'budget' ? 'daily-budget' : 'target-cpa', entity, id } as const
  const common = { name: id, value: undefined, reason: 'within-deadband', detail: '' } as const
  return { kind: 'hold', lever, ...common, ...(prediction ? { prediction } : {}) }
}

/** Days of a budget from 1 October on, `[spend, conversions]` each, undefined for one that was not reported. */
const days = (...figures: readonly ([number, number] | undefined)[]): readonly BudgetDay[] =>
  figures.flatMap((figure, i) => {
    if (!figure) return []
    const [spend, conversions] = figure
    return [{ date: addDays(FROM, i), ageDays: 50 - i, spend, conversions, value: 0 }]
  })

const realised = (
  budgets: Readonly<Record<string, readonly BudgetDay[]>>,
  known: Development = AT_ONCE,
  readOn = accountDate('2026-11-20'),
  breaks: readonly DataBreak[] = [],
): Realised =>
  new Map([[accountKey(META), { readOn, days: new Map(Object.entries(budgets)), development: known, breaks }]])

const scored = (decisions: readonly HoldDecision[], known: Realised, isBroken = NEVER_BROKEN): Score =>
  scorePlan(HEADER, decisions, known, isBroken, SCORED_AT)!

describe('a prediction of value', () => {
  const valued = (value: number): readonly BudgetDay[] =>
    days([100, 10], [100, 10]).map((day) => ({ ...day, value: value / 2 }))
  const worth = predicted({ value: { mean: 1000, low: 800, high: 1200 } })
  const known = (budgets: Readonly<Record<string, readonly BudgetDay[]>>, valueDevelopment = AT_ONCE): Realised =>
    new Map([...realised(budgets)].map(([account, one]) => [account, { ...one, valueDevelopment }]))

  test('is scored beside that of the count, which it does not change', () => {
    const budgets = { a: valued(799), b: valued(800), c: valued(1000), d: valued(1201), e: days([100, 10], [100, 10]) }
    const decisions = [...['a', 'b', 'c', 'd'].map((id) => hold(id, worth)), hold('e', predicted())]
    const found = scored(decisions, known(budgets))
    expect(found).toMatchObject({ checked: 5, covered: 5, value: { checked: 4, covered: 2 } })
    expect(coverageOf([found, found])).toMatchObject({ value: { checked: 8, covered: 4 } })
    expect(scored([hold('e', predicted())], known(budgets)).value).toBeUndefined()
  })

  test('goes by what will be left when the returns have come', () => {
    // At 50 days of age the value reads a quarter more than will be left: 1,250 is 1,000.
    const returning = { ...development([0, 1.25]), kept: Float64Array.from({ length: LAG_DAYS + 1 }, () => 0.8) }
    const found = (value: number) => scored([hold('a', worth)], known({ a: valued(value) }, returning)).value
    expect([found(1250)?.covered, found(1600)?.covered]).toEqual([1, 0])
  })
})

describe('a prediction', () => {
  test('goes by the age that its days had when they were last read', () => {
    // Two thirds are visible on the first five days: 20 that were read then are 30 in the end.
    const late = development([0, 2 / 3, 2 / 3, 2 / 3, 2 / 3, 2 / 3, 1])
    const seen = days([100, 10], [100, 10])
    const found = (own: readonly BudgetDay[]) => scored([hold('a', predicted())], realised({ a: own }, late)).realised
    expect(found(seen)).toBeCloseTo(20, 6)
    expect(found(seen.map((day) => ({ ...day, seenAge: 5 })))).toBeCloseTo(30, 1)
  })

  test('is covered where the count lies within its interval, ends included', () => {
    const counts = [14, 15, 20, 25, 26]
    const decisions = counts.map((_, i) => hold(`${i}`, predicted()))
    const budgets = Object.fromEntries(counts.map((count, i) => [`${i}`, days([100, 10], [100, count - 10])]))
    // From the middle in half widths of 5: −1.2, −1, 0, 1, 1.2; the root of the mean of their squares is 0.988.
    expect(scored(decisions, realised(budgets))).toEqual({
      portfolio: 'eu',
      plan: 'p1',
      madeAt: HEADER.madeAt,
      scoredAt: SCORED_AT,
      from: '2026-10-01',
      to: '2026-10-02',
      checked: 5,
      covered: 3,
      expected: 100,
      realised: 100,
      spread: expect.closeTo(Math.sqrt((1.44 + 1 + 0 + 1 + 1.44) / 5), 12),
      unchecked: {},
    })
  })

  test('is of its own days alone', () => {
    const known = realised({ '7': days([100, 10], [100, 10], [100, 99]) })
    expect(scored([hold('7', predicted())], known)).toMatchObject({ realised: 20, covered: 1 })
  })

  test('is checked up to a quarter beside the spend that it was made for, and not beyond', () => {
    const spends = [150, 149.9, 250, 250.1]
    const decisions = spends.map((_, i) => hold(`${i}`, predicted()))
    const budgets = Object.fromEntries(spends.map((spend, i) => [`${i}`, days([100, 10], [spend - 100, 10])]))
    expect(scored(decisions, realised(budgets))).toMatchObject({ checked: 2, unchecked: { 'spent-otherwise': 2 } })
  })

  test('that a day was not reported of is not checked: missing is not zero', () => {
    const known = realised({ '1': days([200, 20], undefined), '2': days([200, 20], [0, 0]) })
    const decisions = ['1', '2', '3'].map((id) => hold(id, predicted()))
    expect(scored(decisions, known)).toMatchObject({ checked: 1, unchecked: { 'days-missing': 2 } })
  })

  test('of an account of which nothing is known is not checked', () => {
    const decisions = [hold('1', predicted()), hold('1', predicted(), GOOGLE)]
    const known = realised({ '1': days([100, 10], [100, 10]) })
    expect(scored(decisions, known)).toMatchObject({ checked: 1, unchecked: { 'days-missing': 1 } })
  })

  test('is not checked across a break in the data', () => {
    const known = realised({ '1': days([100, 10], [100, 10]) })
    const score = scored([hold('1', predicted())], known, (account) => account === accountKey(META))
    expect(score).toMatchObject({ checked: 0, covered: 0, unchecked: { 'data-break': 1 } })
    expect(score).not.toHaveProperty('spread')
  })

  test.each<[string, DataBreak['kind'], string, string | undefined, number]>([
    ['a tracking outage on one of its days', 'outage', '2026-10-02', '2026-10-04', 0],
    ['a tag that fired twice up to its first day', 'double-firing', '2026-09-20', '2026-10-01', 0],
    ['an outage that was over', 'outage', '2026-09-20', '2026-09-30', 1],
    ['an outage that came after it', 'outage', '2026-10-03', '2026-10-05', 1],
    ['a rule of counting that changed within it', 'level-shift', '2026-10-02', undefined, 0],
    ['one that changed so shortly before that nobody knew', 'level-shift', '2026-09-25', undefined, 0],
    ['one that changed long enough before', 'level-shift', '2026-09-24', undefined, 1],
    ['one that changed after it', 'level-shift', '2026-10-03', undefined, 1],
  ])('is checked unless the account’s counts are broken: %s', (_name, kind, from, to, checked) => {
    const common = { account: accountKey(META), rule: 'r', factor: 0.1, factorSd: 0.1, ongoing: false, detail: '' }
    const found = { ...common, kind, from: accountDate(from), ...(to ? { to: accountDate(to) } : {}) }
    const known = realised({ '1': days([100, 10], [100, 10]) }, AT_ONCE, accountDate('2026-11-20'), [found])
    expect(scored([hold('1', predicted())], known)).toMatchObject({
      checked,
      unchecked: checked === 1 ? {} : { 'data-break': 1 },
    })
  })

  test('of no spend says nothing, and a budget without one is counted as such', () => {
    const known = realised({ '1': days([100, 10], [100, 10]), '2': days([0, 0], [0, 0]), '3': days([9, 9], [9, 9]) })
    const nothing = predicted({ spend: 0, conversions: { mean: 0, low: 0, high: 0 } })
    const decisions = [hold('1', predicted()), hold('2', nothing), hold('3')]
    expect(scored(decisions, known)).toMatchObject({ checked: 1, unchecked: { 'no-prediction': 2 } })
  })

  test('counts for budgets: targets and bids have none to be missed', () => {
    const known = realised({ '1': days([100, 10], [100, 10]) })
    const target = hold('5', undefined, META, 'campaign')
    expect(scored([hold('1', predicted()), target], known)).toMatchObject({ checked: 1, unchecked: {} })
  })

  test('of an interval without width is not infinitely wrong', () => {
    const sure = predicted({ conversions: { mean: 20, low: 20, high: 20 } })
    const known = realised({ '1': days([100, 10], [100, 11]) })
    expect(scored([hold('1', sure)], known)).toMatchObject({ covered: 0, spread: 2 })
  })

  test('a plan without any is not scored', () => {
    expect(scorePlan(HEADER, [hold('1')], realised({}), NEVER_BROKEN, SCORED_AT)).toBeUndefined()
  })
})

describe('what is still to come', () => {
  // Four fifths are visible at the ages of these days: 16 + 8 of what will be 20 + 10.
  const known = realised({ '1': days([100, 16], [100, 8]) }, development([0.8]))

  // The days are 50 and 49 days old and count 2^(−age ÷ 21): in the ratio 1 to 1.0336. So 100 of spend brings
  // (16 + 8.2687) ÷ (0.8 × 2.0336) = 14.9174 in the end, which is worth four conversions beside a day's own count:
  // levels 20 ÷ 1.06814 = 18.724 and 12 ÷ 1.06814 = 11.234, of which a fifth is to come.
  test('is added to the count', () => {
    expect(scored([hold('1', predicted())], known).realised).toBeCloseTo(16 + 3.74482 + 8 + 2.2469, 3)
  })

  test('widens the interval by its own uncertainty', () => {
    // Variance of what comes 3.7448 + 2.2469, and of the levels (20 + 12) ÷ 1.06814² × 0.2² = 1.1219, in all 7.1136; in
    // 80 % half widths 1.2816 √7.1136 = 3.4181; √(5² + 3.4181²) = 6.0567.
    const near = predicted({ conversions: { mean: 24, low: 19, high: 29 } })
    const far = predicted({ conversions: { mean: 23.9, low: 18.9, high: 28.9 } })
    expect(scored([hold('1', near)], known)).toMatchObject({ covered: 1, spread: expect.closeTo(5.9917 / 6.0567, 4) })
    expect(scored([hold('1', far)], known)).toMatchObject({ covered: 0 })
  })

  test('widens each side of a skewed interval by as much', () => {
    // Below the mean √(1² + 3.4181²) = 3.5614, above it √(8² + 3.4181²) = 8.6997.
    const skewed = (mean: number): Prediction => predicted({ conversions: { mean, low: mean - 1, high: mean + 8 } })
    const isCovered = (mean: number): number => scored([hold('1', skewed(mean))], known).covered
    expect([29.992 + 3.55, 29.992 + 3.57, 29.992 - 8.69, 29.992 - 8.71].map(isCovered)).toEqual([1, 0, 1, 0])
  })
})

describe('a day is mature', () => {
  test.each([
    ['as soon as it is over, where everything is visible then', [0.3, 0.95, 1], 1],
    ['and never before it is over', [0.99, 1, 1], 1],
    ['at the first age at which 95 % are visible', [0.5, 0.8, 0.949, 0.95, 1], 3],
    ['not at an age after which it sinks below again', [0.5, 0.96, 0.94, 0.96, 1], 3],
    ['nor while more than 5 % are yet to be taken back', [0.8, 1.2, 1.06, 1.05, 1], 3],
  ])('%s', (_name, shares, age) => {
    expect(matureAge(development(shares))).toBe(age)
  })

  test('and a plan when the last of its days is, by the reading of its account', () => {
    const decisions = [hold('1', predicted()), hold('2', predicted({ days: 7 })), hold('3')]
    const on = (readOn: string) => maturityOf(decisions, realised({}, development([0, 0, 0, 1]), accountDate(readOn)))
    // Seven days from 1 October end on the 7th; that is three days old on the 10th.
    expect(on('2026-10-09')).toEqual({ on: '2026-10-10', isReached: false })
    expect(on('2026-10-10')).toEqual({ on: '2026-10-10', isReached: true })
  })

  test('in every account that it speaks of, but in none that is not known any more', () => {
    const both = [hold('1', predicted()), hold('1', predicted(), GOOGLE)]
    const late = development([0, 0, 0, 0, 0, 0, 1])
    const slow = { readOn: accountDate('2026-10-05'), days: new Map(), development: late, breaks: [] }
    const quick = realised({}, AT_ONCE, accountDate('2026-10-05'))
    expect(maturityOf(both, quick)).toMatchObject({ isReached: true })
    expect(maturityOf(both, new Map([...quick, [accountKey(GOOGLE), slow]]))).toEqual({
      on: '2026-10-08',
      isReached: false,
    })
  })

  test('which is nobody’s concern where nothing is predicted', () => {
    expect(maturityOf([hold('1')], realised({}))).toBeUndefined()
  })
})

describe('coverage of several scores', () => {
  const score = (over: Partial<Score>): Score => ({
    ...scored([hold('1', predicted())], realised({ '1': days([100, 10], [100, 10]) })),
    ...over,
  })
  test('adds up what was checked, and each reason', () => {
    const scores = [
      score({ checked: 10, covered: 8, expected: 100, realised: 90, unchecked: { 'days-missing': 1 } }),
      score({
        from: accountDate('2026-09-30'),
        to: accountDate('2026-10-06'),
        checked: 5,
        covered: 5,
        expected: 50,
        realised: 55,
        unchecked: { 'days-missing': 2, 'spent-otherwise': 4 },
      }),
    ]
    expect(coverageOf(scores)).toEqual({
      from: '2026-09-30',
      to: '2026-10-06',
      checked: 15,
      covered: 13,
      expected: 150,
      realised: 145,
      unchecked: { 'days-missing': 3, 'spent-otherwise': 4 },
    })
  })
  test('of none is not known', () => {
    expect(coverageOf([])).toBeUndefined()
  })
})
