import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accountRef } from '../../../lib/model/account.ts'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import { PlatformError } from '../../../lib/model/failure.ts'
import { accountDate } from '../../../lib/units/calendar.ts'
import { currency, money } from '../../../lib/units/money.ts'
import { CUSTOMER } from '../../playground/google-ads/stub-world.ts'
import { ACCOUNT, type Stage, startStage } from './twin-stage.ts'

const PURCHASE: ConversionRule = { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' }
const DAYS = { grain: 'day', from: accountDate('2026-11-17'), to: accountDate('2026-11-19') } as const

let stage: Stage
const restart = async (...how: Parameters<typeof startStage>): Promise<void> => {
  await stage?.twin.close()
  stage = await startStage(...how)
}
beforeEach(() => restart())
afterEach(() => stage.twin.close())

describe('structure', () => {
  test('names campaigns, budgets with what they feed, strategies and devices, the removed included', async () => {
    const { campaigns, budgets, blockers, currency: of, zone } = await stage.google.reader.structure(ACCOUNT)
    expect([of, zone, blockers]).toEqual(['USD', 'America/New_York', []])
    expect(campaigns.map(({ id, kind, status, strategy }) => [id, kind, status, strategy.kind])).toEqual([
      ['101', 'search', 'active', 'target-cpa'],
      ['102', 'performance-max', 'active', 'target-roas'],
      ['103', 'shopping', 'active', 'max-value'],
      ['104', 'search', 'paused', 'max-conversions'],
      ['105', 'search', 'removed', 'target-cpa'],
    ])
    expect(campaigns[0]).toMatchObject({ budget: '501', deviceMultipliers: { mobile: Math.fround(1.1) } })
    expect(budgets.map((b) => [b.id, b.owner, b.period, b.amount.micros, b.campaigns, b.status])).toEqual([
      ['501', 'campaign', 'daily', 50_000_000n, ['101'], 'active'],
      ['502', 'campaign', 'daily', 80_000_000n, ['102'], 'active'],
      ['503', 'shared', 'daily', 120_000_000n, ['103', '104'], 'active'],
      ['505', 'campaign', 'daily', 10_000_000n, [], 'removed'],
    ])
  })

  test('names a running experiment with its base first, and what the account may still spend', async () => {
    await restart({
      spendCapMicros: 1_000_000_000n,
      experiments: [
        {
          id: '900',
          name: 'Broad match',
          from: accountDate('2026-11-01'),
          to: accountDate('2026-11-30'),
          baseCampaignId: '103',
          armCampaignIds: ['104'],
        },
      ],
    })
    const { experiments, remainingSpendCap } = await stage.google.reader.structure(ACCOUNT)
    expect(experiments).toMatchObject([{ name: 'Broad match', campaigns: ['103', '104'] }])
    // 1,000.00 less the 160.00 of the two days.
    expect(remainingSpendCap?.micros).toBe(840_000_000n)
  })

  test('names what blocks every write', async () => {
    await restart({ status: 'suspended' }, { euPoliticalDeclarationMissing: [CUSTOMER] })
    expect((await stage.google.reader.structure(ACCOUNT)).blockers.map(({ code }) => code)).toEqual([
      'CUSTOMER_SUSPENDED',
      'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED',
    ])
  })
})

describe('performance', () => {
  test('has spend and claimed conversions by campaign and day, and the account’s own totals', async () => {
    const { rows, accountSpend } = await stage.google.reader.performance(ACCOUNT, DAYS, [PURCHASE])
    // Two purchases of 30.00 on the 18th, three on the 19th; views are not among them.
    expect(rows.map((r) => [r.campaign, r.date, r.spend.micros, r.clicks, r.conversions[0]?.conversions])).toEqual([
      ['101', '2026-11-18', 40_000_000n, 50, 2],
      ['101', '2026-11-19', 50_000_000n, 60, 3],
      ['102', '2026-11-18', 70_000_000n, 90, undefined],
    ])
    expect(rows[1]?.conversions[0]?.value).toEqual(money(90_000_000n, currency('USD')))
    expect([...accountSpend].map(([date, { micros }]) => [date, micros])).toEqual([
      ['2026-11-17', 0n],
      ['2026-11-18', 110_000_000n],
      ['2026-11-19', 50_000_000n],
    ])
  })

  test('comes by the hour too', async () => {
    const { rows } = await stage.google.reader.performance(ACCOUNT, { ...DAYS, grain: 'hour' }, [PURCHASE])
    expect(rows.map(({ campaign, date, hour }) => [campaign, date, hour])).toEqual([
      ['101', '2026-11-18', 9],
      ['101', '2026-11-19', 9],
      ['102', '2026-11-18', 9],
    ])
  })

  test('by conversion day is asked of the world on that basis', async () => {
    await stage.google.reader.performance(ACCOUNT, DAYS, [{ ...PURCHASE, basis: 'conversion' }])
    expect(stage.world.asked.map(({ basis }) => basis)).toContain('conversion')
  })
})

describe('failures of reads', () => {
  const read = () =>
    stage.google.reader.performance(ACCOUNT, DAYS, []).then(
      () => 'read',
      (e: PlatformError) => e.failure.kind,
    )

  test.each([
    ['unavailable', 'transient'],
    ['rate-limited', 'rate-limited'],
    ['unauthorised', 'unauthorised'],
    ['drop-after', 'transient'],
  ] as const)('the fault %s is %s', async (name, kind) => {
    stage.faults = ({ path }) => (path.endsWith('googleAds:search') ? name : undefined)
    expect(await read()).toBe(kind)
  })

  test('a truncated answer is not a report', async () => {
    stage.faults = ({ path }) => (path.endsWith('googleAds:search') ? 'truncate' : undefined)
    expect(await read()).toBe('unreadable')
  })

  test('a token that expired before its time is replaced, once', async () => {
    expect(await read()).toBe('read')
    stage.twin.expireTokens()
    expect(await read()).toBe('read')
    expect(stage.twin.requests.token).toBe(2)
  })

  test('a used-up day is told apart from a short pause', async () => {
    await restart({}, { dailyOperations: 1 })
    await stage.google.reader.announcements(ACCOUNT).catch(() => {})
    await expect(stage.google.reader.structure(ACCOUNT)).rejects.toThrow(/^quota-exhausted/)
  })

  test('an account that the credentials do not reach wants a person', async () => {
    const failure = await stage.google.reader
      .structure(accountRef('google-ads', '42'))
      .catch((e: PlatformError) => e.failure)
    expect(failure).toMatchObject({ kind: 'unauthorised' })
  })

  test('an account of another platform is refused unread', async () => {
    await expect(stage.google.reader.structure(accountRef('meta', CUSTOMER))).rejects.toBeInstanceOf(PlatformError)
    expect(stage.twin.requests).toEqual({})
  })
})
