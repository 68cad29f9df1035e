/** Lower-case name of an ad platform, such as `google-ads` or `meta`. Open: an adapter package may bring its own. */
export type PlatformId = string & { readonly __brand: 'PlatformId' }
/** The platform's own id of an ad account, as text: digits (they exceed 2^53) or, on Snapchat, a UUID. */
export type AccountId = string & { readonly __brand: 'AccountId' }

export interface AccountRef {
  readonly platform: PlatformId
  readonly id: AccountId
}

/** `platform:id`; what queues group by, what tables are keyed by. */
export type AccountKey = string & { readonly __brand: 'AccountKey' }
export type CampaignId = string & { readonly __brand: 'CampaignId' }
export type AdGroupId = string & { readonly __brand: 'AdGroupId' }
export type BudgetId = string & { readonly __brand: 'BudgetId' }
export type PortfolioId = string & { readonly __brand: 'PortfolioId' }

const PLATFORM_ID = /^[a-z][a-z0-9-]{0,31}$/

/** @throws RangeError unless the name is lower case letters, digits and dashes */
export function platformId(name: string): PlatformId {
  if (!isPlatformId(name))
    throw new RangeError(`platform "${name}" must be lower-case letters, digits and dashes, such as google-ads`)
  return name as PlatformId
}

export const isPlatformId = (text: string): boolean => PLATFORM_ID.test(text)

/**
 * What every id of a platform's may look like, of accounts, campaigns and budgets alike: letters, digits, dashes and
 * underscores. Digits on most, UUIDs on Snapchat, `t2_acme` elsewhere; nothing that keys are put together with.
 */
export const FOREIGN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/
/** As screens show them: Google's 123-456-7890, Meta's act_123. */
const AS_SHOWN = /^(\d+(-\d+){1,3}|act_\d+)$/

/**
 * @param text as the platform's API has it; the dashes of Google's screens (123-456-7890) and Meta's `act_` are not part of an id
 * @throws RangeError for anything else
 */
export function accountId(text: string): AccountId {
  if (!isAccountId(text))
    throw new RangeError(
      `account id "${text}" must be digits, or letters, digits and dashes where the platform's ids are (no 123-456-7890, no act_ prefix)`,
    )
  return text as AccountId
}

const isAccountId = (text: string): boolean => FOREIGN_ID.test(text) && !AS_SHOWN.test(text)

/** @throws RangeError unless the name is lower case letters, digits and dashes */
export function portfolioId(name: string): PortfolioId {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    throw new RangeError(`portfolio "${name}" must be lower-case letters, digits and dashes, such as eu-prospecting`)
  return name as PortfolioId
}

export const accountRef = (platform: string, id: string): AccountRef => ({
  platform: platformId(platform),
  id: accountId(id),
})
export const accountKey = ({ platform, id }: AccountRef): AccountKey => `${platform}:${id}` as AccountKey

/** @throws RangeError unless the text is `platform:id` */
export function parseAccountKey(text: string): AccountRef {
  const [platform = '', id = '', ...rest] = text.split(':')
  if (rest.length > 0) throw new RangeError(`account key "${text}" must be platform:id, such as meta:1234567890`)
  return accountRef(platform, id)
}

export function isAccountKey(text: string): boolean {
  const [platform = '', id = '', ...rest] = text.split(':')
  return rest.length === 0 && isPlatformId(platform) && isAccountId(id)
}

export const sameAccount = (a: AccountRef, b: AccountRef): boolean => a.platform === b.platform && a.id === b.id
