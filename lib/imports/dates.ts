import { type AccountDate, accountDate, addDays } from '../units/calendar.ts'

/** Which comes first where a date is three numbers: the day or the month. */
export type DateOrder = 'dmy' | 'mdy'
export type DateEvidence = DateOrder | 'silent' | 'ambiguous'

const MONTHS: Readonly<{ [name: string]: number }> = {
  ...{ jan: 1, january: 1, januar: 1, jän: 1, jänner: 1, feb: 2, february: 2, februar: 2 },
  ...{ mar: 3, march: 3, märz: 3, mär: 3, mrz: 3, apr: 4, april: 4, may: 5, mai: 5, jun: 6, june: 6, juni: 6 },
  ...{ jul: 7, july: 7, juli: 7, aug: 8, august: 8, sep: 9, sept: 9, september: 9, oct: 10, october: 10 },
  ...{ okt: 10, oktober: 10, nov: 11, november: 11, dec: 12, december: 12, dez: 12, dezember: 12 },
}

/** Year first, with any divider or none, and a time of midnight behind it where a platform writes one. */
const ISO = /^(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[T ]+00:00(?::00(?:\.0+)?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?$/
const NUMBERS = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/
const NAME_FIRST = /^(\p{L}+)\.?\s+(\d{1,2}),?\s+(\d{4})$/u
const DAY_FIRST = /^(\d{1,2})\.?[\s-]+(\p{L}+)\.?,?[\s-]+(\d{4})$/u

/** None of the platforms is older: a day before it was written wrongly. */
const FIRST_YEAR = 2000

/** What a cell says of the order of its numbers. Dots always have the day first: no language writes them otherwise. */
export function dateEvidence(cell: string): DateEvidence {
  const [, first, divider, second] = NUMBERS.exec(cell.trim()) ?? []
  if (first === undefined || divider === '.') return 'silent'
  if (Number(first) > 12) return 'dmy'
  if (Number(second) > 12) return 'mdy'
  return first === second ? 'silent' : 'ambiguous'
}

/**
 * A cell's date. Known forms: 2026-11-21, 2026/11/21, 20261121, each with midnight behind it or not; 21.11.2026;
 * 21/11/2026 and 11/21/2026 by `order`; 21 Nov 2026, 21. November 2026, Nov 21, 2026.
 *
 * @returns undefined for any other text, for a day that does not exist, and for one before there was any such platform
 */
export function dateOf(cell: string, order: DateOrder): AccountDate | undefined {
  const text = cell.trim()
  const parts = isoParts(text) ?? numberParts(text, order) ?? namedParts(text)
  if (!parts) return undefined
  const [year, month, day] = parts
  if (year < FIRST_YEAR) return undefined
  const padded = (part: number): string => part.toString().padStart(2, '0')
  try {
    return accountDate(`${year}-${padded(month)}-${padded(day)}`)
  } catch {
    return undefined
  }
}

const TIMED = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?$/

/** Whether a period that is written as its first and last day, or by the times of its begin and end, is of one day. */
export function isOneDay(begin: string, end: string): boolean {
  if (begin === end) return true
  const [, from, opens] = TIMED.exec(begin) ?? []
  const [, to, closes] = TIMED.exec(end) ?? []
  if (from === undefined || to === undefined || opens !== '00:00') return false
  const day = dateOf(from, 'dmy')
  return closes === '23:59' ? to === from : closes === '00:00' && day !== undefined && to === addDays(day, 1)
}

type Parts = readonly [year: number, month: number, day: number]

function isoParts(text: string): Parts | undefined {
  const [, year, , month, day] = ISO.exec(text) ?? []
  return year === undefined ? undefined : [Number(year), Number(month), Number(day)]
}

function numberParts(text: string, order: DateOrder): Parts | undefined {
  const [, first, divider, second, year] = NUMBERS.exec(text) ?? []
  if (first === undefined) return undefined
  const isDayFirst = divider === '.' || order === 'dmy'
  return [Number(year), Number(isDayFirst ? second : first), Number(isDayFirst ? first : second)]
}

function namedParts(text: string): Parts | undefined {
  const [, name, day, year] = NAME_FIRST.exec(text) ?? []
  const [, otherDay, otherName, otherYear] = DAY_FIRST.exec(text) ?? []
  const month = MONTHS[(name ?? otherName ?? '').toLowerCase()]
  return month === undefined ? undefined : [Number(year ?? otherYear), month, Number(day ?? otherDay)]
}
