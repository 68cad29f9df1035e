import type { AccountRef } from '../../model/account.ts'
import type { WriteResult } from '../../model/failure.ts'
import type { Lever, LeverChange } from '../../model/lever.ts'
import { useOf } from '../../model/request-limits.ts'
import type { CurrencyCode, Money } from '../../units/money.ts'
import { unreachable } from '../../units/unreachable.ts'
import type { Answer } from '../../wire/exchange.ts'
import { notSent, refused, sendEach } from '../../wire/send-each.ts'
import type { Basics } from './account.ts'
import { graphError, metaFailure } from './failures.ts'
import type { Graph } from './graph.ts'
import type { Params, Sent } from './sender.ts'
import { toMetaUnits, toRoasFloor } from './units.ts'
import { waitAfter } from './usage.ts'

/**
 * Sends each change once, one request after the other.
 *
 * Not as a batch: Meta allows a batch no two ad sets of one campaign, and a batch that is lost leaves all of it unknown.
 *
 * @see https://developers.facebook.com/docs/graph-api/batch-requests (limitations)
 */
export function applyChanges(
  graph: Graph,
  basics: Basics,
  account: AccountRef,
  changes: readonly LeverChange[],
  inTime: () => boolean = () => true,
  look?: () => Promise<(lever: Lever) => string | undefined>,
): Promise<readonly WriteResult[]> {
  const send = async ([change]: readonly LeverChange[]) =>
    change ? [await applyOne(graph, basics, account, change)] : []
  return sendEach(changes, { account, inTime, look, send })
}

async function applyOne(graph: Graph, basics: Basics, account: AccountRef, change: LeverChange): Promise<WriteResult> {
  const { lever, to } = change
  const use = useOf([change])
  // Only an amount needs the account's currency: a pause must go out even where nothing can be read.
  const currency = to.kind === 'money' ? (await basics(account.id, use)).currency : undefined
  const body = bodyOf(lever, to, currency)
  if ('refusal' in body) return notSent('not-honoured', body.refusal)
  return writeResult(await graph.as(use).send(account.id, lever.id, body.params))
}

type Body = { readonly params: Params } | { readonly refusal: string }

/** The one field that a lever is, in Meta's units, rounded down; or why there is none. @param currency the account's */
export function bodyOf(lever: Lever, to: LeverChange['to'], currency: CurrencyCode | undefined): Body {
  if (!/^\d{1,20}$/.test(lever.id)) return { refusal: `"${lever.id}" is not an id of Meta's` }
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget':
      if (lever.entity !== 'budget') return { refusal: `a budget sits on a budget, not on a ${lever.entity}` }
      return amountBody(lever.kind === 'daily-budget' ? 'daily_budget' : 'lifetime_budget', to, currency)
    case 'target-cpa':
    case 'bid':
      if (lever.entity !== 'ad-group') return { refusal: 'Meta keeps bid amounts on the ad sets' }
      return amountBody('bid_amount', to, currency)
    case 'target-roas':
      if (lever.entity !== 'ad-group') return { refusal: 'Meta keeps ROAS floors on the ad sets' }
      return roasBody(to)
    case 'bid-multiplier':
      return { refusal: NO_MULTIPLIERS }
    case 'status':
      if (lever.entity !== 'campaign' && lever.entity !== 'ad-group')
        return { refusal: `a ${lever.entity} has no status of its own` }
      return statusBody(to)
    default:
      return unreachable(lever.kind)
  }
}

export const NO_MULTIPLIERS = 'Meta has no device, place or hour multipliers under automatic bidding'

function amountBody(field: string, to: LeverChange['to'], currency: CurrencyCode | undefined): Body {
  if (to.kind !== 'money') return { refusal: `${field} takes an amount, not a ${to.kind}` }
  const refusal = amountRefusal(to.amount, currency)
  if (refusal) return { refusal: `${field}: ${refusal}` }
  return { params: { [field]: String(toMetaUnits(to.amount)) } }
}

function amountRefusal(amount: Money, currency: CurrencyCode | undefined): string | undefined {
  if (amount.currency !== currency) return `the account is in ${currency}, and the amount in ${amount.currency}`
  if (amount.micros < 0n || toMetaUnits(amount) === 0n)
    return `${amount.micros} micros is less than one of Meta's units: pause instead`
  return undefined
}

function roasBody(to: LeverChange['to']): Body {
  if (to.kind !== 'ratio') return { refusal: `roas_average_floor takes a ratio, not a ${to.kind}` }
  if (!(to.value >= 0.0001 && to.value <= 1e6)) return { refusal: `roas_average_floor: ${to.value} is out of range` }
  return { params: { bid_constraints: JSON.stringify({ roas_average_floor: toRoasFloor(to.value) }) } }
}

const statusBody = (to: LeverChange['to']): Body =>
  to.kind === 'status'
    ? { params: { status: to.status === 'paused' ? 'PAUSED' : 'ACTIVE' } }
    : { refusal: `status takes a status, not a ${to.kind}` }

const unknown = (detail: string): WriteResult => ({ kind: 'unknown', detail })

/**
 * What became of a write. Only an explicit success is `applied`, and only an error that Meta gives instead of carrying
 * a request out is `refused`; all else may have been carried out.
 */
export function writeResult(
  { answer, redact }: Sent,
  isSuccess: (json: unknown) => boolean = saysSuccess,
): WriteResult {
  if (answer.kind === 'unsent')
    return refused({ kind: 'transient', detail: `the connection was refused: ${answer.detail}` })
  if (answer.kind === 'lost') return unknown(answer.detail)
  if (answer.status >= 500) return unknown(`HTTP ${answer.status}`)
  if (answer.kind === 'garbled') return unknown(`HTTP ${answer.status}: the answer is not JSON`)
  const isDone = answer.status === 200 && isSuccess(answer.json) && !hasError(answer.json)
  return refusalOf(answer, redact) ?? (isDone ? { kind: 'applied' } : vague)
}

const vague = unknown('the answer says neither success nor an error')

function refusalOf(answer: Extract<Answer, { kind: 'answered' }>, redact: Sent['redact']): WriteResult | undefined {
  const error = graphError(answer.json, redact)
  if (!error) return undefined
  const failure = metaFailure(error, waitAfter(answer.headers))
  // Meta's own trouble can come in the middle of a write.
  return failure.kind === 'transient' ? unknown(failure.detail) : refused(failure)
}

/** Whatever it is: one that cannot be read is still no success. */
const hasError = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'error' in json && json.error !== undefined && json.error !== null

const saysSuccess = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'success' in json && json.success === true
