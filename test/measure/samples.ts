import {
  type AccountKey,
  accountKey,
  type BudgetId,
  type CampaignId,
  parseAccountKey,
} from '../../lib/model/account.ts'
import type { EntityHistory, HistoryDay } from '../../lib/model/history.ts'
import type { AccountObservation, Observation } from '../../lib/model/observation.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import type { AccountStructure, BudgetHolder, Campaign } from '../../lib/model/structure.ts'
import { type AccountDate, accountDate, addDays, dateAt, instant, timeZone } from '../../lib/units/calendar.ts'
import { type CurrencyCode, currency, money, toDecimal } from '../../lib/units/money.ts'
import { aBudget, aCampaign, aStructure } from '../model/samples.ts'

/** Six in the morning in Berlin. */
export const NOW = instant('2026-11-21T05:00:00Z')
export const TODAY = accountDate('2026-11-21')
export const RULE = 'purchase|30c|0v|click'
export const FLIGHT_FROM = accountDate('2026-11-01')

/** What a day of a campaign showed, in main units of the account's currency. */
export interface DayFigures {
  readonly spend: number
  readonly conversions: number
  readonly value?: number
}

export interface CampaignSpec {
  readonly id: string
  /** Main units of the account's currency per day. */
  readonly budget: number
  /** By age in days, 1 = yesterday; undefined: not reported. Spends its budget for `cpa` where it is not given. */
  readonly days?: (age: number) => DayFigures | undefined
  /** Conversions per main unit at a spend of the budget, with an elasticity of 0.6. */
  readonly rate?: number
  /** Main units of value per conversion. */
  readonly worth?: number
  readonly campaign?: Partial<Campaign>
  readonly holder?: Partial<BudgetHolder>
}

export interface AccountSpec {
  readonly key: string
  readonly currency?: string
  /** Base currency per main unit. */
  readonly rate?: number
  readonly campaigns: readonly CampaignSpec[]
  readonly structure?: Partial<AccountStructure>
  readonly over?: Partial<AccountObservation>
  /** Of the policy's entry for the account. */
  readonly terms?: Readonly<Record<string, unknown>>
}

export interface ObservationSpec {
  readonly accounts: readonly AccountSpec[]
  /** What the portfolio is to spend per day, main units of the base currency. */
  readonly target?: number
  readonly policy?: Readonly<Record<string, unknown>>
  readonly over?: Partial<Observation>
}

const HISTORY = 28

export const historyDay = (
  date: AccountDate,
  { spend, conversions, value = 0 }: DayFigures,
  rule = RULE,
): HistoryDay => ({
  date,
  spendMicros: BigInt(Math.round(spend * 1e6)),
  impressions: 1000,
  clicks: 50,
  conversions: { [rule]: { count: conversions, valueMicros: BigInt(Math.round(value * 1e6)) } },
})

/** Spend that swings by a seventh around the budget, and the conversions of a curve of elasticity 0.6. */
const steady =
  ({ budget, rate = 0.1, worth = 50 }: CampaignSpec) =>
  (age: number): DayFigures => {
    const swing = 1 + Math.sin(age * 2.4) / 7
    return {
      spend: budget * swing,
      conversions: rate * budget * swing ** 0.6,
      value: worth * rate * budget * swing ** 0.6,
    }
  }

function historyOf(key: AccountKey, of: CurrencyCode, spec: CampaignSpec): EntityHistory {
  const figures = spec.days ?? steady(spec)
  const days = Array.from({ length: HISTORY }, (_, i) => HISTORY - i).flatMap((age) => {
    const found = figures(age)
    return found ? [historyDay(addDays(TODAY, -age), found)] : []
  })
  return { account: key, campaign: spec.id as CampaignId, currency: of, days }
}

export function anAccount({
  key,
  currency: code = 'EUR',
  campaigns,
  structure = {},
  over = {},
}: AccountSpec): AccountObservation {
  const account = parseAccountKey(key)
  const of = currency(code)
  const zone = structure.zone ?? timeZone('Europe/Berlin')
  return {
    account: accountKey(account),
    today: dateAt(NOW, zone),
    structure: aStructure(account, {
      currency: of,
      campaigns: campaigns.map(({ id, campaign }) =>
        aCampaign(id, { name: `Campaign ${account.platform} ${id}`, ...campaign }),
      ),
      budgets: campaigns.map(({ id, budget, holder }) =>
        aBudget(id, budget, { amount: money(BigInt(Math.round(budget * 1e6)), of), ...holder }),
      ),
      ...structure,
    }),
    status: {
      account: accountKey(account),
      structureAt: instant('2026-11-21T04:45:00Z'),
      spendAt: instant('2026-11-21T04:45:00Z'),
      historyAt: instant('2026-11-21T00:15:00Z'),
      historyTo: addDays(TODAY, -1),
      unexplainedMicros: new Map(),
    },
    histories: campaigns.map((spec) => historyOf(accountKey(account), of, spec)),
    spentTodayMicros: new Map(),
    revisions: [],
    levers: [],
    contested: [],
    ...over,
  }
}

/** An observation of a portfolio whose members are all campaigns of its accounts, prospecting unless the policy says so. */
export function anObservation({ accounts, target = 100, policy = {}, over = {} }: ObservationSpec): Observation {
  const seen = accounts.map(anAccount)
  const rates = [
    ...new Map(accounts.map((spec): [string, number] => [spec.currency ?? 'EUR', spec.rate ?? 1])).entries(),
  ].map(([from, rate]) => ({
    from: currency(from),
    to: currency('EUR'),
    date: TODAY,
    microsPerUnit: BigInt(Math.round(rate * 1e6)),
  }))
  const spent = seen.map(({ histories }) =>
    histories
      .flatMap(({ days }) => days)
      .filter(({ date }) => date >= FLIGHT_FROM)
      .reduce((sum, { spendMicros }) => sum + spendMicros, 0n),
  )
  const spentBase = accounts.reduce((sum, { rate = 1 }, i) => sum + BigInt(Math.round(Number(spent[i]) * rate)), 0n)
  // 2026-11-21 to 2026-11-30 are ten days; the target is what remains over them.
  const total = money(spentBase + BigInt(Math.round(target * 10 * 1e6)), currency('EUR'))
  const version = policyFrom(
    {
      portfolio: 'eu',
      owner: 'growth',
      mode: 'auto',
      baseCurrency: 'EUR',
      zone: 'Europe/Berlin',
      goal: { kind: 'conversions' },
      flight: { from: FLIGHT_FROM, to: '2026-11-30', total: `${toDecimal(total)} EUR` },
      dayCap: '1000000 EUR',
      accounts: accounts.map(({ key, currency: code = 'EUR', terms }) => ({
        account: key,
        conversions: { action: 'purchase', clickWindowDays: 30, basis: 'click' },
        dayCap: `100000000 ${code}`,
        ...terms,
      })),
      members: [{ class: 'prospecting' }],
      ...policy,
    },
    'the test policy',
  )
  return {
    now: NOW,
    today: TODAY,
    policy: version,
    occasion: 'daily',
    accounts: seen,
    rates,
    freezes: [],
    flightSpentMicros: new Map(seen.map(({ account }, i) => [account, spent[i]!])),
    ...over,
  }
}

export const budgetIdOf = (campaign: string): BudgetId => `9${campaign}` as BudgetId
