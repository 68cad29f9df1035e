import { describe, expect, test } from 'vitest'
import { observe } from '../../lib/control/observe.ts'
import { type AccountRef, accountKey, type BudgetId, type CampaignId } from '../../lib/model/account.ts'
import type { BudgetForecast, ClickCell, LagBucket, TargetForecast } from '../../lib/model/evidence.ts'
import { PlatformError } from '../../lib/model/failure.ts'
import type { OrderDay } from '../../lib/model/orders.ts'
import type { PlatformReader } from '../../lib/ports/platform.ts'
import { accountDate, DAY_MS, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, B, PORTFOLIO, type Rig, rig } from '../simulation/rig.ts'

const RULE = 'purchase|7c|0v|click'
const BUCKETS: readonly LagBucket[] = [
  { fromDays: 0, toDays: 1, conversions: 60 },
  { fromDays: 1, toDays: 2, conversions: 40 },
]
const FORECASTS: readonly BudgetForecast[] = [
  {
    budget: '10' as BudgetId,
    points: [
      { dailyBudget: 50, spend: 50, conversions: 9 },
      { dailyBudget: 100, spend: 100, conversions: 14 },
    ],
  },
]

const TARGETS: readonly TargetForecast[] = [
  {
    campaign: '10' as CampaignId,
    kind: 'target-cpa',
    from: accountDate('2026-05-24'),
    to: accountDate('2026-05-30'),
    points: [
      { target: 10, spend: 50, conversions: 6, value: 0 },
      { target: 12, spend: 80, conversions: 8, value: 0 },
    ],
  },
]

/** A rig whose platform tells its lags and forecasts, and counts how often it is asked. */
async function telling(over: Partial<PlatformReader> = {}): Promise<{ stage: Rig; asked: string[] }> {
  const stage = await rig()
  const asked: string[] = []
  Object.assign(stage.ads.platform.reader, {
    conversionLag: async (account: AccountRef, rules: readonly object[]) => {
      asked.push(`lag ${account.id} ${rules.length}`)
      return new Map([[RULE, BUCKETS]])
    },
    forecasts: async (account: AccountRef) => {
      asked.push(`forecasts ${account.id}`)
      return FORECASTS
    },
    ...over,
  })
  return { stage, asked }
}

const refuses = async (): Promise<never> => {
  throw new PlatformError({ kind: 'rejected', code: 'NO', detail: 'not for this account' })
}

const observed = async (stage: Rig) => {
  const { accounts } = await observe(stage.policy, 'daily', stage.loop)
  return accounts.find(({ account }) => account === accountKey(A))!
}

describe('what a platform says beside its reports', () => {
  test('is asked for once a day, with the days that are read again, and stands in the observation', async () => {
    const { stage, asked } = await telling()
    await stage.run('pull', A)
    stage.wait(MINUTE_MS)
    await stage.run('pull', A)
    expect(asked).toEqual(['lag 1 1', 'forecasts 1'])
    await stage.run('pull', B)
    expect(await observed(stage)).toMatchObject({ lagBuckets: BUCKETS, forecasts: FORECASTS })
    stage.wait(DAY_MS)
    await stage.run('pull', A)
    expect(asked.slice(2)).toEqual(['lag 2 1', 'forecasts 2', 'lag 1 1', 'forecasts 1'])
  })

  test('is done without where the platform has none', async () => {
    const stage = await rig()
    await stage.ready()
    expect(await stage.loop.facts.evidence(A)).toBeUndefined()
    expect(Object.keys(await observed(stage))).not.toContain('lagBuckets')
    expect(Object.keys(await observed(stage))).not.toContain('forecasts')
  })

  test('fails no pull where it is refused, and what is refused keeps its last answer', async () => {
    const { stage } = await telling()
    await stage.ready()
    const { reader } = stage.ads.platform
    Object.assign(reader, { conversionLag: refuses })
    stage.wait(DAY_MS)
    await stage.run('pull', A)
    expect((await stage.loop.facts.pullStatus(A))?.historyTo).toBe('2026-06-02')
    const evidence = await stage.loop.facts.evidence(A)
    expect(evidence!.forecasts!.readAt - evidence!.lagBuckets!.readAt).toBeGreaterThanOrEqual(DAY_MS)
    expect(await observed(stage)).toMatchObject({ lagBuckets: BUCKETS, forecasts: FORECASTS })
    Object.assign(reader, { forecasts: refuses })
    stage.wait(DAY_MS)
    await stage.run('pull', A)
    expect(await stage.loop.facts.evidence(A)).toEqual(evidence)
  })

  test('hides no fault of this program', async () => {
    const { stage } = await telling({
      forecasts: async () => {
        throw new TypeError('points is not iterable')
      },
    })
    await expect(stage.run('pull', A)).rejects.toThrow('points is not iterable')
  })

  test('is believed for a time: forecasts for a week, lags for two months', async () => {
    const { stage } = await telling()
    await stage.ready()
    const { reader } = stage.ads.platform
    Object.assign(reader, { conversionLag: refuses, forecasts: refuses })
    const seen = async (days: number): Promise<readonly boolean[]> => {
      stage.wait(days * DAY_MS)
      await stage.run('pull', A)
      await stage.run('pull', B)
      const { lagBuckets, forecasts } = await observed(stage)
      return [lagBuckets !== undefined, forecasts !== undefined]
    }
    expect(await seen(6)).toEqual([true, true])
    expect(await seen(2)).toEqual([true, false])
    expect(await seen(50)).toEqual([true, false])
    expect(await seen(3)).toEqual([false, false])
  })

  test('may be of other targets too: asked for with the rest, kept where refused, and believed for a week', async () => {
    const { stage } = await telling({ targetForecasts: async () => TARGETS })
    await stage.ready()
    expect((await observed(stage)).targetForecasts).toEqual(TARGETS)
    Object.assign(stage.ads.platform.reader, { targetForecasts: refuses })
    for (const [days, kept] of [
      [6, TARGETS],
      [2, undefined],
    ] as const) {
      stage.wait(days * DAY_MS)
      await stage.run('pull', A)
      await stage.run('pull', B)
      expect((await observed(stage)).targetForecasts).toEqual(kept)
    }
  })

  test('of other targets alone is asked for too', async () => {
    const stage = await rig()
    Object.assign(stage.ads.platform.reader, { targetForecasts: async () => TARGETS })
    await stage.ready()
    expect((await observed(stage)).targetForecasts).toEqual(TARGETS)
  })

  test('of another rule than the policy’s says nothing', async () => {
    const { stage } = await telling({ conversionLag: async () => new Map([['lead|7c|0v|click', BUCKETS]]) })
    await stage.ready()
    expect(Object.keys(await observed(stage))).not.toContain('lagBuckets')
  })
})

