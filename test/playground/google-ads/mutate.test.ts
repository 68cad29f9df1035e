import { describe, expect, test } from 'vitest'
import { GOOGLE_TWIN_CREDENTIALS } from '../../../playground/platforms/google-ads/tokens.ts'
import { aClient, codeOf } from './client.ts'
import { type AccountSpec, aBudget, aWorld, CUSTOMER } from './stub-world.ts'

const budget = (id: string) => `customers/${CUSTOMER}/campaignBudgets/${id}`
const campaign = (id: string) => `customers/${CUSTOMER}/campaigns/${id}`
const amount = (amountMicros: string, id = '501') => ({
  updateMask: 'amountMicros',
  update: { resourceName: budget(id), amountMicros },
})

async function setUp(over: Partial<AccountSpec> = {}, options: object = {}) {
  const world = aWorld(over)
  const client = await aClient({ world, ...options })
  const one = async (path: string, operation: object) => client.post(path, { operations: [operation] })
  return { ...client, world, one }
}

describe('budgets', () => {
  test('an amount is set, by the client as actor', async () => {
    const { one, world } = await setUp()
    const { status, json } = await one('campaignBudgets:mutate', amount('60000000'))
    expect([status, json]).toEqual([200, { results: [{ resourceName: budget('501') }] }])
    expect(world.edits).toEqual([
      {
        edit: {
          platform: 'google-ads',
          accountId: CUSTOMER,
          kind: 'budget',
          budgetId: '501',
          amountMicros: 60_000_000n,
        },
        actor: { kind: 'api', name: GOOGLE_TWIN_CREDENTIALS.clientId },
      },
    ])
  })

  test('a shared budget takes one write for all its campaigns', async () => {
    const { one, rows } = await setUp()
    await one('campaignBudgets:mutate', amount('90000000', '503'))
    const found = await rows('SELECT campaign_budget.amount_micros FROM campaign WHERE campaign.id IN (103, 104)')
    expect(found.map((r) => r.campaignBudget?.amountMicros)).toEqual(['90000000', '90000000'])
  })

  test.each([
    ['60000001', 'NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT'],
    ['-10000', 'NEGATIVE_MONEY_AMOUNT'],
    ['0', 'MONEY_AMOUNT_LESS_THAN_CURRENCY_MINIMUM_CPC'],
    ['990000', 'BUDGET_BELOW_PER_DAY_MINIMUM'],
    ['1000000000010000', 'MONEY_AMOUNT_TOO_LARGE'],
  ])('%s micros of a dollar is refused with %s, and nothing is written', async (micros, code) => {
    const { one, world } = await setUp()
    const { status, json } = await one('campaignBudgets:mutate', amount(micros))
    expect([status, codeOf(json)]).toEqual([400, `campaignBudgetError.${code}`])
    expect(world.edits).toEqual([])
  })

  test('a yen has no parts', async () => {
    const { one } = await setUp({ currency: 'JPY' })
    const half = await one('campaignBudgets:mutate', amount('5000500000'))
    expect(codeOf(half.json)).toBe('campaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT')
    expect((await one('campaignBudgets:mutate', amount('5001000000'))).status).toBe(200)
  })

  test('the error below the minimum says what the minimum would have been', async () => {
    const { one } = await setUp()
    const { json } = await one('campaignBudgets:mutate', amount('500000'))
    const details = {
      budgetPerDayMinimumErrorDetails: {
        currencyCode: 'USD',
        budgetPerDayMinimumMicros: '1000000',
        minimumBudgetAmountMicros: '1000000',
        failedBudgetAmountMicros: '500000',
      },
    }
    expect(json).toMatchObject({ error: { details: [{ errors: [{ details }] }] } })
  })

  test.each([
    ['the amount of a removed budget', amount('60000000', '505'), 'campaignBudgetError.CAMPAIGN_BUDGET_REMOVED'],
    ['an unknown budget', amount('60000000', '999'), 'mutateError.RESOURCE_NOT_FOUND'],
    [
      'no mask',
      { update: { resourceName: budget('501'), amountMicros: '60000000' } },
      'fieldMaskError.FIELD_MASK_MISSING',
    ],
    [
      'a mask of no field',
      { updateMask: 'amount', update: { resourceName: budget('501') } },
      'fieldMaskError.FIELD_NOT_FOUND',
    ],
    [
      'an output field',
      { updateMask: 'reference_count', update: { resourceName: budget('501') } },
      'requestError.IMMUTABLE_FIELD',
    ],
    [
      'an immutable field',
      { updateMask: 'period', update: { resourceName: budget('501'), period: 'DAILY' } },
      'requestError.IMMUTABLE_FIELD',
    ],
    [
      'a cleared amount',
      { updateMask: 'amount_micros', update: { resourceName: budget('501') } },
      'fieldError.FIELD_CANNOT_BE_CLEARED',
    ],
    [
      'a total for a daily budget',
      { updateMask: 'total_amount_micros', update: { resourceName: budget('501'), totalAmountMicros: '60000000' } },
      'campaignBudgetError.TOTAL_BUDGET_AMOUNT_MUST_BE_UNSET_FOR_BUDGET_PERIOD_DAILY',
    ],
    [
      'sharing what is not shared',
      { updateMask: 'explicitly_shared', update: { resourceName: budget('501'), explicitlyShared: true } },
      'campaignBudgetError.CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_EXPLICITLY_SHARED',
    ],
    [
      'unsharing what is shared',
      { updateMask: 'explicitly_shared', update: { resourceName: budget('503'), explicitlyShared: false } },
      'campaignBudgetError.CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_IMPLICITLY_SHARED',
    ],
    ['creation', { create: { amountMicros: '60000000' } }, 'mutateError.MUTATE_NOT_ALLOWED'],
    ['nothing', {}, 'requestError.OPERATION_REQUIRED'],
  ])('%s is refused', async (_, operation, code) => {
    const { one } = await setUp()
    expect(codeOf((await one('campaignBudgets:mutate', operation)).json)).toBe(code)
  })

  test('a lifetime budget takes its total amount', async () => {
    const { one, world } = await setUp({ budgets: [aBudget('501', 900_000_000n, ['101'], { period: 'lifetime' })] })
    const update = { resourceName: budget('501'), totalAmountMicros: '950000000' }
    await one('campaignBudgets:mutate', { updateMask: 'total_amount_micros', update })
    expect(world.edits[0]?.edit).toMatchObject({ budgetId: '501', amountMicros: 950_000_000n })
  })
})

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

