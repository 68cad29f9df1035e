/** One world, the twin on it, the proxy before that, the adapter before that; and what every specification asks of them. */
import { type AccountRef, accountRef } from '../../../lib/model/account.ts'
import { PlatformError, type PlatformFailure, type WriteResult } from '../../../lib/model/failure.ts'
import { type Lever, type LeverChange, type LeverKind, type LeverValue, sameValue } from '../../../lib/model/lever.ts'
import type { PerformanceQuery, PerformanceReport, PerformanceRow } from '../../../lib/model/performance.ts'
import type { AccountStructure, BudgetHolder, Device } from '../../../lib/model/structure.ts'
import type { AdPlatform } from '../../../lib/ports/platform.ts'
import { type AccountDate, accountDate } from '../../../lib/units/calendar.ts'
import { currency, type Money, money, sum } from '../../../lib/units/money.ts'
import { type FaultPlan, noFaults, type TwinCall } from '../../../playground/faults.ts'
import type { Listed, Opened, PlatformHarness } from './harness.ts'
import { type Asked, type BreakingProxy, startProxy } from './proxy.ts'
import { ContractWorld, type WorldSpec } from './world.ts'

/** Two that run, one of them with a target; one that is paused; one that was removed after it had spent. */
export const CAMPAIGNS: WorldSpec['campaigns'] = [
  { n: 1, budgetMicros: 100_000_000n },
  { n: 2, budgetMicros: 80_000_000n, strategy: { kind: 'target-cpa', targetCpaMicros: 12_500_000n } },
  { n: 3, budgetMicros: 60_000_000n, status: 'paused', hourlyMicros: 0n },
  { n: 4, budgetMicros: 50_000_000n, status: 'removed' },
]

export interface Stage extends Pick<AdPlatform, 'reader' | 'writer' | 'capabilities'> {
  readonly world: ContractWorld
  readonly account: AccountRef
  readonly harness: PlatformHarness
  readonly secrets: readonly string[]
  /** What arrived at the twin, in order. */
  readonly calls: readonly TwinCall[]
  readonly asked: readonly Asked[]
  /** What goes wrong from now on. */
  fail(plan: FaultPlan): void
  /** Changes what answers list from now on. */
  break(change: (listed: Listed, asked: Asked) => void): void
  /** Changes the text of answers from now on. */
  garble(change: (body: string, asked: Asked) => string): void
  mend(): void
  close(): Promise<void>
}

export async function startStage(harness: PlatformHarness, spec: Partial<WorldSpec> = {}): Promise<Stage> {
  const { platform, accountId } = harness
  const world = new ContractWorld({ ...harness.world, campaigns: CAMPAIGNS, ...spec, platform, accountId })
  const calls: TwinCall[] = []
  const proxies: BreakingProxy[] = []
  const asked: Asked[] = []
  let plan = noFaults
  let rewrite: (asked: Asked, body: string) => string = (_, body) => body
  const backdrop = {
    world,
    faults: (call: TwinCall) => {
      calls.push(call)
      return plan(call)
    },
    through: async (url: string) => {
      const proxy = await startProxy(url, (one, body) => {
        asked.push(one)
        return rewrite(one, body)
      })
      proxies.push(proxy)
      return proxy.baseUrl
    },
  }
  const opened: Opened = await harness.open(backdrop)
  const { reader, writer, capabilities } = opened.platform
  return {
    reader,
    writer,
    capabilities,
    world,
    account: accountRef(platform, accountId),
    harness,
    secrets: opened.secrets,
    calls,
    asked,
    fail: (next) => {
      plan = next
    },
    break: (change) => {
      rewrite = (one, body) => changed(harness, one, body, change)
    },
    garble: (change) => {
      rewrite = (one, body) => change(body, one)
    },
    mend: () => {
      plan = noFaults
      rewrite = (_, body) => body
    },
    close: async () => {
      await opened.close()
      await Promise.all(proxies.map((proxy) => proxy.close()))
    },
  }
}

function changed(harness: PlatformHarness, asked: Asked, body: string, change: Parameters<Stage['break']>[0]): string {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return body
  }
  const listed = harness.wire.listed(asked, json)
  if (!listed) return body
  change(listed, asked)
  return JSON.stringify(json)
}

/** The failure that it ends in; anything but a PlatformError is a fault of the adapter, and so is no failure at all. */
export async function failureOf(reading: Promise<unknown>): Promise<PlatformFailure> {
  const error = await reading.then(
    (value) => new Error(`nothing was thrown, and this was read: ${show(value)}`),
    (one: unknown) => one,
  )
  if (!(error instanceof PlatformError)) throw error
  return error.failure
}

/** The same once more, when it was throttled, after as long as the failure said. */
export async function afterWaiting<T>(stage: Stage, read: () => Promise<T>): Promise<T> {
  const outcome = await outcomeOf(read())
  if (!(outcome instanceof PlatformError)) return outcome
  if (outcome.failure.kind !== 'rate-limited') throw outcome
  stage.world.pass(outcome.failure.retryAfterMs)
  return read()
}

/** What was read, or the failure. */
export const outcomeOf = <T>(reading: Promise<T>): Promise<T | PlatformError> =>
  reading.catch((error: unknown) => {
    if (error instanceof PlatformError) return error
    throw error
  })

