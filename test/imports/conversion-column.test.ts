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
  meta: 'Campaign ID,Day,Currency,Amount spent,Impressions,Link clicks',
  tiktok: 'Campaign ID,By Day,Currency,Cost,Impressions,Clicks (destination)',
  snapchat: 'Campaign ID,Date,Currency,Amount Spent,Paid Impressions,Swipe Ups',
  pinterest: 'Campaign ID,Date,Currency,Spend in account currency,Impressions,Pin clicks',
} as const
type Platform = keyof typeof HEAD

/** Counts of a file of two days whose last columns are `headings` and hold `cells`, a line each. */
function counts(
  platform: Platform,
  headings: string,
  cells: readonly string[],
  more: Partial<ImportTerms> = {},
): readonly (number | undefined)[] {
  const lines = cells.map((own, index) => `1,2026-11-1${index + 1},EUR,10.50,100,5,${own}`)
  const bytes = new TextEncoder().encode([`${HEAD[platform]},${headings}`, ...lines].join('\n'))
  const { rows } = importAccount([{ name: 'a.csv', bytes, exportedAt: saved }], terms(platform, more))
  return rows.map(({ conversions: [one] }) => one?.conversions)
}
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
