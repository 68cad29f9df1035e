import { type AccountRef, accountKey } from '../model/account.ts'
import type { WriteResult } from '../model/failure.ts'
import { type JournalledPause, journalLine } from '../model/kill-journal.ts'
import { type Lever, type LeverChange, leverKey } from '../model/lever.ts'
import type { AccountStructure, Campaign } from '../model/structure.ts'
import type { Clock } from '../ports/clock.ts'
import type { PlatformRegistry } from '../ports/platform.ts'
import { failureText } from './failure-text.ts'

/** All that a kill needs of the world: no table is among it. */
export interface KillPorts {
  readonly clock: Clock
  readonly platforms: PlatformRegistry
  /** Keeps lines before anything of what they say is sent. Throwing does not stop the kill: the lines are logged too. */
  readonly journal: (lines: readonly string[]) => Promise<void>
}

export interface KillOrder {
  readonly by: string
  readonly reason: string
  /** Names nobody but looks for what is to be paused. */
  readonly dryRun?: boolean
}

/** What is to be paused on an account. */
export type KillTarget =
  | { readonly kind: 'campaigns'; readonly account: AccountRef; readonly ids: readonly string[] }
  /** Running campaigns of which this says so. */
  | {
      readonly kind: 'account'
      readonly account: AccountRef
      readonly chosen: (campaign: Campaign, structure: AccountStructure) => boolean
    }

export interface KillResult {
  readonly account: AccountRef
  /** Campaigns that read as paused, and were running before. */
  readonly paused: readonly string[]
  /** Campaigns that run on, or may: why. */
  readonly running: readonly { readonly id: string; readonly why: string }[]
  /** Campaigns that were asked for by name and are not there: mistyped, or removed. */
  readonly missing?: readonly string[]
  /** How many run on because they were not chosen: nobody says that they are ours. */
  readonly others?: number
  /** Why the account could not be read at all. */
  readonly failure?: string
}

/** A pause that was lost on the way is sent again: it is the same value again, and harmless. */
const ROUNDS = 3
/** Levers in one call of the writer, and calls under way at a time. */
const BATCH = 25
const ABREAST = 10

/**
 * Pauses campaigns straight at their platform, those that may spend most first: journals each pause, sends it, and reads
 * until it is there. Never throws: what it could not do it says.
 */
export async function killAccount(target: KillTarget, order: KillOrder, ports: KillPorts): Promise<KillResult> {
  const { account } = target
  try {
    const { ids, ...beside } = await findRunning(target, ports)
    const done = order.dryRun ? { account, paused: ids, running: [] } : await pauseAll(account, ids, order, ports)
    return { ...done, ...beside }
  } catch (error) {
    return { account, paused: [], running: [], failure: textOf(error) }
  }
}

type Found = Pick<KillResult, 'missing' | 'others'> & { readonly ids: readonly string[] }

async function findRunning(target: KillTarget, ports: KillPorts): Promise<Found> {
  if (target.kind === 'campaigns') {
    const values = await statuses(target.account, target.ids, ports)
    const missing = target.ids.filter((id) => values.get(id) === undefined)
    return { ids: target.ids.filter((id) => values.get(id) === 'active'), ...(missing.length > 0 ? { missing } : {}) }
  }
  const structure = await ports.platforms(target.account.platform).reader.structure(target.account)
  const running = structure.campaigns.filter(({ status }) => status === 'active')
  const chosen = running.filter((campaign) => target.chosen(campaign, structure))
  const others = running.length - chosen.length
  const ids = chosen
    .map(({ id }) => ({ id, budget: budgetOf(id, structure) }))
    .toSorted((a, b) => (a.budget > b.budget ? -1 : a.budget < b.budget ? 1 : 0))
    .map(({ id }) => id)
  return { ids, ...(others > 0 ? { others } : {}) }
}

