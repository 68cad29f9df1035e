import type { Estimates } from '../model/estimates.ts'
import type { Observation } from '../model/observation.ts'
import type { PlanId } from '../model/plan.ts'
import type { Clock } from '../ports/clock.ts'
import type { PauseJournal } from '../ports/journal.ts'
import type { PlatformRegistry } from '../ports/platform.ts'
import type { StageQueue } from '../ports/queue.ts'
import type { ExchangeRates } from '../ports/rates.ts'
import type {
  AlertStore,
  Archive,
  Auditor,
  AuditStore,
  ClaimStore,
  FactStore,
  FreezeStore,
  MoneyStore,
  OrderStore,
  PlanStore,
  PolicyStore,
  ScoreStore,
} from '../ports/store.ts'

/** Everything that the stages need of the world; built by the composition root, pretend or real. */
export interface Loop {
  readonly clock: Clock
  readonly platforms: PlatformRegistry
  readonly policies: PolicyStore
  readonly facts: FactStore
  readonly plans: PlanStore
  readonly scores: ScoreStore
  readonly orders: OrderStore
  readonly money: MoneyStore
  readonly freezes: FreezeStore
  readonly alerts: AlertStore
  readonly claims: ClaimStore
  readonly audit: AuditStore
  /** Absent: state and log are not compared, as in worlds that are looked at from outside anyway. */
  readonly auditor?: Auditor
  readonly archive: Archive
  readonly rates: ExchangeRates
  readonly queue: StageQueue
  /** What was paused past the tables; without it, nothing was. */
  readonly journal?: PauseJournal
  readonly timing: Timing
  /** Names this worker in claims; unique per invocation. */
  readonly worker: string
  /** What is believed of the budgets; without it, what is fitted to what was observed. */
  readonly beliefs?: (observation: Observation) => Estimates
  /** Imported accounts that a person has named, to be read from their platforms from now on. */
  readonly takesOver?: ReadonlySet<string>
  /** Set where a person applies one plan: no other is acted on. */
  readonly asked?: AskedPlan
}

export interface AskedPlan {
  readonly plan: PlanId
  /** Push without waiting for the account's next morning; the minutes around midnight are still kept out. */
  readonly now: boolean
}

export interface Timing {
  /** Hard limit of one run, after which the runtime kills it. */
  readonly runLimitMs: number
  /** Longest that a request which timed out may still be applied by a platform. An assumption: no platform says. */
  readonly lateApplyMs: number
  /** Largest difference between two workers' clocks. */
  readonly clockSkewMs: number
}

/**
 * How many of the newest plans are looked through for open ones: a day's plan and a correction for each of the hours
 * that it may be open, with room to spare, so that corrections never push the day's plan out of sight.
 */
export const OPEN_PLANS_MAX = 48

export const DEFAULT_TIMING: Timing = { runLimitMs: 120_000, lateApplyMs: 30_000, clockSkewMs: 2_000 }

/** How long an intent blocks its lever while its outcome is unknown. */
export const leaseMs = ({ runLimitMs, lateApplyMs, clockSkewMs }: Timing): number =>
  runLimitMs + lateApplyMs + 2 * clockSkewMs
