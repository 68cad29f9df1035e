import type { AccountKey, AccountRef, CampaignId, PortfolioId } from '../model/account.ts'
import type { Alert } from '../model/alert.ts'
import type { AuditCheck, AuditEntry, AuditRecord } from '../model/audit.ts'
import type { PlatformEvidence } from '../model/evidence.ts'
import type { Freeze, FreezeScope } from '../model/freeze.ts'
import type { EntityHistory, IntradaySpend, IntradayTotal, PullStatus, Revision } from '../model/history.ts'
import type { IntentId, IntentRecord } from '../model/intent.ts'
import type { AccountDayLedger, PortfolioDayLedger } from '../model/ledger.ts'
import type { LeverKey } from '../model/lever.ts'
import type { Drift, LeverState } from '../model/lever-state.ts'
import type { OrderDay } from '../model/orders.ts'
import type { PerformanceRow } from '../model/performance.ts'
import type { Approval, Decision, Plan, PlanChunk, PlanHeader, PlanId, PlanProgress } from '../model/plan.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { Score } from '../model/score.ts'
import type { OrderEntry, ShopOrder } from '../model/shop-order.ts'
import type { AccountStructure, ChangeEvent } from '../model/structure.ts'
import type { AccountDate, Instant, TimeZone } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import type { ExchangeRate } from '../units/rates.ts'

/** Which portfolios there are and what each may do. */
export interface PolicyStore {
  portfolios(): Promise<readonly PortfolioId[]>
  current(portfolio: PortfolioId): Promise<PolicyVersion | undefined>
  /** The current version of every portfolio, by its name. Every turn asks for it. */
  all(): Promise<readonly PolicyVersion[]>
  /** Any version that was ever current. */
  version(portfolio: PortfolioId, version: string): Promise<PolicyVersion | undefined>
  /** Stores the version, makes it current and records it in the portfolio's audit chain. Storing it again is a no-op. */
  put(version: PolicyVersion, by: string, at: Instant): Promise<void>
}

/** What the platforms reported. Not money-relevant by itself: plain puts, one writer per account at a time. */
export interface FactStore {
  putStructure(structure: AccountStructure): Promise<void>
  structure(account: AccountRef): Promise<AccountStructure | undefined>
  putIntraday(spend: IntradaySpend): Promise<void>
  intraday(account: AccountRef, date: AccountDate): Promise<IntradaySpend | undefined>
  /** Of those of the dates that are known, in their order; all in one request. */
  intradays(account: AccountRef, dates: readonly AccountDate[]): Promise<readonly IntradaySpend[]>
  /** Of many accounts, in their order and that of the dates; cheap, however many campaigns there are. */
  intradayTotals(accounts: readonly AccountRef[], dates: readonly AccountDate[]): Promise<readonly IntradayTotal[]>
  /**
   * Upserts daily rows into the packed histories (90 days per campaign or budget-carrying ad group): only entities with a
   * changed day are written, and each changed day leaves one revision for its age on `readOn`.
   * @returns how many entity-days changed
   */
  mergeHistory(account: AccountRef, rows: readonly PerformanceRow[], readOn: AccountDate): Promise<number>
  histories(account: AccountRef): Promise<readonly EntityHistory[]>
  /** The history of restatement of one campaign, oldest day first. */
  revisions(account: AccountRef, campaign: CampaignId): Promise<readonly Revision[]>
  putChanges(account: AccountRef, events: readonly ChangeEvent[]): Promise<void>
  changes(account: AccountRef, since: Instant): Promise<readonly ChangeEvent[]>
  putDrifts(drifts: readonly Drift[]): Promise<void>
  drifts(account: AccountRef, since: Instant): Promise<readonly Drift[]>
  putPullStatus(status: PullStatus): Promise<void>
  pullStatus(account: AccountRef): Promise<PullStatus | undefined>
  /** Replaces what was known; a part that is missing is forgotten. */
  putEvidence(evidence: PlatformEvidence): Promise<void>
  evidence(account: AccountRef): Promise<PlatformEvidence | undefined>
}

