/** What Google says of other targets, read from the pretend Google Ads and from answers made up here. */
import { afterEach, describe, expect, test } from 'vitest'
import { startGoogleAdsTwin } from '../../../playground/platforms/google-ads/twin.ts'
import type { WorldTargetPoint, WorldTargetSimulation } from '../../../playground/world.ts'
import { calmMarket, campaign, google } from '../../playground/market/small-market.ts'
import * as tiny from './tiny-server.ts'
import { ACCOUNT, adapterAt, type Stage, startStage } from './twin-stage.ts'

let stage: Stage | undefined
afterEach(async () => {
  await stage?.twin.close()
  stage = undefined
})

const point = (target: number, spend: number, conversions: number): WorldTargetPoint => ({
  target,
  requiredBudgetMicros: 0n,
  spendMicros: BigInt(spend * 1e6),
  impressions: 100,
  clicks: 10,
  conversions,
  valueMicros: BigInt(conversions * 50e6),
})
const simulation = (
  campaignId: string,
  kind: WorldTargetSimulation['kind'],
  points: readonly WorldTargetPoint[],
  to = '2026-11-18',
): WorldTargetSimulation => ({
  campaignId,
  kind,
  from: '2026-11-12' as WorldTargetSimulation['from'],
  to: to as WorldTargetSimulation['to'],
  points,
})

describe('target simulations', () => {
  const forecasts = async (...simulations: readonly WorldTargetSimulation[]) => {
    stage = await startStage()
    Object.assign(stage.world, { targetSimulations: () => simulations })
    return stage.google.reader.targetForecasts!(ACCOUNT)
  }

  test('are spend, conversions and value per day by target, in main units, by rising target', async () => {
    // Seven days: 700 ÷ 7 = 100, 70 ÷ 7 = 10 and 50 · 70 ÷ 7 = 500.
    expect(
      await forecasts(simulation('101', 'target-cpa', [point(12_500_000, 1400, 105), point(10_000_000, 700, 70)])),
    ).toEqual([
      {
        campaign: '101',
        kind: 'target-cpa',
        from: '2026-11-12',
        to: '2026-11-18',
        points: [
          { target: 10, spend: 100, conversions: 10, value: 500 },
          { target: 12.5, spend: 200, conversions: 15, value: 750 },
        ],
      },
    ])
  })

  test('of a target ROAS are by ratio', async () => {
    const [found] = await forecasts(simulation('102', 'target-roas', [point(3.2, 1400, 105), point(4, 700, 70)]))
    expect(found).toMatchObject({
      kind: 'target-roas',
      points: [{ target: 3.2 }, { target: 4, spend: 100, value: 500 }],
    })
  })

  test('the newest of a campaign and kind counts, and a single point is none', async () => {
    const two = (target: number) => [point(target, 7, 7), point(2 * target, 14, 8)]
    const found = await forecasts(
      simulation('101', 'target-cpa', two(1e6), '2026-11-17'),
      simulation('101', 'target-cpa', two(3e6), '2026-11-18'),
      simulation('101', 'target-roas', two(4), '2026-11-16'),
      simulation('102', 'target-cpa', [point(1e6, 7, 7)]),
    )
    expect(found.map(({ campaign: id, kind, points }) => [id, kind, points[0]!.target])).toEqual([
      ['101', 'target-cpa', 3],
      ['101', 'target-roas', 4],
    ])
  })

  test('are not mixed up with those of budgets, nor those with these', async () => {
    stage = await startStage()
    const { world, google: ads } = stage
    const [from, to] = ['2026-11-13', '2026-11-19'] as unknown as [
      WorldTargetSimulation['from'],
      WorldTargetSimulation['to'],
    ]
    const { target: _, requiredBudgetMicros: __, ...brought } = point(1, 70, 7)
    const budgets = [50_000_000n, 80_000_000n].map((budgetMicros) => ({ ...brought, budgetMicros }))
    Object.assign(world, {
      simulations: () => [{ campaignId: '101', from, to, points: budgets }],
      targetSimulations: () => [simulation('101', 'target-cpa', [point(1e6, 7, 7), point(2e6, 14, 8)])],
    })
    expect(await ads.reader.forecasts!(ACCOUNT)).toMatchObject([{ points: [{ dailyBudget: 50 }, { dailyBudget: 80 }] }])
    expect(await ads.reader.targetForecasts!(ACCOUNT)).toMatchObject([{ points: [{ target: 1 }, { target: 2 }] }])
  })

  test('there need not be any', async () => {
    expect(await forecasts()).toEqual([])
  })

  test('of the pretend market are told for a campaign that its target limits, by what is true of it, roughly', async () => {
    // 20 · s ÷ (s + 100) conversions of s: a cost of 9 is reached at s = 80, as 100 + s = 20 · 9; of 10 at 100.
    const strategy = { kind: 'target-cpa', targetCpa: '9' }
    const world = calmMarket({ accounts: [google({ campaigns: [campaign({ strategy, budget: { daily: '200' } })] })] })
    const twin = await startGoogleAdsTwin({ world })
    try {
      const [found, ...others] = await adapterAt(twin, world).reader.targetForecasts!(ACCOUNT)
      expect(others).toEqual([])
      // The start is 5 October; seven days that end three days before it.
      expect(found).toMatchObject({ kind: 'target-cpa', from: '2026-09-26', to: '2026-10-02' })
      const present = found!.points.find(({ target }) => target === 9)!
      expect(present.spend).toBeCloseTo(80, 1)
      expect(present.conversions).toBeGreaterThan(6)
      expect(present.conversions).toBeLessThan(13)
      // 9 · 1.15 = 10.35: 207 − 100 = 107.
      expect(found!.points.find(({ target }) => target === 10.35)!.spend).toBeCloseTo(107, 1)
    } finally {
      await twin.close()
    }
  })
})

