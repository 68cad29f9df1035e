import { describe, expect, test } from 'vitest'
import type { Role } from '../../lib/imports/columns.ts'
import { importAccount } from '../../lib/imports/import-account.ts'
import type { ImportTerms } from '../../lib/imports/terms.ts'
import { accountRef } from '../../lib/model/account.ts'
import { instant, timeZone } from '../../lib/units/calendar.ts'

/* Downloads as people have them, and what they do with them. */

const saved = instant('2026-11-21T08:00:00Z')
const terms = (platform: string, more: Partial<ImportTerms> = {}): ImportTerms => ({
  account: accountRef(platform, '1234567890'),
  zone: timeZone('Europe/Berlin'),
  rule: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' },
  // What Google Ads calls "Conversions" is the rule's, if the user says so.
  isRuleSaid: platform === 'google-ads',
  columns: new Map<Role, string>(),
  ...more,
})
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = (platform: string, content: string | Uint8Array, more: Partial<ImportTerms> = {}) =>
  importAccount(
    [{ name: 'a.csv', bytes: typeof content === 'string' ? bytesOf(content) : content, exportedAt: saved }],
    terms(platform, more),
  )
const days = (platform: string, content: string | Uint8Array, more: Partial<ImportTerms> = {}) =>
  read(platform, content, more).rows.map(({ date, spend }) => [date, Number(spend.micros) / 1e6])

const DOWNLOADS = {
  'google-ads': [
    'Campaign report',
    '"November 19, 2026 - November 20, 2026"',
    'Campaign status,Campaign,Campaign ID,Day,Currency code,Budget,Budget type,Status,Optimization score,Cost,Impr.,Clicks,CTR,Conversions,Conv. value,Cost / conv.',
    'Enabled,Shoes,201,2026-11-19,EUR,"1,200.00",Daily,Eligible (Limited),87.5%,"1,204.50","12,000",310,2.58%,4.50,360.00,267.67',
    'Enabled,Shoes,201,2026-11-20,EUR,"1,200.00",Daily,Eligible (Limited), --,48.00,900,30,3.33%,0.00,0.00, --',
  ].join('\r\n'),
  meta: [
    'Reporting starts,Reporting ends,Campaign name,Campaign delivery,Campaign ID,Campaign budget,Campaign budget type,Attribution setting,Reach,Impressions,Amount spent (EUR),Ends,Link clicks,Purchases,Purchases conversion value',
    '2026-11-19,2026-11-19,Shoes,active,120210000000000001,100,Daily,7-day click or 1-day view,4000,5000,98.76,Ongoing,61,3,240.5',
  ].join('\n'),
  tiktok: [
    'Campaign name,Campaign ID,Primary status,Campaign budget,Campaign budget type,By Day,Currency,Cost,CPM,Impressions,Clicks (destination),Complete payment,Total complete payment value',
    'Shoes,1790000000000000001,Active,200.00,Daily,2026-11-19 00:00:00,USD,187.22,2.08,90000,812,14,1120.00',
  ].join('\n'),
  snapchat: [
    'Start Time,End Time,Campaign Name,Campaign ID,Campaign Status,Campaign Daily Budget,Currency,Amount Spent,Paid Impressions,Swipe Ups,Purchases,Purchases Value',
    '2026-11-19,2026-11-19,Shoes,e703eb9f-8eac-4eda-a9c7-deec3935222d,ACTIVE,50,GBP,48.12,20000,120,3,150',
  ].join('\n'),
  pinterest: [
    'Date,Campaign ID,Campaign name,Campaign status,Campaign budget,Budget type,Spend in account currency,Impressions,Pin clicks,Total conversions (Checkout),Total order value (Checkout),Currency',
    '2026-11-19,626700000001,Shoes,Active,60.00,Daily,51.10,40000,95,7,560.10,EUR',
  ].join('\n'),
} as const
const platforms = Object.keys(DOWNLOADS) as (keyof typeof DOWNLOADS)[]
const strangers = platforms.flatMap((own) =>
  platforms.filter((one) => one !== own).map((one): readonly [typeof own, typeof own] => [one, own]),
)

describe('another platform’s download', () => {
  test.each(strangers)('%s’s is not taken for one of an account of %s, with or without its days', (one, own) => {
    expect(() => read(own, DOWNLOADS[one])).toThrow(`has the column names of ${one} (`)
    expect(() => read(own, DOWNLOADS[one])).toThrow(`import it with --account ${one}:…`)
  })

  test.each(platforms)('%s’s own is read', (one) => {
    expect(days(one, DOWNLOADS[one])[0]?.[0]).toBe('2026-11-19')
  })

  test('is not taken for it because the user has named what is counted', () => {
    const columns = new Map<Role, string>([['conversions', 'Purchases']])
    expect(() => read('google-ads', DOWNLOADS.meta, { columns })).toThrow('has the column names of meta (')
  })

  test('is one that the user has named the columns of', () => {
    const columns = new Map<Role, string>([
      ['day', 'Reporting starts'],
      ['lastDay', 'Reporting ends'],
      ['spend', 'Amount spent (EUR)'],
      ['clicks', 'Link clicks'],
    ])
    expect(days('google-ads', DOWNLOADS.meta, { columns })).toEqual([['2026-11-19', 98.76]])
  })
})

