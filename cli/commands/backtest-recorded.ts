import { countsByCampaign, hoursOver, outcomeOf, spendByCampaign } from '../../lib/control/guard-view.ts'
import { lagRevisions } from '../../lib/control/lag-reading.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { accountDayCap, termsOf } from '../../lib/control/portfolios.ts'
import type { RecordedHours } from '../../lib/decide/breakers/past-spend.ts'
import type { Recorded, RecordedLog, Served } from '../../lib/decide/breakers/past-views.ts'
import { visibleShare } from '../../lib/decide/breakers/visible-share.ts'
import { accountKey } from '../../lib/model/account.ts'
import { parseCanonical } from '../../lib/model/canonical.ts'
import { ruleKey } from '../../lib/model/conversions.ts'
import type { EntityHistory, IntradaySpend } from '../../lib/model/history.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { Observation } from '../../lib/model/observation.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import type { AccountStructure } from '../../lib/model/structure.ts'
import { loggedMoney } from '../../lib/store/logged-money.ts'
import {
  type AccountDate,
  addDays,
  DAY_MS,
  dateAt,
  dates,
  type Instant,
  later,
  startOfDay,
  type TimeZone,
} from '../../lib/units/calendar.ts'

/** Days before the first one that say what was usual then. */
const USUAL_DAYS = 7
/** As far back as claims are compared with orders. */
const ORDER_DAYS = 28

/** Everything that is recorded of an account from a date on. */
export async function recordedOf(
  version: PolicyVersion,
  policies: readonly PolicyVersion[],
  structure: AccountStructure,
  from: AccountDate,
  desk: Loop,
): Promise<Recorded> {
  const { account, zone } = structure
  const { policy } = version
  const dayBefore = later(startOfDay(from, zone), -DAY_MS)
  const histories = await desk.facts.histories(account)
  const log = await logOf(version, structure, dayBefore, desk)
  return {
    ...{ policy, structure, histories, cap: accountDayCap(policies, account) },
    hours: await hoursFrom(structure, addDays(from, -USUAL_DAYS), desk),
    visible: await visibleOf(version, structure, histories, desk),
    changes: await desk.facts.changes(account, dayBefore),
    orders: await desk.orders.since(policy.portfolio, addDays(from, -ORDER_DAYS)),
    served: await servedSince(version, structure, dayBefore, desk),
    ...(log ? { log } : {}),
  }
}

async function hoursFrom(
  { account, zone }: AccountStructure,
  from: AccountDate,
  desk: Loop,
): Promise<ReadonlyMap<AccountDate, RecordedHours>> {
  const yesterday = addDays(dateAt(desk.clock.now(), zone), -1)
  const known = await desk.facts.intradays(account, dates(from, yesterday))
  return new Map(known.map((day) => [day.date, hoursOf(day, zone)]))
}

function hoursOf(day: IntradaySpend, zone: TimeZone): RecordedHours {
  const { countsByHour } = countsByCampaign(day)
  return {
    spend: spendByCampaign(day),
    ...(countsByHour ? { counts: countsByHour } : {}),
    until: Math.floor(hoursOver(day, zone)),
  }
}

/** As conversions come in by now: how they came in then is not asked. */
async function visibleOf(
  version: PolicyVersion,
  { account, zone }: AccountStructure,
  histories: readonly EntityHistory[],
  desk: Loop,
): Promise<Recorded['visible']> {
  const terms = termsOf(version, account)
  if (!terms) return { today: 0, yesterday: 0 }
  const rule = ruleKey(terms.conversions)
  const revisions = await lagRevisions(histories, rule, account, desk)
  return visibleShare(revisions, histories, rule, dateAt(desk.clock.now(), zone))
}

/** Undefined where nothing was ever recorded. */
async function logOf(
  { policy }: PolicyVersion,
  { account }: AccountStructure,
  from: Instant,
  desk: Loop,
): Promise<RecordedLog | undefined> {
  const standing = new Map<string, { at: Instant; state: LeverState }>()
  const levers: { at: Instant; state: LeverState }[] = []
  const outcomes = new Map<string, RecordedLog['outcomes'][number]>()
  let since: Instant | undefined
  for await (const record of desk.audit.records(accountKey(account))) {
    const { at } = record
    since ??= at
    const logged = loggedMoney(record)
    for (const state of logged.levers)
      if (at < from) standing.set(leverKey(state.lever), { at, state })
      else levers.push({ at, state })
    for (const intent of at < from ? [] : logged.intents) {
      const outcome = intent.intent.portfolio === policy.portfolio ? outcomeOf(intent, account) : undefined
      if (outcome && !outcomes.has(intent.intent.id)) outcomes.set(intent.intent.id, { at, outcome })
    }
  }
  if (since === undefined) return undefined
  const drifts = await desk.facts.drifts(account, from)
  const before = [...standing.values()].toSorted((a, b) => a.at - b.at)
  return { since, levers: [...before, ...levers], outcomes: [...outcomes.values()], drifts }
}

/** By the inputs of daily plans, as far as they are still in the archive. */
async function servedSince(
  { policy }: PolicyVersion,
  { account }: AccountStructure,
  from: Instant,
  desk: Loop,
): Promise<readonly Served[]> {
  const headers = await desk.plans.between(policy.portfolio, from, desk.clock.now())
  const served: Served[] = []
  for (const { occasion, inputsHash, madeAt } of headers.toReversed()) {
    if (occasion !== 'daily') continue
    const text = await desk.archive.get(inputsHash).catch(() => undefined)
    const seen = text && parseCanonical<Observation>(text).accounts.find((one) => one.account === accountKey(account))
    if (!seen) continue
    const campaigns = seen.structure.campaigns.map(
      ({ id, status, trouble }) => [id, { status, ...(trouble && { trouble }) }] as const,
    )
    served.push({ at: madeAt, campaigns: new Map(campaigns) })
  }
  return served
}
