/** The problems of test/fixtures/allocation, each with a way to solve it here and its certified optimum. */
import { readFileSync } from 'node:fs'
import { allocateLevers } from '../../../lib/decide/allocation/allocate-levers.ts'
import type { Allocation } from '../../../lib/decide/allocation/problem.ts'
import type { Lever, Question } from '../../../lib/decide/allocation/question.ts'
import { allocateSpend } from '../../../lib/decide/allocation/solve.ts'
import { pchip } from './pchip.ts'

export interface Reference {
  readonly file: string
  readonly name: string
  /** Certified, in the objective's unit. */
  readonly optimum: number
  /** Share of the optimum that an answer may miss. */
  readonly tolerance: number
  readonly levers: number
  readonly peer?: { readonly solver: string; readonly objective: number; readonly seconds: number }
  solve(): Answer
}

export interface Answer {
  /** What the true curves bring at the spend found. */
  readonly objective: number
  /** Largest excess over any limit, as a share of the total (of the spend where there is none). */
  readonly violation: number
  /** Share of the total, where all of it is to be spent. */
  readonly unspent: number
  readonly certificate: number
}

const read = <T>(file: string): readonly T[] =>
  JSON.parse(readFileSync(new URL(`../../fixtures/allocation/${file}`, import.meta.url), 'utf8')) as T[]

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

interface Hill {
  readonly coef: number
  readonly alpha: number
  readonly inflexion: number
  readonly carry: number
  readonly lower: number
  readonly upper: number
}

const hill =
  ({ coef, alpha, inflexion, carry }: Hill) =>
  (x: number): number =>
    coef / (1 + (inflexion / (x + carry)) ** alpha)

/** Levers without groups under a total, or a floor on return; what comes back is checked against the curves themselves. */
function solveLevers(question: Question): Answer {
  const found = allocateLevers(question)
  if (found.kind === 'infeasible') throw new Error(`infeasible: ${JSON.stringify(found.conflict)}`)
  const { levers, total, spendAll = false, averages = [] } = question
  const spent = sum(found.spend)
  const objective = sum(levers.map((lever, i) => lever.objective(found.spend[i]!)))
  const scale = Number.isFinite(total) ? total : spent
  const bounds = levers.map(({ atLeast, atMost }, i) => Math.max(atLeast - found.spend[i]!, found.spend[i]! - atMost))
  const excess = [spent - total, ...bounds, ...averages.map((a) => spent - a.spendPerOutcome * objective)]
  return {
    objective,
    violation: Math.max(0, ...excess) / scale,
    unspent: spendAll ? Math.max(0, total - spent) / total : 0,
    certificate: found.certificate,
  }
}

type RobynPeer = Readonly<Record<'objective' | 'seconds', number>>

interface RobynProblem {
  readonly name: string
  readonly channels: readonly Hill[]
  readonly total_budget: number
  readonly optimum: { readonly objective: number }
  readonly peer?: Readonly<Record<string, RobynPeer>>
}

const leverOf = (channel: Hill): Lever => ({
  objective: hill(channel),
  atLeast: channel.lower,
  atMost: channel.upper,
})

/** The better of the solvers that Robyn offers. */
function bestPeer(peers: Readonly<Record<string, RobynPeer>> = {}): Pick<Reference, 'peer'> {
  const all = Object.entries(peers).map(([solver, peer]) => ({ solver, ...peer }))
  const best = all.sort((a, b) => b.objective - a.objective)[0]
  return best ? { peer: { solver: best.solver, objective: best.objective, seconds: best.seconds } } : {}
}

const robyn = (): readonly Reference[] =>
  read<RobynProblem>('robyn_allocator.json').map((problem) => ({
    file: 'robyn_allocator',
    name: problem.name,
    optimum: problem.optimum.objective,
    tolerance: 1e-6,
    levers: problem.channels.length,
    ...bestPeer(problem.peer),
    solve: () => solveLevers({ levers: problem.channels.map(leverOf), total: problem.total_budget, spendAll: true }),
  }))

