import { type AccountRef, accountKey, type BudgetId, type CampaignId, platformId } from '../../lib/model/account.ts'
import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import { PlatformError, type PlatformFailure, type WriteResult } from '../../lib/model/failure.ts'
import {
  isBudget,
  type Lever,
  type LeverChange,
  type LeverKey,
  type LeverValue,
  leverKey,
} from '../../lib/model/lever.ts'
import type { PerformanceRow } from '../../lib/model/performance.ts'
import type {
  AccountStructure,
  BidStrategy,
  ChangeEvent,
  Device,
  EntityStatus,
  Experiment,
} from '../../lib/model/structure.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { AdPlatform, Announcement } from '../../lib/ports/platform.ts'
import { type AccountDate, dates, HOUR_MS, type Instant, type TimeZone, timeZone } from '../../lib/units/calendar.ts'
import { type CurrencyCode, currency, money, zero } from '../../lib/units/money.ts'

export const PLATFORM = platformId('scripted')

/** What becomes of one change that is sent. `late`: no answer, and applied when the test says so. */
export type Fate = 'applied' | 'refused' | 'lost-before' | 'lost-after' | 'late' | { readonly stored: bigint }

export interface ScriptedBudget {
  readonly id: string
  micros: bigint
  readonly period: 'daily' | 'lifetime'
  status: EntityStatus
  readonly campaigns: readonly string[]
}

/** One value that took effect. */
export interface Write {
  readonly at: Instant
  readonly account: string
  readonly budget: string
  readonly from: bigint
  readonly to: bigint
  readonly by: 'sluice' | 'human'
}

/** One value of a lever that is no budget, that took effect. */
export interface Setting {
  readonly at: Instant
  readonly lever: LeverKey
  readonly to: LeverValue
  readonly by: 'sluice' | 'human'
}

export interface ScriptedAccount {
  readonly account: AccountRef
  readonly currency: CurrencyCode
  readonly zone: TimeZone
  readonly budgets: Map<string, ScriptedBudget>
  readonly campaigns: Map<string, EntityStatus>
  /** By campaign: target cost per conversion in micros, target return as a ratio. */
  readonly targets: Map<string, { readonly cpa?: bigint; readonly roas?: number }>
  /** By campaign, whose bids are then set by hand: multipliers by device, 1 where none is set. */
  readonly multipliers: Map<string, Partial<Record<Device, number>>>
  readonly announcements: Announcement[]
  readonly events: ChangeEvent[]
  /** Tests that the platform runs. */
  readonly experiments: Experiment[]
  unexplained: bigint
}

export interface ScriptedPlatform {
  readonly platform: AdPlatform
  readonly accounts: Map<string, ScriptedAccount>
  /** Every value that took effect, in order. */
  readonly writes: Write[]
  /** The same of levers that are no budgets. */
  readonly settings: Setting[]
  /** Every announcement that was ever sent, in order. */
  readonly announced: Announcement[]
  /** Whether it raises budgets by schedules; a test says so before anything else. */
  offersSchedules: boolean
  /** Changes are sent one request after the other, so that freezes are looked for between them. */
  oneByOne: boolean
  /** Every schedule that was to be taken back, in order. */
  readonly withdrawn: string[]
  /** Asked once per announcement sent. */
  announceFate: (announcement: Announcement) => Exclude<Fate, object>
  withdrawFate: (schedule: string) => Exclude<Fate, object>
  /** Every change that was ever sent, applied or not. */
  readonly sent: { readonly batch: number; readonly at: Instant; readonly change: LeverChange }[]
  /** Asked once per change sent; all are applied unless a test says otherwise. */
  fate: (change: LeverChange, nth: number) => Fate
  /** Asked before every read; what it returns is thrown. */
  trouble: (method: string, account: AccountRef) => PlatformFailure | undefined
  /** Answers to a batch, after the fact: for platforms that answer less or more than they were asked. */
  answers: (results: readonly WriteResult[]) => readonly WriteResult[]
  /** What `performance` was asked for. */
  readonly asked: {
    readonly account: string
    readonly grain: string
    readonly from: AccountDate
    readonly to: AccountDate
  }[]
  open(account: AccountRef, options?: { currency?: string; zone?: string }): ScriptedAccount
  human(account: AccountRef, budget: string, micros: bigint, actor?: string): void
  /** Somebody sets a status or a target by hand. */
  humanSets(lever: Lever, to: LeverValue): void
  valueOf(lever: Lever): LeverValue | undefined
  micros(account: AccountRef, budget: string): bigint | undefined
  /** Lets what is late arrive, or be lost for good. */
  land(arrives?: boolean): void
}

