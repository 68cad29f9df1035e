import type { BudgetEstimate } from '../../model/estimates.ts'
import { Z80 } from '../../stats/gamma-interval.ts'

/** A level that is known to within this share, 80 times in 100, can be reckoned with. */
const PRECISION = 0.25
/** Conversions that it takes where counts are Poisson: the relative error of a level is 1/√n. */
const ENOUGH = (Z80 / PRECISION) ** 2

/**
 * Conversions that a budget's campaigns have yet to bring until its level is known to within a quarter; 0: enough. Noisier
 * counts say less: n of them with variance over mean φ are worth n/φ.
 */
export function conversionsWanting(estimate: Pick<BudgetEstimate, 'conversionsSeen' | 'noise'> | undefined): number {
  if (!estimate) return Math.ceil(ENOUGH)
  return Math.max(0, Math.ceil(ENOUGH * estimate.noise.overdispersion - estimate.conversionsSeen))
}

/** The same of all budgets together, without which nothing is forecast. */
export function conversionsWantingInAll(estimates: readonly BudgetEstimate[]): number {
  const worth = estimates.reduce((sum, { conversionsSeen, noise }) => sum + conversionsSeen / noise.overdispersion, 0)
  const noisiest = Math.max(1, ...estimates.map(({ noise }) => noise.overdispersion))
  return Math.max(0, Math.ceil((ENOUGH - worth) * noisiest))
}
