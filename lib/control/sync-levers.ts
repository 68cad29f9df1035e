import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import type { AccountDayLedger } from '../model/ledger.ts'
import { isBudget, type LeverKey, type LeverValue, leverKey, sameValue } from '../model/lever.ts'
import type { Drift, LeverState } from '../model/lever-state.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { raiseOn, type ScheduledRaise } from '../model/scheduled-raise.ts'
import type { AccountStructure, ChangeEvent } from '../model/structure.ts'
import type { MoneyCommit, Versioned } from '../ports/store.ts'
import { type AccountDate, dateAt, type Instant, later } from '../units/calendar.ts'
import { add, type Money, subtract, toDecimal, zero } from '../units/money.ts'
import { openAccountDay } from './account-day.ts'
import { commitFresh } from './commit.ts'
import { askForCorrections } from './corrections.ts'
import { editOf, fits, resolveDrift } from './drift.ts'
import { askForSchedules } from './due-schedules.ts'
import { amountOf, withHigh, worstCaseChange } from './exposure.ts'
import { takeOverKilled } from './killed.ts'
import { lastKnownRate } from './known-rates.ts'
import { portfolioDayOf, withExposure } from './ledger-step.ts'
import type { Loop } from './loop.ts'
import { accountDayCap, checkCurrencies, overDeliveryFactor } from './portfolios.ts'
import { mergedRaises, raiseText, type SeenRaises, sameRaises, withRaises } from './raises.ts'
import type { Sighting } from './sighting.ts'
import { sightingsOf } from './sightings.ts'
import { tellOutsideCaps } from './tell-outside.ts'
import { valueText } from './value-text.ts'
import { widerCaps } from './wider-caps.ts'

/** Levers in one transaction. */
const CHUNK = 25

/**
 * Brings the record of every lever that has one up to what was just read, and the day's ledger with it: new budgets,
 * what somebody else moved (drift), campaigns that were paused or started. Only differences are written.
 *
 * @param lookedAt when the reading of the structure began
 * @param raises schedules that were read with it, where the platform has such
 */
export async function syncLevers(
  structure: AccountStructure,
  events: readonly ChangeEvent[],
  policies: readonly PolicyVersion[],
  lookedAt: Instant,
  loop: Loop,
  raises?: SeenRaises,
): Promise<{ budgets: number; drifts: number; told: number }> {
  const { account } = structure
  checkCurrencies(policies, structure)
  const date = dateAt(structure.readAt, structure.zone)
  const factor = overDeliveryFactor(policies, account, loop.platforms(account.platform).capabilities.overDeliveryFactor)
  const cap = accountDayCap(policies, account)
  const { known, waiting } = await takeOverKilled(structure, lookedAt, loop)
  const { capabilities } = loop.platforms(account.platform)
  const sightings = sightingsOf(structure, policies, known, capabilities, date).map((one) =>
    raises && isBudget(one.lever) ? { ...one, raises: raises.get(leverKey(one.lever)) ?? [] } : one,
  )
  await openAccountDay({ structure, date, factor, cap, seen: known }, loop)

  // Only what was told of may be over by what the day costs.
  const isBeyond = [...known.values()].some(({ beyondCap }) => beyondCap !== undefined)
  // By the clock of whoever wrote the record it may have been written after this pull began to read.
  const surely = later(lookedAt, -loop.timing.clockSkewMs)
  const look = {
    date,
    lookedAt: surely,
    events,
    day: isBeyond ? await loop.money.accountDay(account, date) : undefined,
  }
  const differing = sightings.filter(
    ({ lever, ...rest }) =>
      !waiting.has(leverKey(lever)) && differs({ lever, ...rest }, known.get(leverKey(lever)), look),
  )
  const seen = new Set(sightings.map(({ lever }) => leverKey(lever)))
  const gone = [...known].filter(([key, { idle }]) => !idle && !seen.has(key)).map(([, state]) => state)
  const drifts: Drift[] = []
  for (const chunk of chunksByPortfolio(differing))
    drifts.push(...(await syncChunk(chunk, { structure, events, date, factor, lookedAt: surely }, loop)))
  await markGone(gone, structure, loop)
  if (drifts.length > 0) await loop.facts.putDrifts(drifts)
  // Most turns find nothing to write: then what was read first still stands.
  const states = differing.length + gone.length === 0 ? known : await loop.money.allLevers(account)
  const told = await tellOutsideCaps(structure, states.values(), policies, date, loop)
  await askForCorrections(sightings, states, structure, policies, date, loop)
  await askForSchedules(states, structure, policies, loop)
  return { budgets: sightings.filter(({ lever }) => isBudget(lever)).length, drifts: drifts.length, told }
}

