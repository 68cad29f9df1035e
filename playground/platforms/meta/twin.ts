import type { Instant } from '../../../lib/units/calendar.ts'
import type { Fault, FaultPlan } from '../../faults.ts'
import type { World } from '../../world.ts'
import type { BudgetGate } from './budget-rules.ts'
import type { Directory } from './directory.ts'
import type { InsightsReport } from './insights.ts'
import type { Limits } from './limits.ts'
import type { FieldContext } from './nodes.ts'
import type { Params } from './params.ts'
import type { Recent } from './recent.ts'
import type { ReportDesk } from './reports.ts'
import type { RuleBook } from './rules.ts'
import type { SpendBook } from './spend-book.ts'

export interface MetaTwinCredentials {
  readonly accessToken: string
  readonly appId: string
  readonly appSecret: string
}

/** What is known of an access token. */
export interface MetaTwinToken {
  readonly scopes: readonly string[]
  /** Seconds since 1970; 0: never. */
  readonly expiresAt: number
  readonly issuedAt?: number
}

/** What was asked of the twin so far. A batch counts once as a request and once for each of its items. */
export interface MetaTwinRequests {
  /** HTTP requests. */
  http: number
  reads: number
  writes: number
  insights: number
  batches: number
  batchItems: number
  /** Answers that were an error of Graph's, those in a batch included. */
  errors: number
}

/** Everything that a call may need; one per running twin. */
export interface Twin {
  readonly world: World
  readonly credentials: MetaTwinCredentials
  /** Accepted Graph versions, oldest first. */
  readonly versions: readonly string[]
  readonly token: MetaTwinToken
  readonly syncRowsMax: number
  readonly emptyFirstPages: boolean
  readonly faults: FaultPlan
  readonly directory: Directory
  readonly book: SpendBook
  readonly limits: Limits
  readonly reports: ReportDesk
  readonly recentReports: Recent<InsightsReport>
  readonly gate: BudgetGate
  readonly rules: RuleBook
  readonly context: FieldContext
  /** The same set that `context` shows, to be added to. */
  readonly archived: Set<string>
  readonly requests: MetaTwinRequests
  /** Counts calls, for fault plans and trace ids. */
  sequence: number
}

/** One call, taken out of HTTP: alone or as an item of a batch. */
export interface GraphCall {
  readonly method: string
  /** Without the version. */
  readonly segments: readonly string[]
  /** Undefined when the path names none. */
  readonly version: string | undefined
  readonly params: Params
  readonly token: string | undefined
  /** Scheme, host and port, for links. */
  readonly baseUrl: string
}

export interface GraphAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export const nowOf = (twin: Twin): Instant => twin.world.now()

/** Asking for a report by POST changes nothing. */
export const isMutating = (method: string, path: string): boolean => method !== 'GET' && !/\/insights\/?$/.test(path)

/** The fault, if any, that befalls the next call. */
export function nextFault(twin: Twin, method: string, path: string, mutating: boolean): Fault | undefined {
  twin.sequence += 1
  return twin.faults({ platform: 'meta', method, path, mutating, sequence: twin.sequence })
}
