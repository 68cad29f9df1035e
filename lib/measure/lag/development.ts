import type { AccountKey } from '../../model/account.ts'
import { type Grid, newGrid } from './grid.ts'
import {
  dispersionOf,
  type Evidence,
  evidenceOf,
  type Hazards,
  hazardsOf,
  minus,
  shrink,
  sumOf,
  withFlows,
} from './hazards.ts'
import { bucketFlows, priorFlows } from './prior.ts'
import { LAG_DAYS, type LagSource, poolKey } from './source.ts'
import { type Tally, tally } from './tally.ts'

const AGES = LAG_DAYS + 1
/** Conversions' worth of evidence that the prior is to the pool, and that the pool is to an account. */
const PRIOR_CONVERSIONS = 50
const POOL_CONVERSIONS = 50
/** Most conversions that a platform's buckets stand for: they are of another time than the readings. */
const BUCKET_CONVERSIONS = 300
/** Half the weight after this many days since the reading, so that a change of lag is followed. */
const HALF_LIFE_DAYS = 21

/**
 * How far the truth may be from the prior, all ages alike: standard deviations relative to the prior's arrivals and
 * returns. Same-day shares between a third and three quarters are usual; returns may be none or several times the prior's.
 */
const ARRIVALS_SD = 0.35
const RETURNS_SD = 2
/** … which is learned from the first returns that are seen; what then remains unknown is when the others come. */
const RETURNS_SHAPE_SD = 0.5
/** … and how far accounts of one pool are from each other. */
const BETWEEN_ACCOUNTS_SD = 0.15

/** How a day's count (or value) develops with age in days; arrays of LAG_DAYS + 1. */
export interface Development {
  /** Visible over eventual: rises as conversions come in, falls as they are taken back, may pass 1; exactly 1 at the end. */
  readonly visible: Float64Array
  /** Of what is visible at an age, the share that will not be taken back. */
  readonly kept: Float64Array
  /** Over eventual: what is still to come after that age, and to stay. */
  readonly toCome: Float64Array
  /** Standard deviation of log `visible`: how little is known of the development. */
  readonly logSd: Float64Array
  /** Variance that the step to each age adds to log `visible` of all younger ages, independent of other steps. */
  readonly stepVariance: Float64Array
  /** Part of `logSd` that all ages share: how far the prior may be off. */
  readonly commonSd: Float64Array
  /** Variance over mean of what comes and goes; ≥ 1. */
  readonly dispersion: number
}

export interface LagEstimate {
  readonly account: AccountKey
  readonly rule: string
  readonly count: Development
  readonly value: Development
  /** Main units of the account's currency per visible conversion in the readings; 1 where none has a value. */
  readonly valuePerConversion: number
  /** Conversions that the estimate was learned from, recent ones counting whole; 0 = the prior alone. */
  readonly evidence: number
}

export interface LagOptions {
  readonly halfLifeDays?: number
}

interface Account {
  readonly source: LagSource
  readonly tallied: Tally
  readonly prior: Hazards
  readonly unit: number
  readonly evidence: Evidence
  readonly phi: number
}

/**
 * Learns the signed development of every account: how conversions and their value come in after the click and how
 * returns and cancellations take them back. Chain ladder on reversed hazards, arrivals and returns apart; an account is
 * pulled towards the other accounts of its pool (equal category and basis, see `poolKey`), and these towards the prior.
 *
 * Stateless: the same readings give the same answer, in any order, however often each is repeated.
 *
 * @returns one estimate per source, in their order
 * @see Mack 1993, "Distribution-free calculation of the standard error of chain ladder reserve estimates"
 */
export function learnLag(
  sources: readonly LagSource[],
  { halfLifeDays = HALF_LIFE_DAYS }: LagOptions = {},
): readonly LagEstimate[] {
  const grid = newGrid()
  const accounts = sources.map((source) => accountOf(source, halfLifeDays, grid))
  const pools = Map.groupBy(accounts, ({ source }) => poolKey(source))
  const totals = new Map([...pools].map(([key, own]) => [key, sumOf(own.map(({ evidence }) => evidence))]))
  return accounts.map((account) => {
    const key = poolKey(account.source)
    return estimateOf(account, totals.get(key)!, (pools.get(key)?.length ?? 1) > 1)
  })
}

interface Prior {
  readonly hazards: Hazards
  /** Standard deviation of its returns, relative. */
  readonly returnsSd: number
}

/** The prior with as many returns as the pool has shown so far: who had many at young ages has more at those to come. */
function scaledPrior(prior: Hazards, { visible, down }: Evidence): Prior {
  let [seen, expected] = [RETURNS_BELIEF, RETURNS_BELIEF]
  for (let age = 1; age < AGES; age++) {
    seen += down[age]!
    expected += visible[age]! * prior.down[age]!
  }
  const scale = Math.min(RETURNS_SCALE_MOST, seen / expected)
  const hazards = { ...prior, down: prior.down.map((share) => share * scale) }
  return { hazards, returnsSd: Math.hypot(RETURNS_SHAPE_SD, RETURNS_SD * Math.sqrt(RETURNS_BELIEF / seen)) }
}

/** Returns that the prior's own number of returns is worth. */
const RETURNS_BELIEF = 3
const RETURNS_SCALE_MOST = 15

