import { describe, expect, test } from 'vitest'
import { loop, rules, simulateTargets } from './simulated-targets.ts'

const SEEDS = [1, 2, 3, 4, 5, 6]

describe('a hundred campaigns whose platform misses targets by a bias that drifts', () => {
  const ours = SEEDS.map((seed) => simulateTargets(loop(true, true), seed))

  test.each(SEEDS.map((seed, i) => [seed, ours[i]!] as const))(
    'cost what was asked for within 2 %, seed %d',
    (_, figures) => {
      expect(Math.abs(figures.accountError)).toBeLessThan(0.02)
    },
  )

  test('each have two moves a week at most', () => {
    expect(Math.max(...ours.map(({ mostEditsInAWeek }) => mostEditsInAWeek))).toBeLessThanOrEqual(2)
  })

  test('are moved a fifth of the spend at a time at most, by what is spent while they learn', () => {
    for (const { mostInLearning } of ours) expect(mostInLearning).toBeLessThanOrEqual(0.2)
  })

  test('are missed by less than half as much each as if targets were left alone', () => {
    SEEDS.forEach((seed, i) => {
      expect(ours[i]!.campaignError).toBeLessThan(simulateTargets(() => {}, seed).campaignError / 2)
    })
  })

  test('come nearer than a loop that takes what is visible for all, and nearer than rules, which ratchet down', () => {
    for (const other of [loop(false, false), rules(3), rules(1)])
      expect(Math.abs(ours[0]!.accountError)).toBeLessThan(Math.abs(simulateTargets(other, SEEDS[0]!).accountError) / 3)
  })
})
