import type { Flows } from './prior.ts'
import { LAG_DAYS } from './source.ts'
import type { Gaps, Sums } from './tally.ts'

const AGES = LAG_DAYS + 1
/** No age is believed to bring, or to take, more than this share of what is visible at it. */
const MOST_AT_ONCE = 0.95
/** Rounds in which what came within a gap of readings is spread over its days by what is known of those days. */
const GAP_ROUNDS = 3
const DISPERSION_RANGE = { count: [1, 6], value: [1, 40] } as const

/**
 * By age: of what is visible at it, the shares that were new and that were gone since the age before (reversed hazards),
 * with the weight of what they were learned from and the variance that sampling gives their difference.
 */
export interface Hazards {
  readonly up: Float64Array
  readonly down: Float64Array
  readonly variance: Float64Array
  /** Share of the prior in `up` and `down`, 0 to 1. */
  readonly priorShare: Float64Array
}

/** Evidence of one account or of several, in conversions. */
export interface Evidence {
  readonly visible: Float64Array
  readonly up: Float64Array
  readonly down: Float64Array
  readonly noise: Float64Array
}

/** Reversed hazards of flows, and how little is visible where they say that nothing is. */
export function hazardsOf({ arriving, returning }: Flows): Hazards {
  const up = new Float64Array(AGES)
  const down = new Float64Array(AGES)
  let visible = arriving[0]! - returning[0]!
  for (let age = 1; age < AGES; age++) {
    visible += arriving[age]! - returning[age]!
    up[age] = Math.min(MOST_AT_ONCE, arriving[age]! / visible)
    down[age] = Math.min(MOST_AT_ONCE, returning[age]! / visible)
  }
  return { up, down, variance: new Float64Array(AGES), priorShare: new Float64Array(AGES).fill(1) }
}

/** Sums per unit (1 for counts, the mean value of a conversion for value), with the gaps spread over their days. */
export function evidenceOf(sums: Sums, gaps: Gaps | undefined, unit: number, prior: Hazards): Evidence {
  const scaled = (from: Float64Array): Float64Array => from.map((x) => x / unit)
  const whole = {
    visible: scaled(sums.visible),
    up: scaled(sums.up),
    down: scaled(sums.down),
    noise: scaled(sums.noise),
  }
  if (!gaps) return whole
  let spread = whole
  for (let round = 0; round < GAP_ROUNDS; round++) {
    const known = shrink(spread, prior, GAP_PRIOR, 1)
    spread = copy(whole)
    spreadGaps(gaps, unit, known, spread)
  }
  return spread
}

const GAP_PRIOR = 20
const copy = ({ visible, up, down, noise }: Evidence): Evidence => ({
  visible: visible.slice(),
  up: up.slice(),
  down: down.slice(),
  noise: noise.slice(),
})

function spreadGaps(gaps: Gaps, unit: number, known: Hazards, into: Evidence): void {
  for (let from = 0; from < AGES; from++)
    for (let to = from + 2; to < AGES; to++) {
      const at = from * AGES + to
      const visible = gaps.visible[at]! / unit
      const up = gaps.up[at]! / unit
      const down = gaps.down[at]! / unit
      if (visible > 0 || down > 0) spreadGap(from, to, { visible, up, down }, known, into)
    }
}

/**
 * One reading over several ages tells their sum: what came and went is spread by the known hazards over ages that were all
 * exposed to it in full (the step of expectation and maximisation for grouped counts). Weighed by age for age instead, it
 * would leave the sum to the prior where days are looked at once a week.
 */
function spreadGap(
  from: number,
  to: number,
  { visible, up, down }: { visible: number; up: number; down: number },
  known: Hazards,
  into: Evidence,
): void {
  const even = 1 / (to - from)
  let [ups, downs] = [0, 0]
  for (let age = from + 1; age <= to; age++) {
    ups += known.up[age]!
    downs += known.down[age]!
  }
  let at = visible
  for (let age = to; age > from; age--) {
    const came = ups > 0 ? (up * known.up[age]!) / ups : up * even
    const went = downs > 0 ? (down * known.down[age]!) / downs : down * even
    into.visible[age]! += Math.max(0, at)
    into.up[age]! += came
    into.down[age]! += went
    into.noise[age]! += came + went
    at += went - came
  }
}

