import type { EntityStatus, WorldCampaign, WorldEdit } from '../../world.ts'
import { isMistakes, type StrategyWish, strategyWish } from './mutate-strategy.ts'
import {
  beyondThisWorld,
  type Checked,
  type Mistake,
  type MutateContext,
  maskMistakes,
  mistake,
  notFound,
  type Operation,
  type Planned,
  valueAt,
} from './mutate-types.ts'
import { campaignName, parseName } from './names.ts'

/** Fields that the real service lets an update change and this world cannot. */
const FIXED = new Set([
  'name',
  'campaign_budget',
  'start_date_time',
  'end_date_time',
  'bidding_strategy',
  'contains_eu_political_advertising',
])

/** Checks an operation on a campaign: its status, its strategy, or its removal. */
export function checkCampaign(context: MutateContext, operation: Operation): Checked {
  const { account } = context
  if (operation.verb === 'create') return [beyondThisWorld('create campaigns')]
  const name = parseName(operation.resource.resourceName)
  const campaign = name?.collection === 'campaigns' ? account.campaigns.get(name.id) : undefined
  if (!campaign || name?.customer !== account.id) return [notFound(operation.resource.resourceName)]
  if (campaign.status === 'removed') return [removedMistake()]
  if (operation.verb === 'remove') return planned(context, campaign, 'removed', undefined)

  const wish = strategyWish(context, operation, campaign)
  const mistakes = [
    ...maskMistakes('campaign', operation),
    ...operation.mask.filter((p) => FIXED.has(p)).map((p) => beyondThisWorld(`change '${p}'`, ['update', p])),
    ...(operation.mask.includes('status') ? statusMistakes(operation) : []),
    ...(wish && isMistakes(wish) ? wish : []),
  ]
  if (mistakes.length > 0 || (wish && isMistakes(wish))) return mistakes
  const status = operation.mask.includes('status') ? statusOf(operation) : undefined
  return planned(context, campaign, status, wish)
}

export const removedMistake = (): Mistake =>
  mistake('contextError', 'OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE', 'A removed resource cannot be changed.')

/** `ENABLED` or `PAUSED`; removal is an operation of its own. */
export function statusOf({ resource }: Operation): EntityStatus | undefined {
  const status = valueAt(resource, 'status')
  return status === 'ENABLED' ? 'active' : status === 'PAUSED' ? 'paused' : undefined
}

export function statusMistakes(operation: Operation): readonly Mistake[] {
  if (statusOf(operation) !== undefined) return []
  const value = String(valueAt(operation.resource, 'status') ?? '')
  const trigger = { trigger: { stringValue: value } }
  if (value !== 'REMOVED')
    return [
      mistake('requestError', 'INVALID_ENUM_VALUE', `Status '${value}' is not known.`, ['update', 'status'], trigger),
    ]
  const message = 'Status REMOVED cannot be set: use the remove operation.'
  return [mistake('enumError', 'ENUM_VALUE_NOT_PERMITTED', message, ['update', 'status'], trigger)]
}

function planned(
  { account, view }: MutateContext,
  campaign: WorldCampaign,
  status: EntityStatus | undefined,
  wish: StrategyWish | undefined,
): Planned {
  const base = { platform: 'google-ads', accountId: account.id, level: 'campaign', id: campaign.id } as const
  const edits: WorldEdit[] = []
  if (status !== undefined) edits.push({ ...base, kind: 'status', status })
  if (wish) edits.push({ ...base, kind: 'strategy', strategy: wish.strategy })
  return {
    edits,
    ...(wish ? { apply: () => view.setScheme(account, campaign.id, wish.scheme) } : {}),
    resourceName: () => campaignName(account.id, campaign.id),
  }
}
