import { describe, expect, test } from 'vitest'
import { forecast } from '../../lib/decide/forecast/forecast.ts'
import { paceDay } from '../../lib/decide/pace-day.ts'
import { decide } from '../../lib/decide/plan.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import { relativeResponse } from '../../lib/measure/response-shape.ts'
import type { Estimates } from '../../lib/model/estimates.ts'
import type { Pace } from '../../lib/model/plan.ts'
import { accountDate, addDays } from '../../lib/units/calendar.ts'
import { dice, poisson } from '../measure/dice.ts'
import { estimatesOf, type KnownCampaign, type KnownMarket, observationOf, planOfMarket, standing } from './handmade.ts'
import { someCapabilities } from './samples.ts'

/** Saturating curves of different worth: conversions cost 7 to 38 on average as they stand, and the next ones more. */
const CAMPAIGNS: readonly KnownCampaign[] = [
  { id: '1', budget: 100, level: 14, halfway: 2 },
  { id: '2', budget: 100, level: 7, halfway: 1 },
  { id: '3', budget: 60, level: 3, halfway: 1.5 },
  { id: '4', budget: 40, level: 1.05, halfway: 2 },
]
const STANDING = 300
/** More a day than any of the policies below lets be spent. */
const ASKED = 400
const TODAY = accountDate('2026-11-21')
/** A proportion of so many has a standard error of seven points. */
const FLIGHTS = 30
type SomePolicy = NonNullable<KnownMarket['policy']>

const POLICIES: readonly [string, SomePolicy][] = [
  ['what the next conversion may cost', { goal: { kind: 'conversions', marginalCpa: '20 EUR' } }],
  ['and so little that hardly anything is worth it', { goal: { kind: 'conversions', marginalCpa: '8 EUR' } }],
  ['what conversions may cost on average', { goal: { kind: 'conversions', targetCpa: '9 EUR' } }],
  ['what money must return on average', { goal: { kind: 'value', targetRoas: 0.11 } }],
  ['profit', { goal: { kind: 'profit', margin: 0.06 } }],
  ['a largest budget', { guardrails: { maxDailyBudget: '85 EUR' } }],
  ['a most of a group', { groups: [{ name: 'search', match: { platform: 'google-ads' }, atMost: '250 EUR' }] }],
  // Twice as much may be spent in a day as budgets come to.
  ['a cap', { dayCap: '700 EUR' }],
]

/** The flight's money is what was spent before today and 400 a day, less what budgets have spent since. */
const marketOf = (policy: SomePolicy, days: number, budgets?: readonly number[], since = 0): KnownMarket => ({
  accounts: CAMPAIGNS.map((one, i) => ({
    ...one,
    anchor: one.budget,
    days: () => ({ spend: one.budget, conversions: one.level }),
    estimate: { deliverablePerDay: 1e4, bestRecentDay: 1e4, deliveryRatio: 1 },
    budget: budgets?.[i] ?? one.budget,
  })),
  target: ASKED,
  capabilities: { learningSafeStep: 0.2 },
  policy: {
    ...policy,
    flight: {
      ...{ from: '2026-11-01', to: addDays(TODAY, days - 1) },
      total: `${(20 * STANDING + ASKED * days - since).toFixed(2)} EUR`,
    },
    guardrails: { maxStepUp: 0.2, maxStepDown: 0.2, ...(policy.guardrails as object) },
  },
})

/** What is spent of so many days when each is planned anew from where the day before left the budgets. */
function flown(policy: SomePolicy, days: number): number {
  let budgets = CAMPAIGNS.map(({ budget }) => budget)
  let spent = 0
  for (let day = 0; day < days; day++) {
    const market = marketOf(policy, days - day, budgets, spent - ASKED * day)
    budgets = [...standing(planOfMarket(market), market)]
    spent += budgets.reduce((a, b) => a + b, 0)
  }
  return spent
}

describe('where a flight lands that has more money than may be spent', () => {
  test.each(POLICIES)('agrees with what the forecast spends, once budgets have come there: %s', (_what, policy) => {
    const landing = (days: number): number => planOfMarket(marketOf(policy, days)).pace!.landing.mean
    const market = marketOf(policy, 60)
    const found = forecast(observationOf(market), estimatesOf(market), () => someCapabilities, [ASKED])
    const point = found.kind === 'forecast' ? found.points[0] : undefined
    const spends = point?.kind === 'point' ? point.spend : Number.NaN
    expect(spends).toBeLessThan(0.97 * ASKED)
    const perDay = (landing(60) - landing(40)) / 20
    expect(Math.abs(perDay / spends - 1)).toBeLessThan(0.01)
  })

  test.each(POLICIES)(
    'is where planning anew each day comes to, within a twentieth of what it spends: %s',
    (_w, policy) => {
      const { landing, spent } = planOfMarket(marketOf(policy, 14)).pace!
      const came = flown(policy, 14)
      expect(Math.abs((landing.mean - spent) / came - 1)).toBeLessThan(0.05)
    },
  )

  test('is where budgets stand, where limits that contradict each other hold all of them', () => {
    const market = marketOf({}, 10)
    const observation = observationOf(market)
    const questions = questionsOf(observation, estimatesOf(market), () => someCapabilities)
    const { landing, noReturn, spent } = paceDay(observation, questions, estimatesOf(market)).paceWith(() => 'stuck')
    expect(landing.mean - spent).toBeCloseTo(10 * STANDING, 6)
    expect(noReturn).toMatchObject({ kind: 'under', date: TODAY })
  })
})

