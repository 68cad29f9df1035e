import type { AccountId } from '../../model/account.ts'
import type { PlatformFailure } from '../../model/failure.ts'
import type { Lever, LeverChange, LeverValue } from '../../model/lever.ts'
import type { Device } from '../../model/structure.ts'
import type { CurrencyCode } from '../../units/money.ts'
import { MODIFIER_RANGE, ROAS_RANGE, toMicros } from './amounts.ts'
import { whyModifierIsIgnored } from './capabilities.ts'
import { knownUnit } from './currencies.ts'
import { deviceType } from './devices.ts'
import type { Now } from './lever-rows.ts'
import { criterionFor } from './live.ts'
import { idOf } from './schema.ts'
import { bidStrategy, type Targets, targetPlace } from './strategies.ts'

/** One change as Google takes it. */
export interface Operation {
  /** Key of the operation in `mutateOperations` and, with `Result` for `Operation`, in the answer. */
  readonly resource:
    | 'campaignBudget'
    | 'campaign'
    | 'adGroup'
    | 'biddingStrategy'
    | 'campaignCriterion'
    | 'biddingSeasonalityAdjustment'
    | 'biddingDataExclusion'
  /** Of the entity changed; what a created one will be called is not known before. */
  readonly resourceName: string
  readonly body: Readonly<Record<string, unknown>>
}

type Planned = Operation | PlatformFailure
export const isOperation = (planned: Planned): planned is Operation => 'resource' in planned

const refuse = (code: string, detail: string): PlatformFailure => ({ kind: 'rejected', code, detail })

interface Context {
  readonly account: AccountId
  readonly currency: CurrencyCode
  readonly now: Now
}

const FOLDERS = {
  campaignBudget: 'campaignBudgets',
  campaign: 'campaigns',
  adGroup: 'adGroups',
  biddingStrategy: 'biddingStrategies',
} as const

/** Sets one field, absolute. @param path of the field, dots for nesting: also its mask */
function set(
  resource: keyof typeof FOLDERS,
  { account }: Context,
  id: string,
  path: string,
  value: unknown,
): Operation {
  const resourceName = `customers/${account}/${FOLDERS[resource]}/${id}`
  const fields = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
  return { resource, resourceName, body: { updateMask: path, update: { resourceName, ...(fields as object) } } }
}

/** Micros as Google takes them, or why this value is none. */
function amountOf({ lever, to }: LeverChange, { currency }: Context): string | PlatformFailure {
  if (to.kind !== 'money') return refuse('VALUE', `${lever.kind} takes money, got a ${to.kind}`)
  if (to.amount.currency !== currency)
    return refuse('CURRENCY', `${lever.kind} in ${to.amount.currency}: the account counts in ${currency}`)
  if (knownUnit(currency) === undefined)
    return refuse('CURRENCY', `${lever.kind} in ${currency}: its billable unit is not known here`)
  if (to.amount.micros <= 0n) return refuse('VALUE', `${lever.kind} of ${to.amount.micros} micros: must be above zero`)
  return toMicros(to.amount)
}

function ratioOf({ lever, to }: LeverChange, least: number, most: number): number | PlatformFailure {
  if (to.kind !== 'ratio') return refuse('VALUE', `${lever.kind} takes a ratio, got a ${to.kind}`)
  if (to.value >= least && to.value <= most) return to.value
  return refuse('VALUE', `${lever.kind} of ${to.value}: Google takes ${least} to ${most}`)
}

const targetOf = (change: LeverChange, context: Context): string | number | PlatformFailure =>
  change.lever.kind === 'target-cpa' ? amountOf(change, context) : ratioOf(change, ...ROAS_RANGE)

/** A target in the oneof that the strategy has today; a target that is not there any more is not brought back. */
function setTarget(
  resource: 'campaign' | 'biddingStrategy',
  change: LeverChange,
  context: Context,
  type: string,
  of: Targets,
): Planned {
  const { lever } = change
  const place = targetPlace(type, of)
  if (place?.kind !== lever.kind || place.value === undefined)
    return refuse('NO_SUCH_TARGET', `${lever.entity} ${lever.id} has no ${lever.kind} now: its strategy is ${type}`)
  const value = targetOf(change, context)
  if (typeof value === 'object') return value
  return set(resource, context, lever.id, `${place.scheme}.${place.field}`, value)
}

const gone = ({ entity, id }: Lever): PlatformFailure => refuse('NOT_FOUND', `${entity} ${id} is not in the account`)

