import { afterEach, expect, test } from 'vitest'
import type { WriteResult } from '../../../lib/model/failure.ts'
import { type Lever, type LeverChange, type LeverValue, sameValue } from '../../../lib/model/lever.ts'
import { MINUTE_MS } from '../../../lib/units/calendar.ts'
import { currency, money } from '../../../lib/units/money.ts'
import type { PlatformHarness } from './harness.ts'
import {
  amountIn,
  assertHonest,
  budgetChange,
  budgetLever,
  honouredLever,
  liveOf,
  moneyOf,
  type Stage,
  startStage,
  writesIn,
} from './stage.ts'
import type { CampaignSpec } from './world.ts'

const APPLIED: WriteResult = { kind: 'applied' }
const status = (to: 'active' | 'paused'): LeverValue => ({ kind: 'status', status: to })

export function specifyWriting(harness: PlatformHarness): void {
  let stage: Stage
  const start = async (...args: Parameters<typeof startStage> extends [unknown, ...infer R] ? R : never) => {
    stage = await startStage(harness, ...args)
    return stage
  }
  afterEach(() => stage.close())

  for (const [direction, micros] of [
    ['up', 120_000_000n],
    ['down', 70_000_000n],
  ] as const)
    test(`a budget goes ${direction}, and reads back as what it was set to; no other moves`, async () => {
      const { writer, account } = await start()
      const change = await budgetChange(stage, 1, micros)
      expect(await writer.apply(account, [change])).toEqual([APPLIED])
      expect(await assertHonest(stage, [change], [APPLIED])).toEqual(['new'])
      expect(await liveOf(stage, budgetLever(stage, 2))).toEqual([moneyOf(amountIn(stage, 80_000_000n))])
      expect(stage.world.own.budgets.get(harness.world.idOf(1, 'budget'))?.amountMicros).toBe(micros)
    })

  test('several levers of one push: one result each, in order', async () => {
    const { writer, account } = await start()
    const changes = [await budgetChange(stage, 2, 90_000_000n), await budgetChange(stage, 1, 110_000_000n)]
    const results = await writer.apply(account, changes)
    expect(results).toEqual([APPLIED, APPLIED])
    expect(await assertHonest(stage, changes, results)).toEqual(['new', 'new'])
    expect(await writer.apply(account, [])).toEqual([])
  })

  test('an amount that the platform rounds reads back as the capabilities say, and never above what was asked', async () => {
    const { writer, account, capabilities } = await start()
    const change = await budgetChange(stage, 1, 123_456_789n)
    const stored = capabilities.normalise('daily-budget', change.to)
    expect(capabilities.normalise('daily-budget', stored)).toEqual(stored)
    // The controller sends what it normalised; an amount that was not is sent no higher.
    const [result] = await writer.apply(account, [{ ...change, to: stored }])
    expect(result).toEqual(APPLIED)
    const [live] = await liveOf(stage, change.lever)
    expect(live && sameValue(live, stored)).toBe(true)
    expect(live?.kind === 'money' && live.amount.micros).toBeLessThanOrEqual(123_456_789n)
  })

  test('a campaign is paused, and taken back', async () => {
    const { reader, writer, account } = await start()
    const lever = honouredLever(stage, await reader.structure(account), 'status', 1) as Lever
    expect(lever).toBeDefined()
    expect(await liveOf(stage, lever)).toEqual([status('active')])
    const pause = { lever, from: status('active'), to: status('paused') }
    expect(await writer.apply(account, [pause])).toEqual([APPLIED])
    expect(await liveOf(stage, lever)).toEqual([status('paused')])
    const { campaigns, adGroups } = await reader.structure(account)
    expect([...campaigns, ...adGroups].find(({ id }) => id === lever.id)?.status).toBe('paused')
    expect(await writer.apply(account, [{ lever, from: pause.to, to: pause.from }])).toEqual([APPLIED])
    expect(await liveOf(stage, lever)).toEqual([status('active')])
  })

  if (harness.lacks.targets === undefined)
    test('a target goes where the strategy has it, and reads back', async () => {
      const { reader, writer, account, capabilities } = await start()
      const lever = honouredLever(stage, await reader.structure(account), 'target-cpa', 2) as Lever
      expect(lever).toBeDefined()
      const from = moneyOf(amountIn(stage, 12_500_000n))
      expect(await liveOf(stage, lever)).toEqual([from])
      const change = { lever, from, to: capabilities.normalise('target-cpa', moneyOf(amountIn(stage, 11_250_000n))) }
      expect(await writer.apply(account, [change])).toEqual([APPLIED])
      expect(await assertHonest(stage, [change], [APPLIED])).toEqual(['new'])
    })

  test('a target under a strategy that has none is not honoured', async () => {
    const { reader, account } = await start()
    const structure = await reader.structure(account)
    expect(honouredLever(stage, structure, 'target-cpa', 1)).toBeUndefined()
    expect(honouredLever(stage, structure, 'target-roas', 1)).toBeUndefined()
    if (harness.lacks.targets) expect(honouredLever(stage, structure, 'target-cpa', 2)).toBeUndefined()
  })

  const RATIO: LeverValue = { kind: 'ratio', value: 1 }
  /** Multipliers for phones on both levels of campaigns 1 and 2, one of which has a target. */
  const multipliers = ({ account }: Stage): readonly Lever[] =>
    [1, 2].flatMap((n) =>
      (['campaign', 'ad-group'] as const).map(
        (entity): Lever => ({
          account,
          kind: 'bid-multiplier',
          entity,
          id: harness.world.idOf(n, entity),
          device: 'mobile',
        }),
      ),
    )

  test('a multiplier that would do nothing is refused with the reason, and nothing moves', async () => {
    const { reader, writer, account, capabilities } = await start()
    const structure = await reader.structure(account)
    const dead = multipliers(stage).filter((lever) => capabilities.honours(lever, structure).kind === 'not-honoured')
    expect(dead.length).toBeGreaterThan(0)
    if (harness.lacks.multipliers) expect(dead).toHaveLength(4)
    for (const lever of dead) {
      const capability = capabilities.honours(lever, structure)
      expect(capability.kind === 'not-honoured' && capability.reason.length).toBeGreaterThan(10)
      const [result] = await writer.apply(account, [{ lever, from: RATIO, to: { kind: 'ratio', value: 1.2 } }])
      expect(result).toMatchObject({ kind: 'refused', failure: { kind: 'rejected' } })
    }
    // Where multipliers sometimes count, it may be the platform that refuses one.
    if (harness.lacks.multipliers) expect(writesIn(stage)).toBe(0)
    for (const { deviceMultipliers } of stage.world.own.campaigns.values()) expect(deviceMultipliers.size).toBe(0)
  })

  if (harness.lacks.multipliers === undefined)
    test('a multiplier that counts is set, and reads back as the platform stores it', async () => {
      const { reader, writer, account, capabilities } = await start()
      const structure = await reader.structure(account)
      const lever = multipliers(stage).find((one) => capabilities.honours(one, structure).kind === 'honoured') as Lever
      expect(lever).toBeDefined()
      expect(await liveOf(stage, lever)).toEqual([RATIO])
      const to = capabilities.normalise('bid-multiplier', { kind: 'ratio', value: 1.1 })
      const change: LeverChange = { lever, from: RATIO, to }
      expect(await writer.apply(account, [change])).toEqual([APPLIED])
      expect(await assertHonest(stage, [change], [APPLIED])).toEqual(['new'])
    })

  test('an amount in another currency, or of another kind, or of nothing, is refused and not sent', async () => {
    const { writer, account } = await start()
    const change = await budgetChange(stage, 1, 90_000_000n)
    const wrong: readonly LeverValue[] = [
      moneyOf(money(90_000_000n, currency('USD'))),
      { kind: 'ratio', value: 90 },
      status('paused'),
      moneyOf(amountIn(stage, 0n)),
      moneyOf(amountIn(stage, -90_000_000n)),
    ]
    for (const to of wrong) {
      const [result] = await writer.apply(account, [{ ...change, to }])
      expect(result).toMatchObject({ kind: 'refused', failure: { kind: 'rejected' } })
    }
    expect(writesIn(stage)).toBe(0)
    expect(await liveOf(stage, change.lever)).toEqual([change.from])
  })

  /** Budget 1 is for a day, budget 2 for the whole life of its campaign; each has room for what is asked of it. */
  const PERIODS: readonly CampaignSpec[] = [
    { n: 1, budgetMicros: 100_000_000n, hourlyMicros: 0n },
    { n: 2, budgetMicros: 8_000_000_000n, hourlyMicros: 0n, period: 'lifetime', endsOn: '2026-12-31' },
    { n: 3, budgetMicros: 80_000_000n, hourlyMicros: 0n },
  ]
  for (const reading of ['after a reading', 'by an adapter that has read nothing'] as const)
    test(`an amount for another period than the budget's is refused and not stored, ${reading}; the others go on`, async () => {
      const { reader, writer, account, capabilities, world } = await start({ campaigns: PERIODS })
      const lifetime: Lever = { ...budgetLever(stage, 1), kind: 'lifetime-budget' }
      const daily = budgetLever(stage, 2)
      if (reading === 'after a reading') {
        const structure = await reader.structure(account)
        for (const lever of [lifetime, daily]) {
          expect(capabilities.honours(lever, structure).kind).toBe('not-honoured')
          expect(await liveOf(stage, lever)).toEqual([undefined])
        }
      }
      const to = (micros: bigint): LeverValue => moneyOf(amountIn(stage, micros))
      const changes: readonly LeverChange[] = [
        { lever: lifetime, from: to(100_000_000n), to: to(3_000_000_000n) },
        { lever: daily, from: to(8_000_000_000n), to: to(9_000_000_000n) },
        { lever: budgetLever(stage, 3), from: to(80_000_000n), to: to(90_000_000n) },
      ]
      const results = await writer.apply(account, changes)
      const amounts = [1, 2, 3].map((n) => world.own.budgets.get(harness.world.idOf(n, 'budget'))?.amountMicros)
      expect(amounts).toEqual([100_000_000n, 8_000_000_000n, 90_000_000n])
      const rejected = { kind: 'refused', failure: { kind: 'rejected' } }
      expect(results).toMatchObject([rejected, rejected, APPLIED])
    })

  test("another account's lever is refused and not sent; the others go on", async () => {
    const { writer, account } = await start()
    const change = await budgetChange(stage, 1, 90_000_000n)
    const foreign = {
      ...change,
      lever: { ...change.lever, account: { ...account, id: `${account.id}9` as typeof account.id } },
    }
    const results = await writer.apply(account, [foreign, await budgetChange(stage, 2, 90_000_000n)])
    expect(results).toMatchObject([{ kind: 'refused', failure: { kind: 'rejected' } }, APPLIED])
    expect(await liveOf(stage, change.lever)).toEqual([change.from])
  })

  test('nothing is sent after the last instant that it may be', async () => {
    const { writer, account, world } = await start()
    const change = await budgetChange(stage, 1, 90_000_000n)
    const notAfter = world.now()
    world.pass(MINUTE_MS)
    const [result] = await writer.apply(account, [change], notAfter)
    expect(result).toMatchObject({ kind: 'refused', failure: { kind: 'transient' } })
    expect(writesIn(stage)).toBe(0)
  })

  test('a lever that a freeze forbids between two requests is not sent', async () => {
    const { writer, account } = await start()
    const changes = [await budgetChange(stage, 1, 90_000_000n), await budgetChange(stage, 2, 70_000_000n)]
    let looks = 0
    const results = await writer.apply(account, changes, undefined, async () => {
      looks += 1
      return () => 'frozen by hand'
    })
    expect(results).toHaveLength(2)
    const requests = writesIn(stage)
    // One request carries both, or the second was looked at and held back.
    if (requests > 1) throw new Error('the second request was sent although it was frozen')
    if (looks > 0) expect(results[1]).toMatchObject({ kind: 'refused', failure: { kind: 'transient' } })
    await assertHonest(stage, changes, results)
  })

  test('the capabilities are data that planning can count with', async () => {
    const { capabilities } = await start()
    const least = capabilities.minimumDailyBudget(currency(harness.world.currency))
    expect(least.micros).toBeGreaterThan(0n)
    expect(capabilities.normalise('daily-budget', moneyOf(least))).toEqual(moneyOf(least))
    expect(capabilities.overDeliveryFactor).toBeGreaterThanOrEqual(1)
    expect(capabilities.cutFloorOfSpend).toBeGreaterThanOrEqual(0)
    expect(capabilities.budgetEditsPerHour).toBeGreaterThanOrEqual(1)
    expect(capabilities.learningSafeStep).toBeGreaterThan(0)
  })
}
