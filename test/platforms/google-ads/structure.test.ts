import { afterEach, describe, expect, test } from 'vitest'
import { bidStrategy, learningState } from '../../../lib/platforms/google-ads/strategies.ts'
import { currency } from '../../../lib/units/money.ts'
import {
  ACCOUNT,
  CUSTOMER_PAGE,
  failureOf,
  NO_ROWS,
  platformAt,
  queryOf,
  type TinyServer,
  tinyServer,
} from './tiny-server.ts'

const USD = currency('USD')
const CPA = { micros: 20_000_000n, currency: 'USD' }

test.each([
  ['MANUAL_CPC', {}, { kind: 'manual-cpc' }],
  ['ENHANCED_CPC', {}, { kind: 'manual-cpc' }],
  ['TARGET_CPA', { targetCpa: { targetCpaMicros: 20_000_000n } }, { kind: 'target-cpa', targetCpa: CPA }],
  // The same strategy by another name since Google merged the two.
  [
    'MAXIMIZE_CONVERSIONS',
    { maximizeConversions: { targetCpaMicros: 20_000_000n } },
    { kind: 'target-cpa', targetCpa: CPA },
  ],
  ['MAXIMIZE_CONVERSIONS', { maximizeConversions: { targetCpaMicros: 0n } }, { kind: 'max-conversions' }],
  ['MAXIMIZE_CONVERSIONS', {}, { kind: 'max-conversions' }],
  ['TARGET_ROAS', { targetRoas: { targetRoas: 3.5 } }, { kind: 'target-roas', targetRoas: 3.5 }],
  [
    'MAXIMIZE_CONVERSION_VALUE',
    { maximizeConversionValue: { targetRoas: 3.5 } },
    { kind: 'target-roas', targetRoas: 3.5 },
  ],
  ['MAXIMIZE_CONVERSION_VALUE', {}, { kind: 'max-value' }],
  ['TARGET_SPEND', {}, { kind: 'other' }],
  ['TARGET_IMPRESSION_SHARE', {}, { kind: 'other' }],
  ['A_TYPE_OF_TOMORROW', {}, { kind: 'other' }],
])('%s with %o is %o', (type, targets, strategy) => {
  expect(bidStrategy(type, targets, USD)).toEqual(strategy)
})

test.each([
  ['ENABLED', 'stable'],
  ['LEARNING_BUDGET_CHANGE', 'learning'],
  ['MULTIPLE_LEARNING', 'learning'],
  ['LIMITED_BY_BUDGET', 'limited'],
  ['MISCONFIGURED_SHARED_BUDGET', 'unknown'],
  ['PAUSED', 'unknown'],
  [undefined, 'unknown'],
])('system status %s is %s', (status, state) => {
  expect(learningState(status)).toBe(state)
})

let server: TinyServer
afterEach(() => server?.close())

const UNIT = { currencyConstant: { code: 'USD', billableUnitMicros: '10000' } }
const campaign = (id: string, over: object = {}) => ({
  campaign: {
    id,
    name: `C${id}`,
    status: 'ENABLED',
    advertisingChannelType: 'PERFORMANCE_MAX',
    campaignBudget: 'customers/1/campaignBudgets/50',
    biddingStrategyType: 'MANUAL_CPC',
    ...over,
  },
})
const budget = (id: string, over: object = {}) => ({
  campaignBudget: {
    id,
    name: `B${id}`,
    status: 'ENABLED',
    period: 'DAILY',
    amountMicros: '5000000',
    explicitlyShared: false,
    referenceCount: '1',
    ...over,
  },
})

/** What is there unless a test says otherwise: the unit of the currency, and the budget that every campaign here names. */
const GIVEN: Readonly<Record<string, readonly object[]>> = {
  currency_constant: [UNIT],
  campaign_budget: [budget('50')],
}

async function structureOf(rows: Readonly<Record<string, readonly object[]>>, what = { criteria: true }) {
  server = await tinyServer((asked) => {
    const resource = / FROM (\w+)/.exec(queryOf(asked))?.[1] ?? ''
    const results = rows[resource] ?? GIVEN[resource]
    return { json: results ? { results, fieldMask: 'x' } : NO_ROWS }
  })
  return platformAt(server).reader.structure(ACCOUNT, what)
}

