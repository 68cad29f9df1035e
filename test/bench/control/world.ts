/** One run of a market: what each day's budgets spend, cause and claim, and what the platforms report of it. */
import { drawFaults, type ReportFaults } from './faults.ts'
import { negativeBinomial, normal, spread, stream } from './random.ts'
import { CHANCE, response, type TrueCampaign, type Truth } from './truth.ts'

/** Ages at which a day is still read: by the last one everything has come. */
export const AGES = 15
/** Moves of budgets on these restart a learning phase where the family has such a penalty: all but the last. */
export const LEARNING_PLATFORMS = 4
/** A move that a platform's own rounding makes a little larger is not another move. */
const ROUNDING = 1e-3

/** One campaign's day as it comes to be known. Counts by lag: `arrived[k]` are visible on the morning k + 1 days later. */
interface ClaimedDay {
  readonly arrived: Float64Array
  readonly arrivedValue: Float64Array
}

export interface Reading {
  readonly count: number
  readonly value: number
}

export interface World {
  readonly truth: Truth
  readonly faults: ReportFaults
  /** The day that is to be run next. */
  day: number
  /** In force; a controller writes here before the day is run. */
  readonly budgets: Float64Array
  /** In force, where a campaign has one. */
  readonly targets: (number | undefined)[]
  readonly spend: readonly Float64Array[]
  readonly budgetOn: readonly Float64Array[]
  /** Expected caused conversions (value where that is the goal), by campaign and day, of money that the month had. */
  readonly caused: readonly Float64Array[]
  /** Orders of the shop by day, returned ones taken off; of the days that are over. */
  readonly orders: Float64Array
  /** All spend of the control months so far, by month. */
  readonly monthSpend: Float64Array
  exists(campaign: number, day?: number): boolean
  isReported(campaign: number, day: number, on: number): boolean
  /** Claimed conversions of a day as the platform shows them on the morning of `on`. */
  read(campaign: number, day: number, on: number): Reading
  /** Conversions that a day will have claimed when all is known that ever will be. */
  claimed(campaign: number, day: number): number
  /** Its platform learns again after a large move, and says so. */
  isLearning(campaign: number): boolean
  clicks(campaign: number, day: number): number
  /** Runs the day with the budgets in force, and goes on to the next. */
  run(): void
  monthOf(day: number): number
  remaining(): number
}

export function openWorld(truth: Truth): World {
  const { campaigns, family, days } = truth
  const perDay = (): Float64Array[] => campaigns.map(() => new Float64Array(days))
  const faults = drawFaults(truth)
  const claimed: (ClaimedDay | undefined)[][] = campaigns.map(() => [])
  const slowUntil = new Float64Array(campaigns.length)
  const months = Math.ceil(family.controlDays / family.monthDays)
  const groupScale = groupScales(truth)
  const world: World = {
    truth,
    faults,
    day: 0,
    budgets: Float64Array.from(campaigns, ({ since, initialBudget }) => (since === 0 ? initialBudget : 0)),
    targets: campaigns.map(({ targetCpa }) => targetCpa),
    spend: perDay(),
    budgetOn: perDay(),
    caused: perDay(),
    orders: new Float64Array(days + AGES),
    monthSpend: new Float64Array(months),
    exists: (i, day = world.day) => campaigns[i]!.since <= day,
    isReported: (i, day, on) => campaigns[i]!.since <= day && faults.reportedFrom[campaigns[i]!.platform]![day]! <= on,
    read: (i, day, on) => {
      const one = claimed[i]![day]
      if (!one || on <= day) return { count: 0, value: 0 }
      const k = Math.min(AGES, on - day) - 1
      const share = faults.shown(campaigns[i]!.platform, day, on)
      return { count: Math.round(one.arrived[k]! * share), value: one.arrivedValue[k]! * share }
    },
    claimed: (i, day) => claimed[i]?.[day]?.arrived[AGES - 1] ?? 0,
    isLearning: (i) => world.day < slowUntil[i]!,
    clicks: (i, day) => Math.round(world.spend[i]![day]! / clickCost(campaigns[i]!)),
    monthOf: (day) => Math.min(months - 1, Math.floor((day - family.warmUpDays) / family.monthDays)),
    remaining: () => truth.monthBudget - world.monthSpend[world.monthOf(world.day)]!,
    run: () => runDay(world, claimed, slowUntil, groupScale),
  }
  return world
}

const clickCost = ({ platform }: TrueCampaign): number => 0.6 + 0.15 * platform

function runDay(
  world: World,
  claimed: (ClaimedDay | undefined)[][],
  slowUntil: Float64Array,
  groupScale: Float64Array,
): void {
  const { truth, day, budgets } = world
  const { campaigns, family } = truth
  const isControl = day >= family.warmUpDays
  const caused = new Float64Array(campaigns.length)
  let spentToday = 0
  for (const one of campaigns) {
    const i = one.index
    if (one.since > day) continue
    // A campaign comes with its launch budget, unless a controller has set one already.
    if (one.since === day && budgets[i] === 0) budgets[i] = one.initialBudget
    world.budgetOn[i]![day] = budgets[i]!
    world.spend[i]![day] = spendOf(world, one)
    spentToday += world.spend[i]![day]!
    caused[i] = truth.level[i]![day]! * response(one, world.spend[i]![day]!) * learningFactor(world, one, slowUntil)
  }
  cannibalise(truth, caused, groupScale)
  const share = isControl ? countMonth(world, spentToday) : 1
  for (const one of campaigns) {
    const i = one.index
    if (one.since > day) continue
    world.caused[i]![day] = caused[i]! * share * (family.goal === 'value' ? one.orderValue : 1)
    claimed[i]![day] = claimDay(world, one, caused[i]!)
  }
  world.day += 1
}

