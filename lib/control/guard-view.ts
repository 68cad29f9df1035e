import { handsSeen } from '../decide/breakers/hands.ts'
import type { Counts, GuardView, Hours, RecentOutcome } from '../decide/breakers/view.ts'
import { wantsStop } from '../decide/spend-stops.ts'
import type { AccountRef, CampaignId } from '../model/account.ts'
import type { EntityHistory, IntradaySpend } from '../model/history.ts'
import type { IntentRecord } from '../model/intent.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { AccountStructure, ChangeEvent } from '../model/structure.ts'
import { addDays, DAY_MS, dateAt, type Instant, later, type TimeZone, wallClock } from '../units/calendar.ts'
import { spentUnderCaps, worstDays } from './cap-readings.ts'
import { failureText } from './failure-text.ts'
import { learnVisible, readClaims } from './guard-read.ts'
import { pastDates } from './hourly-spend.ts'
import type { Loop } from './loop.ts'
import { accountDayCap } from './portfolios.ts'

/** As far back as any rule compares claims with orders. */
const ORDER_DAYS = 28
const HOURS = 24

/** What every portfolio of the account looks at. */
export interface AccountReading {
  readonly structure: AccountStructure
  readonly intraday: IntradaySpend
  readonly past: readonly IntradaySpend[]
  readonly histories: readonly EntityHistory[]
  readonly levers: readonly LeverState[]
  readonly changes: readonly ChangeEvent[]
}

export async function readAccount(
  structure: AccountStructure,
  intraday: IntradaySpend,
  loop: Loop,
): Promise<AccountReading> {
  const { account } = structure
  const dayAgo = later(loop.clock.now(), -DAY_MS)
  const [past, histories, levers, changes] = await Promise.all([
    loop.facts.intradays(account, pastDates(intraday.date)),
    loop.facts.histories(account),
    loop.money.allLevers(account),
    loop.facts.changes(account, dayAgo),
  ])
  return {
    structure,
    intraday,
    past,
    histories,
    levers: [...levers.values()],
    changes: changes.filter(({ at }) => at >= dayAgo),
  }
}

/** What one portfolio's breakers look at. */
export async function viewOf(
  version: PolicyVersion,
  policies: readonly PolicyVersion[],
  { structure, intraday, past, histories, levers, changes }: AccountReading,
  turn: Instant,
  loop: Loop,
): Promise<GuardView> {
  const { account, zone } = structure
  const now = loop.clock.now()
  const claims = await readClaims(version, structure, turn, loop)
  const cap = accountDayCap(policies, account)
  const { portfolio, zone: ofPortfolio } = version.policy
  const stops = wantsStop(version.policy, structure) ? (await loop.facts.pullStatus(account))?.stops : undefined
  const outcomes = await recentOutcomes(version, account, now, loop)
  const view: GuardView = {
    now,
    today: intraday.date,
    clock: hoursOver(intraday, zone),
    policy: version.policy,
    structure,
    spend: spendByCampaign(intraday),
    ...countsByCampaign(intraday),
    past: past.map((day) => ({ date: day.date, spend: spendByCampaign(day) })),
    histories,
    ...(claims ? { claims } : {}),
    ...(cap ? { cap } : {}),
    ...(stops ? { stops } : {}),
    caps: await spentUnderCaps(version, structure, loop),
    worst: await worstDays(version, policies, structure, levers, loop),
    levers,
    frozen: new Set((await loop.freezes.all()).map(({ scope }) => scope)),
    changes: changes.length > 0 ? changes : await seenByHand(outcomes, account, now, loop),
    outcomes,
    orders: await loop.orders.since(portfolio, addDays(dateAt(now, ofPortfolio), -ORDER_DAYS - 1)),
  }
  return learnVisible(view, version, loop)
}

/** Hours of the wall clock that a day's spend is of; all of them where it was read after midnight. */
export const hoursOver = ({ date, readAt }: IntradaySpend, zone: TimeZone): number =>
  dateAt(readAt, zone) === date ? wallClock(readAt, zone) : HOURS

const campaignOf = (entity: string): CampaignId => entity.split('/')[0] as CampaignId

export function spendByCampaign({ spendMicrosByHour }: IntradaySpend): ReadonlyMap<CampaignId, Hours> {
  const spend = new Map<CampaignId, bigint[]>()
  for (const [entity, hours] of spendMicrosByHour) {
    const own = spend.get(campaignOf(entity)) ?? new Array<bigint>(HOURS).fill(0n)
    spend.set(campaignOf(entity), own)
    for (const [hour, micros] of hours.slice(0, HOURS).entries()) own[hour] = (own[hour] ?? 0n) + (micros ?? 0n)
  }
  return spend
}

/** Of the day so far, and by hour where that was kept. */
export function countsByCampaign({ counts, countsByHour }: IntradaySpend): Pick<GuardView, 'counts' | 'countsByHour'> {
  const day = new Map<CampaignId, Counts>()
  for (const [entity, more] of counts ?? []) day.set(campaignOf(entity), together(day.get(campaignOf(entity)), more))
  if (!countsByHour) return { counts: day }
  const hours = new Map<CampaignId, Counts[]>()
  for (const [entity, byHour] of countsByHour) {
    const own = hours.get(campaignOf(entity)) ?? Array.from({ length: HOURS }, () => together(undefined, undefined))
    hours.set(
      campaignOf(entity),
      own.map((before, hour) => together(before, byHour[hour])),
    )
  }
  return { counts: day, countsByHour: hours }
}

const together = (before: Counts | undefined, more: Counts | undefined): Counts => ({
  impressions: (before?.impressions ?? 0) + (more?.impressions ?? 0),
  clicks: (before?.clicks ?? 0) + (more?.clicks ?? 0),
})

/** Where the platform has told of no changes, most likely because it tells of none. */
async function seenByHand(
  outcomes: readonly RecentOutcome[],
  account: AccountRef,
  now: Instant,
  loop: Loop,
): Promise<readonly ChangeEvent[]> {
  return outcomes.length === 0 ? [] : handsSeen(outcomes, await loop.facts.drifts(account, later(now, -DAY_MS)))
}

/** What came of the account's changes of the last day. */
async function recentOutcomes(
  { policy }: PolicyVersion,
  account: AccountRef,
  now: Instant,
  loop: Loop,
): Promise<readonly RecentOutcome[]> {
  if (policy.mode === 'observe' || policy.mode === 'shadow') return []
  const headers = await loop.plans.between(policy.portfolio, later(now, -DAY_MS), now)
  const records = await Promise.all(headers.map(({ id }) => loop.money.intents(account, id)))
  return records.flat().flatMap((record) => outcomeOf(record, account) ?? [])
}

/** Undefined for what was never sent, and for what is not known yet. */
export function outcomeOf({ intent, outcome }: IntentRecord, account: AccountRef): RecentOutcome | undefined {
  const { change, at } = intent
  if (change.lever.account.id !== account.id) return undefined
  if (outcome?.kind === 'applied') return { change, at }
  // What was not sent for want of time, or may be tried again as it is, is no refusal.
  if (outcome?.kind !== 'refused' || outcome.failure.kind === 'transient') return undefined
  return { change, at, refused: failureText(outcome.failure) }
}
