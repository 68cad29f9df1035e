import { describe, expect, test } from 'vitest'
import { forecast } from '../../../lib/decide/forecast/forecast.ts'
import { estimate } from '../../../lib/measure/estimate.ts'
import type { BudgetEstimate } from '../../../lib/model/estimates.ts'
import type { Observation } from '../../../lib/model/observation.ts'
import { anObservation, type CampaignSpec, type ObservationSpec } from '../../measure/samples.ts'
import { someCapabilities } from '../samples.ts'
import { believing, campaignAt, change, forecastOf, knownCurve, pointAt, spends, widthOf } from './samples.ts'

const TWO: readonly CampaignSpec[] = [
  { id: '1', budget: 100 },
  { id: '2', budget: 100 },
]
const two = (over: Partial<ObservationSpec> = {}): Observation =>
  anObservation({ accounts: [{ key: 'google-ads:1', campaigns: TWO }], target: 200, ...over })

/*
 * y = A·2z/(z+1) with z = spend/100: 8 and 2 conversions at 100. The slopes A·2/100/(z+1)² are equal where
 * √8/(z1+1) = √2/(z2+1), that is z1 + 1 = 2·(z2 + 1).
 */
const CURVES = { 1: { curve: knownCurve(100, 8, 1) }, 2: { curve: knownCurve(100, 2, 1) } }

describe('two budgets of known curves', () => {
  const seen = two()
  const found = forecastOf(seen, [50, 200, 230, 350], believing(seen, CURVES))

  test('are split where their slopes are equal', () => {
    // z1 + z2 = 2 gives z2 = 1/3 and z1 = 5/3.
    const [one, other] = spends(pointAt(found, 200), ['1', '2'])
    expect(one).toBeCloseTo(166.67, 1)
    expect(other).toBeCloseTo(33.33, 1)
  })

  test('bring what the curves say there', () => {
    // 8·2·(5/3)/(8/3) + 2·2·(1/3)/(4/3) = 10 + 1.
    expect(pointAt(found, 200).outcome.mean).toBeCloseTo(11, 4)
    expect(campaignAt(pointAt(found, 200), '1').outcome.mean).toBeCloseTo(10, 2)
  })

  test('bring at the margin what their common slope is', () => {
    // 8·2/100/(8/3)² = 0.0225.
    expect(pointAt(found, 200).marginalReturn).toBeCloseTo(0.0225, 4)
    for (const id of ['1', '2']) expect(campaignAt(pointAt(found, 200), id).marginalReturn).toBeCloseTo(0.0225, 3)
  })

  test('stand at the least budget where nothing speaks for more', () => {
    // At 50 all of it would go to the first (z2 = −1/6); the platform's least budget is 1.
    expect(spends(pointAt(found, 50), ['1', '2'])[1]).toBeCloseTo(1, 6)
    expect(campaignAt(pointAt(found, 50), '2').limits).toEqual([
      { name: 'platform-minimum', detail: 'the platform accepts no smaller budget' },
    ])
  })

  test('share what is added by their slopes, and bring the difference', () => {
    // z1 + z2 = 2.3 gives z2 = 13/30 and z1 = 28/15: 16·(28/15)/(43/15) + 4·(13/30)/(43/30) = 11.6279.
    const more = change(found, 200, 230)
    expect(more.spend).toBeCloseTo(30, 6)
    expect(more.outcome.mean).toBeCloseTo(0.6279, 3)
    expect(more.campaigns.map(({ spend }) => spend)).toEqual([expect.closeTo(20, 1), expect.closeTo(10, 1)])
    expect(change(found, 230, 200).outcome.mean).toBeCloseTo(-0.6279, 3)
  })

  test('bring what they do as they stand when nothing is moved', () => {
    expect(found.standing.spend).toBe(200)
    expect(found.standing.outcome.mean).toBeCloseTo(10, 6)
  })
})