function accountOf(source: LagSource, halfLifeDays: number, grid: Grid): Account {
  const tallied = tally(source, halfLifeDays, grid)
  const prior = hazardsOf(priorFlows(source.rule, source.category))
  const { evidence, phi } = withBuckets(evidenceOf(tallied.count, tallied.countGaps, 1, prior), source, tallied, prior)
  return { source, tallied, prior, unit: unitOf(tallied), evidence, phi }
}

function withBuckets(
  evidence: Evidence,
  { buckets = [] }: LagSource,
  tallied: Tally,
  prior: Hazards,
): { evidence: Evidence; phi: number } {
  const flows = bucketFlows(buckets)
  const total = buckets.reduce((sum, { conversions }) => sum + Math.abs(conversions), 0)
  const all = flows ? withFlows(evidence, flows, Math.min(BUCKET_CONVERSIONS, total)) : evidence
  return { evidence: all, phi: dispersionOf(tallied.count, shrink(all, prior, PRIOR_CONVERSIONS, 1), 1, 'count') }
}

function unitOf({ count, value, countGaps, valueGaps }: Tally): number {
  const sum = (...all: readonly (Float64Array | undefined)[]): number =>
    all.reduce((total, one) => total + (one ? one.reduce((a, b) => a + b, 0) : 0), 0)
  const conversions = sum(count.visible, countGaps?.visible)
  const worth = sum(value.visible, valueGaps?.visible)
  return conversions > 0 && worth > 0 ? worth / conversions : 1
}

function estimateOf(account: Account, total: Evidence, isPooled: boolean): LagEstimate {
  const { source, unit, evidence, phi } = account
  const prior = scaledPrior(account.prior, total)
  const others = isPooled ? shrink(minus(total, evidence), prior.hazards, PRIOR_CONVERSIONS, phi) : prior.hazards
  const own = shrink(evidence, others, isPooled ? POOL_CONVERSIONS : PRIOR_CONVERSIONS, phi)
  const count = developmentOf(own, prior, phi, isPooled ? shareOfPool(evidence) : undefined)
  return {
    account: source.account,
    rule: source.rule,
    count,
    value: valueDevelopment(account, own, prior, count),
    valuePerConversion: unit,
    evidence: evidence.visible[1]!,
  }
}

const shareOfPool = ({ visible }: Evidence): Float64Array =>
  visible.map((seen) => POOL_CONVERSIONS / (seen + POOL_CONVERSIONS))

/** Value is pulled towards the account's own counts: the more, the more the worth of conversions varies. */
function valueDevelopment({ tallied, unit }: Account, counts: Hazards, prior: Prior, count: Development): Development {
  const evidence = evidenceOf(tallied.value, tallied.valueGaps, unit, counts)
  const phi = Math.max(count.dispersion, dispersionOf(tallied.value, counts, unit, 'value'))
  return developmentOf(shrink(evidence, counts, POOL_CONVERSIONS * phi, phi), prior, phi, undefined)
}

/** @param poolShare by age, how much of the hazards is the pool's; undefined: there is none */
function developmentOf(
  { up, down, variance, priorShare }: Hazards,
  { hazards: prior, returnsSd }: Prior,
  dispersion: number,
  poolShare: Float64Array | undefined,
): Development {
  const found = emptyDevelopment(dispersion)
  const { visible, kept, toCome, logSd, stepVariance, commonSd } = found
  let [steps, arrivals, returns, between] = [0, 0, 0, 0]
  for (let age = AGES - 1; age >= 1; age--) {
    const before = 1 - up[age]! + down[age]!
    visible[age - 1] = visible[age]! * before
    kept[age - 1] = kept[age]! * Math.max(0.05, 1 - down[age]! / before)
    toCome[age - 1] = Math.max(0, 1 - visible[age - 1]! * kept[age - 1]!)
    stepVariance[age] = variance[age]! / before ** 2
    steps += stepVariance[age]!
    // The prior is off by what it says of itself, or by what the readings have shown it to be off.
    const share = priorShare[age]! / before
    arrivals += share * Math.max(ARRIVALS_SD * prior.up[age]!, Math.abs(up[age]! - prior.up[age]!))
    returns += share * Math.max(returnsSd * prior.down[age]!, Math.abs(down[age]! - prior.down[age]!))
    between += poolShare ? (BETWEEN_ACCOUNTS_SD * poolShare[age]! * (up[age]! + down[age]!)) / before : 0
    commonSd[age - 1] = Math.hypot(arrivals, returns, between)
    logSd[age - 1] = Math.sqrt(steps + commonSd[age - 1]! ** 2)
  }
  return found
}

const emptyDevelopment = (dispersion: number): Development => ({
  visible: new Float64Array(AGES).fill(1),
  kept: new Float64Array(AGES).fill(1),
  toCome: new Float64Array(AGES),
  logSd: new Float64Array(AGES),
  stepVariance: new Float64Array(AGES),
  commonSd: new Float64Array(AGES),
  dispersion,
})

/** Share of a day's eventual conversions (or value) that is visible at an age in days; may exceed 1. */
export const visibleShare = (development: Development, ageDays: number): number =>
  development.visible[Math.max(0, Math.min(LAG_DAYS, ageDays))]!
