import type { Clock } from '../../lib/ports/clock.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import type { StageHandler } from '../stage-handler.ts'
import { systemClock } from './clock.ts'
import { lambdaSecrets } from './connect.ts'
import { connections, type Variables } from './environment.ts'
import { type PlatformMaker, platformRegistry } from './registry.ts'
import type { QueueName } from './routes.ts'
import { stageLambda } from './stage-lambda.ts'

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