test('what is listed twice, or names a budget that is not listed, is no structure', async () => {
  const failing = (rows: Parameters<typeof structureOf>[0]) => failureOf(structureOf(rows))
  expect(await failing({ campaign: [campaign('1'), campaign('1')] })).toMatchObject({ kind: 'unreadable' })
  await server.close()
  expect(await failing({ campaign_budget: [budget('50'), budget('50')] })).toMatchObject({ kind: 'unreadable' })
  await server.close()
  expect(await failing({ campaign: [campaign('1')], campaign_budget: [] })).toMatchObject({ kind: 'transient' })
})

test('a state that is not known yet may spend, and counts as active', async () => {
  const { campaigns, budgets } = await structureOf({
    campaign: [campaign('1', { status: 'UNKNOWN' })],
    campaign_budget: [budget('50', { status: 'UNKNOWN' })],
  })
  expect([campaigns[0]?.status, budgets[0]?.status]).toEqual(['active', 'active'])
})

test('a date that does not exist, an amount below zero, a unit of zero and names that objects answer to', async () => {
  const wrong = async (rows: Parameters<typeof structureOf>[0]) => {
    const { kind } = await failureOf(structureOf(rows))
    await server.close()
    return kind
  }
  expect(await wrong({ campaign: [campaign('1', { endDateTime: '2026-02-30 00:00:00' })] })).toBe('unreadable')
  expect(await wrong({ campaign_budget: [budget('50', { amountMicros: '-5000000' })] })).toBe('unreadable')
  const zero = { currencyConstant: { code: 'USD', billableUnitMicros: '0' } }
  const { blockers, campaigns } = await structureOf({
    currency_constant: [zero],
    campaign: [campaign('1', { biddingStrategySystemStatus: '__proto__', biddingStrategyType: 'constructor' })],
  })
  expect(blockers).toMatchObject([{ code: 'BILLABLE_UNIT_MISMATCH' }])
  expect(campaigns[0]).toMatchObject({ learning: 'unknown', strategy: { kind: 'other' } })
})

describe('budgets', () => {
  test.each([
    [{ explicitlyShared: false, referenceCount: '1' }, 'campaign'],
    [{ explicitlyShared: true, referenceCount: '1' }, 'shared'],
    [{ explicitlyShared: false, referenceCount: '2' }, 'shared'],
  ])('%j is owned by: %s', async (over, owner) => {
    expect((await structureOf({ campaign_budget: [budget('50', over)] })).budgets).toMatchObject([{ owner }])
  })

  test('one for a custom period is a lifetime budget that lasts to the last end of its campaigns', async () => {
    const period = { period: 'CUSTOM_PERIOD', amountMicros: undefined, totalAmountMicros: '900000000' }
    const { budgets } = await structureOf({
      campaign: [
        campaign('1', { endDateTime: '2026-12-24 23:59:59' }),
        campaign('2', { endDateTime: '2026-12-31 23:59:59' }),
        campaign('3', { status: 'REMOVED' }),
      ],
      campaign_budget: [budget('50', period)],
    })
    expect(budgets).toMatchObject([
      { period: 'lifetime', amount: { micros: 900_000_000n }, endsOn: '2026-12-31', campaigns: ['1', '2'] },
    ])
  })

  test('one that does not say whether it is shared fails the read', async () => {
    const failure = await failureOf(structureOf({ campaign_budget: [budget('50', { explicitlyShared: undefined })] }))
    expect(failure).toMatchObject({
      kind: 'unreadable',
      detail: expect.stringContaining('results[0].campaignBudget.explicitlyShared'),
    })
  })

  test('one without an amount fails the read', async () => {
    const failure = await failureOf(structureOf({ campaign_budget: [budget('50', { amountMicros: undefined })] }))
    expect(failure).toMatchObject({ detail: 'campaignBudget 50.amountMicros: a DAILY budget has none' })
  })
})

test('a campaign in a portfolio has the portfolio’s target and its id', async () => {
  const { campaigns } = await structureOf({
    campaign: [
      campaign('1', { biddingStrategyType: 'TARGET_CPA', biddingStrategy: 'customers/1/biddingStrategies/77' }),
    ],
    bidding_strategy: [
      {
        biddingStrategy: {
          resourceName: 'customers/1/biddingStrategies/77',
          id: '77',
          type: 'TARGET_CPA',
          targetCpa: { targetCpaMicros: '20000000' },
        },
      },
    ],
  })
  expect(campaigns).toMatchObject([
    { kind: 'performance-max', strategy: { kind: 'target-cpa', targetCpa: CPA, portfolioStrategy: '77' } },
  ])
})

