import { describe, expect, test } from 'vitest'
import { flightSpend } from '../../lib/measure/flight-spend.ts'
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
