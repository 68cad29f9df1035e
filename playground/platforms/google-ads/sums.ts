import type { WorldClaim } from '../../world.ts'

/** Metrics of one result row, as they add up. */
export interface Sums {
  costMicros: bigint
  impressions: number
  clicks: number
  conversions: number
  conversionsMicros: bigint
  allConversions: number
  allConversionsMicros: bigint
  conversionsByDate: number
  conversionsByDateMicros: bigint
  allByDate: number
  allByDateMicros: bigint
  viewThrough: number
  /** Impressions weighted by the share lost to the budget, and the impressions of days on which that share is known. */
  lostWeight: number
  knownImpressions: number
}

export const noSums = (): Sums => ({
  costMicros: 0n,
  impressions: 0,
  clicks: 0,
  conversions: 0,
  conversionsMicros: 0n,
  allConversions: 0,
  allConversionsMicros: 0n,
  conversionsByDate: 0,
  conversionsByDateMicros: 0n,
  allByDate: 0,
  allByDateMicros: 0n,
  viewThrough: 0,
  lostWeight: 0,
  knownImpressions: 0,
})

/** Whether nothing at all happened. */
export const isQuiet = (s: Sums): boolean =>
  s.costMicros === 0n &&
  s.impressions === 0 &&
  s.clicks === 0 &&
  s.allConversions === 0 &&
  s.allByDate === 0 &&
  s.viewThrough === 0

/** Adds `from` to `into`, in place: a summary row is the sum of all rows. */
export function addSums(into: Sums, from: Sums): void {
  into.costMicros += from.costMicros
  into.impressions += from.impressions
  into.clicks += from.clicks
  into.conversions += from.conversions
  into.conversionsMicros += from.conversionsMicros
  into.allConversions += from.allConversions
  into.allConversionsMicros += from.allConversionsMicros
  into.conversionsByDate += from.conversionsByDate
  into.conversionsByDateMicros += from.conversionsByDateMicros
  into.allByDate += from.allByDate
  into.allByDateMicros += from.allByDateMicros
  into.viewThrough += from.viewThrough
  into.lostWeight += from.lostWeight
  into.knownImpressions += from.knownImpressions
}

/** Adds a claim on the click basis. Views count apart; only a primary action counts among the conversions proper. */
export function addClaim(into: Sums, { touch, count, valueMicros }: WorldClaim, primary: boolean): void {
  if (touch === 'view') {
    into.viewThrough += count
    return
  }
  into.allConversions += count
  into.allConversionsMicros += valueMicros
  if (!primary) return
  into.conversions += count
  into.conversionsMicros += valueMicros
}

/** Adds a claim on the conversion basis. */
export function addClaimByDate(into: Sums, { touch, count, valueMicros }: WorldClaim, primary: boolean): void {
  if (touch === 'view') return
  into.allByDate += count
  into.allByDateMicros += valueMicros
  if (!primary) return
  into.conversionsByDate += count
  into.conversionsByDateMicros += valueMicros
}
