import { describe, expect, test } from 'vitest'
import type { Role } from '../../lib/imports/columns.ts'
import { type ImportedAccount, importAccount } from '../../lib/imports/import-account.ts'
import type { ImportError } from '../../lib/imports/problem.ts'
import type { ExportFile, ImportTerms } from '../../lib/imports/terms.ts'
import { accountRef } from '../../lib/model/account.ts'
import { instant, timeZone } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'

const SAVED = instant('2026-11-21T08:00:00Z')
const RULE = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' } as const
const KEY = 'purchase|7c|1v|mixed'

const file = (text: string, name = 'a.csv', exportedAt = SAVED): ExportFile => ({
  name,
  bytes: new TextEncoder().encode(text),
  exportedAt,
})
const terms = (platform: string, more: Partial<ImportTerms> = {}): ImportTerms => ({
  account: accountRef(platform, '1234567890'),
  zone: timeZone('Europe/Berlin'),
  rule: RULE,
  columns: new Map<Role, string>(),
  ...more,
})
/** Campaign, date, spend, impressions, clicks, conversions, value. */
const figures = ({ rows }: ImportedAccount) =>
  rows.map(({ campaign, adGroup, date, spend, impressions, clicks, conversions: [one] }) => [
    adGroup === undefined ? campaign : `${campaign}/${adGroup}`,
    date,
    Number(spend.micros) / 1e6,
    impressions,
    clicks,
    ...(one ? [one.conversions, Number(one.value.micros) / 1e6] : []),
  ])
const budgets = ({ structure }: ImportedAccount) =>
  structure.budgets.map(({ id, owner, period, amount, status }) => [
    id,
    owner,
    period,
    `${Number(amount.micros) / 1e6} ${amount.currency}`,
    status,
  ])

