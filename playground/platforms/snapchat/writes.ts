import { TWIN_APP } from './accounts.ts'
import { isRemoved, type Node, nodeId, render } from './entities.ts'
import { badPatch, badRequest, notFound, notPatchable, SnapError } from './errors.ts'
import { type Fields, isFields, parseExact } from './exact.ts'
import { patched } from './json-patch.ts'
import { accountOf, adSquadOf, again, campaignOf } from './lookup.ts'
import type { SnapCall, Twin } from './twin.ts'
import { catalogueOf, fullObject, type PlannedUpdate, planUpdate } from './updates.ts'

const ENTITIES_MAX = 30
const JSON_PATCH = 'application/json-patch+json'

/** The entity, if it is there and belongs to the parent that the path names. */
function childOf(twin: Twin, edge: string, parent: string, id: string): Node {
  const node = edge === 'campaigns' ? campaignOf(twin.world, id) : adSquadOf(twin.world, id)
  const belongsTo = node.kind === 'campaign' ? node.account.id : node.campaign.id
  if (belongsTo !== parent || isRemoved(node)) throw notFound(node.kind, id)
  return node
}

/** Makes the edits in the name of the application, and shows what came of them. */
function carryOut(twin: Twin, node: Node, { edits, extras }: PlannedUpdate): Fields {
  for (const edit of edits) twin.world.apply(edit, { kind: 'api', name: TWIN_APP.id })
  twin.extras.set(node, extras)
  return { sub_request_status: 'SUCCESS', [node.kind]: render(again(twin.world, node), twin.extras, twin.world) }
}

/**
 * Full objects, each by itself: one that is refused does not keep the others from being done.
 *
 * @throws SnapError for a body that is none
 */
export function putMany(twin: Twin, call: SnapCall, edge: string, parent: string): Fields {
  twin.requests.puts += 1
  if (edge === 'campaigns') accountOf(twin.world, parent)
  const json = parseExact(call.body)
  const sent = isFields(json) ? json[edge] : undefined
  if (!isFields(json) || Object.keys(json).length !== 1 || !Array.isArray(sent) || sent.length === 0)
    throw badRequest(`the body must be {"${edge}": [...]} with at least one entity`)
  if (sent.length > ENTITIES_MAX) throw badRequest(`at most ${ENTITIES_MAX} entities in one request`)
  return { [edge]: sent.map((one: unknown) => putOne(twin, edge, parent, one)) }
}

function putOne(twin: Twin, edge: string, parent: string, sent: unknown): Fields {
  const item = edge === 'campaigns' ? 'campaign' : 'adsquad'
  try {
    if (!isFields(sent) || typeof sent.id !== 'string') throw badRequest('id is required')
    const node = childOf(twin, edge, parent, sent.id)
    const before = render(node, twin.extras, twin.world)
    return carryOut(twin, node, planUpdate(node, before, withoutReadOnly(node, fullObject(node, sent, before))))
  } catch (error) {
    if (!(error instanceof SnapError)) throw error
    return {
      sub_request_status: 'ERROR',
      sub_request_error_reason: `${error.code}: ${error.message}`,
      ...(isFields(sent) && { [item]: sent }),
    }
  }
}

function withoutReadOnly(node: Node, fields: Fields): Fields {
  const { readOnly } = catalogueOf(node)
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !readOnly.has(field)))
}

/**
 * One entity by JSON Patch. What is wrong with the document is an error of the request; what is wrong with the values is
 * the entity's own.
 *
 * @see https://developers.snap.com/marketing-api/Ads-API/api-patterns
 * @throws SnapError
 */
export function patchOne(twin: Twin, call: SnapCall, edge: string, parent: string, id: string): Fields {
  twin.requests.patches += 1
  if (!twin.offersPatch) throw notPatchable('this entity cannot be patched')
  if (call.contentType.split(';')[0]?.trim() !== JSON_PATCH) throw badPatch(`content-type must be ${JSON_PATCH}`)
  const node = childOf(twin, edge, parent, id)
  const before = render(node, twin.extras, twin.world)
  const { after, touched } = patched(before, parseExact(call.body))
  const catalogue = catalogueOf(node)
  for (const field of touched)
    if (!catalogue.writable.has(field) && !catalogue.immutable.has(field))
      throw notPatchable(`${field} is not editable`)
  try {
    return { [edge]: [carryOut(twin, node, planUpdate(node, before, withoutReadOnly(node, after)))] }
  } catch (error) {
    if (!(error instanceof SnapError) || error.code !== 'E1001') throw error
    const failed = { sub_request_status: 'ERROR', sub_request_error_reason: `${error.code}: ${error.message}` }
    return { [edge]: [{ ...failed, [node.kind]: before }] }
  }
}

export function deleteOne(twin: Twin, node: Node): Fields {
  if (isRemoved(node)) throw notFound(node.kind, nodeId(node))
  const level = node.kind === 'campaign' ? 'campaign' : 'ad-group'
  const target = { platform: 'snapchat', accountId: node.account.id } as const
  twin.world.apply(
    { ...target, kind: 'status', level, id: nodeId(node), status: 'removed' },
    { kind: 'api', name: TWIN_APP.id },
  )
  return {}
}
