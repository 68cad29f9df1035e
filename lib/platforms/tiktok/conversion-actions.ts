import type { AccountId } from '../../model/account.ts'
import type { ConversionAction } from '../../model/conversion-action.ts'
import type { Listings } from './listing.ts'
import { CLICK_DAYS, type MetricPairs, PURCHASE, VIEW_DAYS } from './metrics.ts'
import type { AttributionWindow, TikTokAdGroup } from './schema.ts'
import { statusOf } from './status.ts'

const DAYS: Readonly<Record<AttributionWindow, number>> = {
  OFF: 0,
  ONE_DAY: 1,
  SEVEN_DAYS: 7,
  FOURTEEN_DAYS: 14,
  TWENTY_EIGHT_DAYS: 28,
}

const NAMES: Readonly<Record<string, string>> = {
  complete_payment: 'payments on the website',
  total_purchase: 'purchases in an app',
  onsite_shopping: 'purchases in the TikTok shop',
  conversion: 'what each ad group is optimised for',
}

/**
 * What can be counted, and by which windows: reports count by those of each ad group, and take no others. First stands the
 * window that most of the present ad groups have.
 */
export async function readConversionActions(
  listings: Listings,
  account: AccountId,
  pairs: MetricPairs,
): Promise<readonly ConversionAction[]> {
  const { adGroups } = await listings.recent(account)
  const present = adGroups.filter((adGroup) => statusOf(adGroup) !== 'removed')
  const windows = {
    clickWindowDays: commonFirst(present, 'click_attribution_window', CLICK_DAYS),
    viewWindowDays: commonFirst(present, 'view_attribution_window', VIEW_DAYS),
    basis: 'impression' as const,
  }
  const named = Object.keys(pairs).map((action) => ({
    action,
    name: NAMES[action] ?? action,
    ...windows,
    ...(action === 'conversion' && { isBidFor: true }),
  }))
  return [{ action: PURCHASE, name: 'purchases, wherever the campaign sells', ...windows }, ...named]
}

type WindowField = 'click_attribution_window' | 'view_attribution_window'

/** All windows that there are, those that ad groups have first, by how many do. */
function commonFirst(
  adGroups: readonly TikTokAdGroup[],
  field: WindowField,
  all: readonly number[],
): readonly number[] {
  const days = adGroups.flatMap((adGroup) => {
    const window = adGroup[field]
    return window ? [DAYS[window]] : []
  })
  const count = (one: number): number => days.filter((day) => day === one).length
  return all.toSorted((a, b) => count(b) - count(a) || a - b)
}
