import type { Goal } from '../model/policy.ts'
import { mainUnits } from '../units/money.ts'
import type { AverageCeiling, Curves, GrowthRooms, MarginalFloor, Problem } from './allocation/problem.ts'
import type { GroupTerms, PortfolioGroups } from './portfolio-groups.ts'
import { claimedAt, type Fixture, type Position } from './position.ts'

/** Points that a curve is tabulated at between a budget's bounds: finer than any platform's smallest step matters. */
const POINTS = 33

/** Rooms for growth: of each account, and of the portfolio around them. */
export interface Rooms {
  /** Main units of budget in the base currency; the portfolio's last. */
  readonly rooms: readonly number[]
  /** By position: its account's. */
  readonly of: readonly number[]
}

/**
 * The day's problem: positions come first, then the budgets that stay as they are.
 *
 * @param bonus what is counted as if it were to be had, beyond what is expected: of the objective, at a spend of a position
 */
export function portfolioProblem(
  goal: Goal,
  positions: readonly Position[],
  fixtures: readonly Fixture[],
  { terms, of }: PortfolioGroups,
  { rooms, of: roomOf }: Rooms,
  bonus?: (index: number, spend: number) => number,
): Problem {
  const marginals = marginalFloors(goal, terms)
  const averages = averageCeilings(goal, terms)
  const stay = fixtures.map(() => 0)
  return {
    curves: curvesOf(
      positions,
      fixtures,
      bonus,
      goal.kind === 'profit' || (bonus !== undefined && averages.length > 0),
    ),
    groups: {
      parent: Int32Array.from(terms, ({ parent }) => parent),
      minimum: Float64Array.from(terms, ({ atLeast }) => atLeast),
      maximum: Float64Array.from(terms, ({ atMost }) => atMost),
      of: Int32Array.from(of),
    },
    spendAll: !marginals.some(({ group }) => group === 0),
    growth: {
      parent: Int32Array.from(rooms, (_, i) => (i === rooms.length - 1 ? -1 : rooms.length - 1)),
      room: Float64Array.from(rooms),
      of: Int32Array.from([...roomOf, ...fixtures.map(() => -1)]),
      standing: Float64Array.from([...positions.map(({ standing }) => standing), ...stay]),
      perUnit: Float64Array.from([...positions.map(({ delivery }) => 1 / delivery), ...stay]),
    } satisfies GrowthRooms,
    averages,
    marginals,
  }
}

/** @param apart whether what ceilings count is another quantity than the objective */
function curvesOf(
  positions: readonly Position[],
  fixtures: readonly Fixture[],
  bonus: ((index: number, spend: number) => number) | undefined,
  apart: boolean,
): Curves {
  const offset = new Int32Array(positions.length + fixtures.length + 1)
  const spend: number[] = []
  const objective: number[] = []
  const outcome: number[] = []
  for (const [i, position] of positions.entries()) {
    const { atLeast, atMost, worth } = position
    const points = atMost > atLeast * (1 + 1e-9) ? POINTS : 1
    for (let k = 0; k < points; k++) {
      const at = points === 1 ? atLeast : atLeast + ((atMost - atLeast) * k) / (points - 1)
      const claimed = claimedAt(position, at)
      spend.push(at)
      objective.push(worth.objective * claimed + (bonus?.(i, at) ?? 0))
      outcome.push(worth.outcome * claimed)
    }
    offset[i + 1] = spend.length
  }
  for (const [i, fixture] of fixtures.entries()) {
    spend.push(fixture.spend)
    objective.push(fixture.objective)
    outcome.push(fixture.outcome)
    offset[positions.length + i + 1] = spend.length
  }
  return {
    offset,
    spend: Float64Array.from(spend),
    objective: Float64Array.from(objective),
    ...(apart ? { outcome: Float64Array.from(outcome) } : {}),
  }
}

/** What a goal or a group may ask of what money brings. */
export type Ceilings = Pick<
  NonNullable<GroupTerms['group']>,
  'targetCpa' | 'targetRoas' | 'marginalCpa' | 'marginalRoas'
>

const ceilingsOf = (goal: Goal, { group, parent }: GroupTerms): Ceilings =>
  parent < 0 ? (goal as Ceilings) : (group ?? {})

/** Spend per outcome on average: a target CPA, or one over a target ROAS. */
export function averageCeilings(goal: Goal, terms: readonly GroupTerms[]): readonly AverageCeiling[] {
  return terms.flatMap((one, group) => {
    const { targetCpa, targetRoas } = ceilingsOf(goal, one)
    return [
      ...(targetCpa ? [{ group, spendPerOutcome: mainUnits(targetCpa) }] : []),
      ...(targetRoas ? [{ group, spendPerOutcome: 1 / targetRoas }] : []),
    ]
  })
}

/** What the next unit of money must bring. Profit: itself. */
function marginalFloors(goal: Goal, terms: readonly GroupTerms[]): readonly MarginalFloor[] {
  return terms.flatMap((one, group): readonly MarginalFloor[] => {
    const { marginalCpa, marginalRoas } = ceilingsOf(goal, one)
    return [
      ...(group === 0 && goal.kind === 'profit' ? [{ group, returnPerSpend: 1, of: 'objective' } as const] : []),
      ...(marginalCpa ? [{ group, returnPerSpend: 1 / mainUnits(marginalCpa), of: 'outcome' } as const] : []),
      ...(marginalRoas ? [{ group, returnPerSpend: marginalRoas, of: 'outcome' } as const] : []),
    ]
  })
}
