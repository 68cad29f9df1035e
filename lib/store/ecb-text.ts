import { type AccountDate, accountDate } from '../units/calendar.ts'
import { type CurrencyCode, currency } from '../units/money.ts'
import type { ExchangeRate } from '../units/rates.ts'
import { quotedRate } from './rates-text.ts'

const EUR = currency('EUR')

/** What a file of reference rates says of one day: units of each currency for one euro. */
export interface RateDay {
  readonly date: AccountDate
  readonly rates: readonly ExchangeRate[]
}

const TAG = /<([^<>]*)>/g
const PASSED_OVER = /^(?:\?xml\b|!--|\/?gesmes:(?:Envelope|subject|Sender|name)\b)/
const DAY = /^Cube\s+time\s*=\s*(?:"([^"]*)"|'([^']*)')\s*$/
const RATE = /^Cube\s+currency\s*=\s*(?:"([^"]*)"|'([^']*)')\s+rate\s*=\s*(?:"([^"]*)"|'([^']*)')\s*\/$/

/**
 * The European Central Bank's file of reference rates, of one day or of ninety, oldest day first.
 *
 * Read strictly, as that one document and not as XML at large: an element that is not expected, a day or a currency that is
 * there twice, a day without the dollar and an end that is missing are all refused, because a file cut short would
 * otherwise pass for one with fewer currencies.
 *
 * @param name of the file, for messages
 * @throws RangeError that names the file and what is wrong in it
 * @see https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html
 */
export function parseEcbRates(text: string, name: string): readonly RateDay[] {
  const wrong = (what: string): never => {
    throw new RangeError(`${name}: ${what}`)
  }
  if (!/<\/gesmes:Envelope>\s*$/.test(text)) wrong('does not end as the reference rates do: it is cut short')
  const days = new Map<AccountDate, ExchangeRate[]>()
  let depth = 0
  let day: { readonly date: AccountDate; readonly rates: ExchangeRate[] } | undefined
  for (const { 1: tag = '' } of text.matchAll(TAG)) {
    const time = DAY.exec(tag)
    const rate = RATE.exec(tag)
    if (PASSED_OVER.test(tag)) continue
    if (tag === 'Cube' && depth === 0) depth = 1
    else if (time && depth === 1) {
      const date = accountDate(time[1] ?? time[2] ?? '')
      if (days.has(date)) wrong(`has ${date} twice`)
      day = { date, rates: [] }
      days.set(date, day.rates)
      depth = 2
    } else if (rate && depth === 2 && day) addRate(day, rate[1] ?? rate[2] ?? '', rate[3] ?? rate[4] ?? '', name)
    else if (tag === '/Cube' && depth > 0) depth -= 1
    else wrong(`<${tag.slice(0, 80)}> is not expected where it stands`)
  }
  if (depth !== 0) wrong('a <Cube> is not closed')
  if (days.size === 0) wrong('has no day')
  for (const [date, rates] of days)
    if (!rates.some(({ to }) => to === 'USD')) wrong(`has no rate of the dollar on ${date}: it is not whole`)
  return [...days].map(([date, rates]) => ({ date, rates })).toSorted((a, b) => (a.date < b.date ? -1 : 1))
}

function addRate(day: { date: AccountDate; rates: ExchangeRate[] }, code: string, text: string, name: string): void {
  const to = readAt(`${name}, ${day.date}`, () => currency(code))
  const quoted = readAt(`${name}, ${day.date}, ${to}`, () => quotedRate(text))
  if (to === EUR || day.rates.some((one) => one.to === to))
    throw new RangeError(`${name}, ${day.date}: ${to} is not expected once more`)
  day.rates.push({ from: EUR, to: to as CurrencyCode, date: day.date, ...quoted })
}

function readAt<T>(at: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new RangeError(`${at}: ${error instanceof Error ? error.message : error}`)
  }
}
