import type { WorldAdGroup, WorldCampaign, WorldEdit, WorldStrategy } from '../../world.ts'
import { removedMistake, statusMistakes, statusOf } from './mutate-campaign.ts'
import { cpaMistakes, roasMistakes } from './mutate-strategy.ts'
import {
  beyondThisWorld,
  type Checked,
  doubleAt,
  int64At,
  type Mistake,
  type MutateContext,
  maskMistakes,
  notFound,
  type Operation,
} from './mutate-types.ts'
import { adGroupName, parseName } from './names.ts'

/** Checks an operation on an ad group: its status, its own targets, or its removal. */
export function checkAdGroup(context: MutateContext, operation: Operation): Checked {
  const { account } = context
  if (operation.verb === 'create') return [beyondThisWorld('create ad groups')]
  const name = parseName(operation.resource.resourceName)
  const found = name?.collection === 'adGroups' && name.customer === account.id ? find(context, name.id) : undefined
  if (!found) return [notFound(operation.resource.resourceName)]
  const { adGroup, campaign } = found
  if (adGroup.status === 'removed') return [removedMistake()]
  const mistakes = operation.verb === 'remove' ? [] : updateMistakes(context, operation)
  if (mistakes.length > 0) return mistakes
  const edits = operation.verb === 'remove' ? [] : updateEdits(context, operation, adGroup, campaign)
  const base = { platform: 'google-ads', accountId: account.id, level: 'ad-group', id: adGroup.id } as const
  const removal: WorldEdit = { ...base, kind: 'status', status: 'removed' }
  return {
    edits: operation.verb === 'remove' ? [removal] : edits,
    resourceName: () => adGroupName(account.id, adGroup.id),
  }
}

function find({ account }: MutateContext, id: string): { adGroup: WorldAdGroup; campaign: WorldCampaign } | undefined {
  for (const campaign of account.campaigns.values()) {
    const adGroup = campaign.adGroups.get(id)
    if (adGroup) return { adGroup, campaign }
  }
  return undefined
}

function updateMistakes(context: MutateContext, operation: Operation): readonly Mistake[] {
  const { mask, resource } = operation
  return [
    ...maskMistakes('ad_group', operation),
    ...(mask.includes('name') ? [beyondThisWorld("change 'name'", ['update', 'name'])] : []),
    ...(mask.includes('status') ? statusMistakes(operation) : []),
    ...(mask.includes('target_roas') && doubleAt(resource, 'target_roas') !== undefined
      ? roasMistakes('target_roas', doubleAt(resource, 'target_roas'))
      : []),
    ...['target_cpa_micros', 'cpc_bid_micros']
      .filter((path) => mask.includes(path) && int64At(resource, path) !== undefined)
      .flatMap((path) => cpaMistakes(context, path, int64At(resource, path))),
  ]
}

function updateEdits(
  { account }: MutateContext,
  operation: Operation,
  adGroup: WorldAdGroup,
  campaign: WorldCampaign,
): readonly WorldEdit[] {
  const base = { platform: 'google-ads', accountId: account.id, level: 'ad-group', id: adGroup.id } as const
  const status = operation.mask.includes('status') ? statusOf(operation) : undefined
  const strategy = strategyOf(operation, adGroup.strategy ?? campaign.strategy)
  return [
    ...(status === undefined ? [] : [{ ...base, kind: 'status', status } as const]),
    ...(strategy === undefined ? [] : [{ ...base, kind: 'strategy', strategy } as const]),
  ]
}

/** The ad group's strategy with the targets of the mask put in; a cleared target leaves its kind without one. */
function strategyOf({ mask, resource }: Operation, from: WorldStrategy): WorldStrategy | undefined {
  const targets: { -readonly [K in keyof WorldStrategy]?: WorldStrategy[K] } = {}
  if (mask.includes('target_cpa_micros')) {
    const micros = int64At(resource, 'target_cpa_micros')
    targets.kind = micros === undefined ? 'max-conversions' : 'target-cpa'
    if (micros !== undefined) targets.targetCpaMicros = micros
  }
  if (mask.includes('target_roas')) {
    const roas = doubleAt(resource, 'target_roas')
    targets.kind = roas === undefined ? 'max-value' : 'target-roas'
    if (roas !== undefined) targets.targetRoas = roas
  }
  if (mask.includes('cpc_bid_micros')) {
    const bid = int64At(resource, 'cpc_bid_micros')
    if (bid !== undefined) targets.bidMicros = bid
  }
  return Object.keys(targets).length === 0 ? undefined : { kind: from.kind, ...targets }
}
