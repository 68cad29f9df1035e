import { accountKey } from '../model/account.ts'
import type { Observation } from '../model/observation.ts'
import type { PlanHeader } from '../model/plan.ts'
import type { Policy } from '../model/policy.ts'
import { PUSH_UNTIL_SHARE } from '../model/push-day.ts'
import type { StageMessage } from '../model/turn.ts'
import {
  dateAt,
  dayElapsed,
  HOUR_MS,
  type Instant,
  later,
  MINUTE_MS,
  startOfDay,
  type TimeZone,
} from '../units/calendar.ts'
import { mayAnnounce } from './announcing.ts'
import { dueEnds } from './due-ends.ts'
import { type Loop, OPEN_PLANS_MAX } from './loop.ts'

/** Longer than a run takes, and clocks differ: what is read back before midnight has been there before it. */
const STOPS_KEEP_CLEAR_MS = 10 * MINUTE_MS

/** The daily decision is taken this long after the portfolio's midnight, when yesterday has been read. */
const DECISION_AFTER_MS = 90 * MINUTE_MS

/** Scoring comes this long after it: when the decision has been taken, or given up, and every account's yesterday was read. */
const SCORE_AFTER_MS = 8 * HOUR_MS
/** What comes once a day is not made up for when it is missed for as long: the day is half gone, and the next one is near. */
const DAILY_UNTIL_MS = 6 * HOUR_MS

/** The instant of the daily decision of the portfolio's date at `now`. */
export const dailyPlanTurn = (policy: Policy, now: Instant): Instant =>
  later(startOfDay(dateAt(now, policy.zone), policy.zone), DECISION_AFTER_MS)

/** When the portfolio's older plans are scored, on its date at `now`. */
export const dailyScoreTurn = (policy: Policy, now: Instant): Instant =>
  later(startOfDay(dateAt(now, policy.zone), policy.zone), SCORE_AFTER_MS)

/** Whether the plan of a turn is the day's decision, or a correction between two of them. */
export const occasionOf = (policy: Policy, turn: Instant): Observation['occasion'] =>
  turn === dailyPlanTurn(policy, turn) ? 'daily' : 'correction'

/** `now` rounded down to a whole period, so that every tick of a period names the same turn. */
const periodStart = (now: Instant, periodMs: number): Instant => (Math.floor(now / periodMs) * periodMs) as Instant

/**
 * Everything that is due at a tick. Level-triggered: what was missed is due again at the next tick, and what is done
 * already is recognised by its turn.
 */
export async function dueMessages(now: Instant, loop: Loop): Promise<readonly StageMessage[]> {
  const policies = await loop.policies.all()
  const accounts = new Map(
    policies.flatMap(({ policy }) => policy.accounts).map(({ account }) => [accountKey(account), account]),
  )
  const hour = periodStart(now, HOUR_MS)
  const quarter = periodStart(now, 15 * MINUTE_MS)
  const messages: StageMessage[] = []
  for (const key of accounts.keys()) {
    messages.push({ stage: 'verify', key, turn: quarter, attempt: 0 })
    messages.push({ stage: 'pull', key, turn: hour, attempt: 0 })
    messages.push({ stage: 'guard', key, turn: quarter, attempt: 0 })
  }
  for (const { policy } of policies) {
    const daily = [
      { stage: 'plan', turn: dailyPlanTurn(policy, now) },
      { stage: 'score', turn: dailyScoreTurn(policy, now) },
    ] as const
    for (const { stage, turn } of daily)
      if (now >= turn && now - turn < DAILY_UNTIL_MS) messages.push({ stage, key: policy.portfolio, turn, attempt: 0 })
    messages.push(...(await dueEnds(policy, now, quarter, loop)))
    messages.push(...(await dueActs(policy, now, quarter, loop)))
  }
  return messages
}

async function dueActs(policy: Policy, now: Instant, turn: Instant, loop: Loop): Promise<readonly StageMessage[]> {
  const accounts = new Set<string>()
  for (const header of await openPlans(policy, now, loop)) {
    const progress = await loop.plans.progress(header.id)
    for (const { account, chunks } of header.accounts)
      if ((progress?.cursors[account] ?? 0) < chunks.length) accounts.add(account)
    for (const { account } of policy.accounts)
      if (mayAnnounce(header, policy, account, progress, now, loop)) accounts.add(accountKey(account))
  }
  return [...accounts].map((key) => ({ stage: 'act', key, turn, attempt: 0 }))
}

/**
 * Plans of a portfolio that may still be acted on, newest first: approved and not expired; the newest daily plan and the
 * corrections made since. What came before it is replaced, also where whoever stored it died before taking that back.
 */
export async function openPlans(policy: Policy, now: Instant, loop: Loop): Promise<readonly PlanHeader[]> {
  const recent = await loop.plans.recent(policy.portfolio, OPEN_PLANS_MAX)
  const newestDaily = recent.findIndex(({ occasion }) => occasion === 'daily')
  const standing = newestDaily === -1 ? recent : recent.slice(0, newestDaily + 1)
  return standing.filter(
    (header) => header.approval.kind === 'approved' && header.expiresAt > now && header.mode !== 'observe',
  )
}

/**
 * Whether an account may be pushed to now. Platforms let a day spend by its highest budget, so a daily plan is applied
 * when the account's day is young, outside the minutes around its midnight; a correction goes as soon as it may.
 *
 * @param asked a person wants it pushed at once, whatever has been spent of the day
 * @param only what is pushed: pauses cost nothing and keep no distance from midnight; stops (orders back to the caps, the
 *   guard's cuts) only keep clear of the turn of the day itself, since each minute until then is spent by too high a budget
 */
export function mayPushNow(
  header: PlanHeader,
  policy: Policy,
  zone: TimeZone,
  now: Instant,
  asked: boolean = false,
  only: 'anything' | 'stops' | 'pauses' = 'anything',
): boolean {
  const wholeMs = policy.guardrails.midnightDeadZoneMinutes * MINUTE_MS
  const deadZoneMs = { anything: wholeMs, stops: Math.min(wholeMs, STOPS_KEEP_CLEAR_MS), pauses: 0 }[only]
  const nearMidnight = dateAt(later(now, -deadZoneMs), zone) !== dateAt(later(now, deadZoneMs), zone)
  if (nearMidnight) return false
  return asked || header.occasion !== 'daily' || dayElapsed(now, zone) < PUSH_UNTIL_SHARE
}
