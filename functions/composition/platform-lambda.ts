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

/** The Lambda handler of a stage that talks to platforms, by their names. */
export function platformLambda(
  queue: QueueName,
  platforms: Readonly<Record<string, Connect>>,
  variables: Variables = process.env,
): StageHandler {
  const secrets = lambdaSecrets()
  const makers = Object.fromEntries(
    Object.entries(platforms).map(([name, connect]) => [name, connect(secrets, systemClock)]),
  )
  return stageLambda(queue, { platforms: platformRegistry(connections(variables), makers) }, variables)
}