describe('what Google Ads calls "Excel .csv"', () => {
  test('is UTF-16, divided by tabs', () => {
    const table = DOWNLOADS['google-ads']
      .split('\r\n')
      .map((line) =>
        [...line.matchAll(/"([^"]*)"|([^,]+)/g)].map(([, quoted, bare]) => (quoted ?? bare ?? '').trim()).join('\t'),
      )
    const excel = new Uint8Array(Buffer.from(`\ufeff${table.join('\n')}\n`, 'utf16le'))
    expect(days('google-ads', excel)).toEqual(days('google-ads', DOWNLOADS['google-ads']))
  })
})

describe('a file with nothing in it is refused for that', () => {
  const [title, period, head = ''] = DOWNLOADS['google-ads'].split('\r\n')
  test.each([
    ['an empty one', '', 'a.csv: is empty'],
    ['one of a byte order mark', '\ufeff', 'a.csv: is empty'],
    ['one of blank lines', '\n \n\n', 'a.csv: is empty'],
    ['one of titles and headings', [title, period, head].join('\n'), 'a.csv, line 3: has column names, and no line'],
    [
      'one of a totals row',
      `${head}\nTotal: Account${',--'.repeat(15)}`,
      'a.csv, line 1: has column names, and no line',
    ],
  ])('%s', (_, text, message) => {
    expect(() => read('google-ads', text)).toThrow(message)
  })
})

test.each([
  ['a spreadsheet', [0x50, 0x4b, 0x03, 0x04, 0x14, 0, 6, 0]],
  ['a packed file', [0x1f, 0x8b, 8, 0, 0]],
])('%s is refused as one', (_, bytes) => {
  expect(() => read('google-ads', new Uint8Array(bytes))).toThrow(/a\.csv: is a spreadsheet.*download it as CSV/)
})

describe('a campaign that was renamed within a download', () => {
  const HEAD = 'Campaign ID,Campaign,Campaign state,Budget,Day,Currency code,Cost,Impr.,Clicks'
  const line = (day: number, name: string, more = 'Enabled,50.00') =>
    `201,${name},${more},2026-11-1${day},EUR,1.50,10,1`
  const names = (...lines: readonly string[]) => {
    const { structure, renamed } = read('google-ads', [HEAD, ...lines].join('\n'))
    return [structure.campaigns[0]?.name, ...renamed.map(({ from, to }) => `${from} > ${to}`)]
  }

  test('has the name of the last day, in whatever order the lines are', () => {
    const lines = [line(1, 'Old'), line(2, 'Old'), line(3, 'New'), line(4, 'New')]
    expect(names(...lines)).toEqual(['New', 'Old > New'])
    expect(names(...lines.toReversed())).toEqual(['New', 'Old > New'])
    expect(names(lines[2]!, lines[0]!, lines[3]!, lines[1]!)).toEqual(['New', 'Old > New'])
    expect(names(line(1, 'New'), line(2, 'New'))).toEqual(['New'])
  })

  test('has one budget all the same', () => {
    expect(() => names(line(1, 'Old'), line(2, 'New', 'Enabled,60.00'))).toThrow(
      'a.csv, line 3, column "Budget": campaign 201 has another budget than in a.csv, line 2',
    )
  })

  test('is refused where two lines of one day name it differently', () => {
    const groups = (name: string, group: number) => `201,${name},${group},2026-11-11,EUR,1.50,10,1`
    const text = [
      'Campaign ID,Campaign,Ad group ID,Day,Currency code,Cost,Impr.,Clicks',
      groups('A', 1),
      groups('B', 2),
    ]
    expect(() => read('google-ads', text.join('\n'))).toThrow(
      'a.csv, line 3, column "Campaign": campaign 201 has another name',
    )
  })
})

describe('a period of times', () => {
  const [head = '', cells = ''] = DOWNLOADS.snapchat.split('\n')
  const from = (begin: string, end: string) =>
    days('snapchat', [head, cells.replace('2026-11-19,2026-11-19', `${begin},${end}`)].join('\n'))

  test.each([
    ['2026-11-19 00:00:00', '2026-11-19 23:59:59'],
    ['2026-11-19 00:00:00', '2026-11-20 00:00:00'],
    ['2026-11-19T00:00:00.000+01:00', '2026-11-20T00:00:00.000+01:00'],
  ])('from %s to %s is one day', (begin, end) => {
    expect(from(begin, end)).toEqual([['2026-11-19', 48.12]])
  })

  test.each([
    ['2026-11-19 00:00:00', '2026-11-21 00:00:00'],
    ['2026-11-19 00:00:00', '2026-11-20 23:59:59'],
    ['2026-11-19 12:00:00', '2026-11-20 00:00:00'],
    ['2026-11-19', '2026-11-20'],
  ])('from %s to %s is none', (begin, end) => {
    expect(from(begin, end)).toEqual([])
  })
})

