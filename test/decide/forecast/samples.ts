import { type Comparison, compareTotals } from '../../../lib/decide/forecast/compare.ts'
import {
  type CampaignOutlook,
  type Forecast,
  type ForecastPoint,
  forecast,
} from '../../../lib/decide/forecast/forecast.ts'
import { estimate } from '../../../lib/measure/estimate.ts'
import type { BudgetEstimate, Estimates, ResponseCurve } from '../../../lib/model/estimates.ts'
import type { Observation } from '../../../lib/model/observation.ts'
import { budgetIdOf } from '../../measure/samples.ts'
import { someCapabilities } from '../samples.ts'

/** One shape that is known exactly: `level` conversions at `reference`, Michaelis–Menten with this K (none: a line). */
export const knownCurve = (reference: number, level: number, halfway?: number, certainty = 1e9): ResponseCurve => ({
  referenceSpend: reference,
  shapes: [
    {
      ...(halfway === undefined ? {} : { halfway }),
      weight: 1,
      gammaShape: level * certainty,
      gammaRate: certainty,
    },
  ],
})

/** The observation's estimates with something else believed of some campaigns' budgets. */
export function believing(
  observation: Observation,
  beliefs: Readonly<Record<string, Partial<BudgetEstimate>>>,
): Estimates {
  const found = estimate(observation)
  const byBudget = new Map(Object.entries(beliefs).map(([campaign, belief]) => [budgetIdOf(campaign), belief]))
  return {
    ...found,
    budgets: found.budgets.map((one) => ({
      ...one,
      deliveryRatio: undefined,
      delivery: 1,
      noise: { overdispersion: 1, driftVariance: 0, keep: 1 },
      incrementality: { mean: 1, low: 1, high: 1 },
      ...byBudget.get(one.budget),
    })),
  }
}

export function forecastOf(
  observation: Observation,
  totals: readonly number[],
  estimates = estimate(observation),
): Forecast {
  const found = forecast(observation, estimates, () => someCapabilities, totals)
  if (found.kind === 'none') throw new Error(found.why)
  return found
}

export function pointAt({ points }: Forecast, total: number): ForecastPoint {
  const point = points.find((one) => one.total === total)
  if (point?.kind !== 'point') throw new Error(`no forecast at ${total}`)
  return point
}

export const change = (found: Forecast, from: number, to: number): Comparison =>
  compareTotals(found, pointAt(found, from), pointAt(found, to))

export function campaignAt(point: ForecastPoint, campaign: string): CampaignOutlook {
  const found = point.campaigns.find(({ budget }) => budget.question.budget.id === budgetIdOf(campaign))
  if (!found) throw new Error(`campaign ${campaign} is not in the forecast`)
  return found
}

export const spends = (point: ForecastPoint, ids: readonly string[]): readonly number[] =>
  ids.map((id) => campaignAt(point, id).spend)

export const widthOf = ({ low, high }: { readonly low: number; readonly high: number }): number => high - low
