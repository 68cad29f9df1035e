import type { FaultPlan } from '../../faults.ts'
import type { World } from '../../world.ts'
import type { FundingSource } from './accounts.ts'
import type { Extras } from './entities.ts'
import type { Rates } from './rates.ts'
import type { Tokens } from './tokens.ts'

/** What was asked of the twin so far. */
export interface SnapchatTwinRequests {
  /** HTTP requests, those for tokens included. */
  http: number
  tokens: number
  reads: number
  stats: number
  patches: number
  puts: number
  /** Answers that were an error of the API's or its gateway's. */
  errors: number
}

/** Everything that a call may need; one per running twin. */
export interface Twin {
  readonly world: World
  readonly tokens: Tokens
  readonly rates: Rates
  readonly faults: FaultPlan
  readonly extras: Extras
  readonly funding: readonly FundingSource[]
  readonly offersPatch: boolean
  readonly pageSize: number
  readonly requests: SnapchatTwinRequests
  /** Counts requests, for fault plans and request ids. */
  sequence: number
}

/** One request, taken out of HTTP. */
export interface SnapCall {
  readonly method: string
  /** Without `/v1`. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
  readonly contentType: string
  readonly body: string
  /** Scheme, host, port and path, for links. */
  readonly address: string
}
