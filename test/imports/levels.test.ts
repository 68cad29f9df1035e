import { describe, expect, test } from 'vitest'
import { type ImportedAccount, importAccount } from '../../lib/imports/import-account.ts'
import type { ImportTerms } from '../../lib/imports/terms.ts'
import { accountRef } from '../../lib/model/account.ts'
import { instant, timeZone } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'

/* What downloads of campaigns and downloads of ad groups say of the same money. */

const [EARLY, LATE] = ['2026-11-21T08:00:00Z', '2026-11-21T09:00:00Z']
const terms = (platform: string, more: Partial<ImportTerms> = {}): ImportTerms => ({
  account: accountRef(platform, '1234567890'),
  zone: timeZone('Europe/Berlin'),
  rule: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' },
  currency: currency('EUR'),
  columns: new Map(),
  ...more,
})
const file = (name: string, lines: readonly string[], at = EARLY) => ({
  name,
  bytes: new TextEncoder().encode(lines.join('\n')),
  exportedAt: instant(at),
})
const budgets = ({ structure }: ImportedAccount) =>
  structure.budgets.map(({ id, owner, amount }) => [id, owner, Number(amount.micros) / 1e6])

describe('budgets on the campaign and on its ad groups', () => {
  const CAP = 'neither moved nor counted'
  const SNAPCHAT = [
    'Campaign ID,Campaign Name,Ad Set ID,Ad Set Name,Date,Campaign Status,Ad Set Status,Amount Spent,Currency,Paid Impressions,Swipe Ups,Campaign Daily Budget,Ad Set Daily Budget',
    'c1,A,s1,S,2026-11-20,Active,Active,48.00,EUR,1000,50,80.00,50.00',
    'c1,A,s2,T,2026-11-20,Active,Active,30.00,EUR,1000,50,80.00,40.00',
  ]
  const TIKTOK = [
    'Campaign ID,Ad group ID,By Day,Primary status,Ad group status,Campaign type,Cost,Currency,Impressions,Clicks (destination),Campaign budget,Campaign budget type,Ad group budget,Ad group budget type',
    'c1,s1,2026-11-20,Active,Active,Regular,10.00,EUR,100,5,500.00,Daily,50.00,Daily',
    'c1,s2,2026-11-20,Active,Active,Regular,10.00,EUR,100,5,500.00,Daily,40.00,Daily',
  ]
  const PINTEREST = [
    'Campaign ID,Ad group ID,Date,Campaign status,Ad group status,Spend,Currency,Impressions,Pin clicks,Campaign budget,Budget type,Ad group budget,Ad group budget type',
    'c1,s1,2026-11-20,Active,Active,10.00,EUR,100,5,500.00,Daily,50.00,Daily',
    'c1,s2,2026-11-20,Active,Active,10.00,EUR,100,5,500.00,Daily,40.00,Daily',
  ]
  const META_HEAD =
    'Campaign ID,Ad set ID,Day,Campaign delivery,Ad set delivery,Amount spent (EUR),Impressions,Link clicks,Campaign budget,Campaign budget type,Ad set budget,Ad set budget type'
  const meta = (campaign: string, adSet: string, delivery = 'active') => [
    META_HEAD,
    `1,2,2026-11-20,active,${delivery},10.00,100,5,${campaign},${adSet}`,
  ]

  test.each([
    ['snapchat', SNAPCHAT],
    ['tiktok', TIKTOK],
    ['pinterest', PINTEREST],
  ])('%s: the campaign’s is a cap, which is left out and named', (platform, lines) => {
    const read = importAccount([file('a.csv', lines)], terms(platform))
    expect(budgets(read)).toEqual([
      ['s1', 'ad-group', 50],
      ['s2', 'ad-group', 40],
    ])
    expect(read.structure.campaigns[0]?.budget).toBeUndefined()
    expect(read.notes).toEqual([expect.stringContaining(`1 campaign (c1): the campaign’s own budget is left out`)])
    expect(read.notes[0]).toContain(CAP)
  })

  test('a cap is told from a budget by what was imported before, too, in either order', () => {
    const campaigns = file(
      'campaigns.csv',
      [
        'Campaign ID,Date,Campaign Status,Amount Spent,Currency,Paid Impressions,Swipe Ups,Campaign Daily Budget',
        'c1,2026-11-19,Active,78.00,EUR,2000,100,80.00',
      ],
      LATE,
    )
    const squads = file('squads.csv', SNAPCHAT)
    for (const [first, second] of [
      [campaigns, squads],
      [squads, campaigns],
    ] as const) {
      const known = importAccount([first], terms('snapchat')).structure
      expect(budgets(importAccount([second], terms('snapchat', { known }))).map(([id]) => id)).toEqual(['s1', 's2'])
    }
  })

  test('where only removed ad groups have budgets, the campaign’s is the budget', () => {
    const [head = '', one = '', two = ''] = SNAPCHAT
    const text = [head, one.replace('Active,Active', 'Active,Deleted'), two.replace('40.00', '--')]
    const read = importAccount([file('a.csv', text)], terms('snapchat'))
    expect(budgets(read)).toEqual([['c1', 'campaign', 80]])
    expect(read.notes).toEqual([])
    const archived = importAccount([file('a.csv', meta('100,Daily', '10,Daily', 'archived'))], terms('meta'))
    expect(budgets(archived)).toEqual([['1', 'campaign', 100]])
  })

  test('Meta: both at once are refused with both lines', () => {
    expect(() => importAccount([file('a.csv', meta('100,Daily', '10,Daily'))], terms('meta'))).toThrow(
      'a.csv, line 2, column "Ad set budget": ad group 2 has a budget, and so has its campaign 1 (a.csv, line 2): a budget is on one of them, never on both: blank the one',
    )
    const campaigns = [
      'Campaign ID,Campaign delivery,Campaign budget,Campaign budget type',
      '9,active,5,Daily',
      '1,active,100,Daily',
    ]
    const adSets = meta(',', '10,Daily').map((line) => line.split(',').toSpliced(8, 2).join(','))
    expect(() => importAccount([file('c.csv', campaigns), file('s.csv', adSets)], terms('meta'))).toThrow(
      's.csv, line 2, column "Ad set budget": ad group 2 has a budget, and so has its campaign 1 (c.csv, line 3)',
    )
  })

  test('Meta: of downloads of different times the last one tells the level, whichever it is, and what is left out is said', () => {
    const campaigns = ['Campaign ID,Campaign delivery,Campaign budget,Campaign budget type', '1,active,100,Daily']
    const adSets = meta(',', '10,Daily').map((line) => line.split(',').toSpliced(8, 2).join(','))
    const moved = importAccount([file('c.csv', campaigns), file('s.csv', adSets, LATE)], terms('meta'))
    expect(budgets(moved)).toEqual([['2', 'ad-group', 10]])
    expect(moved.notes).toEqual([expect.stringContaining('1 campaign (1): the campaign’s own budget is left out')])
    const back = importAccount([file('c.csv', campaigns)], terms('meta', { known: moved.structure }))
    expect(budgets(back)).toEqual([['1', 'campaign', 100]])
    expect(back.notes).toEqual([expect.stringContaining('1 campaign (1): the budgets of ad groups are left out')])
    // A later file that has no column of budgets tells nothing of them.
    const silent = ['Campaign ID,Campaign delivery', '1,active']
    const read = importAccount(
      [file('x.csv', silent, LATE), file('s.csv', adSets)],
      terms('meta', { known: back.structure }),
    )
    expect(budgets(read)).toEqual([['2', 'ad-group', 10]])
  })
})

