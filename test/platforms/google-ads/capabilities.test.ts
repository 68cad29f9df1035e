import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Lever } from '../../../lib/model/lever.ts'
import type {
  AccountStructure,
  BidStrategy,
  BudgetHolder,
  Campaign,
  CriterionDimension,
} from '../../../lib/model/structure.ts'
import { googleAdsCapabilities as google } from '../../../lib/platforms/google-ads/capabilities.ts'
import { timeZone } from '../../../lib/units/calendar.ts'
import { currency, money } from '../../../lib/units/money.ts'
import { ACCOUNT, lever, NOW, ratio, usd } from './tiny-server.ts'

const USD = currency('USD')
const cpa = money(20_000_000n, USD)

const campaign = (id: string, strategy: BidStrategy, over: Partial<Campaign> = {}): Campaign => ({
  id: id as Campaign['id'],
  name: id,
  kind: 'search',
  status: 'active',
  strategy,
  learning: 'stable',
  deviceMultipliers: {},
  ...over,
})
const budget = (id: string, over: Partial<BudgetHolder> = {}): BudgetHolder => ({
  id: id as BudgetHolder['id'],
  name: id,
  owner: 'campaign',
  period: 'daily',
  amount: money(50_000_000n, USD),
  campaigns: [],
  status: 'active',
  ...over,
})

const by = (id: string, dimension: CriterionDimension, criterion: string): Lever => ({
  ...lever('bid-multiplier', 'campaign', id),
  criterion: { dimension, id: criterion },
})

const STRUCTURE: AccountStructure = {
  account: ACCOUNT,
  name: 'Shop',
  currency: USD,
  zone: timeZone('Europe/Berlin'),
  readAt: NOW,
  blockers: [],
  campaigns: [
    campaign(
      '1',
      { kind: 'manual-cpc' },
      { criteria: [{ dimension: 'place', id: '31', name: 'Berlin', multiplier: 1 }] },
    ),
    campaign('2', { kind: 'target-cpa', targetCpa: cpa }),
    campaign('3', { kind: 'max-conversions' }),
    campaign('4', { kind: 'target-roas', targetRoas: 3.5 }),
    campaign('5', { kind: 'target-cpa', targetCpa: cpa, portfolioStrategy: '77' }),
    campaign('6', { kind: 'target-cpa', targetCpa: cpa }, { status: 'removed' }),
    campaign('7', { kind: 'max-value' }, { status: 'paused' }),
  ],
  adGroups: [
    {
      id: '21' as never,
      campaign: '2' as never,
      name: 'own target',
      status: 'active',
      strategy: { kind: 'target-cpa', targetCpa: cpa },
      learning: 'stable',
    },
  ],
  budgets: [
    budget('10', { campaigns: ['7' as never] }),
    budget('11', { period: 'lifetime' }),
    budget('12', { status: 'removed' }),
    budget('13', { campaigns: ['1', '2'] as never }),
  ],
  experiments: [{ id: 'e', name: 'E', campaigns: ['1', '2'] as never }],
}

