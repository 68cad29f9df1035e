import { describe, expect, test } from 'vitest'
import type { Lever } from '../../../lib/model/lever.ts'
import { limitsOf } from '../../../lib/model/request-limits.ts'
import type { AccountStructure, AdGroup, BudgetHolder, Campaign } from '../../../lib/model/structure.ts'
import { snapchatCapabilities as capabilities } from '../../../lib/platforms/snapchat/capabilities.ts'
import { endpointsOf } from '../../../lib/platforms/snapchat/endpoints.ts'
import { snapchatLimits } from '../../../lib/platforms/snapchat/limits.ts'
import { snapchatPlatform } from '../../../lib/platforms/snapchat/platform.ts'
import { bidRange, toSnapAmount } from '../../../lib/platforms/snapchat/units.ts'
import { timeZone } from '../../../lib/units/calendar.ts'
import { currency, fromDecimal, money } from '../../../lib/units/money.ts'
import { ACCOUNT, EUR, lever, NOW } from './stub.ts'

const LISTED = ['AED', 'AUD', 'CAD', 'CHF', 'DKK', 'EUR', 'GBP', 'INR', 'KWD', 'NOK', 'SAR', 'SEK', 'USD'].map(currency)

describe('amounts', () => {
  test('the least daily budget is 5,000,000 micros in every currency', () => {
    for (const code of LISTED) {
      expect(capabilities.minimumDailyBudget(code)).toEqual(money(5_000_000n, code))
      expect(capabilities.minimumDailyBudget(code, 'ad-group')).toEqual(money(5_000_000n, code))
    }
  })

  test('of a campaign it is 20,000,000', () => {
    for (const code of LISTED) expect(capabilities.minimumDailyBudget(code, 'campaign').micros).toBe(20_000_000n)
  })

  test('are rounded down to a hundredth of the main unit', () => {
    const normalised = capabilities.normalise('daily-budget', { kind: 'money', amount: money(42_509_999n, EUR) })
    expect(normalised).toEqual({ kind: 'money', amount: fromDecimal('42.50', EUR) })
    expect(capabilities.normalise('status', { kind: 'status', status: 'paused' })).toEqual({
      kind: 'status',
      status: 'paused',
    })
  })

  test('of bids have bounds by currency, as the page on ad squads lists them', () => {
    expect(bidRange(currency('USD'))).toEqual([10_000n, 500_000_000n])
    expect(bidRange(EUR)).toEqual([10_000n, 100_000_000n])
  })

  test.each([
    () => capabilities.minimumDailyBudget(currency('XTS')),
    () => capabilities.normalise('bid', { kind: 'money', amount: money(1n, currency('XTS')) }),
    () => toSnapAmount(money(1n, currency('XTS'))),
    () => bidRange(currency('XTS')),
  ])('of a currency that is not listed are refused by its name', (of) => {
    expect(of).toThrow('XTS')
  })
})

const campaign = (id: string, over: Partial<Campaign> = {}) =>
  ({
    id,
    name: id,
    kind: 'social',
    status: 'active',
    strategy: { kind: 'other' },
    learning: 'unknown',
    deviceMultipliers: {},
    ...over,
  }) as Campaign
const adGroup = (id: string, of: string, kind: string, over: Partial<AdGroup> = {}) =>
  ({ id, campaign: of, name: id, status: 'active', strategy: { kind }, learning: 'unknown', ...over }) as AdGroup
const holder = (id: string, of: string, over: Partial<BudgetHolder> = {}) =>
  ({
    id,
    name: id,
    owner: id === of ? 'campaign' : 'ad-group',
    period: 'daily',
    amount: fromDecimal('40', EUR),
    campaigns: [of],
    status: 'active',
    ...over,
  }) as BudgetHolder

