import { describe, expect, test } from 'vitest'
import { INVARIANTS } from './invariants.ts'
import { run } from './run.ts'
import { totalOf } from './tally.ts'

/** One seed for good: what a change of the product breaks in these worlds, it breaks for everybody. */
const SEED = 20_261_121
const CYCLES = 100_000

describe('the real stages in simulated worlds', () => {
  test('100,000 cycles: whatever strikes, no invariant is broken', { timeout: 1_800_000 }, async () => {
    const { tally, findings } = await run({ seed: SEED, cycles: CYCLES })
    expect(findings).toEqual([])
    expect(totalOf(tally.cycles)).toBeGreaterThanOrEqual(CYCLES)
    // A storm that does nothing proves nothing.
    for (const fault of SEEN) expect({ [fault]: tally.faults[fault] ?? 0 }).not.toEqual({ [fault]: 0 })
    expect(tally.sent).toBeGreaterThan(CYCLES / 10)
    expect(tally.overlapped).toBeGreaterThan(CYCLES / 10)
  })

  test('the same seed gives the same history', async () => {
    const once = await run({ seed: 7, cycles: 150 })
    const again = await run({ seed: 7, cycles: 150 })
    expect(again).toEqual(once)
  })

  test('every invariant says what it holds', () => {
    for (const sentence of Object.values(INVARIANTS)) expect(sentence.length).toBeGreaterThan(20)
  })
})

const SEEN = [
  'killed before commit',
  'killed after commit',
  'killed before writer',
  'killed after writer',
  'killed before queue',
  'throttled commit',
  'timeout after commit',
  'timeout after store',
  'worker sleeps',
  'slow call',
  'delivered late',
  'delivered twice',
  'write refused',
  'write lost-before',
  'write lost-after',
  'write applied late',
  'write accepted',
  'write stored',
  'answers missing',
  'person raises',
  'person cuts',
  'person pauses',
  'freeze',
  'policy changed',
  'stale report',
  'partial report',
  'tracking outage',
  'double count',
  'no exchange rate',
]
