import { type OrderEntry, REFUNDS_MAX, type Refund, type Sale } from '../model/shop-order.ts'
import { type Instant, instant, isoInstant } from '../units/calendar.ts'
import { currency, fromDecimal, type Money } from '../units/money.ts'
import { readRecords } from './csv.ts'
import { AMOUNT_MICROS_END } from './figures.ts'
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
  const lines = text.trimStart().startsWith('{') ? jsonLines(text, file, faults) : csvLines(text, file)
  if (lines.length > ORDERS_MAX)
    throw new ImportError([
      { file, what: `has ${lines.length} lines, more than ${ORDERS_MAX}`, remedy: 'divide it into several files' },
    ])
  const refunds = new Map<string, Set<string>>()
  const entries = lines.flatMap((line) => {
    const entry = entryOf(line, faults)
    if (entry) countRefund(entry, line, refunds, faults)
    return entry ?? []
  })
  faults.check()
  return entries
}

/** Adds a fault for the first refund with which an order has too many. */
function countRefund({ id, refund }: OrderEntry, { file, line }: Line, seen: Map<string, Set<string>>, faults: Faults) {
  if (!refund) return
  const keys = seen.get(id) ?? new Set()
  const isNew = !keys.has(refund.key)
  seen.set(id, keys.add(refund.key))
  if (isNew && keys.size === REFUNDS_MAX + 1)
    faults.add({
      file,
      line,
      column: 'refundId',
      value: refund.key,
      what: `is one refund more than the ${REFUNDS_MAX} that order ${id} may have`,
      remedy: 'give each refund one id and tell it by that, or add up the small ones',
    })
}

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')
const fieldOf = (name: string): Field | undefined => FIELDS.find((field) => field.toLowerCase() === plain(name))

/** @throws ImportError when a heading is not known */
function csvLines(text: string, file: string): readonly Line[] {
  const [header, ...rows] = readRecords(text, file)
  const faults = new Faults()
  const fields = (header?.cells ?? []).map((name) => known(name.trim(), { file, line: header?.line ?? 1 }, faults))
  faults.check()
  return rows.map(({ line, cells }) => {
    if (cells.length !== fields.length)
      throw new ImportError([
        {
          file,
          line,
          what: `has ${cells.length} cells under ${fields.length} headings`,
          remedy: 'quote cells with a comma in them',
        },
      ])
    const filled = cells.flatMap((cell, index): readonly [Field, string][] => {
      const field = fields[index]
      return field && cell.trim() !== '' ? [[field, cell.trim()]] : []
    })
    return { file, line, fields: new Map(filled) }
  })
}

function known(name: string, place: Place, faults: Faults): Field | undefined {
  const field = fieldOf(name)
  if (!field)
    faults.add({
      ...place,
      column: name,
      what: 'is no field of an order',
      remedy: PERSONAL.test(plain(name))
        ? 'leave it out: nothing that tells who a customer is is taken'
        : `leave it out; there are ${FIELDS.join(', ')}`,
    })
  return field
}

function jsonLines(text: string, file: string, faults: Faults): readonly Line[] {
  return text.split('\n').flatMap((written, index): readonly Line[] => {
    const place = { file, line: index + 1 }
    if (written.trim() === '') return []
    const parsed = objectIn(written)
    if (!parsed) {
      faults.add({
        ...place,
        what: 'is no JSON object',
        remedy: 'write one order or refund a line, such as {"orderId": "1001", …}',
      })
      return []
    }
    const fields = new Map<Field, string>()
    for (const [name, value] of Object.entries(parsed)) {
      const field = known(name, place, faults)
      if (!field || value === null || value === '') continue
      if (typeof value === 'string') fields.set(field, value.trim())
      else
        faults.add({
          ...place,
          column: name,
          what: `is a ${typeof value}`,
          remedy: 'write it as text in quotes, so that no digit is lost',
        })
    }
    return [{ ...place, fields }]
  })
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function entryOf({ fields, ...place }: Line, faults: Faults): OrderEntry | undefined {
  const id = fields.get('orderId') ?? ''
  if (!ID.test(id)) {
    faults.add({
      ...place,
      column: 'orderId',
      value: id,
      what: 'is no id of an order',
      remedy: 'up to 100 letters, digits and # . _ : / - and nothing about the customer',
    })
    return undefined
  }
  const reader = { fields, place, faults }
  const updatedAt = fields.has('updatedAt') ? instantOf('updatedAt', reader) : (0 as Instant)
  const sale = ['orderedAt', 'netValue', 'customer'].some((field) => fields.has(field as Field))
    ? saleOf(reader)
    : undefined
  const refund = ['refundId', 'refundedAt', 'refundValue'].some((field) => fields.has(field as Field))
    ? refundOf(reader)
    : undefined
  if (!sale && !refund && faults.isEmpty)
    faults.add({
      ...place,
      value: id,
      what: 'tells neither an order nor a refund',
      remedy: 'add orderedAt, netValue and currency, or refundedAt',
    })
  if (updatedAt === undefined) return undefined
  return { id, ...(sale && { sale: { ...sale, updatedAt } }), ...(refund && { refund: { ...refund, updatedAt } }) }
}

interface Reader {
  readonly fields: ReadonlyMap<Field, string>
  readonly place: Place
  readonly faults: Faults
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

function refundOf(reader: Reader): Omit<Refund, 'updatedAt'> | undefined {
  const at = instantOf('refundedAt', reader)
  const id = reader.fields.get('refundId')
  if (id !== undefined && !ID.test(id)) {
    reader.faults.add({
      ...reader.place,
      column: 'refundId',
      value: id,
      what: 'is no id of a refund',
      remedy: 'up to 100 letters, digits and # . _ : / -',
    })
    return undefined
  }
  const isPart = reader.fields.has('refundValue') && reader.fields.get('refundValue') !== 'full'
  const amount = isPart ? moneyOf('refundValue', reader) : undefined
  if (at === undefined || (isPart && !amount)) return undefined
  return { key: id ?? isoInstant(at), at, ...(amount ? { amount } : {}) }
}

function instantOf(field: Field, { fields, place, faults }: Reader): Instant | undefined {
  const text = fields.get(field)
  try {
    if (text !== undefined) return instant(text)
  } catch {
    // Told below, with its place.
  }
  faults.add({
    ...place,
    column: field,
    ...(text === undefined ? {} : { value: text }),
    what: text === undefined ? 'is missing' : 'is no time',
    remedy: 'write it with its offset, such as 2026-11-21T06:00:00Z',
  })
  return undefined
}

function moneyOf(field: Field, { fields, place, faults }: Reader): Money | undefined {
  const [text, code] = [fields.get(field), fields.get('currency')]
  try {
    if (text !== undefined && code !== undefined && !text.startsWith('-')) {
      const amount = fromDecimal(text, currency(code))
      if (amount.micros < AMOUNT_MICROS_END) return amount
    }
  } catch {
    // Told below, with its place.
  }
  const isCode = /^[A-Z]{3}$/.test(code ?? '')
  faults.add({
    ...place,
    column: isCode ? field : 'currency',
    ...((isCode ? text : code) === undefined ? {} : { value: (isCode ? text : code) ?? '' }),
    what:
      (isCode ? text : code) === undefined
        ? 'is missing'
        : isCode
          ? 'is no amount of 0 or more, below 10^15'
          : 'is no currency',
    remedy: isCode
      ? 'write a plain decimal, such as 1234.56, and give refunds as refundValue'
      : 'write an ISO 4217 code, such as EUR',
  })
  return undefined
}
