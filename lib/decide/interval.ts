import { compare, larger, type Money, smaller } from '../units/money.ts'

/**
 * One guardrail's say on one budget: the value must lie between these, both included. Guardrails combine by
 * intersection, so that their order cannot matter and adding one can only narrow.
 */
export interface Limit {
  readonly name: string
  /** In words, for the person who asks why. */
  readonly detail: string
  readonly atLeast?: Money
  readonly atMost?: Money
}

export type Bounded =
  | { readonly kind: 'within'; readonly to: Money; readonly binding: readonly Limit[] }
  | { readonly kind: 'impossible'; readonly between: readonly [Limit, Limit] }

export interface Interval {
  readonly atLeast: Money
  readonly atMost: Money
}

/**
 * The intersection of all limits.
 *
 * @throws CurrencyMismatch when limits are in different currencies
 * @throws RangeError without a limit on either side
 */
export function intersect(limits: readonly Limit[]): {
  floor: Limit & { atLeast: Money }
  ceiling: Limit & { atMost: Money }
} {
  const floors = limits.filter((l): l is Limit & { atLeast: Money } => l.atLeast !== undefined)
  const ceilings = limits.filter((l): l is Limit & { atMost: Money } => l.atMost !== undefined)
  const [firstFloor, ...otherFloors] = floors
  const [firstCeiling, ...otherCeilings] = ceilings
  if (!firstFloor || !firstCeiling) throw new RangeError('a budget needs at least one lower and one upper limit')
  const floor = otherFloors.reduce((a, b) => (larger(a.atLeast, b.atLeast) === a.atLeast ? a : b), firstFloor)
  const ceiling = otherCeilings.reduce((a, b) => (smaller(a.atMost, b.atMost) === a.atMost ? a : b), firstCeiling)
  return { floor, ceiling }
}

/** The wish moved into the intersection by as little as possible, or the two limits that contradict each other. */
export function bounded(limits: readonly Limit[], wanted: Money): Bounded {
  const { floor, ceiling } = intersect(limits)
  if (compare(floor.atLeast, ceiling.atMost) > 0) return { kind: 'impossible', between: [floor, ceiling] }
  if (compare(wanted, floor.atLeast) < 0)
    return {
      kind: 'within',
      to: floor.atLeast,
      binding: limits.filter((l) => l.atLeast?.micros === floor.atLeast.micros),
    }
  if (compare(wanted, ceiling.atMost) > 0)
    return {
      kind: 'within',
      to: ceiling.atMost,
      binding: limits.filter((l) => l.atMost?.micros === ceiling.atMost.micros),
    }
  return { kind: 'within', to: wanted, binding: [] }
}