describe('a portfolio of fifty accounts, each with a cap of its own', () => {
  // Two saturating curves an account, unlike each other and unlike in how much of a budget they spend.
  const delivered = (i: number, k: number): number => 0.85 + 0.03 * ((3 * i + k) % 10)
  const accounts = Array.from({ length: 50 }, (_, i) => ({
    key: `google-ads:${i + 1}`,
    terms: { dayCap: `${400 + 4 * i} EUR` },
    campaigns: [1, 2].map((k) => ({
      ...{ id: `${100 * i + k}`, budget: 100, level: 3 + ((7 * i + 5 * k) % 11), halfway: 1 + ((i + k) % 3) },
      days: () => ({ spend: 100, conversions: 5 }),
      estimate: { deliverablePerDay: 1e4, bestRecentDay: 1e4, delivery: delivered(i, k) },
    })),
  }))
  const landing = (days: number): number =>
    planOfMarket({
      accounts,
      target: 13_000,
      capabilities: { learningSafeStep: 0.2 },
      policy: {
        flight: { from: '2026-11-01', to: addDays(TODAY, days - 1), total: `${200_000 + 13_000 * days} EUR` },
        guardrails: { maxStepUp: 0.2, maxStepDown: 0.2 },
      },
    }).pace!.landing.mean

  test('can spend what its caps leave, which is found in seconds', () => {
    // Budgets come to half a cap at most. All of it goes where most of it is spent, but for a budget of 1 EUR.
    const most = accounts.reduce((sum, _, i) => {
      const [less, more] = [delivered(i, 1), delivered(i, 2)].toSorted((a, b) => a - b)
      return sum + (200 + 2 * i - 1) * more! + less!
    }, 0)
    expect((landing(60) - landing(40)) / 20).toBeCloseTo(most, 1)
  })
})

/** A flight whose curves are found out on the way: levels are drawn from what is believed of them, days are Poisson. */
function learnedFlight(
  policy: SomePolicy,
  days: number,
  seed: number,
): { readonly held: boolean; readonly lands: number; readonly came: number } {
  const roll = dice(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll())
  // Gamma(25): a level known to a fifth; by Wilson & Hilferty's cube.
  const beliefs = CAMPAIGNS.map(({ level }) => ({ shape: 25, rate: 25 / level }))
  const truths = beliefs.map(
    ({ shape, rate }) => (shape / rate) * (1 - 1 / (9 * shape) + normal() / (3 * Math.sqrt(shape))) ** 3,
  )
  let budgets = CAMPAIGNS.map(({ budget }) => budget)
  let spent = 0
  let first: Pace | undefined
  for (let day = 0; day < days; day++) {
    const market = marketOf(policy, days - day, budgets, spent - ASKED * day)
    const known = estimatesOf(market)
    const estimates: Estimates = {
      ...known,
      budgets: known.budgets.map((one, i) => ({
        ...one,
        curve: {
          ...one.curve,
          shapes: one.curve.shapes.map((of) => ({ ...of, gammaShape: beliefs[i]!.shape, gammaRate: beliefs[i]!.rate })),
        },
      })),
    }
    const plan = decide(
      observationOf(market),
      estimates,
      () => ({ ...someCapabilities, learningSafeStep: 0.2 }),
      'inputs',
    )
    first ??= plan.pace!
    budgets = [...standing(plan, market)]
    const off = 1 + known.spendNoise * normal()
    for (const [i, { budget, halfway }] of CAMPAIGNS.entries()) {
      const response = relativeResponse((budgets[i]! * off) / budget, { halfway: halfway! })
      beliefs[i]!.shape += poisson(truths[i]! * response, roll)
      beliefs[i]!.rate += response
      spent += budgets[i]! * off
    }
  }
  const { low, high } = first!.landing
  const came = first!.spent + spent
  return { held: low <= came && came <= high, lands: first!.landing.mean - first!.spent, came: spent }
}

describe('the interval of a landing below a ceiling', () => {
  test.each<[string, SomePolicy]>([
    POLICIES[0]!,
    ['a little less than conversions cost on average', { goal: { kind: 'conversions', targetCpa: '11 EUR' } }],
  ])(
    'holds where flights come to about four times in five, and its middle does on average: %s',
    (_what, policy) => {
      const flights = Array.from({ length: FLIGHTS }, (_, i) => learnedFlight(policy, 8, 7001 + i))
      const held = flights.filter((one) => one.held).length / FLIGHTS
      const sumOf = (of: (one: (typeof flights)[number]) => number) => flights.reduce((sum, one) => sum + of(one), 0)
      const share = sumOf(({ lands }) => lands) / sumOf(({ came }) => came)
      expect(held).toBeGreaterThan(0.65)
      expect(held).toBeLessThan(0.95)
      expect(Math.abs(share - 1)).toBeLessThan(0.06)
    },
    60_000,
  )
})
