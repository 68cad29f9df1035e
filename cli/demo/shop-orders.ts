import type { OrderDay } from '../../lib/model/orders.ts'
import {
  type AccountDate,
  addDays,
  dateAt,
  dates,
  daysBetween,
  endOfDay,
  startOfDay,
} from '../../lib/units/calendar.ts'
import type { Market } from '../../playground/market/market.ts'
import type { PortfolioFacts } from '../../playground/market/portfolio-facts.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import type { Pretend } from './pretend.ts'

/** Days that are told again every morning: returns go on coming in. */
const TOLD_DAYS = 60

/**
 * Tells Sluice every morning what the pretend shop has sold, as a shop's nightly export would. What it sold before its
 * records begin it does not know, which is not nothing: before the run, or before the history where it keeps that.
 */
export function orderFeed({ market, policy, loopFor }: Pretend, { history }: Scenario): () => Promise<void> {
  const { zone } = market.portfolio
  const first = addDays(dateAt(market.start, zone), history.orders ? -history.days : 0)
  const { orders } = loopFor('shop')
  let told: AccountDate | undefined
  return async () => {
    const today = dateAt(market.now(), zone)
    if (told === today) return
    told = today
    const from = daysBetween(first, today) < TOLD_DAYS ? first : addDays(today, -TOLD_DAYS)
    if (from < today) await orders.put(policy.policy.portfolio, shopOrders(market, from, addDays(today, -1)))
  }
}

/** The shop's orders by date, both ends included, less those that were returned by now, at the rate of each date. */
export function shopOrders(market: Market, from: AccountDate, to: AccountDate): readonly OrderDay[] {
  const { zone } = market.portfolio
  const kept = market.truth
    .orders(startOfDay(from, zone), endOfDay(to, zone))
    .filter(({ refundedAt }) => refundedAt === undefined)
  const byDate = Map.groupBy(kept, ({ at }) => dateAt(at, zone))
  return dates(from, to).map((date) => {
    const own = byDate.get(date) ?? []
    const value = own.reduce((sum, order) => sum + inBase(market.portfolio, order, date), 0n)
    return { date, orders: own.length, valueMicros: value }
  })
}

function inBase(
  { baseCurrency, rates }: PortfolioFacts,
  { netMicros, currency }: ReturnType<Market['truth']['orders']>[number],
  date: AccountDate,
): bigint {
  if (currency === baseCurrency) return netMicros
  const rate =
    rates.findLast((one) => one.from === currency && one.date <= date) ?? rates.find((one) => one.from === currency)
  if (!rate)
    throw new RangeError(`no rate ${currency}→${baseCurrency} for ${date}: add one to portfolio.rates of the scenario`)
  return (netMicros * rate.microsPerUnit) / 1_000_000n
}
