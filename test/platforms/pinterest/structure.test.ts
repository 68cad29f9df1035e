import { describe, expect, test } from 'vitest'
import { PlatformError } from '../../../lib/model/failure.ts'
import { currencyOf, roleBlockers } from '../../../lib/platforms/pinterest/account.ts'
import { adGroupSchema, campaignSchema } from '../../../lib/platforms/pinterest/schema.ts'
import { disabledBlockers, translate } from '../../../lib/platforms/pinterest/structure.ts'
import { adGroupJson, campaignJson, EUR, eur } from './stub.ts'

const read = (campaigns: readonly object[], adGroups: readonly object[] = []) =>
  translate(
    campaigns.map((one) => campaignSchema.parse(one)),
    adGroups.map((one) => adGroupSchema.parse(one)),
    EUR,
  )
const OWN = { is_campaign_budget_optimization: false, daily_spend_cap: null }

describe('a budget', () => {
  test('of a campaign that optimises it is its daily cap', () => {
    const { budgets, campaigns, adGroups } = read([campaignJson('1')], [adGroupJson('11', '1')])
    expect(budgets).toEqual([
      {
        id: '1',
        name: 'Campaign 1',
        owner: 'campaign',
        period: 'daily',
        amount: eur(20_000_000n),
        campaigns: ['1'],
        status: 'active',
      },
    ])
    expect(campaigns[0]?.budget).toBe('1')
    expect(adGroups[0]).not.toHaveProperty('budget')
  })

  test('or its lifetime cap, which lasts to the campaign’s end', () => {
    // 2026-12-01T00:00:00Z: the day before is the last.
    const json = campaignJson('1', {
      daily_spend_cap: null,
      lifetime_spend_cap: 900_000_000,
      end_time: 1_796_083_200,
    })
    expect(read([json]).budgets).toMatchObject([
      { period: 'lifetime', amount: eur(900_000_000n), endsOn: '2026-11-30' },
    ])
  })

  test('and never both', () => {
    const both = campaignJson('1', { lifetime_spend_cap: 1_000_000 })
    expect(() => read([both])).toThrow('campaign 1: has a daily_spend_cap and a lifetime_spend_cap')
  })

  test('of an ad group stands under campaigns that do not optimise it, whose caps are none', () => {
    const { budgets, adGroups, campaigns } = read(
      [campaignJson('1', { ...OWN, daily_spend_cap: 99_000_000 })],
      [
        adGroupJson('11', '1', { budget_type: 'DAILY', budget_in_micro_currency: 5_000_000 }),
        adGroupJson('12', '1', {
          budget_type: 'LIFETIME',
          budget_in_micro_currency: 70_000_000,
          end_time: 1_796_083_200,
        }),
      ],
    )
    expect(budgets).toMatchObject([
      { id: '11', owner: 'ad-group', adGroup: '11', period: 'daily', amount: eur(5_000_000n), campaigns: ['1'] },
      { id: '12', owner: 'ad-group', period: 'lifetime', amount: eur(70_000_000n), endsOn: '2026-11-30' },
    ])
    expect(adGroups.map(({ budget }) => budget)).toEqual(['11', '12'])
    expect(campaigns[0]).not.toHaveProperty('budget')
  })

  test('of an ad group under an optimised campaign is Pinterest’s own, whatever amount it shows', () => {
    const shown = adGroupJson('11', '1', { budget_in_micro_currency: 7_000_000 })
    expect(read([campaignJson('1')], [shown]).budgets.map(({ id }) => id)).toEqual(['1'])
    expect(read([campaignJson('1', OWN)], [shown]).budgets).toEqual([])
  })

  test('with an amount and no type is unreadable', () => {
    const odd = adGroupJson('11', '1', { budget_type: null, budget_in_micro_currency: 7_000_000 })
    expect(() => read([campaignJson('1', OWN)], [odd])).toThrow('ad group 11: a budget without a budget_type')
  })

  test('of a campaign and one of an ad group with the same id are not told apart', () => {
    const adGroup = adGroupJson('1', '2', { budget_type: 'DAILY', budget_in_micro_currency: 7_000_000 })
    expect(() => read([campaignJson('1'), campaignJson('2', OWN)], [adGroup])).toThrow(
      'budget 1: a campaign and an ad group hold one',
    )
  })

  test('beyond 2^53 micros is read from its digits', () => {
    const vast = campaignJson('1', { daily_spend_cap: '9007199254740993' })
    expect(read([vast]).budgets[0]?.amount.micros).toBe(9_007_199_254_740_993n)
  })
})

describe('a status', () => {
  test.each([
    ['ACTIVE', 'active'],
    ['PAUSED', 'paused'],
    ['ARCHIVED', 'removed'],
  ])('%s is %s', (status, ours) => {
    expect(read([campaignJson('1', { status })]).campaigns[0]?.status).toBe(ours)
  })
  test('of an active ad group is its campaign’s', () => {
    const { adGroups } = read([campaignJson('1', { status: 'PAUSED' })], [adGroupJson('11', '1')])
    expect(adGroups[0]?.status).toBe('paused')
  })
  test('that is not documented is not guessed', () => {
    expect(campaignSchema.safeParse(campaignJson('1', { status: 'SLEEPING' })).success).toBe(false)
    expect(adGroupSchema.safeParse(adGroupJson('1', '1', { budget_type: 'WEEKLY' })).success).toBe(false)
  })
  test('of a draft keeps it out', () => {
    const { campaigns, adGroups } = read(
      [campaignJson('1', { status: 'DRAFT' })],
      [adGroupJson('11', 'C1', { status: 'DRAFT' })],
    )
    expect([campaigns, adGroups]).toEqual([[], []])
  })
  test('that tells of a disabled advertiser blocks writes and stops the campaign', () => {
    const json = campaignJson('1', { summary_status: 'ADVERTISER_DISABLED' })
    expect(disabledBlockers([campaignSchema.parse(json)])).toMatchObject([{ code: 'ADVERTISER_DISABLED' }])
    expect(read([json]).campaigns[0]?.trouble).toEqual({ kind: 'stopped', reasons: ['ADVERTISER_DISABLED'] })
    expect(disabledBlockers([campaignSchema.parse(campaignJson('1'))])).toEqual([])
  })
})

