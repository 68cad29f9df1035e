import { SECOND_MS } from '../../lib/units/calendar.ts'
import type { QueueName } from './routes.ts'

export type LambdaName = 'dispatch' | 'rates' | QueueName

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
  // One document from one address, and one object.
  rates: { runLimitMs: 60 * SECOND_MS, memoryMb: 256 },
  pull: reading,
  plan: working,
  act: working,
  verify: working,
  guard: working,
  score: working,
  'pull-google-ads': reading,
  'act-google-ads': working,
  'verify-google-ads': working,
  'guard-google-ads': working,
}

/** Functions that take orders of the shop; made where the deployment asks for them, and no stage of the loop. */
export type OrdersLambdaName = 'orders-drop' | 'orders-http'

export const ORDERS_LAMBDAS: Readonly<Record<OrdersLambdaName, LambdaLimits>> = {
  // A file of a hundred thousand orders is some thousands of transactions, one after the other.
  'orders-drop': { runLimitMs: 900 * SECOND_MS, memoryMb: ONE_CORE_MB },
  'orders-http': { runLimitMs: 60 * SECOND_MS, memoryMb: 512 },
}

/** Deliveries of one message before it is put aside. */
export const MAX_RECEIVES = 5

/**
 * How long a message that was not dealt with stays out of sight: six times the function's limit, as AWS advises, because
 * the poller itself may wait for a free function with the message in hand.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const visibilityTimeoutMs = (queue: QueueName): number => 6 * LAMBDAS[queue].runLimitMs
