import { afterEach, expect, test } from 'vitest'
import { PlatformError, type PlatformFailure } from '../../../lib/model/failure.ts'
import { addDays, dates } from '../../../lib/units/calendar.ts'
import { only, withoutClock } from './failed-reads.ts'
import type { Listed, PlatformHarness } from './harness.ts'
import {
  budgetLever,
  byCampaignDay,
  days,
  liveOf,
  outcomeOf,
  reportOf,
  type Stage,
  spendOf,
  startStage,
} from './stage.ts'

const LAST = days('2026-11-20').to
/** 24 hours at 1.50. */
const SPENT = 36_000_000n

const idsOf = (all: readonly { readonly id: string }[]): readonly string[] => all.map(({ id }) => id).toSorted()

export function specifyPaging(harness: PlatformHarness): void {
  const { paged, wire, adGroupsListed } = harness
  const { idOf, budgetsOn, currency } = harness.world
  const open: Stage[] = []
  afterEach(() => Promise.all(open.splice(0).map((stage) => stage.close())))

  const numbers = Array.from({ length: paged.campaigns }, (_, i) => i + 1)
  const target = { strategy: { kind: 'target-cpa', targetCpaMicros: 12_500_000n } } as const
  const campaigns = numbers.map((n) => ({
    n,
    budgetMicros: 50_000_000n,
    ...(adGroupsListed === 'with-targets' && target),
  }))
  const query = { ...days(LAST), from: addDays(LAST, 1 - paged.days) }

  async function start(): Promise<Stage> {
    const stage = await startStage(harness, { campaigns })
    open.push(stage)
    return stage
  }

  /**
   * The same read whole, with a token that expires before the first request for a later page, and with that page cut short.
   *
   * @param lists what of it comes in several pages
   */
  async function read<T extends { readonly readAt: unknown }>(
    lists: readonly Listed['of'][],
    ask: (stage: Stage) => Promise<T>,
  ): Promise<T> {
    const [healthy, ill] = [await start(), await start()]
    const next = new Set<string>()
    healthy.break(({ of }, asked) => {
      if (wire.isNextPage(asked)) next.add(of)
    })
    const whole = await ask(healthy)
    expect([...next]).toEqual(expect.arrayContaining(lists.filter((of) => paged.lists.includes(of))))
    if (next.size === 0) return whole
    const first = healthy.asked.findIndex(wire.isNextPage)
    // Counted at the twin, which sees what the proxy sees and perhaps requests for tokens beside it.
    ill.fail(only(healthy.calls.length - (healthy.asked.length - first) + 1, 'unauthorised'))
    const outcome = await outcomeOf(ask(ill))
    if (harness.lacks['token-renewal']) expectFailure(outcome, 'unauthorised')
    else expect(withoutClock(outcome as T)).toEqual(withoutClock(whole))
    let cut = 0
    ill.garble((body, asked) => {
      if (!wire.isNextPage(asked)) return body
      cut += 1
      return body.slice(0, -20)
    })
    const second = await outcomeOf(ask(ill))
    if (cut > 0) expectFailure(second, 'unreadable')
    // What the adapter remembers it need not ask for again, where the report itself has no pages.
    else if (lists.every((of) => !paged.lists.includes(of)))
      expect(withoutClock(second as T)).toEqual(withoutClock(whole))
    else throw new Error('no later page was asked for')
    return whole
  }

  test('structure: each campaign, ad group and budget is there, on whichever page it came, or the read failed', async () => {
    const structure = await read(['campaigns', 'ad-groups'], ({ reader, account }) => reader.structure(account))
    expect(idsOf(structure.campaigns)).toEqual(numbers.map((n) => idOf(n, 'campaign')).toSorted())
    expect(idsOf(structure.adGroups)).toEqual(numbers.map((n) => idOf(n, 'ad-group')).toSorted())
    expect(idsOf(structure.budgets)).toEqual(numbers.map(harness.budgetIdOf).toSorted())
    const holders = budgetsOn === 'campaign' ? structure.campaigns : structure.adGroups
    expect(holders.map(({ budget }) => String(budget)).toSorted()).toEqual(idsOf(structure.budgets))
  })

  test('a report: each campaign on each day, and together what the account spent, or the read failed', async () => {
    const report = await read(['rows'], (stage) => reportOf(stage, query))
    const rows = byCampaignDay(report)
    const expected = numbers.flatMap((n) =>
      dates(query.from, query.to).map((date) => [`${idOf(n, 'campaign')} ${date}`, SPENT] as const),
    )
    const spent = [...rows].map(([key, own]) => [key, spendOf(own, currency)] as const)
    expect(spent.toSorted()).toEqual(expected.toSorted())
    expect([...report.accountSpend.values()].map(({ micros }) => micros)).toEqual(
      Array.from({ length: paged.days }, () => BigInt(paged.campaigns) * SPENT),
    )
  })

  test('live values of more levers than one request can ask for are all there', async () => {
    const stage = await start()
    const live = await liveOf(stage, ...numbers.map((n) => budgetLever(stage, n)))
    expect(live.map((value) => value?.kind === 'money' && value.amount.micros)).toEqual(numbers.map(() => 50_000_000n))
  })
}

function expectFailure(outcome: unknown, kind: PlatformFailure['kind']): void {
  expect(outcome).toBeInstanceOf(PlatformError)
  expect((outcome as PlatformError).failure.kind).toBe(kind)
}
