import { type AccountRef, accountKey, parseAccountKey } from '../model/account.ts'
import { canonicalJson, hashOfText, parseCanonical } from '../model/canonical.ts'
import type { BudgetForecast, ClickCell, LagBucket, PlatformEvidence, TargetForecast } from '../model/evidence.ts'
import { accountDate, type Instant, isoInstant } from '../units/calendar.ts'
import { type Item, integerIn, textIn } from './attributes.ts'
import type { Database } from './database.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { evidenceKey } from './keys.ts'
import { getPacked, putPacked, type Unpacked } from './packed.ts'

const EVIDENCE_SCHEMA = 1

type RuleBuckets = readonly [rule: string, buckets: readonly LagBucket[]]
/** One cell a row, and one row without any for a rule that has none: parts are split between rows. */
type RuleCell = readonly [rule: string, cell?: ClickCell]

export async function putEvidence(db: Database, evidence: PlatformEvidence): Promise<void> {
  const { account, lagBuckets, forecasts, targetForecasts, cells } = evidence
  const rules = Object.entries(lagBuckets?.byRule ?? {})
  const budgets = forecasts?.budgets ?? []
  const counts = Object.entries(cells?.byRule ?? {}).flatMap(([rule, own]): readonly RuleCell[] =>
    own.length > 0 ? own.map((cell) => [rule, cell] as const) : [[rule]],
  )
  const readAt = Math.max(
    ...[lagBuckets, forecasts, targetForecasts, cells].map((part) => part?.readAt ?? 0),
  ) as Instant
  await putPacked(db, 'facts', {
    head: evidenceKey(parseAccountKey(account)),
    generation: hashOfText(canonicalJson(evidence)).slice(0, 16),
    attributes: {
      lagBucketsAtMs: lagBuckets?.readAt,
      forecastsAtMs: forecasts?.readAt,
      ...(targetForecasts
        ? { targetForecastsAtMs: targetForecasts.readAt, forecastTargets: targetForecasts.campaigns.length }
        : {}),
      ...(cells
        ? { cellsAtMs: cells.readAt, cellsFrom: cells.from, cellsTo: cells.to, deviceCells: counts.length }
        : {}),
      lagRules: rules.length,
      forecastBudgets: budgets.length,
      asOf: isoInstant(readAt),
      expiresAt: expiresAfter(readAt, KEPT_DAYS.evidence),
      schemaVersion: EVIDENCE_SCHEMA,
    },
    lists: {
      lagBuckets: rules.map((rule) => canonicalJson(rule)),
      forecasts: budgets.map((one) => canonicalJson(one)),
      ...(targetForecasts ? { targetForecasts: targetForecasts.campaigns.map((one) => canonicalJson(one)) } : {}),
      ...(cells ? { cells: counts.map((one) => canonicalJson(one)) } : {}),
    },
    partsExpireAt: expiresAfter(readAt, KEPT_DAYS.evidence),
  })
}

export async function getEvidence(db: Database, account: AccountRef): Promise<PlatformEvidence | undefined> {
  const unpacked = await getPacked(db, 'facts', evidenceKey(account))
  if (!unpacked) return undefined
  const bucketsAt = instantIn(unpacked.head, 'lagBucketsAtMs')
  const forecastsAt = instantIn(unpacked.head, 'forecastsAtMs')
  const rules = parseCanonical<readonly RuleBuckets[]>(unpacked.list('lagBuckets'))
  const budgets = parseCanonical<readonly BudgetForecast[]>(unpacked.list('forecasts'))
  const targetsAt = instantIn(unpacked.head, 'targetForecastsAtMs')
  const cells = cellsIn(unpacked)
  return {
    account: accountKey(account),
    ...(bucketsAt === undefined ? {} : { lagBuckets: { readAt: bucketsAt, byRule: Object.fromEntries(rules) } }),
    ...(forecastsAt === undefined ? {} : { forecasts: { readAt: forecastsAt, budgets } }),
    ...(targetsAt === undefined
      ? {}
      : {
          targetForecasts: {
            readAt: targetsAt,
            campaigns: parseCanonical<readonly TargetForecast[]>(unpacked.list('targetForecasts')),
          },
        }),
    ...(cells ? { cells } : {}),
  }
}

function cellsIn({ head, list }: Unpacked): PlatformEvidence['cells'] {
  const readAt = instantIn(head, 'cellsAtMs')
  if (readAt === undefined) return undefined
  const byRule: Record<string, ClickCell[]> = {}
  for (const [rule, cell] of parseCanonical<readonly RuleCell[]>(list('cells'))) {
    byRule[rule] ??= []
    if (cell) byRule[rule].push(cell)
  }
  return { readAt, from: accountDate(textIn(head, 'cellsFrom')), to: accountDate(textIn(head, 'cellsTo')), byRule }
}

const instantIn = (item: Item, name: string): Instant | undefined =>
  item[name] === undefined ? undefined : (integerIn(item, name) as Instant)
