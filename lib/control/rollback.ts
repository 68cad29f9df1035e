import { netGrowth } from '../decide/net-growth.ts'
import { type MadeChange, type MovedSince, type Rollback, rollBack } from '../decide/rollback.ts'
import { type AccountKey, accountKey, parseAccountKey } from '../model/account.ts'
import { canonicalPieces, hashOf } from '../model/canonical.ts'
import type { IntentRecord } from '../model/intent.ts'
import { isBudget, type LeverChange, type LeverKey, type LeverValue, leverKey, sameValue } from '../model/lever.ts'
import type { Drift } from '../model/lever-state.ts'
import { entitiesOf } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { ChangeDecision, Decision, Plan, PlanHeader, PlanId } from '../model/plan.ts'
import { endOfDay, HOUR_MS, type Instant, later } from '../units/calendar.ts'
import { add, type Money, money, subtract, times, zero } from '../units/money.ts'
import { amountOf, highOn } from './exposure.ts'
import { type Loop, OPEN_PLANS_MAX } from './loop.ts'
import { observe } from './observe.ts'
import { overDeliveryFactor, policiesOf } from './portfolios.ts'

/** A rollback is for now: the world that it was checked against does not stand still. */
const VALID_MS = 6 * HOUR_MS
/** Observation, accounts, account, lists, entities. */
const INPUTS_DEPTH = 4

/** A lever that was moved since, and whose doing that is, where it is known. */
export interface MovedLever extends MovedSince {
  /** A later plan of ours moved it. */
  readonly byPlan?: PlanId
  readonly drift?: Drift
}

/** What of an account's day no rollback takes back. */
export interface NotUndone {
  readonly account: AccountKey
  /** By so much the day may still cost more at worst than at the values before: platforms spend by a day's highest budget. */
  readonly exposure: Money
  /** When that day is over. */
  readonly until: Instant
  /** What the budgets of the plan have spent of today so far. */
  readonly spentToday: Money
}

export interface RollbackDraft extends Omit<Rollback, 'moved' | 'decisions'> {
  readonly plan: Plan
  readonly moved: readonly MovedLever[]
  readonly notUndone: readonly NotUndone[]
}

/** The plan has done nothing that could be taken back. */
export class NothingDone extends Error {
  constructor({ id }: PlanHeader) {
    super(`plan ${id} has changed nothing on a platform: there is nothing to roll back`)
    this.name = 'NothingDone'
  }
}

/** What became of some pushes is not known: taking back what may come yet would leave it to chance where a lever ends. */
export class NotSettled extends Error {
  constructor({ id }: PlanHeader, count: number) {
    super(
      `${count} pushes of plan ${id} are not settled: verify settles them within minutes ("sluice run"); then roll back again`,
    )
    this.name = 'NotSettled'
  }
}

/**
 * What would take a plan back, as of now: the values before are those of its intents, which were written in the transaction
 * that reserved the push. Reads the platforms, writes nothing but the inputs to the archive.
 *
 * @param by who asks, for the record
 * @throws NothingDone, NotSettled, NotPulled, MissingRate
 */
export async function draftRollback(of: PlanHeader, by: string, loop: Loop): Promise<RollbackDraft> {
  const version = await loop.policies.current(of.portfolio)
  if (!version) throw new Error(`portfolio ${of.portfolio} has no policy: store one first`)
  const done = await madeChanges(of, loop)
  const observation = await observe(version, 'correction', loop)
  const live = await liveValues(done, loop)
  const made = await asLeft(done, live, of, loop)
  const drifts = await driftsSince(made, of, loop)
  const capabilitiesOf = (key: AccountKey) => loop.platforms(parseAccountKey(key).platform).capabilities
  const theirs = new Set(made.map(keyOf).filter((key) => wasTheirs(drifts.get(key), live.get(key))))
  const { decisions, moved, back } = rollBack({ of: of.id, made, observation, capabilitiesOf, live, theirs, by })
  const inputs = { rollsBack: of.id, by, made, live: [...live], theirs: [...theirs], observation }
  const plan = planOf(decisions, of, observation, await loop.archive.put(canonicalPieces(inputs, INPUTS_DEPTH)))
  const notUndone = await left(made, observation, loop)
  return { plan, back, notUndone, moved: await explained(moved, drifts, of, loop) }
}

const keyOf = ({ decision }: MadeChange): LeverKey => leverKey(decision.change.lever)

