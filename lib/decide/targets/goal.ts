import { type Doubtful, drawnTowards } from '../../measure/evidence/target-simulations.ts'

/** How many per cent more outcome one per cent more spend brings, with its standard deviation. */
export type Elasticity = Doubtful

/** Elasticities of campaigns before any data: the weights of the response curves' shapes come to about this. */
const USUAL: Elasticity = { mean: 0.6, sd: 0.2 }
/** Outside of these an estimate is an error sooner than a discovery, and a target that follows it starves or floods. */
const LEAST = 0.3
const MOST = 0.95

/**
 * The elasticity drawn towards the usual one by as much as it is uncertain, and clipped.
 *
 * @param elasticity undefined where nothing is known
 * @returns between 0.3 and 0.95
 */
export function trustedElasticity(elasticity: Elasticity | undefined): number {
  if (!isKnown(elasticity)) return USUAL.mean
  const own = USUAL.sd ** 2 / (USUAL.sd ** 2 + elasticity.sd ** 2)
  return Math.min(MOST, Math.max(LEAST, own * elasticity.mean + (1 - own) * USUAL.mean))
}

/**
 * The elasticity as it was learned, drawn towards what a platform says of other targets.
 *
 * @param told undefined where it says nothing: then what was learned stands as it is
 */
export const elasticityWith = (
  learned: Elasticity | undefined,
  told: Elasticity | undefined,
): Elasticity | undefined => (told === undefined ? learned : drawnTowards(isKnown(learned) ? learned : USUAL, told))

/**
 * Per cent more spend where a conversion may cost one per cent more. Along a response of elasticity e the cost of a conversion
 * goes with spend to the power of 1 − e.
 *
 * @param told the same as a platform says it
 */
export function spendByCost(learned: Elasticity | undefined, told: Doubtful | undefined): number {
  const rest = 1 - trustedElasticity(learned)
  const own = { mean: 1 / rest, sd: Math.min(USUAL.sd, isKnown(learned) ? learned.sd : USUAL.sd) / rest ** 2 }
  return told === undefined ? own.mean : drawnTowards(own, told).mean
}

const isKnown = (elasticity: Elasticity | undefined): elasticity is Elasticity =>
  elasticity !== undefined && Number.isFinite(elasticity.mean + elasticity.sd)

/**
 * The average cost per outcome at which a campaign should run where one more unit of outcome may cost `marginalCost`.
 * Targets are averages; what should be equal over campaigns is the cost of the next conversion, which is the average
 * divided by the elasticity.
 */
export const averageCostFor = (marginalCost: number, elasticity: Elasticity | undefined): number =>
  marginalCost * trustedElasticity(elasticity)

export interface GoalShare {
  /** Main units per day of one currency; what the goal's mean is weighed by. */
  readonly spendPerDay: number
  readonly elasticity: Elasticity | undefined
}

/**
 * Average cost per outcome for each campaign, such that the next conversion costs the same in all of them and the mean
 * over all, at their present spend, is the portfolio's goal.
 *
 * With costs e_i · c, Σ spend / Σ (spend / cost) = goal gives c = goal · Σ (spend / e) / Σ spend.
 *
 * @param goal cost per outcome: a target CPA, or 1 / target ROAS
 * @returns in the order of `campaigns`; the goal itself for all where nothing is spent
 */
export function campaignGoals(goal: number, campaigns: readonly GoalShare[]): readonly number[] {
  const elasticities = campaigns.map(({ elasticity }) => trustedElasticity(elasticity))
  const spend = campaigns.reduce((sum, { spendPerDay }) => sum + spendPerDay, 0)
  if (!(spend > 0)) return campaigns.map(() => goal)
  const stretched = campaigns.reduce((sum, { spendPerDay }, i) => sum + spendPerDay / elasticities[i]!, 0)
  return elasticities.map((elasticity) => (elasticity * goal * stretched) / spend)
}

/** A portfolio may make up for so much of a miss at once. */
const MOST_CATCH_UP = 0.1

export interface FlightSoFar {
  /** Cost per outcome that the flight as a whole is to come to: a target CPA, or 1 / target ROAS. */
  readonly goal: number
  /** Of the flight's days so far, main units. */
  readonly spent: number
  /** What that spend brings, conversions still to come included. */
  readonly outcome: number
  /** Spend that is planned for the rest of the flight. */
  readonly ahead: number
}

/**
 * Cost per outcome at which the rest of a flight has to run for the whole to come to its goal, within a tenth of it: what
 * platforms missed while their bias was being learned is made up for, and never in a rush.
 */
export function goalForRest({ goal, spent, outcome, ahead }: FlightSoFar): number {
  const missing = (spent + ahead) / goal - outcome
  if (!(ahead > 0)) return goal
  const needed = missing > 0 ? ahead / missing : Number.POSITIVE_INFINITY
  return Math.min(goal * (1 + MOST_CATCH_UP), Math.max(goal / (1 + MOST_CATCH_UP), needed))
}
