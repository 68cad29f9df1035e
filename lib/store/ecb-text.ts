import { type AccountDate, accountDate } from '../units/calendar.ts'
import { type CurrencyCode, currency } from '../units/money.ts'
import type { ExchangeRate } from '../units/rates.ts'
import { quotedRate } from './rates-text.ts'

const EUR = currency('EUR')

/** What a file of reference rates says of one day: units of each currency for one euro. */
export interface RateDay {
  readonly date: AccountDate
  readonly rates: readonly ExchangeRate[]
  /** Those that are named without a rate: `N/A`. */
  readonly lacking?: readonly CurrencyCode[]
}

interface OpenDay {
  readonly date: AccountDate
  readonly rates: ExchangeRate[]
  readonly lacking: CurrencyCode[]
}

const NO_RATE = 'N/A'
/** The two elements that hold words. */
const WORDS = /<gesmes:(subject|name)>[^<>]*<\/gesmes:\1>/g
const TAG = /<([^<>]*)>/g
const PASSED_OVER = /^(?:\?xml\b|\/?gesmes:(?:Envelope|subject|Sender|name)\b)/
const DAY = /^Cube\s+time\s*=\s*(?:"([^"]*)"|'([^']*)')\s*$/
const RATE = /^Cube\s+currency\s*=\s*(?:"([^"]*)"|'([^']*)')\s+rate\s*=\s*(?:"([^"]*)"|'([^']*)')\s*\/$/

/**
 * The European Central Bank's file of reference rates, of one day or of ninety, oldest day first.
 *
 * Read strictly, as that one document and not as XML at large: an element or words that are not expected, a day or a
 * currency that is there twice, a day without the dollar and an end that is missing are all refused, because a file cut
 * short would otherwise pass for one with fewer currencies. A currency with `N/A` is left out of its day alone.
 *
 * @param name of the file, for messages
 * @throws RangeError that names the file and what is wrong in it
 * @see https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html
 */
export function parseEcbRates(written: string, name: string): readonly RateDay[] {
  const wrong = (what: string): never => {
    throw new RangeError(`${name}: ${what}`)
  }
  const text = withoutComments(written)
  if (!/<\/gesmes:Envelope>\s*$/.test(text)) wrong('does not end as the reference rates do: it is cut short')
  const stray = text.replace(WORDS, '').replace(TAG, '').trim()
  if (stray !== '') wrong(`"${stray.slice(0, 40)}" stands between its elements`)
  const days = new Map<AccountDate, OpenDay>()
  let depth = 0
  let day: OpenDay | undefined
  for (const { 1: tag = '' } of text.matchAll(TAG)) {
    const time = DAY.exec(tag)
    const rate = RATE.exec(tag)
    if (PASSED_OVER.test(tag)) continue
    if (tag === 'Cube' && depth === 0) depth = 1
    else if (time && depth === 1) {
      const date = accountDate(time[1] ?? time[2] ?? '')
      if (days.has(date)) wrong(`has ${date} twice`)
      day = { date, rates: [], lacking: [] }
      days.set(date, day)
      depth = 2
    } else if (rate && depth === 2 && day) addRate(day, rate[1] ?? rate[2] ?? '', rate[3] ?? rate[4] ?? '', name)
    else if (tag === '/Cube' && depth > 0) depth -= 1
    else wrong(`<${tag.slice(0, 80)}> is not expected where it stands`)
  }
  if (depth !== 0) wrong('a <Cube> is not closed')
  if (days.size === 0) wrong('has no day')
  for (const [date, { rates }] of days)
    if (!rates.some(({ to }) => to === 'USD')) wrong(`has no rate of the dollar on ${date}: it is not whole`)
  return [...days.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1))
}

/** One without an end stays, and is refused as what it is: no element. */
function withoutComments(text: string): string {
  const [before = '', ...begun] = text.split('<!--')
  return (
    before + begun.map((part) => (part.includes('-->') ? part.slice(part.indexOf('-->') + 3) : `<!--${part}`)).join('')
  )
}

function addRate({ date, rates, lacking }: OpenDay, code: string, text: string, name: string): void {
  const to = readAt(`${name}, ${date}`, () => currency(code))
  if (to === EUR || lacking.includes(to) || rates.some((one) => one.to === to))
    throw new RangeError(`${name}, ${date}: ${to} is not expected once more`)
  if (text === NO_RATE) lacking.push(to)
  else rates.push({ from: EUR, to, date, ...readAt(`${name}, ${date}, ${to}`, () => quotedRate(text)) })
}

function readAt<T>(at: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new RangeError(`${at}: ${error instanceof Error ? error.message : error}`)
  }
}