/**
 * Whether the record must be written. While an intent is open, verify is the one to look; and what was verified since the
 * pull began to read is newer than what the pull has seen.
 */
function differs(
  { lever, value, idle, raises }: Sighting,
  state: LeverState | undefined,
  look: {
    readonly date: AccountDate
    readonly lookedAt: Instant
    readonly events: readonly ChangeEvent[]
    readonly day: AccountDayLedger | undefined
  },
): boolean {
  if (!state) return true
  if (state.pending || state.knownAt > look.lookedAt) return false
  if (raises && !sameRaises(mergedRaises(state.raises ?? [], raises, look).raises, state.raises)) return true
  // Platforms show who moved something minutes late: what was doubted meanwhile is then judged as an edit.
  if (state.doubted && editOf(lever, look.events)) return true
  if (fits(state, look.day ?? {})) return true
  return state.idle !== idle || !sameValue(state.known, value)
}

function chunksByPortfolio(sightings: readonly Sighting[]): readonly (readonly Sighting[])[] {
  const groups = Map.groupBy(sightings, ({ portfolio }) => portfolio?.policy.portfolio)
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / CHUNK) }, (_, i) => group.slice(i * CHUNK, (i + 1) * CHUNK)),
  )
}

interface SyncContext {
  readonly structure: AccountStructure
  readonly events: readonly ChangeEvent[]
  readonly date: AccountDate
  readonly factor: number
  readonly lookedAt: Instant
}

async function syncChunk(chunk: readonly Sighting[], context: SyncContext, loop: Loop): Promise<readonly Drift[]> {
  const built = await commitFresh(loop, `sync of ${accountKey(context.structure.account)}`, () =>
    buildSync(chunk, context, loop),
  )
  return built?.drifts ?? []
}

async function buildSync(
  chunk: readonly Sighting[],
  { structure, events, date, factor, lookedAt }: SyncContext,
  loop: Loop,
): Promise<{ commit: Omit<MoneyCommit, 'token'>; drifts: readonly Drift[] } | undefined> {
  const { account } = structure
  const now = loop.clock.now()
  const states = await loop.money.levers(
    account,
    chunk.map(({ lever }) => leverKey(lever)),
  )
  const ledger = await loop.money.accountDay(account, date)
  const portfolio = await portfolioDayOf(chunk[0]?.portfolio, loop)
  const { learningSafeStep } = loop.platforms(account.platform).capabilities
  // Somebody's edit is held to limits in the base currency whatever the time of day, and however old the rate.
  const of = chunk[0]?.portfolio
  const rate = of && (await lastKnownRate(structure.currency, of, loop))
  const wider = await widerCaps(chunk, states, of, portfolio, loop)
  let exposure = ledger?.exposure
  const levers: Versioned<LeverState>[] = []
  const entries: AuditEntry[] = []
  const drifts: Drift[] = []

  for (const sighting of chunk) {
    const before = states.get(leverKey(sighting.lever))
    if (!differs(sighting, before, { date, lookedAt, events, day: ledger })) continue
    const resolved = resolveDrift({
      ...{ sighting, before, events, exposure, cap: ledger?.cap, factor, learningSafeStep, date, now, rate },
      wider: wider.of(sighting.lever),
    })
    const { state, strange } = raised(resolved.state, sighting, { date, lookedAt })
    const delta = worstCaseChange(before ?? unseen(sighting), state, date, factor, structure.currency)
    if (resolved.drift) drifts.push(resolved.drift)
    if (before) drifts.push(...strange.map((one) => scheduledByHand(state, one, now)))
    if (exposure) exposure = add(exposure, delta)
    wider.count(sighting.lever, delta)
    levers.push({ next: state, expected: before?.version ?? 0 })
    entries.push(observedEntry(sighting, before, state, resolved.drift, date, ledger ? delta : zero(delta.currency)))
  }
  if (levers.length === 0) return undefined
  return {
    drifts,
    commit: {
      chain: accountKey(account),
      at: now,
      levers,
      intents: [],
      ...withExposure(
        { account, date, now, ledger, version: of, portfolio },
        ledger && exposure ? subtract(exposure, ledger.exposure) : undefined,
        entries,
      ),
    },
  }
}

