import type { AdGroupId, CampaignId } from './account.ts'
import { perObject } from './per-object.ts'
import type { AccountStructure, AdGroup, BudgetHolder, Campaign } from './structure.ts'

const positions = perObject(
  ({ campaigns }: AccountStructure): ReadonlyMap<CampaignId, number> =>
    new Map(campaigns.map(({ id }, position) => [id, position])),
)

const adGroups = perObject(
  ({ adGroups }: AccountStructure): ReadonlyMap<AdGroupId, AdGroup> => new Map(adGroups.map((one) => [one.id, one])),
)

/** Campaigns that a budget feeds, in the order of the structure; removed ones included, unknown ids left out. */
export function campaignsFedBy(structure: AccountStructure, budget: BudgetHolder): readonly Campaign[] {
  const table = positions(structure)
  const found = new Set(budget.campaigns.flatMap((id) => table.get(id) ?? []))
  return [...found].toSorted((a, b) => a - b).map((position) => structure.campaigns[position]!)
}

export const adGroupById = (structure: AccountStructure, id: AdGroupId): AdGroup | undefined =>
  adGroups(structure).get(id)
