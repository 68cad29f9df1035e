/** The market's platforms as Sluice reads and writes them, in process. */
import { type AccountRef, accountRef, type BudgetId, type CampaignId, platformId } from '../../../lib/model/account.ts'
import type { PlatformCapabilities } from '../../../lib/model/capability.ts'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import type { WriteResult } from '../../../lib/model/failure.ts'
import type { Lever, LeverChange, LeverValue } from '../../../lib/model/lever.ts'
import type { PerformanceQuery, PerformanceReport, PerformanceRow } from '../../../lib/model/performance.ts'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import type { Clock } from '../../../lib/ports/clock.ts'
import type { AdPlatform } from '../../../lib/ports/platform.ts'
import { accountDate, addDays, dates, daysBetween, timeZone } from '../../../lib/units/calendar.ts'
import { add, currency, type Money, money, zero } from '../../../lib/units/money.ts'
import { PLATFORMS, type TrueCampaign } from './truth.ts'
import type { World } from './world.ts'

export const EUR = currency('EUR')
export const UTC = timeZone('UTC')
/** Day 0 of every market: a Monday. */
export const DAY_0 = accountDate('2026-01-05')
export const dateOf = (day: number) => addDays(DAY_0, day)
const dayOf = (date: Parameters<typeof daysBetween>[1]): number => daysBetween(DAY_0, date)

export const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 14, viewWindowDays: 0, basis: 'click' }
/** Cents: the smallest step of a budget. */
const CENT = 10_000n
/** Where a platform has learning phases, and on the one that has none. */
const LEARNING_SAFE_STEP = 0.2
const OTHER_STEP = 0.35

export const accountOf = (platform: number): AccountRef => accountRef(PLATFORMS[platform]!, String(platform + 1))
export const euros = (units: number): Money => money(BigInt(Math.round(units * 100)) * CENT, EUR)
const micros = (units: number): Money => money(BigInt(Math.round(units * 1e6)), EUR)
export const units = ({ micros }: Money): number => Number(micros) / 1e6

export function benchPlatform(world: World, platform: number, clock: Clock): AdPlatform {
  const own = world.truth.campaigns.filter((one) => one.platform === platform)
  const account = accountOf(platform)
  return {
    id: platformId(PLATFORMS[platform]!),
    capabilities: capabilities(platform),
    reader: {
      structure: async () => structureOf(world, account, own, clock),
      performance: async (_, query, rules) => reportOf(world, account, own, query, rules, clock),
      changes: async () => [],
      live: async (_, levers) => levers.map((lever) => ({ lever, value: liveValue(world, lever) })),
      announcements: async () => [],
    },
    writer: {
      apply: async (_, changes) => changes.map((change) => write(world, change)),
      announce: async () => ({ kind: 'applied' }),
    },
  }
}

/** Nothing here is out of the ordinary: every lever is honoured, and a day costs its budget and some noise. */
const capabilities = (platform: number): PlatformCapabilities => ({
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
  learningSafeStep: PLATFORMS[platform] === 'pinterest' ? OTHER_STEP : LEARNING_SAFE_STEP,
})

export const campaignIndex = (id: string): number => Number(id) - 1

function liveValue(world: World, { kind, id }: Lever): LeverValue | undefined {
  if (kind === 'daily-budget') return { kind: 'money', amount: euros(world.budgets[campaignIndex(id)]!) }
  const target = kind === 'target-cpa' ? world.targets[campaignIndex(id)] : undefined
  return target === undefined ? undefined : { kind: 'money', amount: euros(target) }
}

function write(world: World, { lever, to }: LeverChange): WriteResult {
  const i = campaignIndex(lever.id)
  if (to.kind !== 'money' || !['daily-budget', 'target-cpa'].includes(lever.kind))
    return {
      kind: 'refused',
      failure: { kind: 'rejected', code: 'UNSUPPORTED', detail: `no ${lever.kind} of ${to.kind} here` },
    }
  if (lever.kind === 'daily-budget') world.budgets[i] = units(to.amount)
  else world.targets[i] = units(to.amount)
  return { kind: 'applied' }
}

function structureOf(world: World, account: AccountRef, own: readonly TrueCampaign[], clock: Clock): AccountStructure {
  const live = own.filter(({ since }) => since <= world.day)
  // A campaign that starts today comes with its launch budget.
  for (const { index, since, initialBudget } of live)
    if (since === world.day && world.budgets[index] === 0) world.budgets[index] = initialBudget
  return {
    account,
    name: PLATFORMS[own[0]?.platform ?? 0]!,
    currency: EUR,
    zone: UTC,
    readAt: clock.now(),
    blockers: [],
    adGroups: [],
    experiments: [],
    campaigns: live.map(({ index, class: kind, since }) => {
      const target = world.targets[index]
      return {
        id: String(index + 1) as CampaignId,
        name: `${kind} ${index + 1}`,
        kind: 'search',
        status: 'active',
        budget: String(index + 1) as BudgetId,
        strategy: target === undefined ? { kind: 'max-conversions' } : { kind: 'target-cpa', targetCpa: euros(target) },
        learning: world.isLearning(index) ? 'learning' : 'stable',
        ...(since > 0 ? { startsOn: dateOf(since) } : {}),
        deviceMultipliers: {},
      }
    }),
    budgets: live.map(({ index }) => ({
      id: String(index + 1) as BudgetId,
      name: `budget ${index + 1}`,
      owner: 'campaign',
      period: 'daily',
      amount: euros(world.budgets[index]!),
      campaigns: [String(index + 1) as CampaignId],
      status: 'active',
    })),
  }
}

/** Whole days as the platform shows them this morning; of today, whose night has hardly begun, nothing is spent yet. */
function reportOf(
  world: World,
  account: AccountRef,
  own: readonly TrueCampaign[],
  query: PerformanceQuery,
  rules: readonly ConversionRule[],
  clock: Clock,
): PerformanceReport {
  const rows: PerformanceRow[] = []
  const asked = dates(query.from, query.to)
  // Before the market began the account existed, and spent nothing.
  const accountSpend = new Map(asked.filter((date) => dayOf(date) < 0).map((date) => [date, zero(EUR)]))
  const days = query.grain === 'hour' ? [] : asked.filter((date) => dayOf(date) >= 0 && dayOf(date) < world.day)
  for (const date of days) {
    const day = dayOf(date)
    for (const { index } of own) {
      if (!world.isReported(index, day, world.day)) continue
      const { count, value } = world.read(index, day, world.day)
      const spend = micros(world.spend[index]![day]!)
      accountSpend.set(date, add(accountSpend.get(date) ?? zero(EUR), spend))
      const clicks = world.clicks(index, day)
      rows.push({
        campaign: String(index + 1) as CampaignId,
        date,
        spend,
        impressions: clicks * 50,
        clicks,
        // A rule without an entry had none.
        conversions: count === 0 ? [] : rules.map((rule) => ({ rule, conversions: count, value: micros(value) })),
      })
    }
  }
  return { account, query, rows, accountSpend, readAt: clock.now() }
}
