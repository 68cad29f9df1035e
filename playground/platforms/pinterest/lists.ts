import type { WorldAccount } from '../../world.ts'
import { adGroupsOf, campaignsOf, type Node, nodeId, statusOf } from './entities.ts'
import { invalid } from './errors.ts'
import { Query } from './query.ts'

const STATUSES = ['ACTIVE', 'PAUSED', 'ARCHIVED', 'DRAFT', 'DELETED_DRAFT'] as const
const SHARED = ['campaign_ids', 'entity_statuses', 'page_size', 'order', 'bookmark']
const PAGE_SIZE = 25
const PAGE_SIZE_MAX = 250
const IDS_MAX = 250
/** Digits of the longest id that there is. */
export const ID_LONGEST = 18

export interface Listed {
  readonly nodes: readonly Node[]
  readonly bookmark: string | null
}

/** @throws ApiError 400 */
export function listed(account: WorldAccount, level: Node['level'], params: URLSearchParams): Listed {
  const extra = level === 'ad-group' ? ['ad_group_ids', 'translate_interests_to_names'] : []
  const query = new Query(params, [...SHARED, ...extra])
  const campaigns = query.ids('campaign_ids', IDS_MAX, ID_LONGEST)
  const adGroups = query.ids('ad_group_ids', IDS_MAX, ID_LONGEST)
  if (campaigns && adGroups) throw invalid('Provide only campaign_ids or ad_group_ids.')
  const statuses: readonly string[] = query.someOf('entity_statuses', STATUSES) ?? ['ACTIVE', 'PAUSED']
  const order = query.oneOf('order', ['ASCENDING', 'DESCENDING']) ?? 'DESCENDING'
  const all: readonly Node[] = level === 'campaign' ? campaignsOf(account) : adGroupsOf(account)
  const wanted = all.filter(
    (node) =>
      statuses.includes(statusOf(node)) &&
      (campaigns?.includes(node.campaign.id) ?? true) &&
      (adGroups?.includes(nodeId(node)) ?? true),
  )
  return page(order === 'ASCENDING' ? wanted : wanted.toReversed(), order, query)
}

/** A bookmark names the last id that was shown: what is made or archived meanwhile moves nothing. */
function page(nodes: readonly Node[], order: 'ASCENDING' | 'DESCENDING', query: Query): Listed {
  const size = query.integer('page_size', 1, PAGE_SIZE_MAX) ?? PAGE_SIZE
  const last = lastShown(query.text('bookmark'))
  const isLater = (node: Node) =>
    last === undefined || (order === 'ASCENDING' ? BigInt(nodeId(node)) > last : BigInt(nodeId(node)) < last)
  const rest = nodes.filter(isLater)
  const shown = rest.slice(0, size)
  const end = shown.at(-1)
  return { nodes: shown, bookmark: end && rest.length > size ? bookmarkAfter(nodeId(end)) : null }
}

const bookmarkAfter = (id: string): string => Buffer.from(`after:${id}`).toString('base64')

function lastShown(bookmark: string | undefined): bigint | undefined {
  if (bookmark === undefined || bookmark === '') return undefined
  const match = /^after:(\d+)$/.exec(Buffer.from(bookmark, 'base64').toString())
  if (!match) throw invalid('The bookmark is invalid.')
  return BigInt(match[1] ?? '0')
}
