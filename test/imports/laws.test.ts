import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Role } from '../../lib/imports/columns.ts'
import { type ImportedAccount, importAccount } from '../../lib/imports/import-account.ts'
import { ImportError } from '../../lib/imports/problem.ts'
import { readOrders } from '../../lib/imports/read-orders.ts'
import type { ImportTerms } from '../../lib/imports/terms.ts'
import { accountRef } from '../../lib/model/account.ts'
import { accountDate, addDays, instant, timeZone } from '../../lib/units/calendar.ts'

const SAVED = instant('2026-11-21T08:00:00Z')
const TERMS: ImportTerms = {
  account: accountRef('google-ads', '1234567890'),
  zone: timeZone('Europe/Berlin'),
  rule: { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' },
  isRuleSaid: true,
  columns: new Map<Role, string>(),
}
const read = (bytes: Uint8Array, more: Partial<ImportTerms> = {}): ImportedAccount =>
  importAccount([{ name: 'a.csv', bytes, exportedAt: SAVED }], { ...TERMS, ...more })

interface Figures {
  readonly id: number
  readonly day: number
  /** Cents. */
  readonly spend: number
  readonly impressions: number
}

/** One way of writing: thousands, decimals, dates, delimiter, quotes, encoding. */
interface Manner {
  readonly thousands: string
  readonly mark: '.' | ','
  readonly date: 'iso' | 'dmy' | 'mdy' | 'dots'
  readonly delimiter: ',' | ';' | '\t'
  readonly encoding: 'utf-8' | 'bom' | 'utf-16le' | 'utf-16be'
}

const START = accountDate('2026-10-01')

function written({ id, day, spend, impressions }: Figures, manner: Manner): readonly string[] {
  const whole = (value: number): string => value.toString().replace(/\B(?=(\d{3})+$)/g, manner.thousands)
  const [year = '', month = '', date = ''] = addDays(START, day).split('-')
  const dates = {
    iso: `${year}-${month}-${date}`,
    dmy: `${date}/${month}/${year}`,
    mdy: `${month}/${date}/${year}`,
    dots: `${date}.${month}.${year}`,
  }
  const cents = (spend % 100).toString().padStart(2, '0')
  return [
    `${id}`,
    dates[manner.date],
    'EUR',
    `${whole(Math.floor(spend / 100))}${manner.mark}${cents}`,
    whole(impressions),
    '7',
  ]
}

function fileOf(rows: readonly Figures[], manner: Manner): Uint8Array {
  const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
  const lines = [
    ['Campaign ID', 'Day', 'Currency code', 'Cost', 'Impr.', 'Clicks'],
    ...rows.map((row) => written(row, manner)),
  ]
  const text = lines.map((cells) => cells.map(quoted).join(manner.delimiter)).join('\r\n')
  if (manner.encoding === 'utf-8' || manner.encoding === 'bom')
    return new TextEncoder().encode(manner.encoding === 'bom' ? `\ufeff${text}` : text)
  const bytes = new Uint8Array(2 * (text.length + 1))
  const view = new DataView(bytes.buffer)
  for (const [i, unit] of [...`\ufeff${text}`].entries())
    view.setUint16(2 * i, unit.charCodeAt(0), manner.encoding === 'utf-16le')
  return bytes
}

const marks = fc.constantFrom(
  ...([
    ['.', ','],
    ['.', ''],
    ['.', "'"],
    [',', '.'],
    [',', ' '],
    [',', '\u00a0'],
    [',', '\u202f'],
    [',', ''],
  ] as const),
)
const manner: fc.Arbitrary<Manner> = fc
  .record({
    marks,
    date: fc.constantFrom('iso' as const, 'dmy' as const, 'mdy' as const, 'dots' as const),
    delimiter: fc.constantFrom(',' as const, ';' as const, '\t' as const),
    encoding: fc.constantFrom('utf-8' as const, 'bom' as const, 'utf-16le' as const, 'utf-16be' as const),
  })
  .map(({ marks: [mark, thousands], ...rest }) => ({ mark, thousands, ...rest }))
const rows = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 5 }),
    day: fc.integer({ min: 0, max: 48 }),
    spend: fc.integer({ min: 0, max: 1_000_000_000 }),
    impressions: fc.integer({ min: 0, max: 100_000_000 }),
  }),
  { minLength: 1, maxLength: 20, selector: ({ id, day }) => `${id}/${day}` },
)

