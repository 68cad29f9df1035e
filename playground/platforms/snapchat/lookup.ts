import type { World, WorldAccount } from '../../world.ts'
import { snapAccounts } from './accounts.ts'
import type { AdSquadNode, CampaignNode, Node } from './entities.ts'
import { notFound } from './errors.ts'

/** @throws SnapError E3003 */
export function accountOf(world: World, id: string): WorldAccount {
  const account = world.account('snapchat', id)
  if (!account) throw notFound('ad account', id)
  return account
}

/** @throws SnapError E3003 */
export function campaignOf(world: World, id: string): CampaignNode {
  for (const account of snapAccounts(world)) {
    const campaign = account.campaigns.get(id)
    if (campaign) return { kind: 'campaign', account, campaign }
  }
  throw notFound('campaign', id)
}

/** @throws SnapError E3003 */
export function adSquadOf(world: World, id: string): AdSquadNode {
  for (const account of snapAccounts(world))
    for (const campaign of account.campaigns.values()) {
      const adGroup = campaign.adGroups.get(id)
      if (adGroup) return { kind: 'adsquad', account, campaign, adGroup }
    }
  throw notFound('ad squad', id)
}

export const campaignsIn = (account: WorldAccount): readonly CampaignNode[] =>
  [...account.campaigns.values()].map((campaign) => ({ kind: 'campaign', account, campaign }))

export const adSquadsIn = (account: WorldAccount, of?: string): readonly AdSquadNode[] =>
  campaignsIn(account)
    .filter(({ campaign }) => of === undefined || campaign.id === of)
    .flatMap(({ campaign }) =>
      [...campaign.adGroups.values()].map((adGroup): AdSquadNode => ({ kind: 'adsquad', account, campaign, adGroup })),
    )

/** The entity afresh, after the world changed. */
export const again = (world: World, node: Node): Node =>
  node.kind === 'campaign' ? campaignOf(world, node.campaign.id) : adSquadOf(world, node.adGroup.id)
