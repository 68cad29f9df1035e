import { type AccountId, type AccountRef, FOREIGN_ID } from '../../model/account.ts'
import type { WriteResult } from '../../model/failure.ts'
import { isCut, type Lever, type LeverChange } from '../../model/lever.ts'
import type { RequestUse } from '../../ports/limiter.ts'
import type { CurrencyCode } from '../../units/money.ts'
import { unreachable } from '../../units/unreachable.ts'
import { notSent, sendEach, TokenRefused } from '../../wire/send-each.ts'
import type { Basics } from './account.ts'
import type { Api } from './api.ts'
import { NO_MULTIPLIERS, NO_ROAS } from './capabilities.ts'
import { NO_PATCH } from './failures.ts'
import { type FieldChange, fullObjectBody, patchBody } from './full-object.ts'
import { ownBudgetOf } from './live.ts'
import type { Found, Places } from './places.ts'
import { isTokenRefused, type Sent } from './sender.ts'
import { bidRange, toSnapAmount } from './units.ts'
import { writeResult } from './write-result.ts'

export interface WriterOptions {
  readonly api: Api
  readonly places: Places
  readonly basics: Basics
}

/**
 * Sends each change once, one request after the other, as a JSON Patch of the one field that moves: it cannot undo what
 * somebody else changes in another field at the same time, as a full object would. Where Snapchat refuses the patch as
 * such, the same value goes as a full object.
 *
 * @see https://developers.snap.com/marketing-api/Ads-API/api-patterns
 */
export const applyChanges = (
  options: WriterOptions,
  account: AccountRef,
  changes: readonly LeverChange[],
  inTime: () => boolean = () => true,
  look?: () => Promise<(lever: Lever) => string | undefined>,
): Promise<readonly WriteResult[]> =>
  sendEach(changes, {
    account,
    inTime,
    look,
    send: async ([change]) => (change ? [await applyOne(options, account.id, change)] : []),
  })

async function applyOne(
  { api, places, basics }: WriterOptions,
  account: AccountId,
  change: LeverChange,
): Promise<WriteResult> {
  const { lever, to } = change
  const never = refusalOf(lever)
  if (never) return notSent('not-honoured', never)
  const use: RequestUse = isCut(change) ? 'urgent' : 'write'
  // Only an amount needs the account's currency: a pause must go out even where that cannot be read.
  const currency = to.kind === 'money' ? (await basics(account, use)).currency : undefined
  const amount = to.kind === 'money' ? amountRefusal(to.amount, currency) : undefined
  if (amount) return notSent('not-honoured', amount)
  const known = campaignStatus(account, lever, to)
  if (known) return send(api, { account, use, place: known.place }, known.change)
  const found = await places.find(account, lever.id, use === 'urgent' ? 'urgent' : 'read')
  if (!found) return notSent('not-found', `${lever.id} is gone`)
  const field = fieldOf(found, lever, to)
  if ('refusal' in field) return notSent('not-honoured', field.refusal)
  return send(api, { account, use, place: placeOf(found) }, field)
}

/** Whether a campaign runs: the one write that needs nothing read before it, so that it goes out when nothing can be. */
function campaignStatus(account: AccountId, { id, kind, entity }: Lever, to: LeverChange['to']) {
  if (kind !== 'status' || entity !== 'campaign' || to.kind !== 'status') return undefined
  const place: Place = { parent: `adaccounts/${account}`, many: 'campaigns', one: 'campaign', id }
  return { place, change: statusChange(to) }
}

/** What no entity takes. */
function refusalOf({ id, kind, entity }: Lever): string | undefined {
  if (!FOREIGN_ID.test(id)) return `"${id.slice(0, 80)}" is not an id of Snapchat's`
  if (kind === 'bid-multiplier') return NO_MULTIPLIERS
  if (kind === 'target-roas') return NO_ROAS
  const isOnBudget = kind === 'daily-budget' || kind === 'lifetime-budget'
  if (isOnBudget && entity !== 'budget') return `a budget sits on a budget, not on a ${entity}`
  if ((kind === 'target-cpa' || kind === 'bid') && entity !== 'ad-group') return 'Snapchat keeps bids on the ad squads'
  if (kind === 'status' && entity !== 'campaign' && entity !== 'ad-group') return `a ${entity} has no status of its own`
  return undefined
}

function amountRefusal(
  amount: Extract<LeverChange['to'], { kind: 'money' }>['amount'],
  currency: CurrencyCode | undefined,
): string | undefined {
  if (amount.currency !== currency) return `the account is in ${currency}, and the amount in ${amount.currency}`
  return toSnapAmount(amount).micros <= 0n ? `${amount.micros} micros is no amount: pause instead` : undefined
}

type Field = FieldChange | { readonly refusal: string }

