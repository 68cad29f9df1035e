import type { PlatformCapabilities } from '../model/capability.ts'
import type { PlatformFailure, WriteResult } from '../model/failure.ts'
import type { Intent, Outcome, Readback } from '../model/intent.ts'
import { type LeverKey, type LeverValue, leverKey, sameValue } from '../model/lever.ts'
import { useOf } from '../model/request-limits.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { Instant } from '../units/calendar.ts'
import { type Frozen, frozenAmong } from './frozen.ts'
import type { Loop } from './loop.ts'
import { type Settlement, settle } from './settle.ts'
import type { Steering } from './steering.ts'
import { valueText } from './value-text.ts'

/**
 * Sends what was reserved: looks at the freezes and at the live values once more, pushes absolute values, reads back and
 * settles. Whatever is not positively known to be applied or refused stays pending for verify.
 *
 * @returns how many came to which outcome
 */
export async function pushReserved(
  reserved: readonly Intent[],
  steering: Steering,
  structure: AccountStructure,
  loop: Loop,
): Promise<Readonly<Record<string, number>>> {
  if (reserved.length === 0) return {}
  const { account, source } = structure
  if (source === 'import')
    throw new Error(`${account.platform}:${account.id} was imported from files: nothing is pushed to it`)
  const live = await liveValues(reserved, structure, loop)
  const moved = reserved.filter((intent) => !stands(intent, live))
  const ready = reserved.filter((intent) => stands(intent, live))
  const { capabilities } = loop.platforms(account.platform)
  // The last look before the money moves.
  const frozen = await frozenAmong(
    ready.map(({ change }) => change.lever),
    structure,
    loop,
  )
  const settlements: Settlement[] = moved.map((intent) => ({
    intent,
    outcome: movedBy(intent, live.get(leverKey(intent.change.lever)), capabilities),
  }))
  const free: Intent[] = []
  for (const intent of ready) {
    const freeze = frozen(intent.change.lever)
    if (freeze) settlements.push({ intent, outcome: { kind: 'frozen', freeze } })
    else free.push(intent)
  }
  if (isOutOfTime(free, loop)) settlements.push(...free.map((intent) => ({ intent, outcome: OUT_OF_TIME })))
  else settlements.push(...(await send(free, structure, loop)))
  await settle(settlements, steering, structure, loop)
  return tally(settlements)
}

const OUT_OF_TIME: Outcome = {
  kind: 'refused',
  failure: { kind: 'transient', detail: 'not sent: the run was out of time' },
}

/**
 * A Lambda is killed at its limit; a process on somebody's machine may have slept past it. By the end of the lease others
 * take the intent for dead, so nothing is sent that could arrive later than that.
 */
const isOutOfTime = (intents: readonly Intent[], loop: Loop): boolean => loop.clock.now() > endOfRun(intents, loop)

/** After this a worker is dead, or must behave as if it were. */
const endOfRun = (intents: readonly Intent[], { timing }: Loop): Instant =>
  (Math.min(...intents.map(({ at }) => at)) + timing.runLimitMs) as Instant

async function send(ready: readonly Intent[], structure: AccountStructure, loop: Loop): Promise<readonly Settlement[]> {
  if (ready.length === 0) return []
  const { writer, capabilities } = loop.platforms(structure.account.platform)
  const stopped = new Map<LeverKey, string>()
  const results = await writer.apply(
    structure.account,
    ready.map(({ change }) => change),
    endOfRun(ready, loop),
    lookAgain(ready, stopped, structure, loop),
  )
  if (results.length !== ready.length)
    return ready.map((intent) => ({
      intent,
      outcome: { kind: 'unknown', detail: `${results.length} answers to ${ready.length} changes` },
    }))
  const applied = ready.filter((_, i) => results[i]?.kind === 'applied')
  const readback = await readBack(applied, structure, loop)
  return ready.map((intent, i) => {
    const freeze = results[i]?.kind === 'refused' ? stopped.get(leverKey(intent.change.lever)) : undefined
    const outcome: Outcome = freeze
      ? { kind: 'frozen', freeze }
      : outcomeOf(intent, results[i]!, readback, capabilities)
    return { intent, outcome }
  })
}

/**
 * Where a platform takes its changes one by one, a freeze need not wait for the last of them: it is looked for between any
 * two. What cannot be read is taken for frozen; and where looking took the run past its end, nothing more is sent.
 *
 * @param stopped is told of every lever that it stops, and why
 */
