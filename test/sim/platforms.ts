import { type AccountRef, accountKey, type BudgetId, type CampaignId, platformId } from '../../lib/model/account.ts'
import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import type { WriteResult } from '../../lib/model/failure.ts'
import { isBudget, type Lever, type LeverChange, type LeverValue } from '../../lib/model/lever.ts'
import type { AccountStructure, ChangeEvent, Experiment } from '../../lib/model/structure.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import { type AccountDate, HOUR_MS, type Instant, later, type TimeZone } from '../../lib/units/calendar.ts'
import { type CurrencyCode, money } from '../../lib/units/money.ts'
import { reportOf } from './reports.ts'
import type { SpentDay } from './spend.ts'

/** A budget as the platform has it. */
export interface TrueBudget {
  readonly id: string
  readonly period: 'daily' | 'lifetime'
  readonly campaigns: readonly string[]
  micros: bigint
}

export interface TrueAccount {
  readonly account: AccountRef
  readonly key: string
  readonly currency: CurrencyCode
  readonly zone: TimeZone
  readonly budgets: Map<string, TrueBudget>
  readonly campaigns: Map<string, 'active' | 'paused'>
  /** Names by campaign: the portfolio that it belongs to is a part of it. */
  readonly names: ReadonlyMap<string, string>
  readonly targets: Map<string, bigint>
  readonly events: ChangeEvent[]
  /** Spend by campaign and date as it was last reported, and how it came about. */
  readonly spend: Map<string, bigint>
  readonly days: Map<string, SpentDay>
  /** Tests that the platform runs on campaigns. */
  readonly experiments: readonly Experiment[]
  /** The first date that anything is reported of. */
  readonly bornOn: AccountDate
  /** How often it was changed: the same structure is not put together twice. */
  version: number
  built?: { readonly version: number; readonly structure: AccountStructure }
}

/** What becomes of one change that is sent. `late` and `accepted`: it takes effect after so many milliseconds, or never. */
export type Fate =
  | { readonly kind: 'applied' | 'refused' | 'throttled' | 'lost-before' | 'lost-after' }
  | { readonly kind: 'stored'; readonly micros: bigint }
  | { readonly kind: 'late'; readonly afterMs: number | undefined }
  | { readonly kind: 'accepted'; readonly afterMs: number }

/** What goes on at the platforms, as the world has it. */
export interface PlatformWorld {
  readonly accounts: ReadonlyMap<string, TrueAccount>
  /** By the clock of whoever calls. */
  now(): Instant
  fate(change: LeverChange): Fate
  /** A read may be refused; what it throws is thrown. */
  trouble(method: string, account: TrueAccount): void
  /** Whether a report leaves something out, or is hours old. */
  reportFault(): 'partial' | 'stale' | undefined
  /** Conversions are counted this many times. */
  countingFactor(account: TrueAccount): number
  /** A change of ours has taken effect. */
  takesEffect(change: LeverChange, value: LeverValue, late: boolean): void
  inFlight(afterMs: number, land: () => void): void
  /** How many of the answers come. */
  answers(of: number): number
}

export const ALPHA = platformId('alpha')
export const BETA = platformId('beta')

/** What a platform stores: multiples of this many micros, and no daily budget below the least. */
const STEP: Readonly<Record<string, bigint>> = { alpha: 10_000n, beta: 1_000_000n }
export const LEAST = 1_000_000n

const capabilities = (id: string, factor: number, learningSafeStep: number): PlatformCapabilities => ({
  honours: () => ({ kind: 'honoured' }),
  normalise: (_, value) => (value.kind === 'money' ? rounded(id, value) : value),
  minimumDailyBudget: (code) => money(LEAST, code),
  overDeliveryFactor: factor,
  cutFloorOfSpend: 0,
  budgetEditsPerHour: Number.POSITIVE_INFINITY,
  restatementDays: 5,
  hourlyConversions: false,
  learningSafeStep,
})

function rounded(id: string, value: Extract<LeverValue, { kind: 'money' }>): LeverValue {
  const step = STEP[id]!
  return { kind: 'money', amount: money((value.amount.micros / step) * step, value.amount.currency) }
}

const CAPABILITIES: Readonly<Record<string, PlatformCapabilities>> = {
  alpha: capabilities('alpha', 2, 1),
  beta: capabilities('beta', 1.75, 0.25),
}

/** Largest share by which a budget may move without learning anew. */
export const safeStepOf = ({ platform }: AccountRef): number => CAPABILITIES[platform]!.learningSafeStep

export const factorOf = ({ platform }: AccountRef): number => CAPABILITIES[platform]!.overDeliveryFactor

/** Two platforms that round differently and overspend by different factors. */
export function platforms(world: PlatformWorld): (id: string) => AdPlatform {
  const made = new Map([ALPHA, BETA].map((id) => [id as string, platformOf(id, world)]))
  return (id) => made.get(id)!
}

