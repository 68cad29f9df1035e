/** Spend may rise to this multiple of its best recent day without anybody having decided so. */
const HEADROOM = 1.3

export interface HeadroomQuestion {
  /** Daily budget in force, main units. */
  readonly budget: number
  /** Spend of recent complete days, events left out. */
  readonly recentSpends: readonly number[]
  /** Most that a day may cost over its budget, as the platform's rules have it; ≥ 1. */
  readonly overDelivery: number
  /** What a busy day of a budget that binds costs over it, learned or assumed; from 1 to `overDelivery`. */
  readonly busyDay: number
  /** Smallest budget that the platform accepts. */
  readonly minimum: number
}

export interface Headroom {
  /** Most that a day is to cost. */
  readonly spendCeiling: number
  /** Largest budget that keeps a day under it if the platform obeys, on a busy day, and at the worst that it may do. */
  readonly budgetIfObeyed: number
  readonly budgetOnBusyDay: number
  readonly budgetAtWorst: number
  /** Where the budget should go: never above the one in force. The same where nothing is known. */
  readonly budget: number
  readonly why: string
}

/**
 * The budget of a campaign that its target limits, brought down to 1.3 times its best recent day. What lies above is
 * not used, and would be the day that prices fall or the target's statistics break.
 *
 * The budget goes to the busy day's bound: the worst case's would starve a campaign whose platform allows twice the budget
 * but seldom takes it. Neither steers: the budget still does not bind.
 */
export function headroomOf(question: HeadroomQuestion): Headroom {
  const { budget, recentSpends, overDelivery, busyDay, minimum } = question
  const best = Math.max(0, ...recentSpends)
  const spendCeiling = HEADROOM * best
  const known = best > 0
  const budgetOnBusyDay = Math.max(minimum, spendCeiling / Math.max(1, busyDay))
  const wanted = known ? Math.min(budget, budgetOnBusyDay) : budget
  return {
    spendCeiling,
    budgetIfObeyed: Math.max(minimum, spendCeiling),
    budgetOnBusyDay,
    budgetAtWorst: Math.max(minimum, spendCeiling / Math.max(1, overDelivery)),
    budget: wanted,
    why: known
      ? `its best recent day cost ${best.toFixed(2)}; a day is to stay within ${HEADROOM} times that`
      : 'it has not spent anything lately',
  }
}

/** No day is reckoned to be busier than this: the budget is never brought below the best recent day. */
const BUSIEST = HEADROOM
/** … nor every day to be quieter: a few days say little of the busiest. */
const QUIETEST = 1.1

/**
 * What a busy day may cost over a budget that binds, as far as is believed.
 *
 * @param busiest how far the busiest of the last days stood out, ≥ 1
 * @param overDelivery most that a day may cost over its budget, as the platform's rules have it
 */
export const busyDayOf = (busiest: number, overDelivery: number): number =>
  Math.min(Math.max(QUIETEST, Math.min(BUSIEST, busiest)), Math.max(1, overDelivery))
