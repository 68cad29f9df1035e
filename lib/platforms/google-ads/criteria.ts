import * as z from 'zod'
import type { BidCriterion, CriterionDimension } from '../../model/structure.ts'
import { asFloat32 } from './amounts.ts'
import { digits, factor, idOf, resourceName } from './schema.ts'

/**
 * Criteria that a bid modifier may be given to, by their CriterionType. What a campaign does not list has none here:
 * listing a place or hours narrows the campaign to them, and listing an audience may.
 *
 * Source: https://developers.google.com/google-ads/api/fields/v25/campaign_criterion (bid_modifier: 0.1 to 10).
 */
const DIMENSIONS: ReadonlyMap<string, CriterionDimension> = new Map([
  ['LOCATION', 'place'],
  ['AD_SCHEDULE', 'hour'],
  ['USER_LIST', 'audience'],
  ['USER_INTEREST', 'audience'],
  ['CUSTOM_AUDIENCE', 'audience'],
  ['COMBINED_AUDIENCE', 'audience'],
])

/** Campaigns whose bids are a person's: under all others Google ignores these modifiers. */
export const MANUAL_BIDS = "campaign.bidding_strategy_type IN ('MANUAL_CPC', 'ENHANCED_CPC')"

/** What is excluded (`negative`) has no bids. */
export const LISTED =
  `campaign_criterion.type IN (${[...DIMENSIONS.keys()].map((type) => `'${type}'`).join(', ')}) ` +
  "AND campaign_criterion.negative = FALSE AND campaign_criterion.status != 'REMOVED'"

export const CRITERION_FIELDS =
  'campaign.id, campaign_criterion.resource_name, campaign_criterion.type, campaign_criterion.display_name, ' +
  'campaign_criterion.device.type, campaign_criterion.bid_modifier'

export const criterionRow = z.object({
  campaign: z.object({ id: digits }),
  campaignCriterion: z.object({
    resourceName,
    type: z.string().default('UNSPECIFIED'),
    displayName: z.string().default(''),
    device: z.object({ type: z.string() }).optional(),
    bidModifier: factor.optional(),
  }),
})
export type CriterionRow = z.infer<typeof criterionRow>
export type CriterionNow = CriterionRow['campaignCriterion']

export const dimensionOf = (type: string): CriterionDimension | undefined => DIMENSIONS.get(type)

/** Unique within its campaign: what follows the campaign's id in `customers/1/campaignCriteria/23~456`. */
export const criterionId = (name: string): string => idOf(name).split('~')[1] ?? ''

/** Most of one dimension that a campaign is steered by: among more, each has too few clicks to be told from the others. */
const MOST_LISTED = 100

/**
 * Those that a modifier may be given to, by campaign; one without a modifier stands at 1. A dimension of which a campaign
 * lists more than a hundred is left out.
 */
export function criteriaByCampaign(rows: readonly CriterionRow[]): ReadonlyMap<string, readonly BidCriterion[]> {
  const found = rows.flatMap(({ campaign, campaignCriterion: one }) => {
    const dimension = dimensionOf(one.type)
    if (!dimension) return []
    const id = criterionId(one.resourceName)
    const multiplier = asFloat32(one.bidModifier ?? 1)
    return [{ campaign: campaign.id, criterion: { dimension, id, name: one.displayName || id, multiplier } }]
  })
  const few = [...Map.groupBy(found, ({ campaign, criterion }) => `${campaign} ${criterion.dimension}`).values()]
    .filter((own) => own.length <= MOST_LISTED)
    .flat()
  return new Map(
    [...Map.groupBy(few, ({ campaign }) => campaign)].map(([campaign, own]) => [
      campaign,
      own.map(({ criterion }) => criterion),
    ]),
  )
}