describe('Google Ads', () => {
  const english = [
    'Campaign report',
    '"November 1, 2026 - November 20, 2026"',
    'Campaign state,Campaign,Campaign ID,Day,Currency code,Budget,Budget type,Campaign type,Cost,Impr.,Clicks,Conversions,Conv. value,CTR,Cost / conv.',
    'Enabled,"Shoes, ""new""\nand old",101,2026-11-19,EUR,50.00,Daily,Search,"1,204.50","12,000",310,4.50,360.00,2.58%,10.12',
    'Enabled,"Shoes, ""new""\nand old",101,2026-11-20,EUR,50.00,Daily,Search,48.00,900,30,0.00,0.00,3.33%, --',
    'Paused,Hats,102,2026-11-20,EUR,20.00,Daily,Performance Max,0.00,0,0,0.00,0.00, --, --',
    'Total: Campaigns, --, --, --,EUR, --, --, --,"1,252.50","12,900",340,4.50,360.00,2.64%,10.12',
    'Total: Account, --, --, --,EUR, --, --, --,"1,260.00","13,000",342,4.50,360.00,2.63%,10.12',
  ].join('\r\n')

  test('in English: titles above the table, thousands, dashes for nothing, line breaks in names, totals below', () => {
    const read = importAccount([file(english, 'google.csv')], terms('google-ads', { isRuleSaid: true }))
    expect(figures(read)).toEqual([
      ['101', '2026-11-19', 1204.5, 12000, 310, 4.5, 360],
      ['101', '2026-11-20', 48, 900, 30, 0, 0],
      ['102', '2026-11-20', 0, 0, 0, 0, 0],
    ])
    expect(budgets(read)).toEqual([
      ['101', 'campaign', 'daily', '50 EUR', 'active'],
      ['102', 'campaign', 'daily', '20 EUR', 'paused'],
    ])
    expect(read.structure).toMatchObject({ source: 'import', currency: 'EUR', zone: 'Europe/Berlin', readAt: SAVED })
    expect(read.structure.campaigns.map(({ name, kind, status }) => [name, kind, status])).toEqual([
      ['Shoes, "new" and old', 'search', 'active'],
      ['Hats', 'performance-max', 'paused'],
    ])
  })

  test('tells what was read: campaigns, days, spend, columns without a meaning, totals beside the sum', () => {
    const [report] = importAccount([file(english, 'google.csv')], terms('google-ads', { isRuleSaid: true })).files
    expect(report).toMatchObject({
      file: 'google.csv',
      lines: 3,
      campaigns: 2,
      from: '2026-11-19',
      to: '2026-11-20',
      spendMicros: 1_252_500_000n,
      ignored: ['CTR', 'Cost / conv.'],
      remarks: [],
    })
    // The account's own total has 7.50 more: campaigns that the screen does not show.
    expect(report?.totals.map(({ label, totalMicros, sumMicros }) => [label, totalMicros - sumMicros])).toEqual([
      ['Total: Campaigns', 0n],
      ['Total: Account', 7_500_000n],
    ])
  })

  test('in German: semicolons, comma before decimals, dates with dots', () => {
    const german = [
      'Kampagnenbericht',
      '1. November 2026 – 20. November 2026',
      'Kampagnenstatus;Kampagne;Kampagnen-ID;Tag;Währungscode;Budget;Budgettyp;Kosten;Impr.;Klicks;Conversions;Conv.-Wert',
      'Aktiviert;Schuhe;101;19.11.2026;EUR;50,00;Täglich;1.204,50;12.000;310;4,50;360,00',
      'Pausiert;Hüte;102;20.11.2026;EUR;20,00;Täglich;0,00;0;0;0,00;0,00',
      'Gesamt: Kampagnen; --; --; --;EUR; --; --;1.204,50;12.000;310;4,50;360,00',
    ].join('\n')
    const read = importAccount([file(german)], terms('google-ads', { isRuleSaid: true }))
    expect(figures(read)).toEqual([
      ['101', '2026-11-19', 1204.5, 12000, 310, 4.5, 360],
      ['102', '2026-11-20', 0, 0, 0, 0, 0],
    ])
    expect(read.files[0]?.totals).toMatchObject([{ label: 'Gesamt: Kampagnen', totalMicros: 1_204_500_000n }])
    expect(budgets(read).map(([id, , period]) => [id, period])).toEqual([
      ['101', 'daily'],
      ['102', 'daily'],
    ])
  })

  test('a budget that two campaigns name is one that they share', () => {
    const text = [
      'Campaign state,Campaign,Campaign ID,Day,Currency code,Budget,Budget name,Cost,Impr.,Clicks',
      'Enabled,A,101,2026-11-19,EUR,50.00,Common,10.00,100,3',
      'Paused,B,102,2026-11-19,EUR,50.00,Common,12.00,100,3',
      'Enabled,C,103,2026-11-19,EUR,30.00,Own,12.00,100,3',
    ].join('\n')
    const { structure } = importAccount([file(text)], terms('google-ads'))
    const shared = structure.budgets.find(({ owner }) => owner === 'shared')
    expect(shared).toMatchObject({ name: 'Common', campaigns: ['101', '102'], status: 'active' })
    expect(structure.campaigns.map(({ budget }) => budget)).toEqual([shared?.id, shared?.id, '103'])
  })
})

