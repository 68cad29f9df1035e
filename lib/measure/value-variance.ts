import type { AccountKey } from '../model/account.ts'
import { POOL_CONVERSIONS, type Series } from './series.ts'

/** Before anything is known: order values with a logarithm of standard deviation 0.5, as shops commonly have. */
const PRIOR_VARIANCE = 0.28
const PRIOR_CONVERSIONS = 30
/** How far campaigns' mean values lie from their account's: a quarter, as a standard deviation. */
const BETWEEN_CAMPAIGNS = 0.25 ** 2

/** Relative to the square of the mean value. */
export interface ValueVariance {
  /** Of the value of one conversion. */
  readonly ofOne: number
  /** Of the mean value itself. */
  readonly ofMean: number
}

/**
 * How much the value of a conversion varies, by account, told by how far days' values lie from what their counts are worth.
 * What a campaign's mean is not known by: its own conversions, and the account's in their place where it has few.
 */
export function valueVariances(series: readonly Series[]): (one: Series) => ValueVariance {
  const ofOne = new Map<AccountKey, number>()
  for (const [{ account }, own] of Map.groupBy(series, (one) => one.account)) ofOne.set(account, withinAccount(own))
  return ({ account, usable }) => {
    const one = ofOne.get(account.account) ?? PRIOR_VARIANCE
    const seen = usable.reduce((sum, { conversions }) => sum + conversions, 0)
    const all = seen + POOL_CONVERSIONS
    return { ofOne: one, ofMean: one / all + (POOL_CONVERSIONS / all) ** 2 * BETWEEN_CAMPAIGNS }
  }
}

function withinAccount(series: readonly Series[]): number {
  let [squares, conversions] = [PRIOR_VARIANCE * PRIOR_CONVERSIONS, PRIOR_CONVERSIONS]
  for (const { usable } of series) {
    const count = usable.reduce((sum, day) => sum + day.conversions, 0)
    const mean = usable.reduce((sum, day) => sum + day.value, 0) / count
    if (!(mean > 0)) continue
    for (const day of usable) {
      squares += (day.value / mean - day.conversions) ** 2
      // The mean is the days' own: each of them draws it to itself.
      conversions += day.conversions * (1 - day.conversions / count)
    }
  }
  return squares / conversions
}
