import { firstBudgets } from './first-budgets.ts'
import { baseline, LEARNING_STEP } from './guarded.ts'
import { efficiency, trail } from './past.ts'

/** Days that the proportional baselines look back: whole weeks, so that every weekday counts alike. */
const ROAS_DAYS = 14
const CONVERSIONS_DAYS = 28
/** Average conversions by which a campaign's efficiency is shrunk to the account's. */
const PRIOR_CONVERSIONS = 5

export const equal = baseline(
  'equal',
  'Knows nothing: splits the day evenly over all campaigns.',
  () => (view) => view.campaigns.map(() => 1),
)

export const hold = baseline('hold', 'Knows the budgets it came with: keeps their shares.', firstBudgets)

export const proportionalRoas = baseline(
  'proportional-roas',
  'Knows two weeks of conversions and spend: budgets in proportion to conversions per unit of money.',
  () => (view) => view.campaigns.map((_, i) => efficiency(view, i, ROAS_DAYS, PRIOR_CONVERSIONS)),
  LEARNING_STEP,
)

/** With curves alike in elasticity, budgets that equal their share of conversions are where marginal returns meet. */
export const proportionalConversions = baseline(
  'proportional-conversions',
  'Knows four weeks of conversions and spend: conversions per unit of money times spend, so budgets in proportion to conversions.',
  () => (view) =>
    view.campaigns.map((_, i) => {
      const { spend, days } = trail(view, i, CONVERSIONS_DAYS)
      return days > 0 ? (efficiency(view, i, CONVERSIONS_DAYS, PRIOR_CONVERSIONS) * spend) / days : 0
    }),
  LEARNING_STEP,
)
