import { describe, expect, test } from 'vitest'
import { flightSpend, spansText, unknownSpend } from '../../lib/measure/flight-spend.ts'
import type { AdGroupId, CampaignId } from '../../lib/model/account.ts'
import { type AccountSpec, anObservation, type CampaignSpec } from './samples.ts'

/** Ten euros a day for 28 days; the flight has run for 20 of them. */
const tenADay: CampaignSpec = { id: '1', budget: 10, days: () => ({ spend: 10, conversions: 1 }) }

function spentOf(
  campaigns: readonly CampaignSpec[],
  policy: Readonly<Record<string, unknown>> = {},
  over: AccountSpec['over'] = {},
): number {
  const observation = anObservation({ accounts: [{ key: 'meta:1', campaigns, over }], policy })
  return Number(flightSpend(observation.accounts[0]!, observation.policy.policy)) / 1e6
}

describe('what has been spent of a flight', () => {
  test('is what its campaigns spent since its first day', () => {
    expect(spentOf([tenADay])).toBe(200)
  })

  test('leaves out strangers', () => {
    expect(
      spentOf([tenADay, { ...tenADay, id: '2', campaign: { name: 'Not ours' } }], {
        members: [{ name: 'Campaign', class: 'prospecting' }],
      }),
    ).toBe(200)
  })

  test('counts campaigns that have been removed since: their money is not there to be spent again', () => {
    expect(
      spentOf([tenADay, { ...tenADay, id: '2', campaign: { status: 'removed' }, holder: { status: 'removed' } }]),
    ).toBe(400)
  })

  test('counts a campaign on the days on which it belonged to the portfolio', () => {
    const members = [{ class: 'prospecting', from: '2026-11-11', to: '2026-11-15' }]
    expect(spentOf([tenADay], { members })).toBe(50)
  })

  test('counts a stranger that feeds on the same budget', () => {
    const shared = { owner: 'shared', campaigns: ['1', '2'] as unknown as readonly CampaignId[] } as const
    const stranger = { ...tenADay, id: '2', campaign: { name: 'Not ours' } }
    expect(
      spentOf([{ ...tenADay, holder: shared }, stranger], { members: [{ name: 'Campaign', class: 'prospecting' }] }),
    ).toBe(400)
  })

  test('counts a day that was reported by campaign and by ad group once', () => {
    const [account] = anObservation({ accounts: [{ key: 'meta:1', campaigns: [tenADay] }] }).accounts
    const [whole] = account!.histories
    expect(spentOf([tenADay], {}, { histories: [whole!, { ...whole!, adGroup: '5' as AdGroupId }] })).toBe(200)
  })
})

describe('days of a flight whose spend is not known', () => {
  /** The flight began 20 days ago, on the 1st; today is the 21st. */
  const unknownOf = (
    isKnown: (age: number) => boolean,
    source: 'import' | 'platform' = 'import',
    flight = {},
  ): string => {
    const days = (age: number) => (isKnown(age) ? { spend: 10, conversions: 1 } : undefined)
    const structure = source === 'import' ? { source } : {}
    const { accounts, policy } = anObservation({
      accounts: [{ key: 'meta:1', campaigns: [{ ...tenADay, days }], structure }],
    })
    const [account] = accounts
    return spansText(unknownSpend(account!, { flight: { ...policy.policy.flight, ...flight } }))
  }

  test('are none where every day was imported', () => {
    expect(unknownOf((age) => age <= 20)).toBe('')
  })

  test('are those before the first that was imported, be it one', () => {
    expect(unknownOf((age) => age <= 8)).toBe('2026-11-01 to 2026-11-12')
    expect(unknownOf((age) => age <= 19)).toBe('2026-11-01')
  })

  test('are those of a long gap between imports, and not of a short one, which is reckoned with', () => {
    // Three days, of the 6th to the 8th; four, to the 9th.
    expect(unknownOf((age) => age > 15 || age < 13)).toBe('')
    expect(unknownOf((age) => age > 15 || age < 12)).toBe('2026-11-06 to 2026-11-09')
  })

  test('are all of them where nothing was imported', () => {
    expect(unknownOf(() => false)).toBe('2026-11-01 to 2026-11-20')
  })

  test('begin with the flight where a gap began before it', () => {
    // Known to 26 October and again from 4 November.
    expect(unknownOf((age) => age >= 26 || age <= 17)).toBe('2026-11-01 to 2026-11-03')
    expect(unknownOf((age) => age >= 22 || age <= 19)).toBe('')
  })

  test('end with the flight', () => {
    expect(unknownOf((age) => age <= 3, 'import', { to: '2026-11-10' })).toBe('2026-11-01 to 2026-11-10')
  })

  test('are none of an account that was read from its platform: what it does not report has spent nothing', () => {
    expect(unknownOf((age) => age <= 8, 'platform')).toBe('')
  })
})
