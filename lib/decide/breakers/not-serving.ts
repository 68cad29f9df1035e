import type { Campaign, ServingTrouble } from '../../model/structure.ts'
import { spentToday, subjectOf, usualDay, waiting, watched } from './figures.ts'
import type { Breaker, GuardView, Trip } from './view.ts'

/** The platform says of a running campaign that it does not serve, or that ads of it are not let through. */
export const notServing: Breaker = (view) =>
  watched(view).flatMap((campaign) => (campaign.trouble ? [tripOf(view, campaign, campaign.trouble)] : []))

function tripOf(view: GuardView, campaign: Campaign, { kind, reasons }: ServingTrouble): Trip {
  const words = reasons.map((reason) => reason.toLowerCase().replaceAll('_', ' ')).join(', ')
  const what = kind === 'stopped' ? 'does not serve' : 'has ads that were not let through'
  const lost = (usualDay(view, campaign.id) ?? 0) / 24 - spentToday(view, campaign.id) / Math.max(view.clock, 1)
  return {
    rule: 'notServing',
    subject: subjectOf(campaign),
    campaigns: [campaign.id],
    what: `"${campaign.name}" ${what}${words ? `: ${words}` : ''}.`,
    remedy: 'Open the campaign on the platform and do what it says of its ads.',
    waiting: waiting(view, 'unspent', lost),
  }
}