interface TargetProblem {
  readonly fit: number
  readonly mult: number
  readonly target_roas: number
  readonly channels: readonly Hill[]
  readonly optimum: { readonly response: number }
  readonly peer: { readonly response: number; readonly seconds: number }
}

const targetRoas = (): readonly Reference[] =>
  read<TargetProblem>('robyn_target_roas.json').map((problem) => ({
    file: 'robyn_target_roas',
    name: `fit ${problem.fit}, target × ${problem.mult}`,
    optimum: problem.optimum.response,
    tolerance: 1e-4,
    levers: problem.channels.length,
    peer: { solver: 'NLOPT_LD_SLSQP', objective: problem.peer.response, seconds: problem.peer.seconds },
    solve: () =>
      solveLevers({
        levers: problem.channels.map(leverOf),
        total: Number.POSITIVE_INFINITY,
        averages: [{ name: 'return', spendPerOutcome: 1 / problem.target_roas }],
      }),
  }))

interface PymcProblem {
  readonly name: string
  readonly num_periods: number
  readonly L: number
  readonly x_scale: readonly number[]
  readonly y_scale: number
  readonly lower: readonly number[]
  readonly upper: readonly number[]
  readonly total_budget_per_period: number
  readonly draws: Readonly<Record<'alpha' | 'lam' | 'beta', readonly (readonly number[])[]>>
  readonly optimum: { readonly objective: number }
  readonly peer?: { readonly objective: number; readonly seconds: number }
}

/** Mean over draws of what one channel brings when it spends the same in each period, carry-over after them included. */
function pymcCurve(problem: PymcProblem, channel: number): (x: number) => number {
  const { num_periods: periods, L, x_scale, y_scale, draws } = problem
  const terms = draws.alpha.map((alphas, d) => {
    const decay = Array.from({ length: L }, (_, k) => alphas[channel]! ** k)
    const norm = sum(decay)
    const reached = Array.from({ length: periods + L - 1 }, (_, t) =>
      sum(decay.filter((_, k) => t - k >= 0 && t - k < periods)),
    )
    const steepness = draws.lam[d]![channel]! / x_scale[channel]! / norm
    return { weight: draws.beta[d]![channel]!, rates: reached.map((r) => r * steepness) }
  })
  return (x) => {
    let total = 0
    for (const { weight, rates } of terms) for (const rate of rates) total += weight * Math.tanh((rate * x) / 2)
    return (total * y_scale) / terms.length
  }
}

const pymc = (): readonly Reference[] =>
  read<PymcProblem>('pymc_allocator.json').map((problem) => ({
    file: 'pymc_allocator',
    name: problem.name,
    optimum: problem.optimum.objective,
    tolerance: 1e-6,
    levers: problem.lower.length,
    ...(problem.peer ? { peer: { ...problem.peer, solver: 'scipy SLSQP' } } : {}),
    solve: () =>
      solveLevers({
        levers: problem.lower.map((atLeast, c) => ({
          objective: pymcCurve(problem, c),
          ...{ atLeast, atMost: problem.upper[c]! },
        })),
        total: problem.total_budget_per_period,
        spendAll: true,
      }),
  }))

type MeridianChannel =
  | { readonly mult_grid: readonly number[]; readonly response: readonly number[]; readonly total_hist_spend: number }
  | { readonly top: number; readonly ec: number; readonly slope: number; readonly hist: number }

interface MeridianProblem {
  readonly name: string
  readonly channels: readonly MeridianChannel[]
  readonly lower: readonly number[]
  readonly upper: readonly number[]
  readonly total_budget: number
  readonly optimum: { readonly objective: number }
  readonly peer: { readonly objective: number; readonly seconds_grid: number; readonly seconds_search: number }
}

function meridianCurve(channel: MeridianChannel): (x: number) => number {
  if ('top' in channel) {
    const { top, ec, slope, hist } = channel
    return (x) => (top * (x / hist) ** slope) / ((x / hist) ** slope + ec ** slope)
  }
  const curve = pchip(channel.mult_grid, channel.response)
  return (x) => curve(x / channel.total_hist_spend)
}

