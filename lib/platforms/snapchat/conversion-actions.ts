import type { AccountRef } from '../../model/account.ts'
import type { ConversionAction } from '../../model/conversion-action.ts'
import type { Api } from './api.ts'
import { COUNTED, SWIPE_DAYS, VIEW_DAYS } from './conversions.ts'
import { ownStatus, readListing } from './structure.ts'

/**
 * Everything that Snapchat counts. It has no list of what an account sends it; what ad squads bid for is known by their goals.
 * Their own windows decide on bids only: statistics count by those that a request names, 28 days and one unless told.
 */
export async function readConversionActions(api: Api, account: AccountRef): Promise<readonly ConversionAction[]> {
  const { adSquads } = await readListing(api, account.id)
  const goals = new Set(adSquads.filter((one) => ownStatus(one) === 'active').map((one) => one.optimization_goal))
  return [...COUNTED].map(([action, { field, goals: bidding }]) => ({
    action,
    name: field,
    clickWindowDays: SWIPE_DAYS,
    viewWindowDays: VIEW_DAYS,
    basis: 'conversion',
    isBidFor: bidding.some((goal) => goals.has(goal)),
  }))
}
