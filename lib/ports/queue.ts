import type { StageMessage } from '../model/turn.ts'

/** Where the next piece of work is announced; delivery is at least once, and order holds per key only. */
export interface StageQueue {
  send(messages: readonly StageMessage[]): Promise<void>
}
