import { describe, expect, test } from 'vitest'
import { type Cell, overDimensions } from '../../../lib/measure/cells/cells.ts'
import { type CampaignEffects, fitTables } from '../../../lib/measure/cells/fit-cells.ts'
import { dice, poisson } from '../dice.ts'

const worth = (effects: CampaignEffects | undefined, dimension: string, level: string): number =>
  effects!.dimensions.find(({ name }) => name === dimension)!.levels.find(({ name }) => name === level)!.mean
const ratio = (effects: CampaignEffects | undefined, dimension: string, a: string, b: string): number =>
  worth(effects, dimension, a) / worth(effects, dimension, b)

const DEVICE = { mobile: 1.5, desktop: 1 }
const HOUR = { night: 0.8, day: 1 }
const PLACE = { city: 2, land: 1 }
/** Of a device's clicks, the part at night and the part in the city: mobile is used at night and in the city. */
const AT_NIGHT = { mobile: 0.9, desktop: 0.1 }
const IN_CITY = { mobile: 0.8, desktop: 0.3 }

/** All three together, a million clicks on each device; within a device the hour says nothing of the place. */
const TOGETHER: readonly Cell[] = (['mobile', 'desktop'] as const).flatMap((device) =>
  (['night', 'day'] as const).flatMap((hour) =>
    (['city', 'land'] as const).map((place) => {
      const part = hour === 'night' ? AT_NIGHT[device] : 1 - AT_NIGHT[device]
      const clicks = 1_000_000 * part * (place === 'city' ? IN_CITY[device] : 1 - IN_CITY[device])
      return {
        levels: { device, hour, place },
        clicks,
        outcome: clicks * 0.05 * DEVICE[device] * HOUR[hour] * PLACE[place],
      }
    }),
  ),
)
const times = (one: Cell, scale: number): Cell => ({
  ...one,
  clicks: scale * one.clicks,
  outcome: scale * one.outcome,
})
/** As platforms count: the same clicks by fewer dimensions at a time. */
const tablesOf = (cells: readonly Cell[]) =>
  [['device'], ['device', 'hour'], ['device', 'place']].map((names) => overDimensions(cells, names))

/** By device, and by device and one other. */
const withOnly = (tables: ReturnType<typeof tablesOf>, other: 'hour' | 'place') => [
  tables[0]!,
  tables[other === 'hour' ? 1 : 2]!,
]