export const show = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' ? `${one}n` : one instanceof Map ? Object.fromEntries(one) : one,
  )?.slice(0, 800) ?? 'undefined'

export const reportOf = (stage: Stage, query: PerformanceQuery): Promise<PerformanceReport> =>
  stage.reader.performance(stage.account, query, [stage.harness.rule])

export const days = (from: string, to: string = from): PerformanceQuery => ({
  grain: 'day',
  from: accountDate(from),
  to: accountDate(to),
})
export const hours = (from: string, to: string = from): PerformanceQuery => ({ ...days(from, to), grain: 'hour' })

export const amountIn = (stage: Stage, micros: bigint): Money => money(micros, currency(stage.harness.world.currency))

/** Sum over rows, by campaign and day; a campaign and day without a row is not in it. */
export function byCampaignDay(report: PerformanceReport): ReadonlyMap<string, PerformanceRow[]> {
  return Map.groupBy(report.rows, (row) => `${row.campaign} ${row.date}`)
}

export const spendOf = (rows: readonly PerformanceRow[], of: string): bigint =>
  sum(
    rows.map(({ spend }) => spend),
    currency(of),
  ).micros

export const purchasesOf = (rows: readonly PerformanceRow[]): number =>
  rows.flatMap(({ conversions }) => conversions).reduce((all, { conversions }) => all + conversions, 0)

/** What a day's total has beyond its rows; `undefined` where it has no total. */
export function gapOf(report: PerformanceReport, date: AccountDate): bigint | undefined {
  const total = report.accountSpend.get(date)
  const rows = report.rows.filter((row) => row.date === date)
  return total && total.micros - rows.reduce((all, { spend }) => all + spend.micros, 0n)
}

const KIM = { kind: 'human', name: 'kim@example.com' } as const

/** Removed by a person, with its ad group, in the middle of things. */
export function remove({ world, harness }: Stage, n: number): void {
  const { platform, id } = world.own
  const edit = { platform, accountId: id, kind: 'status', status: 'removed' } as const
  world.apply({ ...edit, level: 'ad-group', id: harness.world.idOf(n, 'ad-group') }, KIM)
  world.apply({ ...edit, level: 'campaign', id: harness.world.idOf(n, 'campaign') }, KIM)
}

export function budgetNumber(stage: Stage, structure: AccountStructure, n: number): BudgetHolder {
  const id = stage.harness.budgetIdOf(n)
  const found = structure.budgets.find((budget) => budget.id === id)
  if (!found) throw new Error(`budget ${id} is not among ${structure.budgets.map((one) => one.id)}`)
  return found
}

export const budgetLever = ({ account, harness }: Stage, n: number): Lever => ({
  account,
  kind: 'daily-budget',
  entity: 'budget',
  id: harness.budgetIdOf(n),
})

/** The lever of a kind that the platform honours for campaign number n, on whichever level it has it. */
export function honouredLever(
  { account, harness, capabilities }: Stage,
  structure: AccountStructure,
  kind: LeverKind,
  n: number,
  device?: Device,
): Lever | undefined {
  const { idOf } = harness.world
  return (['campaign', 'ad-group'] as const)
    .map(
      (entity): Lever => ({
        account,
        kind,
        entity,
        id: idOf(n, entity),
        ...(device && kind === 'bid-multiplier' && { device }),
      }),
    )
    .find((lever) => capabilities.honours(lever, structure).kind === 'honoured')
}

export async function liveOf({ reader, account }: Stage, ...levers: readonly Lever[]) {
  const read = await reader.live(account, levers)
  return read.map(({ value }) => value)
}

export const moneyOf = (amount: Money): LeverValue => ({ kind: 'money', amount })

/** A move of budget number n from what it is to `to` micros. */
export async function budgetChange(stage: Stage, n: number, to: bigint): Promise<LeverChange> {
  const lever = budgetLever(stage, n)
  const [from] = await liveOf(stage, lever)
  if (!from) throw new Error(`budget ${lever.id} has no value`)
  return { lever, from, to: moneyOf(amountIn(stage, to)) }
}

export const writesIn = ({ calls }: Stage): number => calls.filter(({ mutating }) => mutating).length

/**
 * Holds results against what reading shows afterwards: `applied` stands as the platform stores it, `refused` stands as it
 * was, `unknown` is either. Where each change stands is returned for more.
 */
export async function assertHonest(
  stage: Stage,
  changes: readonly LeverChange[],
  results: readonly WriteResult[],
): Promise<readonly ('old' | 'new')[]> {
  if (results.length !== changes.length) throw new Error(`${results.length} results of ${changes.length} changes`)
  const live = await afterWaiting(stage, () => liveOf(stage, ...changes.map(({ lever }) => lever)))
  return changes.map((change, i) => {
    const value = live[i]
    const stored = stage.capabilities.normalise(change.lever.kind, change.to)
    const stands = value && sameValue(value, stored) ? 'new' : 'old'
    const result = results[i] as WriteResult
    if (stands === 'old' && value && !sameValue(value, change.from))
      throw new Error(`change ${i} is neither as it was nor as it was to be: ${show(value)}`)
    if (result.kind === 'applied' && stands === 'old') throw new Error(`change ${i} was said to be applied: it was not`)
    if (result.kind === 'refused' && stands === 'new')
      throw new Error(`change ${i} was said to be refused (${show(result)}): it was applied`)
    return stands
  })
}
