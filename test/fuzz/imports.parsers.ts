/** Files that people download or export, as tables and as text: what is accepted must be as valid as a platform's answer. */
import { type ImportedAccount, importAccount } from '../../lib/imports/import-account.ts'
import { ImportError } from '../../lib/imports/problem.ts'
import { readOrders } from '../../lib/imports/read-orders.ts'
import { accountRef } from '../../lib/model/account.ts'
import { PlatformError } from '../../lib/model/failure.ts'
import { type OrderEntry, REFUNDS_MAX, type ShopOrder, standingOf, withEntry } from '../../lib/model/shop-order.ts'
import { instant, timeZone } from '../../lib/units/calendar.ts'
import type { Target } from './fuzz.ts'
import { importComplaint } from './imports.oracle.ts'

const SAVED = instant('2026-11-21T08:00:00Z')
const ZONE = timeZone('Europe/Berlin')
const RULE = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' } as const

const GOOGLE = [
  [
    'Campaign state',
    'Campaign',
    'Campaign ID',
    'Day',
    'Currency code',
    'Budget',
    'Budget type',
    'Cost',
    'Impr.',
    'Clicks',
    'Conversions',
    'Conv. value',
  ],
  [
    'Enabled',
    'Shoes, "new"',
    '101',
    '2026-11-19',
    'EUR',
    '50.00',
    'Daily',
    '1,204.50',
    '12,000',
    '310',
    '4.50',
    '360.00',
  ],
  ['Enabled', 'Shoes, "new"', '101', '2026-11-20', 'EUR', '50.00', 'Daily', '48.00', '900', '30', '0.00', '0.00'],
  ['Paused', 'Hats', '="102"', '2026-11-20', 'EUR', '20.00', 'Daily', '0.00', '0', '0', ' --', ' --'],
  ['Total: Account', ' --', ' --', ' --', 'EUR', ' --', ' --', '1,252.50', '12,900', '340', '4.50', '360.00'],
]
const META = [
  [
    'Reporting starts',
    'Reporting ends',
    'Campaign name',
    'Campaign ID',
    'Campaign delivery',
    'Ad set ID',
    'Ad set name',
    'Ad set delivery',
    'Ad set budget',
    'Ad set budget type',
    'Amount spent (EUR)',
    'Impressions',
    'Link clicks',
    'Purchases',
    'Purchases conversion value',
  ],
  [
    '2026-11-19',
    '2026-11-19',
    'Schuhe',
    '12021',
    'active',
    '22021',
    'Berlin',
    'active',
    '30',
    'Daily',
    '28,76',
    '500',
    '61',
    '3',
    '240,5',
  ],
  [
    '2026-11-19',
    '2026-11-19',
    'Schuhe',
    '12021',
    'active',
    '22022',
    'Köln',
    'inactive',
    '40',
    'Daily',
    '31,00',
    '510',
    '',
    '',
    '',
  ],
]

type Table = { readonly divider: unknown; readonly lines: readonly unknown[] }
const isTable = (document: unknown): document is Table =>
  typeof document === 'object' && document !== null && 'lines' in document && Array.isArray(document.lines)

const cellText = (cell: unknown): string => (typeof cell === 'string' ? cell : (JSON.stringify(cell) ?? ''))

/** A document as the text of a file: a table is written as CSV, whatever else as it is. */
function csvOf(document: unknown): string {
  if (!isTable(document)) return cellText(document)
  const divider = cellText(document.divider)
  const quoted = (text: string): string => (/[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return document.lines
    .map((line) => (Array.isArray(line) ? line.map((cell) => quoted(cellText(cell))).join(divider) : cellText(line)))
    .join('\n')
}

const linesOf = (document: unknown): string =>
  Array.isArray(document) ? document.map(cellText).join('\n') : cellText(document)

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What was garbled as text is a file as it stands, unless it is still a document. */
function documentIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** To the fuzzer, refusing is a platform's error: ours of files name place, value and remedy. */
function refusing<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    const bare = error.faults.find(({ file, what, remedy }) => file === '' || what === '' || remedy === '')
    if (bare || error.faults.length === 0) throw new Error(`a fault lacks its place, or its remedy: ${error.message}`)
    throw new PlatformError({ kind: 'unreadable', detail: 'refused' })
  }
}

