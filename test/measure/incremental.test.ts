import { describe, expect, test } from 'vitest'
import {
  type CompletionOf,
  hasLift,
  incrementalityOf,
  type OrderScale,
  orderScale,
} from '../../lib/measure/incremental.ts'
import type { BudgetId, CampaignId } from '../../lib/model/account.ts'
import type { Observation } from '../../lib/model/observation.ts'
import type { OrderDay } from '../../lib/model/orders.ts'
import { addDays, timeZone } from '../../lib/units/calendar.ts'
import { aBudget } from '../model/samples.ts'
import { anObservation, type CampaignSpec, TODAY } from './samples.ts'

type Fields = Readonly<Record<string, unknown>>

const complete: CompletionOf = () => 1
/** What claims are scaled by where orders are unknown. */
const UNKNOWN: OrderScale = { unmeasured: 1, measured: 1, days: 0, claimed: 0, ordered: 0 }

/** So many orders on each of the last 28 days, except on those ages. */
const ordersOf = (perDay: number, without: readonly number[] = []): readonly OrderDay[] =>
  Array.from({ length: 28 }, (_, i) => 28 - i)
    .filter((age) => !without.includes(age))
    .map((age) => ({ date: addDays(TODAY, -age), orders: perDay, valueMicros: 0n }))

const claiming = (id: string, name: string, conversions: number, over: Partial<CampaignSpec> = {}): CampaignSpec => ({
  id,
  budget: 10,
  campaign: { name },
  days: () => ({ spend: 10, conversions }),
  ...over,
})

const MEMBERS = [
  { name: 'brand', class: 'brand' },
  { name: 'pmax', class: 'opaque' },
  { name: 'cold', class: 'prospecting' },
]

/** Ten orders a day, if not told otherwise; a campaign on Google Ads that claims 4 and one on Meta that claims 12. */
const observed = ({
  google = [claiming('1', 'Brand', 4)],
  meta = [claiming('2', 'Cold', 12)],
  orders = ordersOf(10),
  policy = {},
}: {
  readonly google?: readonly CampaignSpec[]
  readonly meta?: readonly CampaignSpec[]
  readonly orders?: readonly OrderDay[]
  readonly policy?: Fields
} = {}): Observation =>
  anObservation({
    accounts: [
      { key: 'google-ads:1', campaigns: google },
      { key: 'meta:1', campaigns: meta },
    ],
    policy: { members: MEMBERS, ...policy },
    over: { orders },
  })

const lift = (name: string, match: Fields, mean: number, low = mean / 2, high = mean * 1.5): Fields => ({
  name,
  match,
  mean,
  low,
  high,
})

