import { type AccountDate, addDays, type Instant } from '../units/calendar.ts'
import { type CurrencyCode, currency, MICROS_PER_UNIT } from '../units/money.ts'
import { type ExchangeRate, ratioOf } from '../units/rates.ts'
import { frankfurtDay, setsRatesOn } from './ecb-days.ts'
import type { EcbSource } from './ecb-source.ts'
import type { RateDay } from './ecb-text.ts'
import { rateTable } from './rate-table.ts'
import { DECIMALS_MAX, parseRates } from './rates-text.ts'

/** Largest move from one rate to the next that is taken without being asked; the same as policies have by default. */
export const MOVE_MAX = 0.1

const EUR = currency('EUR')
/** Of a currency that is not known yet, so many of its first days are asked which rate is the usual one. */
const FIRST_DAYS = 5

/** A rate that moved too far to be believed, beside the last one that was good. */
export interface RefusedRate {
  readonly rate: ExchangeRate
  readonly last: ExchangeRate
  /** 0.25: by a quarter, up or down, whichever way it is larger. */
  readonly movedBy: number
}

export interface RatesUpdate {
  readonly added: readonly ExchangeRate[]
  readonly refused: readonly RefusedRate[]
  /** Currencies that the bank names without a rate, each with the newest such day, where nobody gave one by hand. */
  readonly lacking: readonly { readonly currency: CurrencyCode; readonly date: AccountDate }[]
  /** Newest day of the rates that are known now. */
  readonly newest: AccountDate | undefined
}

/** Where the rates are kept as text. Writing fails where the text has changed since it was read. */
export interface RatesFile {
  readonly name: string
  /** Undefined where there is none yet. */
  read(): Promise<string | undefined>
  write(text: string): Promise<void>
}

export interface UpdateOptions {
  readonly file: RatesFile
  readonly source: EcbSource
  readonly now: Instant
  /** Currencies whose next rate is taken whatever it is: somebody has looked at it. */
  readonly accept?: readonly CurrencyCode[]
}

const HEADER = 'date,from,to,rate'

/**
 * Adds what the European Central Bank has published since to a file of rates. Nothing that stands in the file is changed
 * or removed, and rates that people gave for a day and a pair count more than the bank's.
 *
 * A rate that moved by more than a tenth since the last good one of its currency, in whichever direction that was given, is
 * left out, and every later one until the currency is back or is accepted; the first of a currency is held against the
 * median of its first days. Weekends and closing days add nothing, which is no failure.
 *
 * @throws RangeError naming what is wrong in the file or in the bank's, Error when either cannot be had
 */
export async function updateRates({ file, source, now, accept = [] }: UpdateOptions): Promise<RatesUpdate> {
  const text = await file.read()
  const known = text === undefined ? [] : parseRates(text, file.name)
  const ours = newestOf(known.filter(({ from }) => from === 'EUR'))
  const daily = await source('daily')
  const days = isGap(ours, daily.at(-1)!.date) ? joined(await source('recent'), daily) : daily
  const ahead = days.find(({ date }) => date > frankfurtDay(now))
  if (ahead) throw new RangeError(`the bank's rates are of ${ahead.date}, which is still to come: check the clock`)
  const { added, refused } = sifted(known, days, accept)
  if (added.length > 0) await file.write(extended(text, added, file.name))
  const lacking = lackingOf(known, days)
  return { added, refused, lacking, newest: newestOf([...known, ...added].filter(({ from }) => from === 'EUR')) }
}

const newestOf = (rates: readonly ExchangeRate[]): AccountDate | undefined =>
  rates.reduce<AccountDate | undefined>((newest, { date }) => (newest && newest > date ? newest : date), undefined)

/** Whether a day with rates lies between the newest that is known and the one that is published. */
function isGap(known: AccountDate | undefined, published: AccountDate): boolean {
  if (known === undefined) return true
  for (let date = addDays(known, 1); date < published; date = addDays(date, 1)) if (setsRatesOn(date)) return true
  return false
}

const joined = (recent: readonly RateDay[], daily: readonly RateDay[]): readonly RateDay[] => [
  ...recent,
  ...daily.filter(({ date }) => recent.every((day) => day.date !== date)),
]

/** Share by which the larger of two is above the smaller. */
const moved = (a: ExchangeRate, b: ExchangeRate): number => {
  const [one, other] = [ratioOf(a), ratioOf(b)]
  const [x, y] = [one.numerator * other.denominator, other.numerator * one.denominator]
  const [small, large] = x < y ? [x, y] : [y, x]
  return Number(((large - small) * MICROS_PER_UNIT) / small) / 1e6
}

