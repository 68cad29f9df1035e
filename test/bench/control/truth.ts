/** What is true of one market, drawn from its family and seed. No controller but the oracle sees it. */
import type { CampaignView } from './controller.ts'
import type { Family } from './family.ts'
import { between, normal, type Stream, spread, stream } from './random.ts'

export interface TrueCampaign {
  readonly index: number
  readonly platform: number
  readonly class: CampaignView['class']
  /** First day on which it exists. */
  readonly since: number
  readonly initialBudget: number
  readonly minimum: number
  /** Caused conversions per day at a level of 1: ceiling · x^α / (x^α + κ^α). */
  readonly ceiling: number
  readonly alpha: number
  readonly kappa: number
  /** Most that it can spend in a day; Infinity without a limit. */
  readonly capacity: number
  /** Claimed over caused conversions, before switches and outages. */
  readonly claimFactor: number
  /** Claims to one order of the shop: platforms claim the same orders. */
  readonly claimsPerOrder: number
  readonly orderValue: number
  readonly deliveryBias: number
  /** Campaigns of a group draw on common customers. */
  readonly group: number
  readonly targetCpa: number | undefined
}

export interface Truth {
  readonly family: Family
  readonly seed: number
  readonly days: number
  readonly campaigns: readonly TrueCampaign[]
  /** By campaign, then day: season, drift, shocks and promotions together. */
  readonly level: readonly Float64Array[]
  /** Announced demand against a normal day, by day; by platform where platforms differ is not told. */
  readonly announced: Float64Array
  /** By platform: share of conversions that arrive at each lag in days. */
  readonly lag: readonly (readonly number[])[]
  readonly monthBudget: number
  /** Claimed cost per conversion at the initial budgets and normal demand. */
  readonly initialCpa: number
  /** Most that a conversion may cost on average, where the family asks for it. */
  readonly cpaCeiling: number | undefined
}

export const PLATFORMS = ['google-ads', 'meta', 'tiktok', 'snapchat', 'pinterest'] as const
/** Share of the campaigns on each. */
const PLATFORM_WEIGHTS = [0.3, 0.27, 0.17, 0.13, 0.13]
export const MINIMUM = 1

/** Streams of chance of a market: one purpose each, so that a change of one leaves the others alone. */
export const CHANCE = {
  campaigns: 1,
  levels: 2,
  promotions: 3,
  lags: 4,
  claims: 5,
  faults: 6,
  counts: 7,
  arrivals: 8,
  spend: 9,
  reports: 10,
  controller: 11,
  weekdays: 12,
  lift: 13,
} as const

export function drawTruth(family: Family, seed: number): Truth {
  const days = family.warmUpDays + family.controlDays
  const next = stream(seed, CHANCE.campaigns)
  const campaigns = drawCampaigns(family, seed, next)
  const promotions = drawPromotions(family, seed, days)
  const weekdays = PLATFORMS.map((_, p) => drawWeekdays(family, stream(seed, CHANCE.weekdays, p)))
  const level = campaigns.map((one) => {
    const own = drawDrift(family, stream(seed, CHANCE.levels, one.index), days)
    return own.map((value, day) => value * weekdays[one.platform]![day % 7]! * promotions.factor[day]!)
  })
  const initial = campaigns.filter(({ since }) => since === 0)
  const daySpend = initial.reduce((sum, { initialBudget }) => sum + initialBudget, 0)
  const initialCpa =
    daySpend / initial.reduce((sum, one) => sum + one.claimFactor * response(one, one.initialBudget), 0)
  return {
    family,
    seed,
    days,
    campaigns,
    level,
    announced: promotions.announced,
    lag: drawLags(family, seed),
    monthBudget: family.monthDays * daySpend,
    initialCpa,
    cpaCeiling: family.cpaCeiling === undefined ? undefined : family.cpaCeiling * initialCpa,
  }
}