describe('Meta', () => {
  const head =
    'Reporting starts,Reporting ends,Campaign name,Campaign ID,Campaign delivery,Campaign budget,Campaign budget type,Amount spent (EUR),Impressions,Link clicks,Results,Purchases,Purchases conversion value'
  test('in English: currency in the heading, a totals row without a campaign, the count that the policy means', () => {
    const text = [
      head,
      '2026-11-19,2026-11-19,Shoes,"=""120210000000000001""",active,100,Daily,98.76,5000,61,12,3,240.5',
      '2026-11-20,2026-11-20,Shoes,120210000000000001,active,100,Daily,101,5100,,,,',
      '2026-11-19,2026-11-20,,,,,,199.76,10100,61,12,3,240.5',
    ].join('\n')
    const read = importAccount([file(text)], terms('meta'))
    expect(figures(read)).toEqual([
      ['120210000000000001', '2026-11-19', 98.76, 5000, 61, 3, 240.5],
      // Blank is none reported: there is no count at all, not one of 0.
      ['120210000000000001', '2026-11-20', 101, 5100, 0],
    ])
    expect(read.rows[0]?.conversions[0]?.rule).toEqual(RULE)
    expect(read.files[0]?.totals).toMatchObject([{ totalMicros: 199_760_000n, sumMicros: 199_760_000n }])
  })

  test('in German, where ad sets hold the budgets: their days stand by themselves', () => {
    const text = [
      'Tag;Kampagnenname;Kampagnen-ID;Kampagnenstatus;Kampagnenbudget;Kampagnenbudgettyp;Anzeigengruppen-ID;Anzeigengruppenname;Anzeigengruppenstatus;Anzeigengruppenbudget;Anzeigengruppenbudgettyp;Ausgegebener Betrag (EUR);Impressionen;Link-Klicks;Käufe',
      '2026-11-19;Schuhe;1;aktiv;Anzeigengruppenbudget wird verwendet;;11;A;aktiv;40;Täglich;39,5;1.000;12;2',
      '2026-11-19;Schuhe;1;aktiv;Anzeigengruppenbudget wird verwendet;;12;B;inaktiv;60;Täglich;0;0;0;',
    ].join('\n')
    const read = importAccount([file(text)], terms('meta', { columns: new Map([['conversions', 'Käufe']]) }))
    expect(figures(read)).toEqual([
      ['1/11', '2026-11-19', 39.5, 1000, 12, 2, 0],
      ['1/12', '2026-11-19', 0, 0, 0],
    ])
    expect(budgets(read)).toEqual([
      ['11', 'ad-group', 'daily', '40 EUR', 'active'],
      ['12', 'ad-group', 'daily', '60 EUR', 'paused'],
    ])
    expect(read.structure.campaigns[0]?.budget).toBeUndefined()
    expect(read.files[0]?.remarks.join()).toContain('no column of conversion value')
  })

  test('ad sets of a campaign that holds the budget are summed up to it', () => {
    const text = [
      'Day,Campaign name,Campaign ID,Campaign delivery,Campaign budget,Campaign budget type,Ad set ID,Ad set delivery,Ad set budget,Amount spent (EUR),Impressions,Link clicks,Purchases,Purchases conversion value',
      '2026-11-19,Shoes,1,active,100,Daily,11,active,Using campaign budget,39.5,1000,12,2,80',
      '2026-11-19,Shoes,1,active,100,Daily,12,active,Using campaign budget,10.5,500,3,1,20',
    ].join('\n')
    expect(figures(importAccount([file(text)], terms('meta')))).toEqual([['1', '2026-11-19', 50, 1500, 15, 3, 100]])
  })

  test.each([
    ['the campaign', '100,Daily', 'Using campaign budget,'],
    ['its ad sets', 'Using ad set budget,', '20,Daily'],
  ])(
    'a line without an ad set beside lines of ad sets is refused where %s holds the budget: its spend would be lost, or be taken for all',
    (_, campaign, adSet) => {
      const text = [
        'Day,Campaign name,Campaign ID,Campaign delivery,Campaign budget,Campaign budget type,Ad set ID,Ad set name,Ad set delivery,Ad set budget,Ad set budget type,Amount spent (EUR),Impressions,Link clicks',
        `2026-11-19,Shoes,1,active,${campaign},11,A,active,${adSet},10,1000,12`,
        `2026-11-19,Shoes,1,active,${campaign},12,B,active,${adSet},20,500,3`,
        `2026-11-19,Shoes,1,active,${campaign},--,Deleted ad set,--,--,--,5,100,1`,
      ]
      expect(() => importAccount([file(text.join('\n'))], terms('meta'))).toThrow(
        'a.csv, line 4, column "Ad set ID": is blank, and line 2 of campaign 1 is of an ad group',
      )
      // Of a campaign without any ad sets such a line is the whole day.
      const other = `2026-11-19,Hats,2,active,70,Daily,--,,--,--,--,5,100,1`
      const read = importAccount([file([...text.slice(0, 3), other].join('\n'))], terms('meta'))
      expect(read.rows.reduce((sum, { spend }) => sum + spend.micros, 0n)).toBe(35_000_000n)
    },
  )

  test('lines of a whole period give names, status and budgets, and no figures', () => {
    const text = [head, '2026-11-01,2026-11-20,Shoes,1,active,100,Daily,1980.76,5000,61,12,3,240.5'].join('\n')
    const read = importAccount([file(text)], terms('meta'))
    expect(read.rows).toEqual([])
    expect(budgets(read)).toEqual([['1', 'campaign', 'daily', '100 EUR', 'active']])
    expect(read.files[0]?.remarks[0]).toContain('not of single days')
  })
})

