/**
 * What one run is reported by: plain figures, ready to be shown. Money is decimal text in main units with its currency
 * beside it; conversions are numbers. Everything that is not known is absent, never 0.
 */
export interface RunReport {
  readonly schemaVersion: 1
  readonly scenario: string
  readonly description: string
  readonly seed: number
  readonly portfolio: string
  readonly mode: string
  readonly from: string
  readonly to: string
  readonly days: number
  readonly currency: string
  readonly goal: 'conversions' | 'value'
  readonly accounts: readonly AccountLine[]
  readonly rates: readonly string[]
  readonly before: PeriodFigures
  readonly sluice: PeriodFigures
  readonly untouched: UntouchedFigures
  readonly pacing: readonly PacingDay[]
  readonly flightTotal: number
  /** By daily plan, oldest first; absent in reports of before plans said it. */
  readonly landings?: readonly LandingLine[]
  readonly limits?: readonly LimitLine[]
  readonly limitedBy?: readonly LimitedByLine[]
  readonly campaigns: readonly CampaignLine[]
  readonly moves: readonly MoveLine[]
  readonly holds: readonly HoldLine[]
  readonly drifts: readonly DriftLine[]
  readonly refusals: readonly RefusalLine[]
  readonly turns: TurnFigures
  readonly invariants: readonly Invariant[]
  readonly decisions: readonly DecisionLine[]
}

export interface AccountLine {
  readonly key: string
  readonly name: string
  readonly currency: string
  readonly zone: string
  readonly campaigns: number
  readonly budgets: number
}

/** Figures of a span of whole dates; money in main units of the base currency. */
export interface PeriodFigures {
  readonly from: string
  readonly to: string
  readonly spend: number
  /** Caused by the spend: on average over all draws of chance, given what was spent. */
  readonly incremental: number
  readonly incrementalValue: number
  /** By platform. */
  readonly claimed: Readonly<Record<string, number>>
  readonly ordered: number
  readonly orderedValue: number
  readonly refunded: number
}

export interface UntouchedFigures extends PeriodFigures {
  /** What all initial budgets were multiplied by, so that the spend is equal. */
  readonly budgetFactor: number
  /** (spend − Sluice's spend) / Sluice's spend. */
  readonly spendDifference: number
}

export interface PacingDay {
  readonly date: string
  readonly spend: number
  /** Even share of the flight's total up to and including the date. */
  readonly targetToDate: number
  readonly spendToDate: number
  /** Spend of the untouched accounts up to the date. */
  readonly untouchedToDate: number
}

/** Where a daily plan saw the flight end, with its 80 % interval; main units of the base currency. */
export interface LandingLine {
  readonly date: string
  readonly mean: number
  readonly low: number
  readonly high: number
  /** Of that day's target: what no budget was worth, or had room for. */
  readonly unspent: number
}

/** What bound the portfolio as a whole in daily plans. */
export interface LimitLine {
  readonly name: string
  readonly detail: string
  readonly days: number
  /** Mean over those days of what one more main unit a day would have brought a day; absent where it cannot be said. */
  readonly worthPerUnit?: number
}

/** What kept budgets from bringing more, as the last daily plan saw it. */
export interface LimitedByLine {
  readonly by: 'budget' | 'target' | 'bid' | 'audience'
  readonly budgets: readonly string[]
}

/** One campaign's spend and what it cost to cause a conversion, before the run and during it; base currency. */
export interface CampaignLine {
  readonly account: string
  readonly name: string
  readonly class: string
  readonly spendPerDayBefore: number
  readonly spendPerDayAfter: number
  /** Absent where less than half a conversion was caused. */
  readonly cpaBefore?: number
  readonly cpaAfter?: number
}

export interface MoveLine {
  readonly at: string
  readonly account: string
  readonly name: string
  readonly from: string
  readonly to: string
  readonly change: string
  readonly why: string
  /** Change of incremental outcome per day that was expected, with an 80 % interval. */
  readonly expected: { readonly mean: number; readonly low: number; readonly high: number }
  readonly outcome: string
  /** All applied moves of the budget in the run, this one included: how many, from where to where. */
  readonly inAll: { readonly moves: number; readonly from: string; readonly to: string }
}

export interface HoldLine {
  readonly reason: string
  /** Lever-days. */
  readonly count: number
  readonly levers: number
  readonly example: string
}

export interface DriftLine {
  readonly at: string
  readonly account: string
  readonly name: string
  readonly from: string
  readonly to: string
  readonly actor?: string
  readonly resolution: string
  readonly detail: string
}

export interface RefusalLine {
  readonly at: string
  readonly account: string
  readonly lever: string
  readonly outcome: string
  readonly detail: string
}

export interface TurnFigures {
  readonly ran: number
  readonly failed: number
  readonly plans: number
  readonly changesApplied: number
  readonly deadLetters: number
  readonly failures: readonly {
    readonly stage: string
    readonly key: string
    readonly count: number
    readonly message: string
  }[]
}

export interface Invariant {
  readonly name: string
  readonly held: boolean
  readonly detail: string
}

export interface DecisionLine {
  readonly at: string
  readonly plan: string
  readonly account: string
  readonly name: string
  readonly lever: string
  readonly decision: 'change' | 'hold'
  readonly from?: string
  readonly to?: string
  readonly reason: string
  readonly outcome?: string
}
