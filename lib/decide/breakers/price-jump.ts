import { breakersOf } from '../../model/breakers.ts'
import type { Campaign } from '../../model/structure.ts'
import { amountWords, isAnnounced, LEAST_DAYS, recentDays, spentToday, subjectOf, waiting, watched } from './figures.ts'
import type { Breaker, GuardView, Trip } from './view.ts'

/** Impressions are plentiful where clicks are: so many of them stand for one click. */
const IMPRESSIONS_PER_CLICK = 100

/** A click, or a thousand impressions, cost many times what they cost in the last two weeks. */
export const priceJump: Breaker = (view) =>
  watched(view)
    .filter((campaign) => !isAnnounced(view, campaign))
    .flatMap((campaign) => tripOf(view, campaign))

function tripOf(view: GuardView, campaign: Campaign): readonly Trip[] {
  const { factor, minClicks } = breakersOf(view.policy).priceJump
  const { impressions = 0, clicks = 0 } = view.counts.get(campaign.id) ?? {}
  const perClick = dearer(view, campaign, clicks, minClicks, 'clicks')
  if (perClick && perClick.now > factor * perClick.usual) return [trip(view, campaign, 'A click', clicks, perClick, 1)]
  const least = minClicks * IMPRESSIONS_PER_CLICK
  const perImpression = dearer(view, campaign, impressions, least, 'impressions')
  return perImpression && perImpression.now > factor * perImpression.usual
    ? [trip(view, campaign, 'A thousand impressions', impressions, perImpression, 1000)]
    : []
}

interface Price {
  readonly now: number
  readonly usual: number
}

/** Today's price of one, beside the usual one; undefined where either rests on too few. */
function dearer(
  view: GuardView,
  { id }: Campaign,
  count: number,
  least: number,
  of: 'clicks' | 'impressions',
): Price | undefined {
  const days = recentDays(view, id)
  const before = days.reduce((sum, day) => sum + day[of], 0)
  const spend = days.reduce((sum, day) => sum + day.spend, 0)
  if (count < least || before < least || spend <= 0 || days.length < LEAST_DAYS) return undefined
  return { now: spentToday(view, id) / count, usual: spend / before }
}

const trip = (
  view: GuardView,
  campaign: Campaign,
  what: string,
  count: number,
  { now, usual }: Price,
  per: number,
): Trip => ({
  rule: 'priceJump',
  subject: subjectOf(campaign),
  campaigns: [campaign.id],
  what: `${what} of "${campaign.name}" costs ${amountWords(view, now * per)} today; ${amountWords(view, usual * per)} in the last two weeks.`,
  remedy: 'Look at its bids, targets and audiences for what was changed, and at the platform’s status page.',
  waiting: waiting(view, 'overspent', (count * (now - usual)) / Math.max(view.clock, 1)),
})