test('TikTok: a time of midnight behind the day, a totals row that counts', () => {
  const text = [
    'Campaign name\tCampaign ID\tBy Day\tPrimary status\tCampaign budget\tCampaign budget type\tCurrency\tCost\tImpressions\tClicks (destination)\tComplete payment',
    'Shoes\t1790000000000000001\t2026-11-19 00:00:00\tActive\t200.00\tDaily\tUSD\t187.22\t90000\t812\t14',
    'Total of 1 results\t-\t-\t-\t-\t-\tUSD\t187.22\t90000\t812\t14',
  ].join('\n')
  const read = importAccount([file(text)], terms('tiktok'))
  expect(figures(read)).toEqual([['1790000000000000001', '2026-11-19', 187.22, 90000, 812, 14, 0]])
  expect(read.files[0]?.totals).toMatchObject([{ label: 'Total of 1 results', totalMicros: 187_220_000n }])
})

test('Snapchat: ids are UUIDs, the currency is said', () => {
  const id = 'e703eb9f-8eac-4eda-a9c7-deec3935222d'
  const text = [
    'Campaign Name,Campaign ID,Campaign Status,Campaign Daily Budget,Date,Amount Spent,Paid Impressions,Swipe Ups,Purchases,Purchases Value',
    `Shoes,${id},ACTIVE,50,2026-11-19,48.123456,20000,120,3,150`,
  ].join('\n')
  const read = importAccount([file(text)], terms('snapchat', { currency: currency('GBP') }))
  expect(figures(read)).toEqual([[id, '2026-11-19', 48.123456, 20000, 120, 3, 150]])
  expect(budgets(read)).toEqual([[id, 'campaign', 'daily', '50 GBP', 'active']])
})

describe('whether lines are of single days', () => {
  const ID = 'e703eb9f-8eac-4eda-a9c7-deec3935222d'
  const snapchat = (head: string, cells: string, more: Partial<ImportTerms> = {}) =>
    importAccount(
      [file(`Campaign ID,${head},Amount Spent,Paid Impressions,Swipe Ups\n${ID},${cells},480,20000,120`)],
      terms('snapchat', { currency: currency('GBP'), ...more }),
    )
  const days = ({ rows }: ImportedAccount) => rows.map(({ date }) => date)
  const named = (role: Role, heading: string): Partial<ImportTerms> => ({ columns: new Map([[role, heading]]) })

  test('Snapchat: a month’s totals are not those of its first day', () => {
    const month = snapchat('Start Time,End Time', '2026-10-01,2026-10-31')
    expect(days(month)).toEqual([])
    expect(month.files[0]?.remarks[0]).toContain('not of single days')
    expect(days(snapchat('Start Time,End Time', '2026-10-01,2026-10-01'))).toEqual(['2026-10-01'])
  })

  test('a period’s beginning without its end is no day, unless the user says so', () => {
    expect(days(snapchat('Start Time', '2026-10-01'))).toEqual([])
    expect(days(snapchat('Start Time', '2026-10-01', named('day', 'Start Time')))).toEqual(['2026-10-01'])
    const meta = 'Campaign ID,Reporting starts,Amount spent (EUR),Impressions,Link clicks\n1,2026-10-01,480,20000,120'
    expect(days(importAccount([file(meta)], terms('meta')))).toEqual([])
  })

  test('a day beside times of a flight is that day', () => {
    expect(days(snapchat('Start Time,End Time,Date', '2026-10-01,2026-12-31,2026-11-19'))).toEqual(['2026-11-19'])
    const google =
      'Campaign ID,Start date,End date,Day,Currency code,Cost,Impr.,Clicks\n1,2026-10-01,2026-12-31,2026-11-19,EUR,480,20,1'
    expect(days(importAccount([file(google)], terms('google-ads')))).toEqual(['2026-11-19'])
  })

  test.each([
    ['google-ads', 'Cost', 'Start date', 'End date'],
    ['tiktok', 'Cost', 'Start date', 'End date'],
    ['tiktok', 'Cost', 'Start time', 'End time'],
    ['pinterest', 'Spend', 'Start date', 'End date'],
    ['meta', 'Amount spent', 'Reporting starts', 'Reporting ends'],
    ['meta', 'Amount spent', 'Starts', 'Ends'],
  ])('%s, %s from "%s" to "%s": no figures', (platform, spend, from, to) => {
    const text = `Campaign ID,${from},${to},Currency,${spend},Impressions,Clicks\n1,2026-10-01,2026-10-31,EUR,480.00,20000,120`
    expect(days(importAccount([file(text)], terms(platform)))).toEqual([])
  })

  test('a last day that the user names is held against the day', () => {
    expect(days(snapchat('Date,Until', '2026-10-01,2026-10-31', named('lastDay', 'Until')))).toEqual([])
  })
})

