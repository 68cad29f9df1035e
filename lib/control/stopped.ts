import { stoppedTrip } from '../decide/breakers/dead-man-switch.ts'
import { foldAlerts } from '../decide/breakers/fold-alerts.ts'
import { accountKey } from '../model/account.ts'
import type { Alert, AlertId } from '../model/alert.ts'
import type { AuditEntry } from '../model/audit.ts'
import { breakersOf } from '../model/breakers.ts'
import { type Lever, leverKey } from '../model/lever.ts'
import { valueIn } from '../model/lever-place.ts'
import type { Drift, LeverState } from '../model/lever-state.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { StoppedCampaign } from '../model/spend-stop.ts'
import type { AccountStructure } from '../model/structure.ts'
import { dateAt, type Instant, isoInstant, later } from '../units/calendar.ts'
import { commitFresh } from './commit.ts'
import type { Loop } from './loop.ts'
import { policiesOf } from './portfolios.ts'
import { valueText } from './value-text.ts'

/**
 * Takes note of campaigns that a rule at the platform has paused: a person is told, and the campaign stays paused until a
 * person starts it. Each pause is seen to once. One that runs again was started by somebody since.
 *
 * @param lookedAt when the reading of the structure began
 * @returns how many alerts a person is told of for the first time
 */
export async function noteStopped(
  stopped: readonly StoppedCampaign[],
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  lookedAt: Instant,
  loop: Loop,
): Promise<number> {
  if (stopped.length === 0) return 0
  const { account } = structure
  const known = await loop.money.allLevers(account)
  // The last pause of each campaign; one that this reading of the structure cannot show yet is for the next pull.
  const last = new Map(stopped.filter(({ at }) => isSeen(at, lookedAt, loop)).map((one) => [one.campaign, one]))
  let told = 0
  for (const one of last.values()) {
    const lever: Lever = { account, kind: 'status', entity: 'campaign', id: one.campaign }
    const state = known.get(leverKey(lever))
    if (!valueIn(structure, lever) || !isNew(one, state)) continue
    const version = policiesOf(policies, account).find(({ policy }) => policy.portfolio === one.by.portfolio)
    if (version && (await takeOver(one, lever, structure, version, loop))) told += 1
  }
  return told
}

const isSeen = (at: Instant, lookedAt: Instant, { timing }: Loop): boolean => lookedAt > later(at, timing.clockSkewMs)

const isNew = ({ at }: StoppedCampaign, state: LeverState | undefined): boolean =>
  !state?.pending && (state?.stopped?.at ?? 0) < at

/** @returns whether a person is told for the first time */
async function takeOver(
  one: StoppedCampaign,
  lever: Lever,
  structure: AccountStructure,
  version: PolicyVersion,
  loop: Loop,
): Promise<boolean> {
  const { account, zone } = structure
  const value = valueIn(structure, lever)
  const isPaused = value?.kind === 'status' && value.status === 'paused'
  const alert = isPaused ? await alertOf(one, lever, structure, version, loop) : undefined
  const drift = await commitFresh(loop, `taking note of ${leverKey(lever)}`, async () => {
    const now = loop.clock.now()
    const before = (await loop.money.levers(account, [leverKey(lever)])).get(leverKey(lever))
    if (!value || !isNew(one, before)) return undefined
    const next = stoppedState(one, lever, value, before, alert?.id, now)
    const resolution = isPaused ? 'paused by a rule: a person starts it' : 'paused by a rule, and started since'
    const observed: AuditEntry = {
      kind: 'observed',
      lever: leverKey(lever),
      from: before ? valueText(before.known) : 'unseen',
      to: valueText(value),
      actor: actorOf(one),
      resolution,
      date: dateAt(now, zone),
      deltaMicros: '0',
    }
    const drift: Drift = {
      lever,
      lastKnown: before?.known ?? { kind: 'status', status: 'active' },
      observed: { kind: 'status', status: 'paused' },
      seenAt: now,
      actor: actorOf(one),
      changedAt: one.at,
      resolution: 'hold',
      detail: isPaused
        ? 'the platform’s own rule has paused it: it stays so until a person starts it'
        : `the platform’s own rule paused it at ${isoInstant(one.at)}, and somebody has started it since`,
    }
    const levers = [{ next, expected: before?.version ?? 0 }]
    return { drift, commit: { chain: accountKey(account), at: now, levers, intents: [], entries: [observed] } }
  })
  if (drift) await loop.facts.putDrifts([drift.drift])
  return alert?.isTold ?? false
}

const actorOf = ({ by }: StoppedCampaign): string => `rule "${by.name}"`

function stoppedState(
  { at, by }: StoppedCampaign,
  lever: Lever,
  value: LeverState['known'],
  before: LeverState | undefined,
  alert: AlertId | undefined,
  now: Instant,
): LeverState {
  const { pausedFor: _, ...base } = before ?? {
    lever,
    version: 0,
    known: value,
    knownAt: now,
    ours: false,
    idle: false,
  }
  return {
    ...base,
    known: value,
    knownAt: now,
    stopped: { at, by: by.name },
    ...(alert === undefined ? {} : { pausedFor: alert }),
    version: base.version + 1,
  }
}

/** The alert that a person resumes it by; undefined where the policy wants none. */
async function alertOf(
  one: StoppedCampaign,
  lever: Lever,
  structure: AccountStructure,
  { policy }: PolicyVersion,
  loop: Loop,
): Promise<{ readonly id: AlertId; readonly isTold: boolean } | undefined> {
  if (breakersOf(policy).deadManSwitch.action === 'off') return undefined
  const { account, zone } = structure
  const now = loop.clock.now()
  const histories = await loop.facts.histories(account)
  const mark = { stopped: { at: one.at, by: one.by.name }, pausedFor: '' as AlertId }
  const trip = stoppedTrip(
    { policy, structure, today: dateAt(now, zone), histories },
    { lever, known: { kind: 'status', status: 'paused' }, ...mark },
  )
  if (!trip) return undefined
  const known = (await loop.alerts.all(account)).filter(({ rule }) => rule === trip.rule)
  const [step] = foldAlerts(known, { trips: [trip], judged: new Set() }, { portfolio: policy.portfolio, account }, now)
  if (!step) return undefined
  const { before, after, told: isTold } = step
  // Told by a pull that did not live to write the rest.
  if (after.acts.some(({ at }) => at === one.at)) return { id: after.id, isTold: false }
  const detail = `paused by the platform's rule "${one.by.name}"`
  const next: Alert = { ...after, acts: [...after.acts, { step: 'pause', at: one.at, detail }] }
  const version = (before?.version ?? 0) + 1
  const isPut = await loop.alerts.put({ next: { ...next, version }, expected: before?.version ?? 0 })
  // Somebody else was faster: the next pull finds the alert as they left it.
  return isPut ? { id: after.id, isTold } : undefined
}
