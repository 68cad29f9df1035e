import type { AccountDate } from '../units/calendar.ts'
import { type AccountRef, type PlatformId, sameAccount } from './account.ts'
import { memberOf } from './membership.ts'
import type { CampaignClass, Policy, Selection } from './policy.ts'
import type { AccountStructure, BudgetHolder, Campaign } from './structure.ts'
import { campaignsFedBy } from './structure-index.ts'

/**
 * Whether a selection means a campaign. All that it gives must fit; one that gives nothing means every campaign. A name
 * is text that the campaign's name contains, in any case.
 *
 * @param kind the campaign's class in the portfolio; undefined: it is not in it, and no selection by class means it
 */
export const selects = (
  selection: Selection,
  account: AccountRef,
  campaign: Pick<Campaign, 'id' | 'name'>,
  kind: CampaignClass | undefined,
): boolean =>
  (selection.platform === undefined || selection.platform === account.platform) &&
  (selection.account === undefined || sameAccount(selection.account, account)) &&
  (selection.class === undefined || selection.class === kind) &&
  (selection.id === undefined || selection.id === campaign.id) &&
  contains(campaign.name, selection.name ?? '')

const contains = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase())

/** A campaign that a budget feeds, with its class in the portfolio; undefined: it is not in it. */
export interface FedCampaign {
  readonly campaign: Campaign
  readonly class: CampaignClass | undefined
}

/** What a budget feeds, removed campaigns left out: they spend no more. */
export const fedCampaigns = (
  policy: Policy,
  structure: AccountStructure,
  budget: BudgetHolder,
  on: AccountDate,
): readonly FedCampaign[] =>
  campaignsFedBy(structure, budget)
    .filter(({ status }) => status !== 'removed')
    .map((campaign) => ({ campaign, class: memberOf(policy, structure.account, campaign, on)?.class }))

/**
 * Whether a selection means a budget: all of the campaigns that it feeds must fit, since it moves as one. A budget of
 * which no campaign is in the portfolio is meant by none.
 */
export const selectsBudget = (selection: Selection, account: AccountRef, fed: readonly FedCampaign[]): boolean =>
  fed.some((one) => one.class !== undefined) && fed.every((one) => selects(selection, account, one.campaign, one.class))

/** Whether a cap counts a budget: one campaign that fits is enough, for a cap must not miss what may be spent under it. */
export const countsBudget = (selection: Selection, account: AccountRef, fed: readonly FedCampaign[]): boolean =>
  fed.some((one) => one.class !== undefined && selects(selection, account, one.campaign, one.class))

/** Whether every campaign that `narrow` can mean is meant by `wide` as well: what comes after `wide` is never reached. */
export const covers = (wide: Selection, narrow: Selection): boolean =>
  (wide.platform === undefined || wide.platform === platformOf(narrow)) &&
  (wide.account === undefined || (narrow.account !== undefined && sameAccount(wide.account, narrow.account))) &&
  (wide.class === undefined || wide.class === narrow.class) &&
  (wide.id === undefined || wide.id === narrow.id) &&
  contains(narrow.name ?? '', wide.name ?? '')

/**
 * Whether two selections are taken to mean different campaigns: something that they both give differs. Two names of
 * which neither contains the other are taken for different campaigns, although one may have both in its name.
 */
export const apart = (a: Selection, b: Selection): boolean =>
  differ(platformOf(a), platformOf(b)) ||
  (a.account !== undefined && b.account !== undefined && !sameAccount(a.account, b.account)) ||
  differ(a.class, b.class) ||
  differ(a.id, b.id) ||
  !(contains(a.name ?? '', b.name ?? '') || contains(b.name ?? '', a.name ?? ''))

const differ = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && a !== b

const platformOf = ({ platform, account }: Selection): PlatformId | undefined => platform ?? account?.platform

/**
 * Of selections that mean the same campaign, the one that says most about it comes first: by id, then by name (the
 * longer the nearer), then by account, platform and class.
 *
 * @returns negative when `a` is the more specific, 0 when they are equally so
 */
export function bySpecificity(a: Selection, b: Selection): number {
  const [ranksOfA, ranksOfB] = [ranks(a), ranks(b)]
  const first = ranksOfA.findIndex((rank, i) => rank !== ranksOfB[i])
  return first < 0 ? 0 : (ranksOfB[first] ?? 0) - (ranksOfA[first] ?? 0)
}

const ranks = ({ id, name, account, platform, class: kind }: Selection): readonly number[] => [
  id === undefined ? 0 : 1,
  name?.length ?? 0,
  account === undefined ? 0 : 1,
  platform === undefined ? 0 : 1,
  kind === undefined ? 0 : 1,
]
