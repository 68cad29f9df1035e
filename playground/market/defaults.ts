import type { WorldPlatform } from '../world.ts'
import type { OverDeliveryPlan, TrackingPlan } from './blueprint.ts'
import type { CampaignClass, ScenarioResponses } from './schema.ts'

/**
 * What each platform is like unless a scenario says otherwise.
 *
 * Over-delivery: Google spends up to twice the average daily budget on a day and up to 30.4 times it in a calendar month
 * (https://support.google.com/google-ads/answer/2375423); Meta up to 25 % over a daily budget on a day and at most seven
 * times it in a week from Sunday (https://www.facebook.com/business/help/190490051321426). The shares of counting are
 * assumptions; docs/scenarios.md says so.
 */
export const PLATFORM_TRACKING: Readonly<Record<WorldPlatform, TrackingPlan>> = {
  'google-ads': { tracked: 0.92, viewShare: 0.03, doubleClaimed: 0.12, delayMinutes: 0, claimDelayMinutes: 0 },
  meta: { tracked: 0.8, viewShare: 0.25, doubleClaimed: 0.2, delayMinutes: 0, claimDelayMinutes: 0 },
}

export const PLATFORM_OVER_DELIVERY: Readonly<Record<WorldPlatform, OverDeliveryPlan>> = {
  'google-ads': { factor: 2, spread: 0.15, period: 'month', periodFactor: 30.4 },
  meta: { factor: 1.25, spread: 0.08, period: 'week', periodFactor: 7 },
}

/** Share of organic orders that all campaigns of a class in an account claim together at unlimited spend. */
export const CLASS_ORGANIC_SHARE: Readonly<Record<CampaignClass, number>> = {
  brand: 0.45,
  retargeting: 0.3,
  opaque: 0.3,
  prospecting: 0.05,
}

/** How eagerly a class claims what another platform caused, relative to its spend. */
export const CLASS_CLAIM_WEIGHT: Readonly<Record<CampaignClass, number>> = {
  brand: 2,
  retargeting: 4,
  opaque: 3,
  prospecting: 1,
}

export const RESPONSES: ScenarioResponses = {
  halfway: { median: '160', spread: 0.8 },
  cost: { median: '28', spread: 0.35 },
  concave: [0.75, 1],
  sShaped: [1.4, 2.2],
  sShapedShare: 0.2,
  budgetFollows: 0.5,
  budgetAt: 1,
  budgetSpread: 0.7,
  cappedShare: 0.1,
  value: '85',
  cpc: '0.90',
  cpm: '9.00',
}