function campaignTarget(change: LeverChange, context: Context): Planned {
  const campaign = context.now.campaigns.get(change.lever.id)
  if (!campaign) return gone(change.lever)
  if (campaign.biddingStrategy !== undefined)
    return refuse(
      'PORTFOLIO',
      `campaign ${campaign.id} is under ${campaign.biddingStrategy}: move the target of the portfolio strategy`,
    )
  return setTarget('campaign', change, context, campaign.biddingStrategyType, campaign)
}

function portfolioTarget(change: LeverChange, context: Context): Planned {
  const strategy = context.now.strategies.get(change.lever.id)
  return strategy ? setTarget('biddingStrategy', change, context, strategy.type, strategy) : gone(change.lever)
}

function adGroupTarget(change: LeverChange, context: Context): Planned {
  const value = targetOf(change, context)
  if (typeof value === 'object') return value
  const field = change.lever.kind === 'target-cpa' ? 'targetCpaMicros' : 'targetRoas'
  return set('adGroup', context, change.lever.id, field, value)
}

function budget(change: LeverChange, context: Context): Planned {
  const amount = amountOf(change, context)
  if (typeof amount === 'object') return amount
  const field = change.lever.kind === 'daily-budget' ? 'amountMicros' : 'totalAmountMicros'
  return set('campaignBudget', context, change.lever.id, field, amount)
}

const STATUS = { active: 'ENABLED', paused: 'PAUSED' } as const

function status(resource: 'campaign' | 'adGroup', { lever, to }: LeverChange, context: Context): Planned {
  if (to.kind !== 'status')
    return refuse('VALUE', `status takes a status, got a ${to.kind satisfies LeverValue['kind']}`)
  return set(resource, context, lever.id, 'status', STATUS[to.status])
}

/**
 * A criterion that the campaign has is changed. A device criterion that it lacks is created, which changes the bid alone;
 * a place, part of the week or audience never: listing one would change whom the campaign reaches.
 */
function multiplier(change: LeverChange, context: Context): Planned {
  const { lever } = change
  const campaign = context.now.campaigns.get(lever.id)
  const found = criterionFor(lever, context.now)
  if (!campaign) return gone(lever)
  const portfolio = campaign.biddingStrategy && context.now.strategies.get(idOf(campaign.biddingStrategy))
  const { kind } = bidStrategy(campaign.biddingStrategyType, portfolio || campaign, context.currency)
  const ignored = whyModifierIsIgnored(lever.criterion?.dimension ?? 'device', kind)
  if (ignored) return refuse('NOT_HONOURED', ignored)
  const bidModifier = ratioOf(change, ...MODIFIER_RANGE)
  if (typeof bidModifier === 'object') return bidModifier
  if (found) {
    const { resourceName } = found
    const body = { updateMask: 'bidModifier', update: { resourceName, bidModifier } }
    return { resource: 'campaignCriterion', resourceName, body }
  }
  return lever.device ? newDevice(lever, lever.device, bidModifier, context) : gone(lever)
}

function newDevice({ id }: Lever, device: Device, bidModifier: number, { account }: Context): Operation {
  const create = { campaign: `customers/${account}/campaigns/${id}`, device: { type: deviceType(device) }, bidModifier }
  const resourceName = `customers/${account}/campaignCriteria/new/${id}/${device}`
  return { resource: 'campaignCriterion', resourceName, body: { create } }
}

/** The operation that makes a change, or why it is not sent. */
export function operationOf(change: LeverChange, context: Context): Planned {
  const { entity, kind } = change.lever
  switch (`${entity}/${kind}`) {
    case 'budget/daily-budget':
    case 'budget/lifetime-budget':
      return budget(change, context)
    case 'campaign/status':
      return status('campaign', change, context)
    case 'ad-group/status':
      return status('adGroup', change, context)
    case 'campaign/target-cpa':
    case 'campaign/target-roas':
      return campaignTarget(change, context)
    case 'ad-group/target-cpa':
    case 'ad-group/target-roas':
      return adGroupTarget(change, context)
    case 'portfolio-strategy/target-cpa':
    case 'portfolio-strategy/target-roas':
      return portfolioTarget(change, context)
    case 'campaign/bid-multiplier':
      return multiplier(change, context)
    default:
      return refuse('NOT_HONOURED', `${kind} of a ${entity} is not moved on Google Ads`)
  }
}