test.each(['1000000000000000', '9'.repeat(60)])('an amount of %s is refused: it was misread', (spend) => {
  const text = (amount: string) => `Campaign ID,Day,Currency code,Cost,Impr.,Clicks\n1,2026-11-19,EUR,${amount},20,1`
  expect(() => importAccount([file(text(spend))], terms('google-ads'))).toThrow('line 2, column "Cost"')
  const most = importAccount([file(text('999999999999999.99'))], terms('google-ads'))
  expect(most.rows[0]?.spend.micros).toBe(999_999_999_999_999_990_000n)
})

describe('totals rows', () => {
  const head = 'Campaign ID,Campaign name,Date,Currency,Spend,Impressions,Pin clicks'
  const read = (...lines: readonly string[]) =>
    importAccount([file([head, '1,Shoes,2026-11-19,EUR,10.00,100,1', ...lines].join('\n'))], terms('pinterest'))

  test.each(['2', '"=""2"""', '="2"', "'2"])('none has an id, such as %s, whatever its name is', (id) => {
    for (const name of ['Total Wellness', 'Overall', 'Gesamt', 'Sum of it all']) {
      const account = read(`${id},${name},2026-11-19,EUR,7.00,100,1`)
      expect(figures(account).map(([campaign, , spend]) => [campaign, spend])).toEqual([
        ['1', 10],
        ['2', 7],
      ])
      expect(account.files[0]?.totals).toEqual([])
    }
  })

  test('what stands for an id and is none is refused, not left out as a total', () => {
    expect(() => read('#2,Total Wellness,2026-11-19,EUR,7.00,100,1')).toThrow(
      'line 3, column "Campaign ID": "#2" is no id',
    )
  })

  test.each([
    'Total,,,EUR,10.00,100,1',
    '"=""""",Total,,EUR,10.00,100,1',
    '-,Overall,-,EUR,10.00,100,1',
    ',,,EUR,10.00,100,1',
  ])('%s is one', (line) => {
    expect(read(line).files[0]?.totals).toMatchObject([{ totalMicros: 10_000_000n, sumMicros: 10_000_000n }])
  })
})

test('Pinterest in German, with no-break blanks between thousands', () => {
  const text = [
    'Kampagnen-ID;Kampagnenname;Kampagnenstatus;Kampagnenbudget;Budgettyp;Datum;Ausgaben in Kontowährung;Währung;Impressionen;Pin-Klicks;Conversions gesamt (Checkout);Gesamtbestellwert (Checkout)',
    '626700000001;Schuhe;Aktiv;1\u202f500,00;Laufzeit;2026-11-19;1\u202f234,56 €;EUR;40\u202f000;95;7;560,10',
  ].join('\n')
  const read = importAccount([file(text)], terms('pinterest'))
  expect(figures(read)).toEqual([['626700000001', '2026-11-19', 1234.56, 40000, 95, 7, 560.1]])
  expect(budgets(read)).toEqual([['626700000001', 'campaign', 'lifetime', '1500 EUR', 'active']])
})

