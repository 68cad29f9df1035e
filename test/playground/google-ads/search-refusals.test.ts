import { describe, expect, test } from 'vitest'
import { aClient } from './client.ts'
import { aWorld } from './stub-world.ts'

const client = () => aClient({ world: aWorld() })

describe('refusals', () => {
  test.each([
    ['SELECT campaign.foo FROM campaign', 'queryError.UNRECOGNIZED_FIELD'],
    ['SELECT campaign.id FROM campaigns', 'queryError.BAD_RESOURCE_TYPE_IN_FROM_CLAUSE'],
    ['SELECT experiment.name FROM campaign', 'queryError.PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE'],
    [
      "SELECT campaign.id FROM campaign WHERE experiment.name = 'a'",
      'queryError.PROHIBITED_RESOURCE_TYPE_IN_WHERE_CLAUSE',
    ],
    [
      'SELECT experiment.name, metrics.clicks FROM experiment',
      'queryError.PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE',
    ],
    [
      'SELECT experiment.name, segments.hour FROM experiment',
      'queryError.PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE',
    ],
    ["SELECT campaign.id FROM campaign WHERE campaign.status = 'ON'", 'queryError.BAD_ENUM_CONSTANT'],
    ["SELECT campaign.id FROM campaign WHERE campaign.id = 'one'", 'queryError.BAD_NUMBER'],
    ['SELECT campaign.id FROM campaign WHERE campaign.name = 5', 'queryError.INVALID_STRING_VALUE'],
    ["SELECT campaign.id FROM campaign WHERE campaign.id LIKE '1%'", 'queryError.OPERATOR_FIELD_MISMATCH'],
    ['SELECT campaign.id, segments.date FROM campaign', 'queryError.EXPECTED_FILTERS_ON_DATE_RANGE'],
    [
      "SELECT campaign.id, segments.date FROM campaign WHERE segments.date >= '2026-11-01'",
      'queryError.EXPECTED_FILTERS_ON_DATE_RANGE',
    ],
    ["SELECT campaign.id FROM campaign WHERE segments.date = '2026-11-31'", 'queryError.INVALID_DATE_FORMAT'],
    [
      "SELECT campaign.id FROM campaign WHERE segments.date BETWEEN '2026-11-02' AND '2026-11-01'",
      'queryError.DATE_RANGE_TOO_NARROW',
    ],
    ["SELECT campaign.id FROM campaign WHERE segments.month = '2026-11-02'", 'queryError.MISALIGNED_DATE_FOR_FILTER'],
    [
      'SELECT campaign.id FROM campaign WHERE segments.date DURING LAST_8_DAYS',
      'queryError.INVALID_VALUE_WITH_DURING_OPERATOR',
    ],
    [
      "SELECT campaign.id, segments.date FROM campaign WHERE segments.date BETWEEN '2023-10-19' AND '2023-10-20'",
      'dateRangeError.INVALID_DATE',
    ],
    [
      "SELECT campaign.id FROM campaign WHERE segments.device = 'MOBILE'",
      'queryError.EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE',
    ],
    [
      'SELECT campaign.id FROM campaign ORDER BY metrics.clicks',
      'queryError.EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE',
    ],
    [
      'SELECT segments.conversion_action, metrics.cost_micros FROM campaign',
      'queryError.PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE',
    ],
    [
      'SELECT segments.conversion_lag_bucket, metrics.conversions FROM campaign WHERE metrics.clicks > 0',
      'queryError.PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE',
    ],
    [
      'SELECT segments.hour, metrics.search_budget_lost_impression_share FROM campaign',
      'queryError.PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE',
    ],
  ])('%s is refused with %s', async (query, code) => {
    const { refusal } = await client()
    expect(await refusal(query)).toBe(code)
  })
})
