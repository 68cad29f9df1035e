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

/** Limits that the policy sets on budgets one by one. */
const OF_THE_POLICY: ReadonlySet<string> = new Set(['minimum', 'maximum', 'bounds'])

/**
 * The same limits, where those of the policy ask for no more than can be reached: what stands further outside one of them
 * than a decision may move it goes towards it as far as it may, day by day, and is not left where it is.
 */
export function eased(limits: readonly Limit[], { atLeast, atMost }: Interval): readonly Limit[] {
  const ease = (limit: Limit): Limit => {
    if (!OF_THE_POLICY.has(limit.name)) return limit
    const isTooHigh = limit.atLeast !== undefined && compare(limit.atLeast, atMost) > 0
    const isTooLow = limit.atMost !== undefined && compare(limit.atMost, atLeast) < 0
    if (!isTooHigh && !isTooLow) return limit
    return {
      name: limit.name,
      detail: `${limit.detail}: it is on its way there, as far as one decision may move it`,
      ...(limit.atLeast ? { atLeast: isTooHigh ? atMost : limit.atLeast } : {}),
      ...(limit.atMost ? { atMost: isTooLow ? atLeast : limit.atMost } : {}),
    }
  }
  const after = limits.map(ease)
  // First those that it moves for.
  return [...after.filter((one, i) => one !== limits[i]), ...after.filter((one, i) => one === limits[i])]
}

/** A limit from below. */
export type Floor = Limit & { readonly atLeast: Money }

/** Limits with a floor under all of them: towards what asks for less than that it goes no further today. */
export function above(floor: Floor | undefined, limits: readonly Limit[]): readonly Limit[] {
  if (!floor) return limits
  const raised = limits.map((limit) =>
    limit.atMost && compare(limit.atMost, floor.atLeast) < 0
      ? { ...limit, detail: `${limit.detail}: as far as the platform takes it today`, atMost: floor.atLeast }
      : limit,
  )
  return [...raised, floor]
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
