/**
 * What the contract's suite needs of one platform. An adapter is supported when the suite passes with its harness; what a
 * platform cannot do stands in `lacks`, and the suite then holds that it is refused.
 */
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import type { LeverKind } from '../../../lib/model/lever.ts'
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
  /** The yen, or another currency that is written without decimals. */
  | 'yen'

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
  /** Other words that the documents leave the platform for a write that it refused, all of it or some of its entities. */
  readonly refusals: readonly Refusal[]
  /** What is in the path or the body of a write of 5,000 yen, and of no other amount. */
  readonly fiveThousandYen?: RegExp
}

export interface Refusal {
  readonly what: string
  /** What it is told of: of budgets, or of pauses of campaigns or of ad groups. */
  readonly of: readonly ('budget' | 'campaign' | 'ad-group')[]
  /** Changes the answer to a write in place. Whether there was anything to change. */
  tell(asked: Asked, json: unknown): boolean
}

/** A world that is large enough to be read in several pages. */
export interface Paged {
  readonly campaigns: number
  /** Of the report by the day. */
  readonly days: number
  /** What then comes in several pages. */
  readonly lists: readonly Listed['of'][]
}

/** What the platform's documents say of its limits, for the suite to hold both the adapter and the twin against. */
export interface Limits {
  /** Of daily budgets, on the level that holds them; in the yen too, where there is one. */
  readonly budgets: readonly BudgetLimits[]
  /** A budget may not be cut below this multiple of what the day has spent; 0 where there is no such rule. */
  readonly floorOfSpend: number
  /** Whether a raise must come to that floor, too. */
  readonly floorHoldsRaises: boolean
  readonly editsPerHour: number
  readonly ratios: Readonly<Partial<Record<LeverKind, readonly [least: number, most: number]>>>
}

/** Micros of one currency. */
export interface BudgetLimits {
  readonly currency: string
  /** What amounts are multiples of. */
  readonly step: bigint
  readonly least: bigint
  /** `undefined`: none is known. */
  readonly most: bigint | undefined
  /** Where the twin refuses other amounts than those above, because nothing or only a part is published: which, and why. */
  readonly refused?: { readonly why: string; readonly below?: bigint; readonly above?: bigint }
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
  readonly limits: Limits
  /** How many requests carry three changes of one kind on three entities. */
  readonly requestsOfThree: Readonly<Record<Refusal['of'][number], number>>
  /** Whether structure lists every ad group, or only those that have a target of their own. */
  readonly adGroupsListed: 'all' | 'with-targets'
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

/** The value at a path of keys, where there is one. */
export function valueAt(json: unknown, ...keys: readonly (string | number)[]): unknown {
  let value = json
  for (const key of keys) value = isObject(value) ? value[String(key)] : undefined
  return value
}

/** The array at a path of keys, where there is one. */
export function arrayAt(json: unknown, ...keys: readonly string[]): unknown[] | undefined {
  const value = valueAt(json, ...keys)
  return Array.isArray(value) ? value : undefined
}
