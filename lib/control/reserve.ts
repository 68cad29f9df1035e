import { growthInBase } from '../decide/net-growth.ts'
import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import type { PlatformCapabilities } from '../model/capability.ts'
import { type Intent, intentId } from '../model/intent.ts'
import {
  isBudget,
  isCut,
  type LeverChange,
  type LeverKey,
  type LiveLever,
  leverKey,
  sameValue,
} from '../model/lever.ts'
import { withEdit } from '../model/lever-cooldown.ts'
import { type LeverState, writesOn } from '../model/lever-state.ts'
import { isPause } from '../model/pause.ts'
import type { ChangeDecision, PlanHeader } from '../model/plan.ts'
import type { Policy } from '../model/policy.ts'
import { useOf } from '../model/request-limits.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { MoneyCommit } from '../ports/store.ts'
import { type AccountDate, dateAt, type Instant, later } from '../units/calendar.ts'
import { add, larger, type Money, smaller, subtract, sum, zero } from '../units/money.ts'
import { type AlreadyThere, alreadyThere, freedBy, leftOfFreed } from './already-there.ts'
import { type Before, brokenCap, type CapBooks } from './broken-cap.ts'
import type { NextChunk } from './chunk.ts'
import { commitFresh } from './commit.ts'
import { highBefore, withHigh, worstCaseChange } from './exposure.ts'
import type { Frozen } from './frozen.ts'
import { stopped } from './gate.ts'
import { beyondDay, heldSince, unfit } from './last-look.ts'
import { portfolioDayOf, withExposure } from './ledger-step.ts'
import { type Loop, leaseMs } from './loop.ts'
import { advanced, noProgress } from './progress.ts'
import { openCaps } from './shared-caps.ts'
import type { Steering } from './steering.ts'
import { valueText } from './value-text.ts'
import { entryOf, type Granted, type Verdict } from './verdict.ts'

interface Books extends CapBooks {
  readonly states: ReadonlyMap<LeverKey, LeverState>
  readonly live: ReadonlyMap<LeverKey, LiveLever>
  readonly date: AccountDate
  readonly factor: number
  readonly now: Instant
  readonly skewMs: number
  readonly policy: Policy
  readonly structure: AccountStructure
  readonly safeStep: number
  readonly capabilities: PlatformCapabilities
}

/**
 * Reserves what a chunk may push: reads the live values, checks every change against caps and headroom, and writes
 * intents, lever records, both ledgers, the plan's progress and the audit record in one transaction. What does not pass
 * is dropped with its reason in the same record; the rest proceeds.
 *
 * @returns intents to be pushed now, and how many changes were there already; none when another worker took the chunk, or
 *   the plan is not approved any more
 */
export async function reserve(
  next: NextChunk,
  steering: Steering,
  structure: AccountStructure,
  loop: Loop,
  frozen: Frozen = () => undefined,
): Promise<{ readonly reserved: readonly Intent[]; readonly there: number }> {
  const built = await commitFresh(loop, `reserving for ${next.header.id}`, () =>
    build(next, steering, structure, loop, frozen),
  )
  return { reserved: built?.granted.map(({ intent }) => intent) ?? [], there: built?.there.length ?? 0 }
}

