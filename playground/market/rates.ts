import { type AccountDate, dayNumber } from '../../lib/units/calendar.ts'
import type { CurrencyCode } from '../../lib/units/money.ts'
import { fromDecimal } from '../../lib/units/money.ts'
import type { ExchangeRate } from '../../lib/units/rates.ts'
import type { Scenario } from './schema.ts'

/** The scenario's pinned exchange rates into its base currency. */
export class Rates {
  readonly base: CurrencyCode
  readonly pinned: readonly (ExchangeRate & { readonly until: AccountDate })[]

  readonly #found = new Map<string, number>()

  constructor({ portfolio }: Scenario) {
    this.base = portfolio.baseCurrency as CurrencyCode
    this.pinned = portfolio.rates.map(({ from, rate, since, until }) => ({
      from: from as CurrencyCode,
      to: this.base,
      date: since as AccountDate,
      until: until as AccountDate,
      microsPerUnit: fromDecimal(rate, this.base).micros,
    }))
  }

  /**
   * Base units per unit of `from` on a date; the nearest range where none covers it, so that a history may begin before
   * the first.
   *
   * @throws RangeError when the currency has no rate at all
   */
  toBase(from: CurrencyCode, date: AccountDate): number {
    if (from === this.base) return 1
    const key = `${from}${date}`
    const found = this.#found.get(key) ?? this.#nearest(from, date)
    this.#found.set(key, found)
    return found
  }

  #nearest(from: CurrencyCode, date: AccountDate): number {
    const known = this.pinned.filter((rate) => rate.from === from)
    const away = ({ date: since, until }: (typeof known)[number]): number =>
      Math.max(0, dayNumber(since) - dayNumber(date), dayNumber(date) - dayNumber(until))
    const nearest = known.toSorted((a, b) => away(a) - away(b))[0]
    if (!nearest) throw new RangeError(`no rate ${from}→${this.base}: add one to portfolio.rates`)
    return Number(nearest.microsPerUnit) / 1e6
  }

  /** Units of `to` per unit of `from`, over the base currency. */
  between(from: CurrencyCode, to: CurrencyCode, date: AccountDate): number {
    return from === to ? 1 : this.toBase(from, date) / this.toBase(to, date)
  }
}
