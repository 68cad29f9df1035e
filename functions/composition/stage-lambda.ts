import { runTurn } from '../../lib/control/turn.ts'
import { makeStageHandler, type StageHandler } from '../stage-handler.ts'
import { systemClock } from './clock.ts'
import type { Variables } from './environment.ts'
import { stdoutLog } from './log.ts'
import { type LoopExtras, lambdaLoop } from './loop.ts'
import type { QueueName } from './routes.ts'

/** The Lambda handler of a stage's queue. */
export function stageLambda(queue: QueueName, extras: LoopExtras, variables: Variables = process.env): StageHandler {
  const loopFor = lambdaLoop(queue, extras, variables)
  return makeStageHandler({ queue, runTurn, loopFor, clock: systemClock, log: stdoutLog })
}
