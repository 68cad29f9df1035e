import type { AccountKey, PlatformId } from '../../model/account.ts'

/** One complete day of one account, over its budgets that bound: what they allowed and what was spent. */
export interface BudgetedDay {
  readonly account: AccountKey
  readonly platform: PlatformId
  /** Main units of one currency, > 0. */
  readonly budgeted: number
  readonly spent: number
}

export interface Delivery {
  /** Expected spend per unit of budget. */
  readonly ratio: number
  /** Standard deviation of a day's spend about that, as a share. */
  readonly noise: number
}

/** Days that pull a ratio towards what it is taken to be beforehand. */
const PRIOR_DAYS = 3
const LEAST = 0.7
const MOST = 1.3
/** A day's spend about its expectation, before anything is known, and the days that this counts. */
const PRIOR_NOISE = 0.1
const PRIOR_NOISE_DAYS = 7

/**
 * How much of its budget each account spends where the budget is what limits it: Google may overspend a day, Meta seldom
 * spends all. An account is pulled towards its platform, and a platform towards 1, by three of its own days.
 *
 * @param days recent and complete; days on which the budget did not bind say nothing and are to be left out
 * @returns for an account (with its platform, for accounts that have no day yet), within 0.7 to 1.3
 */
export function learnDelivery(days: readonly BudgetedDay[]): (account: AccountKey, platform: PlatformId) => Delivery {
  const known = days.filter(({ budgeted, spent }) => budgeted > 0 && spent >= 0)
  const platforms = new Map(
    [...Map.groupBy(known, ({ platform }) => platform)].map(([platform, own]) => [platform, deliveryOf(own, UNKNOWN)]),
  )
  const accounts = new Map(
    [...Map.groupBy(known, ({ account }) => account)].map(([account, own]) => [
      account,
      deliveryOf(own, platforms.get(own[0]!.platform) ?? UNKNOWN),
    ]),
  )
  return (account, platform) => accounts.get(account) ?? platforms.get(platform) ?? UNKNOWN
}

const UNKNOWN: Delivery = { ratio: 1, noise: PRIOR_NOISE }

/** A day of many accounts counts by its money, so that pseudo-days are of the usual size. */
function deliveryOf(days: readonly BudgetedDay[], prior: Delivery): Delivery {
  const budgeted = sum(days.map((day) => day.budgeted))
  const pseudo = (PRIOR_DAYS * budgeted) / days.length
  const raw = (sum(days.map((day) => day.spent)) + pseudo * prior.ratio) / (budgeted + pseudo)
  const ratio = Math.min(MOST, Math.max(LEAST, raw))
  const squares = sum(days.map((day) => (day.spent / day.budgeted / ratio - 1) ** 2))
  const noise = Math.sqrt((squares + PRIOR_NOISE_DAYS * prior.noise ** 2) / (days.length + PRIOR_NOISE_DAYS))
  return { ratio, noise }
}

/** In an order of their own, so that rounding does not depend on the order of the days. */
const sum = (amounts: readonly number[]): number => amounts.toSorted((a, b) => a - b).reduce((a, b) => a + b, 0)

/** A portfolio's days lie closer to their plan than one account's: errors of several accounts cancel. */
const PRIOR_PLAN_NOISE = 0.07
const PRIOR_PLAN_DAYS = 4

/**
 * How far the portfolio's days lie from what was planned for them, as a share: one standard deviation. What `landing`
 * takes as `noise`.
 *
 * @param days complete days under control, main units
 */
export function planNoise(days: readonly { readonly planned: number; readonly spent: number }[]): number {
  const known = days.filter(({ planned }) => planned > 0)
  const squares = sum(known.map(({ planned, spent }) => (spent / planned - 1) ** 2))
  return Math.sqrt((squares + PRIOR_PLAN_DAYS * PRIOR_PLAN_NOISE ** 2) / (known.length + PRIOR_PLAN_DAYS))
}

/**
 * Most that all budgets together may be in the last days of a flight, so that even if every day spends by its platform's
 * worst case the flight's total is not exceeded.
 *
 * @param remaining main units; ≥ 0
 * @param worstFactor how much more than its budget a day may spend at worst, ≥ 1
 * @returns main units of budget; infinite before the last days
 */
export const hardCeiling = (remaining: number, daysLeft: number, worstFactor: number): number =>
  daysLeft > LAST_DAYS ? Number.POSITIVE_INFINITY : Math.max(0, remaining) / (worstFactor * Math.max(1, daysLeft))

const LAST_DAYS = 2

/** By how much the flight's total would be exceeded if today spent by the worst case; 0: it cannot be. */
export const worstOverrun = (budgets: number, remaining: number, worstFactor: number): number =>
  Math.max(0, budgets * worstFactor - Math.max(0, remaining))
