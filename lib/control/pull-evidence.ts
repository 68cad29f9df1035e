import { type AccountRef, accountKey } from '../model/account.ts'
import type { ConversionRule } from '../model/conversions.ts'
import type { PlatformEvidence } from '../model/evidence.ts'
import { PlatformError } from '../model/failure.ts'
import type { Loop } from './loop.ts'

/**
 * Asks a platform for what it says beside its reports: its own lags and forecasts. Nothing depends on them, so that a
 * platform which refuses costs only what it would have said: the last answer stays, until it is too old to be believed.
 */
export async function pullEvidence(account: AccountRef, rules: readonly ConversionRule[], loop: Loop): Promise<void> {
  const { reader } = loop.platforms(account.platform)
  if (!reader.conversionLag && !reader.forecasts) return
  const readAt = loop.clock.now()
  const byRule = rules.length > 0 ? await unlessRefused(reader.conversionLag?.(account, rules)) : undefined
  const budgets = await unlessRefused(reader.forecasts?.(account))
  if (!byRule && !budgets) return
  const before = await loop.facts.evidence(account)
  const evidence: PlatformEvidence = {
    ...before,
    account: accountKey(account),
    ...(byRule ? { lagBuckets: { readAt, byRule: Object.fromEntries(byRule) } } : {}),
    ...(budgets ? { forecasts: { readAt, budgets } } : {}),
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
