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

/** Campaigns that the prior's own centre counts for beside the account's curves. */
const POOLED_AS = 5

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

/** What a campaign's curve is fitted to. */
interface Case {
  readonly days: readonly Observation[]
  readonly usual: number
  readonly rate: number
}

function caseOf(
  view: View,
  i: number,
  settings: FitSettings,
  rate: number,
  demand: readonly number[],
): Case | undefined {
  const days = observations(view, i, settings, demand)
  const usual = usualSpend(days)
  return rate * usual > 0 ? { days, usual, rate: rate * usual } : undefined
}

/** Prior around what the account's curves have in common: its centre counts as `POOLED_AS` campaigns. */
function pooled(
  prior: FitSettings['prior'],
  fits: readonly (Hill & { readonly usual: number })[],
): FitSettings['prior'] {
  const n = fits.length + POOLED_AS
  const shapes = fits.reduce((sum, { shape }) => sum + Math.log(shape), POOLED_AS * prior.logShape)
  const halfways = fits.reduce((sum, one) => sum + Math.log(one.halfway / one.usual), POOLED_AS * prior.logHalfway)
  return { ...prior, logShape: shapes / n, logHalfway: halfways / n }
}

/**
 * One fitted curve per campaign; undefined where there is nothing to fit, or nobody asks for it. Fitted twice: the
 * second time with priors around what the first curves have in common.
 */
export function fittedCurves(
  view: View,
  settings: FitSettings,
  isMember: (i: number) => boolean = () => true,
): readonly (Hill | undefined)[] {
  const rates = platformRates(view, settings.window)
  const weekdays = weekdayFactors(view)
  const cases = view.campaigns.map(({ platform }, i) =>
    isMember(i) ? caseOf(view, i, settings, rates.get(platform) ?? 0, weekdays.get(platform) ?? []) : undefined,
  )
  const fitAll = (prior: FitSettings['prior']) =>
    cases.map(
      (one) =>
        one && { ...fitHill(one.days, one.usual, settings.dispersion, { ...prior, rate: one.rate }), usual: one.usual },
    )
  const alone = fitAll(settings.prior)
  return fitAll(
    pooled(
      settings.prior,
      alone.filter((fit) => fit !== undefined),
    ),
  )
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