/** The one field that a lever is, as the entity stands now, and the value for it; or why there is none. */
function fieldOf(found: Found, lever: Lever, to: LeverChange['to']): Field {
  if (isReserved(found) && lever.kind !== 'status')
    return { refusal: 'the campaign is bought in advance for a fixed price' }
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget':
      return budgetField(found, lever, to)
    case 'target-cpa':
    case 'bid':
      return bidField(found, lever, to)
    case 'status':
      return statusField(found, lever, to)
    case 'target-roas':
    case 'bid-multiplier':
      return { refusal: `${lever.kind} is not written` }
    default:
      return unreachable(lever.kind)
  }
}

const isReserved = (found: Found): boolean =>
  found.kind === 'campaign' ? found.campaign.buy_model === 'RESERVED' : found.above.isReserved

function budgetField(found: Found, { kind, id }: Lever, to: LeverChange['to']): Field {
  if (to.kind !== 'money') return { refusal: `a budget takes an amount, not a ${to.kind}` }
  const own = ownBudgetOf(found)
  if (!own) return { refusal: `${id} holds no budget: what a campaign has beside its ad squads' budgets is a cap` }
  if (`${own.period}-budget` !== kind) return { refusal: `the budget of ${id} is a ${own.period} budget` }
  return { field: own.field, value: toSnapAmount(to.amount).micros }
}

const STRATEGY = { 'target-cpa': 'TARGET_COST', bid: 'LOWEST_COST_WITH_MAX_BID' } as const

function bidField(found: Found, { kind, id }: Lever, to: LeverChange['to']): Field {
  if (to.kind !== 'money') return { refusal: `bid_micro takes an amount, not a ${to.kind}` }
  if (found.kind !== 'adsquad') return { refusal: 'Snapchat keeps bids on the ad squads' }
  if (found.above.isSmart) return { refusal: `campaign ${found.above.id} says how ad squad ${id} bids` }
  const needed = kind === 'target-cpa' ? STRATEGY['target-cpa'] : STRATEGY.bid
  if (found.adSquad.bid_strategy !== needed) return { refusal: `ad squad ${id} does not bid by ${needed}` }
  const { micros, currency } = toSnapAmount(to.amount)
  const [least, most] = bidRange(currency)
  if (micros < least || micros > most)
    return { refusal: `bid_micro: ${micros} is not between ${least} and ${most}, as ${currency} has it` }
  return { field: 'bid_micro', value: micros }
}

function statusField(found: Found, { entity, id }: Lever, to: LeverChange['to']): Field {
  if (to.kind !== 'status') return { refusal: `status takes a status, not a ${to.kind}` }
  if (entity !== (found.kind === 'campaign' ? 'campaign' : 'ad-group')) return { refusal: `${id} is no ${entity}` }
  return statusChange(to)
}

const statusChange = ({ status }: Extract<LeverChange['to'], { kind: 'status' }>): FieldChange => ({
  field: 'status',
  value: status === 'paused' ? 'PAUSED' : 'ACTIVE',
})

/** Where an entity is written: under its parent. */
interface Place {
  readonly parent: string
  readonly many: 'campaigns' | 'adsquads'
  readonly one: 'campaign' | 'adsquad'
  readonly id: string
}

const placeOf = (found: Found): Place =>
  found.kind === 'campaign'
    ? {
        parent: `adaccounts/${found.campaign.ad_account_id}`,
        many: 'campaigns',
        one: 'campaign',
        id: found.campaign.id,
      }
    : { parent: `campaigns/${found.adSquad.campaign_id}`, many: 'adsquads', one: 'adsquad', id: found.adSquad.id }

interface Writing {
  readonly account: AccountId
  readonly use: RequestUse
  readonly place: Place
}

async function send(api: Api, { account, use, place }: Writing, change: FieldChange): Promise<WriteResult> {
  const { parent, many, id } = place
  const body = { type: 'application/json-patch+json', text: patchBody(change) } as const
  const sent = await api.send({ method: 'PATCH', account, use, path: `${parent}/${many}/${id}`, body })
  const result = resultOf(sent, place)
  return isRefusedPatch(result) ? replace(api, { account, use, place }, change) : result
}

/** The patch was not carried out, for certain: that of another request is not a second try of it. */
const isRefusedPatch = (result: WriteResult): boolean =>
  result.kind === 'refused' && result.failure.kind === 'rejected' && NO_PATCH.has(result.failure.code)

/** The entity whole, as it was read a moment before, with the one field changed. */
async function replace(api: Api, { account, use, place }: Writing, change: FieldChange): Promise<WriteResult> {
  const { parent, many, one, id } = place
  const read = await api.answer({ account, use: use === 'urgent' ? 'urgent' : 'read', path: `${many}/${id}` })
  const text = fullObjectBody(read.text, many, one, id, change)
  const body = { type: 'application/json', text } as const
  return resultOf(await api.send({ method: 'PUT', account, use, path: `${parent}/${many}`, body }), place)
}

/** @throws TokenRefused for an answer of 401 */
function resultOf(sent: Sent, { many, one, id }: Place): WriteResult {
  const result = writeResult(sent, many, one, id)
  if (isTokenRefused(sent) && result.kind === 'refused') throw new TokenRefused(result.failure)
  return result
}