/** What is drawn of a campaign before the day's total is spread over all of them. */
interface Draft {
  readonly index: number
  readonly platform: number
  readonly alpha: number
  readonly size: number
  readonly saturation: number
  readonly efficiency: number
  readonly split: number
  readonly isCold: boolean
  readonly since: number
  /** Over the initial budget. */
  readonly cap: number
  readonly deliveryBias: number
  readonly orderValue: number
  /** Uniform: the class that it falls into. */
  readonly kind: number
  /** Over the initial budget; undefined without a target. */
  readonly limit: number | undefined
}

/** How much flatter or nearer to linear than any prior the extreme curves are. */
const EXTREME = { none: 1, flat: 3, linear: 0.15 } as const
const FLAT_ALPHA = [0.35, 0.55] as const
/** Cold campaigns start in this first part of control. */
const COLD_UNTIL = 0.6

/** The order of the draws is the market: what is added comes last. */
function draft(family: Family, index: number, platformLevel: readonly number[], next: Stream): Draft {
  const { curves, levels, faults, delivery } = family
  const platform = platformOf(index / family.campaigns)
  const isS = next() < curves.sShapedShare
  const extreme = next() < curves.extremes ? (next() < 0.5 ? 'flat' : 'linear') : 'none'
  const alpha = between(next, extreme === 'flat' ? FLAT_ALPHA : isS ? curves.sShaped : curves.concave)
  const size = spread(next, levels.sizeSd)
  const saturation = curves.saturation * spread(next, curves.saturationSd) * EXTREME[extreme]
  const efficiency = spread(next, levels.efficiencySd) * platformLevel[platform]!
  const split = spread(next, levels.splitSd)
  const isCold = next() < family.coldShare
  const since = isCold ? family.warmUpDays + Math.floor(next() * COLD_UNTIL * family.controlDays) : 0
  const cap = next() < delivery.cappedShare ? between(next, delivery.cap) : Number.POSITIVE_INFINITY
  const deliveryBias = between(next, delivery.bias)
  const orderValue = family.orderValue * spread(next, family.campaignValueSd)
  const kind = next()
  const limit = next() < faults.targetLimitedShare ? between(next, faults.targetLimit) : undefined
  return {
    index,
    platform,
    alpha,
    size,
    saturation,
    efficiency,
    split,
    isCold,
    since,
    cap,
    deliveryBias,
    orderValue,
    kind,
    limit,
  }
}

function drawCampaigns(family: Family, seed: number, next: Stream): readonly TrueCampaign[] {
  const platformLevel = PLATFORMS.map(() => spread(next, family.levels.platformSd))
  const drafts = Array.from({ length: family.campaigns }, (_, index) => draft(family, index, platformLevel, next))
  const warm = drafts.filter(({ isCold }) => !isCold)
  const total = warm.reduce((sum, { size, split }) => sum + size * split, 0)
  const scale = (family.dayTotal * warm.length) / (family.campaigns * total)
  const claimed = platformClaims(family, seed)
  return drafts.map((one) => complete(family, one, scale, claimed[one.platform]!))
}

/** @param scale main units of a campaign of size 1 */
function complete(family: Family, one: Draft, scale: number, claimed: number): TrueCampaign {
  const { levels, claims, faults } = family
  const initial = one.size * one.split * scale
  // The halfway point goes with the size, and not with what somebody set as a budget.
  const kappa = (one.size * scale) / one.saturation
  const isBrand = one.kind < claims.brandShare
  const isRetargeting = !isBrand && one.kind < claims.brandShare + claims.retargetingShare
  const isDoubtful = isBrand || isRetargeting
  const organic = isDoubtful ? claims.organicShare : 0
  const advantage = isDoubtful ? claims.brandAdvantage : 1
  const ceiling = (2 * kappa * one.efficiency * advantage * (1 - organic)) / levels.costPerConversion
  const claimFactor = claimed / (1 - organic)
  const limit = one.limit === undefined ? undefined : one.limit * initial
  return {
    index: one.index,
    platform: one.platform,
    class: isBrand ? 'brand' : isRetargeting ? 'retargeting' : 'prospecting',
    since: one.since,
    initialBudget: Math.max(MINIMUM, one.isCold ? initial * family.coldBudget : initial),
    minimum: MINIMUM,
    ceiling,
    alpha: one.alpha,
    kappa,
    capacity: one.cap * initial,
    claimFactor,
    claimsPerOrder: claimed,
    orderValue: one.orderValue,
    deliveryBias: one.deliveryBias,
    group: Math.floor(one.index / faults.groupSize),
    targetCpa:
      limit === undefined ? undefined : limit / (response({ ceiling, alpha: one.alpha, kappa }, limit) * claimFactor),
  }
}

