import { BINDING_DELIVERY } from '../../measure/delivery.ts'

/** The one lever by which a campaign is steered. */
export type Actuator = 'budget' | 'target'

/** A campaign that its target limited is steered by its budget again once it spends this share of it. */
export const BINDING_AGAIN = 0.95

export interface ActuatorQuestion {
  readonly hasTarget: boolean
  /** Spend over budget on recent full days; undefined where it is not known. */
  readonly deliveryRatio: number | undefined
  /** What steered it at the last decision. */
  readonly previous: Actuator | undefined
}

/**
 * Either the budget or the target of a campaign moves, never both: what limits its spend does. Between the two
 * thresholds it stays with what it was, so that it does not change hands every other day.
 */
export function actuatorOf({ hasTarget, deliveryRatio, previous }: ActuatorQuestion): Actuator {
  if (!hasTarget || deliveryRatio === undefined) return 'budget'
  const threshold = previous === 'target' ? BINDING_AGAIN : BINDING_DELIVERY
  return deliveryRatio < threshold ? 'target' : 'budget'
}
