import type { CampaignId } from '../../model/account.ts'
import type { AlertSubject, WaitingCost } from '../../model/alert.ts'
import { isWithin, spendFactor } from '../../model/events.ts'
import type { EntityHistory } from '../../model/history.ts'
import { memberOf } from '../../model/membership.ts'
import { perObject } from '../../model/per-object.ts'
import type { CalendarEvent } from '../../model/policy.ts'
import { selects } from '../../model/selection.ts'
import type { Campaign } from '../../model/structure.ts'
import { type AccountDate, addDays } from '../../units/calendar.ts'
import { fromMainUnits } from '../../units/money.ts'
import type { GuardView, Hours } from './view.ts'

/** Fewer earlier days than this say nothing of what is usual. */
export const LEAST_DAYS = 3
/** Days of history that "usual" is about. */
const USUAL_DAYS = 14

/** Running campaigns of the portfolio. */
export const watched = ({
  policy,
  structure,
  today,
}: Pick<GuardView, 'policy' | 'structure' | 'today'>): readonly Campaign[] =>
  structure.campaigns.filter(
    (campaign) => campaign.status === 'active' && memberOf(policy, structure.account, campaign, today) !== undefined,
  )

/** Those of the campaigns that the portfolio manages, and not only counts. */
export const managedOf = (
  { policy, structure, today }: GuardView,
  campaigns: readonly Campaign[],
): readonly Campaign[] => campaigns.filter((campaign) => memberOf(policy, structure.account, campaign, today)?.managed)

/** Those campaigns of the account that have these ids, in its order. */
export const campaignIds = (
  { structure }: Pick<GuardView, 'structure'>,
  ids: ReadonlySet<string>,
): readonly CampaignId[] => structure.campaigns.filter(({ id }) => ids.has(id)).map(({ id }) => id)

export const subjectOf = ({ id, name }: Campaign): AlertSubject => ({ kind: 'campaign', id, name })

function eventsFor({ policy, structure, today }: GuardView, campaign: Campaign): readonly CalendarEvent[] {
  const kind = memberOf(policy, structure.account, campaign, today)?.class
  return policy.events.filter(({ match }) => match === undefined || selects(match, structure.account, campaign, kind))
}

/** How much more than usual the calendar announces for the campaign's today; 1 on a day that it does not name. */
export const announcedFactor = (view: GuardView, campaign: Campaign): number =>
  spendFactor(eventsFor(view, campaign), view.today)

/** Whether an event is on, or the days of quiet after one: prices and rates are not what they usually are. */
export const isAnnounced = (view: GuardView, campaign: Campaign): boolean =>
  eventsFor(view, campaign).some(
    (event) => isWithin(event, view.today) || isWithin({ from: event.to, to: afterDip(event) }, view.today),
  )

const afterDip = ({ to, dipAfter }: CalendarEvent): AccountDate => addDays(to, dipAfter?.days ?? 0)

/** Main units spent from one hour of the day to another, the last one left out. */
export function spentBetween(hours: Hours | undefined, from: number, to: number): number {
  let micros = 0n
  for (let hour = from; hour < to; hour++) micros += hours?.[hour] ?? 0n
  return Number(micros) / 1e6
}

export const spentToday = ({ spend }: GuardView, campaign: CampaignId): number =>
  spentBetween(spend.get(campaign), 0, 24)

/** What the campaign spent between these hours on each earlier day that is known. */
export const spentBefore = ({ past }: GuardView, campaign: CampaignId, from: number, to: number): readonly number[] =>
  past.map(({ spend }) => spentBetween(spend.get(campaign), from, to))

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

/** A campaign's days, its ad groups summed. */
export interface DayFigures {
  readonly date: AccountDate
  readonly spend: number
  readonly impressions: number
  readonly clicks: number
  /** By conversion rule key. */
  readonly conversions: Readonly<Record<string, number>>
}

const daysByCampaign = perObject(
  (histories: readonly EntityHistory[]): ReadonlyMap<CampaignId, readonly DayFigures[]> => {
    const campaigns = new Map<CampaignId, Map<AccountDate, DayFigures>>()
    for (const { campaign, days } of histories) {
      const own = campaigns.get(campaign) ?? new Map<AccountDate, DayFigures>()
      campaigns.set(campaign, own)
      for (const { date, spendMicros, impressions, clicks, conversions } of days) {
        const before = own.get(date)
        const counts = { ...before?.conversions }
        for (const [rule, { count }] of Object.entries(conversions)) counts[rule] = (counts[rule] ?? 0) + count
        own.set(date, {
          date,
          spend: (before?.spend ?? 0) + Number(spendMicros) / 1e6,
          impressions: (before?.impressions ?? 0) + impressions,
          clicks: (before?.clicks ?? 0) + clicks,
          conversions: counts,
        })
      }
    }
    return new Map(
      [...campaigns].map(([id, days]) => [id, [...days.values()].toSorted((a, b) => a.date.localeCompare(b.date))]),
    )
  },
)

/** Complete days of a campaign from `from` to `to`, both included, oldest first. */
export const daysOf = (
  { histories }: Pick<GuardView, 'histories'>,
  campaign: CampaignId,
  from: AccountDate,
  to: AccountDate,
): readonly DayFigures[] =>
  (daysByCampaign(histories).get(campaign) ?? []).filter(({ date }) => from <= date && date <= to)

/** The last two weeks before today. */
export const recentDays = (view: Pick<GuardView, 'histories' | 'today'>, campaign: CampaignId): readonly DayFigures[] =>
  daysOf(view, campaign, addDays(view.today, -USUAL_DAYS), addDays(view.today, -1))

/** Main units that the campaign usually spends in a day; undefined where too little is known. */
export function usualDay(view: Pick<GuardView, 'histories' | 'today'>, campaign: CampaignId): number | undefined {
  const days = recentDays(view, campaign)
  return days.length < LEAST_DAYS ? undefined : mean(days.map(({ spend }) => spend))
}

/** Main units per hour that campaigns spend: of today so far, or what is usual where today is too young to say. */
export function ratePerHour(view: GuardView, campaigns: readonly CampaignId[]): number {
  const today = campaigns.reduce((sum, id) => sum + spentToday(view, id), 0)
  if (view.clock >= 1 && today > 0) return today / view.clock
  return campaigns.reduce((sum, id) => sum + (usualDay(view, id) ?? 0), 0) / 24
}

/** @param perHour main units of the account's currency; negative counts as nothing */
export const waiting = (
  view: Pick<GuardView, 'structure'>,
  kind: WaitingCost['kind'],
  perHour: number,
): WaitingCost => ({
  kind,
  perHour: fromMainUnits(Math.max(0, perHour), view.structure.currency, 'up'),
})

export const amountWords = ({ structure }: GuardView, units: number): string =>
  `${units.toFixed(2)} ${structure.currency}`
