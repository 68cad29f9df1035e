import { describe, expect, test } from 'vitest'
import type { BudgetId, CampaignId } from '../../lib/model/account.ts'
import { accountRef } from '../../lib/model/account.ts'
import { budgetMembership, canSpend, memberOf } from '../../lib/model/membership.ts'
import { readPolicy } from '../../lib/model/policy-file.ts'
import type { AccountStructure, BudgetHolder, EntityStatus } from '../../lib/model/structure.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { aCampaign, aStructure } from './samples.ts'

const GOOGLE = accountRef('google-ads', '1')
const META = accountRef('meta', '1')
const ON = accountDate('2026-11-21')

const policyOf = (members: string) =>
  readPolicy(
    `
portfolio: eu
owner: growth
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-11-01, to: 2026-11-30, total: 30000 EUR }
accounts:
  - { account: "google-ads:1", conversions: { action: purchase, clickWindowDays: 30, basis: click } }
  - { account: "meta:1", conversions: { action: purchase, clickWindowDays: 7, basis: mixed } }
members:
${members}`,
    'policy.yaml',
  ).policy

describe('membership of a campaign', () => {
  const policy = policyOf(`
  - { id: "7", class: opaque, managed: false }
  - { name: Brand, class: brand }
  - { name: black friday, class: retargeting, from: 2026-11-20, to: 2026-11-22 }
  - { name: friday, account: "meta:1", class: opaque, from: 2026-11-25 }
  - { account: "meta:1", class: prospecting }`)

  test.each<[why: string, account: typeof GOOGLE, id: string, name: string, on: string, wanted: string | undefined]>([
    ['by name, in any case', GOOGLE, '1', 'EU | BRAND | exact', '2026-11-21', 'brand'],
    ['by id, which comes first', GOOGLE, '7', 'Brand', '2026-11-21', 'opaque'],
    ['by account', META, '1', 'Anything', '2026-11-21', 'prospecting'],
    ['none fits', GOOGLE, '1', 'Anything', '2026-11-21', undefined],
    ['on the first day', GOOGLE, '1', 'Black Friday', '2026-11-20', 'retargeting'],
    ['on the last day', GOOGLE, '1', 'Black Friday', '2026-11-22', 'retargeting'],
    ['the day before', GOOGLE, '1', 'Black Friday', '2026-11-19', undefined],
    ['the day after', GOOGLE, '1', 'Black Friday', '2026-11-23', undefined],
    [
      'the day after, though an entry behind it has the whole account',
      META,
      '1',
      'Black Friday',
      '2026-11-23',
      undefined,
    ],
    [
      'the day before, though an entry behind it has the whole account',
      META,
      '1',
      'Black Friday',
      '2026-11-19',
      undefined,
    ],
    ['later, by the next entry that names it', META, '1', 'Black Friday', '2026-11-25', 'opaque'],
  ])('%s', (_why, account, id, name, on, wanted) => {
    expect(memberOf(policy, account, { id: id as CampaignId, name }, accountDate(on))?.class).toBe(wanted)
  })
})

describe('membership of a budget', () => {
  const policy = policyOf(`
  - { name: brand, class: brand }
  - { name: retargeting, class: retargeting }
  - { name: hands off, class: prospecting, managed: false }
  - { name: pmax, class: opaque }
  - { name: cold, class: prospecting }`)
  const membershipOf = (...campaigns: readonly (readonly [name: string, status?: EntityStatus])[]) => {
    const listed = campaigns.map(([name, status = 'active'], i) => aCampaign((i + 1).toString(), { name, status }))
    return budgetMembership(policy, aStructure(GOOGLE, { campaigns: listed }), sharedBy(listed.map(({ id }) => id)), ON)
  }

  test.each<[why: string, campaigns: readonly (readonly [string, EntityStatus?])[], wanted: object | undefined]>([
    ['its one campaign decides', [['Cold']], { class: 'prospecting', managed: true }],
    ['the most doubtful of several decides', [['Cold'], ['Brand'], ['PMax']], { class: 'brand', managed: true }],
    ['retargeting is more doubtful than opaque', [['PMax'], ['Retargeting']], { class: 'retargeting', managed: true }],
    ['opaque is more doubtful than prospecting', [['Cold'], ['PMax']], { class: 'opaque', managed: true }],
    ['one unmanaged campaign leaves it unmanaged', [['Cold'], ['Hands off']], { class: 'prospecting', managed: false }],
    [
      'a stranger on a shared budget leaves it unmanaged',
      [['Cold'], ['Other']],
      { class: 'prospecting', managed: false },
    ],
    ['a removed stranger does not count', [['Cold'], ['Other', 'removed']], { class: 'prospecting', managed: true }],
    ['a paused campaign counts', [['Cold'], ['Brand', 'paused']], { class: 'brand', managed: true }],
    ['strangers only: it is not in the portfolio', [['Other']], undefined],
    ['nothing left: it is not in the portfolio', [['Brand', 'removed']], undefined],
  ])('%s', (_why, campaigns, wanted) => {
    expect(membershipOf(...campaigns)).toEqual(wanted)
  })
})

describe('a budget can spend', () => {
  const structureOf = (statuses: readonly EntityStatus[]): AccountStructure =>
    aStructure(GOOGLE, { campaigns: statuses.map((status, i) => aCampaign((i + 1).toString(), { status })) })

  test.each<[why: string, statuses: readonly EntityStatus[], wanted: boolean]>([
    ['while one of its campaigns runs', ['paused', 'active'], true],
    ['not while all are paused', ['paused', 'paused'], false],
    ['not when all are removed', ['removed'], false],
  ])('%s', (_why, statuses, wanted) => {
    expect(canSpend(structureOf(statuses), sharedBy(['1', '2']))).toBe(wanted)
  })

  test('not when it is removed itself', () => {
    expect(canSpend(structureOf(['active']), { ...sharedBy(['1']), status: 'removed' })).toBe(false)
  })

  test('not while its ad group is paused', () => {
    const budget = { ...sharedBy(['1']), owner: 'ad-group', adGroup: '5' } as BudgetHolder
    const withGroup = (status: EntityStatus): AccountStructure => ({
      ...structureOf(['active']),
      adGroups: [
        { id: '5', campaign: '1', name: 'g', status, learning: 'stable' },
      ] as unknown as AccountStructure['adGroups'],
    })
    expect(canSpend(withGroup('active'), budget)).toBe(true)
    expect(canSpend(withGroup('paused'), budget)).toBe(false)
  })
})

function sharedBy(campaigns: readonly string[]): BudgetHolder {
  return {
    id: '100' as BudgetId,
    name: 'shared',
    owner: 'shared',
    period: 'daily',
    amount: money(100_000_000n, currency('EUR')),
    campaigns: campaigns as readonly CampaignId[],
    status: 'active',
  }
}
