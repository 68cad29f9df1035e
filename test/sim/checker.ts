import { type AccountRef, accountKey } from '../../lib/model/account.ts'
import type { Alert } from '../../lib/model/alert.ts'
import { type Freeze, scopesOf } from '../../lib/model/freeze.ts'
import type { IntradaySpend, PullStatus } from '../../lib/model/history.ts'
import type { IntentId } from '../../lib/model/intent.ts'
import {
  isBudget,
  type LeverChange,
  type LeverKey,
  type LeverValue,
  type LiveLever,
  leverKey,
  sameValue,
} from '../../lib/model/lever.ts'
import { isPause } from '../../lib/model/pause.ts'
import type { PerformanceReport } from '../../lib/model/performance.ts'
import type { Approval, Plan, PlanHeader } from '../../lib/model/plan.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import type { CommitResult, MoneyCommit } from '../../lib/ports/store.ts'
import { dateAt, type Instant } from '../../lib/units/calendar.ts'
import { type Bystander, onCommit, stillCounted } from './commit-checks.ts'
import { type DataQuality, onGoodData } from './data-checks.ts'
import { onDecided } from './decided-checks.ts'
import { onGuardTurn } from './guard-checks.ts'
import type { InvariantName, Violation } from './invariants.ts'
import { emptyMirror, keepPlan, type Mirror, microsOf } from './mirror.ts'
import { canSpendAt, type TrueAccount } from './platforms.ts'
import { count } from './tally.ts'
import type { Effect, Worker } from './workers.ts'

export interface Checker {
  readonly mirror: Mirror
  readonly violations: Violation[]
  /** How many looks were taken. */
  checks: number
  /** Values of people that we ran over because nobody can look and write at once. */
  windows: number
  /** An effect happens now. @returns its number */
  happens(): number
  /** An effect of a worker has happened, and this is what it came to. */
  after(worker: Worker, effect: Effect, value: unknown, event: number): void
  sends(worker: Worker, change: LeverChange): void
  takesEffect(change: LeverChange, value: LeverValue, late: boolean): void
  personSets(key: LeverKey): void
  policyIs(version: PolicyVersion): void
  freezes(scope: string): void
  unfreezes(scope: string): void
  decided(id: string, approval: Approval): void
  stored(plan: Plan, header: PlanHeader, worker?: Worker): void
  /** A turn of the guard has come to its end, and these alerts stand. */
  guarded(worker: Worker, own: TrueAccount, alerts: readonly Alert[]): void
  report(invariant: InvariantName, detail: string): void
}