describe('what claims are scaled by', () => {
  test('is what was ordered for each claim of all platforms together', () => {
    // 28 days of 10 orders, claimed 16 times.
    expect(orderScale(observed(), complete)).toEqual({
      unmeasured: 0.625,
      measured: 1,
      days: 28,
      claimed: 448,
      ordered: 280,
    })
  })

  test('is never more than 1: an order that nobody claims is nobody’s', () => {
    expect(orderScale(observed({ orders: ordersOf(100) }), complete).unmeasured).toBe(1)
  })

  test('is 1 while orders are unknown', () => {
    expect(orderScale(observed({ orders: [] }), complete)).toEqual(UNKNOWN)
  })

  test('is 1 when the shop reports nothing but zeros: such a report is taken to be broken', () => {
    expect(orderScale(observed({ orders: ordersOf(0) }), complete)).toEqual(UNKNOWN)
  })

  test('leaves out days on which orders are unknown, with their claims', () => {
    const scale = orderScale(observed({ orders: ordersOf(10, [1, 2, 3]) }), complete)
    expect(scale).toMatchObject({ unmeasured: 0.625, days: 25, claimed: 400 })
  })

  test('leaves out days on which an account was not reported', () => {
    const meta = [
      claiming('2', 'Cold', 12, { days: (age) => (age === 5 ? undefined : { spend: 10, conversions: 12 }) }),
    ]
    expect(orderScale(observed({ meta }), complete)).toMatchObject({ unmeasured: 0.625, days: 27 })
  })

  test('takes what an account claims before its first day for nothing', () => {
    // Meta begins 14 days ago: 28 × 4 + 14 × 12 = 280 claims of 280 orders.
    const meta = [claiming('2', 'Cold', 12, { days: (age) => (age > 14 ? undefined : { spend: 10, conversions: 12 }) })]
    expect(orderScale(observed({ meta }), complete)).toMatchObject({ unmeasured: 1, days: 28, claimed: 280 })
  })

  test('takes no day for known that no file of an imported account tells of', () => {
    // Files of 14 days: 14 × (4 + 12) = 224 claims of 140 orders, and no order of the 14 days before.
    const seen = anObservation({
      accounts: [
        { key: 'google-ads:1', campaigns: [claiming('1', 'Brand', 4)] },
        {
          key: 'meta:1',
          campaigns: [
            claiming('2', 'Cold', 12, { days: (age) => (age > 14 ? undefined : { spend: 10, conversions: 12 }) }),
          ],
          structure: { source: 'import' },
        },
      ],
      policy: { members: MEMBERS },
      over: { orders: ordersOf(10) },
    })
    expect(orderScale(seen, complete)).toMatchObject({ unmeasured: 0.625, days: 14, claimed: 224, ordered: 140 })
  })

  test('knows nothing of an imported account without any day', () => {
    const seen = anObservation({
      accounts: [
        { key: 'google-ads:1', campaigns: [claiming('1', 'Brand', 12)] },
        { key: 'meta:1', campaigns: [], structure: { source: 'import' } },
      ],
      policy: { members: MEMBERS },
      over: { orders: ordersOf(10) },
    })
    expect(orderScale(seen, complete)).toEqual(UNKNOWN)
  })

  test.each<[days: number, wanted: number]>([
    [7, 0.625],
    [6, 1],
  ])('with %d known days is %d', (days, wanted) => {
    const orders = ordersOf(10).slice(0, days)
    expect(orderScale(observed({ orders }), complete).unmeasured).toBe(wanted)
  })

  test('counts only mature days, completed', () => {
    // Visible: half until the fourth day, 90 % from then on. 24 days of 16 / 0.9 claims.
    const scale = orderScale(observed(), (_account, age) => (age < 5 ? 0.5 : 0.9))
    expect(scale.days).toBe(24)
    expect(scale.claimed).toBeCloseTo((24 * 16) / 0.9, 9)
    expect(scale.unmeasured).toBeCloseTo(0.5625, 9)
  })

  test('leaves out a day that is not over yet where an account is', () => {
    // In Los Angeles it is still the 20th.
    const seen = anObservation({
      accounts: [
        { key: 'google-ads:1', campaigns: [claiming('1', 'Brand', 4)] },
        {
          key: 'meta:1',
          campaigns: [claiming('2', 'Cold', 12)],
          structure: { zone: timeZone('America/Los_Angeles') },
        },
      ],
      policy: { members: MEMBERS },
      over: { orders: ordersOf(10) },
    })
    expect(orderScale(seen, complete).days).toBe(27)
  })

  test('leaves out days of which much is yet to be taken back', () => {
    expect(orderScale(observed(), (_account, age) => (age < 15 ? 1.3 : 1)).days).toBe(14)
  })

  test('counts claims of campaigns outside the portfolio: they claim the same orders', () => {
    const google = [claiming('1', 'Brand', 4), claiming('3', 'Not ours', 4)]
    expect(orderScale(observed({ google }), complete).unmeasured).toBe(0.5)
  })
})

const budgetIn = (observation: Observation, account: number) => {
  const seen = observation.accounts[account]!
  return { seen, budget: seen.structure.budgets[0]! }
}

/** Of the budget of the first campaign of an account, 0 Google Ads, 1 Meta. */
const incrementality = (observation: Observation, account: number, scale = orderScale(observation, complete)) => {
  const { seen, budget } = budgetIn(observation, account)
  return incrementalityOf(observation.policy.policy, scale, seen, budget)
}

