import { SECOND_MS } from '../../lib/units/calendar.ts'
import type { QueueName } from './routes.ts'

export type LambdaName = 'dispatch' | QueueName

/** What a function may take; CDK deploys it so, and the function's claims are made for as long. */
export interface LambdaLimits {
  /** After this Lambda kills it. */
  readonly runLimitMs: number
  /** Lambda gives CPU in proportion: 1,769 MB is one whole core. */
  readonly memoryMb: number
}

const ONE_CORE_MB = 1_769
// A first pull reads ninety days, and Meta prepares such reports while we wait.
const reading: LambdaLimits = { runLimitMs: 180 * SECOND_MS, memoryMb: ONE_CORE_MB }
const working: LambdaLimits = { runLimitMs: 120 * SECOND_MS, memoryMb: ONE_CORE_MB }

export const LAMBDAS: Readonly<Record<LambdaName, LambdaLimits>> = {
  dispatch: { runLimitMs: 60 * SECOND_MS, memoryMb: 512 },
  pull: reading,
  plan: working,
  act: working,
  verify: working,
  'pull-google-ads': reading,
  'act-google-ads': working,
  'verify-google-ads': working,
}
