import { badParameter, oneOf } from './errors.ts'
import type { AdSetNode, CampaignNode, FieldContext } from './nodes.ts'
import type { Params } from './params.ts'
import { effectiveStatus, isHidden } from './status.ts'

const OPERATORS = ['EQUAL', 'NOT_EQUAL', 'IN', 'NOT_IN', 'CONTAIN', 'NOT_CONTAIN', 'GREATER_THAN', 'LESS_THAN'] as const
type Operator = (typeof OPERATORS)[number]

export interface Filter {
  readonly field: string
  readonly operator: Operator
  readonly value: unknown
}

const isOperator = (text: unknown): text is Operator => OPERATORS.some((known) => known === text)

/** The `filtering` parameter. @throws GraphError unless it is a list of {field, operator, value} */
export function readFilters(params: Params): readonly Filter[] {
  const given = params.json('filtering')
  if (given === undefined) return []
  if (!Array.isArray(given)) throw badParameter('param filtering must be an array.')
  return given.map((entry: unknown, at) => {
    if (typeof entry !== 'object' || entry === null) throw badParameter(`param filtering[${at}] must be an object.`)
    const { field, operator, value } = entry as Record<string, unknown>
    if (typeof field !== 'string') throw badParameter(`param filtering[${at}][field] is required.`)
    if (!isOperator(operator)) throw oneOf(`filtering[${at}][operator]`, OPERATORS)
    return { field, operator, value }
  })
}

const asList = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [String(value)])

/** Whether `actual` passes one filter. */
export function passes(actual: string, { operator, value }: Filter): boolean {
  switch (operator) {
    case 'EQUAL':
      return actual === String(value)
    case 'NOT_EQUAL':
      return actual !== String(value)
    case 'IN':
      return asList(value).includes(actual)
    case 'NOT_IN':
      return !asList(value).includes(actual)
    case 'CONTAIN':
      return actual.includes(String(value))
    case 'NOT_CONTAIN':
      return !actual.includes(String(value))
    case 'GREATER_THAN':
      return Number(actual) > Number(value)
    case 'LESS_THAN':
      return Number(actual) < Number(value)
  }
}

type AdObject = CampaignNode | AdSetNode
type Reading = (node: AdObject, context: FieldContext) => string

const ownName = (node: AdObject): string => (node.kind === 'campaign' ? node.campaign.name : node.adGroup.name)
const ownId = (node: AdObject): string => (node.kind === 'campaign' ? node.campaign.id : node.adGroup.id)
const parent = (node: AdObject): CampaignNode => ({ kind: 'campaign', account: node.account, campaign: node.campaign })

const READINGS: Readonly<Record<string, Reading>> = {
  id: ownId,
  name: ownName,
  effective_status: effectiveStatus,
  'campaign.id': ({ campaign }) => campaign.id,
  'campaign.name': ({ campaign }) => campaign.name,
  'campaign.effective_status': (node, context) => effectiveStatus(parent(node), context),
  'adset.id': ownId,
  'adset.name': ownName,
  'adset.effective_status': effectiveStatus,
}

const STATUS_FIELDS = new Set(['effective_status', 'campaign.effective_status', 'adset.effective_status'])

/**
 * Keeps the campaigns or ad sets that were asked for. Deleted and archived ones are left out unless a status filter names
 * statuses itself.
 *
 * @throws GraphError for a field that cannot be filtered by
 */
export function filtered<N extends AdObject>(
  nodes: readonly N[],
  statuses: readonly string[] | undefined,
  filters: readonly Filter[],
  context: FieldContext,
): readonly N[] {
  const unknown = filters.find(({ field }) => !READINGS[field])
  if (unknown) throw badParameter(`Filtering field ${unknown.field} is invalid.`)
  const asksStatus = statuses !== undefined || filters.some(({ field }) => STATUS_FIELDS.has(field))
  return nodes.filter((node) => {
    const status = effectiveStatus(node, context)
    if (!asksStatus && isHidden(status)) return false
    if (statuses && !statuses.includes(status)) return false
    return filters.every((filter) => passes(READINGS[filter.field]?.(node, context) ?? '', filter))
  })
}
