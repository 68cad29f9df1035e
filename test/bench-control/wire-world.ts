/** A market's Google account as the pretend Google Ads serves it over its real protocol. */
import { type AccountDate, dates, daysBetween, type Instant } from '../../lib/units/calendar.ts'
import type { World as Served, WorldAccount, WorldChange, WorldEdit, WorldFact } from '../../playground/world.ts'
import { accountOf, campaignIndex, DAY_0, EUR, RULE, UTC } from '../bench/control/platform.ts'
import type { TrueCampaign } from '../bench/control/truth.ts'
import type { World } from '../bench/control/world.ts'

/** A cent in micros: budgets are whole cents. */
const CENT = 10_000n
const cents = (units: number): bigint => BigInt(Math.round(units * 100)) * CENT
const micros = (units: number): bigint => BigInt(Math.round(units * 1e6))

export function wireWorld(world: World, now: () => Instant): Served {
  const own = world.truth.campaigns.filter(({ platform }) => platform === 0)
  const account = accountOf(0)
  const changes: WorldChange[] = []
  const served: WorldAccount = {
    platform: 'google-ads',
    id: account.id,
    name: 'google-ads',
    currency: EUR,
    zone: UTC,
    status: 'active',
    spentMicros: () => 0n,
    get budgets() {
      return new Map(own.map((one) => [String(one.index + 1), budgetOf(world, one)]))
    },
    campaigns: new Map(own.map((one) => [String(one.index + 1), campaignOf(one, now())])),
    experiments: [],
    changes,
  }
  return {
    now,
    accounts: [served],
    account: (_, id) => (id === account.id ? served : undefined),
    condition: () => 'up',
    apply: (edit, actor) => {
      if (edit.kind !== 'budget') throw new RangeError(`no ${edit.kind} is edited in this market`)
      const before = budgetOf(world, own.find(({ index }) => index === campaignIndex(edit.budgetId))!)
      world.budgets[campaignIndex(edit.budgetId)] = Number(edit.amountMicros) / 1e6
      changes.push(changeOf(edit, before.amountMicros, actor, now()))
    },
    facts: ({ level, grain, from, to }) => {
      if (grain === 'hour') return []
      const facts = dates(from, to).flatMap((date) => own.flatMap((one) => factOf(world, one, date)))
      return level === 'account' ? totals(account.id, facts) : facts
    },
  }
}

const budgetOf = (world: World, { index }: TrueCampaign) =>
  ({
    id: String(index + 1),
    name: `budget ${index + 1}`,
    owner: 'campaign',
    period: 'daily',
    amountMicros: cents(world.budgets[index]!),
    feeds: [String(index + 1)],
    schedules: [],
  }) as const

const campaignOf = ({ index, class: kind }: TrueCampaign, since: Instant) =>
  ({
    id: String(index + 1),
    name: `${kind} ${index + 1}`,
    kind: 'search',
    status: 'active',
    budgetId: String(index + 1),
    strategy: { kind: 'max-conversions' },
    learning: { state: 'stable', lastSignificantEdit: since, conversions: 60, conversionsNeeded: 30 },
    startDate: DAY_0,
    adGroups: new Map(),
    deviceMultipliers: new Map(),
  }) as const

function factOf(world: World, { index }: TrueCampaign, date: AccountDate): readonly WorldFact[] {
  const day = daysBetween(DAY_0, date)
  if (day < 0 || day >= world.day) return []
  const { count, value } = world.read(index, day, world.day)
  const clicks = world.clicks(index, day)
  return [
    {
      id: String(index + 1),
      campaignId: String(index + 1),
      date,
      spendMicros: micros(world.spend[index]![day]!),
      impressions: clicks * 50,
      clicks,
      claims:
        count === 0 ? [] : [{ action: RULE.action, touch: 'click', lagDays: 0, count, valueMicros: micros(value) }],
    },
  ]
}

const totals = (id: string, facts: readonly WorldFact[]): readonly WorldFact[] =>
  [...Map.groupBy(facts, ({ date }) => date)].map(([date, all]) => ({
    id,
    date,
    spendMicros: all.reduce((sum, fact) => sum + fact.spendMicros, 0n),
    impressions: all.reduce((sum, fact) => sum + fact.impressions, 0),
    clicks: all.reduce((sum, fact) => sum + fact.clicks, 0),
    claims: all.flatMap((fact) => fact.claims),
  }))

const changeOf = (
  { budgetId, amountMicros }: Extract<WorldEdit, { kind: 'budget' }>,
  before: bigint,
  actor: WorldChange['actor'],
  at: Instant,
): WorldChange => ({
  at,
  actor,
  entity: { kind: 'budget', id: budgetId },
  campaignId: budgetId,
  field: 'amount',
  from: before.toString(),
  to: amountMicros.toString(),
})
