import { describe, expect, test } from 'vitest'
import { accountDate } from '../../../lib/units/calendar.ts'
import { aClient, type Chunk, codeOf } from './client.ts'
import { aBudget, aCampaign, aFact, aWorld, CUSTOMER, StubWorld } from './stub-world.ts'

const client = () => aClient({ world: aWorld() })

describe('attributes', () => {
  test('int64 are digits, enums are names, and each resource comes with its name', async () => {
    const { rows } = await client()
    expect(
      await rows(
        'SELECT campaign.id, campaign.bidding_strategy_type, campaign_budget.amount_micros, customer.currency_code FROM campaign WHERE campaign.id = 101',
      ),
    ).toEqual([
      {
        campaign: {
          resourceName: `customers/${CUSTOMER}/campaigns/101`,
          id: '101',
          biddingStrategyType: 'TARGET_CPA',
        },
        campaignBudget: { resourceName: `customers/${CUSTOMER}/campaignBudgets/501`, amountMicros: '50000000' },
        customer: { resourceName: `customers/${CUSTOMER}`, currencyCode: 'USD' },
      },
    ])
  })

  test('removed campaigns are returned unless they are filtered away', async () => {
    const { rows } = await client()
    expect(await rows('SELECT campaign.id FROM campaign')).toHaveLength(5)
    expect(await rows("SELECT campaign.id FROM campaign WHERE campaign.status != 'REMOVED'")).toHaveLength(4)
  })

  test('a shared budget tells how many campaigns draw from it', async () => {
    const { rows } = await client()
    const found = await rows(
      'SELECT campaign_budget.explicitly_shared, campaign_budget.reference_count FROM campaign_budget WHERE campaign_budget.id IN (501, 503)',
    )
    expect(found.map((r) => [r.campaignBudget?.explicitlyShared, r.campaignBudget?.referenceCount])).toEqual([
      [false, '1'],
      [true, '2'],
    ])
  })

  test('the budget of a removed campaign is removed', async () => {
    const { rows } = await client()
    const found = await rows("SELECT campaign_budget.id FROM campaign_budget WHERE campaign_budget.status = 'REMOVED'")
    expect(found.map((r) => r.campaignBudget?.id)).toEqual(['505'])
  })

  test('a lifetime budget has a total amount and no daily one', async () => {
    const budgets = [aBudget('501', 900_000_000n, ['101'], { period: 'lifetime' })]
    const { rows } = await aClient({ world: aWorld({ budgets }) })
    const [row] = await rows(
      'SELECT campaign_budget.amount_micros, campaign_budget.total_amount_micros, campaign_budget.period FROM campaign_budget',
    )
    expect(row?.campaignBudget).toEqual({
      resourceName: `customers/${CUSTOMER}/campaignBudgets/501`,
      totalAmountMicros: '900000000',
      period: 'CUSTOM_PERIOD',
    })
  })

  test('target CPA and target ROAS stand in the message of their strategy', async () => {
    const { rows } = await client()
    const found = await rows(
      'SELECT campaign.target_cpa.target_cpa_micros, campaign.maximize_conversion_value.target_roas FROM campaign WHERE campaign.id IN (101, 102)',
    )
    expect(found.map((r) => r.campaign)).toMatchObject([
      { targetCpa: { targetCpaMicros: '20000000' } },
      { maximizeConversionValue: { targetRoas: 3.5 } },
    ])
  })

  test('a device modifier reads back as float32', async () => {
    const { rows } = await client()
    const found = await rows(
      "SELECT campaign_criterion.bid_modifier, campaign_criterion.criterion_id FROM campaign_criterion WHERE campaign.id = 101 AND campaign_criterion.type = 'DEVICE'",
    )
    expect(found.map((r) => [r.campaignCriterion?.criterionId, r.campaignCriterion?.bidModifier])).toEqual([
      ['30000', undefined],
      ['30001', 1.10000002],
      ['30002', undefined],
    ])
  })

  test.each([
    ["campaign.name = 'Campaign 101'", ['101']],
    ["campaign.name LIKE '%10[1]'", ['101']],
    ["campaign.name NOT LIKE 'campaign%'", []],
    ["campaign.name REGEXP_MATCH '.*10[12]'", ['101', '102']],
    ['campaign.id BETWEEN 102 AND 103', ['102', '103']],
    ['campaign.id > 104', ['105']],
    ['campaign.end_date_time IS NULL AND campaign.id <= 101', ['101']],
    ["campaign.primary_status_reasons CONTAINS ANY ('CAMPAIGN_PAUSED')", ['104']],
    ['campaign_budget.explicitly_shared = TRUE', ['103', '104']],
    ["campaign.status NOT IN ('ENABLED', 'REMOVED')", ['104']],
  ])('WHERE %s', async (condition, ids) => {
    const { rows } = await client()
    const found = await rows(`SELECT campaign.id FROM campaign WHERE ${condition}`)
    expect(found.map((r) => r.campaign?.id)).toEqual(ids)
  })

  test('a suspended account and its serving status', async () => {
    const { rows } = await aClient({ world: aWorld({ status: 'suspended' }) })
    expect((await rows('SELECT customer.status FROM customer'))[0]?.customer?.status).toBe('SUSPENDED')
    expect((await rows('SELECT campaign.serving_status FROM campaign'))[0]?.campaign?.servingStatus).toBe('SUSPENDED')
  })

  test('an account without a spend cap has no account budget, one with it shows cap and spend', async () => {
    const query =
      'SELECT account_budget.adjusted_spending_limit_micros, account_budget.amount_served_micros FROM account_budget'
    expect(await (await client()).rows(query)).toEqual([])
    const { rows } = await aClient({ world: aWorld({ spendCapMicros: 10_000_000_000n }) })
    // 40 + 50 + 70 of spend in the stub's facts
    expect((await rows(query))[0]?.accountBudget).toMatchObject({
      adjustedSpendingLimitMicros: '10000000000',
      amountServedMicros: '160000000',
    })
  })

  test('the billable unit of a currency', async () => {
    const { rows } = await client()
    const found = await rows(
      "SELECT currency_constant.code, currency_constant.billable_unit_micros FROM currency_constant WHERE currency_constant.code IN ('USD', 'JPY')",
    )
    expect(found.map((r) => [r.currencyConstant?.code, r.currencyConstant?.billableUnitMicros])).toEqual([
      ['JPY', '1000000'],
      ['USD', '10000'],
    ])
  })

  test('experiments with their arms, and what marks their campaigns', async () => {
    const experiment = {
      id: '7',
      name: 'Half and half',
      from: accountDate('2026-11-10'),
      to: accountDate('2026-12-10'),
      baseCampaignId: '101',
      armCampaignIds: ['103'],
    }
    const { rows } = await aClient({ world: aWorld({ experiments: [experiment] }) })
    const arms = await rows(
      'SELECT experiment.status, experiment.end_date, experiment_arm.campaigns, experiment_arm.control, experiment_arm.traffic_split FROM experiment_arm',
    )
    expect(arms.map((r) => [r.experiment?.status, r.experimentArm?.campaigns, r.experimentArm?.control])).toEqual([
      ['ENABLED', [`customers/${CUSTOMER}/campaigns/101`], true],
      ['ENABLED', [`customers/${CUSTOMER}/campaigns/103`], undefined],
    ])
    const trial = await rows(
      "SELECT campaign.base_campaign FROM campaign WHERE campaign.experiment_type = 'EXPERIMENT'",
    )
    expect(trial.map((r) => r.campaign?.baseCampaign)).toEqual([`customers/${CUSTOMER}/campaigns/101`])
  })

  test('a learning strategy names the change that set it off', async () => {
    const world = aWorld({
      campaigns: [
        aCampaign({ id: '101', budgetId: '501', learning: { state: 'learning' } }),
        aCampaign({ id: '102', budgetId: '502', learning: { state: 'learning', lastSignificantEdit: 1 as never } }),
        aCampaign({ id: '103', budgetId: '503', learning: { state: 'limited' } }),
        aCampaign({ id: '104', budgetId: '503' }),
      ],
    })
    world.apply(
      { platform: 'google-ads', accountId: CUSTOMER, kind: 'budget', budgetId: '501', amountMicros: 60_000_000n },
      { kind: 'api', name: 'x' },
    )
    const { rows } = await aClient({ world })
    const found = await rows('SELECT campaign.bidding_strategy_system_status, campaign.primary_status FROM campaign')
    expect(found.map((r) => [r.campaign?.biddingStrategySystemStatus, r.campaign?.primaryStatus])).toEqual([
      ['LEARNING_BUDGET_CHANGE', 'LEARNING'],
      ['LEARNING_NEW', 'LEARNING'],
      ['LIMITED_BY_DATA', 'LIMITED'],
      ['ENABLED', 'ELIGIBLE'],
    ])
  })
})

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

