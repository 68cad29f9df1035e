import { growthInBase } from '../decide/net-growth.ts'
import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import type { PlatformFailure } from '../model/failure.ts'
import type { Intent, IntentRecord, Outcome } from '../model/intent.ts'
import { isBudget, isCut, leverKey } from '../model/lever.ts'
import { type LeverState, withEvent, withoutMetCap } from '../model/lever-state.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { MoneyCommit, Versioned } from '../ports/store.ts'
import { type AccountDate, DAY_MS, dateAt, type Instant, later } from '../units/calendar.ts'
import { add, type Money, money, zero } from '../units/money.ts'
import { unreachable } from '../units/unreachable.ts'
import { commitFresh } from './commit.ts'
import { highBefore, withHigh, worstCaseChange } from './exposure.ts'
import { failureText } from './failure-text.ts'
import { portfolioDayOf, withExposure } from './ledger-step.ts'
import type { Loop } from './loop.ts'
import { advanced } from './progress.ts'
import type { Steering } from './steering.ts'
import { valueText } from './value-text.ts'

/** How long a lever is left alone whose platform stored something else than it was told. */
const MISMATCH_HOLD_MS = DAY_MS

export interface Settlement {
  readonly intent: Intent
  readonly outcome: Outcome
  /**
   * It was sent and nobody knows for certain that it was not applied: the platform may have stood at the new value for a
   * while, so that the day stays charged with it.
   */
  readonly mayHaveApplied?: boolean
}

/**
 * Writes what became of pushed changes of one plan, at most 25: outcomes, lever records, released reservations, progress
 * and audit, in one transaction. An unknown outcome leaves the lever pending and counted at the worse value.
 */
export async function settle(
  settlements: readonly Settlement[],
  steering: Steering,
  structure: AccountStructure,
  loop: Loop,
): Promise<void> {
  if (settlements.length === 0) return
  await commitFresh(loop, `settling for ${accountKey(structure.account)}`, () =>
    build(settlements, steering, structure, loop),
  )
}

async function build(
  settlements: readonly Settlement[],
  { version, factor }: Steering,
  { account, zone, currency }: AccountStructure,
  loop: Loop,
): Promise<{ commit: Omit<MoneyCommit, 'token'> } | undefined> {
  const key = accountKey(account)
  const now = loop.clock.now()
  const date = dateAt(now, zone)
  const states = await loop.money.levers(
    account,
    settlements.map(({ intent }) => leverKey(intent.change.lever)),
  )
  const ledger = await loop.money.accountDay(account, date)
  const portfolio = await portfolioDayOf(version, loop)
  // Somebody may have settled some of them meanwhile.
  const open = settlements.filter(
    ({ intent }) => states.get(leverKey(intent.change.lever))?.pending?.intent === intent.id,
  )
  const [first] = open
  if (!first) return undefined
  const progress = await loop.plans.progress(first.intent.plan)
  if (!progress) throw new Error(`plan ${first.intent.plan} has intents and no progress`)

  const levers: Versioned<LeverState>[] = []
  const entries: AuditEntry[] = []
  let delta = zero(currency)
  // The plan's own rates, as in its reservations: what was taken is given back to the micro.
  const rates = (await loop.plans.header(first.intent.plan))?.rates ?? []
  const tally = { closed: 0, freed: zero(progress.freed.currency), raised: zero(progress.raised.currency) }
  const settled: Settlement[] = []
  for (const settlement of open) {
    const { intent, outcome } = settlement
    const before = states.get(leverKey(intent.change.lever))!
    const after = afterOutcome(before, settlement, date, now)
    const grown = worstCaseChange(before, after, date, factor, currency)
    // A day that is not open, or is being opened just now, would never count it: it stays pending until a pull has opened it.
    if (!ledger && grown.micros > 0n) continue
    settled.push(settlement)
    const change = ledger ? grown : zero(currency)
    delta = add(delta, change)
    if (after !== before) levers.push({ next: { ...after, version: before.version + 1 }, expected: before.version })
    entries.push(entryOf(intent, outcome, after, date, change))
    count(tally, intent, outcome, growthInBase(intent.change, rates))
  }
  const step = { account: key, cutsClosed: tally.closed, freed: tally.freed, raised: tally.raised }
  if (settled.length === 0) return undefined
  return {
    commit: {
      chain: key,
      at: now,
      levers,
      intents: settled.map((one) => recordOf(one, now)),
      progress: { next: advanced(progress, step), expected: progress.version },
      ...withExposure({ account, date, now, ledger, version, portfolio }, delta, entries),
    },
  }
}

const recordOf = ({ intent, outcome }: Settlement, now: Instant): IntentRecord => ({
  intent,
  outcome,
  ...(outcome.kind === 'unknown' ? {} : { settledAt: now }),
})

