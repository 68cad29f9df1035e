/**
 * The world that every adapter is held against: small enough to be worked out by hand, with ids that no double can tell
 * apart where the platform's ids are numbers.
 */
import {
  type AccountDate,
  accountDate,
  addDays,
  dateAt,
  dates,
  daysBetween,
  HOUR_MS,
  hourAt,
  type Instant,
  instant,
  later,
  startOfDay,
  timeZone,
} from '../../../lib/units/calendar.ts'
import { currency } from '../../../lib/units/money.ts'
import type {
  Device,
  EntityStatus,
  FactQuery,
  World,
  WorldAccount,
  WorldAdGroup,
  WorldBudget,
  WorldCampaign,
  WorldChange,
  WorldClaim,
  WorldEdit,
  WorldFact,
  WorldPlatform,
  WorldStrategy,
} from '../../../playground/world.ts'

/** A Saturday, noon in Berlin; every account's day is the same in UTC. */
export const NOON = instant('2026-11-21T11:00:00Z')
export const TODAY = accountDate('2026-11-21')
const START = accountDate('2026-10-01')

export interface CampaignSpec {
  /** 1, 2, 3 …: turned into the platform's kind of id. */
  readonly n: number
  readonly budgetMicros: bigint
  /** Default daily; one for a whole life needs an end. */
  readonly period?: WorldBudget['period']
  readonly endsOn?: string
  readonly status?: EntityStatus
  readonly strategy?: WorldStrategy
  readonly startsOn?: string
  /** Spent in every hour that is over; default 1,500,000. */
  readonly hourlyMicros?: bigint
  readonly devices?: ReadonlyMap<Device, number>
}

export interface WorldSpec {
  readonly platform: string
  readonly accountId: string
  readonly currency: string
  readonly zone: string
  readonly kind: WorldCampaign['kind']
  readonly budgetsOn: 'campaign' | 'ad-group'
  /** The platform's id of thing number n: of a campaign, of its one ad group, of its budget. */
  readonly idOf: (n: number, of: 'campaign' | 'ad-group' | 'budget') => string
  readonly campaigns: readonly CampaignSpec[]
  readonly status?: WorldAccount['status']
  readonly now?: Instant
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface Account extends WorldAccount {
  readonly budgets: Map<string, WorldBudget>
  readonly campaigns: Map<string, WorldCampaign>
  readonly changes: WorldChange[]
}

/** What a campaign brings in an hour beside its spend, and its day's claims, put on the first hour. */
export const HOURLY_SPEND = 1_500_000n
export const HOURLY_IMPRESSIONS = 100
export const HOURLY_CLICKS = 5
/** Three on the day of the click, one three days later: the day is restated from three to four. */
export const CLAIM_VALUE = 50_000_000n
const CLAIMS: readonly WorldClaim[] = [
  { action: 'purchase', touch: 'click', lagDays: 0, count: 3, valueMicros: 3n * CLAIM_VALUE },
  { action: 'purchase', touch: 'click', lagDays: 3, count: 1, valueMicros: CLAIM_VALUE },
]

export class ContractWorld implements World {
  readonly accounts: readonly Account[]
  readonly spec: WorldSpec
  private clock: Instant

  constructor(spec: WorldSpec) {
    this.spec = spec
    this.clock = spec.now ?? NOON
    this.accounts = [anAccount(spec)]
  }

  now(): Instant {
    return this.clock
  }

  pass(ms: number): void {
    this.clock = later(this.clock, ms)
  }

  condition(): 'up' {
    return 'up'
  }

  account(platform: string, id: string): Account | undefined {
    return this.accounts.find((one) => one.platform === platform && one.id === id)
  }

  /** Its one account. */
  get own(): Account {
    return this.accounts[0] as Account
  }

  apply(edit: WorldEdit, actor: WorldChange['actor']): void {
    const account = this.account(edit.platform, edit.accountId)
    if (!account) throw new RangeError(`no account ${edit.accountId}`)
    account.changes.push({ at: this.clock, actor, ...made(account, edit) })
  }