/** A platform's own distribution of lags, as if so many conversions had been followed from age to age. */
export function withFlows(evidence: Evidence, { arriving, returning }: Flows, conversions: number): Evidence {
  const sum = copy(evidence)
  let visible = arriving[0]! - returning[0]!
  for (let age = 1; age < AGES; age++) {
    visible += arriving[age]! - returning[age]!
    sum.visible[age]! += conversions * visible
    sum.up[age]! += conversions * arriving[age]!
    sum.down[age]! += conversions * returning[age]!
    sum.noise[age]! += conversions * (arriving[age]! + returning[age]!)
  }
  return sum
}

export function minus(all: Evidence, own: Evidence): Evidence {
  const less = (a: Float64Array, b: Float64Array): Float64Array => a.map((x, i) => Math.max(0, x - b[i]!))
  return {
    visible: less(all.visible, own.visible),
    up: less(all.up, own.up),
    down: less(all.down, own.down),
    noise: less(all.noise, own.noise),
  }
}

export function sumOf(parts: readonly Evidence[]): Evidence {
  const total = copy(parts[0]!)
  for (const part of parts.slice(1))
    for (let age = 0; age < AGES; age++) {
      total.visible[age]! += part.visible[age]!
      total.up[age]! += part.up[age]!
      total.down[age]! += part.down[age]!
      total.noise[age]! += part.noise[age]!
    }
  return total
}

/**
 * Chain ladder with a prior worth `weight` conversions at each age: hazard = (seen + weight · prior) / (visible + weight).
 * The variance of up − down is what a ratio of sums of counts has, times the dispersion (Mack 1993).
 */
export function shrink({ visible, up, down, noise }: Evidence, prior: Hazards, weight: number, phi: number): Hazards {
  const found: Hazards = {
    up: new Float64Array(AGES),
    down: new Float64Array(AGES),
    variance: new Float64Array(AGES),
    priorShare: new Float64Array(AGES),
  }
  for (let age = 1; age < AGES; age++) {
    const total = visible[age]! + weight
    const share = weight / total
    found.up[age] = Math.min(MOST_AT_ONCE, (up[age]! + weight * prior.up[age]!) / total)
    found.down[age] = Math.min(MOST_AT_ONCE, (down[age]! + weight * prior.down[age]!) / total)
    // Beside the noise of what came there is that of what it is compared with.
    const compared = 1 + found.up[age]! / Math.max(1 - MOST_AT_ONCE, 1 - found.up[age]!)
    const own = (phi * noise[age]! * compared) / total ** 2
    const floor = (prior.up[age]! + prior.down[age]!) * share * (1 - share) ** 2
    found.variance[age] = own + share * share * prior.variance[age]! + floor / total
    found.priorShare[age] = share * prior.priorShare[age]!
  }
  return found
}

/**
 * How many times more the steps from age to age vary than thinned Poisson counts would: squared residuals over the
 * chain ladder's expectation, all ages together.
 *
 * @param unit main units of value per conversion; 1 for counts
 */
export function dispersionOf(sums: Sums, hazards: Hazards, unit: number, kind: 'count' | 'value'): number {
  let residuals = PRIOR_STEPS
  let expected = PRIOR_STEPS
  for (let age = 1; age < AGES; age++) {
    const up = hazards.up[age]!
    const down = hazards.down[age]!
    const factor = 1 / Math.max(1 - MOST_AT_ONCE, 1 - up + down)
    residuals += (sums.after2[age]! - 2 * factor * sums.product[age]! + factor ** 2 * sums.before2[age]!) / unit ** 2
    const after = sums.visible[age]! / unit
    expected += after * (up + down + up * up * factor)
  }
  const [least, most] = DISPERSION_RANGE[kind]
  return Math.min(most, Math.max(least, residuals / expected))
}

/** Steps' worth of belief in plain Poisson thinning. */
const PRIOR_STEPS = 20