describe('tables that do not name all dimensions', () => {
  test('are net of each other, where the ratio of each dimension alone counts what goes together', () => {
    const tables = tablesOf(TOGETHER)
    // Alone: mobile 0.05 · 1.5 · (0.9 · 0.8 + 0.1) · (0.8 · 2 + 0.2) = 0.1107, desktop 0.05 · 0.98 · 1.3 = 0.0637: 1.74.
    expect(ratio(fitTables([tables], 1)[0], 'device', 'mobile', 'desktop')).toBeCloseTo(1.5, 2)
    // Alone: night 97,200 + 5,200 and day 13,500 + 58,500 of a million clicks each are 1.42, because mobile is used at night.
    expect(ratio(fitTables([withOnly(tables, 'hour')], 1)[0], 'hour', 'night', 'day')).toBeCloseTo(0.8, 2)
    expect(ratio(fitTables([withOnly(tables, 'place')], 1)[0], 'place', 'city', 'land')).toBeCloseTo(2, 2)
    const [alone] = fitTables([[overDimensions(TOGETHER, ['hour'])]], 1)
    expect(ratio(alone, 'hour', 'night', 'day')).toBeCloseTo(1.42, 1)
  })

  test('leave a doubt about what is not counted together, as large as what is depends, whatever the clicks', () => {
    const of = (scale: number) => fitTables([tablesOf(TOGETHER.map((one) => times(one, scale)))], 1)[0]
    expect(ratio(of(1), 'hour', 'night', 'day')).toBeGreaterThan(0.85)
    expect(ratio(of(1), 'hour', 'night', 'day')).toBeLessThan(1)
    expect(ratio(of(1), 'place', 'city', 'land')).toBeLessThan(1.9)
    expect(ratio(of(1), 'place', 'city', 'land')).toBeGreaterThan(1.5)
    expect(ratio(of(100), 'place', 'city', 'land')).toBeCloseTo(ratio(of(1), 'place', 'city', 'land'), 2)
    const sd = (effects: CampaignEffects | undefined): number =>
      effects!.dimensions.find(({ name }) => name === 'place')!.levels[0]!.sd
    expect(sd(of(100))).toBeCloseTo(sd(of(1)), 2)
    const [known] = fitTables([withOnly(tablesOf(TOGETHER), 'place')], 1)
    expect(sd(of(1))).toBeGreaterThan(10 * sd(known))
  })

  test('say what all dimensions together say, where what is counted together is independent', () => {
    const even = TOGETHER.map((one) => ({
      ...one,
      clicks: 1000,
      outcome: (1000 * one.outcome) / one.clicks,
    }))
    const [tables] = fitTables([tablesOf(even)], 1)
    const [together] = fitTables([[even]], 1)
    for (const { name, levels } of together!.dimensions)
      for (const level of levels) expect(worth(tables, name, level.name)).toBeCloseTo(level.mean, 3)
  })

  test('without a dimension in common are taken to be independent', () => {
    // 100 + 300 conversions of 1,000 clicks each, and 150 + 250: ratios 3 and 5 / 3 of the margins stand as they are.
    const by = (name: string, ...rows: readonly (readonly [string, number])[]) =>
      rows.map(([level, outcome]) => ({ levels: { [name]: level }, clicks: 1_000_000, outcome: 1000 * outcome }))
    const [effects] = fitTables([[by('place', ['a', 100], ['b', 300]), by('hour', ['x', 150], ['y', 250])]], 1)
    expect(ratio(effects, 'place', 'b', 'a')).toBeCloseTo(3, 1)
    expect(ratio(effects, 'hour', 'y', 'x')).toBeCloseTo(5 / 3, 2)
  })

  test('have each their own rate: a report that misses every tenth click and a third of the conversions says the same', () => {
    const [devices, hours, places] = tablesOf(TOGETHER)
    const less = places!.map((one) => ({ ...one, clicks: 0.9 * one.clicks, outcome: (2 / 3) * one.outcome }))
    const [effects] = fitTables([[devices!, hours!, less]], 1)
    const [whole] = fitTables([[devices!, hours!, places!]], 1)
    expect(ratio(effects, 'place', 'city', 'land')).toBeCloseTo(ratio(whole, 'place', 'city', 'land'), 2)
    expect(ratio(effects, 'device', 'mobile', 'desktop')).toBeCloseTo(1.5, 2)
  })
})

describe('laws of tables', () => {
  const noisy = (seed: number): readonly Cell[] => {
    const roll = dice(seed)
    return TOGETHER.map((one) => ({ ...one, clicks: one.clicks / 500, outcome: poisson(one.outcome / 500, roll) }))
  }
  const ORDERS = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]

  test.each([1, 2, 3])('their order, and so that of dimensions, changes nothing (seed %i)', (seed) => {
    const tables = tablesOf(noisy(seed))
    const [first] = fitTables([tables], 1)
    for (const order of ORDERS) {
      const [effects] = fitTables([order.map((i) => tables[i]!)], 1)
      for (const { name, levels } of first!.dimensions)
        for (const level of levels) expect(worth(effects, name, level.name)).toBeCloseTo(level.mean, 5)
    }
  })

  test('equal cells leave every level at 1', () => {
    const even = TOGETHER.map((one) => ({ ...one, outcome: one.clicks / 20 }))
    for (const { levels } of fitTables([tablesOf(even)], 1)[0]!.dimensions)
      for (const { mean } of levels) expect(mean).toBeCloseTo(1, 6)
  })

  test('the fewer the clicks, the nearer to 1', () => {
    const of = (scale: number): number => {
      const tables = tablesOf(TOGETHER.map((one) => times(one, scale)))
      return ratio(fitTables([withOnly(tables, 'place')], 1)[0], 'place', 'city', 'land')
    }
    expect([1e-5, 1e-4, 1e-3, 1].map(of)).toEqual([1e-5, 1e-4, 1e-3, 1].map(of).toSorted((a, b) => a - b))
    expect(of(1e-5)).toBeGreaterThan(1)
    expect(of(1e-5)).toBeLessThan(1.2)
  })

  test('a level without a click is worth 1, and changes nothing for the others', () => {
    const [devices, hours, places] = tablesOf(TOGETHER)
    const none = { levels: { device: 'mobile', place: 'sea' }, clicks: 0, outcome: 0 }
    const [effects] = fitTables([[devices!, hours!, [...places!, none]]], 1)
    const [without] = fitTables([[devices!, hours!, places!]], 1)
    expect(worth(effects, 'place', 'sea')).toBeCloseTo(1, 9)
    expect(ratio(effects, 'place', 'city', 'land')).toBeCloseTo(ratio(without, 'place', 'city', 'land'), 2)
  })
})
