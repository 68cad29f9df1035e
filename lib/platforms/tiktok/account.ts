import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import type { WriteBlocker } from '../../model/structure.ts'
import { type TimeZone, timeZone } from '../../units/calendar.ts'
import { type CurrencyCode, currency, type Money, zero } from '../../units/money.ts'
import type { Api } from './api.ts'
import { ADVERTISER_FIELDS, type Advertiser, advertiserSchema, type TikTokAdGroup } from './schema.ts'
import { fromTikTokAmount, microsPerStep } from './units.ts'

/** An advertiser's currency and zone are fixed when it is created. */
export interface AccountBasics {
  readonly currency: CurrencyCode
  readonly zone: TimeZone
}

export async function readAdvertiser(api: Api, account: AccountId, use: RequestUse = 'read'): Promise<Advertiser> {
  const query = { advertiser_ids: [account], fields: ADVERTISER_FIELDS }
  const { list } = await api.get({ account, path: 'advertiser/info/', query, use }, advertiserSchema)
  const [advertiser] = list
  if (advertiser?.advertiser_id !== account) throw unreadable('advertiser/info/: another advertiser came')
  return advertiser
}

/** @throws PlatformError unreadable when either is unknown here */
export function basicsOf(read: Pick<Advertiser, 'currency' | 'timezone' | 'display_timezone'>): AccountBasics {
  try {
    const known = currency(read.currency)
    microsPerStep(known)
    return { currency: known, zone: timeZone(read.display_timezone || read.timezone || '') }
  } catch (cause) {
    throw unreadable(`advertiser/info/: ${cause instanceof Error ? cause.message : 'not readable'}`)
  }
}

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail })

/** Read once per process. */
export interface Basics {
  of(account: AccountId, use?: RequestUse): Promise<AccountBasics>
  /** Spares a reading where they have just been read. */
  remember(account: AccountId, basics: AccountBasics): void
}

export function basicsReader(api: Api): Basics {
  const known = new Map<AccountId, AccountBasics>()
  return {
    async of(account, use) {
      const basics = known.get(account) ?? basicsOf(await readAdvertiser(api, account, use))
      known.set(account, basics)
      return basics
    },
    remember: (account, { currency, zone }) => void known.set(account, { currency, zone }),
  }
}

/**
 * Advertiser states in which ads cannot be run or changed, with the remedy; only STATUS_ENABLE is none of them.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1737174886619138 (advertiser status)
 */
const BLOCKED: ReadonlyMap<string, string> = new Map([
  ['STATUS_DISABLE', 'closed: take it out of the portfolio'],
  ['STATUS_LIMIT', 'restricted by TikTok: appeal in TikTok Ads Manager'],
  ['STATUS_CONFIRM_FAIL', 'rejected in review: correct what the review names and submit it again'],
  ['STATUS_CONFIRM_FAIL_END', 'rejected for good: take it out of the portfolio'],
  ['STATUS_CONFIRM_MODIFY_FAIL', 'rejected after a change: correct what the review names and submit it again'],
  ['STATUS_PENDING_CONFIRM', 'in review: wait for TikTok'],
  ['STATUS_PENDING_CONFIRM_MODIFY', 'in review after a change: wait for TikTok'],
  ['STATUS_PENDING_VERIFIED', 'not verified yet: verify it in TikTok Ads Manager'],
  ['STATUS_WAIT_FOR_BPM_AUDIT', 'in review: wait for TikTok'],
  ['STATUS_WAIT_FOR_PUBLIC_AUTH', 'waiting for its bank account to be confirmed'],
  ['STATUS_SELF_SERVICE_UNAUDITED', 'missing qualifications: hand them in in TikTok Ads Manager'],
  ['STATUS_CONTRACT_PENDING', 'waiting for its contract to take effect'],
])

export function blockersOf(status: string): readonly WriteBlocker[] {
  if (status === 'STATUS_ENABLE') return []
  const words = BLOCKED.get(status) ?? 'in a state that is not documented: look at it in TikTok Ads Manager'
  return [{ code: status, detail: `the advertiser account is ${words}` }]
}

/** Not delivering because nothing is left to pay with. */
const OUT_OF_BALANCE = 'ADGROUP_STATUS_BALANCE_EXCEED'

/**
 * What a prepaid advertiser may still spend: its balance. TikTok does not say here who is prepaid: a balance above zero is
 * taken for one, and nothing left only where TikTok stops ad groups for it; everybody else reads 0 and pays afterwards.
 */
export function prepaidLeft(
  { balance }: Pick<Advertiser, 'balance'>,
  adGroups: readonly Pick<TikTokAdGroup, 'secondary_status'>[],
  of: CurrencyCode,
): Money | undefined {
  if (typeof balance === 'number' && balance > 0) return amountOf(balance, of)
  return adGroups.some((adGroup) => adGroup.secondary_status === OUT_OF_BALANCE) ? zero(of) : undefined
}

/** @throws PlatformError unreadable for an amount that none can be */
export function amountOf(value: number, of: CurrencyCode): Money {
  try {
    return fromTikTokAmount(value, of)
  } catch (cause) {
    throw unreadable(cause instanceof Error ? cause.message : 'not an amount')
  }
}
