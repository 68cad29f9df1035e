import { type AccountKey, accountKey } from '../../lib/model/account.ts'
import type { Policy } from '../../lib/model/policy.ts'
import { newestRateDay } from '../../lib/store/ecb-days.ts'
import { dynamoOrderBook } from '../../lib/store/order-book.ts'
import { type AccountDate, addDays, dateAt, daysBetween } from '../../lib/units/calendar.ts'
import type { CurrencyCode } from '../../lib/units/money.ts'
import type { ExchangeRate } from '../../lib/units/rates.ts'
import type { Deployment } from '../config/deployment.ts'

/** Orders in a currency count as going on for so many days after the last one. */
export const ORDERS_GO_ON_DAYS = 30

/** A rate that a portfolio's next plan would be made with, or its next orders counted, and how old it is. */
export interface RateStanding {
  readonly portfolio: string
  readonly from: CurrencyCode
  readonly to: CurrencyCode
  /** Those in the currency; without one no plan waits for the rate. */
  readonly accounts: readonly AccountKey[]
  /** Whether orders of the last days are in it. */
  readonly inOrders: boolean
  readonly rate: ExchangeRate | undefined
  /** Whole days; undefined without a rate. */
  readonly ageDays: number | undefined
  readonly maxAgeDays: number
  /** Day of the newest rates that the European Central Bank has out. */
  readonly due: AccountDate
  /** `late`: there are newer ones. `old`: no plan is made with it, and no orders are taken. */
  readonly state: 'newest' | 'late' | 'old' | 'missing'
}

/**
 * The rates that policies need for the accounts that were pulled and for the orders of the last days. Of accounts that were
 * not pulled, nobody knows the currency.
 */
export async function ratesStanding({ desk, clock, tables }: Deployment): Promise<readonly RateStanding[]> {
  const orderBook = dynamoOrderBook(tables)
  const due = newestRateDay(clock.now())
  const standings: RateStanding[] = []
  for (const { policy } of await desk.policies.all()) {
    const { portfolio, baseCurrency: to, maxRateAgeDays: maxAgeDays, zone } = policy
    const today = dateAt(clock.now(), zone)
    const ofAccounts = await accountsByCurrency(policy, desk)
    const ofOrders = await orderBook.currencies(portfolio, addDays(today, -ORDERS_GO_ON_DAYS))
    for (const from of new Set([...ofAccounts.keys(), ...ofOrders])) {
      if (from === to) continue
      const accounts = ofAccounts.get(from) ?? []
      const inOrders = ofOrders.includes(from)
      const rate = await desk.rates.rate(from, to, today)
      const ageDays = rate && daysBetween(rate.date, today)
      const state = stateOf(rate, ageDays, maxAgeDays, due)
      standings.push({ portfolio, from, to, accounts, inOrders, rate, ageDays, maxAgeDays, due, state })
    }
  }
  return standings
}

/** Whatever must not go on without the rate. */
export const withoutRate = ({ accounts, inOrders }: Pick<RateStanding, 'accounts' | 'inOrders'>): string =>
  [...(accounts.length > 0 ? ['no plan is made'] : []), ...(inOrders ? ['no orders in it are taken'] : [])].join(', ')

async function accountsByCurrency(
  { accounts }: Pick<Policy, 'accounts'>,
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