describe('an answer with target simulations', () => {
  const CPA_ROW = {
    campaign: {},
    campaignSimulation: {
      campaignId: '101',
      type: 'TARGET_CPA',
      startDate: '2026-11-12',
      endDate: '2026-11-18',
      targetCpaPointList: {
        points: [
          { targetCpaMicros: '10000000', costMicros: '700000000', biddableConversions: 70 },
          { targetCpaMicros: '5000000' },
        ],
      },
    },
  }
  const answered = async (row: unknown) => {
    const server = await tiny.tinyServer(() => ({ json: { results: [row] } }))
    try {
      return { found: await tiny.platformAt(server).reader.targetForecasts!(tiny.ACCOUNT), asked: server.asked }
    } finally {
      await server.close()
    }
  }
  const withPoint = (point: object) => ({
    campaignSimulation: { ...CPA_ROW.campaignSimulation, targetCpaPointList: { points: [point] } },
  })
  const dated = (startDate: string, endDate: string) => ({
    campaignSimulation: { ...CPA_ROW.campaignSimulation, startDate, endDate },
  })

  test('is asked for without those that multiply the targets of ad groups, and what is left out is 0', async () => {
    const { found, asked } = await answered(CPA_ROW)
    expect(found[0]!.points).toEqual([
      { target: 5, spend: 0, conversions: 0, value: 0 },
      { target: 10, spend: 100, conversions: 10, value: 0 },
    ])
    expect(tiny.queryOf(asked.at(-1)!)).toContain(
      "type IN ('TARGET_CPA', 'TARGET_ROAS') AND campaign_simulation.modification_method IN ('UNIFORM', 'DEFAULT')",
    )
  })

  test.each<[string, object, RegExp]>([
    ['without a target', withPoint({ costMicros: '1', biddableConversions: 1 }), /targetCpaMicros/],
    ['with a target of nothing', withPoint({ targetCpaMicros: '0' }), /targetCpaMicros/],
    ['with a cost below nothing', withPoint({ targetCpaMicros: '1', costMicros: '-1' }), /costMicros/],
    [
      'with conversions below nothing',
      withPoint({ targetCpaMicros: '1', biddableConversions: -1 }),
      /biddableConversions/,
    ],
    ['with a number for micros', withPoint({ targetCpaMicros: 10_000_000 }), /targetCpaMicros/],
    ['with a day that is none', dated('2026-11-12', '2026-11-31'), /endDate/],
    ['that ends before it begins', dated('2026-11-18', '2026-11-12'), /2026-11-12 is before 2026-11-18/],
    ['of another type', { campaignSimulation: { ...CPA_ROW.campaignSimulation, type: 'CPC_BID' } }, /type/],
  ])('is refused whole for one %s', async (_, row, field) => {
    await expect(answered(row)).rejects.toMatchObject({
      failure: { kind: 'unreadable', detail: expect.stringMatching(field) },
    })
  })
})
