import { describe, expect, test } from 'vitest'
import { GoogleFault } from '../../../playground/platforms/google-ads/failure.ts'
import { parseGaql } from '../../../playground/platforms/google-ads/gaql.ts'

/** QueryError of what a query is refused for. */
function queryError(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof GoogleFault) return Object.values(error.errors[0]!.errorCode)[0]!
    throw error
  }
  return 'none'
}

describe('parseGaql', () => {
  test('reads every clause', () => {
    expect(
      parseGaql(
        "SELECT campaign.id, metrics.clicks FROM campaign WHERE campaign.status IN ('ENABLED', 'PAUSED') AND metrics.clicks >= 10 ORDER BY metrics.clicks DESC, campaign.id LIMIT 5 PARAMETERS include_drafts=true",
      ),
    ).toEqual({
      select: ['campaign.id', 'metrics.clicks'],
      from: 'campaign',
      where: [
        {
          field: 'campaign.status',
          operator: 'IN',
          values: [
            { kind: 'string', text: 'ENABLED' },
            { kind: 'string', text: 'PAUSED' },
          ],
        },
        { field: 'metrics.clicks', operator: '>=', values: [{ kind: 'number', text: '10' }] },
      ],
      orderBy: [
        { field: 'metrics.clicks', descending: true },
        { field: 'campaign.id', descending: false },
      ],
      limit: 5,
    })
  })

  test.each([
    ["campaign.name = 'It\\'s'", '=', ["It's"]],
    ['campaign.name != "a"', '!=', ['a']],
    ['metrics.ctr < 0.5', '<', ['0.5']],
    ['metrics.ctr > -1', '>', ['-1']],
    ["segments.date BETWEEN '2026-11-01' AND '2026-11-02'", 'BETWEEN', ['2026-11-01', '2026-11-02']],
    ['segments.date DURING LAST_7_DAYS', 'DURING', ['LAST_7_DAYS']],
    ["campaign.name NOT LIKE '%x%'", 'NOT LIKE', ['%x%']],
    ["campaign.name REGEXP_MATCH 'a.*'", 'REGEXP_MATCH', ['a.*']],
    ["campaign.name NOT REGEXP_MATCH 'a.*'", 'NOT REGEXP_MATCH', ['a.*']],
    ['campaign.end_date_time IS NULL', 'IS NULL', []],
    ['campaign.end_date_time is not null', 'IS NOT NULL', []],
    ['campaign.status NOT IN (ENABLED)', 'NOT IN', ['ENABLED']],
    ["campaign.labels CONTAINS ANY ('a', 'b')", 'CONTAINS ANY', ['a', 'b']],
    ["campaign.labels CONTAINS ALL ('a')", 'CONTAINS ALL', ['a']],
    ["campaign.labels CONTAINS NONE ('a')", 'CONTAINS NONE', ['a']],
  ])('reads the condition %s', (text, operator, values) => {
    const [condition] = parseGaql(`SELECT campaign.id FROM campaign WHERE ${text}`).where
    expect(condition?.operator).toBe(operator)
    expect(condition?.values.map((v) => v.text)).toEqual(values)
  })

  test.each([
    ['', 'EXPECTED_SELECT'],
    ['campaign.id FROM campaign', 'EXPECTED_SELECT'],
    ['SELECT', 'UNEXPECTED_END_OF_QUERY'],
    ['SELECT campaign.id', 'EXPECTED_FROM'],
    ['SELECT campaign.id campaign.name FROM campaign', 'EXPECTED_FROM'],
    ['SELECT Campaign FROM campaign', 'BAD_FIELD_NAME'],
    ["SELECT campaign.id FROM 'campaign'", 'BAD_RESOURCE_TYPE_IN_FROM_CLAUSE'],
    ['SELECT campaign.id FROM campaign WHERE', 'UNEXPECTED_END_OF_QUERY'],
    ['SELECT campaign.id FROM campaign WHERE campaign.id ~ 1', 'BAD_SYMBOL'],
    ['SELECT campaign.id FROM campaign WHERE campaign.id EQUALS 1', 'BAD_OPERATOR'],
    ['SELECT campaign.id FROM campaign WHERE campaign.id NOT 1', 'BAD_OPERATOR'],
    ['SELECT campaign.id FROM campaign WHERE campaign.id IN 1', 'EXPECTED_LIST'],
    ['SELECT campaign.id FROM campaign WHERE campaign.id IN ()', 'PROHIBITED_EMPTY_LIST_IN_CONDITION'],
    ["SELECT campaign.id FROM campaign WHERE campaign.id IN (1, 'a')", 'PROHIBITED_VALUE_COMBINATION_IN_LIST'],
    ['SELECT campaign.id FROM campaign WHERE campaign.id = (1)', 'EXPECTED_SINGLE_VALUE'],
    ['SELECT campaign.id FROM campaign WHERE campaign.id BETWEEN 1, 2', 'EXPECTED_AND'],
    ["SELECT campaign.id FROM campaign WHERE campaign.name = 'open", 'STRING_NOT_TERMINATED'],
    ["SELECT campaign.id FROM campaign WHERE campaign.name = 'a\\q'", 'BAD_ESCAPE_SEQUENCE'],
    ["SELECT campaign.id FROM campaign WHERE campaign.name = 'a\nb'", 'PROHIBITED_NEWLINE_IN_STRING'],
    ['SELECT campaign.id FROM campaign ORDER campaign.id', 'EXPECTED_BY'],
    ['SELECT campaign.id FROM campaign LIMIT few', 'BAD_LIMIT_VALUE'],
    ['SELECT campaign.id FROM campaign LIMIT 0', 'LIMIT_VALUE_TOO_LOW'],
    ['SELECT campaign.id FROM campaign LIMIT 5 OFFSET 5', 'UNEXPECTED_INPUT'],
    ['SELECT campaign.id FROM campaign PARAMETERS drafts=true', 'BAD_PARAMETER_NAME'],
    ['SELECT campaign.id FROM campaign;', 'BAD_SYMBOL'],
  ])('refuses %j with %s', (text, code) => {
    expect(queryError(() => parseGaql(text))).toBe(code)
  })
})
