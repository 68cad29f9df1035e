import { type AccountRef, accountKey } from '../model/account.ts'
import { type ConversionRule, ruleKey } from '../model/conversions.ts'
import type { PullStatus } from '../model/history.ts'
import type { PerformanceReport } from '../model/performance.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { type AccountDate, addDays, dateAt, daysBetween, HOUR_MS, later } from '../units/calendar.ts'
import { intradayOf } from './intraday.ts'
import type { Loop } from './loop.ts'
import { policiesOf, termsOf } from './portfolios.ts'
import { pullEvidence } from './pull-evidence.ts'
import { askForStops, readSpendStops } from './pull-stops.ts'
import { readRaises } from './raises.ts'
import { noteStopped } from './stopped.ts'
import type { Summary } from './summary.ts'
import { syncLevers } from './sync-levers.ts'

/** Days read on the first pull of an account. */
const BACKFILL_DAYS = 90
/**
 * Claims go on being taken back after the window has closed. Once in so many days a pull looks back over all ages whose
 * refunds are followed, or over as many as the platform still restates: a seventh of what looking daily would cost.
 */
const DEEP_EVERY_DAYS = 7
const DEEP_DAYS = 60
/** Deep readings that are remembered: those of the last 90 days. */
const DEEP_KEPT = 14
/** Change events are asked for from this much before the last pull: platforms show them minutes late. */
const CHANGE_OVERLAP_MS = 2 * HOUR_MS

/**
 * Reads one account: structure, today's spend by hour, the change history, and once per account day every day that may
 * still be restated. Then brings what Sluice knows of the account's budgets up to date (`syncLevers`). A read that fails
 * in the middle fails the turn; nothing half-read is stored as if it were whole.
 */
export async function pullAccount(account: AccountRef, loop: Loop): Promise<Summary> {
  const policies = await loop.policies.all()
  const known = await loop.facts.pullStatus(account)
  if (known?.source === 'import' && !loop.takesOver?.has(accountKey(account)))
    return { campaigns: 0, why: 'imported from files: "sluice pull" with its name reads it from the platform' }
  const before = known?.source === 'import' ? undefined : known
  const { reader } = loop.platforms(account.platform)
  const lookedAt = loop.clock.now()
  const steering = policiesOf(policies, account).filter(({ policy }) => policy.bidMultipliers === 'steer')
  const structure = await reader.structure(account, { criteria: steering.length > 0 })
  const today = dateAt(structure.readAt, structure.zone)

  const intraday = await reader.performance(account, { grain: 'hour', from: today, to: today }, [])
  const changed = await readHistory(account, policies, today, before, loop)
  const since = before ? later(before.structureAt, -CHANGE_OVERLAP_MS) : later(loop.clock.now(), -CHANGE_OVERLAP_MS)
  const events = await reader.changes(account, since)
  const raises = await readRaises(structure, loop)
  const stops = await readSpendStops(structure, policies, before?.stops, loop)

  await loop.facts.putStructure(structure)
  await loop.facts.putIntraday(intradayOf(intraday, structure, today))
  if (events !== 'unreviewed' && events.length > 0) await loop.facts.putChanges(account, events)
  const stopped = stops && 'stopped' in stops ? stops.stopped : []
  const toldStopped = await noteStopped(stopped, structure, policies, lookedAt, loop)
  const synced = await syncLevers(structure, events === 'unreviewed' ? [] : events, policies, lookedAt, loop, raises)
  const onRecord = await askForStops(stops, structure, policies, before?.stops, loop)
  await loop.facts.putPullStatus({
    account: accountKey(account),
    structureAt: structure.readAt,
    spendAt: intraday.readAt,
    ...changed.status,
    ...(onRecord ? { stops: onRecord } : {}),
  })
  if (changed.isRead) {
    const asked = { rules: rulesOf(policies, account), multiplierRules: rulesOf(steering, account), today }
    await pullEvidence(account, asked, loop)
  }
  const told = synced.told + toldStopped
  return { campaigns: structure.campaigns.length, daysChanged: changed.days, ...synced, told }
}

/** The days that may have been restated, once per account day. */
async function readHistory(
  account: AccountRef,
  policies: readonly PolicyVersion[],
  today: AccountDate,
  before: PullStatus | undefined,
  loop: Loop,
): Promise<{
  isRead: boolean
  days: number
  status: Omit<PullStatus, 'account' | 'structureAt' | 'spendAt' | 'stops'>
}> {
  const yesterday = addDays(today, -1)
  if (before?.historyTo === yesterday) {
    const { account: _, structureAt: _structureAt, spendAt: _spendAt, stops: _stops, ...status } = before
    return { isRead: false, days: 0, status }
  }
  const { reader, capabilities } = loop.platforms(account.platform)
  const rules = rulesOf(policies, account)
  const { back, followedDays, isDeep } = reach(rules, capabilities.restatementDays, today, before)
  const report = await reader.performance(account, { grain: 'day', from: addDays(today, -back), to: yesterday }, rules)
  const days = await loop.facts.mergeHistory(account, report.rows, today)
  const unexplainedMicros = new Map(
    [...(before?.unexplainedMicros ?? []), ...unexplained(report)].slice(-BACKFILL_DAYS),
  )
  const deepReadOn = [...(before?.deepReadOn ?? []), ...(isDeep ? [today] : [])].slice(-DEEP_KEPT)
  return {
    isRead: true,
    days,
    status: { historyAt: report.readAt, historyTo: yesterday, followedDays, deepReadOn, unexplainedMicros },
  }
}

/**
 * How far back a re-reading looks. A day grows until its window has closed; refunds come later and are looked for once a
 * week. An account that is new, or was away, is read as deep, and from further back.
 */
function reach(
  rules: readonly ConversionRule[],
  restatementDays: number,
  today: AccountDate,
  before: PullStatus | undefined,
): { back: number; followedDays: number; isDeep: boolean } {
  const window = Math.max(...rules.map((rule) => Math.max(rule.clickWindowDays, rule.viewWindowDays)), 1) + 1
  const followedDays = Math.min(restatementDays, window, BACKFILL_DAYS)
  const missed = before?.historyTo ? Math.max(0, daysBetween(before.historyTo, addDays(today, -1))) : BACKFILL_DAYS
  const lastDeep = before?.deepReadOn?.at(-1)
  const isDue = lastDeep === undefined || daysBetween(lastDeep, today) >= DEEP_EVERY_DAYS
  const isDeep = isDue || missed > followedDays
  const deep = Math.max(followedDays, Math.min(restatementDays, DEEP_DAYS))
  return { back: Math.min(BACKFILL_DAYS, Math.max(missed, isDeep ? deep : followedDays)), followedDays, isDeep }
}

/** The rules by which conversions are counted on the account, each once: portfolios may share one. */
export function rulesOf(policies: readonly PolicyVersion[], account: AccountRef): readonly ConversionRule[] {
  const rules = policiesOf(policies, account).flatMap((version) => termsOf(version, account)?.conversions ?? [])
  return [...new Map(rules.map((rule) => [ruleKey(rule), rule])).values()]
}

/** Spend of the account less the sum of its parts, by date. */
function unexplained(report: PerformanceReport): ReadonlyMap<AccountDate, bigint> {
  const parts = new Map<AccountDate, bigint>()
  for (const { date, spend } of report.rows) parts.set(date, (parts.get(date) ?? 0n) + spend.micros)
  return new Map([...report.accountSpend].map(([date, spend]) => [date, spend.micros - (parts.get(date) ?? 0n)]))
}