const CENT = 10_000n

export function scriptedPlatform(clock: Clock): ScriptedPlatform {
  const late: (() => void)[] = []
  let batches = 0
  const scripted: ScriptedPlatform = {
    accounts: new Map(),
    writes: [],
    settings: [],
    announced: [],
    offersSchedules: false,
    oneByOne: false,
    withdrawn: [],
    announceFate: () => 'applied',
    withdrawFate: () => 'applied',
    sent: [],
    asked: [],
    fate: () => 'applied',
    trouble: () => undefined,
    answers: (results) => results,
    open(account, { currency: code = 'EUR', zone = 'Europe/Berlin' } = {}) {
      const opened: ScriptedAccount = {
        account,
        currency: currency(code),
        zone: timeZone(zone),
        budgets: new Map(),
        campaigns: new Map(),
        targets: new Map(),
        multipliers: new Map(),
        announcements: [],
        events: [],
        experiments: [],
        unexplained: 0n,
      }
      scripted.accounts.set(accountKey(account), opened)
      return opened
    },
    humanSets: (lever, to) => set(lever, to, 'human'),
    valueOf: (lever) => liveValue(scripted.accounts.get(accountKey(lever.account))!, lever),
    human: (account, budget, micros, actor = 'anna@shop.example') => write(account, budget, micros, 'human', actor),
    micros: (account, budget) => scripted.accounts.get(accountKey(account))?.budgets.get(budget)?.micros,
    land: (arrives = true) => {
      for (const apply of late.splice(0)) if (arrives) apply()
    },
    platform: {
      id: PLATFORM,
      get capabilities() {
        return scripted.offersSchedules ? WITH_SCHEDULES : capabilitiesOfScripted
      },
      reader: {
        structure: async (account) => structureOf(at('structure', account), clock.now()),
        performance: async (account, { grain, from, to }, rules) => {
          const own = at('performance', account)
          scripted.asked.push({ account: accountKey(account), grain, from, to })
          return reportOf(own, { grain, from, to }, rules, clock.now())
        },
        changes: async (account, since) => at('changes', account).events.filter((event) => event.at >= since),
        live: async (account, levers) =>
          levers.map((lever) => ({ lever, value: liveValue(at('live', account), lever) })),
        announcements: async (account) => [...at('announcements', account).announcements],
      },
      writer: {
        apply: async (account, changes, _, look) => {
          batches += 1
          const results: WriteResult[] = []
          for (const change of changes) {
            const why = scripted.oneByOne && look && results.length > 0 ? (await look())(change.lever) : undefined
            if (why === undefined) results.push(send(account, change, batches))
            else results.push({ kind: 'refused', failure: { kind: 'transient', detail: `not sent: ${why}` } })
          }
          return scripted.answers(results)
        },
        announce: async (account, announcement) => {
          scripted.announced.push(announcement)
          // Of schedules the platform keeps no names but its own.
          const kept =
            announcement.kind === 'budget-schedule'
              ? { ...announcement, name: `s${scripted.announced.length}` }
              : announcement
          const create = (): void => void scripted.accounts.get(accountKey(account))!.announcements.push(kept)
          return answerTo(scripted.announceFate(announcement), create)
        },
        withdraw: async (account, schedule) => {
          scripted.withdrawn.push(schedule)
          const there = scripted.accounts.get(accountKey(account))!.announcements
          const remove = (): void => {
            const at = there.findIndex(({ name }) => name === schedule)
            if (at >= 0) there.splice(at, 1)
          }
          return answerTo(scripted.withdrawFate(schedule), remove)
        },
      },
    },
  }

  function at(method: string, account: AccountRef): ScriptedAccount {
    const failure = scripted.trouble(method, account)
    if (failure) throw new PlatformError(failure)
    return scripted.accounts.get(accountKey(account))!
  }

  function write(account: AccountRef, budget: string, to: bigint, by: Write['by'], actor: string): void {
    const own = scripted.accounts.get(accountKey(account))!
    const held = own.budgets.get(budget)!
    const from = held.micros
    held.micros = to
    scripted.writes.push({ at: clock.now(), account: accountKey(account), budget, from, to, by })
    own.events.push({
      at: clock.now(),
      actor,
      origin: by === 'human' ? 'human' : 'ours',
      entity: { kind: 'budget', id: budget },
      field: 'amount',
      from: from.toString(),
      to: to.toString(),
    })
  }

  function set(lever: Lever, to: LeverValue, by: Setting['by']): void {
    const own = scripted.accounts.get(accountKey(lever.account))!
    if (to.kind === 'status') own.campaigns.set(lever.id, to.status)
    if (lever.kind === 'target-cpa' && to.kind === 'money') own.targets.set(lever.id, { cpa: to.amount.micros })
    if (lever.kind === 'target-roas' && to.kind === 'ratio') own.targets.set(lever.id, { roas: to.value })
    if (lever.device && to.kind === 'ratio')
      own.multipliers.set(lever.id, { ...own.multipliers.get(lever.id), [lever.device]: to.value })
    scripted.settings.push({ at: clock.now(), lever: leverKey(lever), to, by })
    const entity = { kind: 'campaign', id: lever.id } as const
    const origin = by === 'human' ? 'human' : 'ours'
    own.events.push({ at: clock.now(), actor: by === 'human' ? 'anna' : 'sluice', origin, entity, field: lever.kind })
  }

  function send(account: AccountRef, change: LeverChange, batch: number): WriteResult {
    scripted.sent.push({ batch, at: clock.now(), change })
    const fate = scripted.fate(change, scripted.sent.length)
    const amount = change.to.kind === 'money' ? change.to.amount.micros : 0n
    const apply = (): void =>
      isBudget(change.lever)
        ? write(account, change.lever.id, amount, 'sluice', 'sluice')
        : set(change.lever, change.to, 'sluice')
    if (typeof fate === 'object') {
      write(account, change.lever.id, fate.stored, 'sluice', 'sluice')
      return { kind: 'applied' }
    }
    return answerTo(fate, apply)
  }

  function answerTo(fate: Exclude<Fate, object>, apply: () => void): WriteResult {
    switch (fate) {
      case 'applied':
        apply()
        return { kind: 'applied' }
      case 'refused':
        return { kind: 'refused', failure: { kind: 'rejected', code: 'NO', detail: 'not this one' } }
      case 'lost-before':
        return { kind: 'unknown', detail: 'the connection closed' }
      case 'lost-after':
        apply()
        return { kind: 'unknown', detail: 'the connection closed' }
      case 'late':
        late.push(apply)
        return { kind: 'unknown', detail: 'the connection closed' }
    }
  }
  return scripted
}

