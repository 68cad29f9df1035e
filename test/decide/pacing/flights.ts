import { dayPlan } from '../../../lib/decide/pacing/day-plan.ts'
import type { Launch } from '../../../lib/decide/pacing/path.ts'
import { dayWeights } from '../../../lib/decide/pacing/weights.ts'
import { type BudgetedDay, learnDelivery } from '../../../lib/measure/delivery.ts'
import { accountKey, accountRef, type BudgetId, platformId } from '../../../lib/model/account.ts'
import { type AccountDate, accountDate, dates, daysBetween } from '../../../lib/units/calendar.ts'
import { dice } from '../../measure/dice.ts'

export const DAY_OF_WEEK = [1.1, 1.08, 1.05, 1.02, 0.98, 0.87, 0.9]

export interface FlightSpec {
  readonly from: string
  readonly to: string
  /** First day that is under control; what was spent before is at half the required pace. */
  readonly start?: string
  readonly total?: number
  readonly platforms?: number
  /** Sum of the first budgets over what the first day requires. */
  readonly opening?: number
  /** Half the width of a day's uniform delivery error, as a share. */
  readonly noise?: number
  /** Most by which a platform always over- or under-delivers. */
  readonly lean?: number
  readonly launches?: readonly Launch[]
  readonly maxStep?: number
}

export interface FlownDay {
  readonly date: AccountDate
  readonly target: number
  readonly budgets: number
  readonly spent: number
  /** What its noise was thought to be that morning. */
  readonly noise: number
}

/**
 * A flight under control, day by day: platforms that over- and under-deliver at random and make up for half of it on the
 * day after, each with a lean of its own that it must be found out; budgets that move by at most a fifth a day.
 */
export function fly(spec: FlightSpec, seed: number): { readonly days: readonly FlownDay[]; readonly error: number } {
  const { total = 30_000, platforms = 3, opening = 1, noise = 0.2, lean = 0.15, launches = [], maxStep = 0.2 } = spec
  const roll = dice(seed)
  const even = (width: number): number => width * (2 * roll() - 1)
  const [from, to] = [accountDate(spec.from), accountDate(spec.to)]
  const start = accountDate(spec.start ?? spec.from)
  const weights = dayWeights(from, to, { dayOfWeek: DAY_OF_WEEK })
  const all = dates(from, to)
  let spent = (0.5 * total * (all.length - dates(start, to).length)) / all.length
  const accounts = Array.from({ length: platforms }, (_, i) => ({
    account: accountKey(accountRef(`p${i}`, '1')),
    id: '1' as BudgetId,
    platform: platformId(`p${i}`),
    truth: 1 + even(lean),
    budget: (opening * (total - spent)) / dates(start, to).length / platforms,
    error: 0,
  }))
  const history: (Omit<BudgetedDay, 'ageDays'> & { readonly date: AccountDate })[] = []
  const days: FlownDay[] = []
  for (const date of dates(start, to)) {
    const delivery = learnDelivery(
      history.slice(-14 * platforms).map((day) => ({ ...day, ageDays: daysBetween(day.date, date) })),
    )
    const steady = accounts.reduce((sum, one) => sum + one.budget * delivery.of({ ...one, budget: one.id }), 0)
    const { target } = dayPlan({ from, to, total, today: date, spent, weights, launches, steady })
    let today = 0
    for (const one of accounts) {
      const wanted = (one.budget * target) / steady
      one.budget = Math.min(one.budget * (1 + maxStep), Math.max(one.budget * (1 - maxStep), wanted))
      one.error = Math.max(-noise, Math.min(noise, even(noise) - 0.5 * one.error))
      const own = one.budget * one.truth * (1 + one.error)
      history.push({ ...one, date, budget: one.id, budgeted: one.budget, spent: own })
      today += own
    }
    spent += today
    days.push({
      date,
      target,
      budgets: accounts.reduce((sum, one) => sum + one.budget, 0),
      spent: today,
      noise: delivery.noise,
    })
  }
  return { days, error: spent / total - 1 }
}
