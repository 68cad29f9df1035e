import { activitiesOf, activityObject } from './activities.ts'
import { filtered, readFilters } from './filters.ts'
import { fromApiUnits } from './money.ts'
import {
  type AdSetNode,
  adSetsOf,
  allAdSetsOf,
  type CampaignNode,
  campaignsOf,
  cellCampaigns,
  cellsOf,
  type GraphNode,
  type NodeKind,
  nodeId,
  studiesOf,
  studiesWith,
} from './nodes.ts'
import { Params } from './params.ts'
import { schedulesShown } from './schedules.ts'
import { checkFields, type Selection, shown } from './selection.ts'
import { nowOf, type Twin } from './twin.ts'

/** A list of nodes that hangs on a node; all of one kind, so that its fields can be checked even when it is empty. */
export interface Edge {
  readonly holds: NodeKind
  readonly nodes: readonly GraphNode[]
}

const keep = <N extends CampaignNode | AdSetNode>(nodes: readonly N[], twin: Twin, params: Params): readonly N[] =>
  filtered(nodes, params.list('effective_status'), readFilters(params), twin.context)

function accountEdge(
  node: Extract<GraphNode, { kind: 'account' }>,
  name: string,
  twin: Twin,
  params: Params,
): Edge | undefined {
  const { account } = node
  switch (name) {
    case 'campaigns':
      return { holds: 'campaign', nodes: keep(campaignsOf(account), twin, params) }
    case 'adsets':
      return { holds: 'ad-set', nodes: keep(allAdSetsOf(account), twin, params) }
    case 'activities':
      return { holds: 'activity', nodes: activitiesOf(account, params, nowOf(twin)) }
    case 'ad_studies':
      return { holds: 'study', nodes: studiesOf(account) }
    case 'adrules_library':
      return { holds: 'rule', nodes: twin.rules.of(account) }
    case 'minimum_budgets': {
      const bidMicros = fromApiUnits(params.integer('bid_amount') ?? 0n, account.currency)
      return { holds: 'minimum-budget', nodes: [{ kind: 'minimum-budget', account, bidMicros }] }
    }
    default:
      return undefined
  }
}

function adObjectEdge(node: CampaignNode | AdSetNode, name: string, twin: Twin, params: Params): Edge | undefined {
  const { account, campaign } = node
  switch (name) {
    case 'ad_studies':
      return { holds: 'study', nodes: studiesWith(account, campaign.id) }
    case 'budget_schedules':
      return { holds: 'schedule', nodes: schedulesShown(node, params) }
    case 'adsets':
      if (node.kind === 'ad-set') return undefined
      return { holds: 'ad-set', nodes: keep(adSetsOf(account, campaign), twin, params) }
    case 'activities': {
      if (node.kind === 'campaign') return undefined
      const own = activitiesOf(account, params, nowOf(twin)).filter((item) => activityObject(item).id === nodeId(node))
      return { holds: 'activity', nodes: own }
    }
    default:
      return undefined
  }
}

function cellEdge(node: Extract<GraphNode, { kind: 'cell' }>, name: string): Edge | undefined {
  const campaigns = cellCampaigns(node)
  if (name === 'campaigns') return { holds: 'campaign', nodes: campaigns }
  if (name !== 'adsets') return undefined
  return { holds: 'ad-set', nodes: campaigns.flatMap(({ account, campaign }) => adSetsOf(account, campaign)) }
}

function userEdge(name: string, twin: Twin): Edge | undefined {
  const accounts = twin.directory.accounts()
  if (name === 'adaccounts')
    return { holds: 'account', nodes: accounts.map((account) => ({ kind: 'account', account })) }
  if (name === 'ad_studies') return { holds: 'study', nodes: accounts.flatMap(studiesOf) }
  return undefined
}

/** The edge of that name, or undefined when the node has none. */
export function edgeOf(node: GraphNode, name: string, twin: Twin, params: Params): Edge | undefined {
  switch (node.kind) {
    case 'account':
      return accountEdge(node, name, twin, params)
    case 'campaign':
    case 'ad-set':
      return adObjectEdge(node, name, twin, params)
    case 'study':
      return name === 'cells' ? { holds: 'cell', nodes: cellsOf(node) } : undefined
    case 'cell':
      return cellEdge(node, name)
    case 'rule':
      return name === 'history' ? { holds: 'rule-run', nodes: twin.rules.history(node, params) } : undefined
    case 'user':
      return userEdge(name, twin)
    default:
      return undefined
  }
}

const NO_PARAMS = new Params(new Map())
const EXPANDED_LIMIT = 25

/** Expands `campaigns{id}` or `campaign{name}` inside the object that it hangs on. */
export function expandIn(twin: Twin): (node: GraphNode, selection: Selection) => unknown {
  const expand = (node: GraphNode, { name, inner, limit }: Selection): unknown => {
    if (node.kind === 'ad-set' && name === 'campaign')
      return shown({ ...node, kind: 'campaign' }, inner, twin.context, expand)
    const edge = edgeOf(node, name, twin, NO_PARAMS)
    if (!edge) return undefined
    checkEdgeFields(edge, inner)
    const nodes = edge.nodes.slice(0, limit ?? EXPANDED_LIMIT)
    return { data: nodes.map((item) => shown(item, inner, twin.context, expand)) }
  }
  return expand
}

const EXPANDABLE = new Set(['adsets', 'ad_studies', 'budget_schedules', 'campaign', 'campaigns', 'cells'])

/** @throws GraphError for a field that the nodes of the edge would not have, when there are none to find that out */
export function checkEdgeFields({ holds, nodes }: Edge, fields: readonly Selection[] | undefined): void {
  if (fields && nodes.length === 0) checkFields(holds, fields, (name) => EXPANDABLE.has(name))
}
