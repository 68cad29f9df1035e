import { describe, expect, test } from 'vitest'
import { accountDate } from '../../../lib/units/calendar.ts'
import { aClient } from './client.ts'
import { aBudget, aCampaign, aWorld, CUSTOMER } from './stub-world.ts'

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