describe('requests', () => {
  const mixed = (...mutateOperations: readonly object[]) => ({ mutateOperations })
  const good = { campaignBudgetOperation: amount('60000000') }
  const bad = {
    campaignOperation: { updateMask: 'status', update: { resourceName: campaign('999'), status: 'PAUSED' } },
  }

  test('are all or nothing', async () => {
    const { post, world } = await setUp()
    const { status } = await post('googleAds:mutate', mixed(good, bad))
    expect([status, world.edits]).toEqual([404, []])
  })

  test('under partial failure do what can be done; the failed operation has an empty answer and its place in the error', async () => {
    const { post, world } = await setUp()
    const { status, json } = await post('googleAds:mutate', { ...mixed(good, bad), partialFailure: true })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      mutateOperationResponses: [{ campaignBudgetResult: { resourceName: budget('501') } }, {}],
      partialFailureError: {
        code: 3,
        details: [
          {
            '@type': 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure',
            errors: [
              {
                errorCode: { mutateError: 'RESOURCE_NOT_FOUND' },
                location: {
                  fieldPathElements: [
                    { fieldName: 'mutate_operations', index: 1 },
                    { fieldName: 'campaign_operation' },
                    { fieldName: 'resource_name' },
                  ],
                },
              },
            ],
          },
        ],
      },
    })
    expect(world.edits).toHaveLength(1)
  })

  test('only validated change nothing and answer nothing', async () => {
    const { post, world } = await setUp()
    const { status, json } = await post('googleAds:mutate', { ...mixed(good), validateOnly: true })
    expect([status, json, world.edits]).toEqual([200, {}, []])
  })

  test('may not name a resource twice', async () => {
    const { post } = await setUp()
    const { json } = await post('campaignBudgets:mutate', { operations: [amount('60000000'), amount('70000000')] })
    expect(codeOf(json)).toBe('mutateError.ID_EXISTS_IN_MULTIPLE_MUTATES')
  })

  test('may ask for the resource as it now is', async () => {
    const { post } = await setUp()
    const body = { operations: [amount('60000000')], responseContentType: 'MUTABLE_RESOURCE' }
    const { json } = await post('campaignBudgets:mutate', body)
    expect(json).toMatchObject({ results: [{ campaignBudget: { amountMicros: '60000000', period: 'DAILY' } }] })
  })

  test('without operations are refused', async () => {
    const { post } = await setUp()
    expect(codeOf((await post('campaignBudgets:mutate', {})).json)).toBe('requestError.REQUIRED_FIELD_MISSING')
  })

  test.each([
    ['{"operations": [', 'Invalid JSON payload received. Unexpected token.'],
    [{ operation: [] }, 'Invalid JSON payload received. Unknown name "operation": Cannot find field.'],
    [
      { operations: [{ updateMask: 'amount_micros', update: { resourceName: budget('501'), amount: '1' } }] },
      `Invalid JSON payload received. Unknown name "amount" at 'operations[0].update': Cannot find field.`,
    ],
    [{ operations: [amount('many')] }, `Invalid value at 'amount_micros' (TYPE_INT64), "many"`],
  ])('that are not of the message are refused by the gateway: %j', async (body, message) => {
    const { post } = await setUp()
    const { status, json } = await post('campaignBudgets:mutate', body)
    expect(status).toBe(400)
    expect(json).toMatchObject({ error: { status: 'INVALID_ARGUMENT', message } })
  })

  test('on a suspended account are refused', async () => {
    const { one } = await setUp({ status: 'suspended' })
    const { status, json } = await one('campaignBudgets:mutate', amount('60000000'))
    expect([status, codeOf(json)]).toEqual([403, 'authorizationError.ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT'])
  })

  test('on an account without the EU political declaration are refused, and the account says so', async () => {
    const { one, rows } = await setUp({}, { euPoliticalDeclarationMissing: [CUSTOMER] })
    const { json } = await one('campaignBudgets:mutate', amount('60000000'))
    expect(codeOf(json)).toBe('mutateError.EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED')
    const [row] = await rows('SELECT campaign.missing_eu_political_advertising_declaration FROM campaign LIMIT 1')
    expect(row?.campaign?.missingEuPoliticalAdvertisingDeclaration).toBe(true)
  })
})