async function build(
  { header, chunk, since }: NextChunk,
  steering: Steering,
  structure: AccountStructure,
  loop: Loop,
  frozen: Frozen,
): Promise<(Judged & { readonly commit: Omit<MoneyCommit, 'token'> }) | undefined> {
  const key = accountKey(structure.account)
  // Who takes a plan back need not wait for whoever reserves of it: the commit holds only while it is approved.
  if ((await loop.plans.header(header.id))?.approval.kind !== 'approved') return undefined
  const progress = (await loop.plans.progress(header.id)) ?? noProgress(header)
  if ((progress.cursors[key] ?? 0) !== chunk.index) return undefined
  const headroom = subtract(add(header.netGrowth, progress.freed), progress.raised)
  const opened = await openBooks(chunk.changes, headroom, steering, structure, loop)
  // A pull looks at its clock and puts a hold on later in the same run: a plan of that while did not know of it. What a
  // person rolls back may be what was held just so.
  const books = header.occasion === 'rollback' ? opened : { ...opened, skewMs: opened.skewMs + loop.timing.runLimitMs }
  if (books.now > later(since, loop.timing.runLimitMs)) throw new OutOfTime(books.now - since)
  const lease = later(books.now, leaseMs(loop.timing))

  const judged = judgeAll(header, chunk.changes, books, lease, frozen)
  const { granted, there, entries } = judged
  const counted = [...granted, ...there]
  const { currency } = structure
  const none = zero(header.dayTarget.currency)
  const raised = sum(
    counted.map(({ growth }) => larger(growth, none)),
    none.currency,
  )
  const freed = freedBy(there, none)
  return {
    ...judged,
    commit: {
      chain: key,
      at: books.now,
      approved: header.id,
      levers: counted.flatMap(({ lever }) => lever ?? []),
      intents: granted.map(({ intent }) => ({ intent })),
      progress: {
        next: advanced(progress, {
          account: key,
          chunks: 1,
          raised,
          freed: await leftOfFreed(freed, header, books.policy, books.now, loop),
          cutsOpened: granted.filter(({ intent }) => isCut(intent.change)).length,
        }),
        expected: progress.version,
      },
      ...withExposure(
        { ...books, account: structure.account, version: steering.version },
        sum(
          counted.map(({ delta }) => delta),
          currency,
        ),
        entries,
      ),
    },
  }
}

interface Judged {
  readonly granted: readonly Granted[]
  readonly there: readonly AlreadyThere[]
  readonly entries: readonly AuditEntry[]
}

/** Every change of a chunk, in order: what was granted before counts against the caps of what comes after. */
function judgeAll(
  header: PlanHeader,
  changes: readonly ChangeDecision[],
  books: Books,
  leaseUntil: Instant,
  frozen: Frozen,
): Judged {
  const granted: Granted[] = []
  const there: AlreadyThere[] = []
  const entries: AuditEntry[] = []
  for (const decision of changes) {
    const id = intentId(header.id, leverKey(decision.change.lever))
    const { change } = decision
    const intent: Intent = { id, plan: header.id, portfolio: header.portfolio, change, at: books.now, leaseUntil }
    const freeze = frozen(change.lever)
    const verdict: Verdict = freeze
      ? { refused: freeze, outcome: 'not sent' }
      : judge(decision, intent, books, [...granted, ...there], header)
    if ('granted' in verdict) granted.push(verdict.granted)
    if ('there' in verdict) there.push(verdict.there)
    entries.push(entryOf(intent, verdict, books.date))
  }
  return { granted, there, entries }
}

/** No item in the ledger means no push. */
export class DayNotOpen extends Error {
  constructor(what: string, date: AccountDate) {
    super(
      `the day ${date} of ${what} is not open in the ledger: a pull opens an account's day, a daily plan a portfolio's`,
    )
    this.name = 'DayNotOpen'
  }
}

/** A process that was suspended: what it looked at before it slept lets nothing through any more. */
class OutOfTime extends Error {
  constructor(ms: number) {
    super(`nothing reserved: the run has lasted ${Math.round(ms / 1000)} s, and what lets a plan through is as old`)
    this.name = 'OutOfTime'
  }
}

