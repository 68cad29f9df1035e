import type { Instant } from '../units/calendar.ts'
import { type AccountRef, accountKey, FOREIGN_ID, isAccountKey, isPlatformId } from './account.ts'

/** `everything`, `platform/meta`, `account/meta:123`, `campaign/meta:123/456`. A freeze beats every mode. */
export type FreezeScope = string & { readonly __brand: 'FreezeScope' }

export interface Freeze {
  readonly scope: FreezeScope
  readonly reason: string
  readonly by: string
  readonly at: Instant
}

export const EVERYTHING = 'everything' as FreezeScope

/** @throws RangeError unless the text names one of the four scopes */
export function freezeScope(text: string): FreezeScope {
  if (!isScope(text))
    throw new RangeError(
      `freeze scope "${text}" must be everything, platform/meta, account/meta:123 or campaign/meta:123/456`,
    )
  return text as FreezeScope
}

function isScope(text: string): boolean {
  const [kind, of = '', campaign, ...more] = text.split('/')
  if (more.length > 0) return false
  if (kind === 'campaign') return isAccountKey(of) && campaign !== undefined && FOREIGN_ID.test(campaign)
  if (campaign !== undefined) return false
  return text === EVERYTHING || (kind === 'platform' ? isPlatformId(of) : kind === 'account' && isAccountKey(of))
}

/** The scopes that stop a push to this account, and to each of these campaigns. */
export const scopesOf = (account: AccountRef, campaigns: readonly string[] = []): readonly FreezeScope[] =>
  [
    'everything',
    `platform/${account.platform}`,
    `account/${accountKey(account)}`,
    ...campaigns.map((id) => `campaign/${accountKey(account)}/${id}`),
  ] as FreezeScope[]
