import type { ControllerKind, View } from '../controller.ts'
import { type FitSettings, type Response, responses } from './curves.ts'
import { deliverable } from './delivery.ts'
import { baseline, LEARNING_STEP } from './guarded.ts'
import { optimise } from './optimise.ts'
import { evenTotal, isLive, isSeasoned, launchBudget, trail } from './past.ts'
import { periodic } from './periodic.ts'

/** A curve model with an optimiser. */
export interface CurveModel {
  readonly fit: FitSettings
  /** Bounds of a budget against the recent daily spend. */
  readonly least: number
  readonly most: number
  readonly recentDays: number
}

export const WEEKLY: CurveModel = {
  fit: {
    window: 120,
    halfLife: 50,
    dispersion: 1.4,
    prior: { logShape: 0, logShapeSd: 0.4, logHalfway: 0.4, logHalfwaySd: 0.8, strength: 1.5 },
  },
  least: 0.25,
  most: 4,
  recentDays: 7,
}

export const STATIC: CurveModel = { ...WEEKLY, recentDays: 35 }

const frozen = (budget: number) => ({ at: () => 0, low: budget, high: budget })

/** Budgets bounds of campaign `i`: multiples of its recent spend, within minimum and delivery guard. */
function optionOf(view: View, i: number, response: Response, model: CurveModel) {
  if (!isLive(view, i)) return frozen(0)
  const { minimum } = view.campaigns[i]!
  if (!isSeasoned(view, i) || response === undefined) return frozen(Math.max(minimum, launchBudget(view, i)))
  const { spend, days } = trail(view, i, model.recentDays)
  const recent = days > 0 ? spend / days : (view.budgets[i] ?? 0)
  const low = Math.max(minimum, model.least * recent)
  return { at: response, low, high: Math.max(low, Math.min(deliverable(view, i), model.most * recent)) }
}

/** Fits every curve and optimises a day's total over them, over all campaigns or over some. */
export function planned(
  view: View,
  model: CurveModel,
  isMember: (i: number) => boolean = () => true,
  total: number = evenTotal(view),
): readonly number[] {
  const fitted = responses(view, model.fit, isMember)
  return optimise(
    fitted.map((response, i) => (isMember(i) ? optionOf(view, i, response, model) : frozen(0))),
    total,
  )
}

export const staticFit: ControllerKind = baseline(
  'static-fit',
  'Knows the warm-up: fits a Hill curve per campaign by maximum likelihood, optimises once, and keeps those shares.',
  () => periodic(Number.POSITIVE_INFINITY, (view) => planned(view, STATIC)),
  LEARNING_STEP,
)

export const weeklyRefit: ControllerKind = baseline(
  'weekly-refit',
  'Knows four months of days: refits a Hill curve per campaign with priors every week and optimises within a quarter and four times recent spend.',
  () => periodic(7, (view) => planned(view, WEEKLY)),
  LEARNING_STEP,
)
