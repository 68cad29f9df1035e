import { describe, expect, test } from 'vitest'
import { codeOf } from './client.ts'
import { campaignName as campaign, setUp } from './mutating.ts'
import { CUSTOMER } from './stub-world.ts'

describe('seasonality adjustments and data exclusions', () => {
  const season = (over: object = {}) => ({
    create: {
      scope: 'CAMPAIGN',
      campaigns: [campaign('101')],
      startDateTime: '2026-11-27 00:00:00',
      endDateTime: '2026-11-28 00:00:00',
      name: 'Black Friday',
      conversionRateModifier: 1.5,
      ...over,
    },
  })
  const path = 'biddingSeasonalityAdjustments:mutate'

  test('one is made, read back and removed', async () => {
    const { one, rows } = await setUp()
    const { json } = await one(path, season())
    const resourceName = `customers/${CUSTOMER}/biddingSeasonalityAdjustments/1000`
    expect(json).toEqual({ results: [{ resourceName }] })
    const query =
      'SELECT bidding_seasonality_adjustment.conversion_rate_modifier, bidding_seasonality_adjustment.status, bidding_seasonality_adjustment.campaigns FROM bidding_seasonality_adjustment'
    const made = { resourceName, conversionRateModifier: 1.5, status: 'ENABLED', campaigns: [campaign('101')] }
    expect(await rows(query)).toEqual([{ biddingSeasonalityAdjustment: made }])
    await one(path, { remove: resourceName })
    expect((await rows(query))[0]?.biddingSeasonalityAdjustment?.status).toBe('REMOVED')
  })

  test.each([
    [{ conversionRateModifier: 10.5 }, 'rangeError.TOO_HIGH'],
    [{ conversionRateModifier: undefined }, 'rangeError.TOO_LOW'],
    [{ startDateTime: '2026-11-20 09:00:00' }, 'dateRangeError.CANNOT_SET_DATE_TO_PAST'],
    [{ endDateTime: '2026-12-12 00:00:00' }, 'dateRangeError.AFTER_MAXIMUM_ALLOWABLE_DATE'],
    [{ endDateTime: '2026-11-26 00:00:00' }, 'dateRangeError.START_DATE_AFTER_END_DATE'],
    [{ startDateTime: '27.11.2026' }, 'stringFormatError.INVALID_FORMAT'],
    [{ scope: undefined }, 'fieldError.REQUIRED'],
    [{ campaigns: [] }, 'fieldError.REQUIRED'],
  ])('%j is refused with %s', async (over, code) => {
    const { one } = await setUp()
    expect(codeOf((await one(path, season(over))).json)).toBe(code)
  })

  test('an exclusion may lie in the past', async () => {
    const { one } = await setUp()
    const create = { scope: 'CUSTOMER', startDateTime: '2026-11-18 00:00:00', endDateTime: '2026-11-19 00:00:00' }
    expect((await one('biddingDataExclusions:mutate', { create })).status).toBe(200)
  })
})
