import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../lib/ports/clock.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import { dynamoLimitStore } from '../../lib/store/limit-store.ts'
import type { StageHandler } from '../stage-handler.ts'
import { connectsOf, lambdaAdapters } from './adapters.ts'
import { AWS_CLIENT } from './aws.ts'
import { systemClock } from './clock.ts'
import { lambdaSecrets } from './connect.ts'
import { connections, tablePrefix, type Variables } from './environment.ts'
import { type Limiters, openLimiters } from './limiters.ts'
import { type PlatformMaker, platformRegistry } from './registry.ts'
import type { QueueName } from './routes.ts'
import { stageLambda } from './stage-lambda.ts'

/** Makes an adapter's maker from what every adapter needs. */
export type Connect = (secrets: Secrets, clock: Clock, limiters?: Limiters) => PlatformMaker

/** As `platformLambda`, with the adapter packages that the deployment names. */
export const sharedLambda = async (
  queue: QueueName,
  platforms: Readonly<Record<string, Connect>>,
  variables: Variables = process.env,
): Promise<StageHandler> =>
  platformLambda(queue, { ...connectsOf(await lambdaAdapters(variables)), ...platforms }, variables)

/** The Lambda handler of a stage that talks to platforms, by their names. */
export function platformLambda(
  queue: QueueName,
  platforms: Readonly<Record<string, Connect>>,
  variables: Variables = process.env,
): StageHandler {
  const reached = connections(variables)
  const secrets = lambdaSecrets()
  const limiters = lambdaLimiters(variables)
  const makers = Object.fromEntries(
    Object.entries(platforms).map(([name, connect]) => [name, connect(secrets, systemClock, limiters)]),
  )
  return stageLambda(queue, { platforms: platformRegistry(reached, makers) }, variables)
}

/** Shared by all functions through the control table, so that a cold start knows what the others have used. */
const lambdaLimiters = (variables: Variables): Limiters =>
  openLimiters({
    store: dynamoLimitStore({ client: new DynamoDBClient(AWS_CLIENT), prefix: tablePrefix(variables) }),
    clock: systemClock,
    sleep,
  })