describe('the doubt', () => {
  const of = (beliefs: Partial<BudgetEstimate>, other = beliefs, members?: readonly object[]) => {
    const seen = two(members ? { policy: { members } } : {})
    const estimates = believing(seen, { 1: { ...CURVES[1], ...beliefs }, 2: { ...CURVES[1], ...other } })
    return forecastOf(seen, [200], estimates)
  }
  const half = { incrementality: { mean: 0.5, low: 0.4, high: 0.6 } }

  test('of a class is common to its campaigns: it adds up', () => {
    // Each brings 8 claimed, half of it caused: 8 ± 16 × 0.1; a gamma law of that mean and spread is hardly skewed.
    const { outcome } = pointAt(of(half), 200)
    expect(outcome.mean).toBeCloseTo(8, 3)
    expect(widthOf(outcome)).toBeCloseTo(3.2, 1)
  })

  test('of two classes cancels in part', () => {
    const members = [{ match: { name: 'ads 1' }, class: 'brand' }, { class: 'prospecting' }].map(
      ({ match, ...rest }) => ({
        ...match,
        ...rest,
      }),
    )
    // √2 × 0.8 on either side. As they stand, for brand is held at its share.
    expect(widthOf(of(half, half, members).standing.outcome)).toBeCloseTo(2 * Math.SQRT2 * 0.8, 1)
  })

  test('of levels is each campaign’s own: it cancels in part', () => {
    // 64 conversions' worth of each: 8 ± 1 (one standard deviation), √2 of it for both.
    const known = { curve: knownCurve(100, 8, 1, 8) }
    expect(widthOf(pointAt(of(known), 200).outcome)).toBeCloseTo(2 * 1.2816 * Math.SQRT2, 1)
  })

  test('grows with what levels may drift in the days that are looked ahead', () => {
    // The flight has ten days left, the half-life of a drift: half of 1/32 beside the level's own 1/64.
    const noise = { overdispersion: 1, driftVariance: 1 / 32, keep: 0.5 ** (1 / 10) }
    const drifting = { curve: knownCurve(100, 8, 1, 8), noise }
    const found = of(drifting)
    expect(found.days).toBe(10)
    expect(widthOf(found.standing.outcome)).toBeCloseTo(2 * 1.2816 * Math.SQRT2 * Math.SQRT2, 1)
  })

  test('grows beyond 1.5 times the best 14 days, and is marked there', () => {
    // Equal curves take equal parts; half of what a curve says beyond 150 or so is doubted.
    const claimed = (spend: number): number => (88 * (spend / 100)) / (spend / 100 + 10)
    const alike = { curve: knownCurve(100, 8, 10) }
    const seen = two()
    const found = forecastOf(seen, [290, 500], believing(seen, { 1: alike, 2: alike }))
    const [near, far] = [pointAt(found, 290), pointAt(found, 500)]
    expect(near.beyondSeenShare).toBe(0)
    expect(widthOf(near.outcome)).toBeLessThan(0.01)
    expect(far.beyondSeenShare).toBe(1)
    expect(far.campaigns.map(({ isBeyondSeen }) => isBeyondSeen)).toEqual([true, true])
    const beyond = far.campaigns.map(({ budget, spend }) => claimed(spend) - claimed(1.5 * budget.bestFortnight))
    expect(widthOf(far.outcome)).toBeCloseTo(2 * 1.2816 * 0.5 * Math.hypot(...beyond), 1)
  })
})

describe('what more money brings', () => {
  test('is never less than nothing, however doubtful it is, and what less costs never a gain', () => {
    const seen = two()
    const doubtful = { noise: { overdispersion: 1, driftVariance: 4, keep: 0.5 } }
    const found = forecastOf(
      seen,
      [200, 230],
      believing(seen, { 1: { ...CURVES[1], ...doubtful }, 2: { ...CURVES[2], ...doubtful } }),
    )
    const [more, less] = [change(found, 200, 230), change(found, 230, 200)]
    for (const { outcome } of [more, ...more.campaigns]) {
      expect(outcome.low).toBeGreaterThanOrEqual(0)
      expect(outcome.high).toBeGreaterThan(outcome.mean)
    }
    for (const part of ['mean', 'low', 'high'] as const)
      expect(less.outcome[part]).toBeCloseTo(
        -more.outcome[part === 'mean' ? 'mean' : part === 'low' ? 'high' : 'low'],
        9,
      )
  })
})

test('a small difference over many campaigns goes to each of them', () => {
  const campaigns = Array.from({ length: 40 }, (_, i) => ({ id: String(i + 1), budget: 10 }))
  const seen = anObservation({ accounts: [{ key: 'google-ads:1', campaigns }], target: 400 })
  const alike = Object.fromEntries(campaigns.map(({ id }) => [id, { curve: knownCurve(10, 1, 1) }]))
  const { campaigns: moved } = change(forecastOf(seen, [400, 404], believing(seen, alike)), 400, 404)
  expect(moved).toHaveLength(40)
  for (const { spend } of moved) expect(spend).toBeCloseTo(0.1, 1)
})

