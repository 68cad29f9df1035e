/** A small world built by hand: every figure in it is written down here, so that expectations can be worked out. */
import { type AccountDate, type Instant, instant, later, type TimeZone } from '../../../lib/units/calendar.ts'
import { currency } from '../../../lib/units/money.ts'
import type {
  Device,
  EntityStatus,
  FactQuery,
  World,
  WorldAccount,
  WorldActor,
  WorldAdGroup,
  WorldBudget,
  WorldCampaign,
  WorldChange,
  WorldCriterion,
  WorldEdit,
  WorldExperiment,
  WorldFact,
  WorldLearning,
  WorldStrategy,
} from '../../../playground/world.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export const CUSTOMER = '1234567890'
export const START = instant('2026-11-20T15:00:00Z')
const STABLE: WorldLearning = { state: 'stable', lastSignificantEdit: START, conversions: 60, conversionsNeeded: 30 }
const date = (text: string): AccountDate => text as AccountDate

interface CampaignSpec {
  readonly id: string
  readonly budgetId: string
  readonly name?: string
  readonly kind?: WorldCampaign['kind']
  readonly status?: EntityStatus
  readonly strategy?: WorldStrategy
  readonly learning?: Partial<WorldLearning>
  readonly devices?: readonly (readonly [Device, number])[]
  readonly criteria?: readonly WorldCriterion[]
}

export function aCampaign(spec: CampaignSpec): Mutable<WorldCampaign> {
  const adGroup: Mutable<WorldAdGroup> = {
    id: `${spec.id}1`,
    name: `Group of ${spec.id}`,
    status: 'active',
    learning: STABLE,
  }
  return {
    id: spec.id,
    name: spec.name ?? `Campaign ${spec.id}`,
    kind: spec.kind ?? 'search',
    status: spec.status ?? 'active',
    budgetId: spec.budgetId,
    strategy: spec.strategy ?? { kind: 'target-cpa', targetCpaMicros: 20_000_000n },
    learning: { ...STABLE, ...spec.learning },
    startDate: date('2026-01-01'),
    adGroups: new Map([[adGroup.id, adGroup]]),
    deviceMultipliers: new Map(spec.devices ?? []),
    criteria: new Map((spec.criteria ?? []).map((one) => [one.id, one])),
  }
}

export const aBudget = (id: string, amountMicros: bigint, feeds: readonly string[], over: Partial<WorldBudget> = {}) =>
  ({
    id,
    name: `Budget ${id}`,
    owner: 'campaign',
    period: 'daily',
    amountMicros,
    feeds,
    schedules: [],
    ...over,
  }) as const

export interface AccountSpec {
  readonly id?: string
  readonly currency?: string
  readonly zone?: string
  readonly status?: WorldAccount['status']
  readonly spendCapMicros?: bigint
  readonly budgets: readonly WorldBudget[]
  readonly campaigns: readonly Mutable<WorldCampaign>[]
  readonly experiments?: readonly WorldExperiment[]
  readonly changes?: readonly WorldChange[]
  /** Facts of campaigns, by day, on the click basis; those of ad groups and of the account follow from them. */
  readonly facts?: readonly WorldFact[]
  /** How a day's facts fall on its hours; all at hour 9 unless given. */
  readonly hours?: (fact: WorldFact) => readonly WorldFact[]
  /** Facts on the conversion basis; the same as on the click basis unless given. */
  readonly factsByConversion?: readonly WorldFact[]
}

interface StubAccount extends Mutable<Omit<WorldAccount, 'budgets' | 'changes'>> {
  readonly budgets: Map<string, Mutable<WorldBudget>>
  readonly changes: WorldChange[]
  readonly spec: AccountSpec
}

function anAccount(spec: AccountSpec): StubAccount {
  return {
    platform: 'google-ads',
    id: spec.id ?? CUSTOMER,
    name: `Account ${spec.id ?? CUSTOMER}`,
    currency: currency(spec.currency ?? 'USD'),
    zone: (spec.zone ?? 'America/New_York') as TimeZone,
    status: spec.status ?? 'active',
    ...(spec.spendCapMicros === undefined ? {} : { spendCapMicros: spec.spendCapMicros }),
    spentMicros: () => (spec.facts ?? []).reduce((sum, f) => sum + f.spendMicros, 0n),
    budgets: new Map(spec.budgets.map((b) => [b.id, { ...b }])),
    campaigns: new Map(spec.campaigns.map((c) => [c.id, c])),
    experiments: spec.experiments ?? [],
    changes: [...(spec.changes ?? [])],
    spec,
  }
}

/** A fact of one campaign and day; micros and counts as given, everything else 0. */
export const aFact = (id: string, day: string, over: Partial<WorldFact> = {}): WorldFact => ({
  id,
  campaignId: id,
  date: date(day),
  spendMicros: 0n,
  impressions: 0,
  clicks: 0,
  claims: [],
  ...over,
})

export class StubWorld implements World {
  readonly accounts: readonly StubAccount[]
  readonly edits: { readonly edit: WorldEdit; readonly actor: WorldActor }[] = []
  readonly asked: FactQuery[] = []
  at: Instant = START
  state: 'up' | 'down' | 'throttling' = 'up'

  constructor(...specs: readonly AccountSpec[]) {
    this.accounts = specs.map(anAccount)
  }

  now(): Instant {
    return this.at
  }

  advance(ms: number): void {
    this.at = later(this.at, ms)
  }

