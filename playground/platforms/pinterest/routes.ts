import type { World, WorldAccount } from '../../world.ts'
import { analytics, type Level } from './analytics.ts'
import { accountJson, adGroupJson, campaignJson, type Memory, type Node } from './entities.ts'
import { ApiError, invalid, lacksScope, notFound, notPermitted, throttled, unauthenticated } from './errors.ts'
import type { CallLimits } from './limits.ts'
import { listed } from './lists.ts'
import type { TokenBook } from './oauth.ts'
import { Query } from './query.ts'
import type { PinterestTwinRequests } from './server.ts'
import { update } from './updates.ts'

/** Everything that a call may need; one per running twin. */
export interface Twin {
  readonly world: World
  readonly tokens: TokenBook
  readonly limits: CallLimits
  readonly memory: Memory
  /** Whose edits those through the API are. */
  readonly actor: string
  readonly requests: PinterestTwinRequests
}

export interface Call {
  readonly method: string
  readonly path: string
  readonly params: URLSearchParams
  readonly authorization: string | undefined
  readonly contentType: string
  readonly body: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const PATH = /^\/v5\/ad_accounts\/(\d{1,18})(?:\/(campaigns|ad_groups))?(?:\/(analytics)|\/(\d+))?$/
const LEVELS: Readonly<Record<string, Node['level']>> = { campaigns: 'campaign', ad_groups: 'ad-group' }

/** @throws ApiError */
export function respond(twin: Twin, call: Call): Answer {
  if (call.path === '/v5/oauth/token') return { status: 200, headers: {}, body: renewed(twin, call) }
  const isAnalytics = call.path.endsWith('/analytics')
  if (!twin.tokens.accepts(/^Bearer (.+)$/.exec(call.authorization ?? '')?.[1])) throw unauthenticated()
  if (twin.world.condition('pinterest') === 'throttling') throw throttled()
  twin.limits.count(isAnalytics)
  const body = call.path === '/v5/ad_accounts' ? accounts(twin, call) : routed(twin, call)
  return { status: 200, headers: twin.limits.headers(isAnalytics), body }
}

function renewed(twin: Twin, { method, contentType, authorization, body }: Call): unknown {
  twin.requests.tokens += 1
  if (method !== 'POST') throw new ApiError(405, 405, 'Method not allowed.')
  if (!contentType.startsWith('application/x-www-form-urlencoded')) throw invalid('The body must be a form.')
  return twin.tokens.renew(authorization, new URLSearchParams(body))
}

function accounts({ world, requests }: Twin, { params }: Call): unknown {
  requests.reads += 1
  const query = new Query(params, ['include_shared_accounts', 'page_size', 'bookmark'])
  query.integer('page_size', 1, 250)
  const own = world.accounts.filter(({ platform }) => platform === 'pinterest')
  return { items: own.map(accountJson), bookmark: null }
}

function routed(twin: Twin, call: Call): unknown {
  const [, accountId = '', collection, isReport, entity] = PATH.exec(call.path) ?? []
  if (accountId === '') throw notFound('Path')
  const account = twin.world.account('pinterest', accountId)
  if (!account) throw notPermitted()
  const level: Level = collection === undefined ? 'account' : (LEVELS[collection] ?? 'account')
  if (call.method === 'PATCH' && level !== 'account' && !isReport && !entity) return patched(twin, call, account, level)
  if (call.method !== 'GET') throw new ApiError(405, 405, 'Method not allowed.')
  if (isReport) return reported(twin, call, account, level)
  twin.requests.reads += 1
  if (level === 'account') {
    new Query(call.params, [])
    return accountJson(account)
  }
  return entity === undefined ? listing(twin, call, account, level) : one(twin, call, account, level, entity)
}

function reported(twin: Twin, call: Call, account: WorldAccount, level: Level): unknown {
  twin.requests.analytics += 1
  return analytics(twin.world, account, level, call.params)
}

const json = ({ memory, world }: Twin, node: Node): object =>
  node.level === 'campaign' ? campaignJson(node, memory, world) : adGroupJson(node, memory, world)

function listing(twin: Twin, call: Call, account: WorldAccount, level: Node['level']): unknown {
  const { nodes, bookmark } = listed(account, level, call.params)
  return { items: nodes.map((node) => json(twin, node)), bookmark }
}

function one(twin: Twin, call: Call, account: WorldAccount, level: Node['level'], id: string): unknown {
  new Query(call.params, [])
  const named = level === 'campaign' ? 'campaign_ids' : 'ad_group_ids'
  const params = new URLSearchParams({ [named]: id })
  for (const status of ['ACTIVE', 'PAUSED', 'ARCHIVED']) params.append('entity_statuses', status)
  const [node] = listed(account, level, params).nodes
  if (!node) throw notFound(level === 'campaign' ? 'Campaign' : 'Ad group')
  return json(twin, node)
}

function patched(twin: Twin, call: Call, account: WorldAccount, level: Node['level']): unknown {
  twin.requests.writes += 1
  if (!twin.tokens.scope.includes('ads:write')) throw lacksScope()
  if (!call.contentType.startsWith('application/json')) throw invalid('The body must be JSON.')
  let body: unknown
  try {
    body = JSON.parse(call.body)
  } catch {
    throw invalid('The body is not JSON.')
  }
  if (Array.isArray(body)) twin.requests.items += body.length
  return update(twin, account, level, body)
}
