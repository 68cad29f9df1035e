import {
  accountDate,
  addDays,
  dateAt,
  daysBetween,
  HOUR_MS,
  hourAt,
  type Instant,
  instant,
  startOfDay,
  timeZone,
} from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'
import type {
  FactQuery,
  World,
  WorldAccount,
  WorldAdGroup,
  WorldBudget,
  WorldCampaign,
  WorldChange,
  WorldClaim,
  WorldEdit,
  WorldExperiment,
  WorldFact,
  WorldLearning,
  WorldPlatform,
} from '../../playground/world.ts'

/** 2026-11-21 12:00 in Berlin. */
export const NOON = instant('2026-11-21T11:00:00Z')

export interface AdSetSpec {
  readonly id: string
  readonly budget?: bigint
  readonly status?: WorldAdGroup['status']
  readonly strategy?: WorldAdGroup['strategy']
  readonly learning?: WorldLearning
}

export interface CampaignSpec {
  readonly id: string
  /** Default: social. */
  readonly kind?: WorldCampaign['kind']
  readonly budget?: bigint
  readonly period?: 'daily' | 'lifetime'
  readonly status?: WorldCampaign['status']
  readonly strategy?: WorldCampaign['strategy']
  readonly endDate?: string
  readonly adSets?: readonly AdSetSpec[]
}

export interface AccountSpec {
  readonly id: string
  /** Default: Meta. */
  readonly platform?: WorldPlatform
  readonly currency?: string
  readonly zone?: string
  readonly status?: WorldAccount['status']
  readonly spendCap?: bigint
  readonly campaigns: readonly CampaignSpec[]
  readonly experiments?: readonly WorldExperiment[]
}

/** What one ad set brings in each hour of the past: tests work their expectations out from these by hand. */
export interface HourlySpec {
  readonly spendMicros: bigint
  readonly impressions: number
  readonly clicks: number
  /** Put on the first hour of each day. */
  readonly claimsPerDay: readonly WorldClaim[]
}

export const QUIET: HourlySpec = { spendMicros: 0n, impressions: 0, clicks: 0, claimsPerDay: [] }

interface MutableAccount extends WorldAccount {
  readonly budgets: Map<string, WorldBudget>
  readonly campaigns: Map<string, WorldCampaign>
  readonly changes: WorldChange[]
  spendCapMicros?: bigint
}

const LEARNING: WorldLearning = {
  state: 'stable',
  lastSignificantEdit: instant('2026-11-01T00:00:00Z'),
  conversions: 60,
  conversionsNeeded: 50,
}
const START = accountDate('2026-10-01')

/** A small world whose every figure is written down in the test that uses it; it starts at `NOON` and stands still. */
export class StubWorld implements World {
  readonly accounts: readonly MutableAccount[]
  condition: World['condition'] = () => 'up'
  private clock: Instant = NOON
  private readonly hourly: (adSet: string) => HourlySpec
  factCalls = 0

  constructor(specs: readonly AccountSpec[], hourly: (adSet: string) => HourlySpec = () => QUIET) {
    this.accounts = specs.map(anAccount)
    this.hourly = hourly
  }

  now(): Instant {
    return this.clock
  }

  pass(ms: number): void {
    this.clock = (this.clock + ms) as Instant
  }

  account(platform: string, id: string): MutableAccount | undefined {
    return this.accounts.find((account) => account.platform === platform && account.id === id)
  }

  apply(edit: WorldEdit, actor: WorldChange['actor']): void {
    const account = this.account(edit.platform, edit.accountId)
    if (!account) throw new RangeError(`no account ${edit.accountId}`)
    account.changes.push({ at: this.clock, actor, ...made(account, edit) })
  }

  facts(query: FactQuery): readonly WorldFact[] {
    this.factCalls += 1
    const account = this.account(query.platform, query.accountId)
    if (!account) return []
    const found: WorldFact[] = []
    for (const campaign of account.campaigns.values())
      for (const adSet of campaign.adGroups.keys()) {
        const id = query.level === 'account' ? account.id : query.level === 'campaign' ? campaign.id : adSet
        found.push(...this.adSetFacts(account, id, campaign.id, adSet, query))
      }
    return merged(found)
  }

  private adSetFacts(
    account: WorldAccount,
    id: string,
    campaignId: string,
    adSet: string,
    query: FactQuery,
  ): WorldFact[] {
    const facts: WorldFact[] = []
    const spec = this.hourly(adSet)
    for (let date = query.from; daysBetween(date, query.to) >= 0; date = addDays(date, 1)) {
      const start = startOfDay(date, account.zone)
      const end = Math.min(this.clock, startOfDay(addDays(date, 1), account.zone))
      for (let at = start; at + HOUR_MS <= end; at = (at + HOUR_MS) as Instant)
        facts.push({
          id,
          campaignId,
          date: dateAt(at, account.zone),
          ...(query.grain === 'hour' && { hour: hourAt(at, account.zone) }),
          spendMicros: spec.spendMicros,
          impressions: spec.impressions,
          clicks: spec.clicks,
          claims: at === start ? spec.claimsPerDay : [],
        })
    }
    return facts
  }
}

function merged(facts: readonly WorldFact[]): readonly WorldFact[] {
  const byKey = new Map<string, WorldFact>()
  for (const fact of facts) {
    const key = `${fact.id} ${fact.date} ${fact.hour ?? ''}`
    const sum = byKey.get(key)
    byKey.set(key, sum ? plus(sum, fact) : fact)
  }
  return [...byKey.values()]
}

const plus = (a: WorldFact, b: WorldFact): WorldFact => ({
  ...a,
  spendMicros: a.spendMicros + b.spendMicros,
  impressions: a.impressions + b.impressions,
  clicks: a.clicks + b.clicks,
  claims: [...a.claims, ...b.claims],
})