describe('several files', () => {
  const HEAD = 'Campaign state,Campaign,Campaign ID,Day,Currency code,Budget,Cost,Impr.,Clicks,Conversions,Conv. value'
  const line = (day: string, spend: number, budget = 50) =>
    `Enabled,Shoes,101,${day},EUR,${budget}.00,${spend}.25,100,5,1.00,80.00`
  const of = (lines: readonly string[], name: string, at = SAVED) => file([HEAD, ...lines].join('\n'), name, at)

  test('of one day: the one downloaded last is believed, in settings and figures, whatever the order', () => {
    const older = of([line('2026-11-18', 10), line('2026-11-19', 20, 40)], 'old.csv', instant('2026-11-20T08:00:00Z'))
    // A whole file agrees with itself in its settings; the older one was edited for this test.
    const oldAgrees = {
      ...older,
      bytes: new TextEncoder().encode(new TextDecoder().decode(older.bytes).replace('50.00', '40.00')),
    }
    const newer = of([line('2026-11-19', 22)], 'new.csv')
    for (const files of [
      [oldAgrees, newer],
      [newer, oldAgrees],
    ]) {
      const read = importAccount(files, terms('google-ads', { isRuleSaid: true }))
      expect(figures(read).map(([, date, spend]) => [date, spend])).toEqual([
        ['2026-11-18', 10.25],
        ['2026-11-19', 22.25],
      ])
      expect(budgets(read)).toEqual([['101', 'campaign', 'daily', '50 EUR', 'active']])
    }
  })

  test('what was not over when downloaded is left out and named', () => {
    // 23:30 in Berlin on the 19th.
    const read = importAccount(
      [of([line('2026-11-18', 10), line('2026-11-19', 20)], 'a.csv', instant('2026-11-19T22:30:00Z'))],
      terms('google-ads', { isRuleSaid: true }),
    )
    expect(read.unfinished).toEqual(['2026-11-19'])
    expect(figures(read).map(([, date]) => date)).toEqual(['2026-11-18'])
  })

  test('campaigns of imports before that no file speaks of stay as they are known', () => {
    const first = importAccount([of([line('2026-11-18', 10)], 'a.csv')], terms('google-ads', { isRuleSaid: true }))
    const other = of([line('2026-11-19', 10).replace('101', '102')], 'b.csv')
    const read = importAccount([other], terms('google-ads', { isRuleSaid: true, known: first.structure }))
    expect(read.structure.campaigns.map(({ id }) => id)).toEqual(['101', '102'])
    expect(read.structure.budgets.map(({ id }) => id)).toEqual(['101', '102'])
    expect(read.unmentioned).toEqual(['101'])
  })
})