/** What the advertiser's own shop sold, by portfolio and date. */
export interface OrderStore {
  /** Each date replaces what was known of it: the same days may be put again and again, and returns correct old ones. */
  put(portfolio: PortfolioId, days: readonly OrderDay[]): Promise<void>
  /** Known dates from `from` on, oldest first. */
  since(portfolio: PortfolioId, from: AccountDate): Promise<readonly OrderDay[]>
}

/** What the days of a portfolio are counted in. */
export interface OrderTerms {
  readonly zone: TimeZone
  readonly baseCurrency: CurrencyCode
  /** The rate of a day into the base currency. @throws Error where there is none, or none young enough */
  rate(from: CurrencyCode, on: AccountDate): Promise<ExchangeRate>
}

export interface RecordedOrders {
  /** Orders that changed, and those of which all was known. */
  readonly changed: number
  readonly unchanged: number
  /** Orders of which only refunds are known so far: they count for nothing. */
  readonly waiting: number
  /** Ids of orders that would have more refunds than an order may have: those that were not known are left out. */
  readonly overfull: readonly string[]
  /** Days whose sums were written again. */
  readonly days: readonly AccountDate[]
}

/** The shop's single orders, from which the days of `OrderStore` are made. */
export interface OrderBook {
  /**
   * Takes what is told of orders, in any order and as often as it comes: what stands afterwards does not depend on that.
   * Each batch changes its orders and the sums of their days at once or not at all; an error leaves whole batches behind,
   * which telling it all again puts right.
   *
   * @throws Error where a rate is missing, where others keep writing the same days, or where a day was told as a sum
   */
  record(portfolio: PortfolioId, entries: readonly OrderEntry[], terms: OrderTerms): Promise<RecordedOrders>
  order(portfolio: PortfolioId, id: string): Promise<ShopOrder | undefined>
  /** In which the orders of the dates from `from` on are, sorted. Of days that were told as sums nobody knows. */
  currencies(portfolio: PortfolioId, from: AccountDate): Promise<readonly CurrencyCode[]>
}

export interface PlanStore {
  /**
   * Stores header, chunks of at most 25 changes (cuts before raises) and holds, and records the approval in the portfolio's
   * audit chain. Storing the same plan again is a no-op.
   */
  put(plan: Plan, approval: Approval): Promise<PlanHeader>
  header(id: PlanId): Promise<PlanHeader | undefined>
  latest(portfolio: PortfolioId): Promise<PlanHeader | undefined>
  /** Newest first. */
  recent(portfolio: PortfolioId, limit: number): Promise<readonly PlanHeader[]>
  /** Made from one instant to the other, both included; newest first. */
  between(portfolio: PortfolioId, from: Instant, to: Instant): Promise<readonly PlanHeader[]>
  /** @throws Error when the stored chunk does not have the hash that the header promises */
  chunk(header: PlanHeader, account: AccountKey, index: number): Promise<PlanChunk>
  /** @throws DecisionsMissing when they are not stored, as after a restore */
  decisions(header: PlanHeader): Promise<readonly Decision[]>
  /** Conditional on the approval that was seen, and recorded in the audit; false when somebody else was faster. */
  decide(id: PlanId, seen: Approval, next: Approval): Promise<boolean>
  progress(id: PlanId): Promise<PlanProgress | undefined>
}

/** How predictions turned out. */
export interface ScoreStore {
  /** A plan is scored once: false, and nothing written, where it was before. */
  put(score: Score): Promise<boolean>
  /** Newest first, by the first day that was predicted. */
  recent(portfolio: PortfolioId, limit: number): Promise<readonly Score[]>
}

/** A versioned record to be written: `expected` is the version it must have now, 0 = it must not exist. */
export interface Versioned<T> {
  readonly next: T
  readonly expected: number
}

/** A day in the ledger, of an account or of a portfolio. */
export type LedgerDay =
  | { readonly account: AccountRef; readonly date: AccountDate }
  | { readonly portfolio: PortfolioId; readonly date: AccountDate }

/**
 * Everything that one step of the push protocol writes, in one transaction with one audit record. All of it or none.
 * At most 25 levers.
 */
