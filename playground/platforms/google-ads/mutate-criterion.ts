import type { Device, WorldCampaign, WorldCriterion } from '../../world.ts'
import { deviceOfEnum } from './bidding-events.ts'
import { removedMistake } from './mutate-campaign.ts'
import {
  beyondThisWorld,
  type Checked,
  doubleAt,
  type Mistake,
  type MutateContext,
  maskMistakes,
  mistake,
  notFound,
  type Operation,
  type Planned,
  valueAt,
} from './mutate-types.ts'
import { criterionName, DEVICE_CRITERIA, DEVICES, listedName, parseName } from './names.ts'

/** Bounds of `campaign_criterion.bid_modifier`, both included; 0 opts a device type out. */
const MODIFIER = { least: 0.1, most: 10 }

/**
 * Checks an operation on a criterion. Every campaign has one for each device type, and creating one that exists sets its
 * modifier; the places, parts of the week and audiences that it lists are as they are.
 *
 * The platform takes modifiers on campaigns under any strategy. Under smart bidding it ignores them but for 0, and on
 * target CPA they scale the target: what a modifier does is the market's affair, not this file's.
 */
export function checkCriterion(context: MutateContext, operation: Operation): Checked {
  if (operation.verb === 'remove')
    return [mistake('criterionError', 'CANNOT_REMOVE_CRITERION', 'Device criteria cannot be removed: set 1.0.')]
  const found = operation.verb === 'create' ? created(context, operation) : named(context, operation)
  if (!found) return [notFound(operation.resource.resourceName ?? operation.resource.campaign)]
  if (found.campaign.status === 'removed') return [removedMistake()]
  const mistakes = [...maskMistakes('campaign_criterion', operation), ...problems(operation, 'device' in found)]
  return mistakes.length > 0 ? mistakes : planned(context, operation, found)
}

type Found = { readonly campaign: WorldCampaign } & ({ readonly device: Device } | { readonly listed: WorldCriterion })

function named({ account }: MutateContext, { resource }: Operation): Found | undefined {
  const name = parseName(resource.resourceName)
  if (name?.collection !== 'campaignCriteria' || name.customer !== account.id) return undefined
  const [campaignId = '', criterionId] = name.id.split('~')
  const campaign = account.campaigns.get(campaignId)
  const device = DEVICES.find((d) => DEVICE_CRITERIA[d] === criterionId)
  const listed = campaign?.criteria?.get(criterionId ?? '')
  if (campaign && listed) return { campaign, listed }
  return campaign && device ? { campaign, device } : undefined
}

function created({ account }: MutateContext, { resource }: Operation): Found | undefined {
  const name = parseName(resource.campaign)
  const campaign = name?.collection === 'campaigns' ? account.campaigns.get(name.id) : undefined
  const device = deviceOfEnum(String(valueAt(resource, 'device.type')))
  return campaign && device ? { campaign, device } : undefined
}

function problems(operation: Operation, isDevice: boolean): readonly Mistake[] {
  const { verb, mask, resource } = operation
  if (verb === 'update' && mask.includes('status')) return [beyondThisWorld("change 'status'", ['update', 'status'])]
  if (verb === 'update' && !mask.includes('bid_modifier')) return []
  const factor = doubleAt(resource, 'bid_modifier')
  if (factor === undefined || (factor === 0 && isDevice)) return []
  const refuse = (code: string) => [
    mistake(
      'rangeError',
      code,
      `The bid modifier must be 0 or from ${MODIFIER.least} to ${MODIFIER.most}.`,
      [verb, 'bid_modifier'],
      { trigger: { floatValue: factor } },
    ),
  ]
  if (factor < MODIFIER.least) return refuse('TOO_LOW')
  return factor > MODIFIER.most ? refuse('TOO_HIGH') : []
}

/** A cleared modifier is 1. */
function planned({ account }: MutateContext, operation: Operation, found: Found): Planned {
  const touched = operation.verb === 'create' || operation.mask.includes('bid_modifier')
  const factor = doubleAt(operation.resource, 'bid_modifier') ?? 1
  const { id: campaignId } = found.campaign
  const edit = { platform: 'google-ads', accountId: account.id, campaignId, factor } as const
  if ('device' in found)
    return {
      edits: touched ? [{ ...edit, kind: 'device-multiplier', device: found.device }] : [],
      resourceName: () => criterionName(account.id, campaignId, found.device),
    }
  const { id: criterionId } = found.listed
  return {
    edits: touched ? [{ ...edit, kind: 'criterion-multiplier', criterionId }] : [],
    resourceName: () => listedName(account.id, campaignId, criterionId),
  }
}