describe('limits', () => {
  const both = (policy: Readonly<Record<string, unknown>>, over = {}) => {
    const seen = two({ policy })
    return forecastOf(seen, [200, 400], believing(seen, { 1: { ...CURVES[1], ...over }, 2: CURVES[2] }))
  }

  test('of a group hold in the long run, and are named with their worth', () => {
    const point = pointAt(both({ groups: [{ name: 'first', match: { name: 'ads 1' }, atMostShare: 0.5 }] }), 200)
    expect(spends(point, ['1', '2'])).toEqual([expect.closeTo(100, 3), expect.closeTo(100, 3)])
    // Slopes at 100: 8·2/100/4 − 2·2/100/4.
    expect(point.binding).toEqual([
      {
        name: 'group "first"',
        detail: 'group "first" gets at most 100.00 EUR a day (atMostShare 0.5)',
        worthPerUnit: expect.closeTo(0.03, 3),
      },
    ])
  })

  test('of a class without lift hold at its share, and steps do not', () => {
    const point = pointAt(both({ members: [{ name: 'ads 1', class: 'brand' }, { class: 'prospecting' }] }), 400)
    // It came with half of the spend, and stays a deadband of 3 % below that.
    expect(spends(point, ['1', '2'])).toEqual([expect.closeTo(194, 0), expect.closeTo(206, 0)])
    expect(campaignAt(point, '1').limits[0]?.name).toBe('class-share')
    expect(campaignAt(pointAt(both({}), 400), '1').spend).toBeGreaterThan(2 * 120)
  })

  test('of what a campaign can spend leave the rest unspent where nothing else takes it', () => {
    const idle = { deliveryRatio: 0.4 }
    const seen = two()
    const found = forecastOf(
      seen,
      [400],
      believing(seen, { 1: { ...CURVES[1], ...idle }, 2: { ...CURVES[2], ...idle } }),
    )
    const point = pointAt(found, 400)
    // Three per cent above what they spend: 100 each, as history swings.
    expect(point.spend).toBeCloseTo(
      point.campaigns.reduce((sum, { budget }) => sum + budget.ceiling, 0),
      6,
    )
    expect(point.unspent).toBeCloseTo(400 - point.spend, 6)
    expect(point.unspentBecause).toEqual(['2 budgets spend the most that they may or can'])
    expect(point.marginalReturn).toBe(0)
  })

  test('on the next conversion’s cost leave money unspent, and say so', () => {
    // The next conversion may cost 40: slope 0.025 is at z1 = √6.4 − 1 = 1.5298 and z2 = √1.6 − 1 = 0.2649.
    const point = pointAt(both({ goal: { kind: 'conversions', marginalCpa: '40 EUR' } }), 400)
    expect(point.spend).toBeCloseTo(179.5, 0)
    expect(point.unspent).toBeCloseTo(220.5, 0)
    expect(point.unspentBecause).toContain('the next unit of money would bring less than the policy asks of it')
  })

  test('of a day cap bound the sum of budgets, over-delivery counted', () => {
    // Twice a budget may be spent in a day.
    const terms = [
      {
        account: 'google-ads:1',
        conversions: { action: 'purchase', clickWindowDays: 30, basis: 'click' },
        dayCap: '500 EUR',
      },
    ]
    const point = pointAt(both({ accounts: terms }), 400)
    expect(point.spend).toBeCloseTo(250, 3)
    expect(point.binding.map(({ name }) => name)).toEqual(['account-day-cap'])
    expect(point.unspentBecause).toContain('the dayCap of google-ads:1 leaves budgets no more room')
  })

  test('below which no total can be brought are told', () => {
    const seen = two({ policy: { guardrails: { minDailyBudget: '30 EUR' } } })
    const found = forecastOf(seen, [50], believing(seen, CURVES))
    expect(found.points).toEqual([
      { kind: 'impossible', total: 50, least: 60, detail: 'budgets at their least and what is not moved cost more' },
    ])
  })

  test('of groups that ask for more than the total are told', () => {
    const groups = [
      { name: 'first', match: { name: 'ads 1' }, atLeast: '80 EUR' },
      { name: 'second', match: { name: 'ads 2' }, atLeast: '60 EUR' },
    ]
    const seen = two({ policy: { groups } })
    const found = forecastOf(seen, [100, 150], believing(seen, CURVES))
    expect(found.points[0]).toEqual({
      kind: 'impossible',
      total: 100,
      least: expect.closeTo(140, 3),
      detail: 'groups of the policy ask for more',
    })
    // Left alone, the second would get z2 = 1/6 of 100.
    expect(spends(pointAt(found, 150), ['1', '2'])).toEqual([expect.closeTo(90, 3), expect.closeTo(60, 3)])
  })

  test('of today alone do not matter: modes, freezes and missing caps', () => {
    const free = both({}).points
    const spendsOf = (found: typeof free) => found.map((one) => one.kind === 'point' && spends(one, ['1', '2']))
    expect(spendsOf(both({ mode: 'observe' }).points)).toEqual(spendsOf(free))
  })
})

