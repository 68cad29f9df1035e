import { describe, expect, test } from 'vitest'
import {
  decideMultipliers,
  MULTIPLIER_RULES,
  type MultiplierDecision,
  type MultiplierQuestion,
} from '../../../lib/decide/multipliers/decide-multipliers.ts'
import { combined, type Multipliers, wantedMultipliers } from '../../../lib/decide/multipliers/wanted.ts'
import { UNLISTED } from '../../../lib/measure/cells/cells.ts'
import type { DimensionEffects } from '../../../lib/measure/cells/fit-cells.ts'
import { dice } from '../../measure/dice.ts'

type Row = readonly [level: string, clicks: number, mean: number, sd: number]

const dimension = (name: string, ...rows: readonly Row[]): DimensionEffects => ({
  name,
  levels: rows.map(([level, clicks, mean, sd]) => ({ name: level, clicks, outcome: clicks / 10, mean, sd })),
})

const HONOURED = { kind: 'honoured' } as const

const question = (
  dimensions: readonly DimensionEffects[],
  current: Multipliers = {},
  capabilities: MultiplierQuestion['capabilities'] = Object.fromEntries(dimensions.map(({ name }) => [name, HONOURED])),
): MultiplierQuestion => ({ effects: { outcomePerClick: 0.02, dimensions }, current, capabilities })

const at = (decisions: readonly MultiplierDecision[], level: string): MultiplierDecision =>
  decisions.find((one) => one.level === level)!

describe('wanted multipliers', () => {
  test('have mean 1 over clicks, and stand to each other as the clicks are worth', () => {
    // (300 · 1.2 + 100 · 0.4) / 400 = 1: nothing to divide by.
    const wanted = wantedMultipliers([dimension('device', ['mobile', 300, 1.2, 0.01], ['desktop', 100, 0.4, 0.01])], {})
    expect(wanted.map((one) => one.wanted)).toEqual([1.2, 0.4])
  })

  test('take the clicks as they would be without multipliers: what is in force already stays', () => {
    // 50 clicks at ½ and 150 at 1.5 are 100 each unmoved; worth 0.5 and 1.5 has mean 1 over those.
    const device = dimension('device', ['tablet', 50, 0.5, 0.01], ['mobile', 150, 1.5, 0.01])
    const wanted = wantedMultipliers([device], { device: { tablet: 0.5, mobile: 1.5 } })
    expect(wanted.map((one) => one.wanted)).toEqual([0.5, 1.5])
  })

  test('are clipped one by one', () => {
    const wanted = wantedMultipliers(
      [dimension('device', ['a', 1, 9, 0.1], ['b', 99, 0.9, 0.1], ['c', 1, 0.01, 0.1])],
      {},
    )
    expect(wanted.map((one) => one.wanted)).toEqual([2, expect.closeTo(0.927, 3), 0.4])
  })

  test('are drawn towards 1 together until the product is within its limits', () => {
    // 1.9 · 1.9 · 1.9 = 6.9 is above 5: every logarithm shrinks by ln 5 / ln 6.859 = 0.836.
    const dimensions = ['device', 'hour', 'place'].map((name) =>
      dimension(name, ['high', 100, 1.9, 0.01], ['low', 900, 0.9, 0.01]),
    )
    const wanted = wantedMultipliers(dimensions, {})
    const highs = wanted.filter(({ level }) => level === 'high').map((one) => one.wanted)
    expect(highs[0]).toBeCloseTo(1.9 ** 0.8358, 3)
    expect(highs.reduce((a, b) => a * b)).toBeCloseTo(5, 9)
  })

  test('leave out a level that is opted out of, and its clicks', () => {
    const device = dimension(
      'device',
      ['tablet', 500, 0.2, 0.01],
      ['mobile', 100, 1.1, 0.01],
      ['desktop', 100, 0.9, 0.01],
    )
    const wanted = wantedMultipliers([device], { device: { tablet: 0 } })
    expect(wanted.map(({ level, wanted }) => [level, wanted])).toEqual([
      ['mobile', 1.1],
      ['desktop', 0.9],
    ])
  })

  test('leave clicks that nothing listed is for as they are, and count them in the mean', () => {
    // (250 · 1.8 + 750 · 1) / 1,000 = 1.2: the audience is worth 1.5 times the mean click.
    const audience = dimension('audience', ['buyers', 250, 1.8, 0.01], [UNLISTED, 750, 1, 0.01])
    expect(wantedMultipliers([audience], {}).map(({ level, wanted }) => [level, wanted])).toEqual([['buyers', 1.5]])
  })

  test.each<[string, readonly DimensionEffects[]]>([
    ['no dimension', []],
    ['a dimension without levels', [dimension('device')]],
    ['a dimension without clicks', [dimension('device', ['mobile', 0, 1, 0.2])]],
  ])('are 1 or none with %s', (_, dimensions) => {
    expect(wantedMultipliers(dimensions, {}).every(({ wanted }) => wanted === 1)).toBe(true)
  })
})

