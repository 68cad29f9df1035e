import type { AccountRef } from '../model/account.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { Money } from '../units/money.ts'
import type { Loop } from './loop.ts'
import { accountDayCap, overDeliveryFactor } from './portfolios.ts'

/** What binds a push of one portfolio to one account: its policy, and what all policies together say of the account's day. */
export interface Steering {
  readonly version: PolicyVersion
  readonly factor: number
  readonly dayCap: Money | undefined
}

export const steeringOf = (
  version: PolicyVersion,
  policies: readonly PolicyVersion[],
  account: AccountRef,
  loop: Loop,
): Steering => ({
  version,
  factor: overDeliveryFactor(policies, account, loop.platforms(account.platform).capabilities.overDeliveryFactor),
  dayCap: accountDayCap(policies, account),
})