/** Spends around the budget, up to what it can: its capacity, or what its target CPA lets it buy. */
function spendOf({ truth, day, budgets, targets, faults }: World, one: TrueCampaign): number {
  const { family, seed } = truth
  const noise = spread(stream(seed, CHANCE.spend, one.index, day), family.delivery.noiseSd)
  const wish = budgets[one.index]! * one.deliveryBias * noise
  const target = targets[one.index]
  const limit =
    target === undefined
      ? Number.POSITIVE_INFINITY
      : spendAtTarget(
          one,
          target * truth.level[one.index]![day]! * one.claimFactor * faults.claimFactor[one.platform]![day]!,
        )
  return Math.max(0, Math.min(wish, one.capacity * noise, limit * noise))
}

/** The largest spend whose average cost per claim is within the target: x = worth · f(x), from above. */
function spendAtTarget(one: TrueCampaign, worth: number): number {
  let x = worth * one.ceiling
  for (let k = 0; k < 60; k++) x = worth * response(one, x)
  return x
}

/** 1, or what the family's penalty leaves while the platform learns again after a large move. */
function learningFactor({ truth, day, budgetOn }: World, one: TrueCampaign, slowUntil: Float64Array): number {
  const penalty = truth.family.faults.learningPenalty
  if (!penalty || one.platform >= LEARNING_PLATFORMS || day <= one.since) return 1
  const before = budgetOn[one.index]![day - 1]!
  const move = before > 0 ? Math.abs(budgetOn[one.index]![day]! / before - 1) : 0
  if (move > penalty.above + ROUNDING) slowUntil[one.index] = day + penalty.days
  return day < slowUntil[one.index]! ? penalty.efficiency : 1
}

/** Conversions of each group at its initial budgets: the scale on which it runs out of customers. */
function groupScales({ campaigns, family }: Truth): Float64Array {
  const scale = new Float64Array(Math.ceil(campaigns.length / family.faults.groupSize) + 1)
  for (const one of campaigns) scale[one.group]! += response(one, one.initialBudget)
  return scale
}

/** What a group brings together, of what its campaigns would bring alone: M·ln(1 + γS/M)/γ. */
export const groupOutcome = (alone: number, scale: number, rate: number): number =>
  rate === 0 ? alone : (scale * Math.log1p((rate * alone) / scale)) / rate

function cannibalise({ campaigns, family }: Truth, caused: Float64Array, scale: Float64Array): void {
  const rate = family.faults.cannibalisation
  if (rate === 0) return
  const alone = new Float64Array(scale.length)
  for (const one of campaigns) alone[one.group]! += caused[one.index]!
  for (const one of campaigns) {
    const own = alone[one.group]!
    if (own > 0) caused[one.index]! *= groupOutcome(own, scale[one.group]!, rate) / own
  }
}

/** Counts the day's spend against the month. @returns the share of the day that the month still had money for */
function countMonth(world: World, spentToday: number): number {
  const month = world.monthOf(world.day)
  const left = Math.max(0, world.truth.monthBudget - world.monthSpend[month]!)
  world.monthSpend[month]! += spentToday
  return spentToday <= left ? 1 : left / spentToday
}

/** Draws the day's claims and when they arrive, each with its value; counts are what the platform will ever have shown. */
function claimDay({ truth, faults, day, orders }: World, one: TrueCampaign, caused: number): ClaimedDay {
  const { family, seed } = truth
  const arrived = new Float64Array(AGES)
  const arrivedValue = new Float64Array(AGES)
  const mean = caused * one.claimFactor * faults.claimFactor[one.platform]![day]!
  const count = negativeBinomial(stream(seed, CHANCE.counts, one.index, day), mean, family.overdispersion)
  const next = stream(seed, CHANCE.arrivals, one.index, day)
  const shares = truth.lag[one.platform]!
  const tracked = faults.tracked[one.platform]!
  const perOrder = one.claimsPerOrder * faults.claimFactor[one.platform]![day]!
  for (let k = 0; k < count; k++) {
    const lag = drawLag(shares, next())
    const [keeps, cancels, when] = [next(), next(), next()]
    const value =
      one.orderValue *
      (family.orderValueSd > 0 ? Math.exp(family.orderValueSd * normal(next) - family.orderValueSd ** 2 / 2) : 1)
    const isReturned = cancels < family.faults.cancelledShare
    if (!isReturned) orders[day + lag]! += 1 / perOrder
    if (keeps >= tracked[day + lag]!) continue
    add(arrived, arrivedValue, lag, 1, value)
    const back = lag + 5 + Math.floor(when * 8)
    if (isReturned && back < AGES) add(arrived, arrivedValue, back, -1, -value)
  }
  for (let k = 1; k < AGES; k++) {
    arrived[k]! += arrived[k - 1]!
    arrivedValue[k]! += arrivedValue[k - 1]!
  }
  return { arrived, arrivedValue }
}

function add(counts: Float64Array, values: Float64Array, at: number, count: number, value: number): void {
  counts[at]! += count
  values[at]! += value
}

function drawLag(shares: readonly number[], u: number): number {
  let sum = 0
  for (let lag = 0; lag < shares.length; lag++) {
    sum += shares[lag]!
    if (u < sum) return lag
  }
  return 0
}
