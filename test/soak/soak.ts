/**
 * Months of the real stages, hour by hour, over many accounts: whether anything is lost, and whether anything is kept in
 * memory that grows. The tables live outside of the measured heap, and the pretend platform's diary is emptied monthly.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { dueMessages } from '../../lib/control/dispatch.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import { leverKey } from '../../lib/model/lever.ts'
import { deduplicationId, type StageMessage } from '../../lib/model/turn.ts'
import type { Archive } from '../../lib/ports/store.ts'
import { verifyChain } from '../../lib/store/audit-chain.ts'
import type { DynamoStores } from '../../lib/store/stores.ts'
import { DAY_MS, HOUR_MS, type Instant, instant, isoInstant, later } from '../../lib/units/calendar.ts'
import { type VirtualClock, virtualClock } from '../../playground/runner/virtual-clock.ts'
import { dice } from '../measure/dice.ts'
import { daily, type Rig, rig } from '../simulation/rig.ts'
import type { Fate } from '../simulation/scripted-platform.ts'

export const SOAK_START = instant('2026-06-01T00:00:00Z')

export interface SoakOptions {
  readonly accounts: number
  readonly stores: DynamoStores
  readonly seed: number
  /** Where the tables have one of their own; it shows where an earlier stretch ended. */
  readonly clock?: VirtualClock
  readonly archive?: Archive
  /** Once a day for what has expired, and before memory is looked at: nothing of the tables is in it. */
  readonly sweep?: () => void
  /** Where an earlier stretch ended: by account and budget, in micros as text. */
  readonly from?: SoakState
}

