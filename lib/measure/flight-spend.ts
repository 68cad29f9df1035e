import type { CampaignId } from '../model/account.ts'
import { memberOf } from '../model/membership.ts'
import type { AccountObservation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import type { Policy } from '../model/policy.ts'
import type { Campaign } from '../model/structure.ts'
import { type AccountDate, addDays, daysBetween } from '../units/calendar.ts'
import { countedOnce } from './counted-once.ts'

/**
 * What an account has spent of the flight before its today, in micros of its currency: of every campaign on the days on
 * which it, or one that shares its budget, was in the portfolio. Campaigns that have been removed since count: their
 * money is gone, and would be spent again.
 */
export function flightSpend(
  { structure, histories, today }: Pick<AccountObservation, 'structure' | 'histories' | 'today'>,
  policy: Policy,
): bigint {
  const campaigns = new Map(structure.campaigns.map((campaign) => [campaign.id, campaign]))
  const companions = new Map<CampaignId, Campaign[]>()
  for (const { campaigns: fed } of structure.budgets)
    for (const id of fed) {
      const known = fed.flatMap((other) => campaigns.get(other) ?? [])
      companions.set(id, [...(companions.get(id) ?? []), ...known])
    }
  const counts = (id: CampaignId, on: AccountDate): boolean =>
    [...(companions.get(id) ?? []), ...asList(campaigns.get(id))].some(
      (campaign) => memberOf(policy, structure.account, campaign, on) !== undefined,
    )
  const isDated = policy.members.some(({ from, to }) => from !== undefined || to !== undefined)
  const spent = new Map<AccountDate, bigint>()
  for (const { campaign, days } of countedOnce(histories)) {
    const always = isDated ? undefined : counts(campaign, today)
    for (const { date, spendMicros } of days) {
      if (date >= today) continue
      const counted = (always ?? counts(campaign, date)) ? spendMicros : 0n
      spent.set(date, (spent.get(date) ?? 0n) + counted)
    }
  }
  return [...withGaps(spent, today)].reduce(
    (sum, [date, micros]) => sum + (policy.flight.from <= date ? micros : 0n),
    0n,
  )
}

/** Longer silence than this is taken for what it looks like: nothing ran. */
const LONGEST_GAP_DAYS = 3

/**
 * Days that the account was not reported on, between days that it was, are unknown and not zero: they are taken to have
 * spent what the days beside them did, until a later pull brings them. Otherwise their money would be spent again.
 */
function withGaps(spent: ReadonlyMap<AccountDate, bigint>, today: AccountDate): ReadonlyMap<AccountDate, bigint> {
  const known = [...spent.keys()].sort()
  const filled = new Map(spent)
  for (const [i, date] of known.entries()) {
    const next = known[i + 1] ?? today
    const gap = daysBetween(date, next) - 1
    if (gap < 1 || gap > LONGEST_GAP_DAYS) continue
    const beside = (spent.get(date)! + (spent.get(next) ?? spent.get(date)!)) / 2n
    for (let k = 1; k <= gap; k++) filled.set(addDays(date, k), beside)
  }
  return filled
}

/** Days on end, both of them included. */
export interface DaySpan {
  readonly from: AccountDate
  readonly to: AccountDate
}

/** The days of a span that are not among the known ones, put together where they follow each other. */
export function spansWithout(known: ReadonlySet<AccountDate>, { from, to }: DaySpan): readonly DaySpan[] {
  const spans: DaySpan[] = []
  let begun: AccountDate | undefined
  for (let date = from; date <= to; date = addDays(date, 1)) {
    if (!known.has(date)) begun ??= date
    if (begun !== undefined && known.has(date)) spans.push({ from: begun, to: addDays(date, -1) })
    if (known.has(date)) begun = undefined
  }
  return begun === undefined ? spans : [...spans, { from: begun, to }]
}

/**
 * Days of the flight before the account's today whose spend `flightSpend` cannot know. A platform was asked for all of
 * them, and what it does not report has spent nothing; of an account that was read from files, only the days in them are
 * known, and those of a short gap between them.
 */
export function unknownSpend(
  { structure, histories, today }: Pick<AccountObservation, 'structure' | 'histories' | 'today'>,
  { flight }: Pick<Policy, 'flight'>,
): readonly DaySpan[] {
  if (structure.source !== 'import') return []
  const known = knownDays(histories)
  const first = [...known].sort()[0]
  const from = first !== undefined && first < flight.from ? first : flight.from
  const yesterday = addDays(today, -1)
  return spansWithout(known, { from, to: [flight.to, yesterday].toSorted()[0]! })
    .filter(({ to }) => flight.from <= to)
    .filter((gap) => first === undefined || gap.from < first || daysBetween(gap.from, gap.to) >= LONGEST_GAP_DAYS)
    .map((gap) => (gap.from < flight.from ? { ...gap, from: flight.from } : gap))
}

/** Every day that anything is known of. */
export const knownDays = perObject(
  (histories: AccountObservation['histories']): ReadonlySet<AccountDate> =>
    new Set(histories.flatMap(({ days }) => days.map(({ date }) => date))),
)

/** Such as `2026-11-01 to 2026-11-12, 2026-11-15`. */
export const spansText = (spans: readonly DaySpan[]): string =>
  spans.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join(', ')

const asList = (campaign: Campaign | undefined): readonly Campaign[] => (campaign ? [campaign] : [])