const meridian = (): readonly Reference[] =>
  read<MeridianProblem>('meridian_allocator.json').map((problem) => ({
    file: 'meridian_allocator',
    name: problem.name,
    optimum: problem.optimum.objective,
    tolerance: 1e-6,
    levers: problem.channels.length,
    peer: {
      solver: 'grid search',
      objective: problem.peer.objective,
      seconds: (problem.peer.seconds_grid ?? 0) + (problem.peer.seconds_search ?? 0),
    },
    solve: () =>
      solveLevers({
        levers: problem.channels.map((channel, c) => ({
          objective: meridianCurve(channel),
          ...{ atLeast: problem.lower[c]!, atMost: problem.upper[c]! },
        })),
        total: problem.total_budget,
      }),
  }))

interface GroupedProblem {
  readonly name: string
  readonly group: readonly number[]
  readonly X: readonly (readonly number[])[]
  readonly Y: readonly (readonly number[])[]
  readonly total_budget: number
  readonly group_min: readonly number[]
  readonly group_max: readonly number[]
  readonly target_cpa: number | null
  readonly optimum: { readonly objective: number; readonly seconds: number }
}

function solveGrouped(problem: GroupedProblem): Answer {
  const { X, Y, group, group_min, group_max, total_budget: total, target_cpa: cpa } = problem
  const found = allocateSpend({
    curves: {
      offset: Int32Array.from([0, ...X.keys()], (_, i) => sum(X.slice(0, i).map((x) => x.length))),
      spend: Float64Array.from(X.flat()),
      objective: Float64Array.from(Y.flat()),
    },
    groups: {
      parent: Int32Array.from([-1, ...group_min.map(() => 0)]),
      minimum: Float64Array.from([Number.NEGATIVE_INFINITY, ...group_min]),
      maximum: Float64Array.from([total, ...group_max]),
      of: Int32Array.from(group, (g) => g + 1),
    },
    spendAll: false,
    averages: cpa === null ? [] : [{ group: 0, spendPerOutcome: cpa }],
  })
  return answerOf(problem, found)
}

function answerOf(
  { X, Y, group, group_min, group_max, total_budget, target_cpa }: GroupedProblem,
  found: Allocation,
): Answer {
  if (found.kind === 'infeasible') throw new Error(`infeasible: ${JSON.stringify(found.conflict)}`)
  const spend = [...found.spend]
  const objective = sum(spend.map((x, i) => between(X[i]!, Y[i]!, x)))
  const ofGroup = group_min.map((_, g) => sum(spend.filter((_, i) => group[i] === g)))
  const excess = [
    sum(spend) - total_budget,
    target_cpa === null ? 0 : sum(spend) - target_cpa * objective,
    ...ofGroup.map((x, g) => Math.max(group_min[g]! - x, x - group_max[g]!)),
    ...spend.map((x, i) => Math.max(X[i]![0]! - x, x - X[i]!.at(-1)!)),
  ]
  return { objective, violation: Math.max(0, ...excess) / total_budget, unspent: 0, certificate: found.certificate }
}

function between(X: readonly number[], Y: readonly number[], x: number): number {
  const k = Math.max(
    1,
    X.findIndex((at) => at >= x),
  )
  return Y[k - 1]! + ((x - X[k - 1]!) / (X[k]! - X[k - 1]!)) * (Y[k]! - Y[k - 1]!)
}

const grouped = (): readonly Reference[] =>
  read<GroupedProblem>('grouped_pwl.json').map((problem) => ({
    file: 'grouped_pwl',
    name: problem.name,
    optimum: problem.optimum.objective,
    tolerance: 1e-6,
    levers: problem.X.length,
    peer: { solver: 'HiGHS', objective: problem.optimum.objective, seconds: problem.optimum.seconds },
    solve: () => solveGrouped(problem),
  }))

export const references = (): readonly Reference[] => [
  ...robyn(),
  ...targetRoas(),
  ...pymc(),
  ...meridian(),
  ...grouped(),
]
