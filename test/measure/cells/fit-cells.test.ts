import { describe, expect, test } from 'vitest'
import { type Cell, overDimensions } from '../../../lib/measure/cells/cells.ts'
import { type CampaignEffects, fitTables } from '../../../lib/measure/cells/fit-cells.ts'
import { dice, poisson } from '../dice.ts'

/** Campaigns whose dimensions are all counted together: one table each. */
const fitCells = (campaigns: readonly (readonly Cell[])[], overdispersion?: number): readonly CampaignEffects[] =>
  fitTables(
    campaigns.map((cells) => [cells]),
    overdispersion,
  )

const cell = (device: string, hour: string, clicks: number, outcome: number): Cell => ({
  levels: { device, hour },
  clicks,
  outcome,
})

const worth = (effects: CampaignEffects | undefined, dimension: string, level: string): number =>
  effects!.dimensions.find(({ name }) => name === dimension)!.levels.find(({ name }) => name === level)!.mean

/** Mobile is worth 1.5 times desktop, night 0.8 times day, and mobile is used at night. */
const PRODUCT: readonly Cell[] = [
  cell('mobile', 'night', 900_000, 900_000 * 0.1 * 1.5 * 0.8),
  cell('mobile', 'day', 100_000, 100_000 * 0.1 * 1.5),
  cell('desktop', 'night', 100_000, 100_000 * 0.1 * 0.8),
  cell('desktop', 'day', 900_000, 900_000 * 0.1),
]

const NOISY: readonly Cell[] = (() => {
  const roll = dice(71)
  return ['a', 'b', 'c'].flatMap((device, d) =>
    ['1', '2', '3', '4'].map((hour, h) => {
      const clicks = 50 + Math.floor(400 * roll())
      return cell(device, hour, clicks, poisson(clicks * 0.04 * (1 + 0.3 * d) * (1 - 0.1 * h), roll))
    }),
  )
})()

describe('the fit of cells', () => {
  test('separates dimensions that go together, where the ratio of each alone counts an advantage twice', () => {
    const [effects] = fitCells([PRODUCT], 1)
    // Alone: mobile (108,000 + 15,000) / 1,000,000 against desktop (8,000 + 90,000) / 1,000,000 is 1.26 and not 1.5.
    expect(worth(effects, 'device', 'mobile') / worth(effects, 'device', 'desktop')).toBeCloseTo(1.5, 2)
    expect(worth(effects, 'hour', 'night') / worth(effects, 'hour', 'day')).toBeCloseTo(0.8, 2)
  })

  test('leaves a level that stands alone at 1: its worth is the rate of the campaign', () => {
    const campaigns = Array.from({ length: 50 }, () => [cell('mobile', 'day', 1_000, 50)])
    const [effects] = fitCells(campaigns, 1)
    expect(worth(effects, 'device', 'mobile')).toBeCloseTo(1, 6)
  })

  test('shrinks more with fewer conversions, and never past 1', () => {
    const at = (scale: number) =>
      fitCells([PRODUCT.map((c) => ({ ...c, clicks: c.clicks * scale, outcome: c.outcome * scale }))], 1)[0]
    const mobile = [1e-5, 1e-4, 1e-3, 1].map(
      (scale) => worth(at(scale), 'device', 'mobile') / worth(at(scale), 'device', 'desktop'),
    )
    for (let i = 1; i < mobile.length; i++) expect(mobile[i]!).toBeGreaterThan(mobile[i - 1]!)
    expect(mobile[0]!).toBeGreaterThan(1)
    expect(mobile.at(-1)!).toBeLessThan(1.501)
  })

  test.each<[string, readonly Cell[]]>([
    ['no cells', []],
    ['no clicks', [cell('mobile', 'day', 0, 0), cell('desktop', 'day', 0, 0)]],
    ['clicks without outcome', [cell('mobile', 'day', 9, 0), cell('desktop', 'day', 9, 0)]],
    ['outcome without clicks', [cell('mobile', 'day', 0, 3), cell('desktop', 'day', 9, 0)]],
  ])('says 1 with %s', (_, cells) => {
    const [effects] = fitCells([cells])
    for (const { levels } of effects!.dimensions) for (const { mean } of levels) expect(mean).toBeCloseTo(1, 9)
  })

  test('learns the spread from other campaigns of the account', () => {
    // The same few conversions: among campaigns that differ a lot by device they are believed, among even ones they are not.
    const thin = [cell('mobile', 'day', 100, 8), cell('desktop', 'day', 100, 2)]
    const others = (mobile: number) =>
      Array.from({ length: 20 }, () => [cell('mobile', 'day', 9_000, mobile), cell('desktop', 'day', 9_000, 900)])
    const among = (mobile: number): number => worth(fitCells([thin, ...others(mobile)], 1)[0], 'device', 'mobile')
    expect(among(3_000)).toBeGreaterThan(among(900) + 0.2)
  })

  test('shrinks more where cells scatter more than counts do, the totals of every level being the same', () => {
    // A checkerboard: in half of the cells everything happens twice, in the other half nothing.
    const board = (scatter: boolean): readonly Cell[] =>
      Array.from({ length: 80 }, (_, i) => {
        const [d, h, p] = [i % 2, (i >> 1) % 2, i >> 2]
        const outcome = (d ? 15 : 10) * (scatter ? ((d + h + p) % 2) * 2 : 1)
        return { levels: { device: `${d}`, hour: `${h}`, place: `${p}` }, clicks: 100, outcome }
      })
    const of = (scatter: boolean): number => worth(fitCells([board(scatter)])[0], 'device', '1')
    expect(of(true)).toBeLessThan(of(false))
    expect(of(true)).toBeGreaterThan(1)
  })
})

