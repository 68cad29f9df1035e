import { type AccountRef, accountKey } from '../model/account.ts'
import type { ConversionRule } from '../model/conversions.ts'
import type { PlatformEvidence } from '../model/evidence.ts'
import { PlatformError } from '../model/failure.ts'
import { type AccountDate, addDays } from '../units/calendar.ts'
import type { Loop } from './loop.ts'

/** Complete days over which clicks are counted: long enough for a rate, short enough to be of these times. */
const CELL_DAYS = 60

/** What is asked for: the rules of the account, those of policies that steer multipliers, and the account's date. */
export interface EvidenceAsked {
  readonly rules: readonly ConversionRule[]
  readonly multiplierRules: readonly ConversionRule[]
  readonly today: AccountDate
}

/**
 * Asks a platform for what it says beside its reports: its own lags, its forecasts of other budgets and targets, and its
 * counts of clicks. Nothing depends on them, so that a platform which refuses costs only what it would have said: the last
 * answer stays, until it is too old to be believed.
 */
export async function pullEvidence(
  account: AccountRef,
  { rules, multiplierRules, today }: EvidenceAsked,
  loop: Loop,
): Promise<void> {
  const { reader } = loop.platforms(account.platform)
  if (!reader.conversionLag && !reader.forecasts && !reader.targetForecasts && !reader.cells) return
  const readAt = loop.clock.now()
  const byRule = rules.length > 0 ? await unlessRefused(reader.conversionLag?.(account, rules)) : undefined
  const budgets = await unlessRefused(reader.forecasts?.(account))
  const targets = await unlessRefused(reader.targetForecasts?.(account))
  const [from, to] = [addDays(today, -CELL_DAYS), addDays(today, -1)]
  const counts =
    multiplierRules.length > 0 ? await unlessRefused(reader.cells?.(account, multiplierRules, from, to)) : undefined
  if (!byRule && !budgets && !targets && !counts) return
  const before = await loop.facts.evidence(account)
  const evidence: PlatformEvidence = {
    ...before,
    account: accountKey(account),
    ...(byRule ? { lagBuckets: { readAt, byRule: Object.fromEntries(byRule) } } : {}),
    ...(budgets ? { forecasts: { readAt, budgets } } : {}),
    ...(targets ? { targetForecasts: { readAt, campaigns: targets } } : {}),
    ...(counts ? { cells: { readAt, from, to, byRule: Object.fromEntries(counts) } } : {}),
  }
  await loop.facts.putEvidence(evidence)
}

async function unlessRefused<T>(asked: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof PlatformError) return undefined
    throw error
  }
}
