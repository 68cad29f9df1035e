import { type AccountRef, accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import type { JournalledPause } from '../model/kill-journal.ts'
import { type LeverKey, type LeverValue, leverKey } from '../model/lever.ts'
import { valueIn } from '../model/lever-place.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { MoneyCommit } from '../ports/store.ts'
import { dateAt, type Instant, isoInstant, later } from '../units/calendar.ts'
import { commitFresh } from './commit.ts'
import type { Loop } from './loop.ts'
import { valueText } from './value-text.ts'

const CHUNK = 25

/** The last journalled pause of each lever that is not taken over yet. */
type Killed = ReadonlyMap<LeverKey, JournalledPause>

/**
 * Takes over what was paused past the tables: by the journal it is our own doing, so that it is no drift and nobody's edit.
 * Each line is seen to once. A campaign that runs again was started by somebody since, or its pause never arrived.
 *
 * @param lookedAt when the reading of the structure began
 * @returns the records as they stand then, and levers of which this reading says nothing yet: it began before their pause
 */
export async function takeOverKilled(
  structure: AccountStructure,
  lookedAt: Instant,
  loop: Loop,
): Promise<{ readonly known: ReadonlyMap<LeverKey, LeverState>; readonly waiting: ReadonlySet<LeverKey> }> {
  const { account } = structure
  const known = await loop.money.allLevers(account)
  const killed = await killedIn(account, known, loop)
  if (killed.size === 0) return { known, waiting: new Set() }
  const keys = [...killed.keys()]
  const waiting = keys.filter((key) => isTooEarly(killed.get(key)!, structure, lookedAt, loop))
  const ripe = keys.filter((key) => !waiting.includes(key))
  for (let i = 0; i < ripe.length; i += CHUNK)
    await commitFresh(loop, `taking over pauses of ${accountKey(account)}`, () =>
      build(ripe.slice(i, i + CHUNK), killed, structure, loop),
    )
  return { known: ripe.length > 0 ? await loop.money.allLevers(account) : known, waiting: new Set(waiting) }
}

async function killedIn(account: AccountRef, known: ReadonlyMap<LeverKey, LeverState>, loop: Loop): Promise<Killed> {
  const found = new Map<LeverKey, JournalledPause>()
  for (const pause of (await loop.journal?.pauses(account)) ?? []) {
    const key = leverKey(pause.lever)
    if (isNew(pause, known.get(key)) && (found.get(key)?.at ?? 0) <= pause.at) found.set(key, pause)
  }
  return found
}

const isNew = ({ at }: JournalledPause, state: LeverState | undefined): boolean =>
  state?.killed === undefined || state.killed.at < at

/** It began before the pause was sent, or found the campaign running while the pause might still arrive. */
function isTooEarly(
  { lever, at }: JournalledPause,
  structure: AccountStructure,
  lookedAt: Instant,
  loop: Loop,
): boolean {
  const { lateApplyMs, clockSkewMs } = loop.timing
  return lookedAt <= later(at, isPaused(valueIn(structure, lever)) ? clockSkewMs : lateApplyMs + 2 * clockSkewMs)
}

const isPaused = (value: LeverValue | undefined): boolean => value?.kind === 'status' && value.status === 'paused'

async function build(
  keys: readonly LeverKey[],
  killed: Killed,
  structure: AccountStructure,
  loop: Loop,
): Promise<{ readonly commit: Omit<MoneyCommit, 'token'> } | undefined> {
  const { account, zone } = structure
  const now = loop.clock.now()
  const states = await loop.money.levers(account, keys)
  const taken = keys.flatMap((key) => {
    const pause = killed.get(key)!
    const before = states.get(key)
    const value = valueIn(structure, pause.lever)
    // While an intent is open, verify is the one to look. What is gone cannot be paused any more.
    if (!value || before?.pending || !isNew(pause, before)) return []
    return [{ pause, before, value, next: takenOver(before, pause, value, now) }]
  })
  if (taken.length === 0) return undefined
  const date = dateAt(now, zone)
  const entries = taken.map(
    ({ pause, before, value }): AuditEntry => ({
      kind: 'observed',
      lever: leverKey(pause.lever),
      from: before ? valueText(before.known) : 'unseen',
      to: valueText(value),
      actor: pause.by,
      resolution: isPaused(value)
        ? `taken over: paused with kill at ${isoInstant(pause.at)}, ${pause.reason}`
        : `runs: paused with kill at ${isoInstant(pause.at)}, and started since`,
      date,
      deltaMicros: '0',
    }),
  )
  const levers = taken.map(({ next, before }) => ({ next, expected: before?.version ?? 0 }))
  return { commit: { chain: accountKey(account), at: now, levers, intents: [], entries } }
}

function takenOver(
  before: LeverState | undefined,
  { lever, at, by }: JournalledPause,
  value: LeverValue,
  now: Instant,
): LeverState {
  const base: LeverState = before ?? { lever, version: 0, known: value, knownAt: now, ours: false, idle: false }
  const ours = base.ours || isPaused(value)
  return { ...base, known: value, knownAt: now, ours, killed: { at, by }, version: base.version + 1 }
}
