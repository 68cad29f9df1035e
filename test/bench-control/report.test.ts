import { describe, expect, test } from 'vitest'
import { chosen, optionsOf } from '../bench/control/command.ts'
import { loadFamilies } from '../bench/control/family.ts'
import { ablationOf, linesOf, summaryOf } from '../bench/control/report.ts'
import type { RunFigures } from '../bench/control/run.ts'
import { meanOf, medianOf, verdictOf } from '../bench/control/statistics.ts'

const run = (controller: string, seed: number, regret: number): RunFigures => ({
  scenario: 'base',
  controller,
  seed,
  regret,
  regretAfter28: regret,
  spendError: 0,
  editsPerLeverPerWeek: 1,
  worstDay: 0.5,
  seconds: 1,
})

describe('means', () => {
  test('come with the standard error of the mean', () => {
    // Deviations −1, 0, 1: variance 1 on two degrees of freedom, over 3.
    expect(meanOf([1, 2, 3])).toEqual({ mean: 2, se: Math.sqrt(1 / 3) })
    expect(meanOf([4])).toEqual({ mean: 4, se: 0 })
  })

  test('a difference within two standard errors is a tie', () => {
    expect(verdictOf({ mean: 0.02, se: 0.01 })).toBe('tie')
    expect(verdictOf({ mean: 0.021, se: 0.01 })).toBe('win')
    expect(verdictOf({ mean: -0.021, se: 0.01 })).toBe('loss')
  })
})

describe('the summary', () => {
  test('sets Sluice beside the one that misses least on the seeds that both ran', () => {
    const base = loadFamilies().filter(({ name }) => name === 'base')
    const [row] = summaryOf(base, [
      run('sluice', 1, 0.1),
      run('sluice', 2, 0.1),
      run('hold', 1, 0.2),
      run('hold', 2, 0.22),
      // Alone on a seed that Sluice did not run, and better there: it does not count.
      run('equal', 1, 0.3),
      run('equal', 3, 0.01),
    ])
    expect(row?.slice(0, 2)).toEqual(['base', '2'])
    expect(row?.slice(3, 7)).toEqual(['10.00', '4.5', 'hold', '21.00'])
    expect(row?.[8]).toBe('wins')
  })
})

describe('who knows part of the truth', () => {
  test('stands beside Sluice on the seeds that both have run', () => {
    const base = loadFamilies().filter(({ name }) => name === 'base')
    const runs = [
      run('sluice', 1, 0.1),
      run('sluice', 2, 0.2),
      run('knows-shapes', 1, 0.04),
      run('knows-shapes', 3, 0.5),
    ]
    expect(ablationOf(base, runs)).toEqual([['base', 'knows-shapes', '1', '4.00 ±0.00', '10.00 ±0.00']])
  })
})

describe('a median', () => {
  test('is the middle value, or the mean of the two in the middle', () => {
    expect(medianOf([5, 1, 3])).toBe(3)
    expect(medianOf([4, 1, 3, 2])).toBe(2.5)
    expect(() => medianOf([])).toThrow(RangeError)
  })
})

describe('the report', () => {
  test('pairs by seed, has Sluice first and the oracle last', () => {
    const lines = linesOf('base', [
      run('hold', 1, 0.3),
      run('hold', 2, 0.2),
      run('sluice', 1, 0.1),
      run('sluice', 2, 0.05),
    ])
    expect(lines.map(({ controller }) => controller)).toEqual(['sluice', 'hold', 'oracle'])
    // 0.2 and 0.15: mean 0.175, their standard error half their distance.
    expect(lines[1]?.againstSluice?.mean).toBeCloseTo(0.175, 12)
    expect(lines[1]?.againstSluice?.se).toBeCloseTo(0.025, 12)
    expect(lines[2]?.regret).toEqual({ mean: 0, se: 0 })
  })

  test('a seed that Sluice was not run on is not compared', () => {
    const [, hold] = linesOf('base', [run('hold', 1, 0.3), run('hold', 9, 0.9), run('sluice', 1, 0.1)])
    expect(hold?.againstSluice?.mean).toBeCloseTo(0.2, 12)
    expect(hold?.seeds).toBe(2)
  })
})

describe('options', () => {
  test('seeds of reports begin beyond those for tuning', () => {
    expect(optionsOf(['--seeds=2']).seeds).toEqual([1000, 1001])
  })

  test('an unknown family or controller is refused with those there are', () => {
    expect(() => chosen(loadFamilies(), 'bass')).toThrow(/there is no family "bass": there are .*base/)
    expect(() => optionsOf(['--controllers=slice'])).toThrow(/there is no controller "slice": there are sluice/)
  })

  test('a number that is none is refused', () => {
    expect(() => optionsOf(['--seeds=0'])).toThrow('--seeds must be a whole number from 1 on, got "0"')
  })
})
