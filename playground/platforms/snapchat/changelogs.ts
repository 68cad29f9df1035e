import type { WorldChange } from '../../world.ts'
import { TWIN_APP, TWIN_USER } from './accounts.ts'
import { budgetOf, type Node, nodeId, worldEntity } from './entities.ts'
import type { Fields } from './exact.ts'
import { utcText } from './times.ts'

/** The field that a change of the world is a change of; the rest is not shown. */
function fieldOf(node: Node, { field }: WorldChange): string | undefined {
  if (field === 'status') return 'status'
  if (field === 'strategy') return 'bid_strategy'
  if (field === 'bid' || field === 'target-cpa') return 'bid_micro'
  if (field !== 'amount') return undefined
  if (budgetOf(node)?.period === 'daily') return 'daily_budget_micro'
  return node.kind === 'campaign' ? 'lifetime_spend_cap_micro' : 'lifetime_budget_micro'
}

/** Values are JSON inside of text: numbers as they are, words in quotes. */
const valueText = (field: string, value: string): string =>
  field === 'status'
    ? JSON.stringify(value === 'active' ? 'ACTIVE' : 'PAUSED')
    : /^\d+$/.test(value)
      ? value
      : JSON.stringify(value)

/** Our edits are by the token's user through its application; a person's are made in Snapchat's own. */
const author = ({ actor }: WorldChange): Fields =>
  actor.kind === 'api'
    ? { user_id: TWIN_USER.id, email: TWIN_USER.email, app_id: TWIN_APP.id, app_name: TWIN_APP.name }
    : { user_id: TWIN_USER.id, email: actor.name, app_id: 'ads-manager', app_name: 'Ads Manager' }

/**
 * Changes of one entity, newest first.
 *
 * @see https://developers.snap.com/api/marketing-api/Ads-API/audit-logs
 */
export function changelogsOf(node: Node): readonly Fields[] {
  const ids = new Set([nodeId(node), worldEntity(node).budgetId])
  return node.account.changes
    .filter(({ entity }) => ids.has(entity.id))
    .flatMap((change, at) => {
      const field = fieldOf(node, change)
      if (!field) return []
      const event = utcText(change.at)
      return [
        {
          id: `${nodeId(node).slice(0, 24)}${String(at).padStart(12, '0')}`,
          updated_at: event,
          created_at: event,
          name: worldEntity(node).name,
          action: 'UPDATED',
          ...author(change),
          event_at: event,
          entity_id: nodeId(node),
          entity_type: node.kind === 'campaign' ? 'CAMPAIGN' : 'AD_SQUAD',
          update_value_records: {
            [field]: { before_value: valueText(field, change.from), after_value: valueText(field, change.to) },
          },
        },
      ]
    })
    .toReversed()
}