test('a strategy of the manager account is known by its kind, without a target', async () => {
  const { campaigns } = await structureOf({
    campaign: [
      campaign('1', { biddingStrategyType: 'TARGET_ROAS', biddingStrategy: 'customers/9/biddingStrategies/8' }),
    ],
  })
  expect(campaigns[0]?.strategy).toEqual({ kind: 'target-roas', portfolioStrategy: '8' })
})

test('device multipliers are float32; other devices and missing modifiers are left out', async () => {
  const criterion = (type: string, bidModifier?: number) => ({
    campaign: { id: '1' },
    campaignCriterion: { resourceName: 'customers/1/campaignCriteria/1~3', device: { type }, bidModifier },
  })
  const { campaigns } = await structureOf({
    campaign: [campaign('1')],
    campaign_criterion: [
      criterion('MOBILE', 1.1),
      criterion('DESKTOP'),
      criterion('CONNECTED_TV', 2),
      criterion('TABLET', 0),
    ],
  })
  expect(campaigns[0]?.deviceMultipliers).toEqual({ mobile: 1.100000023841858, tablet: 0 })
})

test('what a campaign lists is there with its modifier, 1 where it has none; what is of another kind is left out', async () => {
  const criterion = (id: string, type: string, over: object = {}) => ({
    campaign: { id: '1' },
    campaignCriterion: { resourceName: `customers/1/campaignCriteria/1~${id}`, type, ...over },
  })
  const { campaigns } = await structureOf({
    campaign: [campaign('1'), campaign('2')],
    campaign_criterion: [
      criterion('21', 'LOCATION', { displayName: 'Berlin', bidModifier: 1.1 }),
      criterion('22', 'AD_SCHEDULE', { displayName: 'Monday' }),
      criterion('23', 'CUSTOM_AUDIENCE'),
      criterion('24', 'LANGUAGE', { displayName: 'German' }),
    ],
  })
  expect(campaigns[0]?.criteria).toEqual([
    { dimension: 'place', id: '21', name: 'Berlin', multiplier: 1.100000023841858 },
    { dimension: 'hour', id: '22', name: 'Monday', multiplier: 1 },
    { dimension: 'audience', id: '23', name: '23', multiplier: 1 },
  ])
  expect(campaigns[1]).not.toHaveProperty('criteria')
})

test('a dimension of which a campaign lists more than a hundred is left out, and the others are not', async () => {
  const criterion = (id: number, type: string) => ({
    campaign: { id: '1' },
    campaignCriterion: { resourceName: `customers/1/campaignCriteria/1~${id}`, type },
  })
  const { campaigns } = await structureOf({
    campaign: [campaign('1')],
    campaign_criterion: [
      ...Array.from({ length: 101 }, (_, i) => criterion(i, 'LOCATION')),
      ...Array.from({ length: 100 }, (_, i) => criterion(200 + i, 'USER_LIST')),
    ],
  })
  expect(campaigns[0]?.criteria?.map(({ dimension }) => dimension)).toEqual(Array(100).fill('audience'))
})

test.each([true, false])('what campaigns list is read only where it is asked for: %s', async (criteria) => {
  await structureOf({ campaign: [campaign('1')] }, { criteria })
  expect(server!.asked.map(queryOf).some((query) => query.includes("'AD_SCHEDULE'"))).toBe(criteria)
})

test('ad groups are listed where they override a target', async () => {
  const { adGroups } = await structureOf({
    campaign: [campaign('1', { biddingStrategyType: 'TARGET_CPA', targetCpa: { targetCpaMicros: '9' } })],
    ad_group: [
      { adGroup: { id: '11', name: 'G', status: 'PAUSED', targetCpaMicros: '20000000' }, campaign: { id: '1' } },
    ],
  })
  expect(adGroups[0]).toMatchObject({
    campaign: '1',
    status: 'paused',
    strategy: { kind: 'target-cpa', targetCpa: CPA },
  })
})