export function checker(
  accounts: ReadonlyMap<string, TrueAccount>,
  now: () => Instant,
  miscounted: DataQuality['miscounted'],
  rateOf: Bystander['rateOf'],
): Checker {
  const mirror = emptyMirror()
  const intentOf = new WeakMap<LeverChange, IntentId>()
  const edited = new Map<LeverKey, number>()
  const violations: Violation[] = []
  const found = (invariant: InvariantName, detail: string): void => {
    violations.push({ invariant, event: mirror.event, detail })
  }
  const one: Bystander = { mirror, accounts, now, rateOf, found }
  const statuses = new Map<string, PullStatus>()

  function after(worker: Worker, effect: Effect, value: unknown, event: number): void {
    const look = (what: string, saw: unknown): unknown => worker.looked.set(what, { event, saw })
    switch (effect.name) {
      case 'reader.live':
        for (const { lever, value: live } of value as readonly LiveLever[]) look(leverKey(lever), live)
        return
      case 'freezes.active':
        look('freezes', value)
        return
      case 'policies.current':
        look(`policies ${effect.args[0]}`, value)
        return
      case 'policies.all':
        for (const version of value as readonly PolicyVersion[]) look(`policies ${version.policy.portfolio}`, version)
        return
      case 'plans.recent':
        look(`plans ${effect.args[0]}`, value)
        return
      case 'plans.put':
        self.stored(effect.args[0] as Plan, value as PlanHeader, worker)
        return
      case 'plans.decide':
        if (value) self.decided(effect.args[0] as string, effect.args[2] as Approval)
        return
      case 'money.allLevers': {
        if (worker.message.stage !== 'plan') return
        const what = `levers ${accountKey(effect.args[0] as AccountRef)}`
        // What it decides on is what it read first; the portfolio's day it opens by what it read last.
        if (!worker.looked.has(what)) look(what, value)
        look(`newest ${what}`, value)
        return
      }
      case 'reader.performance':
        if (worker.message.stage === 'guard') noteSpend(look, value as PerformanceReport)
        return
      case 'facts.intraday':
        // It asks for the days of other accounts too, where a cap over several is near.
        if (
          worker.message.stage === 'guard' &&
          accountKey(effect.args[0] as AccountRef) === worker.message.key &&
          value
        )
          look('spend', spentIn(value as IntradaySpend))
        return
      case 'money.portfolioDay':
        look(`day ${effect.args[0]} ${effect.args[1]}`, value)
        return
      case 'freezes.freeze':
        mirror.freezes.set((effect.args[0] as Freeze).scope, event)
        count(mirror.guard, 'freezes')
        return
      case 'facts.pullStatus':
        look(`status ${accountKey(effect.args[0] as AccountRef)}`, value)
        return
      case 'facts.putPullStatus': {
        const status = effect.args[0] as PullStatus
        mirror.pulled.add(status.account)
        statuses.set(status.account, status)
        return
      }
      case 'money.commit':
        if ((value as CommitResult).kind !== 'committed') return
        self.checks += 1
        onCommit(one, worker, effect.args[0] as MoneyCommit)
        for (const { intent } of (effect.args[0] as MoneyCommit).intents) look(`reserved ${intent.id}`, undefined)
    }
  }

  function sends(worker: Worker, change: LeverChange): void {
    mirror.event += 1
    self.checks += 1
    const key = leverKey(change.lever)
    const state = mirror.levers.get(key)
    const id = state?.pending?.intent
    const intent = id && mirror.intents.get(id)
    if (!(id && intent && state?.pending && sameValue(state.pending.to, change.to))) {
      found('written-first', `${worker.name} sends ${key} ${microsOf(change.to)}; pending is ${id}`)
      return
    }
    intentOf.set(change, id)
    if (intent.sentAt !== undefined) found('sent-once', `${id} again by ${worker.name}`)
    intent.sentAt = mirror.event
    lookedAgain(worker, change, id, intent.reservedAt)
    notFrozen(worker, change, intent.reservedAt)
    const own = accounts.get(accountKey(change.lever.account))!
    const date = dateAt(now(), own.zone)
    if (!isPause(change) && !mirror.accountDays.has(`${own.key} ${date}`) && !openByClock(worker, own))
      found('day-open', `${id} on ${date}`)
  }

  /** By the sender's own clock it may still be the day before. */
  const openByClock = (worker: Worker, own: TrueAccount): boolean =>
    mirror.accountDays.has(`${own.key} ${dateAt(worker.loop.clock.now(), own.zone)}`)

  function lookedAgain(worker: Worker, change: LeverChange, id: string, reservedAt: number): void {
    const key = leverKey(change.lever)
    const looked = worker.looked.get(key)
    const saw = looked?.saw as LeverValue | undefined
    const since = worker.looked.get(`reserved ${id}`)?.event ?? Math.max(reservedAt, 0)
    if (!looked || looked.event < since || !saw || !sameValue(saw, change.from))
      found('looked-again', `${id}: read ${microsOf(saw)} at ${looked?.event}, reserved at ${since}`)
    if ((edited.get(key) ?? -1) > (looked?.event ?? 0)) self.windows += 1
  }

  function notFrozen(worker: Worker, change: LeverChange, reservedAt: number): void {
    const own = accounts.get(accountKey(change.lever.account))!
    const looked = worker.looked.get('freezes')?.event ?? -1
    if (looked < reservedAt) found('frozen', `${worker.name} did not look at the freezes after ${reservedAt}`)
    const moved = change.lever.entity === 'budget' ? own.budgets.get(change.lever.id)!.campaigns : [change.lever.id]
    for (const scope of scopesOf(own.account, moved)) {
      const since = mirror.freezes.get(scope)
      if (since !== undefined && since < looked)
        found('frozen', `${scope} since ${since}, looked at ${looked}, and ${leverKey(change.lever)} is sent`)
    }
  }

  function takesEffect(change: LeverChange, value: LeverValue, late: boolean): void {
    mirror.event += 1
    self.checks += 1
    const key = leverKey(change.lever)
    const own = accounts.get(accountKey(change.lever.account))!
    const id = intentOf.get(change)
    const intent = id && mirror.intents.get(id)
    mirror.ours.add(key)
    mirror.personHolds.delete(key)
    const state = mirror.levers.get(key)
    if (state) stillCounted(one, state)
    // What cannot spend costs nothing, wherever it stands.
    const budget = isBudget(change.lever) ? own.budgets.get(change.lever.id) : undefined
    if (value.kind === 'money' && budget && canSpendAt(own, budget) && !state?.idle) {
      const date = dateAt(now(), own.zone)
      const high = mirror.ourHigh.get(key)
      const before = high?.date === date ? high.micros : 0n
      mirror.ourHigh.set(key, { date, micros: value.amount.micros > before ? value.amount.micros : before })
    }
    if (!id || !intent) return
    if (mirror.plans.get(intent.record.intent.plan)?.plan.occasion === 'guard')
      count(mirror.guard, isPause(change) ? 'campaigns paused' : 'budgets cut to the floor')
    if (intent.landedAt !== undefined) found('sent-once', `${id} takes effect again`)
    intent.landedAt = mirror.event
    if (mirror.newest.get(key) !== id) found('in-order', `${id} takes effect after ${mirror.newest.get(key)}`)
    const outcome = intent.record.outcome
    if (late && outcome && outcome.kind !== 'unknown' && outcome.kind !== 'applied')
      found('final-is-final', `${id} takes effect, and was settled as ${outcome.kind}`)
  }

  const self: Checker = {
    mirror,
    violations,
    checks: 0,
    windows: 0,
    happens() {
      mirror.event += 1
      return mirror.event
    },
    after,
    sends,
    takesEffect,
    guarded(worker, own, alerts) {
      self.checks += 1
      onGuardTurn(one, worker, own, alerts)
    },
    personSets(key) {
      mirror.event += 1
      mirror.ours.delete(key)
      edited.set(key, mirror.event)
    },
    policyIs(version) {
      mirror.event += 1
      mirror.policies.set(version.policy.portfolio, { version, since: mirror.event })
    },
    freezes(scope) {
      mirror.event += 1
      mirror.freezes.set(scope, mirror.event)
    },
    unfreezes(scope) {
      mirror.event += 1
      mirror.freezes.delete(scope)
    },
    decided(id, approval) {
      const known = mirror.plans.get(id)
      if (!known) return
      known.header = { ...known.header, approval }
      known.changedAt = mirror.event
    },
    stored(plan, header, worker) {
      if (mirror.plans.has(plan.id)) return
      // A pull may have ended since, with something newer or, by a report that is hours old, with something older.
      const statusOf = (account: string): PullStatus | undefined =>
        (worker?.looked.get(`status ${account}`)?.saw as PullStatus | undefined) ?? statuses.get(account)
      onDecided(one, plan, worker)
      if (plan.occasion === 'guard') count(mirror.guard, 'plans')
      onGoodData(one, plan, { statusOf, miscounted })
      keepPlan(mirror, plan, header)
    },
    report: found,
  }
  return self
}

/** What a worker has been shown of a day's spend, rows and not the total. */
function noteSpend(look: (what: string, saw: unknown) => unknown, { query, rows }: PerformanceReport): void {
  if (query.grain !== 'hour') return
  let micros = 0n
  for (const { spend } of rows) micros += spend.micros
  look('spend', micros)
}

function spentIn({ spendMicrosByHour }: IntradaySpend): bigint {
  let micros = 0n
  for (const hours of spendMicrosByHour.values()) for (const part of hours) micros += part ?? 0n
  return micros
}