describe('change events', () => {
  const select =
    'SELECT change_event.user_email, change_event.client_type, change_event.change_date_time, change_event.changed_fields, change_event.old_resource, change_event.new_resource, campaign.id FROM change_event'
  const between = "change_event.change_date_time BETWEEN '2026-11-01' AND '2026-11-21'"

  test('tell who changed what, in the account’s time', async () => {
    const world = aWorld({
      changes: [
        {
          at: 1_795_100_000_123 as never,
          actor: { kind: 'human', name: 'pat@shop.example' },
          entity: { kind: 'campaign', id: '101' },
          campaignId: '101',
          field: 'status',
          from: 'active',
          to: 'paused',
        },
      ],
    })
    const { rows } = await aClient({ world })
    const resourceName = `customers/${CUSTOMER}/campaigns/101`
    // 1795100000 is 2026-11-19T14:53:20Z, five hours earlier in New York
    expect((await rows(`${select} WHERE ${between} LIMIT 10`))[0]).toMatchObject({
      changeEvent: {
        userEmail: 'pat@shop.example',
        clientType: 'GOOGLE_ADS_WEB_CLIENT',
        changeDateTime: '2026-11-19 09:53:20.123000',
        changedFields: 'status',
        oldResource: { campaign: { resourceName, status: 'ENABLED' } },
        newResource: { campaign: { resourceName, status: 'PAUSED' } },
      },
      campaign: { id: '101' },
    })
  })

  test.each([
    ['', 'changeEventError.CHANGE_DATE_RANGE_INFINITE'],
    ["WHERE change_event.change_date_time >= '2026-11-01' LIMIT 10", 'changeEventError.CHANGE_DATE_RANGE_INFINITE'],
    [
      "WHERE change_event.change_date_time BETWEEN '2026-10-20' AND '2026-11-20' LIMIT 10",
      'changeEventError.START_DATE_TOO_OLD',
    ],
    [
      "WHERE change_event.change_date_time BETWEEN '2026-11-20' AND '2026-11-10' LIMIT 10",
      'changeEventError.CHANGE_DATE_RANGE_NEGATIVE',
    ],
    [`WHERE ${between}`, 'changeEventError.LIMIT_NOT_SPECIFIED'],
    [`WHERE ${between} LIMIT 10001`, 'changeEventError.INVALID_LIMIT_CLAUSE'],
    ['WHERE change_event.change_date_time DURING LAST_14_DAYS LIMIT 10000', 'none'],
  ])('with %j: %s', async (where, code) => {
    const { refusal } = await client()
    expect(await refusal(`${select} ${where}`)).toBe(code)
  })
})

