import { runTurn } from '../../lib/control/turn.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import { makeStageHandler, type StageHandler } from '../stage-handler.ts'
import { systemClock } from './clock.ts'
import { lambdaSecrets } from './connect.ts'
import { connections, type Variables } from './environment.ts'
import { stdoutLog } from './log.ts'
import { type LoopExtras, lambdaLoop } from './loop.ts'
import { type PlatformMaker, platformRegistry } from './registry.ts'
import type { QueueName } from './routes.ts'

/** The Lambda handler of a stage's queue. */
export function stageLambda(queue: QueueName, extras: LoopExtras, variables: Variables = process.env): StageHandler {
  const loopFor = lambdaLoop(queue, extras, variables)
  return makeStageHandler({ queue, runTurn, loopFor, clock: systemClock, log: stdoutLog })
}

/** Makes an adapter's maker from what every adapter needs. */
export type Connect = (secrets: Secrets, clock: Clock) => PlatformMaker

/** The Lambda handler of a stage that talks to one platform. */
export function platformLambda(
  queue: QueueName,
  platform: string,
  connect: Connect,
  variables: Variables = process.env,
): StageHandler {
  const makers = { [platform]: connect(lambdaSecrets(), systemClock) }
  return stageLambda(queue, { platforms: platformRegistry(connections(variables), makers) }, variables)
}
