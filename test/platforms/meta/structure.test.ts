import { afterEach, describe, expect, test } from 'vitest'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import { ACCOUNT, adapterOn, type Stub, startStub } from './stub.ts'

let stub: Stub | undefined
afterEach(() => stub?.close())

interface Answers {
  readonly account?: object
  readonly campaigns?: readonly object[]
  readonly adSets?: readonly object[]
  /** By path. */
  readonly more?: Readonly<Record<string, readonly object[]>>
}

/** The structure that an account with these objects is read as; Berlin, dollars, active unless told otherwise. */
async function structureOf({ account, campaigns = [], adSets = [], more = {} }: Answers): Promise<AccountStructure> {
  const basics = { id: 'act_1001', name: 'Shop', currency: 'USD', timezone_name: 'Europe/Berlin', account_status: 1 }
  const edges: Record<string, readonly object[]> = {
    '/v25.0/act_1001/campaigns': campaigns,
    '/v25.0/act_1001/adsets': adSets,
    ...more,
  }
  stub = await startStub(({ path }) =>
    path === '/v25.0/act_1001' ? { json: { ...basics, ...account } } : { json: { data: edges[path] ?? [] } },
  )
  return adapterOn(stub.origin).reader.structure(ACCOUNT)
}

const status = (effective_status = 'ACTIVE') => ({ status: 'ACTIVE', effective_status })
const campaign = (over: object = {}) => ({ id: '10', name: 'Summer', ...status(), ...over })
const adSet = (over: object = {}) => ({ id: '20', campaign_id: '10', name: 'Germany', ...status(), ...over })