/** Moved away and back is moved: whoever did it has looked at that very value. */
const wasTheirs = (drifts: readonly Drift[] = [], now: LeverValue | undefined): boolean =>
  now !== undefined && drifts.some(({ observed }) => sameValue(observed, now))

/** Stores it as pending, whatever the mode: a person rolls back, and a person approves. */
export const storeRollback = (plan: Plan, loop: Loop): Promise<PlanHeader> => loop.plans.put(plan, { kind: 'pending' })

async function madeChanges(of: PlanHeader, loop: Loop): Promise<readonly MadeChange[]> {
  const decisions = new Map(
    (await loop.plans.decisions(of)).flatMap((one): [LeverKey, ChangeDecision][] =>
      one.kind === 'change' ? [[leverKey(one.change.lever), one]] : [],
    ),
  )
  const records = (
    await Promise.all(of.accounts.map(({ account }) => loop.money.intents(parseAccountKey(account), of.id)))
  ).flat()
  const open = records.filter(isOpen)
  if (open.length > 0) throw new NotSettled(of, open.length)
  const made = records.flatMap((record): MadeChange[] => {
    const decision = decisions.get(leverKey(record.intent.change.lever))
    const stored = storedValue(record)
    return decision && stored ? [{ decision, stored, at: record.settledAt ?? record.intent.at }] : []
  })
  if (made.length === 0) throw new NothingDone(of)
  return made
}

const isOpen = ({ outcome }: IntentRecord): boolean =>
  outcome === undefined ||
  outcome.kind === 'unknown' ||
  (outcome.kind === 'applied' && outcome.readback.kind === 'not-read')

const storedValue = ({ outcome }: IntentRecord): LeverValue | undefined =>
  outcome?.kind === 'applied' && outcome.readback.kind !== 'not-read' ? outcome.readback.value : undefined

async function liveValues(
  made: readonly MadeChange[],
  loop: Loop,
): Promise<ReadonlyMap<LeverKey, LeverValue | undefined>> {
  const byAccount = Map.groupBy(
    made.map(({ decision }) => decision.change.lever),
    ({ account }) => accountKey(account),
  )
  const live = await Promise.all(
    [...byAccount].map(([key, levers]) => {
      const account = parseAccountKey(key)
      return loop.platforms(account.platform).reader.live(account, levers, 'write')
    }),
  )
  return new Map(live.flat().map(({ lever, value }) => [leverKey(lever), value]))
}

/** Earlier rollbacks of the plan that got only part of the way: the rest is gone from where they have left each lever. */
async function asLeft(
  made: readonly MadeChange[],
  live: ReadonlyMap<LeverKey, LeverValue | undefined>,
  of: PlanHeader,
  loop: Loop,
): Promise<readonly MadeChange[]> {
  const found = new Map<LeverKey, LeverValue>()
  for (const header of await plansSince(of, loop)) {
    if (header.rollsBack !== of.id) continue
    for (const { intent, stored } of await storedBy(header, loop)) {
      const key = leverKey(intent.change.lever)
      const now = live.get(key)
      if (now && sameValue(stored, now)) found.set(key, stored)
    }
  }
  return made.map((one) => ({ ...one, stored: found.get(keyOf(one)) ?? one.stored }))
}

function planOf(decisions: readonly Decision[], of: PlanHeader, observation: Observation, inputsHash: string): Plan {
  const { now, policy, rates } = observation
  const { portfolio, mode, baseCurrency } = policy.policy
  const terms = {
    portfolio,
    mode,
    madeAt: now,
    expiresAt: later(now, VALID_MS),
    policyVersion: policy.version,
    inputsHash,
    rates,
    dayTarget: of.dayTarget.currency === baseCurrency ? of.dayTarget : zero(baseCurrency),
    marginalReturn: 0,
    netGrowth: netGrowth(decisions, observation),
    occasion: 'rollback',
    rollsBack: of.id,
    proposedCaps: [],
  } as const
  return { id: hashOf({ terms, decisions }).slice(0, 24) as PlanId, ...terms, decisions }
}

