import type { TargetForecast, TargetForecastPoint } from '../../model/evidence.ts'
import { ELASTICITY_BIAS, ELASTICITY_SD, POINT_SD, WORTHLESS } from './simulations.ts'

/** A mean with its standard deviation. */
export interface Doubtful {
  readonly mean: number
  readonly sd: number
}

/** What a platform says would come of a target in force, if it were another. Outcome: conversions, or their value under a ROAS. */
export interface TargetResponse {
  /** Per cent more outcome for one per cent more spend; what the platform is thought to promise too much is taken off. */
  readonly outcomeBySpend: Doubtful
  /** The same of what a looser target would spend more; absent where none was simulated. */
  readonly looser?: Doubtful | 'nothing-more'
  /** Per cent more spend where an outcome may cost one per cent more; ≥ 0. */
  readonly spendByCost: Doubtful
  /** What is said of the next looser targets, or of the next tighter ones where those are all. */
  readonly next: NextTarget
}

/** Between the target in force and another, as the platform says it. */
export interface NextTarget {
  readonly from: number
  readonly to: number
  readonly isLooser: boolean
  /** Main units per further outcome; `undefined` where nothing more comes of it. */
  readonly marginalCost: number | undefined
}

/** How far around the target in force it is looked: two moves of a target. As a ratio of cost. */
const REACH = 1.25
/** Targets closer together than this ratio say nothing. */
const LEAST_RATIO = 1.05
/** Logarithm of spend below which it does not differ. */
const LEAST_SPEND = 0.01
/** Per cent more outcome for one per cent of a looser target, below which nothing more comes of it. */
const NOTHING_MORE = 0.05
/** An outcome grows no faster than the spend in the end, whatever is said. */
const MOST_ELASTICITY = 1
/** How far off the simulated spend may be, as a share of its own elasticity. An assumption, as those of budgets. */
const SPEND_SD_SHARE = 0.3

/** Logarithms. */
interface At {
  readonly cost: number
  readonly spend: number
  readonly outcome: number
}

/**
 * What a target simulation says of one target, from the points around it, interpolated between logarithms: elasticities only.
 * How much is spent and what it brings at all is learned from what happened, never from here.
 *
 * An elasticity is off as a whole, as it is in simulations of budgets, and the more the less the spend differs: its standard
 * deviation is √(0.2² + 2 · 0.05² / x²), `x` the logarithm of the ratio of spends.
 *
 * @param target in force, in the unit of the simulation
 * @returns undefined where it says nothing of this target: outside of what was simulated, or no spend or outcome
 */
export function targetResponse({ kind, points }: TargetForecast, target: number): TargetResponse | undefined {
  if (!(target > 0) || !Number.isFinite(target)) return undefined
  const curve = points.flatMap((point) => logsOf(kind, point) ?? []).toSorted((a, b) => a.cost - b.cost)
  const cost = Math.log(kind === 'target-cpa' ? target : 1 / target)
  const here = at(curve, cost)
  if (!here) return undefined
  const [low, high] = [
    Math.max(cost - Math.log(REACH), curve[0]!.cost),
    Math.min(cost + Math.log(REACH), curve.at(-1)!.cost),
  ]
  const looser = high - cost >= Math.log(LEAST_RATIO) ? at(curve, high) : undefined
  const tighter = cost - low >= Math.log(LEAST_RATIO) ? at(curve, low) : undefined
  const [from, to] = [tighter ?? here, looser ?? here]
  const other = looser ?? tighter
  if (!other) return undefined
  return {
    outcomeBySpend: outcomeBySpend(from, to),
    ...(looser ? { looser: bringsMore(here, looser) ? outcomeBySpend(here, looser) : 'nothing-more' } : {}),
    spendByCost: spendByCost(from, to),
    next: nextOf(kind, target, here, other),
  }
}

/** Undefined for a point of which no logarithm can be taken: nothing spent, or nothing that came of it. */
function logsOf(kind: TargetForecast['kind'], point: TargetForecastPoint): At | undefined {
  const cost = kind === 'target-cpa' ? point.target : 1 / point.target
  const outcome = kind === 'target-cpa' ? point.conversions : point.value
  return [cost, point.spend, outcome].every((amount) => amount > 0 && Number.isFinite(amount))
    ? { cost: Math.log(cost), spend: Math.log(point.spend), outcome: Math.log(outcome) }
    : undefined
}

/** Interpolated; nothing outside of the points. */
function at(curve: readonly At[], cost: number): At | undefined {
  const right = curve.findIndex((point) => point.cost >= cost - 1e-9)
  const to = curve[right]
  if (!to) return undefined
  if (to.cost - cost < 1e-9) return to
  const from = curve[right - 1]
  if (!from) return undefined
  const share = (cost - from.cost) / (to.cost - from.cost)
  const between = (of: (point: At) => number): number => of(from) + share * (of(to) - of(from))
  return { cost, spend: between(({ spend }) => spend), outcome: between(({ outcome }) => outcome) }
}

const bringsMore = (from: At, to: At): boolean => to.outcome - from.outcome >= NOTHING_MORE * (to.cost - from.cost)

function outcomeBySpend(from: At, to: At): Doubtful {
  const [spend, outcome] = [to.spend - from.spend, to.outcome - from.outcome]
  // The target hardly moves the spend: nothing can be said of what spend brings.
  if (spend < LEAST_SPEND) return { mean: MOST_ELASTICITY, sd: Number.POSITIVE_INFINITY }
  const mean = Math.min(MOST_ELASTICITY, Math.max(0, outcome / spend - ELASTICITY_BIAS))
  return { mean, sd: Math.hypot(ELASTICITY_SD, (Math.SQRT2 * POINT_SD) / spend) }
}

function spendByCost(from: At, to: At): Doubtful {
  const mean = Math.max(0, to.spend - from.spend) / (to.cost - from.cost)
  return { mean, sd: SPEND_SD_SHARE * Math.max(1, mean) }
}

function nextOf(kind: TargetForecast['kind'], target: number, here: At, other: At): NextTarget {
  const isLooser = other.cost > here.cost
  const [from, to] = isLooser ? [here, other] : [other, here]
  return {
    from: target,
    to: Math.exp(kind === 'target-cpa' ? other.cost : -other.cost),
    isLooser,
    marginalCost: bringsMore(from, to)
      ? (Math.exp(to.spend) - Math.exp(from.spend)) / (Math.exp(to.outcome) - Math.exp(from.outcome))
      : undefined,
  }
}

/**
 * What is believed by itself, drawn towards what a platform says by as much as each is sure, and that only in three cases of
 * four: in the fourth what it says is worth nothing, so that a platform that is very sure of itself still does not decide.
 *
 * @param told its standard deviation > 0; infinite: it says nothing
 */
export function drawnTowards(own: Doubtful, told: Doubtful): Doubtful {
  if (!Number.isFinite(told.sd)) return own
  const weight = own.sd ** 2 / (own.sd ** 2 + told.sd ** 2)
  const moved = weight * (told.mean - own.mean)
  // A mixture of two normals whose means are `moved` apart, one of them with what was believed before.
  const variance = own.sd ** 2 * (WORTHLESS + (1 - WORTHLESS) * (1 - weight)) + WORTHLESS * (1 - WORTHLESS) * moved ** 2
  return { mean: own.mean + (1 - WORTHLESS) * moved, sd: Math.sqrt(variance) }
}