describe('paging and streaming', () => {
  const MANY = 10_001
  const many = () =>
    new StubWorld({
      budgets: Array.from({ length: MANY }, (_, i) => aBudget(String(i + 1), 1_000_000n, [])),
      campaigns: [],
    })
  const query = 'SELECT campaign_budget.id FROM campaign_budget'

  test('search gives 10,000 rows a page, and its token the rest', async () => {
    const { post } = await aClient({ world: many() })
    const first = (await post('googleAds:search', { query })).json as Chunk
    expect(first.results).toHaveLength(10_000)
    const second = (await post('googleAds:search', { query, page_token: first.nextPageToken })).json as Chunk
    expect(second.results?.map((r) => r.campaignBudget?.id)).toEqual(['10001'])
    expect(second).not.toHaveProperty('nextPageToken')
  })

  test('a page token goes with its query only', async () => {
    const { post } = await aClient({ world: many() })
    const { nextPageToken } = (await post('googleAds:search', { query })).json as Chunk
    const other = { query: `${query} LIMIT 10001`, pageToken: nextPageToken }
    expect(codeOf((await post('googleAds:search', other)).json)).toBe('requestError.INVALID_PAGE_TOKEN')
  })

  test('a page size is refused', async () => {
    const { post } = await client()
    const { status, json } = await post('googleAds:search', { query, pageSize: 100 })
    expect([status, codeOf(json)]).toEqual([400, 'requestError.PAGE_SIZE_NOT_SUPPORTED'])
  })

  test('searchStream gives an array of chunks; the last tells what the query cost', async () => {
    const { post } = await aClient({ world: many() })
    const chunks = (await post('googleAds:searchStream', { query })).json as readonly Chunk[]
    expect(chunks.map((c) => c.results?.length)).toEqual([10_000, 1])
    expect(chunks.map((c) => 'queryResourceConsumption' in c)).toEqual([false, true])
    expect(chunks[0]?.fieldMask).toBe('campaignBudget.id')
  })

  test('searchStream without rows gives one chunk without results', async () => {
    const { post } = await client()
    const { json } = await post('googleAds:searchStream', { query: `${query} WHERE campaign_budget.id = 1` })
    expect(json).toHaveLength(1)
    expect((json as readonly Chunk[])[0]).not.toHaveProperty('results')
  })

  test('a summary row sums the metrics', async () => {
    const { post } = await client()
    const body = {
      query: 'SELECT campaign.id, metrics.clicks FROM campaign',
      summaryRowSetting: 'SUMMARY_ROW_WITH_RESULTS',
    }
    const { json } = await post('googleAds:searchStream', body)
    expect((json as readonly Chunk[]).at(-1)?.summaryRow).toEqual({ metrics: { clicks: '200' } })
  })
})