describe('experiments', () => {
  const experiment = (status: string) => ({
    experiment: {
      resourceName: 'customers/1/experiments/3',
      experimentId: '3',
      name: 'E',
      status,
      startDate: '2026-11-01',
      endDate: '2026-11-30',
    },
  })
  const arm = (control: boolean, ids: readonly string[], designed: readonly string[] = []) => ({
    experimentArm: {
      experiment: 'customers/1/experiments/3',
      control,
      campaigns: ids.map((id) => `customers/1/campaigns/${id}`),
      inDesignCampaigns: designed.map((id) => `customers/1/campaigns/${id}`),
    },
  })

  test('name the base first, then arms, drafts and the trial campaigns that Google made of them', async () => {
    const { experiments } = await structureOf({
      campaign: [
        campaign('1'),
        campaign('4', { experimentType: 'EXPERIMENT', baseCampaign: 'customers/1/campaigns/1' }),
      ],
      experiment: [experiment('ENABLED')],
      experiment_arm: [arm(false, ['2'], ['3']), arm(true, ['1'])],
    })
    expect(experiments).toEqual([
      { id: '3', name: 'E', campaigns: ['1', '2', '3', '4'], from: '2026-11-01', to: '2026-11-30' },
    ])
  })

  test.each([
    ['SETUP', 0],
    ['INITIATED', 1],
    ['ENABLED', 1],
    ['PROMOTED', 1],
    ['HALTED', 0],
    ['GRADUATED', 0],
    ['REMOVED', 0],
  ])('with status %s count as running: %d', async (status, running) => {
    const { experiments } = await structureOf({ experiment: [experiment(status)], experiment_arm: [arm(true, ['1'])] })
    expect(experiments).toHaveLength(running)
  })
})

describe('the account’s spend cap', () => {
  const cap = (over: object) => ({
    accountBudget: { id: '1', adjustedSpendingLimitMicros: '1000000000', amountServedMicros: '400000000', ...over },
  })

  // It is 13:00 on 21 November in Berlin.
  test.each([
    ['what is left of it', [cap({})], 600_000_000n],
    ['none where it has no limit', [cap({ adjustedSpendingLimitMicros: undefined })], undefined],
    ['nothing where it is overspent', [cap({ amountServedMicros: '1000000001' })], 0n],
    ['not one that has ended', [cap({ approvedEndDateTime: '2026-11-21 12:59:59' })], undefined],
    ['one that is about to end', [cap({ approvedEndDateTime: '2026-11-21 13:00:01' })], 600_000_000n],
    ['not one of the future', [cap({ approvedStartDateTime: '2026-11-21 13:00:01' })], undefined],
    ['the tighter of two', [cap({}), cap({ adjustedSpendingLimitMicros: '500000000' })], 100_000_000n],
  ])('is %s', async (_, rows, micros) => {
    expect((await structureOf({ account_budget: rows })).remainingSpendCap?.micros).toBe(micros)
  })
})

describe('blockers', () => {
  const codes = async (rows: Readonly<Record<string, readonly object[]>>) =>
    (await structureOf(rows)).blockers.map(({ code }) => code)

  test('an account that is not enabled', async () => {
    const [row] = CUSTOMER_PAGE.results
    const suspended = { customer: { ...row?.customer, status: 'SUSPENDED' } }
    server = await tinyServer((asked) => ({
      json: / FROM currency_constant/.test(queryOf(asked)) ? { results: [UNIT], fieldMask: 'x' } : NO_ROWS,
    }))
    CUSTOMER_PAGE.results[0] = suspended as never
    const { blockers } = await platformAt(server).reader.structure(ACCOUNT)
    CUSTOMER_PAGE.results[0] = row as never
    expect(blockers).toMatchObject([{ code: 'CUSTOMER_SUSPENDED' }])
  })

  test('a campaign that does not declare EU political advertising', async () => {
    const missing = { missingEuPoliticalAdvertisingDeclaration: true }
    expect(await codes({ campaign: [campaign('1', missing)] })).toEqual([
      'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED',
    ])
    await server.close()
    expect(await codes({ campaign: [campaign('1', { ...missing, status: 'REMOVED' })] })).toEqual([])
  })

  test.each([
    ['10000', []],
    ['5000', []],
    ['1000000', ['BILLABLE_UNIT_MISMATCH']],
  ])('a live billable unit of %s where the table has 10000: %j', async (billableUnitMicros, expected) => {
    const live = { currencyConstant: { code: 'USD', billableUnitMicros } }
    expect(await codes({ currency_constant: [live] })).toEqual(expected)
  })
})
