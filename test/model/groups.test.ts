import { describe, expect, test } from 'vitest'
import { commitmentOn } from '../../lib/decide/pacing/commitments.ts'
import { accountRef, type CampaignId } from '../../lib/model/account.ts'
import { groupOf, groupTree } from '../../lib/model/groups.ts'
import type { BudgetGroup, Policy } from '../../lib/model/policy.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import { fedCampaigns } from '../../lib/model/selection.ts'
import type { EntityStatus } from '../../lib/model/structure.ts'
import { type AccountDate, accountDate } from '../../lib/units/calendar.ts'
import { aBudget, aCampaign, aStructure } from './samples.ts'

const GOOGLE = accountRef('google-ads', '1')
const META = accountRef('meta', '1')
const ON = accountDate('2026-11-15')

const policyWith = (fields: Readonly<Record<string, unknown>>): Policy =>
  policyFrom(
    {
      portfolio: 'eu',
      owner: 'growth',
      baseCurrency: 'EUR',
      zone: 'Europe/Berlin',
      goal: { kind: 'conversions' },
      flight: { from: '2026-11-01', to: '2026-11-30', total: '30000 EUR' },
      accounts: [
        { account: 'google-ads:1', conversions: { action: 'purchase', clickWindowDays: 30, basis: 'click' } },
        { account: 'meta:1', conversions: { action: 'purchase', clickWindowDays: 7, basis: 'mixed' } },
      ],
      members: [
        { name: 'sale', class: 'retargeting', from: '2026-11-20' },
        { name: 'brand', class: 'brand' },
        { name: 'stranger', class: 'opaque', to: '2026-11-10' },
        { name: 'DE', class: 'prospecting' },
        { name: 'FR', class: 'prospecting' },
      ],
      ...fields,
    },
    'the test policy',
  ).policy

type Fed = readonly (readonly [name: string, status?: EntityStatus])[]

/** A budget that feeds campaigns of these names, and the account that it is in. */
function fed(campaigns: Fed, account = GOOGLE) {
  const listed = campaigns.map(([name, status = 'active'], i) => aCampaign(String(i + 1), { name, status }))
  return {
    structure: aStructure(account, { campaigns: listed }),
    budget: aBudget('1', 10, { owner: 'shared', campaigns: listed.map(({ id }) => id as CampaignId) }),
  }
}

describe('the tree of groups', () => {
  const group = (name: string, within?: string): BudgetGroup => ({ name, match: {}, ...(within ? { within } : {}) })

  test('hangs groups on their parents, wherever they stand in the file, each level in its order', () => {
    const [brand, de, fr, rest] = [group('brand', 'de'), group('de'), group('fr'), group('rest', 'de')]
    expect(groupTree([brand!, fr!, de!, rest!])).toEqual([
      { group: fr, children: [] },
      {
        group: de,
        children: [
          { group: brand, children: [] },
          { group: rest, children: [] },
        ],
      },
    ])
  })

  test.each<[why: string, groups: readonly BudgetGroup[], lost: string]>([
    [
      'whose parent is unknown',
      [group('brand', 'de')],
      'group "brand" hangs on no outermost group: correct its within, "de"',
    ],
    [
      'that lie within each other',
      [group('a'), group('b', 'c'), group('c', 'b')],
      'group "b" hangs on no outermost group: correct its within, "c"',
    ],
  ])('refuses groups %s', (_why, groups, lost) => {
    expect(() => groupTree(groups)).toThrow(lost)
  })
})

