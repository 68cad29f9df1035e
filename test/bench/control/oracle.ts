/**
 * The clairvoyant: knows every true curve, season, drift and promotion of the months to come, sets any budget on any day,
 * meets no learning phase, no delivery noise and no target, and has the same money each month. Its outcome is the
 * Lagrangian bound of the month's problem, which no controller can exceed.
 */
import { response, type TrueCampaign, type Truth } from './truth.ts'
import { groupOutcome } from './world.ts'

/** Points of a tabulated curve, evenly over the logarithm of spend. */
const POINTS = 400
const HALVINGS = 60
/** Rounds in which the common customers of groups are priced. */
const ROUNDS = 12

/** Upper concave hull of a curve at a level of 1: its corners, and the slope into each. */
interface Hull {
  readonly spend: Float64Array
  readonly outcome: Float64Array
  readonly slope: Float64Array
}

export interface OraclePlan {
  /** Most that the control months can bring: expected caused conversions, or value. */
  readonly outcome: number
  readonly byMonth: readonly number[]
  /** Upper bound by day of control, as the bound's own plan spreads it. */
  readonly byDay: Float64Array
}

export function oracle(truth: Truth): OraclePlan {
  const { family } = truth
  const hulls = truth.campaigns.map((one) =>
    hullOf(one, Math.min(one.capacity, (3 * truth.monthBudget) / family.monthDays)),
  )
  const byDay = new Float64Array(family.controlDays)
  const byMonth: number[] = []
  for (let from = 0; from < family.controlDays; from += family.monthDays) {
    const until = Math.min(family.controlDays, from + family.monthDays)
    byMonth.push(solveMonth(truth, hulls, family.warmUpDays + from, family.warmUpDays + until, byDay))
  }
  return { outcome: byMonth.reduce((a, b) => a + b, 0), byMonth, byDay }
}

/** With groups: the bound of the concave outcome by its tangent, tightened where the tangent touches. */
function solveMonth(truth: Truth, hulls: readonly Hull[], from: number, until: number, byDay: Float64Array): number {
  const { campaigns, family } = truth
  const rate = family.faults.cannibalisation
  const days = until - from
  const worth = campaigns.map((one) =>
    Float64Array.from(
      { length: days },
      (_, d) =>
        (one.since <= from + d ? truth.level[one.index]![from + d]! : 0) *
        (family.goal === 'value' ? one.orderValue : 1),
    ),
  )
  const money = {
    budget: (truth.monthBudget * days) / family.monthDays,
    ceiling: truth.cpaCeiling ?? Number.POSITIVE_INFINITY,
  }
  if (rate === 0)
    return lagrangian(worth, hulls, money, (d, outcome) => {
      byDay[from - family.warmUpDays + d]! += outcome
    }).bound
  const scale = new Float64Array(campaigns.length)
  for (const one of campaigns) scale[one.group]! += response(one, one.initialBudget)
  const alone = campaigns.map(() => new Float64Array(days))
  let best = Number.POSITIVE_INFINITY
  let price = campaigns.map(() => new Float64Array(days).fill(1))
  for (let round = 0; round < ROUNDS; round++) {
    const priced = worth.map((row, i) => row.map((value, d) => value * price[campaigns[i]!.group]![d]!))
    const solved = lagrangian(priced, hulls, money, () => {})
    // Sum over groups of G(S̄) − G′(S̄)·S̄, where S̄ are the points that the prices belong to.
    let offset = 0
    if (round > 0)
      for (const [g, row] of alone.entries())
        for (const [d, s] of row.entries()) offset += groupOutcome(s, scale[g] || 1, rate) - price[g]![d]! * s
    if (round > 0) best = Math.min(best, solved.bound + offset)
    for (const [g, row] of alone.entries())
      for (let d = 0; d < days; d++) {
        let sum = 0
        for (const one of campaigns) if (one.group === g) sum += worth[one.index]![d]! * solved.at(one.index, d)
        row[d] = round === 0 ? sum : (row[d]! + sum) / 2
      }
    price = alone.map((row, g) => row.map((s) => 1 / (1 + (rate * s) / (scale[g] || 1))))
  }
  for (let d = 0; d < days; d++) byDay[from - family.warmUpDays + d] = best / days
  return best
}

interface Solved {
  readonly bound: number
  /** Outcome at a level of 1 of a campaign on a day. */
  at(campaign: number, day: number): number
}

/** What a month may spend, and at what average cost per conversion (value is not asked for it); Infinity without a ceiling. */
interface Money {
  readonly budget: number
  readonly ceiling: number
}

/**
 * The dual bound at the smallest price λ whose best answer is within budget and ceiling, by bisection of log λ: with a
 * budget λ·B + Σ max(worth·f(x) − λ·x), with a ceiling τ Σ max(worth·f(x) − λ·x) ÷ (1 − λ·τ). Each holds for any λ.
 */
function lagrangian(
  worth: readonly Float64Array[],
  hulls: readonly Hull[],
  { budget, ceiling }: Money,
  tell: (day: number, outcome: number) => void,
): Solved {
  const at = (lambda: number): { spend: number; outcome: number } => {
    const sum = { spend: 0, outcome: 0 }
    for (const [i, row] of worth.entries())
      for (const value of row) {
        if (value <= 0) continue
        const k = corner(hulls[i]!, lambda / value)
        sum.spend += hulls[i]!.spend[k]!
        sum.outcome += value * hulls[i]!.outcome[k]!
      }
    return sum
  }
  let [low, high] = [1e-9, 1e6]
  for (let k = 0; k < HALVINGS; k++) {
    const middle = Math.sqrt(low * high)
    const { spend, outcome } = at(middle)
    if (spend > budget || spend > ceiling * outcome) low = middle
    else high = middle
  }
  const best = at(high)
  const free = best.outcome - high * best.spend
  const byCeiling = high * ceiling < 1 ? free / (1 - high * ceiling) : Number.POSITIVE_INFINITY
  const cornerOf = (i: number, d: number): number => corner(hulls[i]!, high / worth[i]![d]!)
  for (const [i, row] of worth.entries())
    for (const [d, value] of row.entries()) if (value > 0) tell(d, value * hulls[i]!.outcome[cornerOf(i, d)]!)
  return {
    bound: Math.min(high * budget + free, byCeiling),
    at: (i, d) => (worth[i]![d]! > 0 ? hulls[i]!.outcome[cornerOf(i, d)]! : 0),
  }
}

/** Last corner that is worth its slope. */
function corner({ slope }: Hull, least: number): number {
  let [low, high] = [0, slope.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (slope[middle]! >= least) low = middle
    else high = middle - 1
  }
  return low
}

/** Monotone chain over (0, 0) and points from a thousandth of κ up to the most that it can spend. */
function hullOf(one: TrueCampaign, most: number): Hull {
  const least = Math.min(one.kappa, most) / 1000
  const points: [number, number][] = [[0, 0]]
  for (let k = 0; k <= POINTS; k++) {
    const x = least * (most / least) ** (k / POINTS)
    const y = response(one, x)
    while (points.length > 1 && slopeOf(points.at(-2)!, points.at(-1)!) <= slopeOf(points.at(-1)!, [x, y])) points.pop()
    points.push([x, y])
  }
  return {
    spend: Float64Array.from(points, ([x]) => x),
    outcome: Float64Array.from(points, ([, y]) => y),
    slope: Float64Array.from(points, (point, k) =>
      k === 0 ? Number.POSITIVE_INFINITY : slopeOf(points[k - 1]!, point),
    ),
  }
}

const slopeOf = ([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number]): number =>
  (y1 - y0) / (x1 - x0)
