import type { PortfolioId } from '../model/account.ts'
import { DiscreetError } from '../model/discreet-error.ts'
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
/** Orders that are told at a time. */
const SHOWN = 20

export interface TakenOrders extends RecordedOrders {
  /** Entries about orders that are older than is kept. */
  readonly tooOld: number
}

/** Something is wrong with what was told, or with whom it was told for: nothing of it was recorded. */
export class OrdersRefused extends DiscreetError {
  constructor(message: string, forLog: string = message) {
    super(message, forLog)
    this.name = 'OrdersRefused'
  }
}

/** Orders in a currency whose rate is missing or too old: nothing was recorded, and with the rate all can be told again. */
export class UnratedOrders extends DiscreetError {
  constructor(unrated: readonly { readonly entry: OrderEntry; readonly cause: MissingRate }[]) {
    super(
      noneRecorded(unrated.map(({ entry, cause }) => `${nameOf(entry)}: ${cause.message}`)),
      noneRecorded(unrated.map(({ entry, cause }) => `${namelessOf(entry)}: ${cause.message}`)),
    )
    this.name = 'UnratedOrders'
  }
}

function noneRecorded(faults: readonly string[]): string {
  const shown = faults.slice(0, SHOWN).map((fault) => `  - ${fault}`)
  const more = faults.length > SHOWN ? [`  … and ${faults.length - SHOWN} more`] : []
  return ['no order was recorded:', ...shown, ...more].join('\n')
}

/** `orders.csv, line 3: order 1001`, or the order alone where no file told it. */
const nameOf = (entry: OrderEntry): string => `${placeOf(entry)}order ${entry.id}`
/** For the log: its line is enough to find it. */
const namelessOf = (entry: OrderEntry): string => `${placeOf(entry)}an order`
const placeOf = ({ source }: OrderEntry): string => (source ? `${source.file}, line ${source.line}: ` : '')

/** What of the world is needed to take orders. */
export type OrderDesk = Pick<Loop, 'clock' | 'policies' | 'rates'> & { readonly book: OrderBook }

/**
 * Records orders of a portfolio's shop by the policy's zone and currency. Everything that can be wrong with them is looked at
 * before the first of them is recorded: what fails later may have recorded some, and is put right by telling all again.
 *
 * @throws as `checkOrders`, before anything is recorded, which no other error says
 */
export async function takeOrders(
  portfolio: PortfolioId,
  entries: readonly OrderEntry[],
  desk: OrderDesk,
): Promise<TakenOrders> {
  const { young, terms, tooOld } = await checkOrders(portfolio, entries, desk)
  return { ...(await desk.book.record(portfolio, young, terms)), tooOld }
}

export interface CheckedOrders extends Pick<TakenOrders, 'tooOld'> {
  /** Those that are to be recorded. */
  readonly young: readonly OrderEntry[]
  readonly terms: OrderTerms
}

/**
 * All that is looked at before orders are recorded.
 *
 * @throws OrdersRefused for a portfolio without a policy and a time of the future, UnratedOrders
 */
export async function checkOrders(
  portfolio: PortfolioId,
  entries: readonly OrderEntry[],
  { clock, policies, rates }: Omit<OrderDesk, 'book'>,
): Promise<CheckedOrders> {
  const version = await policies.current(portfolio)
  if (!version)
    throw new OrdersRefused(`portfolio ${portfolio} has no policy: store one first, its zone and currency count orders`)
  const now = clock.now()
  checkTimes(entries, now)
  const { zone } = version.policy
  const oldest = addDays(dateAt(now, zone), -TAKEN_DAYS)
  const young = entries.filter(({ sale, refund }) => dateAt((sale ?? refund)!.at, zone) >= oldest)
  const terms = termsOf(version, rates)
  await checkRates(young, terms)
  return { young, terms, tooOld: entries.length - young.length }
}

/** @throws OrdersRefused for times of the future: as that of a version one would stand against every correction */
function checkTimes(entries: readonly OrderEntry[], now: Instant): void {
  const wrong = entries.flatMap((entry) => {
    const { sale, refund } = entry
    const times = [sale?.at, refund?.at, sale?.updatedAt, refund?.updatedAt]
    const ahead = times.find((at) => at !== undefined && at > now + AHEAD_MS)
    return ahead === undefined ? [] : [{ entry, ahead }]
  })
  if (wrong.length === 0) return
  const text = (name: (entry: OrderEntry) => string): string =>
    noneRecorded(
      wrong.map(
        ({ entry, ahead }) =>
          `${name(entry)} is of ${isoInstant(ahead)}, and it is ${isoInstant(now)}: correct its time`,
      ),
    )
  throw new OrdersRefused(text(nameOf), text(namelessOf))
}

/** @throws UnratedOrders naming every order whose currency has no rate on its day */
async function checkRates(entries: readonly OrderEntry[], { rate, zone }: OrderTerms): Promise<void> {
  const unrated: { readonly entry: OrderEntry; readonly cause: MissingRate }[] = []
  for (const entry of entries) {
    const { sale } = entry
    if (!sale) continue
    await rate(sale.net.currency, dateAt(sale.at, zone)).catch((cause: unknown) => {
      if (!(cause instanceof MissingRate)) throw cause
      unrated.push({ entry, cause })
    })
  }
  if (unrated.length > 0) throw new UnratedOrders(unrated)
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
