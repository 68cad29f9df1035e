import { budgetMembership } from '../model/membership.ts'
import { addDays } from '../units/calendar.ts'
import { mainUnits } from '../units/money.ts'
import { allocateSpend } from './allocation/solve.ts'
import { OF_ONE_DECISION } from './guardrails.ts'
import { claimedAt, type Position } from './position.ts'

/** How far ahead a budget is looked at, over where it stands: ten steps of a fifth. */
const FAR = 6
/**
 * Days of what is reached that its way there may cost. Few: what far spends bring is guessed, and where it is guessed wrong
 * each day of the way is given up.
 */
const WORTH_DAYS = 5
/** What leaves the portfolio sooner than this is led nowhere. */
const STAYS_DAYS = 30
/** Points of a far curve, evenly over the logarithm of spend. */
const POINTS = 25
/** A price needs no better. */
const ROUGHLY = { gap: 1e-3, nodes: 10 }
/** A budget that may rise by less than this today is taken to stay where it is. */
const LEAST_RISE = 1.01

/** What one budget could come to in many steps. Main units of the base currency per day. */
interface FarCurve {
  readonly spend: readonly number[]
  readonly objective: readonly number[]
}

/**
 * What one unit more of a budget today is worth for where it leads. A step is judged by what it brings at once, and an
 * S-shaped response brings less than its proportion until there is enough of it: seen one step at a time it is cut, though
 * at several times its budget it would be the best that there is.
 *
 * Per budget: what the best of the spends that it can come to would bring beyond where it is put today, net of what the
 * money brings elsewhere in the long run, for five days, shared out over the steps to get there. 0 where nothing further
 * up than a step is better, as with any concave curve that has found its place, and where it leaves the portfolio before.
 *
 * @param today by position: where it is put today by what a step brings at once, base currency
 * @param leastPrice what money is worth when it is not spent, of the objective per main unit
 * @returns by position: of the objective per main unit of spend, ≥ 0
 */
export function farWorth(positions: readonly Position[], today: Float64Array, leastPrice: number): Float64Array {
  const curves = positions.map(farCurve)
  const price = Math.max(
    leastPrice,
    longRunPrice(
      curves,
      today.subarray(0, positions.length).reduce((a, b) => a + b, 0),
    ),
  )
  return Float64Array.from(positions, (one, i) =>
    price > 0 && isStaying(one) ? worthAhead(one, curves[i]!, today[i]!, price) : 0,
  )
}

function worthAhead(position: Position, { spend, objective }: FarCurve, today: number, price: number): number {
  const { standing, atMost, worth } = position
  if (atMost < LEAST_RISE * standing) return 0
  const net = objective.map((outcome, k) =>
    spend[k]! > atMost ? outcome - price * spend[k]! : Number.NEGATIVE_INFINITY,
  )
  const best = net.indexOf(Math.max(...net))
  const gain = net[best]! - (worth.objective * claimedAt(position, today) - price * today)
  if (!(gain > 0)) return 0
  const steps = Math.log(spend[best]! / standing) / Math.log(atMost / standing)
  return (gain * WORTH_DAYS) / steps / (atMost - standing)
}

function isStaying({ movable: { observation, account, budget } }: Position): boolean {
  const { policy } = observation.policy
  return budgetMembership(policy, account.structure, budget, addDays(account.today, STAYS_DAYS)) !== undefined
}

function farCurve(position: Position): FarCurve {
  const { standing, ceiling, worth } = position
  const most = Math.max(standing, Math.min(ceiling, standing * FAR, lastingMost(position)))
  const least = Math.max(standing / FAR, Number.MIN_VALUE)
  const spend = Array.from({ length: POINTS }, (_, k) => least * (most / least) ** (k / (POINTS - 1)))
  return { spend, objective: spend.map((at) => worth.objective * claimedAt(position, at)) }
}

/** The least of its upper bounds that a later day does not lift. */
function lastingMost({ limits, baseUnits, delivery, atMost, standing }: Position): number {
  if (atMost < LEAST_RISE * standing) return standing
  const lasting = limits.flatMap(({ name, atMost: most }) =>
    most && !OF_ONE_DECISION.has(name) ? [mainUnits(most)] : [],
  )
  return Math.min(...lasting) * baseUnits * delivery
}

/** What the last money brings once budgets have been moved as far as they can be seen, the policy's groups left aside. */
function longRunPrice(curves: readonly FarCurve[], total: number): number {
  const offset = new Int32Array(curves.length + 1)
  for (const [i, { spend }] of curves.entries()) offset[i + 1] = offset[i]! + spend.length
  const found = allocateSpend(
    {
      curves: {
        offset,
        spend: Float64Array.from(curves.flatMap(({ spend }) => spend)),
        objective: Float64Array.from(curves.flatMap(({ objective }) => objective)),
      },
      groups: {
        parent: Int32Array.of(-1),
        minimum: Float64Array.of(Number.NEGATIVE_INFINITY),
        maximum: Float64Array.of(total),
        of: new Int32Array(curves.length),
      },
      spendAll: true,
    },
    ROUGHLY,
  )
  return found.kind === 'allocated' ? found.price : 0
}
