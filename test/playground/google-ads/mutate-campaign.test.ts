import { describe, expect, test } from 'vitest'
import { codeOf } from './client.ts'
import { campaignName as campaign, setUp } from './mutating.ts'
import { CUSTOMER } from './stub-world.ts'

describe('campaigns', () => {
  const update = (id: string, updateMask: string, fields: object) => ({
    updateMask,
    update: { resourceName: campaign(id), ...fields },
  })

  test.each([
    ['a status', update('101', 'status', { status: 'PAUSED' }), { kind: 'status', status: 'paused' }],
    ['removal', { remove: campaign('101') }, { kind: 'status', status: 'removed' }],
    [
      'a target CPA',
      update('101', 'target_cpa.target_cpa_micros', { targetCpa: { targetCpaMicros: '25000000' } }),
      { kind: 'strategy', strategy: { kind: 'target-cpa', targetCpaMicros: 25_000_000n } },
    ],
    [
      'a target ROAS under maximize value',
      update('102', 'maximizeConversionValue.targetRoas', { maximizeConversionValue: { targetRoas: 4 } }),
      { kind: 'strategy', strategy: { kind: 'target-roas', targetRoas: 4 } },
    ],
    [
      'a target taken away',
      update('102', 'maximize_conversion_value.target_roas', { maximizeConversionValue: {} }),
      { kind: 'strategy', strategy: { kind: 'max-value' } },
    ],
    [
      'another strategy',
      update('101', 'maximize_conversions', { maximizeConversions: {} }),
      { kind: 'strategy', strategy: { kind: 'max-conversions' } },
    ],
  ])('%s becomes an edit of the world', async (_, operation, edit) => {
    const { one, world } = await setUp()
    expect((await one('campaigns:mutate', operation)).status).toBe(200)
    expect(world.edits.map((e) => e.edit)).toMatchObject([edit])
  })

  test('a target that is set under "maximize" stays there', async () => {
    const { one, rows } = await setUp()
    await one(
      'campaigns:mutate',
      update('103', 'maximize_conversion_value.target_roas', { maximizeConversionValue: { targetRoas: 2 } }),
    )
    const [row] = await rows(
      'SELECT campaign.bidding_strategy_type, campaign.maximize_conversion_value.target_roas FROM campaign WHERE campaign.id = 103',
    )
    expect(row?.campaign).toMatchObject({
      biddingStrategyType: 'MAXIMIZE_CONVERSION_VALUE',
      maximizeConversionValue: { targetRoas: 2 },
    })
  })

  test.each([
    [update('101', 'target_roas.target_roas', { targetRoas: { targetRoas: 0.009 } }), 'rangeError.TOO_LOW'],
    [update('101', 'target_roas.target_roas', { targetRoas: { targetRoas: 1000.1 } }), 'rangeError.TOO_HIGH'],
    [
      update('101', 'target_cpa.target_cpa_micros', { targetCpa: { targetCpaMicros: '0' } }),
      'biddingError.BID_TOO_SMALL',
    ],
    [
      update('101', 'target_cpa.target_cpa_micros', { targetCpa: { targetCpaMicros: '20000001' } }),
      'biddingError.BID_TOO_MANY_FRACTIONAL_DIGITS',
    ],
    [
      update('102', 'target_roas.target_roas', { targetRoas: { targetRoas: 3 } }),
      'biddingError.CANNOT_ATTACH_BIDDING_STRATEGY_TO_CAMPAIGN',
    ],
    [update('101', 'target_cpa', { targetCpa: { targetCpaMicros: '1' } }), 'fieldMaskError.FIELD_HAS_SUBFIELDS'],
    [
      update('101', 'target_cpa.target_cpa_micros,target_roas.target_roas', {
        targetCpa: { targetCpaMicros: '10000000' },
        targetRoas: { targetRoas: 2 },
      }),
      'mutateError.INCONSISTENT_FIELD_VALUES',
    ],
    [update('101', 'status', { status: 'REMOVED' }), 'enumError.ENUM_VALUE_NOT_PERMITTED'],
    [update('101', 'status', { status: 'RUNNING' }), 'requestError.INVALID_ENUM_VALUE'],
    [update('101', 'bidding_strategy_type', {}), 'requestError.IMMUTABLE_FIELD'],
    [update('105', 'status', { status: 'ENABLED' }), 'contextError.OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE'],
    [update('999', 'status', { status: 'ENABLED' }), 'mutateError.RESOURCE_NOT_FOUND'],
  ])('%j is refused with %s', async (operation, code) => {
    const { one, world } = await setUp()
    expect(codeOf((await one('campaigns:mutate', operation)).json)).toBe(code)
    expect(world.edits).toEqual([])
  })
})

describe('device modifiers', () => {
  const modifier = (bidModifier: number, criterion = '30001') => ({
    updateMask: 'bid_modifier',
    update: { resourceName: `customers/${CUSTOMER}/campaignCriteria/101~${criterion}`, bidModifier },
  })

  test.each([
    [0, 200, 'none'],
    [0.1, 200, 'none'],
    [10, 200, 'none'],
    [0.09, 400, 'rangeError.TOO_LOW'],
    [10.1, 400, 'rangeError.TOO_HIGH'],
  ])('%d: %i %s', async (factor, status, code) => {
    const { one } = await setUp()
    const answer = await one('campaignCriteria:mutate', modifier(factor))
    expect([answer.status, codeOf(answer.json)]).toEqual([status, code])
  })

  test('is taken for the device that the criterion id stands for', async () => {
    const { one, world } = await setUp()
    await one('campaignCriteria:mutate', modifier(0.8, '30000'))
    expect(world.edits[0]?.edit).toMatchObject({ campaignId: '101', device: 'desktop', factor: 0.8 })
  })

  test('can be set by creating the criterion', async () => {
    const { one, world } = await setUp()
    const create = { campaign: campaign('103'), device: { type: 'TABLET' }, bidModifier: 0.5 }
    const { json } = await one('campaignCriteria:mutate', { create })
    expect(json).toEqual({ results: [{ resourceName: `customers/${CUSTOMER}/campaignCriteria/103~30002` }] })
    expect(world.edits[0]?.edit).toMatchObject({ campaignId: '103', device: 'tablet', factor: 0.5 })
  })
})

describe('ad groups', () => {
  test('a target of its own', async () => {
    const { one, world } = await setUp()
    const update = { resourceName: `customers/${CUSTOMER}/adGroups/1011`, targetCpaMicros: '15000000' }
    await one('adGroups:mutate', { updateMask: 'target_cpa_micros', update })
    expect(world.edits[0]?.edit).toMatchObject({
      level: 'ad-group',
      id: '1011',
      strategy: { targetCpaMicros: 15_000_000n },
    })
  })
})