/** Twice the budget at worst, cents as the billable unit, no rule about what is spent already. */
export const capabilitiesOfScripted: PlatformCapabilities = {
  honours: () => ({ kind: 'honoured' }),
  normalise: (_, value) =>
    value.kind === 'money'
      ? { kind: 'money', amount: money((value.amount.micros / CENT) * CENT, value.amount.currency) }
      : value,
  minimumDailyBudget: (code) => money(1_000_000n, code),
  overDeliveryFactor: 2,
  cutFloorOfSpend: 0,
  budgetEditsPerHour: Number.POSITIVE_INFINITY,
  restatementDays: 28,
  hourlyConversions: false,
  announces: new Set(['seasonality']),
  learningSafeStep: 0.2,
}

const WITH_SCHEDULES: PlatformCapabilities = {
  ...capabilitiesOfScripted,
  announces: new Set(['seasonality', 'budget-schedule']),
  budgetSchedules: { leastMs: 3 * HOUR_MS, leadMs: HOUR_MS, most: 50 },
}

function liveValue(own: ScriptedAccount, { id, kind, device }: Lever): LeverValue | undefined {
  const targets = own.targets.get(id)
  switch (kind) {
    case 'status': {
      const status = own.campaigns.get(id)
      return status === undefined || status === 'removed' ? undefined : { kind: 'status', status }
    }
    case 'target-cpa':
      return targets?.cpa === undefined ? undefined : { kind: 'money', amount: money(targets.cpa, own.currency) }
    case 'target-roas':
      return targets?.roas === undefined ? undefined : { kind: 'ratio', value: targets.roas }
    case 'bid-multiplier':
      return own.campaigns.has(id) && device
        ? { kind: 'ratio', value: own.multipliers.get(id)?.[device] ?? 1 }
        : undefined
    default: {
      const budget = own.budgets.get(id)
      return budget && budget.status !== 'removed'
        ? { kind: 'money', amount: money(budget.micros, own.currency) }
        : undefined
    }
  }
}

