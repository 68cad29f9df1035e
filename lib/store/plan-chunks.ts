import { type AccountKey, accountKey } from '../model/account.ts'
import { canonicalJson, hashOfText } from '../model/canonical.ts'
import { isCut, type LeverChange } from '../model/lever.ts'
import { isPause } from '../model/pause.ts'
import type { Approval, ChangeDecision, HoldDecision, Plan, PlanChunk, PlanHeader } from '../model/plan.ts'
import { chunksOf } from './batches.ts'

/** One transaction holds the levers, intents and ledgers of this many changes. */
export const CHUNK_CHANGES = 25
const HOLDS_PER_ITEM = 100

/** A chunk with the place of each change among the plan's decisions. */
export interface StoredChunk {
  readonly chunk: PlanChunk
  readonly positions: readonly number[]
  readonly text: string
  readonly hash: string
}

export interface StoredHolds {
  readonly decisions: readonly HoldDecision[]
  readonly positions: readonly number[]
}

export const phaseOf = (change: LeverChange): PlanChunk['phase'] => (isCut(change) ? 'cut' : 'raise')

interface Placed<D> {
  readonly decision: D
  readonly position: number
}

const changesOf = ({ decisions }: Plan): readonly Placed<ChangeDecision>[] =>
  decisions.flatMap((decision, position) => (decision.kind === 'change' ? [{ decision, position }] : []))

/**
 * The plan's changes by account, cuts before raises, at most 25 of one phase together; numbered within each account.
 * Pauses are apart from other cuts, and come first: they may be pushed when nothing else may.
 */
export function chunksOfPlan(plan: Plan): readonly StoredChunk[] {
  const byAccount = Map.groupBy(changesOf(plan), ({ decision }) => accountKey(decision.change.lever.account))
  return [...byAccount].flatMap(([account, changes]) => chunksOfAccount(account, changes))
}

const ORDER = [
  { phase: 'cut', pauses: true },
  { phase: 'cut', pauses: false },
  { phase: 'raise', pauses: false },
] as const

function chunksOfAccount(account: AccountKey, changes: readonly Placed<ChangeDecision>[]): readonly StoredChunk[] {
  const phased = ORDER.flatMap(({ phase, pauses }) =>
    chunksOf(
      changes.filter(({ decision: { change } }) => phaseOf(change) === phase && isPause(change) === pauses),
      CHUNK_CHANGES,
    ).map((placed) => ({ phase, placed })),
  )
  return phased.map(({ phase, placed }, index) => {
    const chunk: PlanChunk = { account, index, phase, changes: placed.map(({ decision }) => decision) }
    const text = canonicalJson(chunk)
    return { chunk, positions: placed.map(({ position }) => position), text, hash: hashOfText(text) }
  })
}

export function holdsOfPlan({ decisions }: Plan): readonly StoredHolds[] {
  const holds = decisions.flatMap((decision, position) => (decision.kind === 'hold' ? [{ decision, position }] : []))
  return chunksOf(holds, HOLDS_PER_ITEM).map((placed) => ({
    decisions: placed.map(({ decision }) => decision),
    positions: placed.map(({ position }) => position),
  }))
}

export function headerOf(plan: Plan, approval: Approval, chunks: readonly StoredChunk[]): PlanHeader {
  const { decisions, ...terms } = plan
  const changes = changesOf(plan)
  const cuts = changes.filter(({ decision }) => phaseOf(decision.change) === 'cut').length
  const byAccount = Map.groupBy(chunks, ({ chunk }) => chunk.account)
  return {
    ...terms,
    approval,
    accounts: [...byAccount].map(([account, stored]) => ({
      account,
      chunks: stored.map(({ chunk, hash }) => ({ phase: chunk.phase, changes: chunk.changes.length, hash })),
    })),
    counts: { cuts, raises: changes.length - cuts, holds: decisions.length - changes.length },
  }
}