describe('a bid strategy', () => {
  const goal = (more: object) => ({
    optimization_goal_metadata: { conversion_tag_v3_goal_metadata: { conversion_event: 'CHECKOUT', ...more } },
  })
  test.each<[string, object, object]>([
    ['automatic, for conversions', {}, { kind: 'max-conversions' }],
    ['automatic, for value', goal({ is_roas_optimized: true }), { kind: 'max-value' }],
    [
      'automatic, with a CPA goal',
      goal({ cpa_goal_value_in_micro_currency: '12500000' }),
      { kind: 'target-cpa', targetCpa: eur(12_500_000n) },
    ],
    ['automatic, for anything else', { optimization_goal_metadata: null }, { kind: 'other' }],
    [
      'a target average with a CPA goal',
      { bid_strategy_type: 'TARGET_AVG', ...goal({ cpa_goal_value_in_micro_currency: '9000000' }) },
      { kind: 'target-cpa', targetCpa: eur(9_000_000n) },
    ],
    [
      'a target average of clicks',
      { bid_strategy_type: 'TARGET_AVG', optimization_goal_metadata: null, bid_in_micro_currency: 300_000 },
      { kind: 'other', bid: eur(300_000n) },
    ],
    [
      'a bid of at most',
      { bid_strategy_type: 'MAX_BID', bid_in_micro_currency: 450_000 },
      { kind: 'bid-cap', bid: eur(450_000n) },
    ],
    ['one that is not documented', { bid_strategy_type: 'GUESS_BID' }, { kind: 'other' }],
    ['none', { bid_strategy_type: null }, { kind: 'other' }],
  ])('%s', (_name, more, strategy) => {
    expect(read([campaignJson('1')], [adGroupJson('11', '1', more)]).adGroups[0]?.strategy).toEqual(strategy)
  })
  test('of a campaign is the one that all its ad groups share, without amounts', () => {
    const max = { bid_strategy_type: 'MAX_BID', bid_in_micro_currency: 450_000 }
    const same = [adGroupJson('11', '1', max), adGroupJson('12', '1', max)]
    expect(read([campaignJson('1')], same).campaigns[0]?.strategy).toEqual({ kind: 'bid-cap' })
    const mixed = [adGroupJson('11', '1', max), adGroupJson('12', '1')]
    expect(read([campaignJson('1')], mixed).campaigns[0]?.strategy).toEqual({ kind: 'other' })
  })
})

describe('a campaign', () => {
  test.each<[object, string]>([
    [{}, 'web-conversion'],
    [{ objective_type: 'CATALOG_SALES' }, 'catalog-sales'],
    [{ is_performance_plus: true }, 'performance-plus'],
    [{ is_automated_campaign: true }, 'performance-plus'],
    [{ objective_type: null }, 'unknown'],
  ])('with %j is of kind %s', (more, kind) => {
    expect(read([campaignJson('1', more)]).campaigns[0]?.kind).toBe(kind)
  })
  test('learns while any of its ad groups does', () => {
    const adGroups = [adGroupJson('11', '1'), adGroupJson('12', '1', { conversion_learning_mode_type: 'ACTIVE' })]
    expect(read([campaignJson('1')], adGroups).campaigns[0]?.learning).toBe('learning')
  })
  test('multiplies bids of a device where all its app types agree', () => {
    const app_type_multipliers = { iphone: 1.5, android_mobile: 1.5, web_mobile: 1.5, ipad: 0.5, web: 1 }
    const [campaign] = read([campaignJson('1', { bid_options: { app_type_multipliers } })]).campaigns
    expect(campaign?.deviceMultipliers).toEqual({ mobile: 1.5 })
  })
  test('of an ad group that is not in the list asks to be read again', () => {
    expect(() => read([campaignJson('1')], [adGroupJson('21', '2')])).toThrow(PlatformError)
    expect(read([campaignJson('1')], [adGroupJson('21', '2', { status: 'ARCHIVED' })]).adGroups).toEqual([])
  })
})

describe('an account', () => {
  test('in a currency that is not known is refused by its name', () => {
    expect(() => currencyOf({ currency: 'UNK' })).toThrow('currency UNK is not among those that Pinterest bills in')
    expect(() => currencyOf({ currency: 'euro' })).toThrow('euro')
  })
  test.each<[string[] | null, number]>([
    [['OWNER'], 0],
    [['ANALYST', 'CAMPAIGN_MANAGER'], 0],
    [['ANALYST'], 1],
    [['ANALYST', 'FINANCE_VIEW'], 1],
    [['NEW_ROLE'], 0],
    [[], 0],
    [null, 0],
  ])('whose roles are %j has %s blockers', (permissions, count) => {
    expect(roleBlockers({ permissions })).toHaveLength(count)
  })
})
