import type { Instant } from '../units/calendar.ts'

export type Stage = 'pull' | 'plan' | 'act' | 'verify' | 'guard' | 'score'

/**
 * One message of a stage's queue: run `stage` for `key` as of the period that starts at `turn`. `attempt` counts the
 * chunks of one turn (act moves at most 25 levers at a time), so that each has its own deduplication id.
 */
export interface StageMessage {
  readonly stage: Stage
  /** An account key for pull, act, verify and guard; a portfolio id for plan and score. */
  readonly key: string
  readonly turn: Instant
  readonly attempt: number
}

/** Queue-wide unique: two stages or two keys never swallow each other's messages. */
export const deduplicationId = ({ stage, key, turn, attempt }: StageMessage): string =>
  `${stage}#${key}#${turn}#${attempt}`
