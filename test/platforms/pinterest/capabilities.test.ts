import { describe, expect, test } from 'vitest'
import type { Lever } from '../../../lib/model/lever.ts'
import { limitsOf } from '../../../lib/model/request-limits.ts'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import { pinterestCapabilities } from '../../../lib/platforms/pinterest/capabilities.ts'
import { pinterestLimits } from '../../../lib/platforms/pinterest/limits.ts'
import { adGroupSchema, campaignSchema } from '../../../lib/platforms/pinterest/schema.ts'
import { translate } from '../../../lib/platforms/pinterest/structure.ts'
import { timeZone } from '../../../lib/units/calendar.ts'
import { checkLimits } from '../../../lib/wire/check-limits.ts'
import { ACCOUNT, adGroupJson, campaignJson, EUR, eur, lever, NOW } from './stub.ts'

const MAX_BID = { bid_strategy_type: 'MAX_BID', bid_in_micro_currency: 450_000 }
const CPA = {
  optimization_goal_metadata: {
    conversion_tag_v3_goal_metadata: { conversion_event: 'CHECKOUT', cpa_goal_value_in_micro_currency: '9000000' },
  },
}
const OWN = { is_campaign_budget_optimization: false, daily_spend_cap: null }
const STRUCTURE: AccountStructure = {
  account: ACCOUNT,
  name: 'Shop',
  currency: EUR,
  zone: timeZone('UTC'),
  readAt: NOW,
  blockers: [],
  experiments: [],
  ...translate(
    [
      campaignJson('1'),
      campaignJson('2', OWN),
      campaignJson('3', { is_performance_plus: true }),
      campaignJson('4', { status: 'ARCHIVED' }),
      campaignJson('5'),
    ].map((one) => campaignSchema.parse(one)),
    [
      adGroupJson('11', '1'),
      adGroupJson('21', '2', { ...MAX_BID, budget_type: 'DAILY', budget_in_micro_currency: 5_000_000 }),
      adGroupJson('22', '2', { ...CPA, budget_type: 'LIFETIME', budget_in_micro_currency: 5_000_000 }),
      adGroupJson('31', '3'),
      adGroupJson('41', '4', { status: 'ARCHIVED' }),
      adGroupJson('51', '5', MAX_BID),
    ].map((one) => adGroupSchema.parse(one)),
    EUR,
  ),
}
const device = { device: 'mobile' } as const

describe('a lever that Pinterest honours', () => {
  test.each<[string, Lever]>([
    ['the daily cap of an optimised campaign', lever('daily-budget', 'budget', '1')],
    ['the daily budget of an ad group', lever('daily-budget', 'budget', '21')],
    ['its lifetime budget', lever('lifetime-budget', 'budget', '22')],
    ['the bid under a bid of at most', lever('bid', 'ad-group', '21')],
    ['a CPA goal', lever('target-cpa', 'ad-group', '22')],
    ['the status of a campaign', lever('status', 'campaign', '3')],
    ['the status of an ad group', lever('status', 'ad-group', '11')],
    ['a device multiplier under automatic bidding', lever('bid-multiplier', 'campaign', '1', device)],
    ['the budget of a Performance+ campaign', lever('daily-budget', 'budget', '3')],
  ])('is %s', (_name, one) => {
    expect(pinterestCapabilities.honours(one, STRUCTURE)).toEqual({ kind: 'honoured' })
  })
})

describe('a lever that Pinterest would not honour', () => {
  const place = { criterion: { dimension: 'place', id: '1' } } as const
  test.each<[string, Lever, string]>([
    ['a budget of the other period', lever('lifetime-budget', 'budget', '1'), 'is a daily budget'],
    [
      'a budget of an ad group of an optimised campaign',
      lever('daily-budget', 'budget', '11'),
      'from the budget of its campaign 1',
    ],
    ['a budget of a campaign whose ad groups hold it', lever('daily-budget', 'budget', '2'), 'its ad groups have'],
    ['an archived budget', lever('daily-budget', 'budget', '4'), '4 is archived'],
    ['a target ROAS', lever('target-roas', 'ad-group', '11'), 'without a target ROAS'],
    ['a bid under automatic bidding', lever('bid', 'ad-group', '11'), 'bids by max-conversions'],
    ['a CPA goal of a campaign', lever('target-cpa', 'campaign', '1'), 'on the ad groups'],
    ['a multiplier of a Performance+ campaign', lever('bid-multiplier', 'campaign', '3', device), 'Performance+'],
    ['a multiplier under a bid of at most', lever('bid-multiplier', 'campaign', '5', device), 'AUTOMATIC_BID'],
    ['a multiplier of a place', lever('bid-multiplier', 'campaign', '1', place), 'no multipliers for places'],
    ['the status of what is archived', lever('status', 'campaign', '4'), 'is archived'],
    ['the status of a budget', lever('status', 'budget', '1'), 'no status of its own'],
  ])('is %s', (_name, one, reason) => {
    expect(pinterestCapabilities.honours(one, STRUCTURE)).toEqual({
      kind: 'not-honoured',
      reason: expect.stringContaining(reason),
    })
  })
})

test('amounts are taken down to whole cents, multipliers into their range', () => {
  const { normalise } = pinterestCapabilities
  expect(normalise('daily-budget', { kind: 'money', amount: eur(12_345_678n) })).toEqual({
    kind: 'money',
    amount: eur(12_340_000n),
  })
  expect(normalise('bid-multiplier', { kind: 'ratio', value: 0.01 })).toEqual({ kind: 'ratio', value: 0.1 })
  expect(normalise('bid-multiplier', { kind: 'ratio', value: 11 })).toEqual({ kind: 'ratio', value: 10 })
})

test.each(['trial', 'standard'])('limits of %s access let requests of every use through', (tier) => {
  expect(() => checkLimits(limitsOf(pinterestLimits, tier))).not.toThrow()
})
