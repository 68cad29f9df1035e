import type { AccountRef } from '../../model/account.ts'
import type { Lever, LeverChange, LeverValue } from '../../model/lever.ts'
import type { CurrencyCode, Money } from '../../units/money.ts'
import { MULTIPLIER_MAX, MULTIPLIER_MIN, withDevice } from './devices.ts'
import type { Level } from './entities.ts'
import type { Held } from './live.ts'
import { toWire } from './units.ts'

/** One element of an update, or why there is none. */
export type Body = { readonly item: Readonly<Record<string, unknown>> } | { readonly refusal: string }

/** What was looked up before a change can be written. */
export interface Context {
  readonly account: AccountRef
  /** The account's; needed for amounts only. */
  readonly currency?: CurrencyCode | undefined
  readonly held: (budget: string) => Held | undefined
  /** What stands on the wire and is written back with one member changed. */
  readonly goal: (adGroup: string) => object | undefined
  readonly factors: (campaign: string) => Readonly<Record<string, unknown>> | undefined
}

export const NO_TARGET_ROAS = 'Pinterest optimises for value without a target ROAS: move the budget'
export const NO_CRITERIA = 'Pinterest has no multipliers for places, hours or audiences that Sluice steers'

/** At which level a change is written; `undefined` for a budget that nothing is known of. */
export function levelOf({ entity, id }: Lever, held: Context['held']): Level | undefined {
  if (entity === 'budget') return held(id)?.level
  return entity === 'campaign' || entity === 'ad-group' ? entity : undefined
}

/** The one field that a lever is, rounded down. */
export function bodyOf({ lever, to }: LeverChange, context: Context): Body {
  if (!/^\d{1,20}$/.test(lever.id)) return { refusal: `"${lever.id}" is not an id of Pinterest's` }
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget':
      return budgetBody(lever, to, context)
    case 'target-cpa':
      return goalBody(lever, to, context)
    case 'bid':
      if (lever.entity !== 'ad-group') return { refusal: 'Pinterest keeps bids on the ad groups' }
      return amountBody(lever, 'bid_in_micro_currency', to, context)
    case 'target-roas':
      return { refusal: NO_TARGET_ROAS }
    case 'bid-multiplier':
      return factorBody(lever, to, context)
    case 'status':
      return statusBody(lever, to, context)
  }
}

/** Campaigns are named together with their account, ad groups by themselves. */
const itemOf = ({ id }: Lever, level: Level, { account }: Context, field: object): Body => ({
  item: { id, ...(level === 'campaign' && { ad_account_id: account.id }), ...field },
})

function budgetBody(lever: Lever, to: LeverValue, context: Context): Body {
  if (lever.entity !== 'budget') return { refusal: `a budget sits on a budget, not on a ${lever.entity}` }
  const held = context.held(lever.id)
  if (!held) return { refusal: `${lever.id} holds no budget` }
  if (`${held.own.period}-budget` !== lever.kind)
    return { refusal: `the budget of ${lever.id} is a ${held.own.period} budget` }
  const field = held.level === 'ad-group' ? 'budget_in_micro_currency' : (`${held.own.period}_spend_cap` as const)
  const wire = wireAmount(field, to, context.currency)
  return 'refusal' in wire ? wire : itemOf(lever, held.level, context, { [field]: wire.units })
}

function amountBody(lever: Lever, field: string, to: LeverValue, context: Context): Body {
  const wire = wireAmount(field, to, context.currency)
  return 'refusal' in wire ? wire : itemOf(lever, 'ad-group', context, { [field]: wire.units })
}

type WireAmount = { readonly units: number } | { readonly refusal: string }

function wireAmount(field: string, to: LeverValue, currency: CurrencyCode | undefined): WireAmount {
  if (to.kind !== 'money') return { refusal: `${field} takes an amount, not a ${to.kind}` }
  return amountUnits(field, to.amount, currency)
}

function amountUnits(field: string, amount: Money, currency: CurrencyCode | undefined): WireAmount {
  if (amount.currency !== currency)
    return { refusal: `${field}: the account is in ${currency}, and the amount in ${amount.currency}` }
  if (amount.micros < 0n || amount.micros > BigInt(Number.MAX_SAFE_INTEGER))
    return { refusal: `${field}: ${amount.micros} micros is out of range` }
  const units = toWire(amount)
  return units === 0
    ? { refusal: `${field}: ${amount.micros} micros is less than what Pinterest bills: pause instead` }
    : { units }
}

/** The goal is one object on the wire: what else is in it goes back as it was read. */
function goalBody(lever: Lever, to: LeverValue, context: Context): Body {
  if (lever.entity !== 'ad-group') return { refusal: 'Pinterest keeps CPA goals on the ad groups' }
  const metadata = context.goal(lever.id) as Record<string, unknown> | undefined
  const goal = metadata?.conversion_tag_v3_goal_metadata
  if (typeof goal !== 'object' || goal === null || !('cpa_goal_value_in_micro_currency' in goal))
    return { refusal: `ad group ${lever.id} has no CPA goal` }
  const wire = wireAmount('cpa_goal_value_in_micro_currency', to, context.currency)
  if ('refusal' in wire) return wire
  const changed = { ...goal, cpa_goal_value_in_micro_currency: String(wire.units) }
  const optimization_goal_metadata = { ...metadata, conversion_tag_v3_goal_metadata: changed }
  return itemOf(lever, 'ad-group', context, { optimization_goal_metadata })
}

function factorBody(lever: Lever, to: LeverValue, context: Context): Body {
  if (lever.criterion || !lever.device) return { refusal: NO_CRITERIA }
  if (lever.entity !== 'campaign')
    return { refusal: "device multipliers sit on campaigns; an ad group's is by no device" }
  if (to.kind !== 'ratio') return { refusal: `bid_options takes a ratio, not a ${to.kind}` }
  if (!(to.value >= MULTIPLIER_MIN && to.value <= MULTIPLIER_MAX))
    return { refusal: `bid_options: ${to.value} is not from ${MULTIPLIER_MIN} to ${MULTIPLIER_MAX}` }
  const factors = context.factors(lever.id)
  if (!factors) return { refusal: `there is no campaign ${lever.id}` }
  const app_type_multipliers = withDevice(factors, lever.device, to.value)
  return itemOf(lever, 'campaign', context, { bid_options: { update_mask: ['APP_TYPE'], app_type_multipliers } })
}

function statusBody(lever: Lever, to: LeverValue, context: Context): Body {
  if (lever.entity !== 'campaign' && lever.entity !== 'ad-group')
    return { refusal: `a ${lever.entity} has no status of its own` }
  if (to.kind !== 'status') return { refusal: `status takes a status, not a ${to.kind}` }
  return itemOf(lever, lever.entity, context, { status: to.status === 'paused' ? 'PAUSED' : 'ACTIVE' })
}
