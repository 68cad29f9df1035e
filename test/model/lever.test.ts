import { describe, expect, test } from 'vitest'
import { type AdGroupId, accountRef, type BudgetId, type CampaignId } from '../../lib/model/account.ts'
import { isCut, type Lever, type LeverKind, type LeverValue, leverKey, sameValue } from '../../lib/model/lever.ts'
import { campaignsMovedBy, multiplierLevers, targetLevers, valueIn } from '../../lib/model/lever-place.ts'
import type { AdGroup, BidStrategy } from '../../lib/model/structure.ts'
import { currency, money } from '../../lib/units/money.ts'
import { aBudget, aCampaign, aStructure } from './samples.ts'

const ACCOUNT = accountRef('google-ads', '1')
const euros = (units: number) => money(BigInt(units) * 1_000_000n, currency('EUR'))
const amount = (units: number): LeverValue => ({ kind: 'money', amount: euros(units) })
const ratio = (value: number): LeverValue => ({ kind: 'ratio', value })
const leverOf = (kind: LeverKind, entity: Lever['entity'], id: string): Lever => ({
  account: ACCOUNT,
  kind,
  entity,
  id,
})

const inPlace = (campaign: string, id: string): Lever => ({
  ...leverOf('bid-multiplier', 'campaign', campaign),
  criterion: { dimension: 'place', id },
})

test.each<[lever: Lever, key: string]>([
  [leverOf('daily-budget', 'budget', '7'), 'google-ads:1/daily-budget/budget/7'],
  [
    { ...leverOf('bid-multiplier', 'campaign', '7'), device: 'mobile' },
    'google-ads:1/bid-multiplier/campaign/7/mobile',
  ],
  [inPlace('7', '21'), 'google-ads:1/bid-multiplier/campaign/7/place:21'],
])('the key of %j is %s', (lever, key) => {
  expect(leverKey(lever)).toBe(key)
})

describe('a change is a cut', () => {
  test.each<[why: string, kind: LeverKind, from: LeverValue, to: LeverValue, wanted: boolean]>([
    ['of a budget when it is less', 'daily-budget', amount(10), amount(9), true],
    ['of a budget not when it is more', 'daily-budget', amount(10), amount(11), false],
    ['of a target CPA when less may be paid', 'target-cpa', amount(10), amount(9), true],
    ['of a target ROAS when more must come back', 'target-roas', ratio(3), ratio(4), true],
    ['of a target ROAS not when less may come back', 'target-roas', ratio(3), ratio(2), false],
    ['of a bid when it is lower', 'bid', amount(2), amount(1), true],
    ['of a multiplier when it is lower', 'bid-multiplier', ratio(1), ratio(0.8), true],
    ['of a multiplier not when it is higher', 'bid-multiplier', ratio(1), ratio(1.2), false],
    ['when it pauses', 'status', { kind: 'status', status: 'active' }, { kind: 'status', status: 'paused' }, true],
    ['not when it starts', 'status', { kind: 'status', status: 'paused' }, { kind: 'status', status: 'active' }, false],
  ])('%s', (_why, kind, from, to, wanted) => {
    expect(isCut({ lever: leverOf(kind, 'campaign', '7'), from, to })).toBe(wanted)
  })
})

test('ratios are the same when they are the same float32', () => {
  expect(sameValue(ratio(3.1), ratio(Math.fround(3.1)))).toBe(true)
  expect(sameValue(ratio(3.1), ratio(3.1001))).toBe(false)
})

describe('where a lever sits', () => {
  const shared: BidStrategy = { kind: 'target-roas', targetRoas: 4, portfolioStrategy: '55' }
  const structure = aStructure(ACCOUNT, {
    campaigns: [
      aCampaign('7', {
        strategy: { kind: 'target-cpa', targetCpa: euros(20) },
        deviceMultipliers: { mobile: 0.9 },
        criteria: [{ dimension: 'place', id: '21', name: 'Berlin', multiplier: 1.3 }],
      }),
      aCampaign('8', { strategy: shared, status: 'paused' }),
      aCampaign('9', { strategy: shared }),
      aCampaign('6', { status: 'removed' }),
    ],
    adGroups: [
      {
        id: '71' as AdGroupId,
        campaign: '7' as CampaignId,
        name: 'group',
        status: 'paused',
        strategy: { kind: 'bid-cap', bid: euros(2), targetCpa: euros(18) },
        learning: 'stable',
      } satisfies AdGroup,
    ],
    budgets: [aBudget('7', 50, { campaigns: ['7', '8'] as CampaignId[] }), aBudget('9', 30, { status: 'removed' })],
  })

  test.each<[lever: Lever, wanted: LeverValue | undefined]>([
    [leverOf('daily-budget', 'budget', '97'), amount(50)],
    [leverOf('lifetime-budget', 'budget', '97'), undefined],
    [leverOf('daily-budget', 'budget', '99'), undefined],
    [leverOf('status', 'campaign', '8'), { kind: 'status', status: 'paused' }],
    [leverOf('status', 'campaign', '6'), undefined],
    [leverOf('status', 'ad-group', '71'), { kind: 'status', status: 'paused' }],
    [leverOf('target-cpa', 'campaign', '7'), amount(20)],
    [leverOf('target-roas', 'campaign', '7'), undefined],
    [leverOf('target-roas', 'portfolio-strategy', '55'), ratio(4)],
    [leverOf('bid', 'ad-group', '71'), amount(2)],
    [{ ...leverOf('bid-multiplier', 'campaign', '7'), device: 'mobile' }, ratio(0.9)],
    [{ ...leverOf('bid-multiplier', 'campaign', '7'), device: 'tablet' }, ratio(1)],
    [inPlace('7', '21'), ratio(1.3)],
    [inPlace('7', '22'), undefined],
    [{ ...inPlace('7', '21'), criterion: { dimension: 'audience', id: '21' } }, undefined],
    [leverOf('target-cpa', 'campaign', '404'), undefined],
  ])('its value is read from the structure: $kind of $entity $id', (lever, wanted) => {
    expect(valueIn(structure, lever)).toEqual(wanted)
  })

  test.each<[lever: Lever, wanted: readonly string[]]>([
    [leverOf('daily-budget', 'budget', '97'), ['7', '8']],
    [leverOf('status', 'campaign', '8'), ['8']],
    [leverOf('bid', 'ad-group', '71'), ['7']],
    [leverOf('target-roas', 'portfolio-strategy', '55'), ['8', '9']],
    [leverOf('daily-budget', 'budget', '404' as BudgetId), []],
  ])('it moves these campaigns: $kind of $entity $id', (lever, wanted) => {
    expect(campaignsMovedBy(structure, lever)).toEqual(wanted)
  })

  test('a campaign’s targets are on it, on what it shares, and on its ad groups', () => {
    const [own, paused] = structure.campaigns
    expect(targetLevers(structure, own!)).toEqual([
      leverOf('target-cpa', 'campaign', '7'),
      leverOf('target-cpa', 'ad-group', '71'),
    ])
    expect(targetLevers(structure, paused!)).toEqual([leverOf('target-roas', 'portfolio-strategy', '55')])
    expect(targetLevers(structure, aCampaign('5'))).toEqual([])
  })

  test('a campaign has a multiplier for each device and for what it lists', () => {
    expect(
      multiplierLevers(structure, structure.campaigns[0]!).map(({ device, criterion }) => device ?? criterion),
    ).toEqual(['desktop', 'mobile', 'tablet', { dimension: 'place', id: '21' }])
  })
})
