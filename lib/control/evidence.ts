import type { PlatformEvidence } from '../model/evidence.ts'
import type { AccountObservation } from '../model/observation.ts'
import { DAY_MS, type Instant } from '../units/calendar.ts'

/** How long what a platform said beside its reports is believed: lags change slowly, forecasts and counts follow the auctions. */
const LAG_BUCKETS_DAYS = 60
const FORECASTS_DAYS = 7
const CELLS_DAYS = 7

/** The part of a platform's evidence that is young enough, for one conversion rule. */
export function freshEvidence(
  evidence: PlatformEvidence | undefined,
  rule: string,
  now: Instant,
): Pick<AccountObservation, 'lagBuckets' | 'forecasts' | 'targetForecasts' | 'cells'> {
  const { lagBuckets, forecasts, targetForecasts, cells } = evidence ?? {}
  const isYoung = (part: { readonly readAt: Instant }, days: number): boolean => now - part.readAt <= days * DAY_MS
  const counts = cells && isYoung(cells, CELLS_DAYS) ? cells.byRule[rule] : undefined
  const buckets = lagBuckets && isYoung(lagBuckets, LAG_BUCKETS_DAYS) ? lagBuckets.byRule[rule] : undefined
  return {
    ...(buckets && buckets.length > 0 ? { lagBuckets: buckets } : {}),
    ...(forecasts && isYoung(forecasts, FORECASTS_DAYS) && forecasts.budgets.length > 0
      ? { forecasts: forecasts.budgets }
      : {}),
    ...(targetForecasts && isYoung(targetForecasts, FORECASTS_DAYS) && targetForecasts.campaigns.length > 0
      ? { targetForecasts: targetForecasts.campaigns }
      : {}),
    ...(cells && counts && counts.length > 0 ? { cells: { from: cells.from, to: cells.to, cells: counts } } : {}),
  }
}