/**
 * Rates that say what a euro is worth, given so or as the inverse, oldest first; of those of one day the one that was given
 * so comes last.
 */
function ofEuro(known: readonly ExchangeRate[]): readonly ExchangeRate[] {
  const turned = known.flatMap((rate) => (rate.to === EUR ? [rateTable([rate])(EUR, rate.from, rate.date)!] : []))
  const given = known.filter(({ from }) => from === EUR)
  return [...turned, ...given].toSorted((a, b) => (a.date === b.date ? 0 : a.date < b.date ? -1 : 1))
}

/** The median of the first days, an odd number of them: one wild day among three or more is not it. */
function usual(rates: readonly ExchangeRate[]): ExchangeRate {
  const first = rates.slice(0, FIRST_DAYS)
  const odd = first.slice(0, first.length - 1 + (first.length % 2))
  return odd.toSorted((a, b) => (a.microsPerUnit < b.microsPerUnit ? -1 : 1))[(odd.length - 1) / 2]!
}

/** Day by day, each rate against the last good one of its pair; of the refused ones the newest of each pair is told. */
function sifted(
  known: readonly ExchangeRate[],
  days: readonly RateDay[],
  accept: readonly CurrencyCode[],
): Pick<RatesUpdate, 'added' | 'refused'> {
  const ours = ofEuro(known)
  const seen = new Set(ours.map(({ to, date }) => `${date}${to}`))
  const good = new Map(ours.map((rate) => [rate.to, rate]))
  const refused = new Map<CurrencyCode, RefusedRate>()
  const added: ExchangeRate[] = []
  const published = days.flatMap(({ rates }) => rates)
  const usualOf = new Map([...Map.groupBy(published, ({ to }) => to)].map(([to, rates]) => [to, usual(rates)]))
  for (const rate of published) {
    const newest = good.get(rate.to)
    if (seen.has(`${rate.date}${rate.to}`) || (newest && newest.date > rate.date)) continue
    const last = newest ?? usualOf.get(rate.to)!
    const movedBy = moved(last, rate)
    if (movedBy > MOVE_MAX && !accept.includes(rate.to)) {
      refused.set(rate.to, { rate, last, movedBy })
      continue
    }
    refused.delete(rate.to)
    good.set(rate.to, rate)
    added.push(rate)
  }
  return { added, refused: [...refused.values()] }
}

function lackingOf(known: readonly ExchangeRate[], days: readonly RateDay[]): RatesUpdate['lacking'] {
  const given = new Set(ofEuro(known).map(({ to, date }) => `${date}${to}`))
  const found = days.flatMap(({ date, lacking = [] }) => lacking.map((code) => ({ currency: code, date })))
  const unknown = found.filter(({ currency: code, date }) => !given.has(`${date}${code}`))
  return [...new Map(unknown.map((one) => [one.currency, one])).values()]
}

/** The text with rates appended, in the form that it has. */
function extended(text: string | undefined, added: readonly ExchangeRate[], name: string): string {
  const rows = added.map((rate) => ({ date: rate.date, from: rate.from, to: rate.to, rate: decimal(rate) }))
  if (text !== undefined && /^\s*\[/.test(text)) {
    const written = JSON.stringify([...(JSON.parse(text) as unknown[]), ...rows], null, 2)
    return checked(`${written}\n`, name)
  }
  const lines = rows.map(({ date, from, to, rate }) => `${date},${from},${to},${rate}\n`)
  const before = text === undefined || text.trim() === '' ? `${HEADER}\n` : text.endsWith('\n') ? text : `${text}\n`
  return checked(before + lines.join(''), name)
}

/** What is written can be read: nobody finds out at the next plan. */
function checked(text: string, name: string): string {
  parseRates(text, name)
  return text
}

/** Exact: a quoted rate has no more decimals than a file may have. */
function decimal(quoted: ExchangeRate): string {
  const { numerator, denominator } = ratioOf(quoted)
  const digits = ((numerator * 10n ** BigInt(DECIMALS_MAX)) / denominator).toString().padStart(DECIMALS_MAX + 1, '0')
  return `${digits.slice(0, -DECIMALS_MAX)}.${digits.slice(-DECIMALS_MAX)}`.replace(/\.?0+$/, '')
}
