import { describe, expect, test } from 'vitest'
import { crashPairs, overlaps, SCENARIOS, sampledOverlaps, singleFaults } from './enumerate.ts'

const LONG = { timeout: 900_000 }

describe('one lever, completely', () => {
  test('every effect × every fault', LONG, async () => {
    const { runs, found } = await singleFaults()
    expect(found).toEqual([])
    expect(runs).toBeGreaterThan(2_500)
  })

  test('all schedules of two overlapping runs with up to two preemptions', LONG, async () => {
    const { runs, found } = await overlaps()
    expect(found).toEqual([])
    expect(runs).toBeGreaterThan(5_000)
  })

  test('500 schedules with three', LONG, async () => {
    const { found } = await sampledOverlaps(500)
    expect(found).toEqual([])
  })

  test('all pairs of crashes in the push of a raise', LONG, async () => {
    const { runs, found } = await crashPairs(SCENARIOS.slice(0, 1))
    expect(found).toEqual([])
    expect(runs).toBeGreaterThan(3_000)
  })
})
