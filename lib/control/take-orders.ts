import type { PortfolioId } from '../model/account.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { OrderEntry } from '../model/shop-order.ts'
import type { OrderBook, OrderTerms, RecordedOrders } from '../ports/store.ts'
import { addDays, dateAt, daysBetween, HOUR_MS, type Instant, isoInstant } from '../units/calendar.ts'
import type { Loop } from './loop.ts'
import { MissingRate } from './observe.ts'

/** What stands longer is kept no more: told again, it would be counted as new. */
const TAKEN_DAYS = 365
/** Clocks of shops are set by hand. */
const AHEAD_MS = HOUR_MS

export interface TakenOrders extends RecordedOrders {
  /** Entries about orders that are older than is kept. */
  readonly tooOld: number
}

/** Something is wrong with what was told, or with whom it was told for: nothing of it was recorded. */
export class OrdersRefused extends RangeError {
  constructor(message: string) {
    super(message)
    this.name = 'OrdersRefused'
  }
}

/** What of the world is needed to take orders. */
export type OrderDesk = Pick<Loop, 'clock' | 'policies' | 'rates'> & { readonly book: OrderBook }

/**
 * Records orders of a portfolio's shop by the policy's zone and currency. Everything that can be wrong with them is looked at
 * before the first of them is recorded: what fails later may have recorded some, and is put right by telling all again.
 *
 * @throws OrdersRefused for a portfolio without a policy and a time of the future, MissingRate; both before anything is
 * recorded, which no other error says
 */
export async function takeOrders(
  portfolio: PortfolioId,
  entries: readonly OrderEntry[],
  { clock, policies, rates, book }: OrderDesk,
): Promise<TakenOrders> {
  const version = await policies.current(portfolio)
  if (!version)
    throw new OrdersRefused(`portfolio ${portfolio} has no policy: store one first, its zone and currency count orders`)
  const now = clock.now()
  checkTimes(entries, now)
  const { zone } = version.policy
  const oldest = addDays(dateAt(now, zone), -TAKEN_DAYS)
  const young = entries.filter(({ sale, refund }) => dateAt((sale ?? refund)!.at, zone) >= oldest)
  const terms = termsOf(version, rates)
  for (const { sale } of young) if (sale) await terms.rate(sale.net.currency, dateAt(sale.at, zone))
  return { ...(await book.record(portfolio, young, terms)), tooOld: entries.length - young.length }
}

/** @throws OrdersRefused for a time of the future: as that of a version it would stand against every correction */
function checkTimes(entries: readonly OrderEntry[], now: Instant): void {
  for (const { id, sale, refund } of entries) {
    const times = [sale?.at, refund?.at, sale?.updatedAt, refund?.updatedAt]
    const ahead = times.find((at) => at !== undefined && at > now + AHEAD_MS)
    if (ahead !== undefined)
      throw new OrdersRefused(`order ${id} is of ${isoInstant(ahead)}, and it is ${isoInstant(now)}: correct its time`)
  }
}

/** The day's rate, or a younger one than the policy still believes. */
function termsOf({ policy }: PolicyVersion, rates: Loop['rates']): OrderTerms {
  const { zone, baseCurrency, maxRateAgeDays } = policy
  const known = new Map<string, ReturnType<OrderTerms['rate']>>()
  const find: OrderTerms['rate'] = async (from, on) => {
    const rate = await rates.rate(from, baseCurrency, on)
    if (rate && daysBetween(rate.date, on) <= maxRateAgeDays) return rate
    throw new MissingRate(from, baseCurrency, on, rate, maxRateAgeDays)
  }
  return {
    zone,
    baseCurrency,
    rate(from, on) {
      const key = `${from} ${on}`
      const found = known.get(key) ?? find(from, on)
      known.set(key, found)
      return found
    },
  }
}
