import { afterEach, expect, test } from 'vitest'
import { PlatformError } from '../../../lib/model/failure.ts'
import type { Lever } from '../../../lib/model/lever.ts'
import { currency, money } from '../../../lib/units/money.ts'
import type { PlatformHarness } from './harness.ts'
import {
  amountIn,
  budgetChange,
  budgetLever,
  budgetNumber,
  byCampaignDay,
  days,
  honouredLever,
  liveOf,
  moneyOf,
  outcomeOf,
  purchasesOf,
  reportOf,
  type Stage,
  spendOf,
  startStage,
  writesIn,
} from './stage.ts'

const YEN = 1_000_000n
const JPY = currency('JPY')

/** 5,000 yen are 5,000 yen and no hundred times more or less, in every place where a platform writes an amount. */
export function specifyYen(harness: PlatformHarness): void {
  const { idOf } = harness.world
  let stage: Stage
  afterEach(() => stage.close())

  async function start(): Promise<Stage> {
    const campaigns = [
      { n: 1, budgetMicros: 5_000n * YEN, hourlyMicros: 100n * YEN },
      {
        n: 2,
        budgetMicros: 8_000n * YEN,
        hourlyMicros: 100n * YEN,
        strategy: { kind: 'target-cpa', targetCpaMicros: 1_250n * YEN },
      } as const,
    ]
    stage = await startStage({ ...harness, world: { ...harness.world, currency: JPY } }, { campaigns })
    return stage
  }

  if (harness.lacks.yen) {
    test('an account in yen is refused by the name of its currency, and nothing is written', async () => {
      const { reader, writer, account, capabilities } = await start()
      const outcome = await outcomeOf(reader.structure(account))
      expect(
        outcome instanceof PlatformError ? outcome.message : outcome.blockers.map((one) => one.detail).join(),
      ).toContain('JPY')
      expect(() => capabilities.minimumDailyBudget(JPY)).toThrow('JPY')
      const [from, to] = [5_000n, 6_000n].map((yen) => moneyOf(money(yen * YEN, JPY)))
      if (!from || !to) throw new Error('two amounts')
      const [result] = await writer.apply(account, [{ lever: budgetLever(stage, 1), from, to }])
      expect(result?.kind).toBe('refused')
      expect(writesIn(stage)).toBe(0)
    })
    return
  }

  const yen = (amount: bigint) => moneyOf(amountIn(stage, amount * YEN))

  test('a budget of 5,000 yen reads as 5,000 yen, in the structure and live', async () => {
    const { reader, account } = await start()
    const structure = await reader.structure(account)
    expect(structure.currency).toBe('JPY')
    expect(budgetNumber(stage, structure, 1).amount).toEqual(money(5_000n * YEN, JPY))
    expect(await liveOf(stage, budgetLever(stage, 1), budgetLever(stage, 2))).toEqual([yen(5_000n), yen(8_000n)])
  })

  test('24 hours at 100 yen are 2,400 yen, and four purchases of 50 yen are worth 200', async () => {
    await start()
    const report = await reportOf(stage, days('2026-11-18'))
    const own = byCampaignDay(report).get(`${idOf(1, 'campaign')} 2026-11-18`) ?? []
    expect(spendOf(own, 'JPY')).toBe(2_400n * YEN)
    expect([...report.accountSpend.values()]).toEqual([money(4_800n * YEN, JPY)])
    expect(purchasesOf(own)).toBe(4)
    expect(own.flatMap(({ conversions }) => conversions).map(({ value }) => value)).toEqual([money(200n * YEN, JPY)])
  })

  test('a budget of 5,000 yen is written as 5,000 yen, and what is less than a yen is cut off', async () => {
    const { writer, account, capabilities, world } = await start()
    const change = await budgetChange(stage, 2, 5_000n * YEN)
    expect(capabilities.normalise('daily-budget', moneyOf(amountIn(stage, 5_000_700_000n)))).toEqual(change.to)
    expect(await writer.apply(account, [change])).toEqual([{ kind: 'applied' }])
    expect(world.own.budgets.get(idOf(2, 'budget'))?.amountMicros).toBe(5_000n * YEN)
    const written = stage.asked.filter(({ method }) => method !== 'GET').at(-1)
    expect(`${written?.path} ${written?.body}`).toMatch(harness.wire.fiveThousandYen ?? /$^/)
    expect(await liveOf(stage, change.lever)).toEqual([yen(5_000n)])
  })

  if (harness.lacks.targets === undefined)
    test('a target of 1,250 yen reads as that, and one of 1,000 yen is written as that', async () => {
      const { reader, writer, account, world } = await start()
      const lever = honouredLever(stage, await reader.structure(account), 'target-cpa', 2) as Lever
      expect(await liveOf(stage, lever)).toEqual([yen(1_250n)])
      expect(await writer.apply(account, [{ lever, from: yen(1_250n), to: yen(1_000n) }])).toEqual([
        { kind: 'applied' },
      ])
      const campaign = world.own.campaigns.get(idOf(2, 'campaign'))
      const strategies = [campaign?.strategy, campaign?.adGroups.get(idOf(2, 'ad-group'))?.strategy]
      expect(strategies.map((one) => one?.targetCpaMicros)).toContain(1_000n * YEN)
      expect(await liveOf(stage, lever)).toEqual([yen(1_000n)])
    })
}
