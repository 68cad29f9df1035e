import type { StrategyKind, WorldAccount, WorldActor, WorldChange } from '../../world.ts'
import { statusEnum } from './campaign-state.ts'
import { adGroupName, budgetName, campaignName, criterionName, DEVICES, listedName } from './names.ts'
import { localDateTime } from './times.ts'
import type { Scheme } from './view.ts'

/** A row of `change_event`; messages in proto3 JSON. */
export interface ChangeEvent {
  readonly resourceName: string
  /** `yyyy-MM-dd HH:mm:ss.ffffff` in the account's zone. */
  readonly changeDateTime: string
  readonly resourceType: string
  readonly changedName: string
  readonly clientType: string
  readonly userEmail: string
  readonly oldResource: object
  readonly newResource: object
  /** A field mask in proto3 JSON: camel case, separated by commas. */
  readonly changedFields: string
  readonly campaign?: string
  readonly adGroup?: string
}

interface Changed {
  readonly type: string
  readonly name: string
  /** Key of ChangedResource. */
  readonly key: string
  /** Path of the changed field inside that resource, in camel case. */
  readonly path: string
  readonly value: (text: string) => unknown
}

/** The world writes an unset value as an empty text. */
const text = (value: string): string | undefined => value || undefined
const number = (value: string): number | undefined => (value === '' ? undefined : Number(value))
const status = (value: string): string =>
  value === 'active' || value === 'paused' || value === 'removed' ? statusEnum(value) : value

/** How a campaign states its target today: the history does not keep how it did then. */
type SchemeOf = (campaignId: string) => Scheme

/** How the platform names what changed; nothing for changes that its change history does not know. */
function changedIn(
  account: WorldAccount,
  { entity, field, campaignId, to }: WorldChange,
  schemeOf: SchemeOf,
): Changed | undefined {
  switch (entity.kind) {
    case 'budget': {
      const total = account.budgets.get(entity.id)?.period === 'lifetime'
      const path = total ? 'totalAmountMicros' : 'amountMicros'
      const name = budgetName(account.id, entity.id)
      return field === 'amount'
        ? { type: 'CAMPAIGN_BUDGET', name, key: 'campaignBudget', path, value: text }
        : undefined
    }
    case 'campaign':
      return field === 'device-multiplier' || field === 'criterion-multiplier'
        ? criterionChange(account, campaignId ?? entity.id, to)
        : campaignChange(account, entity.id, field, schemeOf(entity.id))
    case 'ad-group':
      return adGroupChange(account, entity.id, field)
    case 'account':
      return undefined
  }
}

function campaignChange(
  account: WorldAccount,
  id: string,
  field: WorldChange['field'],
  scheme: Scheme,
): Changed | undefined {
  const base = { type: 'CAMPAIGN', name: campaignName(account.id, id), key: 'campaign' }
  switch (field) {
    case 'status':
      return { ...base, path: 'status', value: status }
    case 'target-cpa':
      return {
        ...base,
        path: `${scheme === 'target' ? 'targetCpa' : 'maximizeConversions'}.targetCpaMicros`,
        value: text,
      }
    case 'target-roas':
      return {
        ...base,
        path: `${scheme === 'target' ? 'targetRoas' : 'maximizeConversionValue'}.targetRoas`,
        value: number,
      }
    case 'strategy':
      return { ...base, path: 'biddingStrategyType', value: strategy }
    default:
      return undefined
  }
}

const STRATEGIES: Readonly<Record<StrategyKind, string>> = {
  'max-conversions': 'MAXIMIZE_CONVERSIONS',
  'target-cpa': 'TARGET_CPA',
  'max-value': 'MAXIMIZE_CONVERSION_VALUE',
  'target-roas': 'TARGET_ROAS',
  'bid-cap': 'MANUAL_CPC',
  'manual-cpc': 'MANUAL_CPC',
}
const strategy = (value: string): string => STRATEGIES[value as StrategyKind] ?? 'UNKNOWN'

function adGroupChange(account: WorldAccount, id: string, field: WorldChange['field']): Changed | undefined {
  const base = { type: 'AD_GROUP', name: adGroupName(account.id, id), key: 'adGroup' }
  switch (field) {
    case 'status':
      return { ...base, path: 'status', value: status }
    case 'target-cpa':
      return { ...base, path: 'targetCpaMicros', value: text }
    case 'target-roas':
      return { ...base, path: 'targetRoas', value: number }
    case 'bid':
      return { ...base, path: 'cpcBidMicros', value: text }
    default:
      return undefined
  }
}

/** The world writes a multiplier as a number, alone or after its device or criterion: `mobile 1.2`, `200001 1.2`. */
function criterionChange(account: WorldAccount, campaignId: string, to: string): Changed {
  const device = DEVICES.find((d) => to.includes(d)) ?? 'mobile'
  const [, listed] = /^(\d+) /.exec(to) ?? []
  const value = (written: string): number => Math.fround(Number(/[\d.]+$/.exec(written)?.[0] ?? 1))
  const name = listed ? listedName(account.id, campaignId, listed) : criterionName(account.id, campaignId, device)
  return { type: 'CAMPAIGN_CRITERION', name, key: 'campaignCriterion', path: 'bidModifier', value }
}

/** The client that the change came through, as far as the history says. */
const clientOf = (actor: WorldActor): string => {
  switch (actor.kind) {
    case 'api':
      return 'GOOGLE_ADS_API'
    case 'human':
      return 'GOOGLE_ADS_WEB_CLIENT'
    case 'automatic':
      return 'GOOGLE_ADS_AUTOMATED_RULE'
  }
}

/** API changes stand under the address of the user whose consent the client uses; automatic ones have none. */
const emailOf = ({ kind, name }: WorldActor): string =>
  kind === 'automatic' ? '' : name.includes('@') ? name : `${name}@api.example`

function nested(path: string, value: unknown): object {
  const [first = '', ...rest] = path.split('.')
  return { [first]: rest.length === 0 ? value : nested(rest.join('.'), value) }
}

// The history is read every hour and grows all the while; a change stays as it was, and its wall-clock time with it.
const times = new WeakMap<WorldChange, string>()

function timeOf(change: WorldChange, { zone }: WorldAccount): string {
  const known = times.get(change) ?? localDateTime(change.at, zone)
  times.set(change, known)
  return known
}

/** The change as the platform's history tells it. @param index its place in the account's history, from 0 */
export function changeEvent(
  account: WorldAccount,
  change: WorldChange,
  index: number,
  schemeOf: SchemeOf,
): ChangeEvent | undefined {
  const changed = changedIn(account, change, schemeOf)
  if (!changed) return undefined
  const { type, name, key, path, value } = changed
  const side = (written: string) => ({ [key]: { resourceName: name, ...nested(path, value(written)) } })
  return {
    resourceName: `customers/${account.id}/changeEvents/${BigInt(change.at) * 1000n}~${index}~0`,
    changeDateTime: timeOf(change, account),
    resourceType: type,
    changedName: name,
    clientType: clientOf(change.actor),
    userEmail: emailOf(change.actor),
    oldResource: side(change.from),
    newResource: side(change.to),
    changedFields: path,
    ...(change.campaignId ? { campaign: campaignName(account.id, change.campaignId) } : {}),
    ...(change.entity.kind === 'ad-group' ? { adGroup: adGroupName(account.id, change.entity.id) } : {}),
  }
}
