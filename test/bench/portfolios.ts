/** Markets and policies of a size, for the benchmarks. */
import { accountRef } from '../../lib/model/account.ts'
import type { CampaignClass, Membership, Policy } from '../../lib/model/policy.ts'
import { readScenario } from '../../playground/market/read-scenario.ts'
import type { Scenario } from '../../playground/market/schema.ts'

interface Block {
  readonly name: string
  readonly kind: string
  readonly class: CampaignClass
  readonly share: number
  readonly budgetOn?: 'ad-group'
}

const GOOGLE: readonly Block[] = [
  { name: 'Search', kind: 'search', class: 'prospecting', share: 0.7 },
  { name: 'Brand', kind: 'search', class: 'brand', share: 0.1 },
  { name: 'Performance Max', kind: 'performance-max', class: 'opaque', share: 0.2 },
]
const META: readonly Block[] = [
  { name: 'Prospecting', kind: 'social', class: 'prospecting', share: 0.8 },
  { name: 'Retargeting', kind: 'social', class: 'retargeting', share: 0.2, budgetOn: 'ad-group' },
]

const PAIR_CAMPAIGNS = 1_000

interface AccountSize {
  readonly platform: 'google-ads' | 'meta'
  readonly campaigns: number
}

/**
 * A steady market of so many campaigns, up to a thousand in one Google Ads account (60 %) and one Meta account; larger ones
 * in as many such pairs as it takes, because platforms grant requests by account.
 */
export function accountPairs(campaigns: number): Scenario {
  const pairs = Math.ceil(campaigns / PAIR_CAMPAIGNS)
  const google = Math.round((campaigns / pairs) * 0.6)
  const pair: readonly AccountSize[] = [
    { platform: 'google-ads', campaigns: google },
    { platform: 'meta', campaigns: Math.round(campaigns / pairs) - google },
  ]
  return scenarioOf(`${campaigns} campaigns in ${2 * pairs} accounts`, new Array(pairs).fill(pair).flat())
}

/** Three Google Ads and two Meta accounts with a fifth of the campaigns each. */
export const fiveAccounts = (campaigns: number): Scenario =>
  scenarioOf(
    `${campaigns} campaigns in 5 accounts`,
    (['google-ads', 'google-ads', 'google-ads', 'meta', 'meta'] as const).map((platform) => ({
      platform,
      campaigns: campaigns / 5,
    })),
  )

const scenarioOf = (name: string, sizes: readonly AccountSize[]): Scenario =>
  readScenario(
    JSON.stringify({
      extends: 'steady',
      name: 'benchmark',
      description: name,
      // A real day is not a noiseless one: history that is restated and curves that differ.
      demand: { drift: { spread: 0.08, halfLifeDays: 20 } },
      history: { days: 90, orders: false },
      accounts: sizes.map(accountOf),
      portfolio: { name },
    }),
    'benchmark',
  )

const accountOf = ({ platform, campaigns }: AccountSize, index: number) => ({
  platform,
  id: platform === 'google-ads' ? `41555501${10 + index}` : `1122334455667${10 + index}`,
  name: `Account ${index + 1}`,
  currency: index % 2 === 0 ? 'EUR' : 'USD',
  // One zone, so that the turn of one midnight moves the budgets of every account.
  zone: 'Europe/Berlin',
  generate: (platform === 'google-ads' ? GOOGLE : META).map(({ share, ...block }) => ({
    ...block,
    count: Math.round(share * campaigns),
  })),
})

/**
 * Members named by class and name, as a policy for a thousand campaigns is written, instead of one entry for each: that
 * would not fit a DynamoDB item for ten thousand.
 */
export function membersByName(policy: Policy): Policy {
  const members = policy.accounts.flatMap(({ account }) =>
    (account.platform === 'google-ads' ? GOOGLE : META).map(
      ({ name, class: kind }): Membership => ({
        match: { account: accountRef(account.platform, account.id), name },
        class: kind,
        managed: true,
      }),
    ),
  )
  return { ...policy, members }
}
