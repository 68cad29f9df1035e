import type { AccountId } from '../../model/account.ts'
import type { Lever, LeverChange } from '../../model/lever.ts'
import type { CurrencyCode, Money } from '../../units/money.ts'
import type { KnownObject } from './objects.ts'
import { inSteps, ROAS, roundedRoas, toTikTokAmount } from './units.ts'

/** The one request that makes a change, or why there is none. */
export type Body =
  | { readonly path: string; readonly body: Readonly<Record<string, unknown>> }
  | { readonly refusal: string }

export const NO_MULTIPLIERS = 'TikTok has no device, place or hour multipliers'

/**
 * @param currency the account's; only amounts need it
 * @param known what is known of the lever's object; a pause is sent even where nothing is
 */
export function bodyOf(
  account: AccountId,
  { lever, to }: LeverChange,
  currency: CurrencyCode | undefined,
  known: KnownObject | undefined,
): Body {
  if (!/^\d{1,20}$/.test(lever.id)) return { refusal: `"${lever.id}" is not an id of TikTok's` }
  if (known?.steered !== undefined) return { refusal: known.steered }
  const target = { advertiser_id: account }
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget':
      return budgetBody(target, lever, to, currency, known)
    case 'target-cpa':
      return adGroupBody(target, lever, 'conversion_bid_price', amountField(to, currency))
    case 'bid':
      return adGroupBody(target, lever, 'bid_price', amountField(to, currency))
    case 'target-roas':
      return adGroupBody(target, lever, 'roas_bid', roasField(to))
    case 'bid-multiplier':
      return { refusal: NO_MULTIPLIERS }
    case 'status':
      return statusBody(target, [lever], to)
  }
}

type Target = Readonly<{ advertiser_id: string }>
type Field = { readonly value: number } | { readonly refusal: string }

function budgetBody(
  target: Target,
  { id, entity, kind }: Lever,
  to: LeverChange['to'],
  currency: CurrencyCode | undefined,
  known: KnownObject | undefined,
): Body {
  if (entity !== 'budget') return { refusal: `a budget sits on a budget, not on a ${entity}` }
  if (!known) return { refusal: `there is no campaign or ad group ${id}` }
  const isCampaign = known.level === 'campaign'
  if (isCampaign && !known.isUnderCampaignBudget) return { refusal: `campaign ${id} has no budget of its own` }
  // TikTok takes such a budget, says that all is well, and ignores it.
  if (!isCampaign && known.isUnderCampaignBudget) return { refusal: `ad group ${id} spends from its campaign's budget` }
  if (known.period === undefined) return { refusal: `${id} holds no budget` }
  // One field has the amount of either: TikTok would take that of a life for that of a day.
  if (`${known.period}-budget` !== kind) return { refusal: `the budget of ${id} is a ${known.period} budget` }
  const field = amountField(to, currency)
  if ('refusal' in field) return { refusal: `budget: ${field.refusal}` }
  return isCampaign
    ? { path: 'campaign/update/', body: { ...target, campaign_id: id, budget: field.value } }
    : { path: 'adgroup/update/', body: { ...target, adgroup_id: id, budget: field.value } }
}

function adGroupBody(target: Target, { id, entity }: Lever, name: string, field: Field): Body {
  if (entity !== 'ad-group') return { refusal: `TikTok keeps ${name} on the ad groups` }
  if ('refusal' in field) return { refusal: `${name}: ${field.refusal}` }
  return { path: 'adgroup/update/', body: { ...target, adgroup_id: id, [name]: field.value } }
}

function amountField(to: LeverChange['to'], currency: CurrencyCode | undefined): Field {
  if (to.kind !== 'money') return { refusal: `takes an amount, not a ${to.kind}` }
  const refusal = amountRefusal(to.amount, currency)
  return refusal === undefined ? { value: toTikTokAmount(to.amount) } : { refusal }
}

function amountRefusal(amount: Money, currency: CurrencyCode | undefined): string | undefined {
  if (amount.currency !== currency) return `the account is in ${currency}, and the amount in ${amount.currency}`
  if (inSteps(amount).micros <= 0n) return `${amount.micros} micros is less than TikTok's least amount: pause instead`
  return undefined
}

function roasField(to: LeverChange['to']): Field {
  if (to.kind !== 'ratio') return { refusal: `takes a ratio, not a ${to.kind}` }
  const value = roundedRoas(to.value)
  if (value >= ROAS.least && value <= ROAS.most) return { value }
  return { refusal: `${to.value} is out of TikTok's range of ${ROAS.least} to ${ROAS.most}` }
}

/** Levers of one entity, all to the same status. */
export function statusBody(target: Target, levers: readonly Lever[], to: LeverChange['to']): Body {
  if (to.kind !== 'status') return { refusal: `status takes a status, not a ${to.kind}` }
  const operation_status = to.status === 'paused' ? 'DISABLE' : 'ENABLE'
  const ids = levers.map(({ id }) => id)
  const entity = levers[0]?.entity
  if (entity === 'campaign')
    return { path: 'campaign/status/update/', body: { ...target, campaign_ids: ids, operation_status } }
  if (entity === 'ad-group') {
    const body = { ...target, adgroup_ids: ids, operation_status, allow_partial_success: true }
    return { path: 'adgroup/status/update/', body }
  }
  return { refusal: `a ${entity} has no status of its own` }
}