describe('a campaign that is not managed', () => {
  test('keeps its spend, and its outcome counts', () => {
    const seen = two({
      policy: { members: [{ name: 'ads 1', class: 'prospecting', managed: false }, { class: 'prospecting' }] },
    })
    const point = pointAt(forecastOf(seen, [300], believing(seen, CURVES)), 300)
    const kept = campaignAt(point, '1')
    expect(kept.spend).toBeCloseTo(kept.budget.question.estimate!.recentSpendPerDay, 6)
    expect(point.spend).toBeCloseTo(300, 6)
    expect(kept.budget.stays?.reason).toBe('not-managed')
  })
})

describe('profit', () => {
  test('has its spend taken off, and what would not come back is not spent', () => {
    const seen = two({ policy: { goal: { kind: 'profit', margin: 0.5 } } })
    const worth = { valuePerConversion: 100 }
    const found = forecastOf(
      seen,
      [1000],
      believing(seen, { 1: { ...CURVES[1], ...worth }, 2: { ...CURVES[2], ...worth } }),
    )
    const point = pointAt(found, 1000)
    // 50 of margin each: 8/(z+1)² = 1 at z1 = √8 − 1, and 2/(z+1)² = 1 at z2 = √2 − 1.
    const spend = 100 * (Math.sqrt(8) + Math.SQRT2 - 2)
    expect(point.spend).toBeCloseTo(spend, 0)
    const margin = 50 * (16 * (1 - 1 / Math.sqrt(8)) + 4 * (1 - Math.SQRT1_2))
    expect(point.outcome.mean).toBeCloseTo(margin - spend, 2)
    expect(point.unspentBecause).toContain('the next unit of money would bring less than the policy asks of it')
    expect(found.unit).toBe('profit-per-day')
  })
})

describe('laws', () => {
  const spec: ObservationSpec = {
    accounts: [
      {
        key: 'google-ads:1',
        campaigns: [
          { id: '1', budget: 50, rate: 0.5 },
          { id: '2', budget: 50, rate: 0.1 },
          { id: '3', budget: 50, rate: 0.05 },
        ],
      },
      {
        key: 'meta:2',
        currency: 'USD',
        rate: 0.9,
        campaigns: [
          { id: '4', budget: 80, rate: 0.2 },
          { id: '5', budget: 20, rate: 0.02 },
        ],
      },
    ],
    target: 230,
    policy: { groups: [{ name: 'google', match: { platform: 'google-ads' }, atMostShare: 0.6 }] },
  }
  const TOTALS = [20, 60, 120, 180, 230, 264, 330, 450, 700]
  const found = forecastOf(anObservation(spec), TOTALS)

  test('more money never brings less, and each further unit less than the one before', () => {
    const points = TOTALS.map((total) => pointAt(found, total))
    for (const [i, point] of points.entries()) {
      const before = points[i - 1]
      if (!before) continue
      expect(point.outcome.mean).toBeGreaterThanOrEqual(before.outcome.mean)
      expect(point.marginalReturn).toBeLessThanOrEqual(before.marginalReturn * 1.01)
    }
  })

  test('intervals are wider, against the mean, the further it goes beyond what was seen', () => {
    const shares = [230, 330, 450, 700].map((total) => {
      const { outcome } = pointAt(found, total)
      return widthOf(outcome) / outcome.mean
    })
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  })

  test('platforms, accounts and campaigns add up to the portfolio', () => {
    for (const point of [found.standing, ...TOTALS.map((total) => pointAt(found, total))])
      for (const parts of [[...point.platforms.values()], [...point.accounts.values()], point.campaigns]) {
        expect(parts.reduce((sum, { spend }) => sum + spend, 0)).toBeCloseTo(point.spend, 6)
        expect(parts.reduce((sum, { outcome }) => sum + outcome.mean, 0)).toBeCloseTo(point.outcome.mean, 6)
      }
    const more = change(found, 230, 264)
    for (const parts of [more.platforms, more.accounts]) {
      expect([...parts.values()].reduce((sum, { spend }) => sum + spend, 0)).toBeCloseTo(34, 6)
      expect([...parts.values()].reduce((sum, { outcome }) => sum + outcome.mean, 0)).toBeCloseTo(more.outcome.mean, 6)
    }
  })

  test('what is spent and what stays unspent make up the total', () => {
    for (const total of TOTALS) {
      const { spend, unspent } = pointAt(found, total)
      expect(spend + unspent).toBeCloseTo(total, 4)
    }
  })

  test('the order of accounts, campaigns, totals and days changes nothing', () => {
    const seen = anObservation(spec)
    const turned: Observation = {
      ...seen,
      accounts: seen.accounts.toReversed().map((account) => ({
        ...account,
        histories: account.histories.toReversed().map((one) => ({ ...one, days: one.days.toReversed() })),
        structure: {
          ...account.structure,
          budgets: account.structure.budgets.toReversed(),
          campaigns: account.structure.campaigns.toReversed(),
        },
      })),
    }
    const other = forecastOf(turned, TOTALS.toReversed())
    for (const total of TOTALS) {
      const [a, b] = [pointAt(found, total), pointAt(other, total)]
      for (const part of ['mean', 'low', 'high'] as const) expect(b.outcome[part]).toBeCloseTo(a.outcome[part], 3)
      const ids = ['1', '2', '3', '4', '5']
      for (const [i, spend] of spends(a, ids).entries()) expect(spends(b, ids)[i]).toBeCloseTo(spend, 0)
    }
  })

  test('one more total changes nothing about the others', () => {
    expect(pointAt(forecastOf(anObservation(spec), [264]), 264).outcome).toEqual(pointAt(found, 264).outcome)
  })
})