/** The record with the schedules that were read beside it, and those of them that are somebody else's and new. */
function raised(
  state: LeverState,
  { raises: seen }: Sighting,
  look: { readonly date: AccountDate; readonly lookedAt: Instant },
): { state: LeverState; strange: readonly ScheduledRaise[] } {
  if (!seen) return { state, strange: [] }
  const { raises, strange } = mergedRaises(state.raises ?? [], seen, look)
  return { state: withRaises(state, raises), strange }
}

/** Counted from now on, and nothing is moved beside it; it is left to whoever made it. */
const scheduledByHand = ({ lever, known }: LeverState, one: ScheduledRaise, now: Instant): Drift => ({
  lever,
  lastKnown: known,
  observed: { kind: 'money', amount: add(amountOf(known), raiseOn([one], one.first, amountOf(known))) },
  seenAt: now,
  resolution: 'hold',
  detail: `somebody has scheduled a raise (${raiseText(one)}): it is counted, and the budget is left alone while it lasts`,
})

/** A lever that nothing is known of: it counts nothing yet. */
const unseen = ({ lever, value }: Sighting): LeverState => ({
  lever,
  version: 0,
  known: value,
  knownAt: 0 as LeverState['knownAt'],
  ours: false,
  idle: true,
})

const observedEntry = (
  { lever, value, idle }: Sighting,
  before: LeverState | undefined,
  { raises }: LeverState,
  drift: Drift | undefined,
  date: AccountDate,
  delta: Money,
): AuditEntry => ({
  kind: 'observed',
  lever: leverKey(lever),
  from: before ? `${plainText(before.known)}${before.idle ? ' idle' : ''}` : 'unseen',
  to: [`${plainText(value)}${idle ? ' idle' : ''}`, ...(raises ?? []).map(raiseText)].join(', '),
  ...(drift?.actor ? { actor: drift.actor } : {}),
  resolution: drift?.resolution ?? 'taken over',
  date,
  deltaMicros: delta.micros.toString(),
})

/** An account has one currency: its chain does not repeat it. */
const plainText = (value: LeverValue): string => (value.kind === 'money' ? toDecimal(value.amount) : valueText(value))

/** Levers that the account no longer has: they cannot spend; what they may have spent today stays counted. */
async function markGone(gone: readonly LeverState[], structure: AccountStructure, loop: Loop): Promise<void> {
  for (let i = 0; i < gone.length; i += CHUNK) {
    const keys = gone.slice(i, i + CHUNK).map(({ lever }) => leverKey(lever))
    await commitFresh(loop, `sync of ${accountKey(structure.account)}`, () => buildGone(keys, structure, loop))
  }
}

async function buildGone(
  keys: readonly LeverKey[],
  { account, zone }: AccountStructure,
  loop: Loop,
): Promise<{ commit: Omit<MoneyCommit, 'token'> } | undefined> {
  const now = loop.clock.now()
  const date = dateAt(now, zone)
  const states = [...(await loop.money.levers(account, keys)).values()].filter(({ idle, pending }) => !idle && !pending)
  if (states.length === 0) return undefined
  const levers = states.map((state) => ({
    next: { ...withHigh(state, state.known, date), idle: true, version: state.version + 1 },
    expected: state.version,
  }))
  const entries = states.map(
    (state): AuditEntry => ({
      kind: 'observed',
      lever: leverKey(state.lever),
      from: plainText(state.known),
      to: 'gone',
      resolution: 'taken over',
      date,
      deltaMicros: '0',
    }),
  )
  return { commit: { chain: accountKey(account), at: now, levers, intents: [], entries } }
}
