import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Family, familyFrom, loadFamilies, MARKETS, MarketFileError } from '../bench/control/family.ts'
import { oracle } from '../bench/control/oracle.ts'
import { negativeBinomial, normalQuantile, stream } from '../bench/control/random.ts'
import { drawTruth, type Truth } from '../bench/control/truth.ts'
import { AGES, groupOutcome, openWorld, type World } from '../bench/control/world.ts'

const family = (more: object = {}): Family =>
  familyFrom({ name: 'small', what: 'For a test.', campaigns: 10, warmUpDays: 20, controlDays: 30, ...more }, 'a test')
const ran = (truth: Truth, budgets?: (world: World) => void): World => {
  const world = openWorld(truth)
  while (world.day < truth.days) {
    budgets?.(world)
    world.run()
  }
  return world
}
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0)
const problemsOf = (written: unknown): string => {
  try {
    familyFrom(written, 'x.json')
  } catch (error) {
    if (error instanceof MarketFileError) return error.message
    throw error
  }
  return 'none'
}

describe('market files', () => {
  test('every shipped one can be read, and is named as its file', () => {
    expect(loadFamilies().map(({ name }) => name)).toContain('base')
    expect(loadFamilies().length).toBeGreaterThanOrEqual(20)
  })

  test('an unknown field is refused by name', () => {
    expect(problemsOf({ name: 'a', what: 'b', curves: { steepness: 2 } })).toContain(
      'curves.steepness: is not a field of a market: remove it or correct its name',
    )
  })

  test('a wrong value is refused with what was found, all problems at once', () => {
    const text = problemsOf({ name: 'A B', what: 'b', campaigns: 1.5, delivery: { cap: [3, 2] } })
    expect(text).toContain('name: must be lower-case letters, digits and dashes (found "A B")')
    expect(text).toContain('(found 1.5)')
    expect(text).toContain('delivery.cap: must be [low, high] with low ≤ high (found [3,2])')
  })

  test('what the oracle could not bound is refused', () => {
    expect(problemsOf({ name: 'a', what: 'b', goal: 'value', cpaCeiling: 0.8 })).toContain('goes with goal conversions')
  })
})

describe('chance', () => {
  test('counts have the mean and the variance that they are drawn with', () => {
    const counts = Array.from({ length: 20_000 }, (_, k) => negativeBinomial(stream(7, k), 6, 1.5))
    const mean = sum(counts) / counts.length
    const variance = sum(counts.map((count) => (count - mean) ** 2)) / counts.length
    // Standard errors: √(9/20000) = 0.02 of the mean; the variance's about 0.1.
    expect(mean).toBeCloseTo(6, 1)
    expect(Math.abs(variance - 9)).toBeLessThan(0.5)
  })

  test('one uniform gives a larger count at a larger mean', () => {
    for (let k = 0; k < 200; k++)
      expect(negativeBinomial(stream(3, k), 12, 1.5)).toBeGreaterThanOrEqual(negativeBinomial(stream(3, k), 9, 1.5))
  })

  test('the normal quantile is the tabulated one', () => {
    expect(normalQuantile(0.9)).toBeCloseTo(1.2816, 3)
    expect(normalQuantile(0.025)).toBeCloseTo(-1.96, 3)
  })
})