function lookAgain(
  ready: readonly Intent[],
  stopped: Map<LeverKey, string>,
  structure: AccountStructure,
  loop: Loop,
): () => Promise<Frozen> {
  const levers = ready.map(({ change }) => change.lever)
  return async () => {
    const frozen = await frozenAmong(levers, structure, loop).catch(
      (error: unknown): Frozen =>
        () =>
          `whether it is frozen cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
    return (lever) => {
      if (isOutOfTime(ready, loop)) return 'the run was out of time'
      const why = frozen(lever)
      if (why) stopped.set(leverKey(lever), why)
      return why
    }
  }
}

/** Present values by lever. A read that fails here leaves the push unverified, not undone. */
async function readBack(
  applied: readonly Intent[],
  structure: AccountStructure,
  loop: Loop,
): Promise<ReadonlyMap<LeverKey, LeverValue | undefined> | string> {
  if (applied.length === 0) return new Map()
  return liveValues(applied, structure, loop).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  )
}

async function liveValues(
  intents: readonly Intent[],
  { account }: AccountStructure,
  loop: Loop,
): Promise<ReadonlyMap<LeverKey, LeverValue | undefined>> {
  const live = await loop.platforms(account.platform).reader.live(
    account,
    intents.map(({ change }) => change.lever),
    useOf(intents.map(({ change }) => change)),
  )
  return new Map(live.map(({ lever, value }) => [leverKey(lever), value]))
}

function stands({ change }: Intent, live: ReadonlyMap<LeverKey, LeverValue | undefined>): boolean {
  const value = live.get(leverKey(change.lever))
  return value !== undefined && sameValue(value, change.from)
}

/** Somebody was here since the reservation: at the new value there is nothing left to do, at any other it is theirs. */
const movedBy = (
  { change: { lever, to } }: Intent,
  value: LeverValue | undefined,
  capabilities: PlatformCapabilities,
): Outcome =>
  value && compareReadback(lever.kind, to, value, capabilities).kind === 'verified'
    ? { kind: 'already-there', value }
    : { kind: 'drifted', observed: value }

function outcomeOf(
  { change }: Intent,
  result: WriteResult,
  readback: ReadonlyMap<LeverKey, LeverValue | undefined> | string,
  capabilities: PlatformCapabilities,
): Outcome {
  if (result.kind === 'refused') return { kind: 'refused', failure: result.failure }
  if (result.kind === 'unknown') return { kind: 'unknown', detail: result.detail }
  // Applied, but what the platform holds now could not be seen: as good as unknown until verify has read it.
  if (typeof readback === 'string') return { kind: 'unknown', detail: `applied, but the read-back failed: ${readback}` }
  const value = readback.get(leverKey(change.lever))
  if (value === undefined) return { kind: 'unknown', detail: 'applied, but the read-back did not show it' }
  const read = compareReadback(change.lever.kind, change.to, value, capabilities)
  // Some platforms accept now and apply later: until then it may still come, and nothing newer may be sent.
  return read.kind === 'mismatched' && sameValue(value, change.from)
    ? { kind: 'unknown', detail: `accepted, but it still stands at ${valueText(value)}` }
    : { kind: 'applied', readback: read }
}

/** A platform may store an allowed normalisation of what it was told; anything else is a mismatch. */
export function compareReadback(
  kind: Parameters<PlatformCapabilities['normalise']>[0],
  told: LeverValue,
  value: LeverValue,
  capabilities: PlatformCapabilities,
): Readback {
  const allowed = sameValue(value, told) || sameValue(value, capabilities.normalise(kind, told))
  return { kind: allowed ? 'verified' : 'mismatched', value }
}

/** Refusals that the rest of the account's changes would meet as well. */
const ACCOUNT_WIDE = new Set<PlatformFailure['kind']>(['rate-limited', 'quota-exhausted', 'unauthorised'])

function tally(settlements: readonly Settlement[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { outcome } of settlements) {
    const name = outcome.kind === 'applied' ? outcome.readback.kind : outcome.kind
    counts[name] = (counts[name] ?? 0) + 1
    if (outcome.kind === 'refused' && ACCOUNT_WIDE.has(outcome.failure.kind))
      counts.accountRefused = (counts.accountRefused ?? 0) + 1
  }
  return counts
}
