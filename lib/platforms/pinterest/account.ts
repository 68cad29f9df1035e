import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import type { WriteBlocker } from '../../model/structure.ts'
import { type TimeZone, timeZone } from '../../units/calendar.ts'
import { type CurrencyCode, currency } from '../../units/money.ts'
import type { Api } from './api.ts'
import { accountSchema, type PinterestAccount } from './schema.ts'
import { billableStep } from './units.ts'

/** Days of reports and budgets are UTC's: an account has no zone of its own outside a closed beta. */
export const ZONE: TimeZone = timeZone('UTC')

export const readAccount = (api: Api, account: AccountId, use: RequestUse = 'read'): Promise<PinterestAccount> =>
  api.get({ account, path: '', use }, accountSchema)

/** @throws PlatformError unreadable when it is unknown here, by its name */
export function currencyOf({ currency: code }: Pick<PinterestAccount, 'currency'>): CurrencyCode {
  try {
    const known = currency(code)
    billableStep(known)
    return known
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'currency'
    throw new PlatformError({ kind: 'unreadable', detail: `ad account: ${detail}` })
  }
}

/** Reads an account's currency once per process: it never changes. */
export function currencyReader(api: Api): (account: AccountId, use?: RequestUse) => Promise<CurrencyCode> {
  const known = new Map<AccountId, CurrencyCode>()
  return async (account, use = 'read') => {
    const remembered = known.get(account)
    if (remembered) return remembered
    const read = currencyOf(await readAccount(api, account, use))
    known.set(account, read)
    return read
  }
}

/** Roles that may not change campaigns. Of any other Pinterest itself refuses what it does not allow. */
const READERS: readonly string[] = [
  'ANALYST',
  'AUDIENCE_MANAGER',
  'CATALOGS_MANAGER',
  'FINANCE_EDIT',
  'FINANCE_MANAGER',
  'FINANCE_VIEW',
  'RESOURCE_CONVERSION_TAGS_READER',
  'SOS_READER',
]

/** What a role forbids. Without a list of roles Pinterest has said nothing. */
export function roleBlockers({ permissions }: Pick<PinterestAccount, 'permissions'>): readonly WriteBlocker[] {
  if (!permissions || permissions.length === 0 || permissions.some((role) => !READERS.includes(role))) return []
  return [
    {
      code: 'permissions',
      detail: `the token's owner is ${permissions.join(', ')} of the ad account: make it a campaign manager`,
    },
  ]
}
