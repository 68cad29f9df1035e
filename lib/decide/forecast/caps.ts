import { capInOwnCurrency } from '../../measure/budget-days.ts'
import { canSpend } from '../../model/membership.ts'
import type { AccountObservation, Observation } from '../../model/observation.ts'
import { mainUnits } from '../../units/money.ts'
import type { GrowthRooms } from '../allocation/problem.ts'
import { baseUnitsOf, rateOf } from '../base-rate.ts'
import type { CapabilitiesOf } from '../capabilities-of.ts'
import { overDelivery } from '../proposed-caps.ts'
import type { ForecastBudget } from './budget.ts'
import type { LongRun } from './long-run-bounds.ts'

/** Day caps as limits on the sum of budgets, and whose they are; an account without a cap is bounded by none. */
export interface DayCaps {
  readonly rooms: GrowthRooms
  /** By room; undefined: the portfolio's. */
  readonly owners: readonly (AccountObservation | undefined)[]
}

/**
 * Budgets may sum up to cap over over-delivery factor, less what stays as it stands (unmanaged budgets of the account
 * too), in main units of budget in the base currency. Undefined where there is no cap. Least budgets overrule caps.
 *
 * @param staying of the portfolio
 */
export function dayCaps(
  observation: Observation,
  capabilitiesOf: CapabilitiesOf,
  levers: readonly LongRun[],
  staying: readonly ForecastBudget[],
): DayCaps | undefined {
  const factorOf = (account: AccountObservation): number => overDelivery(observation, account, capabilitiesOf)
  const asked = (own: readonly LongRun[]): number =>
    own.reduce((sum, { least, position }) => sum + least / position.delivery, 0)
  const moving = new Set(levers.map(({ budget }) => budget.question.budget))
  const capped = observation.accounts.flatMap((account) => {
    const cap = capInOwnCurrency(observation, account)
    if (!cap) return []
    const own = levers.filter(({ budget }) => budget.account === account.account)
    const left = mainUnits(cap) / factorOf(account) - standingBeside(account, moving)
    const unit = baseUnitsOf(rateOf({ observation, account }))
    return [{ owner: account, room: Math.max(left * unit, asked(own)) }]
  })
  const { dayCap } = observation.policy.policy
  const owners = [...capped.map(({ owner }) => owner), ...(dayCap ? [undefined] : [])]
  if (owners.length === 0) return undefined
  const worst = Math.max(1, ...observation.accounts.map(factorOf))
  const stays = staying.reduce((sum, { standing }) => sum + standing, 0)
  const ofAll = dayCap ? [Math.max(mainUnits(dayCap) / worst - stays, asked(levers))] : []
  const outermost = dayCap ? capped.length : -1
  const roomOf = ({ budget }: LongRun): number => {
    const own = capped.findIndex(({ owner }) => owner.account === budget.account)
    return own < 0 ? outermost : own
  }
  const none = staying.map(() => 0)
  return {
    owners,
    rooms: {
      parent: Int32Array.from(owners, (owner) => (owner ? outermost : -1)),
      room: Float64Array.from([...capped.map(({ room }) => room), ...ofAll]),
      of: Int32Array.from([...levers.map(roomOf), ...staying.map(() => -1)]),
      // From nothing: in the long run cuts make room.
      standing: new Float64Array(levers.length + staying.length),
      perUnit: Float64Array.from([...levers.map(({ position }) => 1 / position.delivery), ...none]),
    },
  }
}

/** Budgets of an account that the forecast does not move, main units of its currency. */
const standingBeside = ({ structure }: AccountObservation, moving: ReadonlySet<object>): number =>
  structure.budgets
    .filter((budget) => !moving.has(budget) && canSpend(structure, budget))
    .reduce((sum, { amount }) => sum + mainUnits(amount), 0)
