import { describe, expect, it } from 'vitest'
import { deviceParts, drawnWorth, effectOf, hourParts, listedParts } from '../../../playground/market/click-worth.ts'
import type { WorldStrategy } from '../../../playground/world.ts'
import { API, afterDays, calmMarket, campaign, day, GOOGLE, google } from './small-market.ts'

const part = (share: number, worth: number, multiplier: number) => ({ share, worth, multiplier })

describe('what multipliers bring at the same spend', () => {
  it.each([
    // (½ · ½ · ½ + ½ · 1.5 · 1.5)² / (½ · ¼ + ½ · 2.25) = 1.25² / 1.25.
    ['in proportion to worth, as much as they can', [part(0.5, 0.5, 0.5), part(0.5, 1.5, 1.5)], 1.25],
    ['alike, nothing', [part(0.5, 0.5, 2), part(0.5, 1.5, 2)], 1],
    // (½ · ½ · 1.5 + ½ · 1.5 · ½)² / 1.25 = 0.75² / 1.25.
    ['the wrong way round, less', [part(0.5, 0.5, 1.5), part(0.5, 1.5, 0.5)], 0.45],
    // (0.5 · 2 + 0.5)² / (0.5 · 4 + 0.5) = 2.25 / 2.5.
    ['where all clicks are worth the same, less', [part(0.5, 1, 2), part(0.5, 1, 1)], 0.9],
    ['nothing at all where everything is opted out of', [part(1, 1, 0)], 0],
  ])('%s', (_, parts, effect) => {
    expect(effectOf(parts)).toBeCloseTo(effect, 12)
  })
})

describe('parts of a campaign’s clicks', () => {
  const of = (kind: WorldStrategy['kind'], mobile: number) =>
    deviceParts({ id: '1', strategy: { kind }, deviceMultipliers: new Map([['mobile', mobile]]) }).find(
      ({ device }) => device === 'mobile',
    )!.multiplier

  it.each([
    ['manual-cpc', 1.4, 1.4],
    ['target-cpa', 1.4, 1.4],
    ['max-conversions', 1.4, 1],
    ['target-roas', 1.4, 1],
    ['max-conversions', 0, 0],
  ] as const)('by device under %s: %d is heard as %d', (kind, set, heard) => {
    expect(of(kind, set)).toBe(heard)
  })

  const buyers = { id: '1', dimension: 'audience', name: 'buyers', multiplier: 1.6, worth: 2, share: 0.25 } as const
  it.each([
    ['manual-cpc', 1.6],
    ['target-cpa', 1],
    ['max-value', 1],
  ] as const)('by audience under %s: 1.6 is heard as %d, and the rest is nobody’s', (kind, heard) => {
    const parts = listedParts({ strategy: { kind }, criteria: new Map([['1', buyers]]) }, 'audience')
    expect(parts).toMatchObject([
      { share: 0.25, worth: 2, multiplier: heard },
      { share: 0.75, worth: 1, multiplier: 1 },
    ])
  })

  it('by hour are those of the weekday, and none where no part of the week covers it', () => {
    const monday = {
      id: '1',
      dimension: 'hour',
      name: 'x',
      multiplier: 2,
      worth: 3,
      hours: { weekday: 1, from: 8, to: 10 },
    }
    const given = { strategy: { kind: 'manual-cpc' }, criteria: new Map([['1', monday]]) } as const
    const clicks = Array.from({ length: 24 }, () => 5)
    const heard = hourParts(given as never, 1, clicks)
    expect(heard.flatMap(({ share }, hour) => (share > 0 ? hour : []))).toEqual([8, 9])
    expect(heard[8]).toEqual({ share: 5, worth: 3, multiplier: 2 })
    expect(hourParts(given as never, 2, clicks).every(({ share }) => share === 0)).toBe(true)
  })

  it('are worth ½ to 2 where nothing else is said, the same for the same seed', () => {
    const worths = Array.from({ length: 500 }, (_, i) => drawnWorth(1, '101', `${i}`))
    expect(Math.min(...worths)).toBeGreaterThanOrEqual(0.5)
    expect(Math.max(...worths)).toBeLessThan(2)
    const middle = worths.reduce((sum, one) => sum + Math.log(one), 0) / worths.length
    expect(Math.abs(middle)).toBeLessThan(0.05)
    expect(drawnWorth(1, '101', '7')).toBe(worths[7])
    expect(drawnWorth(2, '101', '7')).not.toBe(worths[7])
  })
})

describe('a campaign that lists places', () => {
  const place = (name: string, worth: number) => ({ dimension: 'place', name, share: 0.5, worth })
  const marketWith = (kind: string) =>
    calmMarket({
      accounts: [
        google({
          campaigns: [campaign({ strategy: { kind }, criteria: [place('Hamburg', 0.5), place('Berlin', 1.5)] })],
        }),
      ],
    })
  const expectedAfter = (kind: string): number => {
    const market = marketWith(kind)
    const [own] = [...market.accounts[0]!.campaigns.values()]
    for (const { id, worth } of own!.criteria!.values())
      market.apply(
        {
          ...{ platform: 'google-ads', accountId: GOOGLE, campaignId: own!.id },
          ...{ kind: 'criterion-multiplier', criterionId: id, factor: worth },
        },
        API,
      )
    market.advanceTo(afterDays(market, 2))
    return market.truth.caused({ from: day('2026-10-06'), to: day('2026-10-06') })[0]!.expected
  }

  it('gets a quarter more from bids in proportion to what a click is worth there, where bids are set by hand', () => {
    // 10 a day at its budget, see the curve of the calm market.
    expect(expectedAfter('manual-cpc')).toBeCloseTo(12.5, 2)
    expect(expectedAfter('max-conversions')).toBeCloseTo(10, 2)
  })

  it('keeps its history as it was without them, until somebody moves them', () => {
    const market = marketWith('manual-cpc')
    expect(market.truth.caused({ from: day('2026-10-01'), to: day('2026-10-01') })[0]!.expected).toBeCloseTo(10, 2)
  })

  it('records who moved what', () => {
    const market = marketWith('manual-cpc')
    const [own] = [...market.accounts[0]!.campaigns.values()]
    const edit = {
      platform: 'google-ads',
      accountId: GOOGLE,
      kind: 'criterion-multiplier',
      campaignId: own!.id,
    } as const
    market.apply({ ...edit, criterionId: '200002', factor: 1.3 }, API)
    expect(market.accounts[0]!.changes).toMatchObject([
      { actor: API, field: 'criterion-multiplier', campaignId: own!.id, from: '200002 1', to: '200002 1.3' },
    ])
    expect(() => market.apply({ ...edit, criterionId: '9', factor: 1 }, API)).toThrow(/no criterion 9/)
    expect(() => market.apply({ ...edit, criterionId: '200002', factor: -1 }, API)).toThrow(/≥ 0/)
  })
})