function anAccount(spec: AccountSpec): MutableAccount {
  const budgets = new Map<string, WorldBudget>()
  const campaigns = new Map(spec.campaigns.map((campaign) => [campaign.id, aCampaign(campaign, budgets)]))
  return {
    platform: spec.platform ?? 'meta',
    id: spec.id,
    name: `Account ${spec.id}`,
    currency: currency(spec.currency ?? 'EUR'),
    zone: timeZone(spec.zone ?? 'Europe/Berlin'),
    status: spec.status ?? 'active',
    ...(spec.spendCap !== undefined && { spendCapMicros: spec.spendCap }),
    spentMicros: () => 1_234_560_000n,
    budgets,
    campaigns,
    experiments: spec.experiments ?? [],
    changes: [],
  }
}

const aBudget = (
  id: string,
  owner: WorldBudget['owner'],
  feeds: string,
  amountMicros: bigint,
  period: WorldBudget['period'],
): WorldBudget => ({ id, name: id, owner, period, amountMicros, feeds: [feeds], schedules: [] })

function aCampaign(spec: CampaignSpec, budgets: Map<string, WorldBudget>): WorldCampaign {
  const period = spec.period ?? 'daily'
  if (spec.budget !== undefined)
    budgets.set(`b${spec.id}`, aBudget(`b${spec.id}`, 'campaign', spec.id, spec.budget, period))
  for (const adSet of spec.adSets ?? [])
    if (adSet.budget !== undefined)
      budgets.set(`b${adSet.id}`, aBudget(`b${adSet.id}`, 'ad-group', adSet.id, adSet.budget, period))
  return {
    id: spec.id,
    name: `Campaign ${spec.id}`,
    kind: spec.kind ?? 'social',
    status: spec.status ?? 'active',
    ...(spec.budget !== undefined && { budgetId: `b${spec.id}` }),
    strategy: spec.strategy ?? { kind: 'max-conversions' },
    learning: LEARNING,
    startDate: START,
    ...(spec.endDate !== undefined && { endDate: accountDate(spec.endDate) }),
    adGroups: new Map((spec.adSets ?? []).map((adSet) => [adSet.id, anAdSet(adSet)])),
    deviceMultipliers: new Map(),
  }
}

const anAdSet = (spec: AdSetSpec): WorldAdGroup => ({
  id: spec.id,
  name: `Ad set ${spec.id}`,
  status: spec.status ?? 'active',
  ...(spec.budget !== undefined && { budgetId: `b${spec.id}` }),
  ...(spec.strategy !== undefined && { strategy: spec.strategy }),
  learning: spec.learning ?? LEARNING,
})

type Made = Pick<WorldChange, 'entity' | 'field' | 'from' | 'to'> & { readonly campaignId?: string }

function made(account: MutableAccount, edit: WorldEdit): Made {
  switch (edit.kind) {
    case 'budget': {
      const before = account.budgets.get(edit.budgetId)
      if (!before) throw new RangeError(`no budget ${edit.budgetId}`)
      account.budgets.set(before.id, { ...before, amountMicros: edit.amountMicros })
      const [from, to] = [String(before.amountMicros), String(edit.amountMicros)]
      return { entity: { kind: 'budget', id: before.id }, field: 'amount', from, to }
    }
    case 'budget-schedule': {
      const before = account.budgets.get(edit.budgetId)
      if (!before) throw new RangeError(`no budget ${edit.budgetId}`)
      const others = before.schedules.filter(({ id }) => id !== edit.schedule.id)
      account.budgets.set(before.id, { ...before, schedules: [...others, edit.schedule] })
      return { entity: { kind: 'budget', id: before.id }, field: 'schedule', from: '', to: edit.schedule.id }
    }
    case 'no-budget-schedule': {
      const before = account.budgets.get(edit.budgetId)
      if (!before) throw new RangeError(`no budget ${edit.budgetId}`)
      const schedules = before.schedules.filter(({ id }) => id !== edit.scheduleId)
      account.budgets.set(before.id, { ...before, schedules })
      return { entity: { kind: 'budget', id: before.id }, field: 'schedule', from: edit.scheduleId, to: '' }
    }
    case 'spend-cap': {
      const from = String(account.spendCapMicros ?? 0n)
      account.spendCapMicros = edit.amountMicros
      return { entity: { kind: 'account', id: account.id }, field: 'spend-cap', from, to: String(edit.amountMicros) }
    }
    case 'status':
    case 'strategy':
      return madeToEntity(account, edit)
    default:
      throw new RangeError(`the stub has no ${edit.kind}`)
  }
}

type EntityEdit = Extract<WorldEdit, { kind: 'status' | 'strategy' }>

function madeToEntity(account: MutableAccount, edit: EntityEdit): Made {
  const patch = edit.kind === 'status' ? { status: edit.status } : { strategy: edit.strategy }
  const parent = [...account.campaigns.values()].find(({ id, adGroups }) => id === edit.id || adGroups.has(edit.id))
  if (!parent) throw new RangeError(`no entity ${edit.id}`)
  const adGroup = parent.adGroups.get(edit.id)
  const before = edit.level === 'campaign' ? parent : adGroup
  if (edit.level === 'campaign') account.campaigns.set(parent.id, { ...parent, ...patch })
  else if (adGroup) {
    const adGroups = new Map(parent.adGroups).set(adGroup.id, { ...adGroup, ...patch })
    account.campaigns.set(parent.id, { ...parent, adGroups })
  }
  const said = edit.kind === 'status' ? [before?.status ?? '', edit.status] : ['', edit.strategy.kind]
  const [from = '', to = ''] = said
  return { entity: { kind: edit.level, id: edit.id }, campaignId: parent.id, field: edit.kind, from, to }
}