  account(platform: string, id: string): StubAccount | undefined {
    return this.accounts.find((a) => a.platform === platform && a.id === id)
  }

  condition(): 'up' | 'down' | 'throttling' {
    return this.state
  }

  facts(query: FactQuery): readonly WorldFact[] {
    this.asked.push(query)
    const spec = this.account(query.platform, query.accountId)?.spec
    const basis = query.basis === 'conversion' ? (spec?.factsByConversion ?? spec?.facts) : spec?.facts
    const inRange = (basis ?? []).filter((f) => f.date >= query.from && f.date <= query.to)
    const hours = inRange.flatMap((f) => (query.grain === 'hour' ? (spec?.hours ?? byHour)(f) : [f]))
    if (query.level === 'campaign') return hours
    if (query.level === 'account') return hours.map((f) => ({ ...f, id: query.accountId }))
    return hours.map((f) => ({ ...f, id: `${f.id}1` }))
  }

  apply(edit: WorldEdit, actor: WorldActor): void {
    this.edits.push({ edit, actor })
    const account = this.account(edit.platform, edit.accountId)
    if (!account) throw new RangeError(`no account ${edit.accountId}`)
    const change = (over: Omit<WorldChange, 'at' | 'actor'>) => account.changes.push({ at: this.at, actor, ...over })
    switch (edit.kind) {
      case 'budget': {
        const budget = account.budgets.get(edit.budgetId)
        if (!budget) throw new RangeError(`no budget ${edit.budgetId}`)
        const entity = { kind: 'budget', id: edit.budgetId } as const
        change({ entity, field: 'amount', from: String(budget.amountMicros), to: String(edit.amountMicros) })
        budget.amountMicros = edit.amountMicros
        return
      }
      case 'status':
      case 'strategy': {
        const target = this.#entity(account, edit.id)
        if (edit.kind === 'status') target.status = edit.status
        else target.strategy = edit.strategy
        return
      }
      case 'device-multiplier': {
        const multipliers = account.campaigns.get(edit.campaignId)?.deviceMultipliers as Map<Device, number> | undefined
        multipliers?.set(edit.device, edit.factor)
        return
      }
      case 'criterion-multiplier': {
        const criteria = account.campaigns.get(edit.campaignId)?.criteria as Map<string, WorldCriterion> | undefined
        const found = criteria?.get(edit.criterionId)
        if (!found) throw new RangeError(`no criterion ${edit.criterionId}`)
        criteria?.set(edit.criterionId, { ...found, multiplier: edit.factor })
        return
      }
      default:
        throw new RangeError(`the stub world has no edit ${edit.kind}`)
    }
  }

  #entity(account: StubAccount, id: string): Mutable<WorldCampaign> | Mutable<WorldAdGroup> {
    const found =
      account.campaigns.get(id) ?? [...account.campaigns.values()].flatMap((c) => c.adGroups.get(id) ?? [])[0]
    if (!found) throw new RangeError(`no entity ${id}`)
    return found
  }
}

/** The whole day's figures at hour 9, and an hour without any after it. */
const byHour = (fact: WorldFact): readonly WorldFact[] => [
  { ...fact, hour: 9 },
  { ...fact, hour: 10, spendMicros: 0n, impressions: 0, clicks: 0, claims: [] },
]

/** Two campaigns on a budget each, two on a shared one, and one removed; figures for two days. */
export const aWorld = (over: Partial<AccountSpec> = {}): StubWorld =>
  new StubWorld({
    budgets: [
      aBudget('501', 50_000_000n, ['101']),
      aBudget('502', 80_000_000n, ['102']),
      aBudget('503', 120_000_000n, ['103', '104'], { owner: 'shared' }),
      aBudget('505', 10_000_000n, ['105']),
    ],
    campaigns: [
      aCampaign({ id: '101', budgetId: '501', devices: [['mobile', 1.1]] }),
      aCampaign({
        id: '102',
        budgetId: '502',
        kind: 'performance-max',
        strategy: { kind: 'target-roas', targetRoas: 3.5 },
      }),
      aCampaign({ id: '103', budgetId: '503', kind: 'shopping', strategy: { kind: 'max-value' } }),
      aCampaign({ id: '104', budgetId: '503', status: 'paused', strategy: { kind: 'max-conversions' } }),
      aCampaign({ id: '105', budgetId: '505', status: 'removed' }),
    ],
    facts: [
      aFact('101', '2026-11-18', { spendMicros: 40_000_000n, impressions: 1000, clicks: 50, claims: purchases(2) }),
      aFact('101', '2026-11-19', { spendMicros: 50_000_000n, impressions: 1200, clicks: 60, claims: purchases(3) }),
      aFact('102', '2026-11-18', { spendMicros: 70_000_000n, impressions: 5000, clicks: 90 }),
      aFact('103', '2026-11-19'),
    ],
    ...over,
  })

/** One purchase a day after its click worth 30, `count` − 1 of them on the day of the click, and one view-through. */
function purchases(count: number): WorldFact['claims'] {
  const base = { action: 'purchase', touch: 'click' } as const
  return [
    { ...base, lagDays: 0, count: count - 1, valueMicros: BigInt(count - 1) * 30_000_000n },
    { ...base, lagDays: 1, count: 1, valueMicros: 30_000_000n },
    { action: 'purchase', touch: 'view', lagDays: 0, count: 1, valueMicros: 30_000_000n },
  ]
}
