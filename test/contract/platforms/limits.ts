/**
 * What an adapter states of its platform's limits, against what the harness has from the documents and against what the
 * twin then does: nothing is passed over because an adapter states that there is no such limit.
 */
import { afterEach, expect, test } from 'vitest'
import type { WriteResult } from '../../../lib/model/failure.ts'
import { type LeverKind, sameValue } from '../../../lib/model/lever.ts'
import { currency, money } from '../../../lib/units/money.ts'
import type { WorldStrategy } from '../../../playground/world.ts'
import type { BudgetLimits, PlatformHarness } from './harness.ts'
import { assertHonest, budgetChange, honouredLever, liveOf, type Stage, startStage } from './stage.ts'
import type { CampaignSpec } from './world.ts'

const APPLIED: WriteResult = { kind: 'applied' }
const REJECTED = { kind: 'refused', failure: { kind: 'rejected' } }
/** Far above what any budget of the suite is: a raise of any size is one, where there is no most. */
const VAST = 1_000_000_000_000n

export function specifyLimits(harness: PlatformHarness): void {
  const { limits } = harness
  const { budgetsOn, idOf } = harness.world
  let stage: Stage
  afterEach(() => stage.close())

  async function start(campaigns: readonly CampaignSpec[], of = harness.world.currency): Promise<Stage> {
    stage = await startStage({ ...harness, world: { ...harness.world, currency: of } }, { campaigns })
    return stage
  }

  const amount = (n: number) => stage.world.own.budgets.get(idOf(n, 'budget'))?.amountMicros

  /** Budget number 1 to so many micros: that it is done, or that it is refused and stands. */
  async function set(micros: bigint, outcome: 'done' | 'refused'): Promise<void> {
    const before = amount(1)
    const change = await budgetChange(stage, 1, micros)
    const results = await stage.writer.apply(stage.account, [change])
    expect(results, `${micros} micros`).toMatchObject([outcome === 'done' ? APPLIED : REJECTED])
    expect(amount(1)).toBe(outcome === 'done' ? micros : before)
  }

  for (const of of limits.budgets) specifyBudgets(of)

  function specifyBudgets({ currency: code, step, least, most, refused }: BudgetLimits): void {
    const [below, above] = [refused?.below ?? least, refused?.above ?? most]
    const start100 = () => start([{ n: 1, budgetMicros: 100n * below, hourlyMicros: 0n }], code)

    test(`${code}: the least daily budget is what the documents say; less is refused, and it is accepted`, async () => {
      const { capabilities } = await start100()
      expect(capabilities.minimumDailyBudget(currency(code), budgetsOn)).toEqual(money(least, currency(code)))
      // Of all levels, where none is named.
      expect(capabilities.minimumDailyBudget(currency(code)).micros).toBeLessThanOrEqual(least)
      await set(below - step, 'refused')
      await set(below, 'done')
      if (least > below) await set(least, 'done')
    })

    test(`${code}: the largest daily budget is what the documents say, or none; a raise of any size comes to it`, async () => {
      const { capabilities } = await start100()
      const stated = capabilities.maximumDailyBudget?.(currency(code), budgetsOn)
      expect(stated).toEqual(most === undefined ? undefined : money(most, currency(code)))
      await set(above ?? VAST, 'done')
      if (above === undefined) return
      await set(above + step, 'refused')
    })
  }

  /** Twelve hours at 10.00 in the account's zone, eleven in UTC. */
  const spent = harness.lacks['local-days'] ? 110_000_000n : 120_000_000n
  const CENT = 10_000n
  const floor = (spent * BigInt(Math.round(limits.floorOfSpend * 100))) / 100n

  test('a cut goes as far down as the documents say that it may, whatever the day has spent', async () => {
    const { capabilities } = await start([{ n: 1, budgetMicros: 500_000_000n, hourlyMicros: 10_000_000n }])
    expect(capabilities.cutFloorOfSpend).toBe(limits.floorOfSpend)
    if (floor > 0n) await set(floor - CENT, 'refused')
    await set(floor > 0n ? floor : 50_000_000n, 'done')
  })

  test('a raise that stays below that floor is refused where the documents say so', async () => {
    const { capabilities } = await start([{ n: 1, budgetMicros: 60_000_000n, hourlyMicros: 10_000_000n }])
    expect(capabilities.raiseFloorOfSpend ?? false).toBe(limits.floorHoldsRaises)
    await set(90_000_000n, limits.floorHoldsRaises ? 'refused' : 'done')
    await set(140_000_000n, 'done')
  })

  test('edits beyond what an hour allows wait for that entity alone, where there is such a limit', async () => {
    const budgetMicros = 100_000_000n
    const { writer, account, capabilities } = await start([1, 2].map((n) => ({ n, budgetMicros })))
    expect(capabilities.budgetEditsPerHour).toBe(limits.editsPerHour)
    const edits = Math.min(limits.editsPerHour, 20)
    for (let edit = 1; edit <= edits; edit++) await set(budgetMicros + BigInt(edit) * 1_000_000n, 'done')
    const changes = [await budgetChange(stage, 1, 99_000_000n), await budgetChange(stage, 2, 81_000_000n)]
    const results = await writer.apply(account, changes)
    const waits = { kind: 'refused', failure: { kind: 'entity-cooldown' } }
    expect(results).toMatchObject([harness.lacks['edit-limit'] === undefined ? waits : APPLIED, APPLIED])
    await assertHonest(stage, changes, results)
  })

  test('ratios have the ranges of the documents, and no other', async () => {
    const { capabilities } = await start([])
    expect(capabilities.ratios ?? {}).toEqual(limits.ratios)
  })

  const STRATEGIES: Readonly<Partial<Record<LeverKind, readonly WorldStrategy[]>>> = {
    'target-roas': [{ kind: 'target-roas', targetRoas: 2 }],
    'bid-multiplier': [{ kind: 'max-conversions' }, { kind: 'target-cpa', targetCpaMicros: 12_500_000n }],
  }
  for (const [kind, [least, most]] of Object.entries(limits.ratios) as [LeverKind, readonly [number, number]][])
    test(`${kind}: ${least} and ${most} are accepted, what is beyond them is refused, and what stood stands`, async () => {
      const strategies = STRATEGIES[kind] ?? []
      const { reader, account, writer, capabilities } = await start(
        strategies.map((strategy, i) => ({ n: i + 1, budgetMicros: 100_000_000n, strategy })),
      )
      const structure = await reader.structure(account)
      const lever = strategies
        .flatMap((_, i) => honouredLever(stage, structure, kind, i + 1, 'mobile') ?? [])
        .find((found) => found)
      if (!lever) throw new Error(`no ${kind} is honoured under ${strategies.map((one) => one.kind)}`)
      for (const [value, isAccepted] of [
        [least, true],
        [least * 0.4, false],
        [most, true],
        [most * 1.1, false],
      ] as const) {
        const [from] = await liveOf(stage, lever)
        if (!from) throw new Error(`${kind} has no value`)
        const to = { kind: 'ratio', value } as const
        const [result] = await writer.apply(account, [{ lever, from, to }])
        expect(result, `${kind} ${value}`).toMatchObject(isAccepted ? APPLIED : REJECTED)
        const [live] = await liveOf(stage, lever)
        expect(live && sameValue(live, isAccepted ? capabilities.normalise(kind, to) : from), `${value}`).toBe(true)
      }
    })
}
