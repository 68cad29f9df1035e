import type { LeverChange } from '../../model/lever.ts'
import { memberOf } from '../../model/membership.ts'
import type { CampaignClass, Membership, Policy } from '../../model/policy.ts'
import type { AccountStructure, Campaign } from '../../model/structure.ts'
import type { AccountDate } from '../../units/calendar.ts'

/** A running campaign whose last day in the portfolio has passed, and what is to become of it. */
export interface EndedMembership {
  readonly change: LeverChange
  readonly name: string
  /** The class that it had in the portfolio. */
  readonly class: CampaignClass
  readonly lastDay: AccountDate
  /** One sentence for a marketer. */
  readonly why: string
}

/**
 * Running campaigns that are to be paused because their time in the portfolio is over: no entry of the policy has them any
 * more, and the one that had them last does not say to leave them. Campaigns that the portfolio only counted are not its
 * to pause.
 *
 * @param on the account's own date
 */
export function endedMemberships(
  policy: Policy,
  structure: AccountStructure,
  on: AccountDate,
): readonly EndedMembership[] {
  return structure.campaigns.flatMap((campaign) => {
    if (campaign.status !== 'active' || memberOf(policy, structure.account, campaign, on)) return []
    const last = lastEntry(policy, structure, campaign, on)
    if (!last || last.atEnd === 'leave' || !last.managed) return []
    return [
      {
        change: {
          lever: { account: structure.account, kind: 'status', entity: 'campaign', id: campaign.id },
          from: { kind: 'status', status: 'active' },
          to: { kind: 'status', status: 'paused' },
        },
        name: campaign.name,
        class: last.class,
        lastDay: last.to,
        why: `its last day in the portfolio was ${last.to}: paused, so that nothing is spent after it (atEnd: leave would let it run)`,
      },
    ]
  })
}

/** The entry that had the campaign last; on the same last day, the one that had precedence. */
function lastEntry(
  policy: Policy,
  { account }: AccountStructure,
  campaign: Campaign,
  on: AccountDate,
): (Membership & { readonly to: AccountDate }) | undefined {
  const over = policy.members.filter(
    (entry): entry is Membership & { readonly to: AccountDate } =>
      entry.to !== undefined &&
      entry.to < on &&
      memberOf({ ...policy, members: [entry] }, account, campaign, entry.to) !== undefined,
  )
  return over.reduce<(typeof over)[number] | undefined>(
    (last, entry) => (last === undefined || entry.to > last.to ? entry : last),
    undefined,
  )
}
