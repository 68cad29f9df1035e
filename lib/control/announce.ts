import { announcementsFor, type EventAnnouncement } from '../decide/calendar/announcements.ts'
import { heldUntil } from '../decide/guardrails.ts'
import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import { PlatformError, type WriteResult } from '../model/failure.ts'
import { scopesOf } from '../model/freeze.ts'
import type { LeverKey } from '../model/lever.ts'
import { campaignsMovedBy } from '../model/lever-place.ts'
import type { LeverState } from '../model/lever-state.ts'
import { memberOf } from '../model/membership.ts'
import type { PlanHeader } from '../model/plan.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { AccountStructure } from '../model/structure.ts'
import { dateAt, type Instant, isoInstant, later } from '../units/calendar.ts'
import { mayAnnounce } from './announcing.ts'
import { commitFresh } from './commit.ts'
import { failureText } from './failure-text.ts'
import { type Loop, leaseMs } from './loop.ts'
import { accountDayCap } from './portfolios.ts'
import { advanced, noProgress } from './progress.ts'
import type { Summary } from './summary.ts'

/**
 * Tells the account's platform of the policy's events that are to be announced and that it was not told of yet. What it
 * has is read first, by name; what is missing is written down, then sent, once. An answer that is lost is not sent again
 * before a request that lingers can no longer arrive, and then only if it still is not there.
 *
 * Campaigns that the platform runs a test on, and those of which somebody wants something left alone, are not among those
 * that it is told of.
 *
 * What the platform does not let be read, or told, keeps nothing else from being done: a later turn tries again.
 */
export async function announceEvents(
  header: PlanHeader,
  version: PolicyVersion,
  policies: readonly PolicyVersion[],
  structure: AccountStructure,
  loop: Loop,
): Promise<Summary> {
  const { account } = structure
  const now = loop.clock.now()
  const isDue = async (): Promise<boolean> =>
    mayAnnounce(header, version.policy, account, await loop.plans.progress(header.id), now, loop)
  if (header.policyVersion !== version.version || accountDayCap(policies, account) === undefined) return {}
  if (!(await isDue())) return {}
  const left = leftAlone(structure, await loop.money.allLevers(account), now)
  const wanted = announcementsOf(version, structure, left, now)
  const missing = await missingOf(wanted, structure, loop)
  if (typeof missing === 'string') return { announcing: missing }
  const sending = missing.map((one) => entryOf(header, one, 'sending', ''))
  const none = { name: 'events', window: '', kind: 'announcement', portfolio: header.portfolio } as const
  const first =
    sending.length > 0 ? sending : [{ ...none, outcome: 'nothing to tell', detail: `${wanted.length} told` }]
  const until = missing.length > 0 ? later(now, leaseMs(loop.timing)) : header.expiresAt
  if (!(await record(header, structure, first, until, isDue, loop)) || missing.length === 0) return {}

  const told: AuditEntry[] = []
  let isDone = true
  for (const one of missing) {
    const result = await tell(one, structure, now, loop)
    isDone &&= result.kind === 'applied' || (result.kind === 'refused' && result.failure.kind === 'rejected')
    told.push(entryOf(header, one, result.kind, detailOf(result)))
  }
  await record(header, structure, told, isDone ? header.expiresAt : until, async () => true, loop)
  return { announced: told.length }
}

function announcementsOf(
  { policy }: PolicyVersion,
  { account, zone, campaigns }: AccountStructure,
  left: ReadonlySet<string>,
  now: Instant,
): readonly EventAnnouncement[] {
  const today = dateAt(now, zone)
  const own = campaigns
    .filter(({ id, status }) => status !== 'removed' && !left.has(id))
    .flatMap((campaign) => {
      const member = memberOf(policy, account, campaign, today)
      return member?.managed ? [{ campaign, class: member.class }] : []
    })
  return announcementsFor(policy.events, { portfolio: policy.portfolio, account, zone, now, campaigns: own })
}

/** Campaigns in a test that is running, and those that a held lever moves: telling of them would act on them. */
function leftAlone(
  structure: AccountStructure,
  levers: ReadonlyMap<LeverKey, LeverState>,
  now: Instant,
): ReadonlySet<string> {
  const today = dateAt(now, structure.zone)
  const inTest = structure.experiments.filter(({ to }) => to === undefined || today <= to)
  const held = [...levers.values()].filter((state) => heldUntil(state, now))
  return new Set([
    ...inTest.flatMap(({ campaigns }) => campaigns),
    ...held.flatMap(({ lever }) => campaignsMovedBy(structure, lever)),
  ])
}

/** Those that the platform does not have; why that cannot be known, in words. */
async function missingOf(
  wanted: readonly EventAnnouncement[],
  { account }: AccountStructure,
  loop: Loop,
): Promise<readonly EventAnnouncement[] | string> {
  if (wanted.length === 0) return []
  try {
    const there = await loop.platforms(account.platform).reader.announcements(account)
    const names = new Set(there.map(({ kind, name }) => `${kind} ${name}`))
    return wanted.filter(({ kind, name }) => !names.has(`${kind} ${name}`))
  } catch (error) {
    if (error instanceof PlatformError) return failureText(error.failure)
    throw error
  }
}

/** Sends one announcement, unless a freeze or the end of this worker's time is in the way. */
async function tell(
  one: EventAnnouncement,
  { account }: AccountStructure,
  since: Instant,
  loop: Loop,
): Promise<WriteResult> {
  const notSent = (detail: string): WriteResult => ({ kind: 'refused', failure: { kind: 'transient', detail } })
  if (loop.clock.now() > since + loop.timing.runLimitMs) return notSent('not sent: the run was out of time')
  const [freeze] = await loop.freezes.active(scopesOf(account, one.campaigns))
  if (freeze) return notSent(`not sent: ${freeze.scope} is frozen by ${freeze.by}: ${freeze.reason}`)
  return loop.platforms(account.platform).writer.announce(account, one)
}

/** @returns false where it is not to be done any more */
async function record(
  header: PlanHeader,
  { account }: AccountStructure,
  entries: readonly AuditEntry[],
  announcedUntil: Instant,
  isDue: () => Promise<boolean>,
  loop: Loop,
): Promise<boolean> {
  const chain = accountKey(account)
  const written = await commitFresh(loop, `announcing for ${header.id}`, async () => {
    if (!(await isDue())) return undefined
    const progress = (await loop.plans.progress(header.id)) ?? noProgress(header)
    const next = { next: advanced(progress, { account: chain, announcedUntil }), expected: progress.version }
    return { commit: { chain, at: loop.clock.now(), levers: [], intents: [], progress: next, entries } }
  })
  return written !== undefined
}

const entryOf = (
  { portfolio }: PlanHeader,
  { name, from, to, conversionRateFactor }: EventAnnouncement,
  outcome: string,
  detail: string,
): AuditEntry => ({
  kind: 'announcement',
  portfolio,
  name,
  window: `${isoInstant(from)} to ${isoInstant(to)}, ${conversionRateFactor} times the conversion rate`,
  outcome,
  detail,
})

function detailOf(result: WriteResult): string {
  if (result.kind === 'applied') return ''
  return result.kind === 'refused' ? failureText(result.failure) : result.detail
}