describe('the groups of a budget', () => {
  const policy = policyWith({
    groups: [
      { name: 'german brand', match: { class: 'brand' }, within: 'germany' },
      { name: 'german search', match: { platform: 'google-ads' }, within: 'germany' },
      { name: 'germany', match: { name: 'DE' } },
      { name: 'brand', match: { class: 'brand' } },
      { name: 'search', match: { platform: 'google-ads' } },
    ],
  })
  const groupsOf = (campaigns: Fed, account = GOOGLE, on: AccountDate = ON): readonly string[] => {
    const { structure, budget } = fed(campaigns, account)
    return groupOf(policy, structure, budget, on).map(({ name }) => name)
  }

  test.each<[why: string, campaigns: Fed, account: typeof GOOGLE, wanted: readonly string[]]>([
    ['outermost first', [['DE brand']], META, ['germany', 'german brand']],
    ['the first that fits at each level', [['DE brand']], GOOGLE, ['germany', 'german brand']],
    ['the next where that does not fit', [['DE shoes']], GOOGLE, ['germany', 'german search']],
    ['none further in', [['DE shoes']], META, ['germany']],
    ['not those within a group that it is not in', [['FR brand']], GOOGLE, ['brand']],
    ['only what fits all of its campaigns', [['DE brand'], ['DE shoes']], META, ['germany']],
    ['what fits all of them, though a group before fits some', [['DE brand'], ['FR brand']], GOOGLE, ['brand']],
    ['none when nothing fits all', [['DE brand'], ['FR shoes']], META, []],
    ['a paused campaign counts', [['DE brand'], ['FR shoes', 'paused']], META, []],
    ['a removed one does not', [['DE brand'], ['FR shoes', 'removed']], META, ['germany', 'german brand']],
    ['a campaign outside the portfolio has no class', [['FR brand'], ['other']], META, []],
    ['none outside the portfolio', [['other']], GOOGLE, []],
    ['none when nothing is left', [['DE brand', 'removed']], GOOGLE, []],
  ])('%s', (_why, campaigns, account, wanted) => {
    expect(groupsOf(campaigns, account)).toEqual(wanted)
  })

  test('change with a dated membership', () => {
    expect(groupsOf([['FR brand sale']], META, accountDate('2026-11-19'))).toEqual(['brand'])
    expect(groupsOf([['FR brand sale']], META, accountDate('2026-11-20'))).toEqual([])
  })
})

describe('the commitment of a budget', () => {
  const policy = policyWith({
    commitments: [
      { name: 'meta in autumn', match: { platform: 'meta' }, atLeast: '1000 EUR', by: '2026-11-20' },
      { name: 'france', match: { name: 'FR' }, atLeast: '1000 EUR', from: '2026-11-10', by: '2026-11-25' },
      {
        name: 'meta in winter',
        match: { platform: 'meta' },
        atLeast: '1000 EUR',
        from: '2026-11-21',
        by: '2026-11-30',
      },
    ],
  })
  const nameOn = (campaigns: Fed, account: typeof GOOGLE, on: string): string | undefined => {
    const { structure, budget } = fed(campaigns, account)
    const date = accountDate(on)
    const subject = { account: structure.account, fed: fedCampaigns(policy, structure, budget, date) }
    return commitmentOn(policy.commitments, policy.flight.from, subject, date)?.name
  }

  test.each<[why: string, campaigns: Fed, account: typeof GOOGLE, on: string, wanted: string | undefined]>([
    ['from the first day of the flight on', [['DE']], META, '2026-11-01', 'meta in autumn'],
    ['not before', [['DE']], META, '2026-10-31', undefined],
    ['to its last day', [['DE']], META, '2026-11-20', 'meta in autumn'],
    ['then the next', [['DE']], META, '2026-11-21', 'meta in winter'],
    ['the first of two that fit, so that no money counts twice', [['FR']], META, '2026-11-15', 'meta in autumn'],
    ['the second when the first is over', [['FR']], META, '2026-11-21', 'france'],
    ['the first day of a later one', [['FR']], GOOGLE, '2026-11-10', 'france'],
    ['not the day before it', [['FR']], GOOGLE, '2026-11-09', undefined],
    ['only when all of its campaigns fit', [['FR'], ['DE']], GOOGLE, '2026-11-15', undefined],
    ['none outside the portfolio', [['other']], META, '2026-11-15', undefined],
  ])('%s', (_why, campaigns, account, on, wanted) => {
    expect(nameOn(campaigns, account, on)).toBe(wanted)
  })
})