describe('a market', () => {
  test('is the same for the same seed, whatever was done before', () => {
    const truth = drawTruth(family(), 5)
    const [one, other] = [ran(truth), ran(drawTruth(family(), 5))]
    expect(one.caused).toEqual(other.caused)
    expect(one.claimed(3, 40)).toBe(other.claimed(3, 40))
  })

  test('treats a campaign alike when only another one’s budget moved', () => {
    const truth = drawTruth(family(), 5)
    const left = ran(truth)
    const moved = ran(truth, (world) => {
      world.budgets[0] = 1
    })
    expect(moved.spend[4]).toEqual(left.spend[4])
    expect(moved.claimed(4, 33)).toBe(left.claimed(4, 33))
  })

  test('has claims arrive with age, and all of them by the last age', () => {
    const world = ran(drawTruth(family(), 2))
    const readings = Array.from({ length: AGES }, (_, k) => world.read(0, 20, 21 + k).count)
    expect(readings).toEqual(readings.toSorted((a, b) => a - b))
    expect(readings[0]).toBeLessThan(readings.at(-1)!)
    expect(readings.at(-1)).toBe(world.claimed(0, 20))
  })

  test('spends nothing that the month has not: what is over brings nothing', () => {
    const truth = drawTruth(
      family({ delivery: { cappedShare: 0, noiseSd: 0, bias: [1, 1] }, demand: { promotionsPerMonth: 0 } }),
      2,
    )
    const twice = ran(truth, (world) => {
      if (world.day === 20)
        for (const { index, initialBudget } of truth.campaigns) world.budgets[index] = 2 * initialBudget
    })
    // Thirty days' money is gone after fifteen days: days 20 to 34 of twice the budget.
    const byDay = Array.from({ length: 30 }, (_, d) => sum(twice.caused.map((row) => row[20 + d]!)))
    expect(Math.min(...byDay.slice(0, 14))).toBeGreaterThan(0)
    expect(sum(byDay.slice(16))).toBe(0)
    expect(twice.monthSpend[0]! / truth.monthBudget).toBeCloseTo(2, 9)
  })

  test('with organic claims counts as caused only what was caused', () => {
    const truth = drawTruth(family({ claims: { brandShare: 0.5, retargetingShare: 0.5, organicShare: 0.85 } }), 1)
    const world = ran(truth)
    const claims = sum(
      truth.campaigns.flatMap(({ index }) => Array.from({ length: 30 }, (_, d) => world.claimed(index, 20 + d))),
    )
    const caused = sum(world.caused.flatMap((row) => [...row.subarray(20)]))
    expect(caused / claims).toBeGreaterThan(0.13)
    expect(caused / claims).toBeLessThan(0.17)
  })

  test('with double claiming has as many orders of the shop as claims over claims per order', () => {
    const truth = drawTruth(family({ claims: { factor: [1.6, 1.6] } }), 1)
    const world = ran(truth)
    // Lags go over the ends of the days that are summed; 50 days of claims are long against them.
    const claims = sum(
      truth.campaigns.flatMap(({ index }) => Array.from({ length: 50 }, (_, day) => world.claimed(index, day))),
    )
    expect(claims / sum(world.orders)).toBeCloseTo(1.6, 6)
  })

  test('a target CPA keeps a campaign from spending its budget, and a higher one lets it', () => {
    const truth = drawTruth(
      family({
        faults: { targetLimitedShare: 1, targetLimit: [0.4, 0.4] },
        demand: { driftSd: 0, shocksPerYear: 0, promotionsPerMonth: 0, weekdaySd: 0 },
      }),
      1,
    )
    const own = truth.campaigns.filter(({ alpha, capacity }) => alpha <= 1 && capacity === Number.POSITIVE_INFINITY)
    const spent = (factor: number): number[] => {
      const world = openWorld(truth)
      for (const { index } of own) world.targets[index]! *= factor
      for (let day = 0; day < 14; day++) world.run()
      return own.map(({ index, initialBudget }) => sum(world.spend[index]!.subarray(0, 14)) / 14 / initialBudget)
    }
    for (const share of spent(1)) expect(share).toBeCloseTo(0.4, 1)
    for (const share of spent(3)) expect(share).toBeGreaterThan(0.6)
  })

  test('a group never brings more together than alone, and less the more it brings', () => {
    expect(groupOutcome(100, 100, 0)).toBe(100)
    // 100·ln(1.5)/0.5
    expect(groupOutcome(100, 100, 0.5)).toBeCloseTo(81.093, 3)
    expect(groupOutcome(200, 100, 0.5)).toBeLessThan(2 * groupOutcome(100, 100, 0.5))
  })
})

describe('the oracle', () => {
  const flat = {
    demand: { driftSd: 0, shocksPerYear: 0, promotionsPerMonth: 0, weekdaySd: 0 },
    delivery: { cappedShare: 0, noiseSd: 0, bias: [1, 1] },
  }

  test('of two equal days and curves brings what the even split brings', () => {
    const truth = drawTruth(family({ campaigns: 2, curves: { sShapedShare: 0, concave: [1, 1] }, ...flat }), 1)
    const same = { ...truth.campaigns[0]!, initialBudget: 100, kappa: 200, ceiling: 30 }
    const twins: Truth = { ...truth, campaigns: [same, { ...same, index: 1 }], monthBudget: 30 * 200 }
    // Each campaign at 100 a day: 30·100/(100 + 200) = 10 a day, two of them for 30 days.
    expect(oracle(twins).outcome).toBeCloseTo(600, 1)
  })

  test('is never beaten, whatever the budgets', () => {
    for (const seed of [1, 2, 3]) {
      const truth = drawTruth(family({ faults: { cannibalisation: 0.5 } }), seed)
      const most = oracle(truth).outcome
      for (const tilt of [0, 0.5, 1, 2]) {
        const weights = truth.campaigns.map(
          ({ ceiling, kappa }) => (ceiling / kappa) ** tilt * Math.sqrt(ceiling * kappa),
        )
        const total = truth.monthBudget / 30 / sum(weights)
        const world = ran(truth, (one) => {
          for (const [i, weight] of weights.entries()) one.budgets[i] = weight * total
        })
        expect(sum(world.caused.flatMap((row) => [...row.subarray(20)]))).toBeLessThan(most)
      }
    }
  })

  test('under a CPA ceiling spends no more than the ceiling allows', () => {
    const free = drawTruth(family(), 1)
    const bound = drawTruth(family({ cpaCeiling: 0.5 }), 1)
    expect(oracle(bound).outcome).toBeLessThan(0.9 * oracle(free).outcome)
    expect(oracle(drawTruth(family({ cpaCeiling: 10 }), 1)).outcome).toBeCloseTo(oracle(free).outcome, 6)
  })
})

test('the description of market files has every field with its default', () => {
  const text = readFileSync(join(MARKETS, 'README.md'), 'utf8')
  const documented = new Map(
    [...text.matchAll(/^\| `([^`]+)` \| [^|]+ \| ([^|]+) \| [^|]+ \|$/gm)].map(([, field, given]) => [field, given]),
  )
  const defaults = familyFrom({ name: 'a', what: 'b' }, 'a test')
  const check = (value: object, path: string): void => {
    for (const [key, own] of Object.entries(value)) {
      const field = path === '' ? key : `${path}.${key}`
      if (typeof own === 'object' && !Array.isArray(own)) check(own, field)
      else if (!['name', 'what', 'faults.attributionSwitch'].includes(field))
        expect(`${field} ${documented.get(field)}`).toBe(`${field} ${JSON.stringify(own)}`)
    }
  }
  check(defaults, '')
  expect(documented.get('faults.attributionSwitch')).toBe('none')
})
