import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Lever, LeverChange } from '../../../lib/model/lever.ts'
import { instant, later } from '../../../lib/units/calendar.ts'
import { currency, money } from '../../../lib/units/money.ts'
import { CUSTOMER } from '../../playground/google-ads/stub-world.ts'
import { ACCOUNT, amount, HOUR, lever, type Stage, startStage } from './twin-stage.ts'

let stage: Stage
const restart = async (...how: Parameters<typeof startStage>): Promise<void> => {
  await stage?.twin.close()
  stage = await startStage(...how)
}
beforeEach(() => restart())
afterEach(() => stage.twin.close())

const change = (of: Lever, to: LeverChange['to']): LeverChange => ({ lever: of, from: to, to })
const BUDGET = lever('daily-budget', 'budget', '501')
const budgetMicros = () => stage.world.account('google-ads', CUSTOMER)?.budgets.get('501')?.amountMicros

describe('pushing', () => {
  test('each kind of lever arrives, and reads back as it was sent', async () => {
    const changes = [
      change(BUDGET, amount(60_000_000n)),
      change(lever('target-cpa', 'campaign', '101'), amount(22_000_000n)),
      change(lever('target-roas', 'campaign', '102'), { kind: 'ratio', value: 3.25 }),
      change(lever('bid-multiplier', 'campaign', '101', 'mobile'), { kind: 'ratio', value: Math.fround(1.3) }),
      change(lever('status', 'campaign', '103'), { kind: 'status', status: 'paused' }),
    ]
    expect(await stage.google.writer.apply(ACCOUNT, changes)).toEqual(changes.map(() => ({ kind: 'applied' })))
    const live = await stage.google.reader.live(
      ACCOUNT,
      changes.map((c) => c.lever),
    )
    expect(live).toEqual(changes.map(({ lever: of, to }) => ({ lever: of, value: to })))
  })

  test('what Google refuses is refused for that change only', async () => {
    const results = await stage.google.writer.apply(ACCOUNT, [
      change(lever('daily-budget', 'budget', '999'), amount(5_000_000n)),
      change(BUDGET, amount(60_000_000n)),
      change(lever('daily-budget', 'budget', '502'), amount(60_000_001n)),
    ])
    expect(results).toMatchObject([
      { kind: 'refused', failure: { code: 'mutateError.RESOURCE_NOT_FOUND' } },
      { kind: 'applied' },
      { kind: 'refused', failure: { code: 'campaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT' } },
    ])
    expect(budgetMicros()).toBe(60_000_000n)
  })

  test('a token that ends before a push of pauses loses none of them', async () => {
    let mutates = 0
    stage.faults = ({ mutating }) => {
      mutates += mutating ? 1 : 0
      return mutating && mutates === 1 ? 'unauthorised' : undefined
    }
    const pauses = ['101', '102', '103'].map((id) =>
      change(lever('status', 'campaign', id), { kind: 'status', status: 'paused' }),
    )
    expect(await stage.google.writer.apply(ACCOUNT, pauses)).toEqual(pauses.map(() => ({ kind: 'applied' })))
    const campaigns = stage.world.account('google-ads', CUSTOMER)?.campaigns
    expect(['101', '102', '103'].map((id) => campaigns?.get(id)?.status)).toEqual(['paused', 'paused', 'paused'])
    expect([mutates, stage.twin.requests.token]).toEqual([2, 2])
  })

  test('a token that ends does not bring a push out after its time', async () => {
    let mutates = 0
    stage.faults = ({ mutating }) => {
      if (!mutating) return undefined
      mutates += 1
      stage.world.advance(HOUR)
      return 'unauthorised'
    }
    const pause = change(lever('status', 'campaign', '101'), { kind: 'status', status: 'paused' })
    const results = await stage.google.writer.apply(ACCOUNT, [pause], later(stage.world.now(), HOUR / 2))
    expect(results).toMatchObject([{ kind: 'refused', failure: { kind: 'unauthorised' } }])
    expect(mutates).toBe(1)
  })

  test.each([
    ['drop-after', 'unknown', 60_000_000n],
    ['drop-before', 'unknown', 50_000_000n],
    ['truncate', 'unknown', 60_000_000n],
    ['unavailable', 'unknown', 50_000_000n],
    ['rate-limited', 'refused', 50_000_000n],
  ] as const)('under the fault %s the outcome is %s, and nothing is sent again', async (name, kind, micros) => {
    stage.faults = ({ mutating }) => (mutating ? name : undefined)
    expect(await stage.google.writer.apply(ACCOUNT, [change(BUDGET, amount(60_000_000n))])).toMatchObject([{ kind }])
    expect(budgetMicros()).toBe(micros)
    expect(stage.twin.requests['googleAds:mutate'] ?? 0).toBeLessThanOrEqual(1)
  })

  test('yen go in whole', async () => {
    await restart({ currency: 'JPY', zone: 'Asia/Tokyo' })
    const yen = change(BUDGET, amount(5_000_000_000n, 'JPY'))
    expect(await stage.google.writer.apply(ACCOUNT, [yen])).toEqual([{ kind: 'applied' }])
    expect(budgetMicros()).toBe(5_000_000_000n)
    expect(stage.google.capabilities.normalise('daily-budget', amount(5_000_999_999n, 'JPY'))).toEqual(yen.to)
  })

  test('a push shows in the change history, as another tool’s unless the address is ours', async () => {
    await stage.google.writer.apply(ACCOUNT, [change(BUDGET, amount(60_000_000n))])
    expect(await stage.google.reader.changes(ACCOUNT, later(stage.world.now(), -HOUR))).toMatchObject([
      {
        at: stage.world.now(),
        origin: 'other-tool',
        entity: { kind: 'budget', id: '501' },
        from: '50000000',
        to: '60000000',
      },
    ])
  })
})