const table = (lines: readonly (readonly string[])[], divider: string): Table => ({ divider, lines })

const download = (platform: string, documents: readonly unknown[]): Target<ImportedAccount> => ({
  name: `download of ${platform}`,
  documents,
  rootDepth: 0,
  read: documentIn,
  parse: (document) =>
    refusing(() =>
      importAccount([{ name: 'a.csv', bytes: bytesOf(csvOf(document)), exportedAt: SAVED }], {
        account: accountRef(platform, '1234567890'),
        zone: ZONE,
        rule: RULE,
        isRuleSaid: platform === 'google-ads',
        columns: new Map(),
      }),
    ),
  complaint: (account) => importComplaint(account, '2026-11-20', RULE),
})

const ORDERS = [
  { orderId: 'A-1', orderedAt: '2026-11-20T09:15:00+01:00', netValue: '59.90', currency: 'EUR', customer: 'new' },
  {
    orderId: 'A-1',
    currency: 'EUR',
    refundId: 'R-7',
    refundedAt: '2026-11-21T06:00:00Z',
    refundValue: '10.00',
    updatedAt: '2026-11-21T06:00:01Z',
  },
  { orderId: 'A-2', refundedAt: '2026-11-21T06:00:00Z', refundValue: 'full' },
]
const ORDER_LINES = [
  [
    'order_id',
    'ordered_at',
    'net_value',
    'currency',
    'customer',
    'refund_id',
    'refunded_at',
    'refund_value',
    'updated_at',
  ],
  ['A-1', '2026-11-20T09:15:00+01:00', '59.90', 'EUR', 'new', '', '', '', ''],
  ['A-2', '', '', 'EUR', '', 'R-7', '2026-11-21T06:00:00Z', '10.00', '2026-11-21T06:00:01Z'],
]

/** What was accepted can be recorded: every part within what is promised of it, and the orders of it come to something. */
function ordersComplaint(entries: readonly OrderEntry[]): string | undefined {
  const orders = new Map<string, ShopOrder>()
  for (const entry of entries) {
    if (!/^[\w#./:-]{1,100}$/.test(entry.id)) return `an order's id is ${entry.id}`
    if (!entry.sale && !entry.refund) return `order ${entry.id} tells nothing`
    for (const money of [entry.sale?.net, entry.refund?.amount])
      if (money && (money.micros < 0n || money.micros >= 10n ** 21n || !/^[A-Z]{3}$/.test(money.currency)))
        return `an amount is ${money.micros} ${money.currency}`
    for (const part of [entry.sale, entry.refund])
      if (part && !(Number.isInteger(part.at) && Number.isInteger(part.updatedAt))) return `a time is ${part.at}`
    orders.set(entry.id, withEntry(orders.get(entry.id), entry))
  }
  for (const order of orders.values()) {
    if (order.refunds.length > REFUNDS_MAX) return `order ${order.id} has ${order.refunds.length} refunds`
    const standing = standingOf(order, ZONE)
    if (standing && (standing.netMicros < 0n || !/^-?\d{4,6}-\d\d-\d\d$/.test(standing.date)))
      return `order ${order.id} comes to ${standing.netMicros} on ${standing.date}`
  }
  return undefined
}

const orders = (
  name: string,
  documents: readonly unknown[],
  text: (document: unknown) => string,
): Target<readonly OrderEntry[]> => ({
  name,
  documents,
  rootDepth: 0,
  read: documentIn,
  parse: (document) => refusing(() => readOrders(text(document), 'orders')),
  complaint: ordersComplaint,
})

export const downloadParsers = async (): Promise<readonly Target<never>[]> => [
  download('google-ads', [table(GOOGLE, ','), csvOf(table(GOOGLE, '\t'))]) as unknown as Target<never>,
  download('meta', [table(META, ';')]) as unknown as Target<never>,
]

export const orderParsers = async (): Promise<readonly Target<never>[]> => [
  orders('orders as CSV', [table(ORDER_LINES, ','), csvOf(table(ORDER_LINES, ';'))], csvOf) as unknown as Target<never>,
  orders('orders as JSON lines', [ORDERS], linesOf) as unknown as Target<never>,
]
