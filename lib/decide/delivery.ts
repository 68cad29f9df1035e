import type { BudgetEstimate } from '../model/estimates.ts'

/** Below this share of its budget spent, the budget is not what limits the spend. */
export const BINDING_DELIVERY = 0.88

/** Spend per unit of budget: measured, pulled towards 1, within what is believable. */
export const deliveryOf = ({ deliveryRatio }: BudgetEstimate): number =>
  deliveryRatio === undefined ? 1 : Math.min(1.3, Math.max(0.7, (4 * deliveryRatio + 3) / 7))

export const isLimitedByBudget = ({ deliveryRatio }: BudgetEstimate): boolean =>
  deliveryRatio === undefined || deliveryRatio >= BINDING_DELIVERY
