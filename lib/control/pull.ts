import { type AccountRef, accountKey } from '../model/account.ts'
import { type ConversionRule, ruleKey } from '../model/conversions.ts'
import type { IntradaySpend, PullStatus } from '../model/history.ts'
import type { PerformanceReport } from '../model/performance.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { AccountStructure } from '../model/structure.ts'
import { type AccountDate, addDays, dateAt, daysBetween, HOUR_MS, later } from '../units/calendar.ts'
import type { Loop } from './loop.ts'
import { allPolicies, policiesOf, termsOf } from './portfolios.ts'
import type { Summary } from './summary.ts'
import { syncLevers } from './sync-levers.ts'

/** Days read on the first pull of an account. */
const BACKFILL_DAYS = 90
/** Change events are asked for from this much before the last pull: platforms show them minutes late. */
const CHANGE_OVERLAP_MS = 2 * HOUR_MS

/**
 * Reads one account: structure, today's spend by hour, the change history, and once per account day every day that may
 * still be restated. Then brings what Sluice knows of the account's budgets up to date (`syncLevers`). A read that fails
 * in the middle fails the turn; nothing half-read is stored as if it were whole.
 */
export async function pullAccount(account: AccountRef, loop: Loop): Promise<Summary> {
  const policies = await allPolicies(loop)
  const { reader } = loop.platforms(account.platform)
  const before = await loop.facts.pullStatus(account)
  const lookedAt = loop.clock.now()
  const structure = await reader.structure(account)
  const today = dateAt(structure.readAt, structure.zone)

  const intraday = await reader.performance(account, { grain: 'hour', from: today, to: today }, [])
  const changed = await readHistory(account, policies, today, before, loop)
  const since = before ? later(before.structureAt, -CHANGE_OVERLAP_MS) : later(loop.clock.now(), -CHANGE_OVERLAP_MS)
  const events = await reader.changes(account, since)

  await loop.facts.putStructure(structure)
  await loop.facts.putIntraday(intradayOf(account, intraday, structure, today))
  if (events !== 'unreviewed' && events.length > 0) await loop.facts.putChanges(account, events)
  const synced = await syncLevers(structure, events === 'unreviewed' ? [] : events, policies, lookedAt, loop)
  await loop.facts.putPullStatus({
    account: accountKey(account),
    structureAt: structure.readAt,
    spendAt: intraday.readAt,
    ...changed.status,
  })
  return { campaigns: structure.campaigns.length, daysChanged: changed.days, ...synced }
}

/** The days that may have been restated, once per account day. */
async function readHistory(
  account: AccountRef,
  policies: readonly PolicyVersion[],
  today: AccountDate,
  before: PullStatus | undefined,
  loop: Loop,
): Promise<{ days: number; status: Pick<PullStatus, 'historyAt' | 'historyTo' | 'unexplainedMicros'> }> {
  const yesterday = addDays(today, -1)
  if (before?.historyTo === yesterday) {
    const { historyAt, historyTo, unexplainedMicros } = before
    return { days: 0, status: { ...(historyAt ? { historyAt } : {}), historyTo, unexplainedMicros } }
  }
  const { reader, capabilities } = loop.platforms(account.platform)
  const rules = rulesOf(policies, account)
  // A day stops changing when its window has closed; an account that is new, or was away, is read from further back.
  const window = Math.max(...rules.map((rule) => Math.max(rule.clickWindowDays, rule.viewWindowDays)), 1) + 1
  const missed = before?.historyTo ? Math.max(0, daysBetween(before.historyTo, yesterday)) : BACKFILL_DAYS
  const back = Math.min(BACKFILL_DAYS, Math.max(missed, Math.min(capabilities.restatementDays, window)))
  const report = await reader.performance(account, { grain: 'day', from: addDays(today, -back), to: yesterday }, rules)
  const days = await loop.facts.mergeHistory(account, report.rows, today)
  const unexplainedMicros = new Map(
    [...(before?.unexplainedMicros ?? []), ...unexplained(report)].slice(-BACKFILL_DAYS),
  )
  return { days, status: { historyAt: report.readAt, historyTo: yesterday, unexplainedMicros } }
}

/** The rules by which conversions are counted on the account, each once: portfolios may share one. */
function rulesOf(policies: readonly PolicyVersion[], account: AccountRef): readonly ConversionRule[] {
  const rules = policiesOf(policies, account).flatMap((version) => termsOf(version, account)?.conversions ?? [])
  return [...new Map(rules.map((rule) => [ruleKey(rule), rule])).values()]
}

/** Spend of the account less the sum of its parts, by date. */
function unexplained(report: PerformanceReport): ReadonlyMap<AccountDate, bigint> {
  const parts = new Map<AccountDate, bigint>()
  for (const { date, spend } of report.rows) parts.set(date, (parts.get(date) ?? 0n) + spend.micros)
  return new Map([...report.accountSpend].map(([date, spend]) => [date, spend.micros - (parts.get(date) ?? 0n)]))
}

function intradayOf(
  account: AccountRef,
  report: PerformanceReport,
  structure: AccountStructure,
  date: AccountDate,
): IntradaySpend {
  const byHour = new Map<string, (bigint | undefined)[]>()
  for (const { campaign, adGroup, hour, spend } of report.rows) {
    const key = adGroup === undefined ? campaign : `${campaign}/${adGroup}`
    const hours = byHour.get(key) ?? new Array<bigint | undefined>(24).fill(undefined)
    byHour.set(key, hours)
    if (hour !== undefined) hours[hour] = (hours[hour] ?? 0n) + spend.micros
  }
  return {
    account: accountKey(account),
    date,
    currency: structure.currency,
    readAt: report.readAt,
    spendMicrosByHour: byHour,
  }
}