function platformOf(id: typeof ALPHA, world: PlatformWorld): AdPlatform {
  const at = (method: string, account: AccountRef): TrueAccount => {
    const own = world.accounts.get(accountKey(account))!
    world.trouble(method, own)
    return own
  }
  return {
    id,
    capabilities: CAPABILITIES[id]!,
    reader: {
      structure: async (account) => structureOf(at('structure', account), world.now()),
      performance: async (account, query, rules) => {
        const own = at('performance', account)
        return reportOf(own, query, rules, world)
      },
      changes: async (account, since) => at('changes', account).events.filter((event) => event.at >= since),
      live: async (account, levers) => {
        const own = at('live', account)
        return levers.map((lever) => ({ lever, value: valueAt(own, lever) }))
      },
      announcements: async () => [],
    },
    writer: {
      apply: async (account, changes, _, look) => {
        const own = world.accounts.get(accountKey(account))!
        const results: WriteResult[] = []
        for (const [i, change] of changes.entries()) {
          // One of the two takes changes one by one.
          const frozen = i > 0 && id === BETA ? await look?.() : undefined
          results.push(frozen?.(change.lever) === undefined ? send(own, change, world) : STOPPED)
        }
        return results.slice(0, world.answers(results.length))
      },
      announce: async () => ({ kind: 'applied' }),
    },
  }
}

const STOPPED: WriteResult = { kind: 'refused', failure: { kind: 'transient', detail: 'frozen' } }
const LOST: WriteResult = { kind: 'unknown', detail: 'the connection closed' }

function send(own: TrueAccount, change: LeverChange, world: PlatformWorld): WriteResult {
  const fate = world.fate(change)
  const apply = (value: LeverValue, late: boolean): void => {
    set(own, change.lever, value)
    world.takesEffect(change, value, late)
  }
  const stored = asStored(own, change)
  switch (fate.kind) {
    case 'applied':
      apply(stored, false)
      return { kind: 'applied' }
    case 'stored':
      apply({ kind: 'money', amount: money(fate.micros, own.currency) }, false)
      return { kind: 'applied' }
    case 'refused':
      return { kind: 'refused', failure: { kind: 'rejected', code: 'NO', detail: 'not this one' } }
    case 'throttled':
      return { kind: 'refused', failure: { kind: 'rate-limited', retryAfterMs: 60_000, detail: 'too many' } }
    case 'lost-before':
      return LOST
    case 'lost-after':
      apply(stored, false)
      return LOST
    case 'accepted':
      world.inFlight(fate.afterMs, () => apply(stored, true))
      return { kind: 'applied' }
    case 'late':
      if (fate.afterMs !== undefined) world.inFlight(fate.afterMs, () => apply(stored, true))
      return LOST
  }
}

/** As the platform rounds it, and no lower than it lets a daily budget be. */
function asStored(own: TrueAccount, { lever, to }: LeverChange): LeverValue {
  if (to.kind !== 'money') return to
  const value = rounded(own.account.platform, to)
  return lever.kind === 'daily-budget' && value.kind === 'money' && value.amount.micros < LEAST
    ? { kind: 'money', amount: money(LEAST, own.currency) }
    : value
}

/** Whether anything that it feeds runs. */
export const canSpendAt = (own: TrueAccount, budget: TrueBudget): boolean =>
  budget.campaigns.some((id) => own.campaigns.get(id) === 'active')

export function valueAt(own: TrueAccount, { kind, id }: Lever): LeverValue | undefined {
  switch (kind) {
    case 'daily-budget':
    case 'lifetime-budget': {
      const budget = own.budgets.get(id)
      return budget && `${budget.period}-budget` === kind
        ? { kind: 'money', amount: money(budget.micros, own.currency) }
        : undefined
    }
    case 'status': {
      const status = own.campaigns.get(id)
      return status && { kind: 'status', status }
    }
    case 'target-cpa': {
      const target = own.targets.get(id)
      return target === undefined ? undefined : { kind: 'money', amount: money(target, own.currency) }
    }
    default:
      return undefined
  }
}

export function set(own: TrueAccount, lever: Lever, value: LeverValue): void {
  own.version += 1
  if (isBudget(lever) && value.kind === 'money') own.budgets.get(lever.id)!.micros = value.amount.micros
  if (lever.kind === 'status' && value.kind === 'status') own.campaigns.set(lever.id, value.status)
  if (lever.kind === 'target-cpa' && value.kind === 'money') own.targets.set(lever.id, value.amount.micros)
}

const STALE_MS = 5 * HOUR_MS
export const staleAt = (now: Instant): Instant => later(now, -STALE_MS)

function structureOf(own: TrueAccount, readAt: Instant): AccountStructure {
  if (own.built?.version === own.version) return { ...own.built.structure, readAt }
  const structure: AccountStructure = {
    account: own.account,
    name: `account ${own.key}`,
    currency: own.currency,
    zone: own.zone,
    readAt,
    blockers: [],
    adGroups: [],
    experiments: own.experiments,
    campaigns: [...own.campaigns].map(([id, status]) => ({
      id: id as CampaignId,
      name: own.names.get(id)!,
      kind: 'search',
      status,
      budget: [...own.budgets.values()].find(({ campaigns }) => campaigns.includes(id))?.id as BudgetId,
      strategy: own.targets.has(id)
        ? { kind: 'target-cpa', targetCpa: money(own.targets.get(id)!, own.currency) }
        : { kind: 'max-conversions' },
      learning: 'stable',
      deviceMultipliers: {},
    })),
    budgets: [...own.budgets.values()].map(({ id, micros, period, campaigns }) => ({
      id: id as BudgetId,
      name: `budget ${id}`,
      owner: campaigns.length > 1 ? 'shared' : 'campaign',
      period,
      amount: money(micros, own.currency),
      campaigns: campaigns as readonly CampaignId[],
      status: 'active',
    })),
  }
  own.built = { version: own.version, structure }
  return structure
}