describe('is refused with file, line, column, value and remedy', () => {
  const HEAD = 'Campaign state,Campaign,Campaign ID,Day,Currency code,Budget,Cost,Impr.,Clicks'
  const good = 'Enabled,Shoes,101,2026-11-19,EUR,50.00,10.25,100,5'
  const reading =
    (text: string, more: Partial<ImportTerms> = {}) =>
    () =>
      importAccount([file(text, 'bad.csv')], terms('google-ads', more))

  test.each([
    [
      'a number that is none',
      good.replace('10.25', '10.2x'),
      'bad.csv, line 3, column "Cost": "10.2x" is no amount',
      '--decimals',
    ],
    ['clicks with decimals', good.replace(',5', ',5.5').replace('100,5.5', '100,5.5'), 'line 3', ''],
    [
      'a day that does not exist',
      good.replace('2026-11-19', '2026-11-31'),
      'bad.csv, line 3, column "Day": "2026-11-31" is no day',
      '--dates',
    ],
    ['an hour of a day', good.replace('2026-11-19', '2026-11-19 13:00:00'), 'column "Day"', 'export by day'],
    [
      'an id that a spreadsheet has rounded',
      good.replace(',101,', ',1.2021E+17,'),
      'column "Campaign ID": "1.2021E+17" is an id that a spreadsheet has rounded',
      'without opening',
    ],
    [
      'a status that is not known',
      good.replace('Enabled', 'Zzz'),
      'column "Campaign state": "Zzz" is no status',
      'active, paused or removed',
    ],
    [
      'a currency beside another',
      good.replace('EUR', 'USD'),
      'column "Currency code": "USD" is in USD, and line 2 says EUR',
      'one currency',
    ],
    [
      'the same day twice',
      good.replace('101', '100'),
      'bad.csv, line 3, column "Day": "2026-11-19" of campaign 100 is in bad.csv, line 2, too',
      'device',
    ],
    [
      'another budget than before',
      good.replace('2026-11-19', '2026-11-18').replace('50.00', '60.00').replace('101', '100'),
      'line 3, column "Budget": campaign 100 has another budget than in bad.csv, line 2',
      'present settings',
    ],
    ['a spend below 0', good.replace('10.25', '-10.25'), '"-10.25" is below 0', 'correct it'],
    ['cells beyond the headings', `${good},7`, 'line 3: has 10 cells under 9 headings', 'lost its quotes'],
    ['cells that are missing', 'Enabled,Shoes,101', 'line 3: has 3 cells under 9 headings', 'cut off'],
  ])('%s', (_, bad, place, remedy) => {
    const text = [HEAD, good.replace('101', '100'), bad].join('\n')
    expect(reading(text)).toThrow(place)
    expect(reading(text)).toThrow(remedy)
  })

  test('a date that may be two, until it is said which', () => {
    const text = [HEAD, good.replace('2026-11-19', '03/04/2026'), good.replace('2026-11-19', '05/06/2026')].join('\n')
    expect(reading(text)).toThrow('bad.csv, line 2, column "Day": "03/04/2026" may be two dates')
    expect(figures(reading(text, { dates: 'mdy' })()).map(([, date]) => date)).toEqual(['2026-03-04', '2026-05-06'])
    expect(figures(reading(text, { dates: 'dmy' })()).map(([, date]) => date)).toEqual(['2026-04-03', '2026-06-05'])
    // One line with a 21st decides for the whole file.
    expect(figures(reading(`${text}\n${good.replace('2026-11-19', '10/21/2026')}`)())).toHaveLength(3)
  })

  test('a number that may be two, until it is said which', () => {
    const text = [HEAD.replaceAll(',', ';'), 'Enabled;Shoes;101;2026-11-19;EUR;50;1.204;100;5'].join('\n')
    expect(reading(text)).toThrow('line 2, column "Cost": "1.204" may be a thousand or a decimal')
    expect(figures(reading(text, { decimals: '.' })())[0]?.[2]).toBe(1.204)
    expect(figures(reading(text, { decimals: ',' })())[0]?.[2]).toBe(1204)
  })

  test('two ways of writing numbers in one file', () => {
    const text = [
      HEAD.replaceAll(',', ';'),
      'Enabled;A;101;2026-11-19;EUR;50;10,5;100;5',
      'Enabled;A;101;2026-11-20;EUR;50;10.5;100;5',
    ].join('\n')
    expect(reading(text)).toThrow('line 3, column "Cost": "10.5" has another decimal mark than lines before it')
  })

  test('a file without a currency, until it is said', () => {
    const text = ['Campaign ID,Day,Cost,Impr.,Clicks', '1,2026-11-19,1.5,1,1'].join('\n')
    expect(reading(text)).toThrow('bad.csv: names no currency: say it: --currency EUR')
    expect(reading(text, { currency: currency('EUR') })().currency).toBe('EUR')
  })

  test('a file without the columns that are needed names what to add', () => {
    expect(reading('Campaign,Day,Cost\nA,2026-11-19,1.5')).toThrow(
      /no column with the ids of the campaigns.*add the column "Campaign ID"/,
    )
    expect(reading('Campaign ID,Day,Currency code,Cost\n1,2026-11-19,EUR,1.5')).toThrow(
      /no column for impressions.*no column for clicks/s,
    )
    expect(reading('Name,Number\nA,1')).toThrow('has no line with the column names of google-ads')
  })

  test('a budget of which nobody says the period', () => {
    const text = [
      'Campaign ID,Campaign delivery,Campaign budget,Day,Amount spent (EUR),Impressions,Link clicks',
      '1,active,100,2026-11-19,1.5,1,1',
    ].join('\n')
    const read = (more: Partial<ImportTerms>) => () => importAccount([file(text)], terms('meta', more))
    expect(read({})).toThrow(/"100" may be of a day or of the whole flight.*--budgets daily/)
    expect(budgets(read({ budgets: 'lifetime' })())[0]?.[2]).toBe('lifetime')
  })

  test('several counts of conversions, none of which is the policy’s', () => {
    const text = [
      'Campaign ID,Day,Amount spent (EUR),Impressions,Link clicks,Results,Leads',
      '1,2026-11-19,1.5,1,1,2,3',
    ].join('\n')
    expect(() => importAccount([file(text)], terms('meta'))).toThrow(
      /several columns of conversions \("Results", "Leads"\).*--column conversions/,
    )
  })

  test('every fault of every file at once', () => {
    const bad = (name: string) =>
      file([HEAD, good.replace('10.25', 'x'), good.replace('100,5', 'y,5')].join('\n'), name)
    expect(() => importAccount([bad('a.csv'), bad('b.csv')], terms('google-ads'))).toThrow(
      /a\.csv, line 2.*a\.csv, line 3.*b\.csv, line 2.*b\.csv, line 3/s,
    )
  })

  test('every fault of a line, those behind the first of it too', () => {
    const bad = 'Zzz,Shoes,1.2E+17,2026-11-31,EUR,5o,1O.25,1.5,y'
    const text = [HEAD, good, bad].join('\n')
    let places: readonly unknown[] = []
    try {
      reading(text)()
    } catch (error) {
      places = (error as ImportError).faults.map(({ line, column }) => [line, column])
    }
    expect(places).toEqual([
      [3, 'Campaign ID'],
      [3, 'Day'],
      [3, 'Campaign state'],
      [3, 'Budget'],
      [3, 'Cost'],
      [3, 'Impr.'],
      [3, 'Clicks'],
    ])
  })

  test('what is wrong in any case beside what nothing tells: the order of dates, the decimal mark, the currency', () => {
    const text = ['Campaign ID;Day;Cost;Impr.;Clicks', '1;03/04/2026;1.204;x;1', '1;05/06/2026;y;1;1'].join('\n')
    expect(reading(text)).toThrow(
      /line 2, column "Cost": "1\.204" may be.*line 2, column "Day": "03\/04\/2026" may be two.*names no currency.*line 2, column "Impr\.": "x" is no whole.*line 3, column "Cost": "y" is no amount/s,
    )
  })

  test('a column that the user names and that is not there', () => {
    const columns = new Map<Role, string>([['spend', 'Betrag']])
    expect(reading([HEAD, good].join('\n'), { columns })).toThrow(
      /"Betrag" is no column here \(--column spend\): name one of: Campaign state/,
    )
  })
})