test.each<[string, Lever, RegExp | 'honoured']>([
  ['a daily budget, its campaign paused', lever('daily-budget', 'budget', '10'), 'honoured'],
  ['a lifetime budget', lever('lifetime-budget', 'budget', '11'), 'honoured'],
  ['the daily amount of a lifetime budget', lever('daily-budget', 'budget', '11'), /is a lifetime budget/],
  ['a removed budget', lever('daily-budget', 'budget', '12'), /CAMPAIGN_BUDGET_REMOVED/],
  ['a budget that feeds an experiment’s arm', lever('daily-budget', 'budget', '13'), /campaign 2, an arm/],
  ['a budget of nobody', lever('daily-budget', 'budget', '99'), /not in the account/],
  ['target CPA where there is one', lever('target-cpa', 'campaign', '2'), 'honoured'],
  ['target CPA where there is none', lever('target-cpa', 'campaign', '3'), /max-conversions has no target-cpa/],
  ['target CPA under target ROAS', lever('target-cpa', 'campaign', '4'), /target-roas has no target-cpa/],
  ['target ROAS where there is one', lever('target-roas', 'campaign', '4'), 'honoured'],
  ['target CPA in a portfolio', lever('target-cpa', 'campaign', '5'), /portfolio strategy 77/],
  ['target CPA of the portfolio', lever('target-cpa', 'portfolio-strategy', '77'), 'honoured'],
  ['target ROAS of a CPA portfolio', lever('target-roas', 'portfolio-strategy', '77'), /no target-roas/],
  ['a portfolio that nobody uses', lever('target-cpa', 'portfolio-strategy', '78'), /no campaign uses/],
  ['an ad group’s own target CPA', lever('target-cpa', 'ad-group', '21'), 'honoured'],
  ['an ad group’s missing target ROAS', lever('target-roas', 'ad-group', '21'), /no target-roas/],
  ['an ad group without a target', lever('target-cpa', 'ad-group', '22'), /no target of its own/],
  ['devices with manual bids', lever('bid-multiplier', 'campaign', '1', 'mobile'), 'honoured'],
  ['devices with a target CPA', lever('bid-multiplier', 'campaign', '2', 'mobile'), 'honoured'],
  ['devices under maximise conversions', lever('bid-multiplier', 'campaign', '3', 'mobile'), /ignores device/],
  ['devices under target ROAS', lever('bid-multiplier', 'campaign', '4', 'mobile'), /ignores device/],
  ['a multiplier of no device', lever('bid-multiplier', 'campaign', '1'), /name the device/],
  ['a place that the campaign lists', by('1', 'place', '31'), 'honoured'],
  ['a place that it does not list', by('1', 'place', '32'), /lists no place 32, and listing one would change whom/],
  ['an audience by the id of a place', by('1', 'audience', '31'), /lists no audience 31/],
  ['a place with a target CPA', by('2', 'place', '31'), /ignores place modifiers under target-cpa/],
  ['hours under target ROAS', by('4', 'hour', '31'), /ignores hour modifiers under target-roas/],
  ['an audience under maximise conversions', by('3', 'audience', '31'), /ignores audience modifiers/],
  ['a bid', lever('bid', 'campaign', '1'), /not moved/],
  ['a budget by its campaign', lever('daily-budget', 'campaign', '1'), /object of its own/],
  ['pausing', lever('status', 'campaign', '7'), 'honoured'],
  ['pausing what was removed', lever('status', 'campaign', '6'), /was removed/],
  ['a campaign of another account', lever('status', 'campaign', '99'), /not in the account/],
])('%s: %s', (_, of, expected) => {
  const found = google.honours(of, STRUCTURE)
  if (expected === 'honoured') expect(found).toEqual({ kind: 'honoured' })
  else expect(found).toMatchObject({ kind: 'not-honoured', reason: expect.stringMatching(expected) })
})

describe('as Google would store it', () => {
  const yen = (micros: bigint) => ({ kind: 'money', amount: money(micros, currency('JPY')) }) as const

  test.each([
    [usd(50_019_999n), usd(50_010_000n)],
    [usd(50_000_000n), usd(50_000_000n)],
    [yen(5_000_999_999n), yen(5_000_000_000n)],
  ])('money goes down to the billable unit: %o', (value, stored) => {
    expect(google.normalise('daily-budget', value)).toEqual(stored)
  })

  test('a multiplier is a float32, a target ROAS a double', () => {
    expect(google.normalise('bid-multiplier', ratio(1.1))).toEqual(ratio(1.100000023841858))
    expect(google.normalise('target-roas', ratio(3.3))).toEqual(ratio(3.3))
  })

  test('an unknown currency is named', () => {
    const value = { kind: 'money', amount: money(1n, currency('XTS')) } as const
    expect(() => google.normalise('daily-budget', value)).toThrow('XTS')
    expect(() => google.minimumDailyBudget(currency('XTS'))).toThrow('XTS')
  })

  test('the least daily budget is one billable unit', () => {
    expect(google.minimumDailyBudget(currency('JPY')).micros).toBe(1_000_000n)
  })
})

test.each(['capabilities.ts', 'platform.ts'])('%s loads nothing of the client package', (file) => {
  const folder = join(import.meta.dirname, '../../../lib/platforms/google-ads')
  const script = `
    const { registerHooks } = await import('node:module')
    registerHooks({ resolve: (name, context, next) => {
      if (name.startsWith('google-ads')) throw new Error('loaded ' + name)
      return next(name, context)
    } })
    await import(${JSON.stringify(join(folder, file))})`
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
})
