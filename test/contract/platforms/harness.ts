/**
 * What the contract's suite needs of one platform. An adapter is supported when the suite passes with its harness; what a
 * platform cannot do stands in `lacks`, and the suite then holds that it is refused.
 */
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import type { AdPlatform } from '../../../lib/ports/platform.ts'
import type { FaultPlan } from '../../../playground/faults.ts'
import type { World } from '../../../playground/world.ts'
import type { Asked } from './proxy.ts'
import type { WorldSpec } from './world.ts'

/** What a platform may lack. Each has a specification of its own for where it is lacking. */
export type Feature =
  /** Targets (CPA or ROAS) that can be moved. */
  | 'targets'
  /** Bid multipliers under any of the strategies that the world knows. */
  | 'multipliers'
  | 'change-history'
  | 'hourly-conversions'
  /** Days of the account's own zone, which are 23 or 25 hours long twice a year. */
  | 'local-days'
  /** Ids that are numbers on the wire's side, beyond 2^53. */
  | 'numeric-ids'
  /** Getting a new access token by itself. */
  | 'token-renewal'
  /** Telling that an account is suspended. */
  | 'account-status'
  /** A number of edits in an hour, after which one budget waits. */
  | 'edit-limit'

/** What one answer lists, if anything that the suite breaks. The arrays are the answer's own: changing them changes it. */
export interface Listed {
  readonly of: 'campaigns' | 'ad-groups' | 'account' | 'rows' | 'totals'
  readonly entries: unknown[]
}

/** How the platform writes what the suite breaks. */
export interface Wire {
  /**
   * The campaigns, the ad groups, the account itself, the rows of the performance report or the account's own totals in
   * an answer.
   */
  listed(asked: Asked, json: unknown): Listed | undefined
  /** Names of fields, at any depth of an entry: of a campaign's status, of its or an ad group's strategy, of a currency. */
  readonly statusFields: readonly string[]
  readonly strategyFields: readonly string[]
  readonly currencyFields: readonly string[]
  /** Whether a request asks for a page after the first. */
  isNextPage(asked: Asked): boolean
}

/** What of the platform must be large enough to come in several pages. */
export interface Paged {
  readonly what: 'structure' | 'hours'
  readonly campaigns: number
  /** Days of a report by the hour. */
  readonly days?: number
}

export interface Backdrop {
  readonly world: World
  readonly faults: FaultPlan
  /** Puts the suite's proxy before a twin: the adapter talks to the address that this gives. */
  readonly through: (twinUrl: string) => Promise<string>
}

export interface Opened {
  readonly platform: AdPlatform
  /** Credentials in use: none of them may be in any message. */
  readonly secrets: readonly string[]
  close(): Promise<void>
}

export interface PlatformHarness {
  readonly platform: string
  readonly accountId: string
  /** Of a world of this platform; everything else of it is the suite's. */
  readonly world: Pick<WorldSpec, 'currency' | 'zone' | 'kind' | 'budgetsOn' | 'idOf'>
  /** Our id of a budget, where it is not the world's: on most platforms the campaign or ad group that holds it. */
  readonly budgetIdOf: (n: number) => string
  /** How purchases are counted: by clicks, at least seven days after them. */
  readonly rule: ConversionRule
  readonly paged: Paged
  readonly wire: Wire
  /** With the reason, in words that a reader of the documentation can use. */
  readonly lacks: Readonly<Partial<Record<Feature, string>>>
  /** Starts the twin on the world, and the adapter against it. No twin is silent: a bound on requests is for busy machines. */
  open(backdrop: Backdrop): Promise<Opened>
}

/** Id number n of its kind: neighbours that a double takes for one number. 1,790,000,000,000,000,000 has 256 of them. */
export const bigId = (n: number, of: 'campaign' | 'ad-group' | 'budget'): string =>
  String(1_790_000_000_000_000_000n + BigInt(n) * 3n + BigInt(['campaign', 'ad-group', 'budget'].indexOf(of)))

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Sets every field of these names, at any depth. The number of fields set. */
export function setFields(within: unknown, names: readonly string[], to: unknown): number {
  if (!isObject(within)) return 0
  let count = 0
  for (const [name, value] of Object.entries(within)) {
    if (names.includes(name) && !isObject(value)) {
      within[name] = to
      count += 1
    } else count += setFields(value, names, to)
  }
  return count
}

/** The array at a path of keys, where there is one. */
export function arrayAt(json: unknown, ...keys: readonly string[]): unknown[] | undefined {
  let value = json
  for (const key of keys) value = isObject(value) ? value[key] : undefined
  return Array.isArray(value) ? value : undefined
}
