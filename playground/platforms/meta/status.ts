import type { EntityStatus } from '../../world.ts'
import { type AdSetNode, type CampaignNode, type FieldContext, nodeId } from './nodes.ts'

type Archived = Pick<FieldContext, 'archived'>

const own = (id: string, status: EntityStatus, { archived }: Archived): string => {
  if (status === 'removed') return archived.has(id) ? 'ARCHIVED' : 'DELETED'
  return status === 'active' ? 'ACTIVE' : 'PAUSED'
}

/** What the advertiser set. */
export const configuredStatus = (node: CampaignNode | AdSetNode, context: Archived): string =>
  own(nodeId(node), node.kind === 'campaign' ? node.campaign.status : node.adGroup.status, context)

/** What holds in fact: an ad set is no more alive than its campaign. */
export function effectiveStatus(node: CampaignNode | AdSetNode, context: Archived): string {
  const status = configuredStatus(node, context)
  if (node.kind === 'campaign' || status === 'DELETED' || status === 'ARCHIVED') return status
  const parent = own(node.campaign.id, node.campaign.status, context)
  if (parent === 'DELETED' || parent === 'ARCHIVED') return parent
  return status === 'ACTIVE' && parent === 'PAUSED' ? 'CAMPAIGN_PAUSED' : status
}

/** Edges and breakdowns leave these out unless they are asked for by name. */
export const isHidden = (status: string): boolean => status === 'DELETED' || status === 'ARCHIVED'