/** What its budgets may spend, shared ones in full: one account has one currency. */
const budgetOf = (campaign: string, { budgets }: AccountStructure): bigint =>
  budgets
    .filter(({ status, campaigns }) => status !== 'removed' && campaigns.some((id) => id === campaign))
    .reduce((sum, { amount }) => sum + amount.micros, 0n)

async function pauseAll(
  account: AccountRef,
  ids: readonly string[],
  order: KillOrder,
  ports: KillPorts,
): Promise<KillResult> {
  const why = new Map<string, string>()
  let left = ids
  for (let round = 0; round < ROUNDS && left.length > 0; round += 1) {
    const batches = batchesOf(left)
    for (let i = 0; i < batches.length; i += ABREAST)
      await Promise.all(batches.slice(i, i + ABREAST).map((batch) => pauseBatch(account, batch, order, why, ports)))
    left = await stillRunning(account, left, why, ports)
  }
  const running = left.map((id) => ({ id, why: why.get(id) ?? 'it reads as running' }))
  return { account, paused: ids.filter((id) => !left.includes(id)), running }
}

const batchesOf = (ids: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, i) => ids.slice(i * BATCH, (i + 1) * BATCH))

async function pauseBatch(
  account: AccountRef,
  ids: readonly string[],
  { by, reason }: KillOrder,
  why: Map<string, string>,
  { clock, platforms, journal }: KillPorts,
): Promise<void> {
  const at = clock.now()
  const pauses = ids.map((id): JournalledPause => ({ lever: statusOf(account, id), at, by, reason }))
  // A journal that cannot be kept does not keep a budget spending: its lines are in the log.
  await journal(pauses.map(journalLine)).catch(() => {})
  const changes = pauses.map(({ lever }): LeverChange => ({ lever, from: ACTIVE, to: PAUSED }))
  const results: readonly WriteResult[] = await platforms(account.platform)
    .writer.apply(account, changes)
    .catch((error: unknown) => ids.map(() => ({ kind: 'unknown', detail: textOf(error) }) as const))
  for (const [i, id] of ids.entries()) {
    const result = results[i]
    if (result?.kind !== 'applied')
      why.set(id, result?.kind === 'refused' ? failureText(result.failure) : (result?.detail ?? 'no answer'))
  }
}

const ACTIVE = { kind: 'status', status: 'active' } as const
const PAUSED = { kind: 'status', status: 'paused' } as const
const statusOf = (account: AccountRef, id: string): Lever => ({ account, kind: 'status', entity: 'campaign', id })

/** Those that do not read as paused. What cannot be read may run. */
async function stillRunning(
  account: AccountRef,
  ids: readonly string[],
  why: Map<string, string>,
  ports: KillPorts,
): Promise<readonly string[]> {
  try {
    const values = await statuses(account, ids, ports)
    // What is gone cannot spend.
    return ids.filter((id) => values.get(id) === 'active')
  } catch (error) {
    for (const id of ids)
      if (!why.has(id)) why.set(id, `its pause was taken, and cannot be read back: ${textOf(error)}`)
    return ids
  }
}

async function statuses(
  account: AccountRef,
  ids: readonly string[],
  { platforms }: KillPorts,
): Promise<ReadonlyMap<string, string | undefined>> {
  const levers = ids.map((id) => statusOf(account, id))
  const live = await platforms(account.platform).reader.live(account, levers, 'urgent')
  const byKey = new Map(live.map(({ lever, value }) => [leverKey(lever), value]))
  return new Map(
    levers.map((lever) => {
      const value = byKey.get(leverKey(lever))
      return [lever.id, value?.kind === 'status' ? value.status : undefined]
    }),
  )
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** For people: which account, and how many. */
export const killWords = ({ account, paused, running, failure }: KillResult): string =>
  failure === undefined
    ? `${accountKey(account)}: ${paused.length} paused${running.length > 0 ? `, ${running.length} RUNNING ON` : ''}`
    : `${accountKey(account)}: NOTHING PAUSED: ${failure}`
