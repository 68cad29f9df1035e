import { breakersOf } from '../../model/breakers.ts'
import type { Campaign } from '../../model/structure.ts'
import {
  amountWords,
  isAnnounced,
  LEAST_DAYS,
  recentDays,
  spentBetween,
  spentToday,
  subjectOf,
  waiting,
  watched,
} from './figures.ts'
import type { Breaker, Counts, GuardView, Trip } from './view.ts'

/** Impressions are plentiful where clicks are: so many of them stand for one click. */
const IMPRESSIONS_PER_CLICK = 100

/** Hours that a jump of the last hours is looked for in: over the whole day it would show late, and in the evening never. */
const LAST_HOURS = 2

/** A click, or a thousand impressions, cost many times what they cost in the last two weeks: today, or in the last hours. */
export const priceJump: Breaker = (view) =>
  watched(view)
    .filter((campaign) => !isAnnounced(view, campaign))
    .flatMap((campaign) =>
      windowsOf(view, campaign)
        .flatMap((seen) => tripOf(view, campaign, seen))
        .slice(0, 1),
    )

/** What was spent, and what for, in a part of today. */
interface Seen extends Counts {
  readonly spend: number
  readonly hours: number
  /** Such as `today`. */
  readonly when: string
}

function windowsOf(view: GuardView, { id }: Campaign): readonly Seen[] {
  const { impressions = 0, clicks = 0 } = view.counts.get(id) ?? {}
  const today: Seen = { impressions, clicks, spend: spentToday(view, id), hours: view.clock, when: 'today' }
  const byHour = view.countsByHour?.get(id)
  const to = Math.floor(view.clock)
  const from = to - LAST_HOURS
  if (!byHour || from < 0) return [today]
  const counts = byHour.slice(from, to)
  const last: Seen = {
    impressions: counts.reduce((sum, one) => sum + one.impressions, 0),
    clicks: counts.reduce((sum, one) => sum + one.clicks, 0),
    spend: spentBetween(view.spend.get(id), from, to),
    hours: LAST_HOURS,
    when: `from ${from}:00 to ${to}:00`,
  }
  return [today, last]
}

function tripOf(view: GuardView, campaign: Campaign, seen: Seen): readonly Trip[] {
  const { factor, minClicks } = breakersOf(view.policy).priceJump
  const perClick = dearer(view, campaign, seen, minClicks, 'clicks')
  if (perClick && perClick.now > factor * perClick.usual) return [trip(view, campaign, 'A click', seen, perClick)]
  const perImpression = dearer(view, campaign, seen, minClicks * IMPRESSIONS_PER_CLICK, 'impressions')
  return perImpression && perImpression.now > factor * perImpression.usual
    ? [trip(view, campaign, 'A thousand impressions', seen, perImpression)]
    : []
}

interface Price {
  /** How many were paid for. */
  readonly count: number
  /** Of one. */
  readonly now: number
  readonly usual: number
  /** How many are priced together in words. */
  readonly per: number
}

/** The price of one, beside the usual one; undefined where either rests on too few. */
function dearer(
  view: GuardView,
  { id }: Campaign,
  seen: Seen,
  least: number,
  of: 'clicks' | 'impressions',
): Price | undefined {
  const days = recentDays(view, id)
  const count = seen[of]
  const before = days.reduce((sum, day) => sum + day[of], 0)
  const spend = days.reduce((sum, day) => sum + day.spend, 0)
  if (count < least || before < least || spend <= 0 || days.length < LEAST_DAYS) return undefined
  return { count, now: seen.spend / count, usual: spend / before, per: of === 'clicks' ? 1 : 1000 }
}

const trip = (
  view: GuardView,
  campaign: Campaign,
  what: string,
  { when, hours }: Seen,
  { count, now, usual, per }: Price,
): Trip => ({
  rule: 'priceJump',
  subject: subjectOf(campaign),
  campaigns: [campaign.id],
  what: `${what} of "${campaign.name}" costs ${amountWords(view, now * per)} ${when}; ${amountWords(view, usual * per)} in the last two weeks.`,
  remedy: 'Look at its bids, targets and audiences for what was changed, and at the platform’s status page.',
  waiting: waiting(view, 'overspent', (count * (now - usual)) / Math.max(hours, 1)),
})
