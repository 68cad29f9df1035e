import { type AccountRef, accountKey, parseAccountKey } from '../model/account.ts'
import { canonicalJson, hashOfText, parseCanonical } from '../model/canonical.ts'
import type { BudgetForecast, LagBucket, PlatformEvidence } from '../model/evidence.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { type Item, integerIn } from './attributes.ts'
import type { Database } from './database.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { evidenceKey } from './keys.ts'
import { getPacked, putPacked } from './packed.ts'

const EVIDENCE_SCHEMA = 1

type RuleBuckets = readonly [rule: string, buckets: readonly LagBucket[]]

export async function putEvidence(db: Database, evidence: PlatformEvidence): Promise<void> {
  const { account, lagBuckets, forecasts } = evidence
  const rules = Object.entries(lagBuckets?.byRule ?? {})
  const budgets = forecasts?.budgets ?? []
  const readAt = Math.max(lagBuckets?.readAt ?? 0, forecasts?.readAt ?? 0) as Instant
  await putPacked(db, 'facts', {
    head: evidenceKey(parseAccountKey(account)),
    generation: hashOfText(canonicalJson(evidence)).slice(0, 16),
    attributes: {
      lagBucketsAtMs: lagBuckets?.readAt,
      forecastsAtMs: forecasts?.readAt,
      lagRules: rules.length,
      forecastBudgets: budgets.length,
      asOf: isoInstant(readAt),
      expiresAt: expiresAfter(readAt, KEPT_DAYS.evidence),
      schemaVersion: EVIDENCE_SCHEMA,
    },
    lists: {
      lagBuckets: rules.map((rule) => canonicalJson(rule)),
      forecasts: budgets.map((one) => canonicalJson(one)),
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
  return {
    account: accountKey(account),
    ...(bucketsAt === undefined ? {} : { lagBuckets: { readAt: bucketsAt, byRule: Object.fromEntries(rules) } }),
    ...(forecastsAt === undefined ? {} : { forecasts: { readAt: forecastsAt, budgets } }),
  }
}

const instantIn = (item: Item, name: string): Instant | undefined =>
  item[name] === undefined ? undefined : (integerIn(item, name) as Instant)
