import type { BudgetEstimate, Estimates } from '../../lib/model/estimates.ts'
import type { Observation } from '../../lib/model/observation.ts'
import { addDays, dayNumber } from '../../lib/units/calendar.ts'
import { mainUnits } from '../../lib/units/money.ts'

const WEEK = [1, 1, 1, 1, 1, 1, 1]
const COMPLETE = [0.6, 0.9, 1]

/** Numbers in [0, 1) that belong to a world, a budget and a day. */
function shareOf(world: number, budget: string, day: number, salt: number): number {
  let mixed = Math.imul(world * 31 + Number(budget) * 131 + day * 7 + salt, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca77)
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 4_294_967_296
}

/**
 * Fitted curves as given: another set for every budget and day, so that there is something to move on every one of them.
 *
 * @param miscounted accounts whose conversions are counted wrongly at the moment, and how
 */
export function beliefsOf(
  world: number,
  miscounted: ReadonlyMap<string, 'outage' | 'double-firing'>,
): (observation: Observation) => Estimates {
  return ({ accounts, today }) => ({
    budgets: accounts.flatMap(({ account, structure }) =>
      structure.budgets.map((budget): BudgetEstimate => {
        const roll = (salt: number): number => shareOf(world, budget.id, dayNumber(today), salt)
        const units = Math.max(1, mainUnits(budget.amount))
        const shape = 200 + 2000 * roll(1)
        return {
          account,
          budget: budget.id,
          curve: {
            referenceSpend: units,
            shapes: [
              {
                halfway: 0.3 + 4 * roll(2),
                weight: 0.7,
                gammaShape: shape,
                gammaRate: shape / (units * (0.02 + 0.3 * roll(3))),
              },
              { weight: 0.3, gammaShape: shape, gammaRate: shape / (units * 0.1) },
            ],
          },
          noise: { overdispersion: 1.1, driftVariance: 0.001, keep: 0.99 },
          incrementality: { mean: 0.85, low: 0.6, high: 1 },
          hasLift: false,
          deliveryRatio: 1,
          delivery: 1,
          maturity: 0.95,
          conversionsSeen: 400,
          valuePerConversion: 10,
          recentSpendPerDay: units,
          deliverablePerDay: units,
          bestRecentDay: units,
          originalShare: 0.2,
        }
      }),
    ),
    spendNoise: 0.1,
    dayOfWeek: WEEK,
    weekdays: new Map(accounts.map(({ account }) => [account, WEEK])),
    completion: new Map(accounts.map(({ account }) => [account, COMPLETE])),
    breaks: accounts.flatMap(({ account }) => {
      const kind = miscounted.get(account)
      return kind ? [{ account, kind, from: addDays(today, -1), ongoing: true, detail: `a simulated ${kind}` }] : []
    }),
  })
}
