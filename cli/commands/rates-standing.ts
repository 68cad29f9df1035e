import { type AccountKey, accountKey } from '../../lib/model/account.ts'
import { newestRateDay } from '../../lib/store/ecb-days.ts'
import { type AccountDate, dateAt, daysBetween } from '../../lib/units/calendar.ts'
import type { CurrencyCode } from '../../lib/units/money.ts'
import type { ExchangeRate } from '../../lib/units/rates.ts'
import type { Deployment } from '../config/deployment.ts'

/** A rate that a portfolio's next plan would be made with, and how old it is. */
export interface RateStanding {
  readonly portfolio: string
  readonly from: CurrencyCode
  readonly to: CurrencyCode
  readonly accounts: readonly AccountKey[]
  readonly rate: ExchangeRate | undefined
  /** Whole days; undefined without a rate. */
  readonly ageDays: number | undefined
  readonly maxAgeDays: number
  /** Day of the newest rates that the European Central Bank has out. */
  readonly due: AccountDate
  /** `late`: there are newer ones. `old`: no plan is made with it. */
  readonly state: 'newest' | 'late' | 'old' | 'missing'
}

/** The rates that policies need for the accounts that were pulled; of accounts that were not, nobody knows the currency. */
export async function ratesStanding({ desk, clock }: Deployment): Promise<readonly RateStanding[]> {
  const due = newestRateDay(clock.now())
  const standings: RateStanding[] = []
  for (const { policy } of await desk.policies.all()) {
    const { portfolio, baseCurrency: to, maxRateAgeDays: maxAgeDays, zone } = policy
    const today = dateAt(clock.now(), zone)
    for (const [from, accounts] of await currenciesOf(policy.accounts, desk)) {
      if (from === to) continue
      const rate = await desk.rates.rate(from, to, today)
      const ageDays = rate && daysBetween(rate.date, today)
      const state = stateOf(rate, ageDays, maxAgeDays, due)
      standings.push({ portfolio, from, to, accounts, rate, ageDays, maxAgeDays, due, state })
    }
  }
  return standings
}

async function currenciesOf(
  accounts: readonly { readonly account: Parameters<typeof accountKey>[0] }[],
  { facts }: Deployment['desk'],
): Promise<ReadonlyMap<CurrencyCode, readonly AccountKey[]>> {
  const pulled = await Promise.all(
    accounts.map(async ({ account }) => ({
      key: accountKey(account),
      currency: (await facts.structure(account))?.currency,
    })),
  )
  const known = pulled.flatMap(({ key, currency }) => (currency === undefined ? [] : [{ key, currency }]))
  const byCurrency = Map.groupBy(known, ({ currency }) => currency)
  return new Map([...byCurrency].map(([currency, ones]) => [currency, ones.map(({ key }) => key)]))
}

function stateOf(
  rate: ExchangeRate | undefined,
  ageDays: number | undefined,
  maxAgeDays: number,
  due: AccountDate,
): RateStanding['state'] {
  if (!rate || ageDays === undefined) return 'missing'
  if (ageDays > maxAgeDays) return 'old'
  return rate.date < due ? 'late' : 'newest'
}
