import { describe, expect, test } from 'vitest'
import type { Role } from '../../lib/imports/columns.ts'
import { importAccount } from '../../lib/imports/import-account.ts'
import type { ImportTerms } from '../../lib/imports/terms.ts'
import { accountRef } from '../../lib/model/account.ts'
import { instant, timeZone } from '../../lib/units/calendar.ts'

const saved = instant('2026-11-21T08:00:00Z')
const terms = (platform: string, more: Partial<ImportTerms> = {}): ImportTerms => ({
  account: accountRef(platform, '1234567890'),
  zone: timeZone('Europe/Berlin'),
  rule: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' },
  columns: new Map<Role, string>(),
  ...more,
})
const HEAD = {
  'google-ads': 'Campaign ID,Day,Currency code,Cost,Impr.,Clicks',
  meta: 'Campaign ID,Day,Currency,Amount spent,Impressions,Link clicks',
  tiktok: 'Campaign ID,By Day,Currency,Cost,Impressions,Clicks (destination)',
  snapchat: 'Campaign ID,Date,Currency,Amount Spent,Paid Impressions,Swipe Ups',
  pinterest: 'Campaign ID,Date,Currency,Spend in account currency,Impressions,Pin clicks',
} as const
type Platform = keyof typeof HEAD

/** A file of two days whose last columns are `headings` and hold `cells`, a line each. */
function read(platform: Platform, headings: string, cells: readonly string[], more: Partial<ImportTerms> = {}) {
  const lines = cells.map((own, index) => `1,2026-11-1${index + 1},EUR,10.50,100,5,${own}`)
  const bytes = new TextEncoder().encode([`${HEAD[platform]},${headings}`, ...lines].join('\n'))
  return importAccount([{ name: 'a.csv', bytes, exportedAt: saved }], terms(platform, more))
}
const counts = (...file: Parameters<typeof read>): readonly (number | undefined)[] =>
  read(...file).rows.map(({ conversions: [one] }) => one?.conversions)
