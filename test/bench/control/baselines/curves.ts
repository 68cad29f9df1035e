import type { View } from '../controller.ts'
import { fitHill, type Observation, type Prior, usualSpend } from './fit.ts'
import { type Hill, hillAt } from './hill.ts'
import { accountTrail, trail } from './past.ts'
import { weekdayFactors, weekdayOf } from './weekdays.ts'
import { worths } from './worth.ts'

/** How curves are fitted to the past. */
export interface FitSettings {
  /** Days looked back, and the age at which a day counts half. */
  readonly window: number
  readonly halfLife: number
  /** Variance of a day's count over its mean, ≥ 1. */
  readonly dispersion: number
  readonly prior: Pick<Prior, 'logShape' | 'logShapeSd' | 'logHalfway' | 'logHalfwaySd' | 'strength'>
}

/** Conversions by which a platform's conversions per unit of money are shrunk to the account's. */
const PLATFORM_CONVERSIONS = 20

/** Reported days of campaign `i`, younger ones counting more. */
export function observations(
  view: View,
  i: number,
  settings: Pick<FitSettings, 'window' | 'halfLife'>,
  demand: readonly number[],
): readonly Observation[] {
  const past = view.past[i] ?? []
  const days: Observation[] = []
  for (let d = Math.max(0, view.day - settings.window); d < view.day; d += 1) {
    const day = past[d]
    if (!day?.reported) continue
    const weight = 2 ** (-(view.day - 1 - d) / settings.halfLife)
    days.push({ spend: day.spend, conversions: day.conversions, demand: demand[weekdayOf(view, d)] ?? 1, weight })
  }
  return days
}

/** Conversions per unit of money by platform, shrunk to the account's. */
export function platformRates(view: View, window: number): ReadonlyMap<number, number> {
  const account = accountTrail(view, window)
  const mean = account.spend > 0 ? account.conversions / account.spend : 0
  const sums = new Map<number, { spend: number; conversions: number }>()
  view.campaigns.forEach(({ platform }, i) => {
    const sum = sums.get(platform) ?? { spend: 0, conversions: 0 }
    const own = trail(view, i, window)
    sums.set(platform, { spend: sum.spend + own.spend, conversions: sum.conversions + own.conversions })
  })
  const pull = mean > 0 ? PLATFORM_CONVERSIONS / mean : 0
  return new Map(
    [...sums].map(([platform, { spend, conversions }]) => [
      platform,
      spend + pull > 0 ? (conversions + PLATFORM_CONVERSIONS * Number(pull > 0)) / (spend + pull) : 0,
    ]),
  )
}

/** Outcome per day at a budget, worth included; undefined for a campaign that never spent. */
export type Response = ((budget: number) => number) | undefined

/** One fitted curve per campaign; undefined where there is nothing to fit, or nobody asks for it. */
export function fittedCurves(
  view: View,
  settings: FitSettings,
  isMember: (i: number) => boolean = () => true,
): readonly (Hill | undefined)[] {
  const rates = platformRates(view, settings.window)
  const weekdays = weekdayFactors(view)
  return view.campaigns.map(({ platform }, i) => {
    if (!isMember(i)) return undefined
    const days = observations(view, i, settings, weekdays.get(platform) ?? [])
    const usual = usualSpend(days)
    const rate = (rates.get(platform) ?? 0) * usual
    return rate > 0 ? fitHill(days, usual, settings.dispersion, { ...settings.prior, rate }) : undefined
  })
}

export function responses(
  view: View,
  settings: FitSettings,
  isMember: (i: number) => boolean = () => true,
): readonly Response[] {
  const worth = worths(view)
  return fittedCurves(view, settings, isMember).map((curve, i) =>
    curve === undefined ? undefined : (budget) => worth[i]! * hillAt(curve, budget),
  )
}
