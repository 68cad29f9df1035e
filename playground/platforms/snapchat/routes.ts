import { renderAccount, renderFunding, TWIN_ORGANIZATION, TWIN_USER } from './accounts.ts'
import { changelogsOf } from './changelogs.ts'
import { isRemoved, type Node, render } from './entities.ts'
import { badRequest, noSuchPath, notFound } from './errors.ts'
import type { Fields } from './exact.ts'
import { accountOf, adSquadOf, adSquadsIn, campaignOf, campaignsIn } from './lookup.ts'
import { page } from './paging.ts'
import { readStats, type StatsSubject } from './stats.ts'
import { readStatsQuery } from './stats-query.ts'
import type { SnapCall, Twin } from './twin.ts'
import { deleteOne, patchOne, putMany } from './writes.ts'

const success = (item: string, body: unknown): Fields => ({ sub_request_status: 'SUCCESS', [item]: body })

function checkParameters({ query }: SnapCall, allowed: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => !allowed.includes(name))
  if (unknown) throw badRequest(`unrecognized parameter ${unknown}`)
}

function list(twin: Twin, call: SnapCall, nodes: readonly Node[], many: string, one: string): Fields {
  checkParameters(call, ['limit', 'cursor', 'read_deleted_entities'])
  const showsDeleted = call.query.get('read_deleted_entities') === 'true'
  const shown = nodes.filter((node) => showsDeleted || !isRemoved(node))
  const { items, paging } = page(shown, pagedBy(twin, call))
  return { paging, [many]: items.map((node) => success(one, render(node, twin.extras, twin.world))) }
}

const pagedBy = ({ pageSize }: Twin, { address, query }: SnapCall) => ({ address, query, pageSize })

/** @throws SnapError E3003 for one that was deleted, unless deleted ones are asked for */
function single(twin: Twin, call: SnapCall, node: Node, many: string, id: string): Fields {
  checkParameters(call, ['read_deleted_entities'])
  if (isRemoved(node) && call.query.get('read_deleted_entities') !== 'true') throw notFound(node.kind, id)
  return { [many]: [success(node.kind, render(node, twin.extras, twin.world))] }
}

function changelogs(twin: Twin, call: SnapCall, node: Node): Fields {
  checkParameters(call, ['limit', 'cursor'])
  const { items, paging } = page(changelogsOf(node), pagedBy(twin, call))
  return { paging, changelogs: items.map((one) => success('changelog', one)) }
}

function stats(twin: Twin, call: SnapCall, subject: StatsSubject): Fields {
  twin.requests.stats += 1
  const query = readStatsQuery(call.query, subject.level, subject.account.zone)
  return readStats({ world: twin.world, subject, query, paged: pagedBy(twin, call) })
}

function underAccount(twin: Twin, call: SnapCall, id: string, edge: string | undefined): Fields {
  const account = accountOf(twin.world, id)
  if (edge === undefined) return { adaccounts: [success('adaccount', renderAccount(account, twin.funding))] }
  if (edge === 'campaigns') return list(twin, call, campaignsIn(account), 'campaigns', 'campaign')
  if (edge === 'adsquads') return list(twin, call, adSquadsIn(account), 'adsquads', 'adsquad')
  if (edge === 'stats') return stats(twin, call, { level: 'account', account, id })
  throw noSuchPath(edge)
}

function underCampaign(twin: Twin, call: SnapCall, id: string, edge: string | undefined): Fields {
  const node = campaignOf(twin.world, id)
  if (edge === undefined) return single(twin, call, node, 'campaigns', id)
  if (edge === 'adsquads') return list(twin, call, adSquadsIn(node.account, id), 'adsquads', 'adsquad')
  if (edge === 'stats') return stats(twin, call, { level: 'campaign', account: node.account, id })
  if (edge === 'external_changelogs') return changelogs(twin, call, node)
  throw noSuchPath(edge)
}

function underAdSquad(twin: Twin, call: SnapCall, id: string, edge: string | undefined): Fields {
  const node = adSquadOf(twin.world, id)
  if (edge === undefined) return single(twin, call, node, 'adsquads', id)
  if (edge === 'stats') return stats(twin, call, { level: 'adsquad', account: node.account, id })
  if (edge === 'external_changelogs') return changelogs(twin, call, node)
  throw noSuchPath(edge)
}

function read(twin: Twin, call: SnapCall): Fields {
  twin.requests.reads += 1
  const [root, id = '', edge, ...beyond] = call.segments
  if (beyond.length > 0) throw noSuchPath(call.segments.join('/'))
  if (root === 'me' && id === '') return { me: { ...TWIN_USER, organization_id: TWIN_ORGANIZATION } }
  if (root === 'organizations' && id === TWIN_ORGANIZATION && edge === 'fundingsources')
    return { fundingsources: twin.funding.map((one) => success('fundingsource', renderFunding(one))) }
  if (root === 'adaccounts') return underAccount(twin, call, id, edge)
  if (root === 'campaigns') return underCampaign(twin, call, id, edge)
  if (root === 'adsquads') return underAdSquad(twin, call, id, edge)
  throw noSuchPath(call.segments.join('/'))
}

/** The parent that a write names and the entity, if it names one: `adaccounts/{id}/campaigns/{id}`. */
const PARENTS: Readonly<Record<string, string>> = { campaigns: 'adaccounts', adsquads: 'campaigns' }

/**
 * The envelope's fields beside `request_status` and `request_id`.
 *
 * @throws SnapError
 */
export function route(twin: Twin, call: SnapCall): Fields {
  const { method, segments } = call
  if (method === 'GET') return read(twin, call)
  const [root = '', id = '', edge = '', entity, ...beyond] = segments
  const isUnderParent = PARENTS[edge] === root && beyond.length === 0
  if (method === 'PUT' && isUnderParent && entity === undefined) return putMany(twin, call, edge, id)
  if (method === 'PATCH' && isUnderParent && entity !== undefined) return patchOne(twin, call, edge, id, entity)
  if (method === 'DELETE' && (root === 'campaigns' || root === 'adsquads') && edge === '')
    return deleteOne(twin, root === 'campaigns' ? campaignOf(twin.world, id) : adSquadOf(twin.world, id))
  throw noSuchPath(`${method} ${segments.join('/')}`)
}
