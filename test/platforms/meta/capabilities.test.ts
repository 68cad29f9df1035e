import { describe, expect, test } from 'vitest'
import type { Lever } from '../../../lib/model/lever.ts'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import { metaCapabilities } from '../../../lib/platforms/meta/capabilities.ts'
import { translate } from '../../../lib/platforms/meta/structure.ts'
import { timeZone } from '../../../lib/units/calendar.ts'
import { currency, fromDecimal } from '../../../lib/units/money.ts'
import { ACCOUNT, NOW } from './stub.ts'

const USD = currency('USD')
const zone = timeZone('UTC')
const active = { name: '', status: 'ACTIVE', effective_status: 'ACTIVE' }
const structure: AccountStructure = {
  account: ACCOUNT,
  name: '',
  currency: USD,
  zone,
  readAt: NOW,
  blockers: [],
  experiments: [],
  ...translate(
    [
      { ...active, id: '10', daily_budget: 2000n, bid_strategy: 'COST_CAP' },
      { ...active, id: '11' },
      { ...active, id: '12', effective_status: 'ARCHIVED', lifetime_budget: 2000n },
    ],
    [
      { ...active, id: '20', campaign_id: '10', bid_amount: 900n },
      { ...active, id: '21', campaign_id: '11', daily_budget: 1000n, bid_strategy: 'LOWEST_COST_WITHOUT_CAP' },
      { ...active, id: '22', campaign_id: '11', lifetime_budget: 1000n, bid_strategy: 'LOWEST_COST_WITH_BID_CAP' },
    ],
    { currency: USD, zone },
  ),
}
const lever = (kind: Lever['kind'], entity: Lever['entity'], id: string): Lever => ({
  account: ACCOUNT,
  kind,
  entity,
  id,
})

describe('what Meta honours', () => {
  test.each([
    lever('daily-budget', 'budget', '10'),
    lever('daily-budget', 'budget', '21'),
    lever('lifetime-budget', 'budget', '22'),
    lever('target-cpa', 'ad-group', '20'),
    lever('bid', 'ad-group', '22'),
    lever('status', 'campaign', '10'),
    lever('status', 'ad-group', '20'),
  ])('$kind of $entity $id', (honoured) => {
    expect(metaCapabilities.honours(honoured, structure)).toEqual({ kind: 'honoured' })
  })

  test.each([
    { lever: lever('daily-budget', 'budget', '20'), because: 'ad set 20 spends from the budget of its campaign 10' },
    { lever: lever('daily-budget', 'budget', '11'), because: 'campaign 11 has no budget of its own: its ad sets have' },
    { lever: lever('daily-budget', 'budget', '22'), because: 'the budget of 22 is a lifetime budget' },
    { lever: lever('lifetime-budget', 'budget', '12'), because: '12 is archived: it accepts no change but its name' },
    { lever: lever('daily-budget', 'budget', '99'), because: '99 holds no budget' },
    {
      lever: lever('target-cpa', 'ad-group', '21'),
      because: 'ad set 21 bids by max-conversions, which takes no target-cpa',
    },
    { lever: lever('target-cpa', 'ad-group', '22'), because: 'ad set 22 bids by bid-cap, which takes no target-cpa' },
    {
      lever: lever('target-cpa', 'campaign', '10'),
      because: 'Meta keeps the target-cpa on the ad sets, whatever holds the budget',
    },
    { lever: lever('status', 'campaign', '12'), because: 'campaign 12 is archived' },
    {
      lever: lever('bid-multiplier', 'campaign', '10'),
      because: 'Meta has no device, place or hour multipliers under automatic bidding',
    },
  ])('not $lever.kind of $lever.entity $lever.id: $because', ({ lever, because }) => {
    expect(metaCapabilities.honours(lever, structure)).toEqual({ kind: 'not-honoured', reason: because })
  })
})

describe('values as Meta stores them', () => {
  test.each([
    { of: 'USD', amount: '20.019', stored: '20.01' },
    { of: 'JPY', amount: '5000.9', stored: '5000' },
    { of: 'HUF', amount: '12000.55', stored: '12000' },
  ])('$amount $of is stored as $stored', ({ of, amount, stored }) => {
    const value = { kind: 'money', amount: fromDecimal(amount, currency(of)) } as const
    expect(metaCapabilities.normalise('daily-budget', value)).toEqual({
      kind: 'money',
      amount: fromDecimal(stored, currency(of)),
    })
  })

  test('a target ROAS has four decimals', () => {
    expect(metaCapabilities.normalise('target-roas', { kind: 'ratio', value: 2.123456 })).toEqual({
      kind: 'ratio',
      value: 2.1235,
    })
  })

  test('the least daily budget is about a dollar in any currency', () => {
    expect(metaCapabilities.minimumDailyBudget(USD)).toEqual(fromDecimal('1', USD))
    expect(metaCapabilities.minimumDailyBudget(currency('JPY'))).toEqual(fromDecimal('200', currency('JPY')))
  })
})
