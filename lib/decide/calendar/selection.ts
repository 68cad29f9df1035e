import { type AccountRef, type CampaignId, sameAccount } from '../../model/account.ts'
import type { CampaignClass, Selection } from '../../model/policy.ts'

/** What a budget is, as selections ask for it. */
export interface Subject {
  readonly account: AccountRef
  /** Undefined: none of its campaigns is in the portfolio. */
  readonly class: CampaignClass | undefined
  /** Those that it feeds. */
  readonly campaigns: readonly { readonly id: CampaignId; readonly name: string }[]
}

/**
 * Whether a budget is meant: all that the selection gives must fit. A budget moves as one, so that one campaign whose
 * name or id fits is enough. A selection that is absent means everybody.
 */
export function fits(selection: Selection | undefined, { account, class: kind, campaigns }: Subject): boolean {
  if (selection === undefined) return true
  const { id, name } = selection
  return (
    (selection.account === undefined || sameAccount(selection.account, account)) &&
    (selection.platform === undefined || selection.platform === account.platform) &&
    (selection.class === undefined || selection.class === kind) &&
    ((id === undefined && name === undefined) ||
      campaigns.some(
        (campaign) =>
          (id === undefined || campaign.id === id) &&
          (name === undefined || campaign.name.toLowerCase().includes(name.toLowerCase())),
      ))
  )
}
