import { afterEach, expect, test } from 'vitest'
import { freezeScope, scopesOf } from '../../../lib/model/freeze.ts'
import { accountDate, DAY_MS, instant } from '../../../lib/units/calendar.ts'
import { currency } from '../../../lib/units/money.ts'
import type { PlatformHarness } from './harness.ts'
import {
  budgetLever,
  budgetNumber,
  byCampaignDay,
  CAMPAIGNS,
  days,
  gapOf,
  hours,
  liveOf,
  purchasesOf,
  reportOf,
  type Stage,
  spendOf,
  startStage,
} from './stage.ts'
import { HOURLY_CLICKS, HOURLY_IMPRESSIONS, HOURLY_SPEND, NOON, type WorldSpec } from './world.ts'

export function specifyReading(harness: PlatformHarness): void {
  const { idOf, budgetsOn, currency: code } = harness.world
  let stage: Stage
  const start = async (spec: Partial<WorldSpec> = {}) => {
    stage = await startStage(harness, spec)
    return stage
  }
  afterEach(() => stage.close())

  test('structure: every campaign with its id whole, its state, its strategy, its budget where that is held', async () => {
    const { reader, account } = await start()
    const structure = await reader.structure(account)
    expect(structure).toMatchObject({
      account,
      currency: code,
      zone: harness.world.zone,
      blockers: [],
      experiments: [],
    })
    const standing = structure.campaigns.filter(({ status }) => status !== 'removed')
    expect(standing.map(({ id, status }) => [id, status]).toSorted()).toEqual([
      [idOf(1, 'campaign'), 'active'],
      [idOf(2, 'campaign'), 'active'],
      [idOf(3, 'campaign'), 'paused'],
    ])
    for (const [n, micros] of [
      [1, 100_000_000n],
      [2, 80_000_000n],
      [3, 60_000_000n],
    ] as const) {
      const budget = budgetNumber(stage, structure, n)
      expect(budget.amount).toEqual({ micros, currency: currency(code) })
      expect(budget).toMatchObject({ owner: budgetsOn, period: 'daily', campaigns: [idOf(n, 'campaign')] })
      const holder =
        budgetsOn === 'campaign'
          ? structure.campaigns.find(({ id }) => id === idOf(n, 'campaign'))
          : structure.adGroups.find(({ id }) => id === idOf(n, 'ad-group'))
      expect(holder?.budget).toBe(budget.id)
    }
    const removed = structure.campaigns.filter(({ status }) => status === 'removed').map(({ id }) => id)
    expect([[], [idOf(4, 'campaign')]]).toContainEqual(removed)
  })

  test('structure: ids are unique, can be frozen by name, and everything that is named by an id is there', async () => {
    const { reader, account } = await start()
    const { campaigns, adGroups, budgets } = await reader.structure(account)
    for (const scope of scopesOf(
      account,
      campaigns.map(({ id }) => id),
    ))
      expect(freezeScope(scope)).toBe(scope)
    for (const all of [campaigns, adGroups, budgets])
      expect(new Set<string>(all.map(({ id }) => id)).size).toBe(all.length)
    const [known, held] = [new Set(campaigns.map(({ id }) => id)), new Set(budgets.map(({ id }) => id))]
    expect(adGroups.filter(({ campaign }) => !known.has(campaign))).toEqual([])
    expect([...campaigns, ...adGroups].filter(({ budget }) => budget && !held.has(budget))).toEqual([])
    expect(budgets.flatMap((budget) => budget.campaigns).filter((id) => !known.has(id))).toEqual([])
  })

  if (!harness.lacks['account-status'])
    test('structure: a suspended account has a blocker that says what to do', async () => {
      const { reader, account } = await start({ status: 'suspended' })
      const { blockers } = await reader.structure(account)
      expect(blockers.length).toBeGreaterThan(0)
      expect(blockers.every(({ code: of, detail }) => of !== '' && detail.length > 10)).toBe(true)
    })

  test('days: spend, impressions, clicks and purchases of each campaign, and the account as their sum', async () => {
    await start()
    // 24 hours at 1.50. Three purchases on the day of the click and, three days later, a fourth.
    const report = await reportOf(stage, days('2026-11-18', '2026-11-19'))
    const rows = byCampaignDay(report)
    for (const n of [1, 2])
      for (const [day, purchases] of [
        ['2026-11-18', 4],
        ['2026-11-19', 3],
      ] as const) {
        const own = rows.get(`${idOf(n, 'campaign')} ${day}`) ?? []
        expect(spendOf(own, code)).toBe(36_000_000n)
        expect(own.reduce((all, row) => all + row.impressions, 0)).toBe(24 * HOURLY_IMPRESSIONS)
        expect(own.reduce((all, row) => all + row.clicks, 0)).toBe(24 * HOURLY_CLICKS)
        expect(purchasesOf(own)).toBe(purchases)
        const value = own.flatMap(({ conversions }) => conversions).reduce((all, one) => all + one.value.micros, 0n)
        expect(value).toBe(BigInt(purchases) * 50_000_000n)
      }
    // The removed campaign has spent, too: its rows are there, or they are the gap.
    const removed = report.rows.some(({ campaign }) => campaign === idOf(4, 'campaign'))
    for (const day of ['2026-11-18', '2026-11-19'].map(accountDate)) {
      expect(report.accountSpend.get(day)?.micros).toBe(108_000_000n)
      expect(gapOf(report, day)).toBe(removed ? 0n : 36_000_000n)
    }
  })

  test('days: every count carries the rule that was asked for', async () => {
    await start()
    const report = await reportOf(stage, days('2026-11-18'))
    const rules = new Set(report.rows.flatMap(({ conversions }) => conversions.map(({ rule }) => JSON.stringify(rule))))
    expect([...rules]).toEqual([JSON.stringify(harness.rule)])
  })

  test('hours: each of a day, and together the day', async () => {
    await start()
    const report = await reportOf(stage, hours('2026-11-20'))
    const own = report.rows.filter(({ campaign }) => campaign === idOf(1, 'campaign'))
    expect(own.map(({ hour }) => hour).toSorted((a = 0, b = 0) => a - b)).toEqual(
      Array.from({ length: 24 }, (_, h) => h),
    )
    expect(new Set(own.map(({ spend }) => spend.micros))).toEqual(new Set([HOURLY_SPEND]))
    const day = await reportOf(stage, days('2026-11-20'))
    expect(spendOf(report.rows, code)).toBe(spendOf(day.rows, code))
    expect(report.accountSpend.get(accountDate('2026-11-20'))).toEqual(day.accountSpend.get(accountDate('2026-11-20')))
  })

  test('hours: purchases by the hour exactly where the capabilities say so', async () => {
    const { capabilities } = await start()
    expect(capabilities.hourlyConversions).toBe(harness.lacks['hourly-conversions'] === undefined)
    const report = await reportOf(stage, hours('2026-11-20'))
    const own = report.rows.filter(({ campaign }) => campaign === idOf(1, 'campaign'))
    expect(purchasesOf(own)).toBe(capabilities.hourlyConversions ? 3 : 0)
  })

  test('hours that are not over yet are not there', async () => {
    await start()
    const report = await reportOf(stage, hours('2026-11-21'))
    const over = harness.lacks['local-days'] ? 11 : 12
    const own = report.rows.filter(({ campaign }) => campaign === idOf(1, 'campaign'))
    expect(spendOf(own, code)).toBe(BigInt(over) * HOURLY_SPEND)
    expect(own.every(({ hour = 24, spend }) => hour < over || spend.micros === 0n)).toBe(true)
  })

  test('restated days: the same day, read later, has more purchases and the same spend', async () => {
    const { world, capabilities } = await start()
    const own = async () =>
      byCampaignDay(await reportOf(stage, days('2026-11-20'))).get(`${idOf(1, 'campaign')} 2026-11-20`) ?? []
    const first = await own()
    world.pass(3 * DAY_MS)
    const later = await own()
    expect([purchasesOf(first), purchasesOf(later)]).toEqual([3, 4])
    expect(spendOf(later, code)).toBe(spendOf(first, code))
    expect(capabilities.restatementDays).toBeGreaterThanOrEqual(3)
  })

  for (const [day, after, length] of [
    ['2026-10-25', '2026-10-26T11:00:00Z', 25],
    ['2027-03-28', '2027-03-29T11:00:00Z', 23],
  ] as const)
    test(`clock change: the ${length} hours of ${day} are that day, by day and by hour`, async () => {
      const startsOn = '2026-10-01'
      await start({ now: instant(after), campaigns: CAMPAIGNS.map((one) => ({ ...one, startsOn })) })
      const expected = BigInt(harness.lacks['local-days'] ? 24 : length) * HOURLY_SPEND
      for (const query of [days(day), hours(day)]) {
        const report = await reportOf(stage, query)
        const own = report.rows.filter(({ campaign }) => campaign === idOf(1, 'campaign'))
        expect(spendOf(own, code)).toBe(expected)
        expect(new Set(own.map(({ date }) => date))).toEqual(new Set([day]))
        expect(own.every(({ hour }) => hour === undefined || (hour >= 0 && hour <= 23))).toBe(true)
        expect(report.accountSpend.get(accountDate(day))?.micros).toBe(3n * expected)
      }
    })

  test('nothing spent is nothing, and no failure', async () => {
    await start({ campaigns: CAMPAIGNS.map((one) => ({ ...one, hourlyMicros: 0n })) })
    const report = await reportOf(stage, days('2026-11-18', '2026-11-20'))
    expect(spendOf(report.rows, code)).toBe(0n)
    expect(purchasesOf(report.rows)).toBe(0)
    expect([...report.accountSpend.values()].every(({ micros }) => micros === 0n)).toBe(true)
  })

  test('an account without any campaign is empty, and no failure', async () => {
    const { reader, account } = await start({ campaigns: [] })
    expect(await reader.structure(account)).toMatchObject({ campaigns: [], adGroups: [], budgets: [] })
    expect((await reportOf(stage, days('2026-11-18'))).rows).toEqual([])
  })

  test('live: the values of levers, in the order asked for; what is gone has none', async () => {
    const { account } = await start()
    const gone = { ...budgetLever(stage, 1), id: harness.budgetIdOf(77) }
    const values = await liveOf(stage, budgetLever(stage, 3), gone, budgetLever(stage, 1), budgetLever(stage, 2))
    expect(values.map((value) => value?.kind === 'money' && value.amount.micros)).toEqual([
      60_000_000n,
      false,
      100_000_000n,
      80_000_000n,
    ])
    expect(await stage.reader.live(account, [])).toEqual([])
  })

  if (harness.lacks['change-history'])
    test('changes: there is no history, which is said and not made up', async () => {
      const { reader, account } = await start()
      expect(await reader.changes(account, NOON)).toBe('unreviewed')
    })
  else
    test("changes: somebody else's edit is in the history, with its values and as not ours", async () => {
      const { reader, account, world } = await start()
      const budgetId = idOf(1, 'budget')
      const edit = { kind: 'budget', budgetId, amountMicros: 130_000_000n } as const
      world.apply(
        { platform: world.own.platform, accountId: harness.accountId, ...edit },
        { kind: 'human', name: 'kim@example.com' },
      )
      const changes = await reader.changes(account, NOON)
      expect(changes).toHaveLength(1)
      expect(changes[0]).toMatchObject({ entity: { kind: 'budget', id: harness.budgetIdOf(1) }, origin: 'human' })
      expect(await reader.changes(account, instant('2026-11-21T11:00:01Z'))).toEqual([])
    })

  test('announcements are a list', async () => {
    const { reader, account } = await start()
    expect(await reader.announcements(account)).toEqual([])
  })
}