export interface SoakState {
  readonly at: number
  readonly budgets: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface StretchFigures {
  readonly until: string
  readonly turns: number
  readonly pulls: number
  /** Daily decisions that were made. */
  readonly plans: number
  /** Turns that ended with an error, and were made good by later ones. */
  readonly failed: number
  readonly pushes: number
  readonly faults: number
  /** After a full collection. */
  readonly heapBytes: number
  /** What was lost or left over, in words. */
  readonly lost: readonly string[]
}

export interface Soak {
  run(days: number): Promise<StretchFigures>
  state(): SoakState
}

const BUDGETS = ['1', '2']
const MISHAPS: readonly Fate[] = ['refused', 'lost-before', 'lost-after']

export async function soak(options: SoakOptions): Promise<Soak> {
  const { accounts, stores, seed, from, archive, sweep = () => {} } = options
  const first = Object.fromEntries(
    Array.from({ length: accounts }, (_, i) => [
      `${i + 1}`,
      Object.fromEntries(BUDGETS.map((id) => [`${i + 1}0${id}`, 100 + ((i * 7) % 50)])),
    ]),
  )
  const start = (from?.at ?? SOAK_START) as Instant
  const clock = options.clock ?? virtualClock(start)
  const stage = await rig({
    budgets: first,
    stores,
    clock,
    ...(archive && { archive }),
    cap: 2_000,
    portfolioCap: accounts * 2_000,
    policy: { flight: flightAt(start, accounts) },
  })
  for (const own of stage.ads.accounts.values())
    for (const budget of own.budgets.values())
      budget.micros = BigInt(from?.budgets[own.account.id]?.[budget.id] ?? budget.micros)
  const roll = dice(seed + start / DAY_MS)
  return {
    run: (days) => stretch(stage, days, roll, sweep),
    state: () => ({
      at: stage.now(),
      budgets: Object.fromEntries(
        [...stage.ads.accounts.values()].map(({ account, budgets }) => [
          account.id,
          Object.fromEntries([...budgets].map(([id, { micros }]) => [id, micros.toString()])),
        ]),
      ),
    }),
  }
}

/** A flight may last 90 days; here each stretch has its own. */
const flightAt = (at: Instant, accounts: number) => ({
  from: isoInstant(at).slice(0, 10),
  to: isoInstant(later(at, 34 * DAY_MS)).slice(0, 10),
  total: `${accounts * 250 * 35} EUR`,
})

interface Counts {
  turns: number
  pulls: number
  plans: number
  failed: number
  faults: number
  /** Of the calm last day, on which nothing may fail. */
  readonly unexplained: string[]
}

/** Days of weather with a calm last one, in which everything must come to rest. */
async function stretch(stage: Rig, days: number, roll: () => number, sweep: () => void): Promise<StretchFigures> {
  const counts: Counts = { turns: 0, pulls: 0, plans: 0, failed: 0, faults: 0, unexplained: [] }
  const begun = stage.now()
  await stage.setPolicy({ flight: flightAt(begun, stage.ads.accounts.size) })
  const calmFrom = later(begun, (days - 1) * DAY_MS)
  const mishap = (chance: number): boolean => {
    const happens = stage.now() < calmFrom && roll() < chance
    if (happens) counts.faults += 1
    return happens
  }
  stage.ads.fate = () => (mishap(0.05) ? MISHAPS[Math.floor(roll() * MISHAPS.length)]! : 'applied')
  stage.ads.trouble = () => (mishap(0.001) ? { kind: 'transient', detail: 'weather' } : undefined)
  while (stage.now() < later(begun, days * DAY_MS)) {
    if (stage.now() < calmFrom && roll() < 0.05) edit(stage, roll)
    await hour(stage, counts, stage.now() >= calmFrom)
    stage.wait(HOUR_MS - (stage.now() % HOUR_MS))
    if (stage.now() % DAY_MS === 0) sweep()
  }
  const pushes = stage.ads.writes.filter(({ by }) => by === 'sluice').length
  const lost = [...(await standingStill(stage, days, counts, pushes)), ...(await lostIn(stage, begun, days, counts))]
  emptyDiaries(stage)
  sweep()
  const { unexplained: _, ...figures } = counts
  return { until: isoInstant(stage.now()), ...figures, pushes, heapBytes: collectedHeap(), lost }
}

/** Somebody sets a budget by hand, by a fifth up or down. */
function edit({ ads }: Rig, roll: () => number): void {
  const all = [...ads.accounts.values()]
  const own = all[Math.floor(roll() * all.length)]!
  const budget = [...own.budgets.values()][Math.floor(roll() * own.budgets.size)]!
  ads.human(own.account, budget.id, (budget.micros * (roll() < 0.5 ? 8n : 12n)) / 10n)
}

async function hour(stage: Rig, counts: Counts, isCalm: boolean): Promise<void> {
  const due: StageMessage[] = [...(await dueMessages(stage.now(), stage.loop))]
  const seen = new Set<string>()
  for (let next = due.shift(); next; next = due.shift() ?? stage.queued.shift()) {
    if (seen.has(deduplicationId(next))) continue
    seen.add(deduplicationId(next))
    counts.turns += 1
    const worker = stage.worker(`worker-${stage.now()}-${counts.turns}`)
    // A turn that fails is made good by the next hour's; in calm weather none has a reason to.
    const result = await runTurn(next, worker).catch((error: unknown) => {
      counts.failed += 1
      if (isCalm) counts.unexplained.push(`${next.stage} ${next.key} failed at ${isoInstant(stage.now())}: ${error}`)
    })
    if (result?.kind !== 'ran') continue
    if (next.stage === 'pull') counts.pulls += 1
    if (next.stage === 'plan' && result.summary.occasion === 'daily') counts.plans += 1
  }
}

/** Turns are delivered again, so that a few failures leave no trace: more than these are no weather. */
const FAILED_SHARE = 0.02

/** A controller that does nothing loses nothing: that it goes on working must be seen as well. */
async function standingStill(stage: Rig, days: number, counts: Counts, pushes: number): Promise<readonly string[]> {
  const { turns, failed, plans, unexplained } = counts
  const freezes = await stage.loop.freezes.all()
  return [
    ...unexplained,
    ...(failed > turns * FAILED_SHARE ? [`${failed} of ${turns} turns failed`] : []),
    ...(plans < days ? [`${plans} daily decisions in ${days} days`] : []),
    ...(pushes < days ? [`${pushes} pushes in ${days} days`] : []),
    ...freezes.map(({ scope, by, reason }) => `${scope} is frozen by ${by}: ${reason}`),
  ]
}

/** What must be there and is not, what must have ended and has not. */
async function lostIn(stage: Rig, begun: Instant, days: number, counts: Counts): Promise<readonly string[]> {
  const lost: string[] = []
  const hours = days * 24 * stage.ads.accounts.size
  if (counts.pulls < hours * 0.9) lost.push(`${counts.pulls} pulls of ${hours}`)
  for (const own of stage.ads.accounts.values()) {
    const key = accountKey(own.account)
    const status = await stage.loop.facts.pullStatus(own.account)
    if (!status || stage.now() - status.structureAt > 2 * HOUR_MS) lost.push(`${key}: not pulled for two hours`)
    const records = await Array.fromAsync(stage.loop.audit.records(key))
    const chain = verifyChain(records, await stage.loop.audit.head(key))
    if (chain.kind === 'broken') lost.push(`${key}: ${chain.problem}`)
    lost.push(
      ...unsettled(
        key,
        records.flatMap(({ entries }) => entries),
      ),
    )
    const reserved = new Set(
      records.filter(({ at }) => at >= begun - DAY_MS).flatMap(({ entries }) => entries.flatMap(reservedTo)),
    )
    for (const write of stage.ads.writes)
      if (write.by === 'sluice' && write.account === key && !reserved.has(leverKey(daily(own.account, write.budget))))
        lost.push(`${key}: budget ${write.budget} was set to ${write.to} and nothing says by what`)
    for (const { lever, pending, known } of (await stage.loop.money.allLevers(own.account)).values()) {
      if (pending) lost.push(`${key}: budget ${lever.id} is still pending`)
      const stands = stage.ads.micros(own.account, lever.id)
      if (known.kind === 'money' && known.amount.micros !== stands)
        lost.push(`${key}: budget ${lever.id} is known at ${known.amount.micros} and stands at ${stands}`)
    }
  }
  return lost
}

const reservedTo = (entry: AuditEntry): readonly string[] => (entry.kind === 'reserved' ? [entry.lever] : [])

/** Reservations that nothing ended. An outcome that is not known yet ends none. */
function unsettled(key: string, entries: readonly AuditEntry[]): readonly string[] {
  const open = new Set<string>()
  for (const entry of entries) {
    if (entry.kind === 'reserved') open.add(entry.intent)
    if (entry.kind === 'settled' && entry.outcome !== 'unknown') open.delete(entry.intent)
  }
  return [...open].map((intent) => `${key}: intent ${intent} was never settled`)
}

function emptyDiaries({ ads, pulls, queued }: Rig): void {
  for (const diary of [ads.writes, ads.settings, ads.announced, ads.withdrawn, ads.sent, ads.asked, pulls, queued])
    (diary as unknown[]).length = 0
  for (const own of ads.accounts.values()) own.events.length = 0
}

function collectedHeap(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let times = 0; times < 3; times++) collect()
  return process.memoryUsage().heapUsed
}

const FLAT_SHARE = 0.05
const FLAT_BYTES = 8 * 1024 * 1024

/**
 * Whether a heap grows: the least of the last third of all stretches above the most of the first third's, leaving out the
 * first stretch of all, by more than 5 % and 8 MiB. One stretch that is larger is no growth.
 */
export function grows(heaps: readonly number[]): boolean {
  const warm = heaps.slice(1)
  const third = Math.floor(warm.length / 3)
  if (third === 0) return false
  const early = Math.max(...warm.slice(0, third))
  return Math.min(...warm.slice(-third)) > early + Math.max(FLAT_BYTES, early * FLAT_SHARE)
}
