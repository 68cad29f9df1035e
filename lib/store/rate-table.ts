import type { AccountDate } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import { type ExchangeRate, identityRate, type Ratio, ratioKept, ratioOf } from '../units/rates.ts'

interface Leg extends Ratio {
  readonly date: AccountDate
}

export type RateTable = (from: CurrencyCode, to: CurrencyCode, on: AccountDate) => ExchangeRate | undefined

/**
 * The newest rate on or before a date: as given, as the inverse of the other direction, or across one third currency,
 * dated by the older of the two. At equal dates the more direct one. Derived rates are exact.
 */
export function rateTable(rates: readonly ExchangeRate[]): RateTable {
  const legs = legsByPair(rates)
  const currencies = [...new Set(rates.flatMap(({ from, to }) => [from, to]))].toSorted()
  const leg = (from: CurrencyCode, to: CurrencyCode, on: AccountDate): Leg | undefined =>
    newest((legs.get(`${from}${to}`) ?? []).filter(({ date }) => date <= on))
  const across = (from: CurrencyCode, base: CurrencyCode, to: CurrencyCode, on: AccountDate): Leg | undefined => {
    const [first, second] = [leg(from, base, on), leg(base, to, on)]
    return first && second && chained(first, second)
  }
  return (from, to, on) => {
    if (from === to) return identityRate(from, on)
    const bases = currencies.filter((base) => base !== from && base !== to)
    const found = newest([leg(from, to, on), ...bases.map((base) => across(from, base, to, on))])
    return found && rateOf(from, to, found)
  }
}

/** Both directions of each rate; the given one stands first among equals. */
function legsByPair(rates: readonly ExchangeRate[]): ReadonlyMap<string, readonly Leg[]> {
  const given = rates.map((rate) => ({ pair: `${rate.from}${rate.to}`, leg: { date: rate.date, ...ratioOf(rate) } }))
  const inverse = rates.map((rate) => {
    const { numerator, denominator } = ratioOf(rate)
    return {
      pair: `${rate.to}${rate.from}`,
      leg: { date: rate.date, numerator: denominator, denominator: numerator },
    }
  })
  const byPair = Map.groupBy([...given, ...inverse], ({ pair }) => pair)
  return new Map([...byPair].map(([pair, all]) => [pair, all.map(({ leg }) => leg)]))
}

function newest(legs: readonly (Leg | undefined)[]): Leg | undefined {
  return legs.reduce((best, leg) => (leg && (!best || leg.date > best.date) ? leg : best), undefined)
}

const chained = (first: Leg, second: Leg): Leg => ({
  date: [first.date, second.date].toSorted()[0]!,
  numerator: first.numerator * second.numerator,
  denominator: first.denominator * second.denominator,
})

/** @throws RangeError when six decimals cannot tell the rate from zero */
function rateOf(from: CurrencyCode, to: CurrencyCode, { date, numerator, denominator }: Leg): ExchangeRate {
  try {
    return { from, to, date, ...ratioKept(numerator, denominator) }
  } catch (error) {
    throw new RangeError(`the rate ${from}→${to} of ${date} is ${error instanceof Error ? error.message : error}`)
  }
}