async function openBooks(
  changes: readonly ChangeDecision[],
  headroom: Money,
  { version, factor, dayCap }: Steering,
  structure: AccountStructure,
  loop: Loop,
): Promise<Books> {
  const { account, zone } = structure
  const { reader, capabilities } = loop.platforms(account.platform)
  const moves = changes.map(({ change }) => change)
  const levers = moves.map(({ lever }) => lever)
  const live = await reader.live(account, levers, useOf(moves))
  const now = loop.clock.now()
  const date = dateAt(now, zone)
  const [states, ledger, portfolio] = await Promise.all([
    loop.money.levers(account, levers.map(leverKey)),
    loop.money.accountDay(account, date),
    portfolioDayOf(version, loop),
  ])
  if (!ledger && !changes.every(({ change }) => isPause(change))) throw new DayNotOpen(accountKey(account), date)
  if (!portfolio && !moves.every(isCut))
    throw new DayNotOpen(`portfolio ${version.policy.portfolio}`, dateAt(now, version.policy.zone))
  return {
    ledger,
    portfolio,
    caps: { account: tighter(ledger?.cap, dayCap), portfolio: tighter(portfolio?.cap, version.policy.dayCap) },
    sharedCaps: portfolio ? await openCaps(moves, version, portfolio, loop) : [],
    states,
    live: new Map(live.map((one) => [leverKey(one.lever), one])),
    date,
    factor,
    now,
    skewMs: loop.timing.clockSkewMs,
    headroom,
    policy: version.policy,
    structure,
    safeStep: capabilities.learningSafeStep,
    capabilities,
  }
}

const tighter = (a: Money | undefined, b: Money | undefined): Money | undefined => a && b && smaller(a, b)

/** Whether one change may be pushed, given what was granted before it in the same chunk. */
function judge(
  decision: ChangeDecision,
  intent: Intent,
  books: Books,
  before: readonly Before[],
  { rates, madeAt }: PlanHeader,
): Verdict {
  const { change } = decision
  const key = leverKey(change.lever)
  // Only budgets have a record before they are moved: the ledger must have counted them.
  const state = books.states.get(key) ?? (isBudget(change.lever) ? undefined : firstRecord(change, books.now))
  if (!state) return { refused: 'nothing is known of this lever yet', outcome: 'dropped' }
  if (state.pending) return { refused: 'an earlier push is not settled', outcome: 'dropped' }
  const { mayArriveUntil, ...settled } = state
  if (mayArriveUntil !== undefined && mayArriveUntil > books.now)
    return { refused: 'an earlier push had no answer, and may still arrive', outcome: 'dropped' }
  const live = books.live.get(key)?.value
  const there = alreadyThere(change, state, live, rates, { ...books, currency: books.structure.currency })
  if (there) return { there }
  if (!sameValue(state.known, change.from))
    return {
      refused: `it is known at ${valueText(state.known)}, and the decision was based on ${valueText(change.from)}`,
      outcome: 'drifted',
    }
  if (!live || !sameValue(live, change.from))
    return { refused: `it stands at ${valueText(live)}, not at ${valueText(change.from)}`, outcome: 'drifted' }

  const obstacle =
    stopped(decision, state, books) ??
    heldSince(decision, state, { ...books, madeAt }) ??
    (isBudget(change.lever) ? beyondDay(decision, state, books) : unfit(decision, state, books))
  if (obstacle) return { refused: obstacle, outcome: 'dropped' }
  const nextState: LeverState = {
    ...withHigh(settled, change.to, books.date),
    version: state.version + 1,
    writes: writesOn(state, books.date) + 1,
    ...withEdit(state, books.capabilities, books.now),
    pending: {
      intent: intent.id,
      to: change.to,
      leaseUntil: intent.leaseUntil,
      highBefore: highBefore(state, books.date),
      ...(decision.event ? { event: decision.event } : {}),
      ...(decision.holdAfter ? { hold: decision.holdAfter } : {}),
      ...(decision.alert && isPause(change) ? { pausesFor: decision.alert } : {}),
    },
  }
  const delta = worstCaseChange(state, nextState, books.date, books.factor, books.structure.currency)
  const growth = growthInBase(change, rates)
  const broken = brokenCap(change, delta, growth, books, before)
  if (broken) return { refused: broken, outcome: 'dropped' }
  return { granted: { intent, lever: { next: nextState, expected: state.version }, delta, growth } }
}

const firstRecord = ({ lever, from }: LeverChange, now: Instant): LeverState => ({
  lever,
  version: 0,
  known: from,
  knownAt: now,
  ours: false,
  idle: false,
})