describe('days of the campaign and of its ad groups', () => {
  const CAMPAIGN = 'Campaign ID,Day,Campaign delivery,Amount spent (EUR),Impressions,Link clicks,Purchases'
  const AD_SETS =
    'Campaign ID,Ad set ID,Day,Campaign delivery,Ad set delivery,Amount spent (EUR),Impressions,Link clicks,Purchases,Ad set budget,Ad set budget type'
  const campaign = (spend: string, at = EARLY, purchases = 3) =>
    file('c.csv', [CAMPAIGN, `1,2026-11-20,active,${spend},300,30,${purchases}`], at)
  /** 10 and 20 EUR, where the ad sets hold the budgets. */
  const adSets = (at = EARLY, budget = '10,Daily') =>
    file(
      's.csv',
      [
        AD_SETS,
        `1,2,2026-11-20,active,active,10.00,100,10,1,${budget}`,
        `1,3,2026-11-20,active,active,20.00,200,20,2,${budget}`,
      ],
      at,
    )
  const spends = ({ rows }: ImportedAccount) =>
    rows.map(({ campaign, adGroup, spend, conversions: [one] }) => [
      adGroup === undefined ? campaign : `${campaign}/${adGroup}`,
      Number(spend.micros) / 1e6,
      one?.conversions,
    ])
  const BY_AD_SET = [
    ['1/2', 10, 1],
    ['1/3', 20, 2],
  ]

  test.each([
    ['ad sets that hold budgets', '10,Daily', BY_AD_SET],
    ['ad sets that hold none', ',', [['1', 30, 3]]],
  ])(
    'of different times: the one downloaded last is believed, %s or their campaign, and both sums are told',
    (_, budget, byAdSet) => {
      const note =
        'by their own lines they spent 50.00 EUR, by those of their ad groups 30.00 EUR; what was downloaded last is taken'
      for (const isWholeLast of [true, false]) {
        const files = isWholeLast
          ? [adSets(EARLY, budget), campaign('50.00', LATE)]
          : [adSets(LATE, budget), campaign('50.00', EARLY)]
        for (const order of [files, files.toReversed()]) {
          const read = importAccount(order, terms('meta'))
          expect(spends(read)).toEqual(isWholeLast ? [['1', 50, 3]] : byAdSet)
          expect(read.notes).toEqual([`1 campaign (1), 1 day: ${note}, ${isWholeLast ? '50.00' : '30.00'} EUR`])
        }
      }
    },
  )

  test('of one time: two spends are refused with both sums and both lines', () => {
    for (const files of [
      [adSets(), campaign('50.00')],
      [campaign('50.00'), adSets()],
    ])
      expect(() => importAccount(files, terms('meta'))).toThrow(
        'c.csv, line 2, column "Day": "2026-11-20" of campaign 1 has a spend of 50.00 EUR here, and of 30.00 EUR in the lines of its ad groups (s.csv, line 2): import',
      )
  })

  test('that say the same, but for the rounding of three lines, stand at the level of the budgets', () => {
    for (const spend of ['30.00', '30.01', '29.99'])
      for (const at of [EARLY, LATE]) {
        const read = importAccount([adSets(), campaign(spend, at)], terms('meta'))
        expect(spends(read)).toEqual(BY_AD_SET)
        expect(read.notes).toEqual([])
      }
    expect(() => importAccount([adSets(), campaign('30.02')], terms('meta'))).toThrow('has a spend of 30.02 EUR here')
  })

  test('conversions that a later download restates are not lost for having come by campaign', () => {
    const read = importAccount([adSets(), campaign('30.00', LATE, 5)], terms('meta'))
    expect(spends(read)).toEqual([['1', 30, 5]])
  })
})

