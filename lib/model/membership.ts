import type { AccountDate } from '../units/calendar.ts'
import { mainUnits } from '../units/money.ts'
import { type AccountRef, sameAccount } from './account.ts'
import type { CampaignClass, Membership, Policy } from './policy.ts'
import type { AccountStructure, BudgetHolder, Campaign } from './structure.ts'
import { adGroupById, campaignsFedBy } from './structure-index.ts'

/**
 * The first entry of the policy that fits the campaign on that date; undefined: it is not in the portfolio. A campaign that
 * an entry names, with dates, is there on these dates: entries behind it that name no campaign do not have it on others.
 */
export function memberOf(
  policy: Policy,
  account: AccountRef,
  campaign: Pick<Campaign, 'id' | 'name'>,
  on: AccountDate,
): Membership | undefined {
  let isNamed = false
  for (const entry of policy.members) {
    const namesIt = entry.match.id !== undefined || entry.match.name !== undefined
    if ((isNamed && !namesIt) || !fits(entry, account, campaign)) continue
    if ((entry.from === undefined || entry.from <= on) && (entry.to === undefined || on <= entry.to)) return entry
    isNamed ||= namesIt
  }
  return undefined
}

const fits = ({ match }: Membership, account: AccountRef, campaign: Pick<Campaign, 'id' | 'name'>): boolean =>
  (match.account === undefined || sameAccount(match.account, account)) &&
  (match.id === undefined || match.id === campaign.id) &&
  (match.name === undefined || campaign.name.toLowerCase().includes(match.name.toLowerCase()))

/** How a budget stands in a portfolio. A budget moves as one, so its strictest campaign decides for all of them. */
export interface BudgetMembership {
  readonly class: CampaignClass
  readonly managed: boolean
  /** Main units of the base currency, by the advertiser's prediction; of several campaigns the least. */
  readonly valuePerConversion?: number
}

// From most to least doubtful that its conversions are its own doing.
const STRICTEST_FIRST: readonly CampaignClass[] = ['brand', 'retargeting', 'opaque', 'prospecting']

/** Undefined when none of the budget's campaigns is in the portfolio. Managed only when all of them are in and managed. */
export function budgetMembership(
  policy: Policy,
  structure: AccountStructure,
  budget: BudgetHolder,
  on: AccountDate,
): BudgetMembership | undefined {
  const fed = campaignsFedBy(structure, budget).filter(({ status }) => status !== 'removed')
  const members = fed.map((campaign) => memberOf(policy, structure.account, campaign, on))
  const classes = members.flatMap((member) => (member ? [member.class] : []))
  const strictest = STRICTEST_FIRST.find((one) => classes.includes(one))
  if (strictest === undefined) return undefined
  const predicted = members.flatMap((one) => (one?.valuePerConversion ? [mainUnits(one.valuePerConversion)] : []))
  return {
    class: strictest,
    managed: members.every((member) => member?.managed === true),
    ...(predicted.length > 0 ? { valuePerConversion: Math.min(...predicted) } : {}),
  }
}

/** Whether anything that the budget feeds is running, so that it can spend. */
export function canSpend(structure: AccountStructure, budget: BudgetHolder): boolean {
  if (budget.status === 'removed') return false
  if (budget.adGroup !== undefined) {
    const group = adGroupById(structure, budget.adGroup)
    if (group && group.status !== 'active') return false
  }
  return campaignsFedBy(structure, budget).some(({ status }) => status === 'active')
}

/** What a budget feeds, as histories and intraday spend are keyed: campaigns, or `campaign/adGroup` for its one ad group. */
export const entitiesOf = ({ campaigns, adGroup }: BudgetHolder): readonly string[] =>
  adGroup === undefined ? campaigns : campaigns.map((campaign) => `${campaign}/${adGroup}`)
