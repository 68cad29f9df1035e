import type { AccountRef, CampaignId, PortfolioId } from '../../model/account.ts'
import type { Lever } from '../../model/lever.ts'
import type { CalendarEvent, CampaignClass } from '../../model/policy.ts'
import {
  type AccountDate,
  addDays,
  DAY_MS,
  endOfDay,
  type Instant,
  startOfDay,
  type TimeZone,
} from '../../units/calendar.ts'
import { compare, type Money, smaller, times } from '../../units/money.ts'
import type { Limit } from '../interval.ts'
import { stepInForce } from './demand.ts'
import { fits } from './selection.ts'

/** What a platform is to be told about an event, as lib/ports takes it; `name` is unique and the same in every turn. */
export type EventAnnouncement =
  | {
      readonly kind: 'seasonality'
      readonly name: string
      readonly from: Instant
      readonly to: Instant
      readonly conversionRateFactor: number
      readonly campaigns: readonly string[]
    }
  | {
      readonly kind: 'budget-schedule'
      readonly name: string
      readonly from: Instant
      readonly to: Instant
      readonly budget: Lever
      readonly amount: Money
    }

export interface AnnouncingAccount {
  readonly portfolio: PortfolioId
  readonly account: AccountRef
  readonly zone: TimeZone
  readonly now: Instant
  /** The account's own date at `now`. */
  readonly today: AccountDate
  /** What its platform can be told. */
  readonly takes: ReadonlySet<EventAnnouncement['kind']>
  /** The portfolio's campaigns on it. */
  readonly campaigns: readonly { readonly id: CampaignId; readonly name: string; readonly class: CampaignClass }[]
  /** The portfolio's managed daily budgets on it. */
  readonly budgets: readonly AnnouncedBudget[]
}

export interface AnnouncedBudget {
  readonly lever: Lever
  readonly class: CampaignClass
  readonly campaigns: readonly { readonly id: CampaignId; readonly name: string }[]
  /** What it will stand at when the event begins. */
  readonly standing: Money
  /** Limits that an approved step does not lift either. */
  readonly caps: readonly Limit[]
}

/** Google's limits of one seasonality adjustment. */
const LONGEST_MS = 14 * DAY_MS
const MOST_CAMPAIGNS = 2_000
const LEAST_FACTOR = 0.1
const MOST_FACTOR = 10

/**
 * What the account's platform is to be told of the events that are to be announced, from the local midnight on which each
 * begins to the one after it ends. Seasonality is told up to two weeks ahead, and only of days to come. A budget schedule
 * is told on the eve, because it is a raise over the budget as it stands: by then the last decision before the event has
 * been made, and the budget is to be left alone until the event is over.
 */
export function announcementsFor(
  events: readonly CalendarEvent[],
  account: AnnouncingAccount,
): readonly EventAnnouncement[] {
  return events
    .filter(({ announce }) => announce)
    .flatMap((event) => [
      ...(account.takes.has('seasonality') ? seasonality(event, account) : []),
      ...(account.takes.has('budget-schedule') ? schedules(event, events, account) : []),
    ])
}

const nameOf = ({ portfolio }: AnnouncingAccount, { name }: CalendarEvent, from: AccountDate): string =>
  `sluice ${portfolio} ${name} ${from}`

function seasonality(event: CalendarEvent, account: AnnouncingAccount): readonly EventAnnouncement[] {
  const { zone, now } = account
  const ids = account.campaigns
    .filter((one) => fits(event.match, { account: account.account, class: one.class, campaigns: [one] }))
    .map(({ id }) => id)
    .sort()
  const conversionRateFactor = Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, event.expectedUplift))
  if (ids.length === 0 || conversionRateFactor === 1) return []
  return pieces(event, zone).flatMap((piece) => {
    const [from, to] = [startOfDay(piece.from, zone), endOfDay(piece.to, zone)]
    if (from <= now || from - now > LONGEST_MS) return []
    return batches(ids).map((campaigns, i): EventAnnouncement => {
      const name = nameOf(account, event, piece.from)
      return {
        kind: 'seasonality',
        name: i === 0 ? name : `${name} ${i + 1}`,
        from,
        to,
        conversionRateFactor,
        campaigns,
      }
    })
  })
}

/** An event in stretches of whole local days, none longer than may be announced at once. */
function pieces({ from, to }: CalendarEvent, zone: TimeZone): readonly { from: AccountDate; to: AccountDate }[] {
  const found: { from: AccountDate; to: AccountDate }[] = []
  for (let start = from; start <= to; ) {
    let end = start
    // Fourteen local days are an hour too long when the clocks go back in them.
    while (end < to && endOfDay(addDays(end, 1), zone) - startOfDay(start, zone) <= LONGEST_MS) end = addDays(end, 1)
    found.push({ from: start, to: end })
    start = addDays(end, 1)
  }
  return found
}

const batches = (ids: readonly CampaignId[]): readonly (readonly CampaignId[])[] =>
  Array.from({ length: Math.ceil(ids.length / MOST_CAMPAIGNS) }, (_, i) =>
    ids.slice(i * MOST_CAMPAIGNS, (i + 1) * MOST_CAMPAIGNS),
  )

function schedules(
  event: CalendarEvent,
  events: readonly CalendarEvent[],
  account: AnnouncingAccount,
): readonly EventAnnouncement[] {
  const { zone, today } = account
  if (today !== addDays(event.from, -1)) return []
  return account.budgets.flatMap((budget): readonly EventAnnouncement[] => {
    const subject = { account: account.account, class: budget.class, campaigns: budget.campaigns }
    const own = events.filter(({ match }) => fits(match, subject))
    // A schedule raises and does not lower; and while another step is in force, the level to go back to is not this one.
    const stepped = stepInForce(own, event.from)
    if (stepped?.name !== event.name || stepInForce(own, today)) return []
    const amount = budget.caps.reduce(
      (least, { atMost }) => (atMost ? smaller(least, atMost) : least),
      times(budget.standing, stepped.budgetFactor, 'down'),
    )
    if (compare(amount, budget.standing) <= 0) return []
    return [
      {
        kind: 'budget-schedule',
        name: `${nameOf(account, event, event.from)} ${budget.lever.id}`,
        from: startOfDay(event.from, zone),
        to: endOfDay(event.to, zone),
        budget: budget.lever,
        amount,
      },
    ]
  })
}

/**
 * The event whose step the platform makes by itself on a day, by a schedule that was found on the budget: what `eventStep`
 * takes as `isScheduled`. By its window, as a platform may keep no names.
 */
export function isScheduled(
  announced: readonly {
    readonly kind: string
    readonly from: Instant
    readonly to: Instant
    readonly budget?: Lever
  }[],
  budget: Lever,
  event: Pick<CalendarEvent, 'from' | 'to'>,
  zone: TimeZone,
): boolean {
  return announced.some(
    (one) =>
      one.kind === 'budget-schedule' &&
      one.budget?.id === budget.id &&
      one.from < endOfDay(event.to, zone) &&
      one.to > startOfDay(event.from, zone),
  )
}