test('budgets of ad sets on a screen of campaigns are of nobody, and said to be left out', () => {
  const text = DOWNLOADS.meta.replaceAll('Campaign budget', 'Ad set budget')
  const { structure, rows, files } = read('meta', text)
  expect(rows).toHaveLength(1)
  expect(structure.budgets).toEqual([])
  expect(files[0]?.remarks[0]).toBe(
    '"Ad set budget" is not taken over: whose budgets these are is not known without the column "Ad set ID"',
  )
})

describe('a file of a part of the account', () => {
  const HEAD = 'Campaign,Campaign ID,Day,Currency code,Cost,Impr.,Clicks'
  const line = (id: number, spend: string) => `C,${id},2026-11-19,EUR,${spend},10,1`
  const total = (spend: string) => `Total: Account,--,--,EUR,${spend},20,2`
  const file = (name: string, ...lines: readonly string[]) => ({
    name,
    bytes: bytesOf([HEAD, ...lines].join('\n')),
    exportedAt: saved,
  })
  const uncovered = (...files: readonly ReturnType<typeof file>[]) =>
    importAccount(files, terms('google-ads')).uncovered.map(({ file, line, micros }) => [file, line, micros])

  test('is told by the total of the account, which is more than its lines', () => {
    expect(uncovered(file('a.csv', line(1, '40.00'), total('100.00')))).toEqual([['a.csv', 3, 60_000_000n]])
  })

  test('is none beside the rest of it, nor where a two-hundredth is missing', () => {
    const [one, two] = [
      file('a.csv', line(1, '40.00'), total('100.00')),
      file('b.csv', line(2, '60.00'), total('100.00')),
    ]
    expect(uncovered(one, two)).toEqual([])
    expect(uncovered(file('a.csv', line(1, '99.50'), total('100.00')))).toEqual([])
    expect(uncovered(file('a.csv', line(1, '99.49'), total('100.00')))).toEqual([['a.csv', 3, 510_000n]])
  })
})

test('a second column of one meaning is named among those that are ignored', () => {
  const text = DOWNLOADS.meta.replace('Ends,Link clicks', 'Clicks (all),Link clicks')
  const { rows, files } = read('meta', text.replace('Ongoing', '90'))
  expect(rows[0]?.clicks).toBe(61)
  expect(files[0]?.ignored).toEqual(['Attribution setting', 'Reach', 'Clicks (all)'])
})

test('one mistake in every line is told by its first three, and hides no other', () => {
  const lines = Array.from({ length: 30 }, (_, i) => `1,${i + 1}.11.26,EUR,1.50,10,${i === 29 ? 'x' : 1}`)
  const told = (() => {
    try {
      read('google-ads', ['Campaign ID,Day,Currency code,Cost,Impr.,Clicks', ...lines].join('\n'))
      return ''
    } catch (error) {
      return (error as Error).message
    }
  })()
  expect(told.split('\n').map((text) => text.replace(/".*/, ''))).toEqual([
    'nothing was imported:',
    ...[2, 3, 4].map((line) => `  - a.csv, line ${line}, column `),
    '    … the same in 27 more, the last in line 31',
    '  - a.csv, line 31, column ',
  ])
})

describe('TikTok’s download without the kinds of its campaigns', () => {
  const remarks = (content: string) => (read('tiktok', content).files[0]?.remarks ?? []).join('\n')
  const UNKNOWN = 'which campaigns TikTok steers by itself (Smart+, GMV Max) is not known'
  const typed = (...types: readonly string[]) => {
    const [head, line] = DOWNLOADS.tiktok.split('\n')
    const lines = types.map((type, i) => `${line!.replace('1790000000000000001', `179000000000000000${i}`)},${type}`)
    return [`${head},Campaign type`, ...lines].join('\n')
  }

  test('says that those which TikTok steers by itself cannot be told from others', () => {
    expect(remarks(DOWNLOADS.tiktok)).toContain(`it has no column "Campaign type": ${UNKNOWN}`)
    expect(remarks(typed('Manual', '--', ''))).toContain(`"Campaign type" is blank for 2 of 3 campaigns: ${UNKNOWN}`)
  })

  test('says nothing where every kind is there, nor of other platforms', () => {
    expect(remarks(typed('Manual', 'Smart+'))).not.toContain(UNKNOWN)
    for (const one of platforms.filter((name) => name !== 'tiktok'))
      expect(read(one, DOWNLOADS[one]).files[0]?.remarks.join('\n')).not.toContain(UNKNOWN)
  })
})