describe('counts by device', () => {
  const CELLS: readonly ClickCell[] = [
    { campaign: '10' as CampaignId, device: 'mobile', clicks: 900, conversions: 20, value: 0 },
  ]
  const counting = async (over: Partial<PlatformReader> = {}) => {
    const { stage } = await telling({ conversionLag: refuses, forecasts: refuses })
    const asked: string[] = []
    Object.assign(stage.ads.platform.reader, {
      cells: async (account: AccountRef, rules: readonly object[], from: string, to: string) => {
        asked.push(`${account.id} ${rules.length} ${from} ${to}`)
        return new Map([[RULE, CELLS]])
      },
      ...over,
    })
    return { stage, asked }
  }

  test('are not asked for while no policy steers multipliers', async () => {
    const { stage, asked } = await counting()
    await stage.ready()
    expect(asked).toEqual([])
  })

  test('are asked for once a day over 60 complete days, and believed for a week', async () => {
    const { stage, asked } = await counting()
    await stage.setPolicy({ bidMultipliers: 'steer' })
    await stage.ready()
    // 60 days before 2 June 2026 is 3 April.
    expect(asked).toEqual(['1 1 2026-04-03 2026-06-01', '2 1 2026-04-03 2026-06-01'])
    stage.wait(MINUTE_MS)
    await stage.run('pull', A)
    expect(asked).toHaveLength(2)
    const read = { from: '2026-04-03', to: '2026-06-01', cells: CELLS }
    expect((await observed(stage)).cells).toEqual(read)
    Object.assign(stage.ads.platform.reader, { cells: refuses })
    for (const [days, kept] of [
      [6, true],
      [2, false],
    ] as const) {
      stage.wait(days * DAY_MS)
      await stage.run('pull', A)
      await stage.run('pull', B)
      expect((await observed(stage)).cells).toEqual(kept ? read : undefined)
    }
  })
})

describe('orders of the shop', () => {
  const day = (date: string, orders: number): OrderDay => ({ date: accountDate(date), orders, valueMicros: 0n })

  test('of the last 90 days stand in the observation', async () => {
    const stage = await rig()
    await stage.ready()
    // 90 days before 2 June 2026 is 4 March.
    const days = [day('2026-03-03', 1), day('2026-03-04', 2), day('2026-06-01', 3)]
    await stage.loop.orders.put(PORTFOLIO, days)
    expect((await observe(stage.policy, 'daily', stage.loop)).orders).toEqual(days.slice(1))
  })

  test('that nobody put are unknown, and not none', async () => {
    const stage = await rig()
    await stage.ready()
    expect(Object.keys(await observe(stage.policy, 'daily', stage.loop))).not.toContain('orders')
  })
})
