import { describe, expect, test } from 'vitest'
import { aClient } from './client.ts'
import { aCampaign, aFact, aWorld } from './stub-world.ts'

const client = () => aClient({ world: aWorld() })

describe('metrics', () => {
  const report = (select: string, where = "segments.date BETWEEN '2026-11-18' AND '2026-11-19'") =>
    `SELECT campaign.id, ${select} FROM campaign WHERE ${where}`

  test('segmented, rows whose selected metrics are all zero are left out', async () => {
    const { rows } = await client()
    const found = await rows(report('segments.date, metrics.cost_micros'))
    expect(found.map((r) => [r.campaign?.id, r.segments?.date, r.metrics?.costMicros])).toEqual([
      ['101', '2026-11-18', '40000000'],
      ['101', '2026-11-19', '50000000'],
      ['102', '2026-11-18', '70000000'],
    ])
  })

  test('not segmented, every campaign has its row, and zeros are said', async () => {
    const { rows } = await client()
    const found = await rows(report('metrics.clicks'))
    expect(found.map((r) => [r.campaign?.id, r.metrics?.clicks])).toEqual([
      ['101', '110'],
      ['102', '90'],
      ['103', '0'],
      ['104', '0'],
      ['105', '0'],
    ])
  })

  test('without a date the report goes over all time', async () => {
    const { rows } = await client()
    const [row] = await rows('SELECT metrics.cost_micros FROM customer')
    expect(row?.metrics?.costMicros).toBe('160000000')
  })

  test('views are not conversions, and values are in currency units', async () => {
    const { rows } = await client()
    const [row] = await rows(
      report('metrics.conversions, metrics.conversions_value, metrics.view_through_conversions', 'campaign.id = 101'),
    )
    // 2 + 3 purchases after clicks, worth 30 each; one view-through on each of two days
    expect(row?.metrics).toEqual({ conversions: 5, conversionsValue: 150, viewThroughConversions: '2' })
  })

  test('claims outside of the click window of their action do not count', async () => {
    const late = { action: 'purchase', touch: 'click', lagDays: 8, count: 4, valueMicros: 1n } as const
    const early = { ...late, lagDays: 7, count: 1 }
    const world = aWorld({ facts: [aFact('101', '2026-11-18', { claims: [late, early] })] })
    const conversionActions = [
      { id: '9', name: 'purchase', category: 'PURCHASE', primary: true, clickWindowDays: 7, viewWindowDays: 1 },
    ]
    const { rows } = await aClient({ world, conversionActions })
    const [row] = await rows(report('metrics.conversions', 'campaign.id = 101'))
    expect(row?.metrics?.conversions).toBe(1)
  })

  test('secondary actions count in all_conversions only', async () => {
    const claim = { touch: 'click', lagDays: 0, valueMicros: 0n } as const
    const claims = [
      { ...claim, action: 'purchase', count: 2 },
      { ...claim, action: 'add-to-cart', count: 9 },
    ]
    const { rows } = await aClient({ world: aWorld({ facts: [aFact('101', '2026-11-18', { claims })] }) })
    const [row] = await rows(report('metrics.conversions, metrics.all_conversions', 'campaign.id = 101'))
    expect(row?.metrics).toEqual({ conversions: 2, allConversions: 11 })
  })

  test('conversions by conversion date come from the other basis', async () => {
    const claim = { action: 'purchase', touch: 'click', lagDays: 1, count: 1, valueMicros: 30_000_000n } as const
    const world = aWorld({
      facts: [aFact('101', '2026-11-18', { spendMicros: 1_000_000n, claims: [claim] })],
      factsByConversion: [aFact('101', '2026-11-19', { claims: [claim] })],
    })
    const { rows } = await aClient({ world })
    const found = await rows(
      report('segments.date, metrics.cost_micros, metrics.conversions, metrics.conversions_by_conversion_date'),
    )
    expect(found.map((r) => [r.segments?.date, r.metrics])).toEqual([
      ['2026-11-18', { costMicros: '1000000', conversions: 1, conversionsByConversionDate: 0 }],
      ['2026-11-19', { costMicros: '0', conversions: 0, conversionsByConversionDate: 1 }],
    ])
  })

  test('conversions split by action and by lag', async () => {
    const { rows } = await client()
    const found = await rows(
      report(
        'segments.conversion_action_name, segments.conversion_lag_bucket, metrics.conversions',
        'campaign.id = 101',
      ),
    )
    // 1 + 2 on the day of the click, 1 + 1 a day later; the views have no click conversions
    expect(found.map((r) => [r.segments?.conversionActionName, r.segments?.conversionLagBucket, r.metrics])).toEqual([
      ['purchase', 'LESS_THAN_ONE_DAY', { conversions: 3 }],
      ['purchase', 'ONE_TO_TWO_DAYS', { conversions: 2 }],
    ])
  })

  test('the parts by device add up to the whole, and an opted-out device has none', async () => {
    const campaigns = [aCampaign({ id: '101', budgetId: '501', devices: [['tablet', 0]] })]
    const { rows } = await aClient({ world: aWorld({ campaigns }) })
    const found = await rows(report('segments.device, metrics.cost_micros, metrics.clicks'))
    expect(found.map((r) => r.segments?.device).toSorted()).toEqual(['DESKTOP', 'MOBILE'])
    expect(found.reduce((sum, r) => sum + BigInt(String(r.metrics?.costMicros)), 0n)).toBe(90_000_000n)
    expect(found.reduce((sum, r) => sum + Number(r.metrics?.clicks), 0)).toBe(110)
  })

  test('hours', async () => {
    const { rows } = await client()
    const found = await rows(report('segments.hour, metrics.impressions', "segments.date = '2026-11-19'"))
    expect(found.map((r) => [r.campaign?.id, r.segments?.hour, r.metrics?.impressions])).toEqual([['101', 9, '1200']])
  })

  test.each([
    ['segments.week', '2026-11-16'],
    ['segments.month', '2026-11-01'],
    ['segments.quarter', '2026-10-01'],
    ['segments.year', 2026],
  ])('%s sums its days', async (segment, value) => {
    const { rows } = await client()
    const found = await rows(
      report(`${segment}, metrics.cost_micros`, 'segments.date DURING LAST_7_DAYS AND campaign.id = 101'),
    )
    expect(found.map((r) => [Object.values(r.segments ?? {})[0], r.metrics?.costMicros])).toEqual([[value, '90000000']])
  })

  test('a metric can filter and sort', async () => {
    const { rows } = await client()
    const found = await rows(`${report('metrics.clicks', 'metrics.clicks > 0')} ORDER BY metrics.clicks ASC LIMIT 1`)
    expect(found.map((r) => r.metrics?.clicks)).toEqual(['90'])
  })

  test('days are those of the account’s zone', async () => {
    // 15:00 UTC on the 20th is already the 21st in Kiribati (UTC+14)
    const world = aWorld({ zone: 'Pacific/Kiritimati' })
    const { rows } = await aClient({ world })
    await rows('SELECT metrics.clicks FROM customer WHERE segments.date DURING TODAY')
    expect(world.asked.at(-1)).toMatchObject({ from: '2026-11-21', to: '2026-11-21' })
  })

  test('a shared budget’s metrics are the sum of its campaigns', async () => {
    const world = aWorld({
      facts: [
        aFact('103', '2026-11-19', { spendMicros: 5_000_000n }),
        aFact('104', '2026-11-19', { spendMicros: 7_000_000n }),
      ],
    })
    const { rows } = await aClient({ world })
    const [row] = await rows('SELECT metrics.cost_micros FROM campaign_budget WHERE campaign_budget.id = 503')
    expect(row?.metrics?.costMicros).toBe('12000000')
  })

  test('ad groups have metrics of their own', async () => {
    const { rows } = await client()
    const found = await rows('SELECT ad_group.id, campaign.id, metrics.clicks FROM ad_group WHERE metrics.clicks > 0')
    expect(found.map((r) => [r.adGroup?.id, r.campaign?.id, r.metrics?.clicks])).toEqual([
      ['1011', '101', '110'],
      ['1021', '102', '90'],
    ])
  })
})
