import type { AccountRef, PortfolioId } from '../../model/account.ts'
import type { CalendarEvent } from '../../model/policy.ts'
import { type FedCampaign, selects } from '../../model/selection.ts'
import {
  type AccountDate,
  addDays,
  DAY_MS,
  endOfDay,
  type Instant,
  startOfDay,
  type TimeZone,
} from '../../units/calendar.ts'

/** What a platform is to be told about an event, as lib/ports takes it; `name` is unique and the same in every turn. */
export interface EventAnnouncement {
  readonly kind: 'seasonality'
  readonly name: string
  readonly from: Instant
  readonly to: Instant
  readonly conversionRateFactor: number
  readonly campaigns: readonly string[]
}

export interface AnnouncingAccount {
  readonly portfolio: PortfolioId
  readonly account: AccountRef
  readonly zone: TimeZone
  readonly now: Instant
  /** The portfolio's campaigns on it. */
  readonly campaigns: readonly FedCampaign[]
}

/** Google's limits of one seasonality adjustment. */
const LONGEST_MS = 14 * DAY_MS
const MOST_CAMPAIGNS = 2_000
const LEAST_FACTOR = 0.1
const MOST_FACTOR = 10

/**
 * What the account's platform is to be told of the events that are to be announced: the demand that is expected, from the
 * local midnight on which each begins to the one after it ends, up to two weeks ahead, and only of days to come.
 */
export const announcementsFor = (
  events: readonly CalendarEvent[],
  account: AnnouncingAccount,
): readonly EventAnnouncement[] =>
  events.filter(({ announce }) => announce).flatMap((event) => seasonality(event, account))

const nameOf = ({ portfolio }: AnnouncingAccount, { name }: CalendarEvent, from: AccountDate): string =>
  `sluice ${portfolio} ${name} ${from}`

function seasonality(event: CalendarEvent, account: AnnouncingAccount): readonly EventAnnouncement[] {
  const { zone, now } = account
  const { match = {} } = event
  const ids = account.campaigns
    .filter((one) => selects(match, account.account, one.campaign, one.class))
    .map(({ campaign }) => campaign.id)
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

const batches = (ids: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / MOST_CAMPAIGNS) }, (_, i) =>
    ids.slice(i * MOST_CAMPAIGNS, (i + 1) * MOST_CAMPAIGNS),
  )
