/** Clicks and conversions by campaign and device, read from the pretend Google Ads and from answers made up here. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import type { ClickCell } from '../../../lib/model/evidence.ts'
import { accountDate } from '../../../lib/units/calendar.ts'
import { clickWorth } from '../../../playground/market/click-worth.ts'
import type { WorldCriterion } from '../../../playground/world.ts'
import { aCampaign, aFact } from '../../playground/google-ads/stub-world.ts'
import * as tiny from './tiny-server.ts'
import { ACCOUNT, type Stage, startStage } from './twin-stage.ts'

const PURCHASE: ConversionRule = { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' }
const KEY = 'purchase|30c|0v|click'
const FROM = accountDate('2026-09-21')
const TO = accountDate('2026-11-19')

let stage: Stage | undefined
beforeEach(() => {
  stage = undefined
})
afterEach(() => stage?.twin.close())

const ofTwin = async (...how: Parameters<typeof startStage>): Promise<readonly ClickCell[]> => {
  stage = await startStage(...how)
  return (await stage.google.reader.cells!(ACCOUNT, [PURCHASE], FROM, TO)).get(KEY)!
}
const purchases = (count: number) =>
  [{ action: 'purchase', touch: 'click', lagDays: 0, count, valueMicros: BigInt(count) * 30_000_000n }] as const
const sum = (cells: readonly ClickCell[], of: 'clicks' | 'conversions' | 'value'): number =>
  cells.reduce((total, cell) => total + cell[of], 0)

describe('from the pretend Google Ads', () => {
  const plain = (devices: NonNullable<Parameters<typeof aCampaign>[0]['devices']> = []) =>
    aCampaign({ id: '101', budgetId: '501', strategy: { kind: 'manual-cpc' }, devices })

  test('devices add up to the campaign over all days that were asked for, and no others', async () => {
    const cells = await ofTwin({
      campaigns: [plain()],
      facts: [
        aFact('101', '2026-09-20', { clicks: 1000, claims: purchases(100) }),
        aFact('101', '2026-09-21', { clicks: 60, claims: purchases(6) }),
        aFact('101', '2026-11-19', { clicks: 40, claims: purchases(4) }),
        aFact('101', '2026-11-20', { clicks: 1000, claims: purchases(100) }),
      ],
    })
    expect(cells.map(({ campaign, device }) => `${campaign} ${device}`).toSorted()).toEqual([
      '101 desktop',
      '101 mobile',
      '101 tablet',
    ])
    expect(sum(cells, 'clicks')).toBe(100)
    expect(sum(cells, 'conversions')).toBeCloseTo(10, 9)
    expect(sum(cells, 'value')).toBeCloseTo(300, 4)
  })

  test('a click is worth by device what the market gives it', async () => {
    const cells = await ofTwin({
      campaigns: [plain()],
      facts: [aFact('101', '2026-11-18', { clicks: 1_000_000, claims: purchases(50_000) })],
    })
    const rate = (device: string): number => {
      const { conversions, clicks } = cells.find((one) => one.device === device)!
      return conversions / clicks
    }
    expect(rate('desktop') / rate('mobile')).toBeCloseTo(clickWorth('101', 'desktop') / clickWorth('101', 'mobile'), 3)
    expect(rate('desktop')).toBeGreaterThan(rate('mobile'))
  })

  test('a device that is opted out of is not there, and a campaign without clicks neither', async () => {
    const cells = await ofTwin({
      campaigns: [plain([['tablet', 0]]), aCampaign({ id: '102', budgetId: '502' })],
      facts: [aFact('101', '2026-11-18', { clicks: 100, claims: purchases(3) }), aFact('102', '2026-11-18')],
    })
    expect(cells.map(({ campaign, device }) => `${campaign} ${device}`).toSorted()).toEqual([
      '101 desktop',
      '101 mobile',
    ])
  })

  test('without any click there are no cells, and no error', async () => {
    const facts = [aFact('101', '2026-11-20', { clicks: 100, claims: purchases(3) })]
    expect(await ofTwin({ campaigns: [plain()], facts })).toEqual([])
  })
})

describe('of what campaigns list, from the pretend Google Ads', () => {
  const place = (id: string, share: number, worth: number): WorldCriterion => ({
    ...{ id, dimension: 'place', name: id, multiplier: 1 },
    share,
    worth,
  })
  const facts = [aFact('101', '2026-11-18', { clicks: 1_000_000, claims: purchases(50_000) })]
  const of = (cells: readonly ClickCell[], id: string) => cells.filter(({ criterion }) => criterion?.id === id)

  test('clicks fall on places by their share and modifier, and conversions by what a click is worth there', async () => {
    const criteria = [place('21', 0.6, 1), { ...place('22', 0.4, 2), multiplier: 1.5 }]
    const cells = await ofTwin({
      campaigns: [aCampaign({ id: '101', budgetId: '501', strategy: { kind: 'manual-cpc' }, criteria })],
      facts,
    })
    // 0.6 and 0.4 · 1.5 are even; a click in 22 brings twice as much.
    expect(sum(of(cells, '21'), 'clicks')).toBeCloseTo(500_000, -1)
    expect(sum(of(cells, '22'), 'conversions') / sum(of(cells, '21'), 'conversions')).toBeCloseTo(2, 3)
  })

  test('places are not counted by device, which their view lacks, and add up to the campaign', async () => {
    const cells = await ofTwin({
      campaigns: [
        aCampaign({
          ...{ id: '101', budgetId: '501', strategy: { kind: 'manual-cpc' } },
          criteria: [place('21', 0.6, 1), place('22', 0.4, 2)],
        }),
      ],
      facts,
    })
    const places = cells.filter(({ criterion }) => criterion?.dimension === 'place')
    expect(places.map(({ criterion, device }) => [criterion!.id, device])).toEqual([
      ['21', undefined],
      ['22', undefined],
    ])
    const whole = cells.filter(({ criterion }) => !criterion)
    expect(sum(places, 'clicks')).toBe(sum(whole, 'clicks'))
    expect(sum(places, 'conversions')).toBeCloseTo(sum(whole, 'conversions'), 3)
  })

  test('an audience has its part of the clicks, by device; the rest is nobody’s', async () => {
    const criteria = [{ ...place('41', 0.25, 1.5), dimension: 'audience' } as const]
    const cells = await ofTwin({
      campaigns: [aCampaign({ id: '101', budgetId: '501', strategy: { kind: 'manual-cpc' }, criteria })],
      facts,
    })
    expect(sum(of(cells, '41'), 'clicks')).toBeCloseTo(250_000, -1)
    expect(
      of(cells, '41')
        .map(({ device }) => device)
        .toSorted(),
    ).toEqual(['desktop', 'mobile', 'tablet'])
    // 0.25 · 1.5 of 1.125.
    expect(sum(of(cells, '41'), 'conversions')).toBeCloseTo(50_000 / 3, 0)
    expect(
      cells.filter(({ criterion }) => criterion).every(({ criterion }) => criterion!.dimension === 'audience'),
    ).toBe(true)
  })

  test('under automated bidding, and where nothing is listed, only the campaign’s own report is asked for', async () => {
    const google = await startStage({
      campaigns: [
        aCampaign({ id: '101', budgetId: '501', strategy: { kind: 'max-value' }, criteria: [place('21', 1, 1)] }),
      ],
      facts,
    })
    stage = google
    const cells = (await google.google.reader.cells!(ACCOUNT, [PURCHASE], FROM, TO)).get(KEY)!
    expect(cells.map(({ criterion }) => criterion)).toEqual([undefined, undefined, undefined])
  })
})

describe('from answers made up here', () => {
  const action = 'customers/1234567890/conversionActions/1'
  const clicksOn = (device: string, clicks: string | undefined) => ({
    campaign: { id: '9' },
    segments: { device },
    metrics: clicks === undefined ? {} : { clicks },
  })
  const conversionsOn = (device: string, metrics: object, by = action) => ({
    campaign: { id: '9' },
    segments: { device, conversionAction: by },
    metrics,
  })
  const read = async (
    clicks: readonly object[],
    conversions: readonly object[],
    isPrimary = true,
    listed: readonly object[] = [],
  ) => {
    const server = await tiny.tinyServer((asked) => {
      const query = tiny.queryOf(asked)
      if (query.includes('FROM conversion_action'))
        return {
          json: {
            results: [
              {
                conversionAction: {
                  resourceName: action,
                  id: '1',
                  name: 'purchase',
                  status: 'ENABLED',
                  includeInConversionsMetric: isPrimary,
                  clickThroughLookbackWindowDays: '30',
                },
              },
            ],
          },
        }
      if (query.includes('FROM campaign_criterion')) return { json: { ...tiny.NO_ROWS, results: listed } }
      if (listed.length > 0 && !query.includes('segments.hour')) return { json: tiny.NO_ROWS }
      return { json: { ...tiny.NO_ROWS, results: query.includes('metrics.clicks') ? clicks : conversions } }
    })
    try {
      const found = await tiny.platformAt(server).reader.cells!(tiny.ACCOUNT, [PURCHASE], FROM, TO)
      return { cells: found.get(KEY)!, queries: server.asked.map(tiny.queryOf) }
    } finally {
      await server.close()
    }
  }

  test('counts of the rule’s own action on the days asked for; devices that are not steered are passed over', async () => {
    const { cells, queries } = await read(
      [
        clicksOn('MOBILE', '70'),
        clicksOn('CONNECTED_TV', '5'),
        clicksOn('DESKTOP', '30'),
        clicksOn('TABLET', undefined),
      ],
      [
        conversionsOn('MOBILE', { conversions: 2.5, conversionsValue: 90 }),
        conversionsOn('MOBILE', { conversions: 40, conversionsValue: 1 }, 'customers/1234567890/conversionActions/2'),
        conversionsOn('CONNECTED_TV', { conversions: 7, conversionsValue: 7 }),
        conversionsOn('TABLET', { conversions: 1, conversionsValue: 1 }),
      ],
    )
    expect(cells).toEqual([
      { campaign: '9', device: 'mobile', clicks: 70, conversions: 2.5, value: 90 },
      { campaign: '9', device: 'desktop', clicks: 30, conversions: 0, value: 0 },
    ])
    for (const query of queries.slice(-2)) expect(query).toContain("BETWEEN '2026-09-21' AND '2026-11-19'")
  })

  test('of an action that bidding does not aim at, among all conversions; less than none is none', async () => {
    const { cells, queries } = await read(
      [clicksOn('MOBILE', '70')],
      [conversionsOn('MOBILE', { allConversions: -0.5, allConversionsValue: -12 })],
      false,
    )
    expect(cells).toEqual([{ campaign: '9', device: 'mobile', clicks: 70, conversions: 0, value: -12 }])
    expect(queries.at(-1)).toContain('metrics.all_conversions, metrics.all_conversions_value FROM campaign')
  })

  test('a row without its device is an error, where it was asked for', async () => {
    const row = { campaign: { id: '9' }, segments: {}, metrics: { clicks: '70' } }
    await expect(read([row], [])).rejects.toThrow(/segments.device/)
  })

  test('two rows of one campaign and device are an error: something is counted twice', async () => {
    await expect(read([clicksOn('MOBILE', '70'), clicksOn('MOBILE', '3')], [])).rejects.toThrow(/two rows .* 9\|mobile/)
  })

  test('hours fall on the parts of the week that they lie in, an hour that is cut by the share of its minutes', async () => {
    const slot = (id: string, adSchedule: object) => ({
      campaign: { id: '9' },
      campaignCriterion: { resourceName: `customers/1/campaignCriteria/9~${id}`, type: 'AD_SCHEDULE', adSchedule },
    })
    const at = (dayOfWeek: string, hour: number, clicks: string) => ({
      campaign: { id: '9' },
      // proto3 leaves out hour 0.
      segments: { device: 'MOBILE', dayOfWeek, ...(hour === 0 ? {} : { hour }) },
      metrics: { clicks },
    })
    const bought = (dayOfWeek: string, hour: number, conversions: number) => ({
      campaign: { id: '9' },
      segments: { device: 'MOBILE', dayOfWeek, ...(hour === 0 ? {} : { hour }), conversionAction: action },
      metrics: { conversions, conversionsValue: 10 * conversions },
    })
    const { cells, queries } = await read(
      [at('MONDAY', 0, '40'), at('MONDAY', 8, '60'), at('MONDAY', 9, '100'), at('TUESDAY', 9, '7')],
      [bought('MONDAY', 0, 4), bought('MONDAY', 8, 2), bought('TUESDAY', 9, 5)],
      true,
      [
        // Midnight to 8:15, and from there to midnight.
        slot('1', { dayOfWeek: 'MONDAY', endHour: 8, endMinute: 'FIFTEEN' }),
        slot('2', { dayOfWeek: 'MONDAY', startHour: 8, startMinute: 'FIFTEEN', endHour: 24 }),
      ],
    )
    const of = { campaign: '9', device: 'mobile' }
    expect(cells).toEqual([
      { ...of, criterion: { dimension: 'hour', id: '1' }, clicks: 55, conversions: 4.5, value: 45 },
      { ...of, criterion: { dimension: 'hour', id: '2' }, clicks: 145, conversions: 1.5, value: 15 },
    ])
    const hourly = queries.find((query) => query.includes('segments.hour'))
    expect(hourly).toContain("campaign.bidding_strategy_type IN ('MANUAL_CPC', 'ENHANCED_CPC')")
  })
})
