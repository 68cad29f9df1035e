import type { AccountDate } from '../units/calendar.ts'
import { type CurrencyCode, divide, MICROS_PER_UNIT } from '../units/money.ts'
import { type ExchangeRate, identityRate } from '../units/rates.ts'

/** One main unit of `from` is worth `numerator / denominator` main units of `to`. */
interface Leg {
  readonly date: AccountDate
  readonly numerator: bigint
  readonly denominator: bigint
}

export type RateTable = (from: CurrencyCode, to: CurrencyCode, on: AccountDate) => ExchangeRate | undefined

/**
 * The newest rate on or before a date: as given, as the inverse of the other direction, or across one third currency,
 * dated by the older of the two. At equal dates the more direct one. Derived rates are exact fractions rounded once,
 * half to even, to six decimals.
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
  const given = rates.map(({ from, to, date, microsPerUnit }) => ({
    pair: `${from}${to}`,
    leg: { date, numerator: microsPerUnit, denominator: MICROS_PER_UNIT },
  }))
  const inverse = rates.map(({ from, to, date, microsPerUnit }) => ({
    pair: `${to}${from}`,
    leg: { date, numerator: MICROS_PER_UNIT, denominator: microsPerUnit },
  }))
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
  const microsPerUnit = divide(numerator * MICROS_PER_UNIT, denominator, 'half-even')
  if (microsPerUnit <= 0n) throw new RangeError(`the rate ${from}→${to} of ${date} is zero to six decimals`)
  return { from, to, date, microsPerUnit }
}