describe('decisions about multipliers', () => {
  test('move a level whose worth is clear, and say why', () => {
    const decisions = decideMultipliers(
      question([dimension('device', ['mobile', 500, 1.2, 0.05], ['desktop', 500, 0.8, 0.05])]),
    )
    expect(at(decisions, 'mobile')).toMatchObject({ kind: 'move', from: 1, to: 1.2 })
    expect(at(decisions, 'mobile').why).toMatch(/^a click is worth 1\.20× the mean click by device/)
    expect(at(decisions, 'desktop')).toMatchObject({ kind: 'move', from: 1, to: 0.8 })
  })

  test('take clicks that nothing listed is for as multiplied by 1 where all dimensions multiply', () => {
    // The audience is worth half. What is not of it gets 1 · 2 · 2 · 2 = 8 and not 0.5 · 8 = 4: more than 5.
    const dimensions = [
      dimension('audience', ['browsers', 100, 0.5, 0.01], [UNLISTED, 900, 1.0556, 0.01]),
      ...['device', 'hour', 'place'].map((name) => dimension(name, ['high', 100, 2, 0.01], ['low', 900, 0.8889, 0.01])),
    ]
    const highs = decideMultipliers(question(dimensions)).filter(({ level }) => level === 'high')
    const product = highs.reduce((all, one) => all * (one.kind === 'move' ? one.to : one.from), 1)
    expect(product).toBeCloseTo(5, 9)
  })

  test('take a multiplier back towards 1 as what it rests on runs dry', () => {
    const [hour] = decideMultipliers(
      question([dimension('hour', ['night', 30, 1.02, 0.19], ['day', 970, 1, 0.05])], { hour: { night: 1.6 } }),
    )
    expect(hour).toMatchObject({ kind: 'move', from: 1.6 })
    expect(hour!.kind === 'move' && hour!.to).toBeCloseTo(1.02, 1)
  })

  test('hold within 5 %', () => {
    const decisions = decideMultipliers(
      question([dimension('device', ['mobile', 500, 1.04, 0.001], ['desktop', 500, 0.96, 0.001])]),
    )
    expect(decisions.map((one) => one.kind === 'hold' && one.reason)).toEqual(['within-deadband', 'within-deadband'])
  })

  test.each([
    // A normal variable with mean 1.2 is above 1 with 80 % at a standard deviation of 0.2 / 0.8416 = 0.238.
    [0.22, 'move'],
    [0.27, 'hold'],
  ])('with a standard deviation of %d of a worth of 1.2: %s', (sd, kind) => {
    const decisions = decideMultipliers(
      question([dimension('device', ['mobile', 500, 1.2, sd], ['desktop', 500, 0.8, sd])]),
    )
    expect(at(decisions, 'mobile').kind).toBe(kind)
  })

  test('judge the direction from the multiplier in force, not from 1', () => {
    const device = dimension('device', ['mobile', 650, 1.2, 0.05], ['desktop', 500, 0.8, 0.05])
    const decisions = decideMultipliers(question([device], { device: { mobile: 1.3 } }))
    expect(at(decisions, 'mobile')).toMatchObject({ kind: 'move', from: 1.3, to: 1.2 })
  })

  test('hold what is not honoured, with the reason of the platform', () => {
    const reason = 'target CPA bidding ignores hours'
    const decisions = decideMultipliers(
      question(
        [dimension('hour', ['night', 500, 0.5, 0.01], ['day', 500, 1.5, 0.01])],
        {},
        { hour: { kind: 'not-honoured', reason } },
      ),
    )
    for (const one of decisions) expect(one).toMatchObject({ kind: 'hold', reason: 'not-honoured', why: reason })
  })

  test('hold a dimension that nobody says is honoured', () => {
    const decisions = decideMultipliers(question([dimension('hour', ['night', 500, 0.5, 0.01])], {}, {}))
    expect(decisions).toMatchObject([{ kind: 'hold', reason: 'not-honoured' }])
  })

  test('refuse a fit that mixes honoured dimensions with others', () => {
    const dimensions = [dimension('hour', ['night', 1, 1, 0.1]), dimension('device', ['mobile', 1, 1, 0.1])]
    expect(() => decideMultipliers(question(dimensions, {}, { device: HONOURED }))).toThrow(
      /for hour: fit cells over the honoured/,
    )
  })

  test('give every level one decision with its interval', () => {
    const decisions = decideMultipliers(
      question([dimension('device', ['mobile', 500, 1.2, 0.05], ['desktop', 500, 0.8, 0.2])]),
    )
    expect(decisions).toHaveLength(2)
    for (const { worth } of decisions) expect(worth.low < worth.mean && worth.mean < worth.high).toBe(true)
  })
})