describe('levers that are not there', () => {
  test.each([
    ['a budget of nobody', lever('daily-budget', 'budget', '999')],
    ['the total of a daily budget', lever('lifetime-budget', 'budget', '501')],
    ['the status of a removed campaign', lever('status', 'campaign', '105')],
    ['a target that the strategy lacks', lever('target-cpa', 'campaign', '104')],
    ['a bid', lever('bid', 'campaign', '101')],
  ])('%s has no value', async (_, of) => {
    expect(await stage.google.reader.live(ACCOUNT, [of])).toEqual([{ lever: of, value: undefined }])
  })

  test('a device without a criterion stands at 1', async () => {
    const [live] = await stage.google.reader.live(ACCOUNT, [lever('bid-multiplier', 'campaign', '102', 'mobile')])
    expect(live?.value).toEqual({ kind: 'ratio', value: 1 })
  })
})

describe('announcements', () => {
  const sale = {
    kind: 'seasonality',
    name: 'Black Friday',
    from: instant('2026-11-27T05:00:00Z'),
    to: instant('2026-11-28T05:00:00Z'),
    conversionRateFactor: 1.4,
    campaigns: ['101'],
  } as const
  const outage = {
    kind: 'data-exclusion',
    name: 'Tag was gone',
    from: instant('2026-11-18T05:00:00Z'),
    to: instant('2026-11-18T15:00:00Z'),
    campaigns: [],
  } as const

  test('are created once, whoever announces them again, and read back', async () => {
    for (const announcement of [sale, outage, sale, outage])
      expect(await stage.google.writer.announce(ACCOUNT, announcement)).toEqual({ kind: 'applied' })
    expect(await stage.google.reader.announcements(ACCOUNT)).toEqual([sale, outage])
    expect(stage.twin.requests['googleAds:mutate']).toBe(2)
  })

  const budgetSchedule = {
    kind: 'budget-schedule',
    name: 'x',
    from: sale.from,
    to: sale.to,
    budget: BUDGET,
    amount: money(1n, currency('USD')),
    over: money(1n, currency('USD')),
  } as const

  test.each([
    ['a factor of 11', { ...sale, conversionRateFactor: 11 }, 'FACTOR'],
    ['no time at all', { ...sale, to: sale.from }, 'INTERVAL'],
    ['15 days', { ...sale, to: later(sale.from, 15 * 24 * HOUR) }, 'INTERVAL'],
    ['no name', { ...sale, name: '' }, 'NAME'],
    ['a campaign that is no id', { ...sale, campaigns: ['a'] }, 'BAD_ID'],
    ['a budget schedule', budgetSchedule, 'NOT_HONOURED'],
  ] as const)('%s is refused unsent', async (_, announcement, code) => {
    expect(await stage.google.writer.announce(ACCOUNT, announcement)).toMatchObject({
      kind: 'refused',
      failure: { code },
    })
    expect(stage.twin.requests['googleAds:mutate']).toBeUndefined()
  })
})
