import * as z from 'zod'
import type { AccountId, AccountRef } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import { type TimeZone, timeZone } from '../../units/calendar.ts'
import { type CurrencyCode, currency } from '../../units/money.ts'
import type { GoogleAdsRest } from './rest.ts'
import { digits, unreadable } from './schema.ts'

const row = z.object({
  customer: z.object({
    id: digits,
    descriptiveName: z.string().default(''),
    currencyCode: z.string(),
    timeZone: z.string(),
    status: z.string(),
  }),
})

const QUERY =
  'SELECT customer.id, customer.descriptive_name, customer.currency_code, customer.time_zone, customer.status FROM customer'

export interface Customer {
  readonly name: string
  readonly currency: CurrencyCode
  readonly zone: TimeZone
  /** CustomerStatus: `ENABLED`, `SUSPENDED`, `CANCELED`, `CLOSED`. */
  readonly status: string
}

/** The account itself. @throws PlatformError */
export async function readCustomer(rest: GoogleAdsRest, account: AccountId): Promise<Customer> {
  const [first, ...others] = await rest.rows(account, QUERY, row)
  if (!first || others.length > 0) throw unreadable(`expected one customer, got ${others.length + (first ? 1 : 0)}`)
  const { customer } = first
  if (customer.id !== account) throw unreadable(`asked for customer ${account}, the answer is of ${customer.id}`)
  try {
    return {
      name: customer.descriptiveName,
      currency: currency(customer.currencyCode),
      zone: timeZone(customer.timeZone),
      status: customer.status,
    }
  } catch (error) {
    throw unreadable(`customer ${account}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** @param use what the account is read for, where it was not yet; `read` unless told otherwise */
export type Customers = (account: AccountId, use?: RequestUse) => Promise<Customer>

/** Currency and zone of accounts, read once each: Google lets neither be changed. */
export function customers(rest: GoogleAdsRest): Customers {
  const known = new Map<AccountId, Promise<Customer>>()
  return (account, use = 'read') => {
    const found = known.get(account) ?? readCustomer(rest.as(use), account)
    known.set(account, found)
    found.catch(() => known.delete(account))
    return found
  }
}

/** @throws PlatformError for an account of another platform */
export function ownAccount(account: AccountRef): AccountId {
  if (account.platform === 'google-ads') return account.id
  const detail = `account ${account.id} is of ${account.platform}, not of google-ads`
  throw new PlatformError({ kind: 'rejected', code: 'WRONG_PLATFORM', detail })
}
