import type { OrderEntry, Refund, Sale } from '../model/shop-order.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { type CurrencyCode, currency, fromDecimal, type Money } from '../units/money.ts'
import { readRecords } from './csv.ts'
import { AMOUNT_MICROS_END } from './figures.ts'
import { keysIn, objectIn } from './json-line.ts'
import { beside } from './order-lines.ts'
import { NO_TIME, timeIn } from './order-times.ts'
import { Faults, ImportError, type Place } from './problem.ts'

/** Everything that may be said of an order; nothing that tells who has ordered. */
const FIELDS = [
  'orderId',
  'orderedAt',
  'netValue',
  'currency',
  'customer',
  'refundId',
  'refundedAt',
  'refundValue',
  'updatedAt',
] as const
type Field = (typeof FIELDS)[number]

/** Letters, digits and a few marks: neither an address nor a name fits. */
const ID = /^[A-Za-z0-9][A-Za-z0-9#._:/-]{0,99}$/
const PERSONAL =
  /mail|name|phone|address|street|city|zip|postal|ip$|birth|gender|customerid|userid|user|cookie|token|card|iban/
/** Orders of one file: what one call may bring, many times over. */
const ORDERS_MAX = 1_000_000

interface Line extends Place {
  readonly line: number
  readonly fields: ReadonlyMap<Field, string>
}

/**
 * Orders and refunds of a file: JSON lines, or CSV with the same names (`order_id` or `orderId`). The whole file or an error.
 *
 * @throws ImportError naming line, field, value and remedy of all that is wrong
 */
export function readOrders(text: string, file: string): readonly OrderEntry[] {
  const faults = new Faults()
  const begin = text.trimStart().at(0)
  if (begin === '[')
    throw new ImportError([
      {
        file,
        line: 1,
        what: 'is a JSON list',
        remedy: 'write one object a line, as "jq -c .[]" does, without the list',
      },
    ])
  const lines = begin === '{' ? jsonLines(text, file, faults) : csvLines(text, file, faults)
  const check = beside(faults)
  const entries: OrderEntry[] = []
  let count = 0
  for (const line of lines) {
    count += 1
    if (count > ORDERS_MAX)
      throw new ImportError([
        { file, what: `has more than ${ORDERS_MAX} lines`, remedy: 'divide it into several files' },
      ])
    const entry = entryOf(line, faults)
    if (!entry) continue
    check(entry, { file, line: line.line })
    entries.push(entry)
  }
  faults.check()
  return entries
}

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')
const fieldOf = (name: string): Field | undefined => FIELDS.find((field) => field.toLowerCase() === plain(name))

/** @throws ImportError when a heading is not known */
function* csvLines(text: string, file: string, faults: Faults): Generator<Line, void> {
  const [header, ...rows] = readRecords(text, file)
  const fields = (header?.cells ?? []).map((name) => known(name.trim(), { file, line: header?.line ?? 1 }, faults))
  checkTwice(fields, { file, line: header?.line ?? 1 }, faults)
  // Under headings that are not known every line would be missing what stands there.
  faults.check()
  for (const { line, cells } of rows) {
    if (cells.length !== fields.length) {
      faults.add({
        file,
        line,
        what: `has ${cells.length} cells under ${fields.length} headings`,
        remedy: 'quote cells with a comma in them',
      })
      continue
    }
    const filled = cells.flatMap((cell, index): readonly [Field, string][] => {
      const field = fields[index]
      return field && cell.trim() !== '' ? [[field, cell.trim()]] : []
    })
    yield { file, line, fields: new Map(filled) }
  }
}

function known(name: string, place: Place, faults: Faults): Field | undefined {
  const field = fieldOf(name)
  if (!field)
    faults.add({
      ...place,
      column: name,
      isForeignColumn: true,
      what: 'is no field of an order',
      remedy: PERSONAL.test(plain(name))
        ? 'leave it out: nothing that tells who a customer is is taken'
        : `leave it out; there are ${FIELDS.join(', ')}`,
    })
  return field
}

/** Of two columns of one field either might be the one that is meant. */
function checkTwice(fields: readonly (Field | undefined)[], place: Place, faults: Faults): void {
  const twice = new Set(fields.filter((field, index) => fields.indexOf(field) < index))
  for (const column of twice)
    if (column)
      faults.add({
        ...place,
        column,
        what: 'is there twice',
        remedy: 'leave one out: spellings such as net_value and netValue are the same',
      })
}

function* jsonLines(text: string, file: string, faults: Faults): Generator<Line, void> {
  for (const [index, written] of text.split('\n').entries()) {
    const place = { file, line: index + 1 }
    if (written.trim() === '') continue
    const parsed = objectIn(written)
    if (!parsed) {
      faults.add({
        ...place,
        what: 'is no JSON object',
        remedy: 'write one order or refund a line, such as {"orderId": "1001", …}',
      })
      continue
    }
    checkTwice(keysIn(written).map(fieldOf), place, faults)
    const fields = new Map<Field, string>()
    for (const [name, value] of Object.entries(parsed)) {
      const field = known(name, place, faults)
      if (!field || value === null || value === '') continue
      // A number is wrong once, and not missing beside that.
      if (typeof value === 'string' || typeof value === 'number') fields.set(field, `${value}`.trim())
      if (typeof value !== 'string')
        faults.add({
          ...place,
          column: name,
          what: `is a ${typeof value}`,
          remedy: 'write it as text in quotes, so that no digit is lost',
        })
    }
    yield { ...place, fields }
  }
}

function entryOf({ fields, ...place }: Line, faults: Faults): OrderEntry | undefined {
  const id = fields.get('orderId') ?? ''
  const isId = ID.test(id)
  if (!isId)
    faults.add({
      ...place,
      column: 'orderId',
      value: id,
      what: 'is no id of an order',
      remedy: 'up to 100 letters, digits and # . _ : / - and nothing about the customer',
    })
  const tells = (...names: readonly Field[]): boolean => names.some((field) => fields.has(field))
  const hasSale = tells('orderedAt', 'netValue', 'customer')
  const hasRefund = tells('refundId', 'refundedAt', 'refundValue')
  const isPart = fields.has('refundValue') && fields.get('refundValue') !== 'full'
  const bare = { fields, place, faults }
  const reader = { ...bare, code: hasSale || isPart ? codeOf(bare) : undefined }
  const updatedAt = fields.has('updatedAt') ? instantOf('updatedAt', reader) : (0 as Instant)
  const sale = hasSale ? saleOf(reader) : undefined
  const refund = hasRefund ? refundOf(reader, isPart) : undefined
  if (!hasSale && !hasRefund)
    faults.add({
      ...place,
      value: id,
      what: 'tells neither an order nor a refund',
      remedy: 'add orderedAt, netValue and currency, or refundedAt',
    })
  if (!isId || updatedAt === undefined) return undefined
  return {
    id,
    ...(sale && { sale: { ...sale, updatedAt } }),
    ...(refund && { refund: { ...refund, updatedAt } }),
    source: place,
  }
}

interface Reader {
  readonly fields: ReadonlyMap<Field, string>
  readonly place: Place
  readonly faults: Faults
  /** Of the line's amounts; undefined where it has none, or it is no currency, which is told already. */
  readonly code: CurrencyCode | undefined
}

function saleOf(reader: Reader): Omit<Sale, 'updatedAt'> | undefined {
  const at = instantOf('orderedAt', reader)
  const net = moneyOf('netValue', reader)
  const customer = reader.fields.get('customer')
  if (customer !== undefined && customer !== 'new' && customer !== 'returning') {
    reader.faults.add({
      ...reader.place,
      column: 'customer',
      value: customer,
      what: 'is neither new nor returning',
      remedy: 'write new or returning, or leave it out',
    })
    return undefined
  }
  return at !== undefined && net ? { at, net, ...(customer ? { customer } : {}) } : undefined
}

/** @param isPart it has an amount of its own, which is not all of the order */
function refundOf(reader: Reader, isPart: boolean): Omit<Refund, 'updatedAt'> | undefined {
  const at = instantOf('refundedAt', reader)
  const id = reader.fields.get('refundId')
  const isId = id === undefined || ID.test(id)
  if (!isId)
    reader.faults.add({
      ...reader.place,
      column: 'refundId',
      value: id,
      what: 'is no id of a refund',
      remedy: 'up to 100 letters, digits and # . _ : / -',
    })
  const amount = isPart ? moneyOf('refundValue', reader) : undefined
  if (!isId || at === undefined || (isPart && !amount)) return undefined
  return { key: id ?? isoInstant(at), at, ...(amount ? { amount } : {}) }
}

function instantOf(field: Field, { fields, place, faults }: Omit<Reader, 'code'>): Instant | undefined {
  const text = fields.get(field)
  const found = text === undefined ? undefined : timeIn(text)
  if (typeof found === 'number') return found
  const wrong = found ?? { what: 'is missing', remedy: NO_TIME.remedy }
  faults.add({ ...place, column: field, ...(text === undefined ? {} : { value: text }), ...wrong })
  return undefined
}

function codeOf({ fields, place, faults }: Omit<Reader, 'code'>): CurrencyCode | undefined {
  const code = fields.get('currency')
  if (code !== undefined && /^[A-Z]{3}$/.test(code)) return currency(code)
  faults.add({
    ...place,
    column: 'currency',
    ...(code === undefined ? {} : { value: code }),
    what: code === undefined ? 'is missing' : 'is no currency',
    remedy: 'write an ISO 4217 code, such as EUR',
  })
  return undefined
}

/** Looks at the amount even where the currency is none, so that both are told. */
function moneyOf(field: Field, { fields, place, faults, code }: Reader): Money | undefined {
  const text = fields.get(field)
  const amount = amountIn(text, code ?? currency('XXX'))
  if (amount) return code && amount
  faults.add({
    ...place,
    column: field,
    ...(text === undefined ? {} : { value: text }),
    what: text === undefined ? 'is missing' : 'is no amount of 0 or more, below 10^15',
    remedy: 'write a plain decimal, such as 1234.56, and give refunds as refundValue',
  })
  return undefined
}

/** Undefined for what is no amount of 0 or more that is possible. */
function amountIn(text: string | undefined, code: CurrencyCode): Money | undefined {
  if (text === undefined || text.startsWith('-')) return undefined
  try {
    const amount = fromDecimal(text, code)
    return amount.micros < AMOUNT_MICROS_END ? amount : undefined
  } catch {
    return undefined
  }
}
