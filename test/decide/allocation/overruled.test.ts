import { describe, expect, test } from 'vitest'
import type { Problem } from '../../../lib/decide/allocation/problem.ts'
import { allocateSpend } from '../../../lib/decide/allocation/solve.ts'

const NONE = Number.NEGATIVE_INFINITY

/** Two levers from 0 to 4: the first brings 0.5 and 0.4 for a unit, the second 3 and 1.5; the next unit is to bring 1. */
const problem = (minimum: number): Problem => ({
  curves: {
    offset: Int32Array.of(0, 3, 6),
    spend: Float64Array.of(0, 2, 4, 0, 2, 4),
    objective: Float64Array.of(0, 1, 1.8, 0, 6, 9),
  },
  groups: {
    parent: Int32Array.of(-1, 0),
    minimum: Float64Array.of(NONE, minimum),
    maximum: Float64Array.of(20, Number.POSITIVE_INFINITY),
    of: Int32Array.of(1, 0),
  },
  spendAll: false,
  marginals: [{ group: 0, returnPerSpend: 1, of: 'outcome' }],
})

describe('a minimum of a group that overrules a marginal floor', () => {
  const found = allocateSpend(problem(3))

  test('is reported as a minimum, with what a unit less of it saves beyond what it brings', () => {
    // Its last unit brings 0.4, and is asked to bring 1.
    expect(found).toMatchObject({
      kind: 'allocated',
      binding: [{ limit: { kind: 'group-minimum', group: 1 }, worth: expect.closeTo(0.6, 9) }],
      overruled: [0],
      forced: [1],
    })
  })

  test('is spent, and no more', () => {
    expect(found.kind === 'allocated' && [...found.spend]).toEqual([3, 4])
  })

  test('is none where the floor lets it be spent anyway', () => {
    expect(allocateSpend(problem(0))).toMatchObject({ overruled: [], forced: [] })
  })
})