describe('an id', () => {
  const HEAD =
    'Campaign ID,Ad set ID,Day,Campaign delivery,Ad set delivery,Amount spent (EUR),Impressions,Link clicks,Campaign budget,Campaign budget type,Ad set budget,Ad set budget type'
  const line = (campaign: string, adSet: string, budgets = ',,10,Daily') =>
    `${campaign},${adSet},2026-11-20,active,active,1.00,1,1,${budgets}`
  const read = (...files: readonly ReturnType<typeof file>[]) => importAccount(files, terms('meta'))

  test('of an ad set in two campaigns is refused with both lines, in one file and in two', () => {
    expect(() => read(file('a.csv', [HEAD, line('1', '2'), line('3', '2')]))).toThrow(
      'a.csv, line 3, column "Ad set ID": "2" is an ad group of campaign 3 here, and of campaign 1 in a.csv, line 2',
    )
    expect(() => read(file('a.csv', [HEAD, line('1', '2')]), file('b.csv', [HEAD, line('3', '2')], LATE))).toThrow(
      'b.csv, line 2, column "Ad set ID": "2" is an ad group of campaign 3 here, and of campaign 1 in a.csv, line 2',
    )
  })

  test('of a campaign and an ad set that both have budgets is refused: one budget would take the place of the other', () => {
    expect(() => read(file('a.csv', [HEAD, line('2', '--', '100,Daily,,'), line('1', '2')]))).toThrow(
      'a.csv, line 3: "2" is the id of an ad group with a budget here, and of a campaign with one in a.csv, line 2',
    )
    expect(budgets(read(file('a.csv', [HEAD, line('2', '--', '100,Daily,,'), line('1', '3')])))).toHaveLength(2)
  })
})
