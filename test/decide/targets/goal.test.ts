import { describe, expect, test } from 'vitest'
import {
  averageCostFor,
  campaignGoals,
  elasticityWith,
  goalForRest,
  spendByCost,
  trustedElasticity,
} from '../../../lib/decide/targets/goal.ts'

describe('the elasticity that is trusted', () => {
  test.each([
    ['a sure one is taken as it is', { mean: 0.8, sd: 0 }, 0.8],
    // As uncertain as the usual one of 0.6: half way.
    ['an uncertain one is drawn towards 0.6', { mean: 0.8, sd: 0.2 }, 0.7],
    ['none is the usual one', undefined, 0.6],
    ['a useless one is the usual one', { mean: Number.NaN, sd: 0.1 }, 0.6],
    ['below 0.3 is clipped', { mean: 0.1, sd: 0 }, 0.3],
    ['above 0.95 is clipped', { mean: 1.4, sd: 0 }, 0.95],
  ])('%s', (_, elasticity, expected) => {
    expect(trustedElasticity(elasticity)).toBeCloseTo(expected, 12)
  })
})

describe('what a platform says of other targets', () => {
  test('draws the elasticity that was learned towards it, and the usual one where none was', () => {
    // As sure as it: half of the way in three cases of four.
    expect(elasticityWith({ mean: 0.8, sd: 0.2 }, { mean: 0.4, sd: 0.2 })?.mean).toBeCloseTo(0.65, 12)
    for (const learned of [undefined, { mean: Number.NaN, sd: 0.1 }])
      expect(elasticityWith(learned, { mean: 0.4, sd: 0.2 })?.mean).toBeCloseTo(0.525, 12)
  })

  test('changes nothing where it says nothing', () => {
    const learned = { mean: 0.8, sd: 0.1 }
    expect(elasticityWith(learned, undefined)).toBe(learned)
    expect(elasticityWith(undefined, undefined)).toBeUndefined()
    expect(elasticityWith(learned, { mean: 1, sd: Number.POSITIVE_INFINITY })).toBe(learned)
    // 1 ÷ (1 − 0.6).
    expect(spendByCost(undefined, undefined)).toBeCloseTo(2.5, 12)
  })

  test('draws what a looser target spends more towards it', () => {
    // Its own is 2.5 ± 0.2 ÷ 0.4²: as sure as 1.25.
    expect(spendByCost(undefined, { mean: 1.5, sd: 1.25 })).toBeCloseTo(2.5 - 0.75 * 0.5, 12)
  })
})

describe('targets that equalise the cost of the next conversion', () => {
  test('are the elasticity times that cost', () => {
    expect(averageCostFor(50, { mean: 0.8, sd: 0 })).toBeCloseTo(40, 12)
  })

  test('come to the goal on average', () => {
    // e = ½ and 0.8 with 100 each: c = 40 · (200 + 125) / 200 = 65; 32.5 and 52; 200 / (100 / 32.5 + 100 / 52) = 40.
    const goals = campaignGoals(40, [
      { spendPerDay: 100, elasticity: { mean: 0.5, sd: 0 } },
      { spendPerDay: 100, elasticity: { mean: 0.8, sd: 0 } },
    ])
    expect(goals).toEqual([expect.closeTo(32.5, 9), expect.closeTo(52, 9)])
  })

  test('are the goal for a campaign by itself, whatever its elasticity', () => {
    expect(campaignGoals(40, [{ spendPerDay: 7, elasticity: { mean: 0.4, sd: 0 } }])).toEqual([expect.closeTo(40, 9)])
  })

  test('are the goal where nothing is spent', () => {
    expect(campaignGoals(40, [{ spendPerDay: 0, elasticity: undefined }])).toEqual([40])
  })
})

describe('the goal for the rest of a flight', () => {
  test.each([
    // 2,000 in all at 40 is 50; 24 are there, 26 are missing with 1,000.
    ['makes up for what was too dear', { goal: 40, spent: 1_000, outcome: 24, ahead: 1_000 }, 1_000 / 26],
    ['makes use of what was cheap', { goal: 40, spent: 1_000, outcome: 26, ahead: 1_000 }, 1_000 / 24],
    ['is at most a tenth lower', { goal: 44, spent: 1_000, outcome: 1, ahead: 100 }, 40],
    [
      'is at most a tenth higher, with more than enough already',
      { goal: 40, spent: 1_000, outcome: 90, ahead: 100 },
      44,
    ],
    ['is the goal on the first day', { goal: 40, spent: 0, outcome: 0, ahead: 500 }, 40],
    ['is the goal when nothing is left to spend', { goal: 40, spent: 500, outcome: 2, ahead: 0 }, 40],
  ])('%s', (_, flight, expected) => {
    expect(goalForRest(flight)).toBeCloseTo(expected, 9)
  })
})
