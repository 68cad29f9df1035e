import { budgetsOf, leverOf, type Remedy } from '../decide/breakers/remedies.ts'
import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import { type LeverKey, leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { MoneyCommit } from '../ports/store.ts'
import { dateAt, HOUR_MS, type Instant, later } from '../units/calendar.ts'
import { commitFresh } from './commit.ts'
import type { Loop } from './loop.ts'
import { valueText } from './value-text.ts'

/** A hold runs out by itself so long after its rule tripped last. */
const HOLD_MS = 3 * HOUR_MS
/** It is written anew when less than this is left of it. */
const RENEW_MS = HOUR_MS
const CHUNK = 25

/** Leaves alone the budgets that an alert is about, for as long as it trips: no plan moves them meanwhile. */
export async function holdBudgets(remedy: Remedy, loop: Loop): Promise<void> {
  const now = loop.clock.now()
  const known = new Map(remedy.view.levers.map((state) => [leverKey(state.lever), state]))
  const keys = budgetsOf(remedy)
    .map((budget) => leverKey(leverOf(remedy, budget)))
    .filter((key) => needsHold(known.get(key), now))
  for (let i = 0; i < keys.length; i += CHUNK) {
    const chunk = keys.slice(i, i + CHUNK)
    await commitFresh(loop, `holding for alert ${remedy.alert}`, () => buildHold(chunk, remedy, loop))
  }
}

/** A hold that somebody else has put on it, or that lasts, stands. */
const needsHold = (state: LeverState | undefined, now: Instant): state is LeverState =>
  state !== undefined && (state.hold === undefined || state.hold.until - now < RENEW_MS)

async function buildHold(
  keys: readonly LeverKey[],
  { view, alert }: Remedy,
  loop: Loop,
): Promise<{ commit: Omit<MoneyCommit, 'token'> } | undefined> {
  const { account, zone } = view.structure
  const now = loop.clock.now()
  const states = [...(await loop.money.levers(account, keys)).values()].filter((state) => needsHold(state, now))
  if (states.length === 0) return undefined
  const reason = `held by the guard, alert ${alert}`
  const levers = states.map((state) => ({
    next: {
      ...state,
      hold: { until: later(now, HOLD_MS), since: heldSince(state, now), reason },
      version: state.version + 1,
    },
    expected: state.version,
  }))
  const entries = states.map(
    (state): AuditEntry => ({
      kind: 'observed',
      lever: leverKey(state.lever),
      from: valueText(state.known),
      to: valueText(state.known),
      resolution: reason,
      date: dateAt(now, zone),
      deltaMicros: '0',
    }),
  )
  return { commit: { chain: accountKey(account), at: now, levers, intents: [], entries } }
}

/** A plan that was made since then knew of it; every older one did not, whatever the value stands at since. */
const heldSince = ({ hold, knownAt }: LeverState, now: Instant): Instant =>
  hold && hold.until > now ? (hold.since ?? knownAt) : now