const platformOf = (place: number): number => {
  let sum = 0
  return PLATFORM_WEIGHTS.findIndex((weight) => {
    sum += weight
    return place < sum - 1e-9
  })
}

/** Evenly over the range, in an order that the seed decides. */
function platformClaims({ claims }: Family, seed: number): readonly number[] {
  const next = stream(seed, CHANCE.claims)
  const order = PLATFORMS.map((_, p) => ({ p, key: next() })).toSorted((a, b) => a.key - b.key)
  const [low, high] = claims.factor
  return PLATFORMS.map((_, p) => low + ((high - low) * order.findIndex((one) => one.p === p)) / (PLATFORMS.length - 1))
}

function drawWeekdays({ demand }: Family, next: Stream): readonly number[] {
  const raw = Array.from({ length: 7 }, () => spread(next, demand.weekdaySd))
  const mean = raw.reduce((a, b) => a + b, 0) / 7
  return raw.map((value) => value / mean)
}

/** Ornstein–Uhlenbeck on the log level, from its stationary distribution on; shocks die out as everything else does. */
function drawDrift({ demand }: Family, next: Stream, days: number): Float64Array {
  const keep = 0.5 ** (1 / demand.driftHalfLifeDays)
  const step = demand.driftSd * Math.sqrt(1 - keep * keep)
  const shockChance = demand.shocksPerYear / 365
  let log = demand.driftSd * normal(next)
  return Float64Array.from({ length: days }, () => {
    log = log * keep + step * normal(next)
    const size = demand.shockSd * normal(next)
    if (next() < shockChance) log += size
    return Math.exp(log)
  })
}

function drawPromotions({ demand }: Family, seed: number, days: number) {
  const next = stream(seed, CHANCE.promotions)
  const factor = new Float64Array(days).fill(1)
  const announced = new Float64Array(days).fill(1)
  for (let day = 0; day < days; day++) {
    const starts = next() < demand.promotionsPerMonth / 30
    const size = between(next, demand.promotion)
    const isAnnounced = next() < demand.announcedShare
    if (!starts) continue
    for (let d = day; d < Math.min(days, day + demand.promotionDays); d++) {
      factor[d] = size
      if (isAnnounced) announced[d] = size
    }
    day += demand.promotionDays - 1
  }
  return { factor, announced }
}

const drawLags = ({ lag }: Family, seed: number): readonly (readonly number[])[] =>
  PLATFORMS.map((_, p) => {
    const next = stream(seed, CHANCE.lags, p)
    const sameDay = between(next, lag.sameDay)
    const tail = between(next, lag.tail)
    const weights = Array.from({ length: lag.longestDays }, (_, k) => tail ** k)
    const sum = weights.reduce((a, b) => a + b, 0)
    return lag.longestDays === 0 ? [1] : [sameDay, ...weights.map((w) => ((1 - sameDay) * w) / sum)]
  })

/** Caused conversions per day at a level of 1. */
export const response = (
  { ceiling, kappa, alpha }: Pick<TrueCampaign, 'ceiling' | 'kappa' | 'alpha'>,
  spend: number,
): number => (spend <= 0 ? 0 : ceiling / (1 + (kappa / spend) ** alpha))
