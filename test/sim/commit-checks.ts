import { growthInBase } from '../../lib/decide/net-growth.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import { type IntentId, type IntentRecord, isSettled, type Outcome } from '../../lib/model/intent.ts'
import { isBudget, isCut, type LeverChange, type LeverKey, leverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { isPause } from '../../lib/model/pause.ts'
import type { MoneyCommit } from '../../lib/ports/store.ts'
import { dateAt, type Instant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { changeOf, onOwnDelta, onPortfolioDay } from './base-books.ts'
import { onEditSeen } from './edit-checks.ts'
import type { InvariantName } from './invariants.ts'
import { highOf, type Mirror, microsOf, most, timesUp, worstOf } from './mirror.ts'
import { canSpendAt, factorOf, type TrueAccount, valueAt } from './platforms.ts'
import { count } from './tally.ts'
import type { Worker } from './workers.ts'

export interface Bystander {
  readonly mirror: Mirror
  readonly accounts: ReadonlyMap<string, TrueAccount>
  now(): Instant
  /** Units of one currency that a unit of another is worth on a date, with the haircut for what may be owed. */
  rateOf(from: string, to: string, date: string, haircut: number): number
  found(invariant: InvariantName, detail: string): void
}

type Reserved = Extract<AuditEntry, { kind: 'reserved' }>

/** A transaction that went through: looked at, and taken into the mirror. */
export function onCommit(one: Bystander, worker: Worker, commit: MoneyCommit): void {
  const { mirror, found, now } = one
  checkVersions(one, commit)
  const reserved = commit.entries.filter((entry) => entry.kind === 'reserved')
  let delta = 0n
  for (const { next } of commit.levers) {
    const key = leverKey(next.lever)
    const before = mirror.levers.get(key)
    if (before?.pending && next.pending && before.pending.intent !== next.pending.intent)
      found('one-open-intent', `${key}: ${next.pending.intent} beside ${before.pending.intent}`)
    noteStart(mirror, before, next)
    if (before?.cutBackTo ?? next.cutBackTo) mirror.orderedAt.set(key, now())
    onEditSeen(one, worker, commit, before, next)
    delta += changeOf(one, commit, before, next)
    if (isNewHold(before, next, commit.at)) {
      mirror.heldSince.set(key, mirror.event)
      if (next.hold?.reason.startsWith('held by the guard')) count(mirror.guard, 'budgets held')
    }
    mirror.levers.set(key, next)
  }
  for (const entry of commit.entries)
    if (entry.kind === 'settled' && entry.outcome === 'already-there') mirror.there.add(entry.intent)
  for (const record of commit.intents) {
    const { id, change } = record.intent
    if (wasDoneByOthers(one, record)) mirror.there.add(id)
    const known = mirror.intents.get(id)
    if (known) known.record = record
    else mirror.intents.set(id, { record, reservedAt: mirror.event })
    if (!record.outcome) mirror.newest.set(leverKey(change.lever), id)
  }
  takeLedgers(one, commit)
  onOwnDelta(one, commit, delta)
  onPortfolioDay(one, worker, commit)
  for (const entry of reserved) onReserved(one, worker, commit, entry)
  checkLedgers(one, commit)
  for (const { next } of commit.levers) stillCounted(one, next)
}

/** A cut whose request had no answer, and which a reading finds done: by a person, if the request never landed. */
function wasDoneByOthers({ mirror, accounts }: Bystander, { intent: { id, change }, outcome }: IntentRecord): boolean {
  if (outcome?.kind !== 'applied' || outcome.readback.kind !== 'verified' || !isBudget(change.lever)) return false
  const own = accounts.get(accountKey(change.lever.account))!
  return mirror.intents.get(id)?.landedAt === undefined && microsOf(valueAt(own, change.lever)) <= microsOf(change.to)
}

/** A hold of the guard that is only made longer is none: plans that were made since it was put on knew of it. */
function isNewHold(before: LeverState | undefined, { hold }: LeverState, now: number): boolean {
  const was = before?.hold
  if (!hold || hold.until === was?.until) return false
  return !(was && was.until > now && was.reason === hold.reason && hold.reason.startsWith('held by the guard'))
}

function checkVersions({ mirror, found }: Bystander, commit: MoneyCommit): void {
  for (const { next, expected } of commit.levers) {
    const version = mirror.levers.get(leverKey(next.lever))?.version ?? 0
    if (version !== expected) found('versions', `${leverKey(next.lever)} stood at ${version}, written over ${expected}`)
  }
  const { accountDay, portfolioDay } = commit
  if (accountDay) {
    const key = `${accountKey(accountDay.next.account)} ${accountDay.next.date}`
    const version = mirror.accountDays.get(key)?.version ?? 0
    if (version !== accountDay.expected) found('versions', `${key} stood at ${version}, not ${accountDay.expected}`)
  }
  if (portfolioDay) {
    const key = `${portfolioDay.next.portfolio} ${portfolioDay.next.date}`
    const version = mirror.portfolioDays.get(key)?.version ?? 0
    if (version !== portfolioDay.expected) found('versions', `${key} stood at ${version}, not ${portfolioDay.expected}`)
  }
}

/** What a record stood at before it was first written to on a date. */
function noteStart({ dayStart }: Mirror, before: LeverState | undefined, next: LeverState): void {
  if (next.day === undefined || next.known.kind !== 'money') return
  const key = leverKey(next.lever)
  if (dayStart.get(key)?.date === next.day) return
  dayStart.set(key, { date: next.day, micros: microsOf((before ?? next).known) })
}

const NO_LEDGER = new Set<AuditEntry['kind']>(['announcement', 'freeze', 'unfreeze', 'plan', 'policy', 'cap-set'])

function takeLedgers({ mirror }: Bystander, { chain, accountDay, portfolioDay, entries }: MoneyCommit): void {
  const owner = chain.startsWith('portfolio/') ? chain.slice('portfolio/'.length) : chain
  const grow = (key: string, micros: string): unknown =>
    mirror.audited.set(key, (mirror.audited.get(key) ?? 0n) + BigInt(micros))
  for (const entry of entries) {
    if (NO_LEDGER.has(entry.kind)) continue
    if (entry.kind === 'day-opened') grow(`${owner} ${entry.date}`, entry.exposureMicros)
    else if (entry.kind === 'portfolio-exposure') grow(`${entry.portfolio} ${entry.date}`, entry.deltaMicros)
    else if ('deltaMicros' in entry && entry.deltaMicros !== '0') grow(`${owner} ${entry.date}`, entry.deltaMicros)
  }
  if (accountDay) mirror.accountDays.set(`${owner} ${accountDay.next.date}`, accountDay.next)
  if (portfolioDay) {
    const { portfolio, date } = portfolioDay.next
    mirror.portfolioDays.set(`${portfolio} ${date}`, portfolioDay.next)
  }
}

function checkLedgers({ mirror, accounts, found }: Bystander, commit: MoneyCommit): void {
  const { chain, accountDay, portfolioDay, entries } = commit
  const own = accounts.get(chain)
  const dates = new Set(entries.flatMap((entry) => ('date' in entry ? [entry.date] : [])))
  for (const date of own ? dates : []) {
    const ledger = mirror.accountDays.get(`${chain} ${date}`)?.exposure.micros
    const audited = mirror.audited.get(`${chain} ${date}`)
    if (ledger !== audited) found('ledger-is-audit', `${chain} ${date}: ledger ${ledger}, audit ${audited}`)
  }
  if (portfolioDay) {
    const key = `${portfolioDay.next.portfolio} ${portfolioDay.next.date}`
    const audited = mirror.audited.get(key)
    if (audited !== portfolioDay.next.exposure.micros)
      found('ledger-is-audit', `${key}: ledger ${portfolioDay.next.exposure.micros}, audit ${audited}`)
  }
  if (!own || !accountDay) return
  const { date, exposure } = accountDay.next
  const records = worstOf(mirror.levers.values(), chain, date, factorOf(own.account))
  if (records !== exposure.micros)
    found('ledger-is-records', `${chain} ${date}: ledger ${exposure.micros}, records ${records}`)
}

/** What a value of ours stands at, or has stood at today, must stay counted whenever the record is written. */
export function stillCounted({ mirror, accounts, now, found }: Bystander, state: LeverState): void {
  if (!isBudget(state.lever)) return
  const key = leverKey(state.lever)
  const own = accounts.get(accountKey(state.lever.account))!
  const date = dateAt(now(), own.zone)
  const counted = highOf(state, date)
  const past = mirror.ourHigh.get(key)
  if (past?.date === date && state.day === date && counted < past.micros)
    found('counted', `${key} has stood at ${past.micros} by us, counted ${counted} on ${date}`)
  const budget = own.budgets.get(state.lever.id)!
  if (state.idle || !mirror.ours.has(key) || !canSpendAt(own, budget)) return
  if (counted < budget.micros)
    found('counted', `${key} stands at ${budget.micros} by us, counted ${counted} on ${date}`)
}

function onReserved(one: Bystander, worker: Worker, commit: MoneyCommit, entry: Reserved): void {
  const { mirror, found, accounts } = one
  const intent = mirror.intents.get(entry.intent as IntentId)!.record.intent
  const own = accounts.get(commit.chain)!
  const stored = mirror.plans.get(intent.plan)
  if (!stored) {
    found('approved', `${intent.id}: nobody has stored its plan`)
    return
  }
  checkApproved(one, worker, stored)
  const { change } = intent
  if (change.to.kind === 'status' && change.to.status === 'active') found('never-started', intent.id)
  const state = mirror.levers.get(leverKey(change.lever))!
  const held = mirror.heldSince.get(leverKey(change.lever)) ?? -1
  const isOrdered = state.cutBackTo !== undefined || stored.header.occasion === 'guard'
  const isExempt = isPause(change) || (isOrdered && isCut(change))
  if (!isExempt) checkDeadZone(one, own, intent.at, stored.plan.portfolio)
  if (state.hold && state.hold.until > intent.at && held > stored.storedAt && !isExempt)
    found('persons-hold', `${intent.id} moves what is held since ${held}; its plan is of ${stored.storedAt}`)
  checkRate(one, change, entry.date, stored.plan.portfolio)
  if (BigInt(entry.deltaMicros) > 0n) checkCaps(one, commit, own, entry.date)
  if (isBudget(change.lever) && !isCut(change)) {
    checkStep(one, change, entry.date, own, stored.plan.portfolio)
    checkFunded(one, stored)
  }
}

type Stored = NonNullable<ReturnType<Mirror['plans']['get']>>

/** By what the worker had read when it looked last: what changed since, it cannot know. */
function checkApproved({ mirror, found, now }: Bystander, worker: Worker, { header, changedAt }: Stored): void {
  const { portfolio, id } = header
  const readPlans = worker.looked.get(`plans ${portfolio}`)?.event ?? -1
  if (header.approval.kind !== 'approved' && changedAt < readPlans)
    found('approved', `${id} was ${header.approval.kind} when it was read last`)
  if (header.mode === 'shadow' || header.mode === 'observe') found('approved', `${id} was made in ${header.mode}`)
  const policy = mirror.policies.get(portfolio)!
  const readPolicy = worker.looked.get(`policies ${portfolio}`)?.event ?? -1
  if (policy.version.version !== header.policyVersion && policy.since < readPolicy)
    found('approved', `${id} was made under ${header.policyVersion}`)
  // It may have been read a run ago.
  if (now() > header.expiresAt + 10 * MINUTE_MS && worker.startedAt > header.expiresAt + worker.skewMs)
    found('approved', `${id} has expired`)
}

function checkDeadZone({ mirror, found }: Bystander, own: TrueAccount, at: number, portfolio: string): void {
  const zoneMs = mirror.policies.get(portfolio)!.version.policy.guardrails.midnightDeadZoneMinutes * MINUTE_MS
  // A run may begin before it, sleep, and reserve within.
  const inner = zoneMs - 10 * MINUTE_MS
  const before = dateAt(later(at as never, -inner), own.zone)
  const after = dateAt(later(at as never, inner), own.zone)
  if (inner > 0 && before !== after) found('dead-zone', `${own.key} at ${new Date(at).toISOString()}`)
}

function checkCaps({ mirror, found }: Bystander, commit: MoneyCommit, own: TrueAccount, date: string): void {
  const ledger = mirror.accountDays.get(`${own.key} ${date}`)
  if (!ledger?.cap || ledger.exposure.micros > ledger.cap.micros)
    found('caps', `${own.key} ${date}: ${ledger?.exposure.micros} of ${ledger?.cap?.micros}`)
  if (!ledger?.cap) return
  const day = commit.portfolioDay?.next
  if (!day?.cap || day.exposure.micros > day.cap.micros)
    found('caps', `${day?.portfolio} ${date}: ${day?.exposure.micros} of ${day?.cap?.micros}`)
  const truth = worstInTruth(mirror, own, date)
  if (truth > ledger.cap.micros)
    found('caps-in-truth', `${own.key} ${date}: up to ${truth} by the platform’s own record, of ${ledger.cap.micros}`)
}

/** By what stands on the platform by us, has stood there today, or may yet arrive; by a person's only as far as it was seen. */
export function worstInTruth(
  { levers, ours, ourHigh }: Mirror,
  own: TrueAccount,
  date: string,
  except?: LeverKey,
): bigint {
  let total = 0n
  for (const state of levers.values()) {
    if (!isBudget(state.lever) || accountKey(state.lever.account) !== own.key) continue
    const key = leverKey(state.lever)
    if (key === except) continue
    const budget = own.budgets.get(state.lever.id)!
    const seen = ours.has(key) ? budget.micros : microsOf(state.known)
    const standing = state.idle || !canSpendAt(own, budget) ? 0n : seen
    const past = ourHigh.get(key)
    const high = most(most(standing, past?.date === date ? past.micros : 0n), microsOf(state.pending?.to))
    total += budget.period === 'lifetime' ? high : timesUp(high, factorOf(own.account))
  }
  return total
}

function checkStep(
  { mirror, found }: Bystander,
  { lever, to }: LeverChange,
  date: string,
  own: TrueAccount,
  portfolio: string,
): void {
  const key = leverKey(lever)
  const start = mirror.dayStart.get(key)
  const { maxDayRise } = mirror.policies.get(portfolio)!.version.policy.guardrails
  const rise = Math.min(maxDayRise, own.account.platform === 'beta' ? 0.25 : 1)
  if (start?.date !== date) return
  const limit = (start.micros * BigInt(Math.round((1 + rise) * 1000))) / 1000n
  if (microsOf(to) > limit) found('steps', `${key} to ${microsOf(to)} on ${date}, which began at ${start.micros}`)
}

/** Cuts are never too often, and count all the same. */
function checkRate({ mirror, found }: Bystander, change: LeverChange, date: string, portfolio: string): void {
  const key = leverKey(change.lever)
  const known = mirror.reservedOn.get(key)
  const before = known?.date === date ? known.times : 0
  mirror.reservedOn.set(key, { date, times: before + 1 })
  const { maxChangesPerLeverDay } = mirror.policies.get(portfolio)!.version.policy.guardrails
  if (!isCut(change) && before >= maxChangesPerLeverDay) found('rate', `${key} for the ${before + 1}th time on ${date}`)
}

const NOT_APPLIED = new Set<Outcome['kind']>(['refused', 'drifted', 'frozen', 'shadowed'])

/** The plan's raises so far against its own growth and the cuts that stand on the platform. */
function checkFunded({ mirror, accounts, found }: Bystander, { plan, header }: Stored): void {
  let raised = 0n
  let freed = 0n
  for (const decision of plan.decisions) {
    if (decision.kind !== 'change' || !isBudget(decision.change.lever)) continue
    const { change } = decision
    const id = `${plan.id}/${leverKey(change.lever)}` as IntentId
    const seen = mirror.intents.get(id)
    const growth = growthInBase(change, header.rates).micros
    if (isCut(change)) {
      const own = accounts.get(accountKey(change.lever.account))!
      const stands = microsOf(valueAt(own, change.lever)) <= microsOf(change.to)
      if (seen?.landedAt !== undefined || stands || mirror.there.has(id)) freed -= growth
    } else if (seen && !(isSettled(seen.record.outcome) && NOT_APPLIED.has(seen.record.outcome!.kind))) raised += growth
  }
  if (raised > freed + header.netGrowth.micros)
    found('cuts-first', `${plan.id}: raised ${raised}, freed ${freed}, own growth ${header.netGrowth.micros}`)
}
