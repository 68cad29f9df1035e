import { type AccountDate, accountDate, addDays, type TimeZone } from '../../lib/units/calendar.ts'
import { type CurrencyCode, fromDecimal } from '../../lib/units/money.ts'
import type { ExchangeRate } from '../../lib/units/rates.ts'
import type { BudgetOwner, WorldPlatform } from '../world.ts'
import type { AccountMarket } from './account-market.ts'
import type { Rates } from './rates.ts'
import type { CampaignClass, Scenario } from './schema.ts'

/** What a policy for the scenario's campaigns needs to know; nothing in it is hidden from a marketer. */
export interface PortfolioFacts {
  readonly name: string
  readonly baseCurrency: CurrencyCode
  readonly zone: TimeZone
  readonly goal: {
    readonly kind: 'conversions' | 'value'
    readonly action: string
    readonly costPerConversionMicros?: bigint
  }
  readonly flight: { readonly from: AccountDate; readonly to: AccountDate; readonly totalMicros: bigint }
  /** Each from its `date` to `until`, both included. */
  readonly rates: readonly (ExchangeRate & { readonly until: AccountDate })[]
  readonly accounts: readonly {
    readonly platform: WorldPlatform
    readonly id: string
    readonly name: string
    readonly currency: CurrencyCode
    readonly zone: TimeZone
  }[]
  readonly campaigns: readonly {
    readonly platform: WorldPlatform
    readonly accountId: string
    readonly id: string
    readonly name: string
    readonly class: CampaignClass
    readonly isTrialArm: boolean
  }[]
  readonly budgets: readonly {
    readonly platform: WorldPlatform
    readonly accountId: string
    readonly id: string
    readonly name: string
    readonly owner: BudgetOwner
    readonly initialMicros: bigint
  }[]
  readonly promotions: readonly {
    readonly from: string
    readonly until: string
    readonly uplift: number
  }[]
}

export function portfolioFacts(scenario: Scenario, accounts: readonly AccountMarket[], rates: Rates): PortfolioFacts {
  const { name, baseCurrency, zone, goal, total } = scenario.portfolio
  const from = accountDate(scenario.start)
  const base = baseCurrency as CurrencyCode
  return {
    name,
    baseCurrency: base,
    zone: zone as TimeZone,
    goal: {
      kind: goal.kind,
      action: goal.action,
      ...(goal.costPerConversion ? { costPerConversionMicros: fromDecimal(goal.costPerConversion, base).micros } : {}),
    },
    flight: {
      from,
      to: addDays(from, scenario.days - 1),
      totalMicros: total ? fromDecimal(total, base).micros : initialTotal(scenario, accounts, rates),
    },
    rates: rates.pinned,
    accounts: accounts.map(({ platform, id, name, currency, zone }) => ({ platform, id, name, currency, zone })),
    campaigns: accounts.flatMap(campaignsOf),
    budgets: accounts.flatMap(budgetsOf),
    promotions: scenario.events.flatMap((event) =>
      event.kind === 'promotion' && event.announced
        ? [{ from: event.at, until: event.until, uplift: event.uplift }]
        : [],
    ),
  }
}

const campaignsOf = ({ platform, id: accountId, campaigns }: AccountMarket): PortfolioFacts['campaigns'] =>
  [...campaigns.values()].map((campaign) => ({
    platform,
    accountId,
    id: campaign.id,
    name: campaign.name,
    class: campaign.class,
    isTrialArm: campaign.plan.arm?.isArm ?? false,
  }))

const budgetsOf = ({ platform, id: accountId, plan }: AccountMarket): PortfolioFacts['budgets'] =>
  plan.budgets.map(({ id, name, owner, amountMicros }) => ({
    platform,
    accountId,
    id,
    name,
    owner,
    initialMicros: amountMicros,
  }))

/** Initial budgets over the days of the run, in whole base units, rounded down. */
function initialTotal(scenario: Scenario, accounts: readonly AccountMarket[], rates: Rates): bigint {
  const date = accountDate(scenario.start)
  const total = accounts.reduce((sum, { currency, plan }) => {
    const own = plan.budgets.reduce((all, { period, amountMicros }) => {
      const days = period === 'daily' ? scenario.days : 1
      return all + Number(amountMicros) * days
    }, 0)
    return sum + (own / 1e6) * rates.toBase(currency, date)
  }, 0)
  return BigInt(Math.floor(total)) * 1_000_000n
}