describe('laws of the fit', () => {
  const close = (a: readonly CampaignEffects[], b: readonly CampaignEffects[]): void => {
    for (const { name, levels } of a[0]!.dimensions)
      for (const level of levels) expect(worth(b[0], name, level.name)).toBeCloseTo(level.mean, 6)
  }

  test('the order of cells changes nothing', () => {
    close(fitCells([NOISY]), fitCells([NOISY.toReversed()]))
  })

  test('the order of dimensions changes nothing', () => {
    const turned = NOISY.map((c) => ({ ...c, levels: { hour: c.levels.hour!, device: c.levels.device! } }))
    close(fitCells([NOISY]), fitCells([turned]))
  })

  test('scaling all clicks alike changes nothing: only the share of clicks counts', () => {
    close(fitCells([NOISY]), fitCells([NOISY.map((c) => ({ ...c, clicks: 7 * c.clicks }))]))
  })

  test('scaling all outcome and its overdispersion alike changes nothing: a count of twos is no more evidence', () => {
    close(fitCells([NOISY], 1), fitCells([NOISY.map((c) => ({ ...c, outcome: 3 * c.outcome }))], 3))
  })

  test('splitting a cell in two changes nothing', () => {
    const halves = NOISY.flatMap((c) =>
      [0.3, 0.7].map((part) => ({ ...c, clicks: part * c.clicks, outcome: part * c.outcome })),
    )
    close(fitCells([NOISY], 1), fitCells([halves], 1))
  })

  test('a campaign with other dimensions changes nothing', () => {
    const other = [
      { levels: { audience: 'x' }, clicks: 100, outcome: 30 },
      { levels: { audience: 'y' }, clicks: 100, outcome: 3 },
    ]
    close(fitCells([NOISY], 1), fitCells([NOISY, other], 1))
  })
})

describe('refusals', () => {
  test.each<[string, readonly Cell[], RegExp]>([
    ['negative clicks', [cell('mobile', 'day', -1, 0)], /got -1/],
    ['an outcome that is no number', [cell('mobile', 'day', 1, Number.NaN)], /NaN/],
    [
      'cells of different dimensions',
      [cell('mobile', 'day', 1, 0), { levels: { device: 'x' }, clicks: 1, outcome: 0 }],
      /same dimensions/,
    ],
  ])('%s', (_, cells, message) => {
    expect(() => fitCells([cells])).toThrow(message)
  })

  test('an overdispersion below 1', () => {
    expect(() => fitCells([NOISY], 0.5)).toThrow(/≥ 1, got 0.5/)
  })
})

describe('cells over fewer dimensions', () => {
  test('hold the same clicks and outcome', () => {
    expect(overDimensions(PRODUCT, ['device'])).toEqual([
      { levels: { device: 'mobile' }, clicks: 1_000_000, outcome: 123_000 },
      { levels: { device: 'desktop' }, clicks: 1_000_000, outcome: 98_000 },
    ])
  })

  test('name the dimension that a cell lacks', () => {
    expect(() => overDimensions(PRODUCT, ['place'])).toThrow(/"place"/)
  })
})
