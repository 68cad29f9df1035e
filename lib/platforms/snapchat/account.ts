import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import type { WriteBlocker } from '../../model/structure.ts'
import { type TimeZone, timeZone } from '../../units/calendar.ts'
import { type CurrencyCode, currency, larger, type Money, money, smaller, subtract, zero } from '../../units/money.ts'
import type { Api } from './api.ts'
import { readEntities } from './envelope.ts'
import { accountSchema, type FundingSource, fundingSchema, type SnapAccount } from './schema.ts'
import { readLifetimeSpend } from './stats-answer.ts'
import { checkCurrency } from './units.ts'

/** An account's currency and zone never change. */
export interface AccountBasics {
  readonly currency: CurrencyCode
  readonly zone: TimeZone
}

/** @throws PlatformError unreadable when either is unknown here */
export function basicsOf(read: Pick<SnapAccount, 'currency' | 'timezone'>): AccountBasics {
  try {
    return { currency: checkCurrency(currency(read.currency)), zone: timeZone(read.timezone) }
  } catch (cause) {
    throw new PlatformError({ kind: 'unreadable', detail: cause instanceof Error ? cause.message : 'account' })
  }
}

export interface AccountRead {
  readonly account: SnapAccount
  readonly headers: Headers
}

/** @throws PlatformError, also where there is no such account for this token */
export async function readAccount(api: Api, id: AccountId, use: RequestUse = 'read'): Promise<AccountRead> {
  const path = `adaccounts/${id}`
  const { json, headers, redact } = await api.answer({ account: id, path, use })
  const { entities } = readEntities(json, 'adaccounts', 'adaccount', accountSchema, redact)
  const [account] = entities
  if (!account || entities.length > 1 || account.id !== id)
    throw new PlatformError({ kind: 'unreadable', detail: `${path}: the answer is not this account` })
  return { account, headers }
}

/** @param use what they are read for, where they were not yet; `read` unless told otherwise */
export type Basics = (account: AccountId, use?: RequestUse) => Promise<AccountBasics>

/** Reads an account's basics once per process. */
export function basicsReader(api: Api): Basics {
  const known = new Map<AccountId, AccountBasics>()
  return async (id, use = 'read') => {
    const remembered = known.get(id)
    if (remembered) return remembered
    const basics = basicsOf((await readAccount(api, id, use)).account)
    known.set(id, basics)
    return basics
  }
}

/** Any state but ACTIVE: the documents name no other one and no remedy. */
export const blockersOf = ({ status }: SnapAccount): readonly WriteBlocker[] =>
  status === 'ACTIVE'
    ? []
    : [{ code: `status ${status.slice(0, 40)}`, detail: 'the ad account is not active: look at it in Ads Manager' }]

/** What the account may still spend in all: the rest of its own cap and of its credit, whichever is less. */
export async function readRemaining(
  api: Api,
  account: SnapAccount,
  { currency }: AccountBasics,
): Promise<Money | undefined> {
  const cap = await capRest(api, account, currency)
  const credit = creditRest(account, await readFunding(api, account), currency)
  return cap && credit ? smaller(cap, credit) : (cap ?? credit)
}

async function capRest(api: Api, account: SnapAccount, currency: CurrencyCode): Promise<Money | undefined> {
  const { lifetime_spend_cap_micro: cap } = account
  if (cap === undefined || cap === 0n) return undefined
  const spent = await unlessRefused(['rejected'], () => readSpent(api, account.id as AccountId))
  return spent === undefined
    ? undefined
    : larger(zero(currency), subtract(money(cap, currency), money(spent, currency)))
}

async function readSpent(api: Api, id: AccountId): Promise<bigint> {
  const query = { granularity: 'LIFETIME', fields: 'spend' }
  const { json } = await api.answer({ account: id, path: `adaccounts/${id}/stats`, query })
  return readLifetimeSpend(json)
}

/** What Snapchat does not tell this token is not known; all else that goes wrong fails the read. */
async function unlessRefused<T>(
  kinds: readonly PlatformError['failure']['kind'][],
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof PlatformError && kinds.includes(error.failure.kind)) return undefined
    throw error
  }
}

/** Sources that are paid from a credit that runs out; cards and PayPal are charged as it comes. */
const FINITE = new Set(['LINE_OF_CREDIT', 'COUPON'])

/** The account's own sources; `undefined` where the token's user may not see the organization's. */
async function readFunding(api: Api, account: SnapAccount): Promise<readonly FundingSource[] | undefined> {
  const ids = account.funding_source_ids ?? []
  if (account.organization_id === undefined || ids.length === 0) return undefined
  const reading = {
    account: account.id as AccountId,
    path: `organizations/${account.organization_id}/fundingsources`,
    many: 'fundingsources',
    one: 'fundingsource',
    schema: fundingSchema,
  }
  const all = await unlessRefused(['unauthorised', 'rejected'], () => api.all(reading))
  return all?.filter(({ id }) => ids.includes(id))
}

/** The credit that is left where nothing but credit pays; `undefined` where something else does, or not all is known. */
export function creditRest(
  { funding_source_ids: ids = [] }: Pick<SnapAccount, 'funding_source_ids'>,
  sources: readonly FundingSource[] | undefined,
  currency: CurrencyCode,
): Money | undefined {
  if (!sources || sources.length < ids.length || sources.length === 0) return undefined
  const active = sources.filter(({ status }) => status === 'ACTIVE')
  let rest = zero(currency)
  for (const { type, currency: of, available_credit_micro: left } of active) {
    if (!FINITE.has(type) || of !== currency || left === undefined) return undefined
    rest = money(rest.micros + left, currency)
  }
  return rest
}