function strategyOf({ targets, multipliers, currency: code }: ScriptedAccount, campaign: string): BidStrategy {
  if (multipliers.has(campaign)) return { kind: 'manual-cpc' }
  const { cpa, roas } = targets.get(campaign) ?? {}
  if (cpa !== undefined) return { kind: 'target-cpa', targetCpa: money(cpa, code) }
  return roas === undefined ? { kind: 'max-conversions' } : { kind: 'target-roas', targetRoas: roas }
}

const structureOf = (own: ScriptedAccount, readAt: Instant): AccountStructure => ({
  account: own.account,
  name: `account ${own.account.id}`,
  currency: own.currency,
  zone: own.zone,
  readAt,
  blockers: [],
  adGroups: [],
  experiments: [...own.experiments],
  campaigns: [...own.campaigns].map(([id, status]) => ({
    id: id as CampaignId,
    name: `campaign ${id}`,
    kind: 'search',
    status,
    budget: [...own.budgets.values()].find(({ campaigns }) => campaigns.includes(id))?.id as BudgetId,
    strategy: strategyOf(own, id),
    learning: 'stable',
    deviceMultipliers: own.multipliers.get(id) ?? {},
  })),
  budgets: [...own.budgets.values()].map(({ id, micros, period, status, campaigns }) => ({
    id: id as BudgetId,
    name: `budget ${id}`,
    owner: campaigns.length > 1 ? 'shared' : 'campaign',
    period,
    amount: money(micros, own.currency),
    campaigns: campaigns as readonly CampaignId[],
    status,
  })),
})

/** Every campaign spends its share of the budget as it stands, and what it brings falls with its number. */
function reportOf(
  own: ScriptedAccount,
  query: { grain: 'day' | 'hour'; from: AccountDate; to: AccountDate },
  rules: readonly ConversionRule[],
  readAt: Instant,
) {
  const rows: PerformanceRow[] = []
  const accountSpend = new Map(dates(query.from, query.to).map((date) => [date, money(own.unexplained, own.currency)]))
  for (const { micros, campaigns } of own.budgets.values())
    for (const campaign of campaigns)
      for (const date of accountSpend.keys()) {
        const spend = query.grain === 'hour' ? 0n : micros / BigInt(campaigns.length)
        const conversions = Math.round(Number(spend) / 1e6 / (4 + (Number(campaign) % 7)))
        accountSpend.set(date, money(accountSpend.get(date)!.micros + spend, own.currency))
        rows.push({
          campaign: campaign as CampaignId,
          date,
          ...(query.grain === 'hour' ? { hour: 0 } : {}),
          spend: money(spend, own.currency),
          impressions: conversions * 1000,
          clicks: conversions * 20,
          conversions: rules.map((rule) => ({ rule, conversions, value: zero(own.currency) })),
        })
      }
  return { account: own.account, query, rows, accountSpend, readAt }
}
