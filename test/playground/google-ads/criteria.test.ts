/** Places, parts of the week and audiences: as attributes, in their reports, changed, and in the change history. */
import { describe, expect, test } from 'vitest'
import type { WorldCriterion } from '../../../playground/world.ts'
import { codeOf } from './client.ts'
import { setUp } from './mutating.ts'
import { type AccountSpec, aBudget, aCampaign, aFact, CUSTOMER } from './stub-world.ts'

const BERLIN: WorldCriterion = { id: '21', dimension: 'place', name: 'Berlin', multiplier: 1.1, worth: 3, share: 0.25 }
const HAMBURG: WorldCriterion = { id: '22', dimension: 'place', name: 'Hamburg', multiplier: 1, worth: 1, share: 0.75 }
const MONDAY: WorldCriterion = {
  ...{ id: '31', dimension: 'hour', name: 'Monday morning', multiplier: 1, worth: 1 },
  hours: { weekday: 1, from: 0, to: 12 },
}
const BUYERS: WorldCriterion = { id: '41', dimension: 'audience', name: 'Buyers', multiplier: 1, worth: 2, share: 0.5 }

const purchases = (count: number) =>
  [{ action: 'purchase', touch: 'click', lagDays: 0, count, valueMicros: BigInt(count) * 30_000_000n }] as const

const spec = (criteria: readonly WorldCriterion[], over: Partial<AccountSpec> = {}): Partial<AccountSpec> => ({
  budgets: [aBudget('501', 50_000_000n, ['101'])],
  campaigns: [aCampaign({ id: '101', budgetId: '501', strategy: { kind: 'manual-cpc' }, criteria })],
  facts: [aFact('101', '2026-11-16', { clicks: 1000, claims: purchases(30) })],
  ...over,
})
const DAY = "segments.date = '2026-11-16'"

test('criteria have their type, name, modifier as float32, and hours', async () => {
  const { rows } = await setUp(spec([BERLIN, MONDAY, BUYERS]))
  const found = await rows(
    'SELECT campaign_criterion.criterion_id, campaign_criterion.type, campaign_criterion.display_name, ' +
      'campaign_criterion.bid_modifier, campaign_criterion.ad_schedule.day_of_week, ' +
      'campaign_criterion.ad_schedule.start_hour, campaign_criterion.ad_schedule.end_hour, ' +
      'campaign_criterion.ad_schedule.end_minute FROM campaign_criterion ' +
      "WHERE campaign_criterion.type != 'DEVICE' AND campaign_criterion.negative = FALSE",
  )
  const name = (id: string) => `customers/${CUSTOMER}/campaignCriteria/101~${id}`
  expect(found.map(({ campaignCriterion }) => campaignCriterion)).toEqual([
    { resourceName: name('21'), criterionId: '21', type: 'LOCATION', displayName: 'Berlin', bidModifier: 1.10000002 },
    {
      ...{
        resourceName: name('31'),
        criterionId: '31',
        type: 'AD_SCHEDULE',
        displayName: 'Monday morning',
        bidModifier: 1,
      },
      adSchedule: { dayOfWeek: 'MONDAY', startHour: 0, endHour: 12, endMinute: 'ZERO' },
    },
    { resourceName: name('41'), criterionId: '41', type: 'USER_LIST', displayName: 'Buyers', bidModifier: 1 },
  ])
})