export interface MoneyCommit {
  /** Own idempotency token: the same content always has the same one. */
  readonly token: string
  /** The audit chain: the account, or the portfolio for portfolio-only commits. */
  readonly chain: AccountKey | `portfolio/${string}`
  readonly at: Instant
  /** Of which nothing may be reserved any more once it is taken back or replaced: then all of it is a conflict. */
  readonly approved?: PlanId
  /** Days that are not open yet: once one is, what is written here would not be counted in it. Then all of it is a conflict. */
  readonly unopened?: readonly LedgerDay[]
  readonly levers: readonly Versioned<LeverState>[]
  /** New intents (must not exist) and outcomes of old ones (must exist unsettled). */
  readonly intents: readonly IntentRecord[]
  readonly accountDay?: Versioned<AccountDayLedger>
  readonly portfolioDay?: Versioned<PortfolioDayLedger>
  readonly progress?: Versioned<PlanProgress>
  readonly entries: readonly AuditEntry[]
}

export type CommitResult =
  | { readonly kind: 'committed' }
  /** Somebody else wrote first; nothing of the commit was applied. Read again and decide again. */
  | { readonly kind: 'conflict'; readonly on: readonly string[] }

/** The money path. Every read is strongly consistent. */
export interface MoneyStore {
  accountDay(account: AccountRef, date: AccountDate): Promise<AccountDayLedger | undefined>
  portfolioDay(portfolio: PortfolioId, date: AccountDate): Promise<PortfolioDayLedger | undefined>
  /** Those of the keys that are known. */
  levers(account: AccountRef, keys: readonly LeverKey[]): Promise<ReadonlyMap<LeverKey, LeverState>>
  allLevers(account: AccountRef): Promise<ReadonlyMap<LeverKey, LeverState>>
  intent(account: AccountRef, id: IntentId): Promise<IntentRecord | undefined>
  /** Intents of a plan on an account. */
  intents(account: AccountRef, plan: PlanId): Promise<readonly IntentRecord[]>
  commit(commit: MoneyCommit): Promise<CommitResult>
}

export interface FreezeStore {
  /** Strongly consistent. Those of the scopes that are frozen. */
  active(scopes: readonly FreezeScope[]): Promise<readonly Freeze[]>
  all(): Promise<readonly Freeze[]>
  freeze(freeze: Freeze): Promise<void>
  unfreeze(scope: FreezeScope, by: string, reason: string, at: Instant): Promise<void>
}

/** What the guard noticed and has told, until long after it is over. */
export interface AlertStore {
  /** Every alert of the account that is kept, newest first: those that are not resolved, and those of the last month. */
  all(account: AccountRef): Promise<readonly Alert[]>
  /** Conditional on the version that was seen, and recorded in the audit; false when somebody else was faster. */
  put(alert: Versioned<Alert>): Promise<boolean>
}

export type ClaimResult = 'claimed' | 'done' | 'elsewhere'

/** One worker at a time per key, and each turn of a key once. */
export interface ClaimStore {
  /** `done`: this turn (or a later one) of the key was finished before. `elsewhere`: another worker holds it until later. */
  claim(key: string, turn: Instant, attempt: number, worker: string, now: Instant, until: Instant): Promise<ClaimResult>
  /** Marks the turn finished and gives the key back; ignored when the worker no longer holds it. */
  finish(key: string, turn: Instant, attempt: number, worker: string): Promise<void>
  /** Gives the key back with the turn unfinished, so that a retry can take it at once. */
  release(key: string, worker: string): Promise<void>
}

export interface AuditStore {
  /** In order. */
  records(chain: string): AsyncIterable<AuditRecord>
  head(chain: string): Promise<{ readonly sequence: number; readonly hash: string } | undefined>
}

/** Compares the state with the log. */
export interface Auditor {
  /**
   * Whether the chain is intact from its checkpoint to its head, and what it wrote is what the tables hold; goes on from
   * where the last look without findings stopped, and remembers this one if it has none. What all accounts of a portfolio
   * write together is compared by the check of the portfolio's chain.
   *
   * @param now what has expired by then may be gone
   */
  check(chain: string, now: Instant): Promise<AuditCheck>
}

/** Content-addressed, immutable blobs: the inputs of plans. */
export interface Archive {
  /**
   * @param content text, or pieces of it that are never all in memory at once
   * @returns SHA-256 of the content, in hexadecimal
   */
  put(content: string | Iterable<string>): Promise<string>
  /** @throws Error when it is missing or does not have that hash */
  get(hash: string): Promise<string>
}