/** Count and value of a file's first line, and what was said of its columns. */
function worth(...file: Parameters<typeof read>) {
  const { rows, files } = read(...file)
  const [one] = rows[0]?.conversions ?? []
  return {
    told: [one?.conversions, Number(one?.value.micros) / 1e6],
    ignored: files[0]?.ignored,
    remarks: files[0]?.remarks.join('\n'),
  }
}
const ruleOf = (action: string) =>
  ({ rule: { action, clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' } }) as const
const lead = { rule: { action: 'lead', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' } } as const
const taken = (heading: string): Partial<ImportTerms> => ({
  columns: new Map<Role, string>([['conversions', heading]]),
})

describe('a column that counts whatever each campaign is optimised for', () => {
  test.each([
    ['meta', 'Results', 'Purchases'],
    ['meta', 'Ergebnisse', 'Purchases'],
    ['tiktok', 'Conversions', 'Complete payment'],
    ['tiktok', 'Results', 'Complete payment'],
    ['snapchat', 'Results', 'Purchases'],
    ['pinterest', 'Total conversions', 'Total conversions (checkout)'],
  ] as const)('%s’s "%s" is no count of purchases, until the user says so', (platform, heading, exact) => {
    const reading = () => counts(platform, heading, ['700', '650'])
    expect(reading).toThrow(`a.csv, column "${heading}": may count anything, link clicks as well as purchases`)
    expect(reading).toThrow(`download it with the column "${exact}" instead`)
    expect(reading).toThrow(`--column conversions="${heading}"`)
    expect(counts(platform, heading, ['3', '2'], taken(heading))).toEqual([3, 2])
    expect(counts(platform, heading, ['3', '2'], { isRuleSaid: true })).toEqual([3, 2])
  })

  test('is taken where every line says that it counts the policy’s event', () => {
    const cells = ['3,actions:offsite_conversion.fb_pixel_purchase', '2,Website purchases']
    expect(counts('meta', 'Results,Result indicator', cells)).toEqual([3, 2])
    expect(counts('tiktok', 'Conversions,Optimization event', ['3,Complete Payment', '2,complete_payment'])).toEqual([
      3, 2,
    ])
  })

  test.each([
    'actions:link_click',
    'actions:offsite_conversion.fb_pixel_initiate_checkout',
    'Landing page views',
    'actions:offsite_conversion.custom.purchase_seen',
    '',
  ])('is refused by the line whose results are "%s"', (indicator) => {
    const cells = ['3,actions:offsite_conversion.fb_pixel_purchase', `650,${indicator}`]
    expect(() => counts('meta', 'Results,Result indicator', cells)).toThrow(
      `a.csv, line 3, column "Result indicator": "${indicator}" is not "purchase", which the policy counts`,
    )
  })

  test('says nothing on a line that has no results', () => {
    const cells = ['3,actions:offsite_conversion.fb_pixel_purchase', '--,actions:link_click']
    expect(counts('meta', 'Results,Result indicator', cells)).toEqual([3, undefined])
  })
})

describe('a column of one event', () => {
  test('is none of another: leads are no purchases, and the other way round', () => {
    expect(() => counts('meta', 'Leads', ['3'])).toThrow(
      'a.csv, column "Leads": counts "lead", and the policy counts "purchase"',
    )
    expect(() => counts('meta', 'Purchases', ['3'], lead)).toThrow('counts "purchase", and the policy counts "lead"')
    expect(counts('meta', 'Leads', ['3'], lead)).toEqual([3])
    expect(counts('meta', 'Leads', ['3'], taken('Leads'))).toEqual([3])
  })

  test('is the policy’s beside others, under whichever name it is known', () => {
    expect(counts('meta', 'Results,Purchases', ['700,3'])).toEqual([3])
    expect(counts('tiktok', 'Conversions,Results,Complete payment', ['700,700,3'])).toEqual([3])
    expect(counts('meta', 'Leads,Purchases,Website purchases', ['9,3,2'])).toEqual([3])
    expect(() => counts('meta', 'Leads,Website purchases,Käufe', ['9,3,2'])).toThrow('has several columns')
  })
})

describe('Google’s "Conversions", the sum of all primary actions', () => {
  test('is no count of the policy’s action until the user says that there is no other, or names a column of it', () => {
    const reading = () => counts('google-ads', 'Conversions', ['7', '6'])
    expect(reading).toThrow(
      'a.csv, column "Conversions": is the sum of all primary conversion actions, and the policy counts "purchase"',
    )
    expect(reading).toThrow(
      `if "purchase" is the account's only primary action, say so: --column conversions="Conversions"`,
    )
    expect(counts('google-ads', 'Conversions', ['7', '6'], taken('Conversions'))).toEqual([7, 6])
    expect(counts('google-ads', 'Conversions', ['7', '6'], { isRuleSaid: true })).toEqual([7, 6])
    expect(counts('google-ads', 'Conversions,Only purchases', ['7,3', '6,2'], taken('Only purchases'))).toEqual([3, 2])
  })

  test('has the value of all of them, which is none of one action', () => {
    expect(worth('google-ads', 'Conversions,Conv. value', ['7,900'], taken('Conversions')).told).toEqual([7, 900])
    const alone = worth('google-ads', 'Conversions,Only purchases,Conv. value', ['7,3,900'], taken('Only purchases'))
    expect(alone.told).toEqual([3, 0])
    expect(alone.remarks).toContain('"Conv. value" is not taken over')
  })
})

describe('a column of value', () => {
  test('of another event is none of the event that is counted: it is ignored, and that is told', () => {
    const read = worth('meta', 'Leads,Purchases conversion value', ['5,900'], lead)
    expect(read.told).toEqual([5, 0])
    expect(read.ignored).toEqual(['Purchases conversion value'])
    expect(read.remarks).toContain(
      '"Purchases conversion value" is not taken over: that is not the value of what "Leads" counts',
    )
    expect(read.remarks).toContain('--column value="…"')
    const columns = new Map<Role, string>([['value', 'Purchases conversion value']])
    expect(worth('meta', 'Leads,Purchases conversion value', ['5,900'], { ...lead, columns }).told).toEqual([5, 900])
  })

  test.each([
    ['website purchases', [3, 300], 'Purchases conversion value'],
    ['purchase', [9, 900], 'Website purchases conversion value'],
  ])('is that of the counted column, of two of one event: %s', (action, told, ignored) => {
    const headings = 'Purchases,Website purchases,Purchases conversion value,Website purchases conversion value'
    const read = worth('meta', headings, ['9,3,900,300'], ruleOf(action))
    expect(read.told).toEqual(told)
    expect(read.ignored).toContain(ignored)
    expect(read.remarks).not.toContain('not taken over')
  })

  test('of purchases everywhere is none of those on the website alone', () => {
    expect(worth('meta', 'Website purchases,Purchases conversion value', ['3,900']).told).toEqual([3, 0])
  })

  test('is that of the policy’s event where the count may be of anything and the user says that it is this', () => {
    const headings = 'Results,Website purchases conversion value'
    expect(worth('meta', headings, ['3,300'], taken('Results')).told).toEqual([3, 300])
    expect(worth('meta', headings, ['3,300'], { ...lead, ...taken('Results') }).told).toEqual([3, 0])
  })

  test.each([
    ['meta', 'Käufe,Conversion-Wert von Käufen'],
    ['meta', 'Website-Käufe,Conversion-Wert von Website-Käufen'],
    ['tiktok', 'Complete payment,Total complete payment value'],
    ['tiktok', 'Zahlung abgeschlossen,Kaufwert'],
    ['tiktok', 'Purchases,Total purchase value'],
    ['snapchat', 'Purchases,Purchases Value'],
    ['snapchat', 'Conversion purchases,Conversion purchases value'],
    ['pinterest', 'Total conversions (Checkout),Total order value (Checkout)'],
    ['pinterest', 'Total conversions checkout,Total order value checkout'],
    ['pinterest', 'Checkouts,Total conversions value (checkout)'],
    ['pinterest', 'Conversions gesamt (Checkout),Gesamtbestellwert (Checkout)'],
  ] as const)('%s’s usual two belong together: %s', (platform, headings) => {
    expect(worth(platform, headings, ['3,300']).told).toEqual([3, 300])
  })
})