  facts({ level, grain, from, to }: FactQuery): readonly WorldFact[] {
    const { campaigns } = this.spec
    const rows = campaigns.flatMap((campaign) =>
      dates(from, to).flatMap((date) => this.#day(campaign, date, grain === 'hour')),
    )
    if (level === 'campaign') return rows
    if (level === 'ad-group') return rows.map((row) => ({ ...row, id: this.#adGroupOf(row.id) }))
    return summed(rows.map((row) => ({ ...row, id: this.own.id })))
  }

  #adGroupOf(campaign: string): string {
    const [adGroup] = this.own.campaigns.get(campaign)?.adGroups.keys() ?? []
    return adGroup ?? campaign
  }

  /** The hours of one day that are over, or the day as their sum; a day to come has none. */
  #day({ n, hourlyMicros = HOURLY_SPEND }: CampaignSpec, date: AccountDate, byHour: boolean): readonly WorldFact[] {
    const { zone } = this.own
    const id = this.spec.idOf(n, 'campaign')
    const [start, end] = [startOfDay(date, zone), startOfDay(addDays(date, 1), zone)]
    const hours: WorldFact[] = []
    for (let at = start; at + HOUR_MS <= Math.min(end, this.clock); at = later(at, HOUR_MS))
      hours.push({
        id,
        campaignId: id,
        date,
        ...(byHour && { hour: hourAt(at, zone) }),
        spendMicros: hourlyMicros,
        impressions: hourlyMicros === 0n ? 0 : HOURLY_IMPRESSIONS,
        clicks: hourlyMicros === 0n ? 0 : HOURLY_CLICKS,
        claims: at === start && hourlyMicros > 0n ? this.#claims(date) : [],
      })
    return summed(hours)
  }

  #claims(date: AccountDate): readonly WorldClaim[] {
    const age = daysBetween(date, dateAt(this.clock, this.own.zone))
    return CLAIMS.filter(({ lagDays }) => lagDays <= age)
  }
}

/** One fact for each id, date and hour: the hour that autumn repeats is one hour of two lengths. */
function summed(facts: readonly WorldFact[]): readonly WorldFact[] {
  const byKey = new Map<string, WorldFact>()
  for (const fact of facts) {
    const key = `${fact.id} ${fact.date} ${fact.hour ?? ''}`
    const before = byKey.get(key)
    byKey.set(key, before ? plus(before, fact) : fact)
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

function anAccount(spec: WorldSpec): Account {
  return {
    platform: spec.platform as WorldPlatform,
    id: spec.accountId,
    name: 'Contract',
    currency: currency(spec.currency),
    zone: timeZone(spec.zone),
    status: spec.status ?? 'active',
    spentMicros: () => 0n,
    budgets: new Map(spec.campaigns.map((one) => aBudget(one, spec)).map((budget) => [budget.id, budget])),
    campaigns: new Map(spec.campaigns.map((one) => [spec.idOf(one.n, 'campaign'), aCampaign(one, spec)])),
    experiments: [],
    changes: [],
  }
}

const aBudget = ({ n, budgetMicros, period = 'daily' }: CampaignSpec, { idOf, budgetsOn }: WorldSpec): WorldBudget => ({
  id: idOf(n, 'budget'),
  name: `Budget ${n}`,
  owner: budgetsOn,
  period,
  amountMicros: budgetMicros,
  feeds: [idOf(n, budgetsOn)],
  schedules: [],
})

function aCampaign(one: CampaignSpec, { idOf, budgetsOn, kind }: WorldSpec): WorldCampaign {
  const { n, status = 'active', strategy = { kind: 'max-conversions' } } = one
  const learning = { state: 'stable', lastSignificantEdit: startOfDay(START, timeZone('UTC')) } as const
  const settled = { ...learning, conversions: 60, conversionsNeeded: 50 }
  const adGroup: WorldAdGroup = {
    id: idOf(n, 'ad-group'),
    name: `Group ${n}`,
    status: status === 'removed' ? 'removed' : 'active',
    ...(budgetsOn === 'ad-group' && { budgetId: idOf(n, 'budget') }),
    strategy,
    learning: settled,
  }
  return {
    id: idOf(n, 'campaign'),
    name: `Campaign ${n}`,
    kind,
    status,
    ...(budgetsOn === 'campaign' && { budgetId: idOf(n, 'budget') }),
    strategy,
    learning: settled,
    startDate: one.startsOn ? accountDate(one.startsOn) : START,
    ...(one.endsOn && { endDate: accountDate(one.endsOn) }),
    adGroups: new Map([[adGroup.id, adGroup]]),
    deviceMultipliers: one.devices ?? new Map(),
  }
}

type Made = Pick<WorldChange, 'entity' | 'field' | 'from' | 'to'> & { readonly campaignId?: string }

function made(account: Account, edit: WorldEdit): Made {
  switch (edit.kind) {
    case 'budget': {
      const before = account.budgets.get(edit.budgetId)
      if (!before) throw new RangeError(`no budget ${edit.budgetId}`)
      account.budgets.set(before.id, { ...before, amountMicros: edit.amountMicros })
      const values = { from: String(before.amountMicros), to: String(edit.amountMicros) }
      return { entity: { kind: 'budget', id: before.id }, field: 'amount', ...values }
    }
    case 'device-multiplier': {
      const campaign = account.campaigns.get(edit.campaignId)
      if (!campaign) throw new RangeError(`no campaign ${edit.campaignId}`)
      const deviceMultipliers = new Map(campaign.deviceMultipliers).set(edit.device, edit.factor)
      account.campaigns.set(campaign.id, { ...campaign, deviceMultipliers })
      const entity = { kind: 'campaign', id: campaign.id } as const
      return { entity, field: 'device-multiplier', from: '1', to: String(edit.factor) }
    }
    case 'status':
    case 'strategy':
      return entityMade(account, edit)
    default:
      throw new RangeError(`the contract's world has no ${edit.kind}`)
  }
}

function entityMade(account: Account, edit: Extract<WorldEdit, { kind: 'status' | 'strategy' }>): Made {
  const owner = [...account.campaigns.values()].find(({ id, adGroups }) => id === edit.id || adGroups.has(edit.id))
  if (!owner) throw new RangeError(`no entity ${edit.id}`)
  const patch = edit.kind === 'status' ? { status: edit.status } : { strategy: edit.strategy }
  const before: Mutable<WorldCampaign> = { ...owner }
  const adGroup = owner.adGroups.get(edit.id)
  if (adGroup) before.adGroups = new Map(owner.adGroups).set(adGroup.id, { ...adGroup, ...patch })
  else Object.assign(before, patch)
  account.campaigns.set(owner.id, before)
  const values =
    edit.kind === 'status' ? { from: (adGroup ?? owner).status, to: edit.status } : { from: '', to: edit.strategy.kind }
  return { entity: { kind: edit.level, id: edit.id }, campaignId: owner.id, field: edit.kind, ...values }
}