test('a file says the same however numbers, dates, cells and letters are written; where it may be two, it is refused', () => {
  let refused = 0
  const RUNS = 500
  fc.assert(
    fc.property(rows, manner, (figures, how) => {
      const expected = figures.map(({ id, day, spend, impressions }) => [
        `${id}`,
        addDays(START, day),
        BigInt(spend) * 10_000n,
        impressions,
      ])
      try {
        const found = read(fileOf(figures, how)).rows.map(({ campaign, date, spend, impressions }) => [
          campaign,
          date,
          spend.micros,
          impressions,
        ])
        const sorted = (list: readonly (readonly unknown[])[]) => list.map(String).toSorted()
        expect(sorted(found)).toEqual(sorted(expected))
      } catch (error) {
        if (!(error instanceof ImportError)) throw error
        expect(error.message).toContain('may be two dates')
        refused += 1
      }
    }),
    { numRuns: RUNS, seed: 7 },
  )
  // Slashes alone leave some dates open: most of these files say it by one day past the twelfth.
  expect(refused).toBeLessThan(RUNS / 4)
  expect(refused).toBeGreaterThan(0)
}, 60_000)

const GOOD = [
  'Campaign report',
  'Campaign state,Campaign,Campaign ID,Day,Currency code,Budget,Budget type,Cost,Impr.,Clicks,Conversions,Conv. value',
  'Enabled,"Shoes, ""new""",101,2026-11-19,EUR,50.00,Daily,"1,204.50","12,000",310,4.50,360.00',
  'Paused,Hats,102,2026-11-20,EUR,20.00,Daily,0.00,0,0,0.00,0.00',
  'Total: Campaigns, --, --, --,EUR, --, --,"1,204.50","12,000",310,4.50,360.00',
].join('\n')
const ORDERS =
  'order_id,ordered_at,net_value,currency,customer,refunded_at,refund_value\nA-1,2026-11-20T09:15:00Z,59.90,EUR,new,,\nA-1,,,EUR,,2026-11-21T06:00:00Z,10.00'

/** Cuts, doublings and strange bits, as editors, spreadsheets and lost connections make them. */
const edit = fc.record({
  at: fc.nat(),
  length: fc.integer({ min: 0, max: 12 }),
  with: fc.constantFrom(
    '',
    ',',
    ';',
    '"',
    '\n',
    '\r',
    '--',
    '-',
    '1.234',
    '1,234',
    '9'.repeat(30),
    '03/04/2026',
    'NaN',
    'Infinity',
    '1e9',
    '=1+1',
    '\u0000',
    '\ufeff',
    'USD',
    '€',
    '%',
    '2026-02-30',
    '__proto__',
    'Total',
    'ü',
  ),
})
const edited = (text: string) =>
  fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) =>
    edits.reduce((now, { at, length, with: put }) => {
      const from = now.length === 0 ? 0 : at % now.length
      return `${now.slice(0, from)}${put}${now.slice(from + length)}`
    }, text),
  )

test('whatever a file holds, it is understood or refused with its name: nothing else is thrown, nothing impossible is read', () => {
  fc.assert(
    fc.property(edited(GOOD), (text) => {
      try {
        const { rows: found, structure } = read(new TextEncoder().encode(text))
        for (const { campaign, date, spend, impressions, clicks, conversions } of found) {
          expect(campaign).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
          expect(date < '2026-11-21' && accountDate(date) === date).toBe(true)
          expect(spend.micros >= 0n && spend.currency === structure.currency).toBe(true)
          expect(Number.isSafeInteger(impressions) && impressions >= 0).toBe(true)
          expect(Number.isSafeInteger(clicks) && clicks >= 0).toBe(true)
          for (const { conversions: count, value } of conversions) expect(count >= 0 && value.micros >= 0n).toBe(true)
        }
        for (const { amount } of structure.budgets) expect(amount.micros > 0n).toBe(true)
      } catch (error) {
        if (!(error instanceof ImportError)) throw error
        expect(error.message).toContain('a.csv')
      }
    }),
    { numRuns: 2_000, seed: 11 },
  )
}, 60_000)

test('whatever a file of orders holds, it is understood or refused with its name', () => {
  fc.assert(
    fc.property(edited(ORDERS), (text) => {
      try {
        for (const { id, sale, refund } of readOrders(text, 'orders.csv')) {
          expect(id).toMatch(/^[A-Za-z0-9]/)
          expect(id).not.toContain('@')
          expect(sale ?? refund).toBeDefined()
          expect((sale?.net.micros ?? 0n) >= 0n && (refund?.amount?.micros ?? 0n) >= 0n).toBe(true)
        }
      } catch (error) {
        if (!(error instanceof ImportError)) throw error
        expect(error.message).toContain('orders.csv')
      }
    }),
    { numRuns: 4_000, seed: 13 },
  )
}, 60_000)