test('in a language that is not known a file is read by the columns that the user names', () => {
  const text = ['ID campagne;Jour;Dépenses;Affichages;Clics;Achats', '7;19/11/2026;1 234,56 €;1 000;5;2'].join('\n')
  const columns = new Map<Role, string>([
    ['campaignId', 'ID campagne'],
    ['day', 'Jour'],
    ['spend', 'Dépenses'],
    ['impressions', 'Affichages'],
    ['clicks', 'Clics'],
    ['conversions', 'Achats'],
  ])
  const read = importAccount([file(text)], terms('meta', { columns }))
  expect(figures(read)).toEqual([['7', '2026-11-19', 1234.56, 1000, 5, 2, 0]])
  expect(
    read.rows[0]?.conversions.map(
      ({ rule }) => `${rule.action}|${rule.clickWindowDays}c|${rule.viewWindowDays}v|${rule.basis}`,
    ),
  ).toEqual([KEY])
})

describe('after an import', () => {
  const SETTINGS =
    'Campaign state,Campaign,Campaign ID,Day,Currency code,Budget,Budget name,Campaign type,Cost,Impr.,Clicks'
  const before = importAccount(
    [
      file(
        [
          SETTINGS,
          'Paused,Shoes,101,2026-11-18,EUR,50.00,Own,Search,10.25,100,5',
          'Enabled,Hats,102,2026-11-18,EUR,70.00,Common,Search,10.25,100,5',
          'Enabled,Caps,103,2026-11-18,EUR,70.00,Common,Search,10.25,100,5',
        ].join('\n'),
      ),
    ],
    terms('google-ads'),
  )
  const next = (lines: readonly string[]) =>
    importAccount([file(lines.join('\n'))], terms('google-ads', { known: before.structure }))

  test('a file that has figures alone takes neither budget nor status nor name from anybody', () => {
    const read = next(['Campaign ID,Day,Cost,Impr.,Clicks', '101,2026-11-19,1.50,1,1', '102,2026-11-19,1.50,1,1'])
    expect({ ...read.structure, readAt: 0 }).toEqual({ ...before.structure, readAt: 0 })
    expect(read.rows).toHaveLength(2)
    expect(read.unmentioned).toEqual(['103'])
  })

  test('a file that shows no budget where there was one takes it away', () => {
    const read = next(['Campaign state,Campaign ID,Day,Budget,Cost,Impr.,Clicks', 'Enabled,101,2026-11-19,--,1.50,1,1'])
    expect(read.structure.campaigns[0]).toEqual({
      ...before.structure.campaigns[0],
      status: 'active',
      budget: undefined,
    })
    expect(read.structure.budgets.map(({ owner }) => owner)).toEqual(['shared'])
  })

  test('a shared budget that one of its campaigns shows otherwise is that for all of them', () => {
    const read = next([
      'Campaign state,Campaign ID,Day,Budget,Budget name,Cost,Impr.,Clicks',
      'Enabled,102,2026-11-19,90.00,Common,1.50,1,1',
    ])
    expect(read.structure.budgets.find(({ owner }) => owner === 'shared')).toMatchObject({
      amount: { micros: 90_000_000n },
      campaigns: ['102', '103'],
    })
  })
})
