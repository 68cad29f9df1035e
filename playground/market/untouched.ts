import {
  type AccountDate,
  accountDate,
  dateAt,
  type Instant,
  later,
  MINUTE_MS,
  type TimeZone,
} from '../../lib/units/calendar.ts'
import { createMarket, type Market } from './market.ts'
import type { Scenario } from './schema.ts'

export interface UntouchedOptions {
  /** Seed of the run that it is compared with. */
  readonly seed: number
  /** What to spend from the start to `until`, in micros of the scenario's base currency. */
  readonly spendMicros: bigint
  /** End of the comparison, as a rule the end of the run; whole dates up to it count. Default: the scenario's end. */
  readonly until?: Instant
  /** Last date whose spend counts, where `until` lies beyond its end in some zone. Default: the date that `until` ends. */
  readonly through?: AccountDate
  /** Largest accepted relative difference in spend. Default: 0.0002. */
  readonly tolerance?: number
}

export interface Untouched {
  /** What all initial budgets were multiplied by. */
  readonly factor: number
  readonly spendMicros: bigint
  /** (spend − demanded) / demanded. Beyond the tolerance when no factor reaches it, as when all campaigns are saturated. */
  readonly spendDifference: number
  /** Advanced to `until`, with its own truth. */
  readonly market: Market
}

/** Budgets are not multiplied by more than this: a campaign that cannot deliver would never spend the rest. */
const FACTOR_MAX = 64
const STEPS_MAX = 40

/**
 * What the accounts would have brought if nobody had touched them: same seed, same draws for each campaign, initial
 * budgets times one factor, chosen so that the spend is equal. Edits that the scenario makes by itself happen here too.
 */
export function runUntouched(scenario: Scenario, options: UntouchedOptions): Untouched {
  const wanted = Number(options.spendMicros) / 1e6
  if (!(wanted > 0)) throw new RangeError(`spend must be > 0, got ${options.spendMicros} micros`)
  const tolerance = options.tolerance ?? 0.0002
  const attempt = (factor: number): Attempt => run(scenario, options, factor, wanted)
  let low: Attempt = { factor: 0, difference: -1 }
  let high = attempt(1)
  while (high.difference < 0 && high.factor < FACTOR_MAX && Math.abs(high.difference) > tolerance) {
    low = high
    high = attempt(high.factor * 1.5)
  }
  let best = closer(low, high)
  for (let step = 0; step < STEPS_MAX && Math.abs(best.difference) > tolerance && high.difference > 0; step++) {
    const middle = attempt(between(low, high, step))
    if (middle.difference < 0) low = middle
    else high = middle
    best = closer(best, middle)
  }
  const market = best.market!
  return { factor: best.factor, spendMicros: best.spendMicros!, spendDifference: best.difference, market }
}

interface Attempt {
  readonly factor: number
  readonly difference: number
  readonly spendMicros?: bigint
  readonly market?: Market
}

const closer = (a: Attempt, b: Attempt): Attempt =>
  a.market && Math.abs(a.difference) <= Math.abs(b.difference) ? a : b

/** By the straight line between the two, and every third time their middle, so that a bend cannot hold the search up. */
function between(low: Attempt, high: Attempt, step: number): number {
  if (step % 3 === 2) return (low.factor + high.factor) / 2
  const share = -low.difference / (high.difference - low.difference)
  return low.factor + Math.min(0.98, Math.max(0.02, share)) * (high.factor - low.factor)
}

function run(scenario: Scenario, { seed, until, through }: UntouchedOptions, factor: number, wanted: number): Attempt {
  const market = createMarket(scenario, { seed, budgetFactor: factor })
  const end = until ?? market.end
  market.advanceTo(end)
  const zone = scenario.portfolio.zone as TimeZone
  const last = through ?? dateAt(later(end, -MINUTE_MS), zone)
  const spend = market.truth.spendInBase(accountDate(scenario.start), last)
  const spendMicros = BigInt(Math.round(spend * 1e6))
  return { factor, difference: spend / wanted - 1, spendMicros, market }
}
