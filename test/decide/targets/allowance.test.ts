import { describe, expect, test } from 'vitest'
import {
  ALLOWANCE_RULES,
  admitted,
  allowanceOf,
  type Edit,
  learningRoom,
  significantEdits,
} from '../../../lib/decide/targets/allowance.ts'

const budget = (daysAgo: number, from: number, to: number): Edit => ({ daysAgo, lever: 'budget', from, to })
const target = (daysAgo: number, from: number, to: number): Edit => ({ daysAgo, lever: 'target', from, to })

describe('significant edits', () => {
  test.each<[string, readonly Edit[], number]>([
    ['a budget step of a fifth is none', [budget(1, 100, 120)], 0],
    ['a larger one is', [budget(1, 100, 121)], 1],
    ['a larger cut is', [budget(1, 100, 79)], 1],
    ['two steps of 15 % on one day are one', [budget(1.2, 100, 115), budget(1.1, 115, 132.25)], 1],
    ['two steps of 15 % on two days are none', [budget(2, 100, 115), budget(1, 115, 132.25)], 0],
    ['up and back again on one day is none', [budget(1.2, 100, 150), budget(1.1, 150, 100)], 0],
    ['a budget from nothing is', [budget(1, 0, 5)], 1],
    ['any move of a target is', [target(1, 40, 40.5)], 1],
    ['a target set to what it is, is none', [target(1, 40, 40)], 0],
    ['a new strategy is', [{ daysAgo: 1, lever: 'strategy', from: 0, to: 0 }], 1],
  ])('%s', (_, edits, count) => {
    expect(significantEdits(edits, ALLOWANCE_RULES.safeStep)).toHaveLength(count)
  })
})

describe('the allowance of a campaign and week', () => {
  test('is shared by whatever moves it', () => {
    expect(allowanceOf([budget(3, 100, 150)])).toMatchObject({ used: 1, left: 1 })
    expect(allowanceOf([budget(3, 100, 150), target(5, 40, 42)])).toMatchObject({ used: 2, left: 0 })
  })

  test('comes back after seven days', () => {
    expect(allowanceOf([target(7, 40, 42), target(6.9, 42, 44)])).toMatchObject({ used: 1, left: 1 })
  })

  test('is whole without edits, and never below nothing', () => {
    expect(allowanceOf([]).left).toBe(2)
    expect(allowanceOf([1, 2, 3, 4].map((d) => target(d, 40, 44))).left).toBe(0)
  })
})

describe('what may be in learning at once', () => {
  const of = (spendPerDay: number, inLearning = false) => ({ spendPerDay, inLearning })

  test('is a fifth of all spend, less what is learning already', () => {
    expect(learningRoom([of(900), of(100, true)], 0.2)).toBe(100)
    expect(learningRoom([of(500), of(500, true)], 0.2)).toBe(0)
  })

  test('admits in order while there is room, and a smaller one behind one that does not fit', () => {
    // A tenth of the 200 is kept free, as days differ.
    const wishes = [of(130), of(100), of(49)]
    expect([...admitted(wishes, [...wishes, of(721)], 0.2)]).toEqual([wishes[0], wishes[2]])
    expect([...admitted([of(131), of(50)], [of(131), of(50), of(819)], 0.2)]).toEqual([of(131)])
  })

  test('has no campaign that is too large for what is free and too small to be let in by itself', () => {
    expect(admitted([of(190)], [of(190), of(810)], 0.2).size).toBe(1)
  })

  test('admits one that is larger than the whole share only by itself', () => {
    const [large, small] = [of(500), of(10)]
    expect([...admitted([large, small], [large, small, of(490)], 0.2)]).toEqual([large])
    expect([...admitted([large, small], [large, small, of(480), of(10, true)], 0.2)]).toEqual([])
  })

  test('admits nobody where nobody wishes', () => {
    expect(admitted([], [], 0.2).size).toBe(0)
  })
})