describe('how much of a claim was caused', () => {
  test('is the prior of its class, scaled to what was ordered', () => {
    const found = incrementality(
      observed({ policy: { incrementality: { brand: { mean: 0.4, low: 0.16, high: 0.8 } } } }),
      0,
    )
    // 0.625 of each.
    expect(found).toEqual({ mean: 0.25, low: 0.1, high: 0.5, evidence: 'prior' })
  })

  test('is what a lift test found where there is one, not scaled: the test was of these very claims', () => {
    const policy = { calibrations: [lift('geo test', { class: 'brand' }, 0.3, 0.1, 0.5)] }
    expect(incrementality(observed({ policy }), 0)).toEqual({
      mean: 0.3,
      low: 0.1,
      high: 0.5,
      evidence: 'lift',
      name: 'geo test',
    })
    expect(incrementality(observed({ policy }), 1).evidence).toBe('prior')
  })

  test('is what the most specific lift test found', () => {
    const calibrations = [
      lift('everything', {}, 0.9),
      lift('class', { class: 'brand' }, 0.8),
      lift('platform', { platform: 'google-ads' }, 0.7),
      lift('account', { account: 'google-ads:1' }, 0.6),
      lift('name', { name: 'brand' }, 0.5),
      lift('id', { id: '1' }, 0.4),
      lift('another platform', { platform: 'meta', class: 'brand' }, 0.1),
    ]
    for (const last of [6, 5, 4, 3, 2, 1])
      expect(incrementality(observed({ policy: { calibrations: calibrations.slice(0, last) } }), 0, UNKNOWN).name).toBe(
        calibrations[last - 1]?.name,
      )
    expect(incrementality(observed({ policy: { calibrations } }), 0, UNKNOWN).name).toBe('id')
  })

  test('of equally specific lift tests is what the first found', () => {
    const calibrations = [lift('first', { name: 'br' }, 0.4), lift('second', { name: 'nd' }, 0.6)]
    expect(incrementality(observed({ policy: { calibrations } }), 0, UNKNOWN).name).toBe('first')
  })

  test('is scaled even where it was tested, when all together would be credited with more than was ordered', () => {
    // 10 orders a day; lift tests say 1.5 × 4 + 1 × 12 = 18 were caused.
    const policy = {
      calibrations: [lift('google', { platform: 'google-ads' }, 1.5, 1, 2), lift('meta', { platform: 'meta' }, 1)],
    }
    const seen = observed({ policy })
    expect(orderScale(seen, complete).measured).toBeCloseTo(10 / 18, 12)
    expect(incrementality(seen, 0).mean).toBeCloseTo(15 / 18, 12)
    expect(incrementality(seen, 1).mean).toBeCloseTo(10 / 18, 12)
  })

  test.each<[why: string, calibrations: readonly Fields[]]>([
    ['nothing is tested', []],
    ['brand is tested', [lift('b', { class: 'brand' }, 0.9)]],
    ['brand has more effect than claims', [lift('b', { class: 'brand' }, 2.4)]],
    ['prospecting has more effect than claims', [lift('c', { class: 'prospecting' }, 3)]],
    ['both are tested', [lift('b', { class: 'brand' }, 0.1), lift('c', { class: 'prospecting' }, 0.9)]],
  ])('credits no more than was ordered when %s', (_why, calibrations) => {
    const policy = { calibrations, incrementality: { prospecting: { mean: 2, low: 1, high: 2 } } }
    const seen = observed({ policy })
    const credited = 4 * incrementality(seen, 0).mean + 12 * incrementality(seen, 1).mean
    expect(credited).toBeLessThanOrEqual(10 + 1e-9)
  })
})

describe('a budget that feeds several campaigns', () => {
  const google = [claiming('1', 'Cold', 4), claiming('3', 'Brand', 4), claiming('4', 'Other', 4)]
  const shared = (campaigns: readonly string[], calibrations: readonly Fields[] = []) => {
    const observation = observed({ google, policy: { calibrations } })
    const budget = aBudget('1', 10, { id: '100' as BudgetId, owner: 'shared', campaigns: campaigns as CampaignId[] })
    return incrementalityOf(observation.policy.policy, UNKNOWN, observation.accounts[0]!, budget)
  }

  test('has what the most doubtful of them has', () => {
    expect(shared(['1', '3'])).toEqual({ mean: 0.2, low: 0.05, high: 0.5, evidence: 'prior' })
  })

  test('has evidence of lift only when all of them have', () => {
    const brand = lift('brand', { class: 'brand' }, 0.6)
    expect(shared(['1', '3'], [brand])).toMatchObject({ mean: 0.6, evidence: 'prior' })
    expect(shared(['1', '3'], [brand])).not.toHaveProperty('name')
    expect(shared(['1', '3'], [brand, lift('cold', { class: 'prospecting' }, 0.7)])).toMatchObject({
      mean: 0.6,
      evidence: 'lift',
      name: 'brand',
    })
  })

  test('counts no campaign outside the portfolio', () => {
    expect(shared(['1', '4'])).toMatchObject({ mean: 0.85 })
  })

  test('counts as opaque when nothing of it is in the portfolio', () => {
    expect(shared(['4'])).toMatchObject({ mean: 0.6, evidence: 'prior' })
  })
})

describe('evidence of lift', () => {
  const measured = { mean: 0.3, low: 0.1, high: 0.5, evidence: 'lift', name: 'geo' } as const
  test('is a lift test', () => {
    expect(hasLift(measured)).toBe(true)
  })
  test('is not a prior', () => {
    expect(hasLift({ ...measured, evidence: 'prior' })).toBe(false)
  })
  test('is not a test whose interval reaches nothing', () => {
    expect(hasLift({ ...measured, low: 0 })).toBe(false)
  })
})
