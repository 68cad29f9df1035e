import { afterEach, describe, expect, test } from 'vitest'
import { accountRef } from '../../../lib/model/account.ts'
import type { Lever, LeverValue } from '../../../lib/model/lever.ts'
import {
  ACCOUNT,
  adapterOn,
  adGroupJson,
  campaignJson,
  entitiesReply,
  eur,
  lever,
  type Stub,
  startStub,
} from './stub.ts'

const open: Stub[] = []
afterEach(() => {
  for (const stub of open.splice(0)) stub.close()
})
async function stubOn(...entities: Parameters<typeof entitiesReply>): Promise<Stub> {
  const stub = await startStub(entitiesReply(...entities))
  open.push(stub)
  return stub
}

const OWN = { is_campaign_budget_optimization: false, daily_spend_cap: null }
const DAILY = { budget_type: 'DAILY', budget_in_micro_currency: 5_000_000 }
const CPA = {
  optimization_goal_metadata: {
    conversion_tag_v3_goal_metadata: { conversion_event: 'CHECKOUT', cpa_goal_value_in_micro_currency: '9000000' },
  },
}
const CAMPAIGNS = [
  campaignJson('1', { bid_options: { app_type_multipliers: { web: 1.2, ipad: 0.5 } } }),
  campaignJson('2', { ...OWN, status: 'PAUSED' }),
  campaignJson('3', { status: 'ARCHIVED' }),
]
const AD_GROUPS = [
  adGroupJson('11', '1', { budget_in_micro_currency: 7_000_000 }),
  adGroupJson('21', '2', { ...DAILY, bid_strategy_type: 'MAX_BID', bid_in_micro_currency: 400_000 }),
  adGroupJson('22', '2', { ...CPA, status: 'PAUSED' }),
]

const euros = (micros: bigint): LeverValue => ({ kind: 'money', amount: eur(micros) })
const device = (name: Lever['device'] & string) => lever('bid-multiplier', 'campaign', '1', { device: name })

describe('the present value of', () => {
  test.each<[string, Lever, LeverValue | undefined]>([
    ['the budget of an optimised campaign', lever('daily-budget', 'budget', '1'), euros(20_000_000n)],
    ['one of the other period', lever('lifetime-budget', 'budget', '1'), undefined],
    ['the budget of an ad group', lever('daily-budget', 'budget', '21'), euros(5_000_000n)],
    ['the amount of an ad group under an optimised campaign', lever('daily-budget', 'budget', '11'), undefined],
    ['the budget of an archived campaign', lever('daily-budget', 'budget', '3'), undefined],
    ['the budget of what is gone', lever('daily-budget', 'budget', '9'), undefined],
    ['a bid', lever('bid', 'ad-group', '21'), euros(400_000n)],
    ['a bid under automatic bidding', lever('bid', 'ad-group', '11'), undefined],
    ['a CPA goal', lever('target-cpa', 'ad-group', '22'), euros(9_000_000n)],
    ['a target ROAS', lever('target-roas', 'ad-group', '22'), undefined],
    ['a multiplier', device('desktop'), { kind: 'ratio', value: 1.2 }],
    ['one that was never set', device('mobile'), { kind: 'ratio', value: 1 }],
    ['one whose app types differ', device('tablet'), undefined],
    ['the status of a campaign', lever('status', 'campaign', '2'), { kind: 'status', status: 'paused' }],
    [
      'the own status of an ad group under a paused campaign',
      lever('status', 'ad-group', '21'),
      { kind: 'status', status: 'active' },
    ],
    ['the status of an archived campaign', lever('status', 'campaign', '3'), undefined],
  ])('%s', async (_name, one, value) => {
    const stub = await stubOn(CAMPAIGNS, AD_GROUPS)
    expect(await adapterOn(stub.origin).reader.live(ACCOUNT, [one])).toEqual([{ lever: one, value }])
  })

  test('many levers comes in their order, from as few requests as they need', async () => {
    const stub = await stubOn(CAMPAIGNS, AD_GROUPS)
    const levers = [
      lever('daily-budget', 'budget', '21'),
      lever('status', 'campaign', '2'),
      lever('daily-budget', 'budget', '1'),
    ]
    const live = await adapterOn(stub.origin).reader.live(ACCOUNT, levers)
    expect(live.map((one) => one.lever)).toEqual(levers)
    // Ad groups, campaigns, and the account for its currency.
    expect(stub.calls).toHaveLength(3)
  })

  test('more than 250 levers is read in pieces', async () => {
    const many = Array.from({ length: 251 }, (_, n) => campaignJson(String(1_000 + n)))
    const stub = await stubOn(many, [])
    const levers = many.map(({ id }) => lever('status', 'campaign', id))
    expect(await adapterOn(stub.origin).reader.live(ACCOUNT, levers)).toHaveLength(251)
    const asked = stub.calls.map(({ params }) => params.getAll('campaign_ids').length)
    expect(asked).toEqual([250, 1])
  })

  test('a pause alone asks for no currency', async () => {
    const stub = await stubOn(CAMPAIGNS, AD_GROUPS)
    await adapterOn(stub.origin).reader.live(ACCOUNT, [lever('status', 'campaign', '1')], 'urgent')
    expect(stub.calls.map(({ path }) => path.split('/').at(-1))).toEqual(['campaigns'])
  })

  test('a lever of another account is refused', async () => {
    const stub = await stubOn(CAMPAIGNS, AD_GROUPS)
    const stranger = { ...lever('status', 'campaign', '1'), account: accountRef('pinterest', '1') }
    await expect(adapterOn(stub.origin).reader.live(ACCOUNT, [stranger])).rejects.toThrow('belongs to account 1')
  })
})

test('an id that a campaign and an ad group share, both with a budget, is not guessed', async () => {
  const stub = await stubOn([campaignJson('5'), campaignJson('6', OWN)], [adGroupJson('5', '6', DAILY)])
  await expect(adapterOn(stub.origin).reader.live(ACCOUNT, [lever('daily-budget', 'budget', '5')])).rejects.toThrow(
    'budget 5: a campaign and an ad group hold one',
  )
})
