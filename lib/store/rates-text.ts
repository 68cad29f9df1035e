import { type AccountDate, accountDate } from '../units/calendar.ts'
import { type CurrencyCode, currency } from '../units/money.ts'
import { type ExchangeRate, ratioKept } from '../units/rates.ts'

const COLUMNS = ['date', 'from', 'to', 'rate'] as const
type Column = (typeof COLUMNS)[number]
const HEADER = COLUMNS.join(',')
export const DECIMALS_MAX = 12

/**
 * Exchange rates from the text of a file.
 *
 * CSV: a header `date,from,to,rate`, then one rate per line, such as `2026-11-20,USD,EUR,0.8627`; empty lines and lines
 * that start with `#` are passed over. JSON: a list of objects with the same four members, the rate as text. A rate is
 * what one main unit of `from` is worth in `to`, with at most twelve decimals.
 *
 * @param name of the file, for messages
 * @throws RangeError that names file, line (JSON: entry) and column
 */
export const parseRates = (text: string, name: string): readonly ExchangeRate[] =>
  distinct(/^\s*\[/.test(text) ? jsonRates(text, name) : csvRates(text, name))

interface Located {
  readonly at: string
  readonly rate: ExchangeRate
}

function csvRates(text: string, name: string): readonly Located[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ cells: line.split(',').map((cell) => cell.trim()), at: `${name}, line ${index + 1}` }))
    .filter(({ cells }) => cells.join('') !== '' && !cells[0]?.startsWith('#'))
  const [header, ...rows] = lines
  if (!header || header.cells.join(',') !== HEADER)
    throw new RangeError(`${header?.at ?? `${name}, line 1`}: the header must be ${HEADER}`)
  return rows.map(({ cells, at }) => {
    if (cells.length !== COLUMNS.length)
      throw new RangeError(`${at}: has ${cells.length} columns instead of the ${COLUMNS.length} of ${HEADER}`)
    return { at, rate: rateOf((column) => cells[COLUMNS.indexOf(column)] ?? '', at) }
  })
}

function jsonRates(text: string, name: string): readonly Located[] {
  return parseList(text, name).map((entry, index) => {
    const at = `${name}, entry ${index + 1}`
    if (typeof entry !== 'object' || entry === null) throw new RangeError(`${at}: must be an object with ${HEADER}`)
    const members = entry as Record<string, unknown>
    return { at, rate: rateOf((column) => String(members[column] ?? ''), at) }
  })
}

function parseList(text: string, name: string): readonly unknown[] {
  try {
    return JSON.parse(text) as readonly unknown[]
  } catch (error) {
    throw new RangeError(`${name}: is not JSON: ${error instanceof Error ? error.message : error}`)
  }
}

function rateOf(cell: (column: Column) => string, at: string): ExchangeRate {
  const read = <T>(column: Column, parse: (text: string) => T): T => {
    try {
      return parse(cell(column))
    } catch (error) {
      throw new RangeError(`${at}, column ${column}: ${error instanceof Error ? error.message : error}`)
    }
  }
  const rate: ExchangeRate = {
    date: read<AccountDate>('date', accountDate),
    from: read<CurrencyCode>('from', currency),
    to: read<CurrencyCode>('to', currency),
    ...read('rate', quotedRate),
  }
  if (rate.from === rate.to) throw new RangeError(`${at}, column to: ${rate.to} must be another currency than from`)
  return rate
}

/** @throws RangeError unless the text is a positive plain decimal that six decimals can tell from zero */
export function quotedRate(text: string): Pick<ExchangeRate, 'microsPerUnit' | 'ratio'> {
  const match = new RegExp(`^(\\d{1,12})(?:\\.(\\d{1,${DECIMALS_MAX}}))?$`).exec(text)
  if (!match) throw new RangeError(`"${text}" is not a plain decimal, such as 0.8627`)
  const [, units = '', decimals = ''] = match
  try {
    return ratioKept(BigInt(units + decimals.padEnd(DECIMALS_MAX, '0')), 10n ** BigInt(DECIMALS_MAX))
  } catch (error) {
    throw new RangeError(
      `"${text}" is ${error instanceof Error ? error.message : error}: give the rate of the other direction`,
    )
  }
}

/** @throws RangeError when a pair has two rates for a date: there is no telling which is meant */
function distinct(all: readonly Located[]): readonly ExchangeRate[] {
  const seen = new Map<string, string>()
  for (const { at, rate } of all) {
    const key = `${rate.date} ${rate.from} ${rate.to}`
    const first = seen.get(key)
    if (first) throw new RangeError(`${at}: ${rate.from}→${rate.to} on ${rate.date} is given already in ${first}`)
    seen.set(key, at)
  }
  return all.map(({ rate }) => rate)
}