describe('budgets', () => {
  test("a campaign's own budget is held by the campaign, and its ad sets hold none", async () => {
    const { budgets, campaigns, adGroups } = await structureOf({
      campaigns: [campaign({ daily_budget: '2000', lifetime_budget: '0', bid_strategy: 'LOWEST_COST_WITHOUT_CAP' })],
      adSets: [adSet({ daily_budget: '0' })],
    })
    expect(budgets).toEqual([
      {
        id: '10',
        name: 'Summer',
        owner: 'campaign',
        period: 'daily',
        amount: { micros: 20_000_000n, currency: 'USD' },
        campaigns: ['10'],
        status: 'active',
      },
    ])
    expect(campaigns[0]?.budget).toBe('10')
    expect(adGroups[0]).not.toHaveProperty('budget')
  })

  test('ad set budgets are held by the ad sets, and their campaign holds none', async () => {
    const { budgets, campaigns, adGroups } = await structureOf({
      campaigns: [campaign()],
      adSets: [adSet({ daily_budget: '1500' }), adSet({ id: '21', name: 'France', daily_budget: '700' })],
    })
    expect(budgets).toMatchObject([
      { id: '20', owner: 'ad-group', campaigns: ['10'], adGroup: '20', amount: { micros: 15_000_000n } },
      { id: '21', owner: 'ad-group', campaigns: ['10'], adGroup: '21', amount: { micros: 7_000_000n } },
    ])
    expect(campaigns[0]).not.toHaveProperty('budget')
    expect(adGroups.map((a) => a.budget)).toEqual(['20', '21'])
  })

  test('a lifetime budget tells what remains and its last day: an end at midnight is the day before', async () => {
    const { budgets } = await structureOf({
      campaigns: [campaign()],
      adSets: [adSet({ lifetime_budget: '90000', budget_remaining: '1234', end_time: '2026-12-01T00:00:00+0100' })],
    })
    expect(budgets).toMatchObject([
      {
        period: 'lifetime',
        amount: { micros: 900_000_000n },
        remaining: { micros: 12_340_000n },
        endsOn: '2026-11-30',
      },
    ])
  })

  test('what is left of the day of a daily budget is not a remaining lifetime budget', async () => {
    const { budgets } = await structureOf({ campaigns: [campaign({ daily_budget: '2000', budget_remaining: '500' })] })
    expect(budgets[0]).not.toHaveProperty('remaining')
  })

  test("a campaign's lifetime budget without an end of its own lasts to its last ad set's end", async () => {
    const { budgets } = await structureOf({
      campaigns: [campaign({ lifetime_budget: '90000', stop_time: '1970-01-01T01:00:00+0100' })],
      adSets: [
        adSet({ end_time: '2026-12-24T18:00:00+0100' }),
        adSet({ id: '21', end_time: '2026-12-10T18:00:00+0100' }),
      ],
    })
    expect(budgets[0]?.endsOn).toBe('2026-12-24')
  })

  test('a yen account counts in yen', async () => {
    const { budgets } = await structureOf({
      account: { currency: 'JPY', timezone_name: 'Asia/Tokyo' },
      campaigns: [campaign({ daily_budget: '5000' })],
    })
    expect(budgets[0]?.amount).toEqual({ micros: 5_000_000_000n, currency: 'JPY' })
  })

  test('an account in a currency that Meta does not list fails, with the remedy', async () => {
    await expect(structureOf({ account: { currency: 'XOF' } })).rejects.toThrow(/XOF is not in Meta's offset table/)
  })
})

describe('status', () => {
  test.each([
    { effective: 'ACTIVE', is: 'active' },
    { effective: 'IN_PROCESS', is: 'active' },
    { effective: 'WITH_ISSUES', is: 'active' },
    { effective: 'PAUSED', is: 'paused' },
    { effective: 'CAMPAIGN_PAUSED', is: 'paused' },
    { effective: 'ARCHIVED', is: 'removed' },
  ])('$effective is $is', async ({ effective, is }) => {
    const { adGroups, budgets } = await structureOf({
      campaigns: [campaign()],
      adSets: [adSet({ daily_budget: '1500', effective_status: effective })],
    })
    expect([adGroups[0]?.status, budgets[0]?.status]).toEqual([is, is])
  })

  test('paused and archived ad sets are asked for by name', async () => {
    await structureOf({})
    const call = stub?.calls.find(({ path }) => path.endsWith('/adsets'))
    expect(JSON.parse(call?.params.get('effective_status') ?? '')).toEqual(
      expect.arrayContaining(['ACTIVE', 'PAUSED', 'CAMPAIGN_PAUSED', 'ARCHIVED']),
    )
  })

  test('an archived ad set whose campaign was deleted is left out', async () => {
    const { adGroups } = await structureOf({ adSets: [adSet({ campaign_id: '99', effective_status: 'ARCHIVED' })] })
    expect(adGroups).toEqual([])
  })

  test('a live ad set without its campaign fails the read', async () => {
    await expect(structureOf({ adSets: [adSet({ campaign_id: '99' })] })).rejects.toThrow(
      /its campaign 99 is not among/,
    )
  })
})

describe('bidding', () => {
  test.each([
    { name: 'lowest cost', bids: { bid_strategy: 'LOWEST_COST_WITHOUT_CAP' }, is: { kind: 'max-conversions' } },
    {
      name: 'lowest cost for value',
      bids: { bid_strategy: 'LOWEST_COST_WITHOUT_CAP', optimization_goal: 'VALUE' },
      is: { kind: 'max-value' },
    },
    {
      name: 'a cost cap',
      bids: { bid_strategy: 'COST_CAP', bid_amount: 1250 },
      is: { kind: 'target-cpa', targetCpa: { micros: 12_500_000n, currency: 'USD' } },
    },
    {
      name: 'a bid cap',
      bids: { bid_strategy: 'LOWEST_COST_WITH_BID_CAP', bid_amount: 300 },
      is: { kind: 'bid-cap', bid: { micros: 3_000_000n, currency: 'USD' } },
    },
    {
      name: 'a ROAS floor',
      bids: { bid_strategy: 'LOWEST_COST_WITH_MIN_ROAS', bid_constraints: { roas_average_floor: 12_300 } },
      is: { kind: 'target-roas', targetRoas: 1.23 },
    },
    { name: 'a strategy of tomorrow', bids: { bid_strategy: 'BRAND_NEW' }, is: { kind: 'other' } },
  ])('$name', async ({ bids, is }) => {
    const { adGroups } = await structureOf({ campaigns: [campaign()], adSets: [adSet(bids)] })
    expect(adGroups[0]?.strategy).toEqual(is)
  })

  test("under a campaign budget the campaign's strategy governs, with the ad set's amount", async () => {
    const { adGroups, campaigns } = await structureOf({
      campaigns: [campaign({ daily_budget: '2000', bid_strategy: 'COST_CAP' })],
      adSets: [adSet({ bid_amount: 900 })],
    })
    expect(adGroups[0]?.strategy).toEqual({ kind: 'target-cpa', targetCpa: { micros: 9_000_000n, currency: 'USD' } })
    expect(campaigns[0]?.strategy).toEqual({ kind: 'target-cpa' })
  })

  test('a campaign whose ad sets bid differently has no one strategy', async () => {
    const { campaigns } = await structureOf({
      campaigns: [campaign()],
      adSets: [adSet({ bid_strategy: 'COST_CAP' }), adSet({ id: '21', bid_strategy: 'LOWEST_COST_WITH_BID_CAP' })],
    })
    expect(campaigns[0]?.strategy).toEqual({ kind: 'other' })
  })
})

describe('learning', () => {
  test.each([
    { stage: { status: 'LEARNING' }, is: 'learning' },
    { stage: { status: 'SUCCESS' }, is: 'stable' },
    { stage: { status: 'FAIL' }, is: 'limited' },
    { stage: undefined, is: 'unknown' },
  ])('$stage.status is $is', async ({ stage, is }) => {
    const { adGroups } = await structureOf({ campaigns: [campaign()], adSets: [adSet({ learning_stage_info: stage })] })
    expect(adGroups[0]?.learning).toBe(is)
  })

  test('a campaign is as settled as its least settled ad set; archived ones do not count', async () => {
    const { campaigns } = await structureOf({
      campaigns: [campaign()],
      adSets: [
        adSet({ learning_stage_info: { status: 'SUCCESS' } }),
        adSet({ id: '21', learning_stage_info: { status: 'FAIL' } }),
        adSet({ id: '22', effective_status: 'ARCHIVED', learning_stage_info: { status: 'LEARNING' } }),
      ],
    })
    expect(campaigns[0]?.learning).toBe('limited')
  })
})

describe('the account', () => {
  test('names its zone and has no blockers while it is active', async () => {
    expect(await structureOf({})).toMatchObject({ name: 'Shop', zone: 'Europe/Berlin', blockers: [] })
  })

  test.each([
    { account_status: 2, says: /disabled by Meta: ask for a review/ },
    { account_status: 3, says: /unsettled: pay/ },
    { account_status: 101, says: /closed/ },
    { account_status: 42, says: /not documented/ },
  ])('status $account_status blocks every write, with the remedy', async ({ account_status, says }) => {
    const { blockers } = await structureOf({ account: { account_status, disable_reason: 3 } })
    expect(blockers).toMatchObject([{ code: `account_status ${account_status}`, detail: expect.stringMatching(says) }])
  })

  test('the grace period blocks nothing: its ads still spend, so that cuts must go on', async () => {
    expect((await structureOf({ account: { account_status: 9 } })).blockers).toEqual([])
  })

  test.each([
    { spend_cap: '100000', amount_spent: '25050', left: { micros: 749_500_000n, currency: 'USD' } },
    { spend_cap: '100000', amount_spent: '100300', left: { micros: 0n, currency: 'USD' } },
    { spend_cap: '0', amount_spent: '25050', left: undefined },
  ])('a spend cap of $spend_cap with $amount_spent spent leaves $left.micros', async ({ left, ...account }) => {
    expect((await structureOf({ account })).remainingSpendCap).toEqual(left)
  })
})

describe('studies', () => {
  const studies = (...rows: readonly object[]) => ({
    '/v25.0/act_1001/ad_studies': rows,
    '/v25.0/500/cells': [{ id: '501' }, { id: '502' }],
    '/v25.0/501/campaigns': [{ id: '10' }],
    '/v25.0/502/adsets': [{ id: '20', campaign_id: '11' }],
  })
  const running = {
    id: '500',
    name: 'Split',
    start_time: '2026-11-10T00:00:00+0100',
    end_time: '2026-12-01T00:00:00+0100',
  }

  test('hold the campaigns of every cell, and those whose ad sets are in one', async () => {
    const { experiments } = await structureOf({ more: studies(running) })
    expect(experiments).toEqual([
      { id: '500', name: 'Split', campaigns: ['10', '11'], from: '2026-11-10', to: '2026-11-30' },
    ])
  })

  test.each([
    { name: 'over', more: { end_time: '2026-11-20T00:00:00+0100' } },
    { name: 'cancelled', more: { canceled_time: '2026-11-15T00:00:00+0100' } },
  ])('that are $name hold nothing', async ({ more }) => {
    expect((await structureOf({ more: studies({ ...running, ...more }) })).experiments).toEqual([])
  })
})
