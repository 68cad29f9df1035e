import type { WorldPlatform } from './world.ts'

/** One request as a fault plan sees it. */
export interface TwinCall {
  readonly platform: WorldPlatform
  readonly method: string
  readonly path: string
  readonly mutating: boolean
  /** 1 for the first request of this twin, then counting up. */
  readonly sequence: number
}

/**
 * What goes wrong with one request. The platform's own shape of each is the twin's business.
 *
 * - `unavailable`, `rate-limited`, `unauthorised`: the platform's own error, nothing executed
 * - `drop-before`: the connection closes, nothing executed
 * - `drop-after`: executed, then the connection closes without an answer
 * - `truncate`: executed, the answer's body is cut short
 */
export type Fault = 'unavailable' | 'rate-limited' | 'unauthorised' | 'drop-before' | 'drop-after' | 'truncate'

/** Decides for each request whether, and how, it goes wrong. */
export type FaultPlan = (call: TwinCall) => Fault | undefined

export const noFaults: FaultPlan = () => undefined