const STRUCTURE: AccountStructure = {
  account: ACCOUNT,
  name: 'Shop',
  currency: EUR,
  zone: timeZone('Europe/Berlin'),
  readAt: NOW,
  blockers: [],
  campaigns: [
    campaign('c1'),
    campaign('smart', { budget: 'smart' as never }),
    campaign('booked', { kind: 'reserved' }),
    campaign('gone', { status: 'removed' }),
  ],
  adGroups: [
    adGroup('s1', 'c1', 'target-cpa'),
    adGroup('s2', 'c1', 'bid-cap'),
    adGroup('s3', 'c1', 'target-roas'),
    adGroup('under', 'smart', 'target-cpa'),
    adGroup('b1', 'booked', 'bid-cap'),
  ],
  budgets: [
    holder('s1', 'c1'),
    holder('s2', 'c1', { period: 'lifetime' }),
    holder('smart', 'smart'),
    holder('b1', 'booked'),
    holder('s9', 'c1', { status: 'removed' }),
  ],
  experiments: [],
}
const of = (kind: Lever['kind'], entity: Lever['entity'], id: string): Lever => lever(1, { kind, entity, id })

describe('levers', () => {
  test.each([
    of('daily-budget', 'budget', 's1'),
    of('lifetime-budget', 'budget', 's2'),
    of('daily-budget', 'budget', 'smart'),
    of('target-cpa', 'ad-group', 's1'),
    of('bid', 'ad-group', 's2'),
    of('status', 'campaign', 'c1'),
    of('status', 'ad-group', 'under'),
    of('status', 'campaign', 'booked'),
  ])('$kind of $id is honoured', (one) => {
    expect(capabilities.honours(one, STRUCTURE)).toEqual({ kind: 'honoured' })
  })

  test.each([
    [of('lifetime-budget', 'budget', 's1'), 'a daily budget'],
    [of('daily-budget', 'budget', 'under'), 'spends from the budget of its campaign smart'],
    [of('daily-budget', 'budget', 'c1'), 'at most a cap'],
    [of('daily-budget', 'budget', 'nothing'), 'holds no budget'],
    [of('daily-budget', 'budget', 's9'), 'deleted'],
    [of('daily-budget', 'campaign', 'smart'), 'moved on the budget'],
    [of('daily-budget', 'budget', 'b1'), 'bought in advance'],
    [of('bid', 'ad-group', 'b1'), 'bought in advance'],
    [of('target-cpa', 'ad-group', 'under'), 'campaign smart says how'],
    [of('target-cpa', 'ad-group', 's2'), 'bids by bid-cap'],
    [of('target-cpa', 'campaign', 'c1'), 'on the ad squads'],
    [of('target-roas', 'ad-group', 's3'), 'since 2025-02-10'],
    [of('bid-multiplier', 'campaign', 'c1'), 'no device'],
    [of('status', 'campaign', 'gone'), 'deleted'],
    [of('status', 'budget', 's1'), 'no status'],
    [of('status', 'campaign', 'nowhere'), 'there is no'],
  ])('%o is not, and it says why', (one, reason) => {
    expect(capabilities.honours(one, STRUCTURE)).toEqual({
      kind: 'not-honoured',
      reason: expect.stringContaining(reason),
    })
  })
})

test('limits: on average 20 requests a second of an application and 10 of a token', () => {
  const { limits } = limitsOf(snapchatLimits)
  expect(limits.map(({ per, most, windowMs }) => [per, (most * 1_000) / windowMs])).toEqual([
    ['application', 20],
    ['token', 10],
  ])
})

test('conversions are restated for 28 days, and are not counted on by the hour', () => {
  expect(capabilities).toMatchObject({ restatementDays: 28, hourlyConversions: false, cutFloorOfSpend: 0 })
})

describe('addresses', () => {
  test("are Snapchat's own unless told", () => {
    expect(endpointsOf()).toEqual({ api: 'https://adsapi.snapchat.com', token: 'https://accounts.snapchat.com' })
  })

  test.each([
    { api: 'https://adsapi.snapchat.com.evil.example' },
    { token: 'https://evil.example' },
    { token: 'http://10.0.0.1' },
  ])('%o is refused: a credential goes nowhere else', (endpoints) => {
    expect(() => endpointsOf(endpoints)).toThrow(RangeError)
  })

  test('a time bound that is none is refused', () => {
    const options = {
      secrets: { read: async () => '' },
      secretName: 'x',
      clock: { now: () => NOW },
      requestTimeoutMs: 0,
    }
    expect(() => snapchatPlatform(options)).toThrow('requestTimeoutMs')
  })
})
