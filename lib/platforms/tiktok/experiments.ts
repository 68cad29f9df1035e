import type { CampaignId } from '../../model/account.ts'
import type { Experiment } from '../../model/structure.ts'
import type { Listing } from './listing.ts'

/**
 * Split tests as the campaigns and ad groups tell of them: TikTok lists no tests, and gives no dates without a test's id.
 * An ad group names the test that it is in; campaigns that are tested against each other say only that they are.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1742668948278274 (use split tests)
 */
export function experimentsIn({
  adGroups,
  inSplitTests,
}: Pick<Listing, 'adGroups' | 'inSplitTests'>): readonly Experiment[] {
  const tested = adGroups.filter((adGroup) => isTest(adGroup.split_test_group_id))
  const byTest = Map.groupBy(tested, (adGroup) => adGroup.split_test_group_id ?? '')
  const ofAdGroups = [...byTest].map(([id, members]) => ({
    id,
    name: `split test ${id}`,
    campaigns: [...new Set(members.map((member) => member.campaign_id))] as CampaignId[],
  }))
  const named = new Set(ofAdGroups.flatMap(({ campaigns }) => campaigns))
  const others = inSplitTests.filter((campaign) => !named.has(campaign as CampaignId)) as CampaignId[]
  if (others.length === 0) return ofAdGroups
  // Which of them belong together is not told: each is held either way.
  return [...ofAdGroups, { id: 'campaigns', name: 'split tests between campaigns', campaigns: others }]
}

/** No test reads as 0 for some ad groups. */
const isTest = (id: string | null | undefined): boolean => Boolean(id) && id !== '0'
