import { breakersOf } from '../../model/breakers.ts'
import type { Campaign } from '../../model/structure.ts'
import {
  amountWords,
  announcedFactor,
  LEAST_DAYS,
  mean,
  spentBefore,
  spentBetween,
  subjectOf,
  waiting,
  watched,
} from './figures.ts'
import type { Breaker, GuardView, Trip } from './view.ts'

/** Hours before the present that a report may not have yet. */
const LAG_HOURS = 1

/** A campaign that always spends in these hours has spent nothing; or none of the account's has. */
export const zeroDelivery: Breaker = (view) => {
  const { hours } = breakersOf(view.policy).zeroDelivery
  const to = Math.floor(view.clock) - LAG_HOURS
  if (to < hours || view.past.length < LEAST_DAYS) return undefined
  const window = { from: to - hours, to }
  const expecting = watched(view).filter((campaign) => spendsAlways(view, campaign, window))
  const silent = expecting.filter(({ id }) => spentBetween(view.spend.get(id), window.from, window.to) === 0)
  if (silent.length > 1 && silent.length === expecting.length) return [accountTrip(view, silent, window)]
  return silent.map((campaign) => campaignTrip(view, campaign, window))
}

interface Window {
  readonly from: number
  readonly to: number
}

/** On every earlier day that is known; where the calendar announces less than usual, nothing is expected. */
function spendsAlways(view: GuardView, campaign: Campaign, { from, to }: Window): boolean {
  const { id, startsOn, endsOn } = campaign
  if (startsOn !== undefined && startsOn >= view.today) return false
  if (endsOn !== undefined && endsOn < view.today) return false
  return announcedFactor(view, campaign) >= 1 && spentBefore(view, id, from, to).every((spent) => spent > 0)
}

const usualIn = (view: GuardView, { id }: Campaign, { from, to }: Window): number =>
  mean(spentBefore(view, id, from, to))

const campaignTrip = (view: GuardView, campaign: Campaign, window: Window): Trip => ({
  rule: 'zeroDelivery',
  subject: subjectOf(campaign),
  campaigns: [campaign.id],
  what: `"${campaign.name}" has spent nothing from ${window.from}:00 to ${window.to}:00; ${amountWords(view, usualIn(view, campaign, window))} are usual in these hours.`,
  remedy: 'Look at the campaign on the platform: its ads, payment, schedule and audience.',
  waiting: waiting(view, 'unspent', usualIn(view, campaign, window) / (window.to - window.from)),
})

function accountTrip(view: GuardView, silent: readonly Campaign[], window: Window): Trip {
  const usual = silent.reduce((sum, campaign) => sum + usualIn(view, campaign, window), 0)
  return {
    rule: 'zeroDelivery',
    subject: { kind: 'account' },
    campaigns: silent.map(({ id }) => id),
    what: `No campaign of the account has spent anything from ${window.from}:00 to ${window.to}:00; ${amountWords(view, usual)} are usual in these hours.`,
    remedy: 'Look at the account on the platform: its payment and its status; if it does spend, reports are late.',
    waiting: waiting(view, 'unspent', usual / (window.to - window.from)),
  }
}
