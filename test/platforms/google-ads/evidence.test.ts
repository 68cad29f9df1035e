/** What Google says of its own lags and forecasts, read from the pretend Google Ads and from answers made up here. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import type { WorldClaim, WorldSimulation } from '../../../playground/world.ts'
import { aFact } from '../../playground/google-ads/stub-world.ts'
import * as tiny from './tiny-server.ts'
import { ACCOUNT, type Stage, startStage } from './twin-stage.ts'

const PURCHASE: ConversionRule = { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' }
const KEY = 'purchase|30c|0v|click'

const claim = (lagDays: number, count: number, over: Partial<WorldClaim> = {}): WorldClaim => ({
  action: 'purchase',
  touch: 'click',
  lagDays,
  count,
  valueMicros: 0n,
  ...over,
})

let stage: Stage | undefined
const started = async (...how: Parameters<typeof startStage>): Promise<Stage> => {
  stage = await startStage(...how)
  return stage
}
beforeEach(() => {
  stage = undefined
})
afterEach(() => stage?.twin.close())

describe('lag buckets', () => {
  // The world stands at 20 November 2026: clicks of 23 July to 20 September are 120 to 61 days old.
  const facts = [
    aFact('101', '2026-07-22', { claims: [claim(0, 1000)] }),
    aFact('101', '2026-07-23', { claims: [claim(0, 6), claim(3, 2), claim(15, 1)] }),
    aFact('102', '2026-09-20', {
      claims: [
        claim(0, 4, { takenBack: [{ lagDays: 16, count: 1.5, valueMicros: 0n }] }),
        claim(1, 0, { takenBack: [{ lagDays: 45, count: 2, valueMicros: 0n }] }),
        claim(0, 9, { touch: 'view' }),
        claim(31, 50),
      ],
    }),
    aFact('101', '2026-09-21', { claims: [claim(0, 1000)] }),
  ]

  test('count conversions by days after the click, and less what was taken back, over clicks that are complete', async () => {
    const { google } = await started({ facts })
    const buckets = (await google.reader.conversionLag!(ACCOUNT, [PURCHASE])).get(KEY)!
    expect(buckets.toSorted((a, b) => a.fromDays - b.fromDays || b.conversions - a.conversions)).toEqual([
      // 6 and 4, and the 1.5 that were there at first.
      { fromDays: 0, toDays: 1, conversions: 11.5 },
      { fromDays: 1, toDays: 2, conversions: 2 },
      { fromDays: 3, toDays: 4, conversions: 2 },
      { fromDays: 14, toDays: 21, conversions: 1 },
      { fromDays: 14, toDays: 21, conversions: -1.5 },
      { fromDays: 45, toDays: 60, conversions: -2 },
    ])
  })

  test('say nothing where there are no clicks of that age, and are not asked for by another basis', async () => {
    const { google, twin } = await started()
    expect(await google.reader.conversionLag!(ACCOUNT, [PURCHASE])).toEqual(new Map())
    const before = twin.requests.search
    expect(await google.reader.conversionLag!(ACCOUNT, [{ ...PURCHASE, basis: 'conversion' }])).toEqual(new Map())
    expect(twin.requests.search).toBe(before)
  })

  test('of an action that bidding does not aim at are counted among all conversions; unknown buckets are passed over', async () => {
    const action = 'customers/1234567890/conversionActions/1'
    const bucket = (name: string, allConversions: number) => ({
      segments: { conversionAction: action, conversionOrAdjustmentLagBucket: name },
      metrics: { allConversions },
    })
    const server = await tiny.tinyServer((asked) =>
      tiny.queryOf(asked).includes('FROM conversion_action')
        ? {
            json: {
              results: [
                {
                  conversionAction: {
                    resourceName: action,
                    id: '1',
                    name: 'purchase',
                    status: 'ENABLED',
                    clickThroughLookbackWindowDays: '30',
                  },
                },
              ],
            },
          }
        : {
            json: {
              results: [
                bucket('CONVERSION_THIRTEEN_TO_FOURTEEN_DAYS', 3),
                bucket('CONVERSION_UNKNOWN', 40),
                bucket('ADJUSTMENT_NINETY_TO_ONE_HUNDRED_AND_FORTY_FIVE_DAYS', -1),
                bucket('A_BUCKET_OF_TOMORROW', 7),
              ],
            },
          },
    )
    try {
      const found = await tiny.platformAt(server).reader.conversionLag!(tiny.ACCOUNT, [PURCHASE])
      expect(found.get(KEY)).toEqual([
        { fromDays: 13, toDays: 14, conversions: 3 },
        { fromDays: 90, toDays: 145, conversions: -1 },
      ])
      const query = tiny.queryOf(server.asked.at(-1)!)
      expect(query).toContain('metrics.all_conversions FROM customer')
      expect(query).toContain("BETWEEN '2026-07-24' AND '2026-09-21'")
    } finally {
      await server.close()
    }
  })

  test('that cannot be read are an error of the reader, for its caller to do without', async () => {
    const { google } = await started({ facts })
    stage!.faults = ({ path }) => (path.endsWith('googleAds:search') ? 'unavailable' : undefined)
    await expect(google.reader.conversionLag!(ACCOUNT, [PURCHASE])).rejects.toThrow(/^transient/)
  })
})

describe('budget simulations', () => {
  const simulation = (campaignId: string, to: string, budgets: readonly number[]): WorldSimulation => ({
    campaignId,
    from: '2026-11-13' as WorldSimulation['from'],
    to: to as WorldSimulation['to'],
    points: budgets.map((budget) => ({
      budgetMicros: BigInt(budget * 1e6),
      spendMicros: BigInt(budget * 6_300_000),
      impressions: 100,
      clicks: 10,
      conversions: 0.7 * budget,
      valueMicros: 0n,
    })),
  })
  const forecasts = async (...simulations: readonly WorldSimulation[]) => {
    const { google, world } = await started()
    Object.assign(world, { simulations: () => simulations })
    return google.reader.forecasts!(ACCOUNT)
  }

  test('are spend and conversions per day by daily budget, in main units, by rising budget', async () => {
    // Seven days: 6.3 × 50 ÷ 7 = 45, and 0.7 × 50 ÷ 7 = 5.
    expect(await forecasts(simulation('101', '2026-11-19', [100, 50]))).toEqual([
      {
        budget: '501',
        points: [
          { dailyBudget: 50, spend: 45, conversions: expect.closeTo(5, 9) },
          { dailyBudget: 100, spend: 90, conversions: expect.closeTo(10, 9) },
        ],
      },
    ])
  })

  test('the newest of a campaign counts, and a single point is none', async () => {
    const found = await forecasts(
      simulation('101', '2026-11-18', [10, 20]),
      simulation('101', '2026-11-19', [30, 60]),
      simulation('102', '2026-11-19', [80]),
    )
    expect(found.map(({ budget, points }) => [budget, points.map(({ dailyBudget }) => dailyBudget)])).toEqual([
      ['501', [30, 60]],
    ])
  })

  test('of a budget that campaigns share say nothing of the budget', async () => {
    expect(
      await forecasts(simulation('103', '2026-11-19', [10, 20]), simulation('104', '2026-11-19', [10, 20])),
    ).toEqual([])
  })

  test('there need not be any', async () => {
    expect(await forecasts()).toEqual([])
  })

  test('with a day that is none are an unreadable answer, and no fault of this program', async () => {
    const campaignSimulation = { campaignId: '101', startDate: '2026-11-25', endDate: '2026-11-31' }
    const server = await tiny.tinyServer(() => ({ json: { results: [{ campaign: {}, campaignSimulation }] } }))
    try {
      await expect(tiny.platformAt(server).reader.forecasts!(tiny.ACCOUNT)).rejects.toMatchObject({
        failure: { kind: 'unreadable', detail: expect.stringContaining('endDate') },
      })
    } finally {
      await server.close()
    }
  })
})
