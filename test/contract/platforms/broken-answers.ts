import { afterEach, expect, test } from 'vitest'
import { PlatformError } from '../../../lib/model/failure.ts'
import type { Lever } from '../../../lib/model/lever.ts'
import type { PerformanceReport } from '../../../lib/model/performance.ts'
import { accountDate } from '../../../lib/units/calendar.ts'
import { currency, money } from '../../../lib/units/money.ts'
import { type Listed, type PlatformHarness, setFields } from './harness.ts'
import {
  budgetLever,
  days,
  failureOf,
  gapOf,
  hours,
  moneyOf,
  outcomeOf,
  reportOf,
  type Stage,
  startStage,
  writesIn,
} from './stage.ts'

const DAY = accountDate('2026-11-19')
/** Three capital letters that ISO 4217 keeps for tests: no platform has a unit for it. */
const NO_CURRENCY = 'XTS'

export function specifyBrokenAnswers(harness: PlatformHarness): void {
  const { idOf } = harness.world
  let stage: Stage
  afterEach(() => stage.close())

  /** What is done to the first answer that lists these; that there was one is held. */
  async function broken(of: Listed['of'], change: (entries: unknown[]) => void): Promise<() => void> {
    stage = await startStage(harness)
    let times = 0
    stage.break((listed) => {
      if (listed.of !== of || listed.entries.length === 0) return
      times += 1
      change(listed.entries)
    })
    return () => expect(times, `answers that list ${of}`).toBeGreaterThan(0)
  }

  const twice = (entries: unknown[]): unknown => entries.push(structuredClone(entries[0]))

  for (const query of [days('2026-11-18', '2026-11-20'), hours('2026-11-19')])
    test(`a row that comes twice in a report by the ${query.grain} is refused, never counted twice`, async () => {
      const assertDone = await broken('rows', twice)
      expect((await failureOf(reportOf(stage, query))).kind).toBe('unreadable')
      assertDone()
    })

  test("a total of a day that comes twice is refused, or counted into the account's spend once", async () => {
    const assertDone = await broken('totals', twice)
    const outcome = await outcomeOf(reportOf(stage, days('2026-11-18', '2026-11-20')))
    if (outcome instanceof PlatformError) expect(outcome.failure.kind).toBe('unreadable')
    else expect(outcome.accountSpend.get(DAY)?.micros).toBe(108_000_000n)
    assertDone()
  })

  for (const of of ['campaigns', 'ad-groups'] as const)
    test(`one of the ${of} that is listed twice is there once, or the read failed`, async () => {
      await broken(of, twice)
      const outcome = await outcomeOf(stage.reader.structure(stage.account))
      if (outcome instanceof PlatformError) return
      for (const all of [outcome.campaigns, outcome.adGroups, outcome.budgets])
        expect(new Set<string>(all.map(({ id }) => id)).size).toBe(all.length)
    })

  test('a row that is missing shows as a gap to the total, or the read failed: it is not made up as a zero', async () => {
    stage = await startStage(harness)
    const whole = await reportOf(stage, days('2026-11-19'))
    const gap = gapOf(whole, DAY) ?? 0n
    let isMissing = false
    stage.break(({ of, entries }) => {
      if (of === 'rows' && entries.length > 0) isMissing = entries.shift() !== undefined
    })
    const outcome = await outcomeOf(reportOf(stage, days('2026-11-19')))
    expect(isMissing).toBe(true)
    if (outcome instanceof PlatformError) return
    expect(gapOf(outcome, DAY)).toBe(gap + 36_000_000n)
    // A row of purchases that the platform lists beside the spend may stand alone; a row of nothing may not.
    const empty = ({ rows }: PerformanceReport) =>
      rows.filter(({ spend, conversions }) => spend.micros === 0n && conversions.length === 0).length
    expect(empty(outcome)).toBe(empty(whole))
  })

  test("a total that is missing is not the rows' sum in its place", async () => {
    const assertDone = await broken('totals', (entries) => entries.splice(0))
    const outcome = await outcomeOf(reportOf(stage, days('2026-11-19')))
    assertDone()
    const hidden = (report: PerformanceReport): boolean => gapOf(report, DAY) === 0n
    expect(outcome instanceof PlatformError || !hidden(outcome)).toBe(true)
  })

  test('a report without any row where there was spend shows all of it as a gap, or failed', async () => {
    await broken('rows', (entries) => entries.splice(0))
    const outcome = await outcomeOf(reportOf(stage, days('2026-11-19')))
    if (!(outcome instanceof PlatformError)) expect(gapOf(outcome, DAY)).toBe(108_000_000n)
  })

  test('a state of a campaign that is not known is refused, or taken for one that may spend', async () => {
    const { statusFields } = harness.wire
    const assertDone = await broken('campaigns', ([first]) => {
      expect(setFields(first, statusFields, 'HIBERNATING')).toBeGreaterThan(0)
    })
    const outcome = await outcomeOf(stage.reader.structure(stage.account))
    assertDone()
    if (outcome instanceof PlatformError) expect(outcome.failure.kind).toBe('unreadable')
    else expect(outcome.campaigns[0]?.status).toBe('active')
  })

  test('a strategy that is not known is refused, or is one whose targets are not moved', async () => {
    const { strategyFields } = harness.wire
    let count = 0
    stage = await startStage(harness)
    stage.break(({ of, entries }) => {
      if (of === 'campaigns' || of === 'ad-groups') count += setFields(entries, strategyFields, 'CLAIRVOYANT')
    })
    const outcome = await outcomeOf(stage.reader.structure(stage.account))
    expect(count).toBeGreaterThan(0)
    if (outcome instanceof PlatformError) return expect(outcome.failure.kind).toBe('unreadable')
    expect(new Set(outcome.campaigns.map(({ strategy }) => strategy.kind))).toEqual(new Set(['other']))
    for (const kind of ['target-cpa', 'target-roas', 'bid'] as const)
      for (const entity of ['campaign', 'ad-group'] as const) {
        const lever: Lever = { account: stage.account, kind, entity, id: idOf(2, entity) }
        expect(stage.capabilities.honours(lever, outcome).kind).toBe('not-honoured')
      }
  })

  test('a currency that the platform has no units for is refused by its name, in reading and in writing', async () => {
    const { currencyFields } = harness.wire
    const assertDone = await broken('account', (entries) => {
      expect(setFields(entries, currencyFields, NO_CURRENCY)).toBeGreaterThan(0)
    })
    const outcome = await outcomeOf(stage.reader.structure(stage.account))
    assertDone()
    const said =
      outcome instanceof PlatformError ? outcome.message : outcome.blockers.map(({ detail }) => detail).join()
    expect(said).toContain(NO_CURRENCY)
    expect(() => stage.capabilities.minimumDailyBudget(currency(NO_CURRENCY))).toThrow(NO_CURRENCY)
    const amount = (micros: bigint) => moneyOf(money(micros, currency(NO_CURRENCY)))
    const change = { lever: budgetLever(stage, 1), from: amount(100_000_000n), to: amount(90_000_000n) }
    const [result] = await stage.writer.apply(stage.account, [change])
    expect(result?.kind).toBe('refused')
    expect(writesIn(stage)).toBe(0)
  })

  if (harness.lacks['numeric-ids'] === undefined)
    test('ids that come as bare numbers are whole, or the read failed: never the nearest double', async () => {
      stage = await startStage(harness)
      const whole = await stage.reader.structure(stage.account)
      let count = 0
      stage.garble((body) =>
        body.replaceAll(/"(179\d{15,16})"/g, (_, digits: string) => {
          count += 1
          return digits
        }),
      )
      const outcome = await outcomeOf(stage.reader.structure(stage.account))
      expect(count).toBeGreaterThan(0)
      if (outcome instanceof PlatformError) return
      expect(outcome.campaigns.map(({ id }) => id)).toEqual(whole.campaigns.map(({ id }) => id))
      expect(outcome.budgets.map(({ id }) => id)).toEqual(whole.budgets.map(({ id }) => id))
    })

  test('what is not JSON, or JSON of another kind, is a failed read', async () => {
    stage = await startStage(harness)
    for (const other of [
      '',
      'null',
      '[]',
      '{}',
      '"ok"',
      '<html>Service temporarily unavailable</html>',
      '{"data":null}',
    ]) {
      stage.garble((body, { path }) => (/token/.test(path) ? body : other))
      await failureOf(stage.reader.structure(stage.account))
      await failureOf(reportOf(stage, days('2026-11-19')))
    }
  })
}
