import type { Instant } from '../../../lib/units/calendar.ts'
import type { Fault, FaultPlan } from '../../faults.ts'
import type { World, WorldAccount } from '../../world.ts'
import { noPermission } from './errors.ts'
import type { QueryLimits } from './limits.ts'
import type { Params } from './params.ts'
import type { SpendBook } from './spend-book.ts'

export interface TikTokTwinCredentials {
  /** Lasts until the advertiser revokes it. */
  readonly accessToken: string
  readonly appId: string
  readonly appSecret: string
  /** Good for one exchange against the access token. */
  readonly authCode: string
}

/** What was asked of the twin so far. */
export interface TikTokTwinRequests {
  http: number
  reads: number
  reports: number
  writes: number
  /** Answers whose code was neither 0 nor 20001. */
  errors: number
}

/** Everything that a call may need; one per running twin. */
export interface Twin {
  readonly world: World
  readonly credentials: TikTokTwinCredentials
  readonly faults: FaultPlan
  readonly limits: QueryLimits
  readonly book: SpendBook
  /** Ads that a synchronous report looks at, newest first. */
  readonly reportAdsMax: number
  /** Whether the application was granted the scope of GMV Max. */
  readonly hasGmvMaxScope: boolean
  readonly requests: TikTokTwinRequests
  /** Counts calls, for fault plans and request ids. */
  sequence: number
  isAuthCodeSpent: boolean
}

export interface Call {
  readonly method: string
  /** Without `/open_api/v1.3`, with both slashes: `/campaign/get/`. */
  readonly path: string
  readonly params: Params
  readonly token: string | undefined
}

/** The body's `data`, its code where that is not 0, and headers of its own. */
export interface Answer {
  readonly data: unknown
  readonly code?: 20001
  readonly message?: string
  readonly headers?: Readonly<Record<string, string>>
}

export const nowOf = (twin: Twin): Instant => twin.world.now()

export function nextFault(twin: Twin, method: string, path: string): Fault | undefined {
  twin.sequence += 1
  return twin.faults({ platform: 'tiktok', method, path, mutating: method === 'POST', sequence: twin.sequence })
}

/** @throws TikTokError 40001 for an account that the token does not reach */
export function accountOf({ world }: Twin, id: string): WorldAccount {
  const account = world.account('tiktok', id)
  if (!account) throw noPermission(`No permission to operate advertiser ${id}.`)
  return account
}