/** By account: what the day may still cost, and has cost, because of the plan, whatever goes back now, by hand or not at all. */
async function left(made: readonly MadeChange[], observation: Observation, loop: Loop): Promise<readonly NotUndone[]> {
  const policies = await loop.policies.all()
  const changes = made.map(({ decision }) => decision.change).filter(({ lever }) => isBudget(lever))
  const byAccount = Map.groupBy(changes, ({ lever }) => accountKey(lever.account))
  return observation.accounts.flatMap((account) => {
    const own = byAccount.get(account.account)
    if (!own) return []
    const ref = account.structure.account
    const platformFactor = loop.platforms(ref.platform).capabilities.overDeliveryFactor
    const factor = overDeliveryFactor(policiesOf(policies, ref), ref, platformFactor)
    return [notUndone(own, account, factor)]
  })
}

function notUndone(changes: readonly LeverChange[], account: AccountObservation, factor: number): NotUndone {
  const { structure, today } = account
  const states = new Map(account.levers.map((state) => [leverKey(state.lever), state]))
  let exposure = zero(structure.currency)
  let spentToday = zero(structure.currency)
  for (const { lever, from } of changes) {
    const state = states.get(leverKey(lever))
    const over = state && subtract(highOn(state, today), amountOf(from))
    if (over && over.micros > 0n) exposure = add(exposure, times(over, factor, 'up'))
    spentToday = add(spentToday, spentOf(lever.id, account))
  }
  return { account: account.account, exposure, until: endOfDay(today, structure.zone), spentToday }
}

function spentOf(id: string, { structure, spentTodayMicros }: AccountObservation): Money {
  const budget = structure.budgets.find((one) => one.id === id)
  const entities = budget ? entitiesOf(budget) : []
  const micros = [...spentTodayMicros]
    .filter(([key]) => entities.some((entity) => key === entity || key.startsWith(`${entity}/`)))
    .reduce((sum, [, one]) => sum + one, 0n)
  return money(micros, structure.currency)
}

/** By lever, what somebody else did to it since the plan had moved it, oldest first. */
async function driftsSince(
  made: readonly MadeChange[],
  of: PlanHeader,
  loop: Loop,
): Promise<ReadonlyMap<LeverKey, readonly Drift[]>> {
  const at = new Map(made.map((one) => [keyOf(one), one.at]))
  const accounts = [...new Set(made.map(({ decision }) => accountKey(decision.change.lever.account)))]
  const drifts = (await Promise.all(accounts.map((key) => loop.facts.drifts(parseAccountKey(key), of.madeAt)))).flat()
  const since = drifts.filter(({ lever, seenAt }) => seenAt >= (at.get(leverKey(lever)) ?? Number.POSITIVE_INFINITY))
  return Map.groupBy(since, ({ lever }) => leverKey(lever))
}

/** With the later plan that moved it, or the person, where either is on record. */
async function explained(
  moved: readonly MovedSince[],
  drifts: ReadonlyMap<LeverKey, readonly Drift[]>,
  of: PlanHeader,
  loop: Loop,
): Promise<readonly MovedLever[]> {
  if (moved.length === 0) return []
  const plans = await laterPlans(of, loop)
  return moved.map((one) => {
    const key = keyOf(one.made)
    const drift = drifts.get(key)?.at(-1)
    const byPlan = plans.get(key)
    return { ...one, ...(drift ? { drift } : {}), ...(byPlan && !drift ? { byPlan } : {}) }
  })
}

/** Which plan made since has moved each lever last; rollbacks of this one are the same errand. */
async function laterPlans(of: PlanHeader, loop: Loop): Promise<ReadonlyMap<LeverKey, PlanId>> {
  const found = new Map<LeverKey, PlanId>()
  for (const header of await plansSince(of, loop)) {
    if (header.rollsBack === of.id) continue
    for (const { intent } of await storedBy(header, loop)) found.set(leverKey(intent.change.lever), header.id)
  }
  return found
}

/** Plans of the portfolio that were made since, oldest first. */
async function plansSince(of: PlanHeader, loop: Loop): Promise<readonly PlanHeader[]> {
  const recent = await loop.plans.recent(of.portfolio, OPEN_PLANS_MAX)
  return recent.toReversed().filter(({ id, madeAt }) => madeAt >= of.madeAt && id !== of.id)
}

/** What of a plan the platforms hold, or held. */
async function storedBy(
  { id, accounts }: PlanHeader,
  loop: Loop,
): Promise<readonly (IntentRecord & { readonly stored: LeverValue })[]> {
  const records = await Promise.all(accounts.map(({ account }) => loop.money.intents(parseAccountKey(account), id)))
  return records.flat().flatMap((record) => {
    const stored = storedValue(record)
    return stored ? [{ ...record, stored }] : []
  })
}
