import { describe, expect, test } from 'vitest'
import { type KnownMarket, planOfMarket } from './handmade.ts'

const toldBy = (policy: NonNullable<KnownMarket['policy']>): string =>
  planOfMarket({
    accounts: [
      { id: '1', budget: 100, level: 10 },
      { id: '2', budget: 100, level: 3 },
    ],
    target: 300,
    policy,
  }).pace!.warnings!.join('\n')

describe('a plan warns of what its policy says in vain', () => {
  test.each<[why: string, policy: NonNullable<KnownMarket['policy']>, wanted: RegExp]>([
    [
      'a group that no budget is in',
      { groups: [{ name: 'nobody', match: { name: 'nosuch' }, atLeastShare: 0.4 }] },
      /^groups: no budget is in "nobody", so that its limits do nothing: correct its match, or remove it$/m,
    ],
    [
      'a minimum that the largest budgets never come to',
      {
        groups: [{ name: 'both', match: {}, atLeast: '250 EUR' }],
        guardrails: { maxDailyBudget: '120 EUR' },
      },
      /^groups: "both" is to get at least 250\.00 EUR a day, and its budgets can come to 240\.00 EUR at most/m,
    ],
    [
      'an event that concerns nobody',
      {
        events: [{ name: 'fair', from: '2026-11-24', to: '2026-11-25', expectedUplift: 2, match: { name: 'nosuch' } }],
      },
      /^events: "fair" concerns no budget of the portfolio/m,
    ],
    [
      'bounds of a budget that is not there',
      { bounds: [{ account: 'google-ads:1', budget: '77', atMost: '10 EUR' }] },
      /^bounds: google-ads:1 has no budget 77: correct its id, or remove it$/m,
    ],
    [
      'money that is kept back for a campaign that is not there',
      {
        members: [
          { name: 'nosuch', class: 'prospecting', from: '2026-11-25', launchBudget: '60 EUR' },
          { class: 'prospecting' },
        ],
      },
      /^members: no campaign fits "nosuch", for which 60\.00 EUR a day are kept back from 2026-11-25 on/m,
    ],
  ])('%s', (_why, policy, wanted) => {
    expect(toldBy(policy)).toMatch(wanted)
  })

  test('and of nothing else', () => {
    const policy = {
      groups: [{ name: 'one', match: { id: '1' }, atLeast: '50 EUR' }],
      bounds: [{ account: 'google-ads:1', budget: '91', atMost: '300 EUR' }],
    }
    expect(toldBy(policy)).not.toMatch(/groups:|bounds:|events:|members:/)
  })
})