/** The lever's record after an outcome; the same object when it stays pending. */
function afterOutcome(
  before: LeverState,
  { intent, outcome, mayHaveApplied = false }: Settlement,
  date: AccountDate,
  now: Instant,
): LeverState {
  const back = mayHaveApplied ? charged(before, date) : unsent(before, date)
  switch (outcome.kind) {
    case 'unknown':
      return before
    case 'applied': {
      const after = afterApplied(before, outcome.readback, date, now)
      if (after === before) return before
      return mayHaveApplied || outcome.readback.kind === 'mismatched' ? closedUntilLease(after, before, now) : after
    }
    case 'refused':
      return { ...back, ...coolingAfter(outcome.failure, now), known: intent.change.from, knownAt: now }
    case 'frozen':
      return { ...back, known: intent.change.from, knownAt: now }
    // Counted from now on, but still known as it was: the next pull finds the edit, with who made it, and judges it.
    case 'drifted':
      return outcome.observed ? withHigh(back, outcome.observed, date) : back
    case 'already-there':
      return withHigh(back, outcome.value, date)
    case 'shadowed':
      throw new Error('a shadowed change has no reservation to settle')
    default:
      return unreachable(outcome)
  }
}

/**
 * What was read says that the value stands, not that it was our request that set it: a person may have, while a platform
 * that has accepted ours is yet to apply it.
 */
const closedUntilLease = (after: LeverState, { pending }: LeverState, now: Instant): LeverState =>
  pending && pending.leaseUntil > now ? { ...after, mayArriveUntil: pending.leaseUntil } : after

function afterApplied(
  before: LeverState,
  readback: Extract<Outcome, { kind: 'applied' }>['readback'],
  date: AccountDate,
  now: Instant,
): LeverState {
  if (readback.kind === 'not-read' || readback.value === undefined) return before
  // What was stored otherwise may be what was there before: then the mark of before still says what is true of it.
  const mark = before.pending?.event ?? (readback.kind === 'verified' ? undefined : before.event)
  // What it was taken for before is counted to the day; what it stands at now is what we have set.
  const { doubted: _, ...plain } = charged(before, date)
  const marked = pausedBy(withEvent(plain, mark), before, readback)
  const known = { ...withHigh(marked, readback.value, date), known: readback.value, knownAt: now, ours: true }
  const hold = before.pending?.hold
  if (readback.kind === 'verified') return withoutMetCap(hold ? { ...known, hold } : known)
  return {
    ...known,
    hold: { until: later(now, MISMATCH_HOLD_MS), reason: 'the platform stored another value than it was told' },
  }
}

/** What the platform said is remembered, so that neither a plan nor a push tries again before it is over. */
const coolingAfter = (failure: PlatformFailure, now: Instant): Pick<LeverState, 'cooling'> =>
  failure.kind === 'entity-cooldown'
    ? { cooling: { until: later(now, failure.retryAfterMs), reason: failure.detail } }
    : {}

/** Whose pause it is: the guard's, once its pause is there; nobody's, once it runs again. */
function pausedBy(state: LeverState, { pending }: LeverState, { kind }: { readonly kind: string }): LeverState {
  if (pending?.to.kind !== 'status' || kind !== 'verified') return state
  const { pausedFor: _, ...rest } = state
  return pending.pausesFor ? { ...rest, pausedFor: pending.pausesFor } : rest
}

/** The record without the push, the day charged by the highest that it may have seen: after midnight the new day too. */
function charged(before: LeverState, date: AccountDate): LeverState {
  const { pending: _, ...rest } = withHigh(before, highBefore(before, date), date)
  return rest
}

/** The record as if the push had never been reserved. */
function unsent(before: LeverState, date: AccountDate): LeverState {
  const { pending, ...rest } = before
  if (!pending || before.day !== date || !isBudget(before.lever)) return rest
  return { ...rest, dayHigh: pending.highBefore }
}

/** What the outcome means for the plan's headroom. */
function count(
  tally: { closed: number; freed: Money; raised: Money },
  { change }: Intent,
  outcome: Outcome,
  growth: Money,
): void {
  if (outcome.kind === 'unknown') return
  const there = outcome.kind === 'already-there'
  const applied = there || (outcome.kind === 'applied' && outcome.readback.kind === 'verified')
  const negated = money(-growth.micros, growth.currency)
  if (isCut(change)) {
    tally.closed += 1
    if (applied) tally.freed = add(tally.freed, negated)
  } else if (outcome.kind !== 'applied' && !there) tally.raised = add(tally.raised, negated)
}

const entryOf = (
  { id, change }: Intent,
  outcome: Outcome,
  after: LeverState,
  date: AccountDate,
  delta: Money,
): AuditEntry => ({
  kind: 'settled',
  intent: id,
  lever: leverKey(change.lever),
  outcome: outcome.kind === 'applied' ? outcome.readback.kind : outcome.kind,
  detail: detailOf(outcome),
  known: valueText(after.known),
  date,
  deltaMicros: delta.micros.toString(),
})

function detailOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'applied':
      return outcome.readback.kind === 'not-read'
        ? outcome.readback.detail
        : `reads ${valueText(outcome.readback.value)}`
    case 'refused':
      return failureText(outcome.failure)
    case 'drifted':
      return `it stands at ${valueText(outcome.observed)}`
    case 'already-there':
      return `nothing was sent: it stands at ${valueText(outcome.value)} already`
    case 'frozen':
      return outcome.freeze
    case 'unknown':
      return outcome.detail
    case 'shadowed':
      return 'not sent: the portfolio is in shadow'
    default:
      return unreachable(outcome)
  }
}
