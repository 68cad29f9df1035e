import type { WorldPlatform } from '../world.ts'
import type { LearningPlan, OverDeliveryPlan, TrackingPlan } from './blueprint.ts'
import type { CampaignClass, ScenarioResponses } from './schema.ts'

/**
 * What each platform is like unless a scenario says otherwise.
 *
 * Over-delivery: Google spends up to twice the average daily budget on a day and up to 30.4 times it in a calendar month
 * (https://support.google.com/google-ads/answer/2375423). Meta raised what a day may spend from 125 % to 175 % of a daily
 * budget with Marketing API v24, within seven budgets a week
 * (https://github.com/facebook/facebook-php-business-sdk/releases/tag/24.0.0); its page on budgets still says 125 %
 * (https://developers.facebook.com/documentation/ads-commerce/marketing-api/bidding/overview/budgets). TikTok names 125 % of a
 * dynamic daily budget and seven of them a week (https://business-api.tiktok.com/portal/docs?id=1739381246298114). Snapchat's
 * and Pinterest's figures and the shares of counting are assumptions; docs/scenarios.md says so.
 */
export const PLATFORM_TRACKING: Readonly<Record<WorldPlatform, TrackingPlan>> = {
  'google-ads': { tracked: 0.92, viewShare: 0.03, doubleClaimed: 0.12, delayMinutes: 0, claimDelayMinutes: 0 },
  meta: { tracked: 0.8, viewShare: 0.25, doubleClaimed: 0.2, delayMinutes: 0, claimDelayMinutes: 0 },
  tiktok: { tracked: 0.72, viewShare: 0.3, doubleClaimed: 0.2, delayMinutes: 0, claimDelayMinutes: 0 },
  snapchat: { tracked: 0.7, viewShare: 0.3, doubleClaimed: 0.2, delayMinutes: 0, claimDelayMinutes: 0 },
  pinterest: { tracked: 0.75, viewShare: 0.25, doubleClaimed: 0.2, delayMinutes: 0, claimDelayMinutes: 0 },
}

export const PLATFORM_OVER_DELIVERY: Readonly<Record<WorldPlatform, OverDeliveryPlan>> = {
  'google-ads': { factor: 2, spread: 0.15, period: 'month', periodFactor: 30.4 },
  meta: { factor: 1.75, spread: 0.12, period: 'week', periodFactor: 7 },
  tiktok: { factor: 1.25, spread: 0.1, period: 'week', periodFactor: 7 },
  snapchat: { factor: 1.25, spread: 0.1, period: 'week', periodFactor: 7 },
  pinterest: { factor: 1.25, spread: 0.1, period: 'week', periodFactor: 7 },
}

/**
 * Meta asks for about fifty results in the week after the last significant edit, and counts a budget change as one by its
 * size without saying which (https://www.facebook.com/business/help/112167992830700); a fifth is what practice assumes.
 */
export const LEARNING: LearningPlan = { threshold: 0.2, conversions: 50, days: 7, penalty: 0.1 }

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
