import { describe, expect, test } from 'vitest'
import { endedMemberships } from '../../../lib/decide/calendar/membership-end.ts'
import { accountRef } from '../../../lib/model/account.ts'
import type { Campaign } from '../../../lib/model/structure.ts'
import { accountDate } from '../../../lib/units/calendar.ts'
import { anObservation } from '../../measure/samples.ts'
import { aCampaign, aStructure } from '../../model/samples.ts'

const ACCOUNT = accountRef('google-ads', '1')
type Member = Readonly<Record<string, unknown>>

/** Names of the campaigns that are to be paused on a day, under these entries of the policy. */
function pausedOn(
  date: string,
  members: readonly Member[],
  campaigns: readonly Campaign[] = [aCampaign('1', { name: 'Spring sale' })],
) {
  const { policy } = anObservation({
    accounts: [
      { key: 'google-ads:1', campaigns: [] },
      { key: 'meta:2', campaigns: [] },
    ],
    policy: { members: members.map((one) => ({ class: 'prospecting', ...one })) },
  }).policy
  return endedMemberships(policy, aStructure(ACCOUNT, { campaigns }), accountDate(date))
}
const named = (...args: Parameters<typeof pausedOn>) => pausedOn(...args).map(({ name }) => name)

describe('a campaign whose last day has passed', () => {
  const sale = { name: 'sale', to: '2026-11-25' }

  test('is paused on the day after, and says why', () => {
    expect(pausedOn('2026-11-26', [sale])).toEqual([
      {
        change: {
          lever: { account: ACCOUNT, kind: 'status', entity: 'campaign', id: '1' },
          from: { kind: 'status', status: 'active' },
          to: { kind: 'status', status: 'paused' },
        },
        name: 'Spring sale',
        class: 'prospecting',
        lastDay: '2026-11-25',
        why: 'its last day in the portfolio was 2026-11-25: paused, so that nothing is spent after it (atEnd: leave would let it run)',
      },
    ])
  })

  test.each<[why: string, date: string, members: readonly Member[], campaigns?: readonly Campaign[]]>([
    ['runs on its last day', '2026-11-25', [sale]],
    ['runs on when it is to be left', '2026-12-01', [{ ...sale, atEnd: 'leave' }]],
    ['runs on when another entry has it now', '2026-12-01', [sale, { name: '' }]],
    ['runs on when the portfolio only counted it', '2026-12-01', [{ ...sale, managed: false }]],
    ['was paused already', '2026-12-01', [sale], [aCampaign('1', { name: 'Spring sale', status: 'paused' })]],
    ['was never in the portfolio', '2026-12-01', [sale], [aCampaign('1', { name: 'Brand' })]],
    ['is of another account', '2026-12-01', [{ ...sale, account: 'meta:2' }]],
    ['is still to come', '2026-12-01', [{ name: 'sale', from: '2027-01-01', to: '2027-02-01' }]],
  ])('but not one that %s', (_why, date, members, campaigns) => expect(named(date, members, campaigns)).toEqual([]))

  test('goes by the entry that had it last', () => {
    const first = { name: 'spring', to: '2026-10-31' }
    expect(named('2026-12-01', [{ ...first, atEnd: 'leave' }, sale])).toEqual(['Spring sale'])
    expect(named('2026-12-01', [first, { ...sale, atEnd: 'leave' }])).toEqual([])
  })

  test('goes by the account’s own date', () => {
    const campaigns = [aCampaign('1', { name: 'Sale A' }), aCampaign('2', { name: 'Sale B' })]
    const members = [{ name: 'A', id: '1', to: '2026-11-24' }, sale]
    expect(named('2026-11-25', members, campaigns)).toEqual([])
    expect(named('2026-11-26', members, campaigns)).toEqual(['Sale A', 'Sale B'])
  })
})