describe('the product of all dimensions', () => {
  const inForce = (decisions: readonly MultiplierDecision[]): number[][] =>
    [...new Set(decisions.map((one) => one.dimension))].map((name) =>
      decisions.flatMap((one) => (one.dimension === name ? [one.kind === 'move' ? one.to : one.from] : [])),
    )

  test('stays within its limits, whatever is in force and however little is known', () => {
    const roll = dice(5)
    const between = (low: number, high: number): number => low + (high - low) * roll()
    for (let trial = 0; trial < 300; trial++) {
      const names = ['device', 'hour', 'place', 'audience'].slice(0, 1 + Math.floor(4 * roll()))
      const dimensions = names.map((name) =>
        dimension(
          name,
          ...['a', 'b', 'c'].map((level): Row => [level, between(0, 500), between(0.2, 3), between(0.01, 0.8)]),
        ),
      )
      const current = Object.fromEntries(
        names.map((name) => [name, Object.fromEntries(['a', 'b'].map((level) => [level, between(0.2, 4)]))]),
      )
      const product = combined(inForce(decideMultipliers(question(dimensions, current))))
      expect(product.most).toBeLessThanOrEqual(MULTIPLIER_RULES.mostCombined * 1.000001)
      expect(product.least).toBeGreaterThanOrEqual(MULTIPLIER_RULES.leastCombined / 1.000001)
    }
  })

  test('moves an uncertain level back when it stands beyond the limits with the others', () => {
    // 2.4 in force of each: 5.76. Neither worth is sure, but together they are too much.
    const dimensions = ['device', 'hour'].map((name) =>
      dimension(name, ['high', 240, 2.3, 0.9], ['low', 900, 0.9, 0.3]),
    )
    const decisions = decideMultipliers(question(dimensions, { device: { high: 2.4 }, hour: { high: 2.4 } }))
    expect(decisions.filter(({ level }) => level === 'high')).toMatchObject([
      { kind: 'move', why: expect.stringMatching(/5\.76×, beyond 5\.00×/) },
      { kind: 'move' },
    ])
  })
})