describe('reports by criterion', () => {
  test('have a row for each place, clicks by share and modifier', async () => {
    const { rows } = await setUp(spec([BERLIN, HAMBURG, BUYERS]))
    const found = await rows(
      `SELECT campaign_criterion.criterion_id, metrics.clicks, metrics.conversions FROM location_view WHERE ${DAY}`,
    )
    // 0.25 · 1.1 against 0.75: 0.2683 of 1,000 clicks; a click in Berlin brings three times as much: 0.8049 of 1.5366.
    expect(found.map((r) => [r.campaignCriterion?.criterionId, r.metrics?.clicks])).toEqual([
      ['21', '268'],
      ['22', '732'],
    ])
    expect(found[0]?.metrics?.conversions).toBeCloseTo(30 * (0.8049 / 1.5366), 2)
    expect(found[0]?.locationView).toEqual({ resourceName: `customers/${CUSTOMER}/locationViews/101~21` })
  })

  test('of audiences leave out what is of none, and may be by device', async () => {
    const { rows } = await setUp(spec([BUYERS, BERLIN]))
    const found = await rows(
      `SELECT campaign_criterion.criterion_id, segments.device, metrics.clicks FROM campaign_audience_view WHERE ${DAY}`,
    )
    expect(found.every((r) => r.campaignCriterion?.criterionId === '41')).toBe(true)
    expect(found.reduce((sum, r) => sum + Number(r.metrics?.clicks), 0)).toBe(500)
    expect(found).toHaveLength(3)
  })

  test.each([
    ['location_view', 'segments.device'],
    ['location_view', 'segments.day_of_week'],
    ['location_view', 'segments.hour'],
    ['campaign_audience_view', 'segments.hour'],
  ])('%s is not counted by %s', async (view, segment) => {
    const { refusal } = await setUp(spec([BERLIN, BUYERS]))
    expect(
      await refusal(`SELECT campaign_criterion.criterion_id, ${segment}, metrics.clicks FROM ${view} WHERE ${DAY}`),
    ).toBe('queryError.PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE')
  })

  test('do not go with fields of what they do not belong to', async () => {
    const { refusal } = await setUp(spec([BERLIN]))
    expect(await refusal(`SELECT ad_group.id, metrics.clicks FROM location_view WHERE ${DAY}`)).toBe(
      'queryError.PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE',
    )
  })

  test('are without effect of modifiers under automated bidding', async () => {
    const campaigns = [
      aCampaign({ id: '101', budgetId: '501', strategy: { kind: 'max-conversions' }, criteria: [BERLIN, HAMBURG] }),
    ]
    const { rows } = await setUp(spec([], { campaigns }))
    const found = await rows(`SELECT campaign_criterion.criterion_id, metrics.clicks FROM location_view WHERE ${DAY}`)
    expect(found.map((r) => r.metrics?.clicks)).toEqual(['250', '750'])
  })

  test('by hour fall on the listed parts of the week by what is bid and brought', async () => {
    const evening = { ...MONDAY, id: '32', worth: 3, multiplier: 2, hours: { weekday: 1, from: 12, to: 24 } }
    const hours: AccountSpec['hours'] = (fact) =>
      [6, 18].map((hour) => ({ ...fact, hour, clicks: fact.clicks / 2, claims: purchases(15) }))
    const { rows } = await setUp(spec([MONDAY, evening], { hours }))
    const found = await rows(`SELECT segments.hour, metrics.clicks, metrics.conversions FROM campaign WHERE ${DAY}`)
    // 500 and 500 · 2 of 1,000 clicks; 1 : 2 · 3 of 30 purchases.
    expect(found.map((r) => [r.segments?.hour, r.metrics?.clicks])).toEqual([
      [6, '333'],
      [18, '667'],
    ])
    expect(found[1]?.metrics?.conversions).toBeCloseTo((30 * 6) / 7, 6)
  })
})

describe('a modifier', () => {
  const update = (id: string, bidModifier: number) => ({
    updateMask: 'bid_modifier',
    update: { resourceName: `customers/${CUSTOMER}/campaignCriteria/101~${id}`, bidModifier },
  })
  const MUTATE = 'campaignCriteria:mutate'

  test('of a place is changed, reads back as float32, and stands in the change history', async () => {
    const { one, rows, world } = await setUp(spec([BERLIN]))
    expect((await one(MUTATE, update('21', 1.3))).status).toBe(200)
    expect(world.edits.map(({ edit }) => edit)).toMatchObject([
      { kind: 'criterion-multiplier', campaignId: '101', criterionId: '21', factor: 1.3 },
    ])
    const [row] = await rows(
      "SELECT campaign_criterion.bid_modifier FROM campaign_criterion WHERE campaign_criterion.type = 'LOCATION'",
    )
    expect(row?.campaignCriterion?.bidModifier).toBe(1.29999995)
  })

  test.each([
    ['of 0, which opts out of devices alone', update('21', 0), 'rangeError.TOO_LOW'],
    ['above 10', update('21', 10.5), 'rangeError.TOO_HIGH'],
    ['of what is not listed', update('99', 1.2), 'mutateError.RESOURCE_NOT_FOUND'],
  ])('%s is refused', async (_, operation, code) => {
    const { one, world } = await setUp(spec([BERLIN]))
    expect(codeOf((await one(MUTATE, operation)).json)).toBe(code)
    expect(world.edits).toEqual([])
  })

  test('of 0 opts out of a device', async () => {
    const { one } = await setUp(spec([BERLIN]))
    expect((await one(MUTATE, update('30001', 0))).status).toBe(200)
  })

  test('stands in the change history under its criterion', async () => {
    const change = {
      at: 1_795_100_000_000 as never,
      actor: { kind: 'human', name: 'ana@shop.example' },
      entity: { kind: 'campaign', id: '101' },
      campaignId: '101',
      field: 'criterion-multiplier',
      from: '21 1.1',
      to: '21 1.5',
    } as const
    const { rows } = await setUp(spec([BERLIN], { changes: [change] }))
    const [row] = await rows(
      'SELECT change_event.change_resource_name, change_event.changed_fields, change_event.new_resource FROM ' +
        "change_event WHERE change_event.change_date_time BETWEEN '2026-11-01' AND '2026-11-30' LIMIT 5",
    )
    expect(row?.changeEvent).toMatchObject({
      changeResourceName: `customers/${CUSTOMER}/campaignCriteria/101~21`,
      changedFields: 'bidModifier',
      newResource: { campaignCriterion: { bidModifier: 1.5 } },
    })
  })
})
