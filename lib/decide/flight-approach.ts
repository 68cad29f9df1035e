import type { Observation } from '../model/observation.ts'
import type { Policy } from '../model/policy.ts'
import { isOnAverage } from './flight-ceilings.ts'
import { type ForecastBudget, isMovable } from './forecast/budget.ts'
import { type LongRun, longRunOf } from './forecast/long-run-bounds.ts'
import { fixtureOf } from './forecast/steady-split.ts'
import { portfolioGroups } from './portfolio-groups.ts'
import { portfolioProblem } from './portfolio-problem.ts'
import { solved } from './split-day.ts'

/**
 * What the portfolio comes to each day as budgets go by the policy's steps to where they are worth most. Under a marginal
 * ceiling each goes there by itself; a ceiling on average is approached by all together, as the day's rule has it.
 */
export function approached(
  observation: Observation,
  budgets: readonly ForecastBudget[],
  towards: readonly number[],
  plenty: number,
  days: number,
): readonly number[] {
  const { policy } = observation.policy
  const isTogether = isOnAverage(policy)
  const longRuns = budgets.filter(isMovable).map((one) => longRunOf(one, plenty))
  let levels: readonly number[] = budgets.map((one) => one.standing)
  return Array.from({ length: days }, (_, day) => {
    const rolled =
      isTogether && day < ROLLED_DAYS ? dayAfter(observation, longRuns, budgets, levels, plenty) : undefined
    levels = rolled ?? levels.map((level, i) => within(stepsOf(policy, budgets[i]!, level), towards[i]!))
    return sum(levels)
  })
}

/** By then budgets are so near that it makes no difference how they go on. */
const ROLLED_DAYS = 21

/** Where the day's rule takes budgets with plenty of money; undefined: nowhere. Movable ones come first. */
function dayAfter(
  observation: Observation,
  longRuns: readonly LongRun[],
  budgets: readonly ForecastBudget[],
  levels: readonly number[],
  plenty: number,
): readonly number[] | undefined {
  const { policy } = observation.policy
  const positions = longRuns.map(({ budget, position, least, most }, i) => {
    const steps = stepsOf(policy, budget, levels[i]!)
    return { ...position, standing: levels[i]!, atLeast: within(steps, least), atMost: within(steps, most) }
  })
  const fixtures = budgets.slice(longRuns.length).map(fixtureOf)
  const levers = [
    ...positions.map(({ movable, atLeast, atMost }) => ({ question: movable, least: atLeast, most: atMost })),
    ...fixtures.map(({ question, spend }) => ({ question, least: spend, most: spend })),
  ]
  const groups = portfolioGroups(observation, levers, plenty, [])
  const rooms = { rooms: [], of: positions.map(() => -1) }
  const { found } = solved(portfolioProblem(policy.goal, positions, fixtures, groups, rooms))
  return found.kind === 'allocated' ? [...found.spend] : undefined
}

interface Steps {
  readonly least: number
  readonly most: number
}

function stepsOf({ guardrails }: Policy, budget: ForecastBudget, level: number): Steps {
  if (!isMovable(budget)) return { least: level, most: level }
  const { learningSafeStep } = budget.question.capabilities
  return {
    least: level * (1 - Math.min(guardrails.maxStepDown, learningSafeStep)),
    most: level * (1 + Math.min(guardrails.maxStepUp, learningSafeStep)),
  }
}

const within = ({ least, most }: Steps, wanted: number): number => Math.min(most, Math.max(least, wanted))

const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0)