describe('too little data', () => {
  const slow = (conversions: number): CampaignSpec => ({
    id: '2',
    budget: 50,
    // So many in all, one every other day.
    days: (age) => ({ spend: 50, conversions: age % 2 === 0 && age <= 2 * conversions ? 1 : 0 }),
  })
  const of = (...campaigns: readonly CampaignSpec[]) => {
    const seen = anObservation({ accounts: [{ key: 'google-ads:1', campaigns }], target: 100 })
    return forecast(seen, estimate(seen), () => someCapabilities, [100])
  }

  test('of a campaign is said, with how many conversions it needs', () => {
    const found = of({ id: '1', budget: 50, rate: 0.5 }, slow(6))
    if (found.kind === 'none') throw new Error(found.why)
    const [rich, poor] = ['1', '2'].map((id) => campaignAt(found.standing, id).budget)
    expect(rich?.wanting).toBe(0)
    // (1.2816/0.25)² = 26.28 conversions give a level to ±25 %, times variance over mean.
    const { conversionsSeen, noise } = poor!.question.estimate!
    expect(conversionsSeen).toBe(6)
    expect(poor?.wanting).toBe(Math.ceil(26.28 * noise.overdispersion - 6))
  })

  test('of all campaigns is why there is no forecast', () => {
    expect(of(slow(6))).toEqual({
      kind: 'none',
      why: expect.stringMatching(
        /^not enough data: its campaigns have brought 6 conversions together, and a forecast needs \d+ more$/,
      ),
    })
  })

  test('without a running campaign there is none', () => {
    expect(of({ id: '1', budget: 50, campaign: { status: 'paused' } })).toEqual({
      kind: 'none',
      why: 'no campaign of the portfolio is running',
    })
  })

  test('a campaign that never spent costs its budget, brings nothing yet, and is named', () => {
    const found = of({ id: '1', budget: 50, rate: 0.5 }, { id: '2', budget: 30, days: () => undefined })
    if (found.kind === 'none') throw new Error(found.why)
    const idle = campaignAt(pointAt(found, 100), '2')
    expect(idle).toMatchObject({ spend: 30, outcome: { mean: 0, low: 0, high: 0 } })
    expect(idle.budget.wanting).toBe(27)
  })
})

test('a total that is none is refused', () => {
  const seen = two()
  for (const total of [0, -5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => forecastOf(seen, [total])).toThrow(`totals: ${total}; must be more than 0 and finite`)
})

test('what the policy dates and what the data break is said to be left out', () => {
  const seen = two({
    policy: {
      events: [{ name: 'sale', from: '2026-11-27', to: '2026-11-30', expectedUplift: 2 }],
      commitments: [{ name: 'launch deal', match: {}, atLeast: '500 EUR', by: '2026-11-30' }],
    },
  })
  const { caveats } = forecastOf(seen, [200])
  expect(caveats).toEqual([
    'days are ordinary ones: what "sale" will add is left out',
    'spend that is promised by a date is left out: "launch deal"',
  ])
})
