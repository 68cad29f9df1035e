import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import { DEFAULT_TIMING, type Loop } from '../../lib/control/loop.ts'
import type { PlatformRegistry } from '../../lib/ports/platform.ts'
import type { ExchangeRates } from '../../lib/ports/rates.ts'
import type { Archive } from '../../lib/ports/store.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import { AWS_CLIENT } from './aws.ts'
import { systemClock } from './clock.ts'
import { queueUrls, tablePrefix, type Variables } from './environment.ts'
import { LAMBDAS, type LambdaName } from './lambdas.ts'
import { sqsQueue } from './sqs-queue.ts'

/** What only some functions have. */
export interface LoopExtras {
  readonly platforms?: PlatformRegistry
  readonly archive?: Archive
  readonly rates?: ExchangeRates
}

/**
 * The loop of one Lambda function, its clients made once per container. What a function was not given refuses to be used,
 * which its role would do as well, but later and less plainly.
 */
export function lambdaLoop(
  lambda: LambdaName,
  extras: LoopExtras = {},
  variables: Variables = process.env,
): (worker: string) => Loop {
  const parts = {
    ...dynamoStores({ client: new DynamoDBClient(AWS_CLIENT), prefix: tablePrefix(variables) }),
    clock: systemClock,
    queue: sqsQueue({ client: new SQSClient(AWS_CLIENT), urls: queueUrls(variables) }),
    timing: { ...DEFAULT_TIMING, runLimitMs: LAMBDAS[lambda].runLimitMs },
    ...absent(lambda),
    ...extras,
  }
  return (worker) => ({ ...parts, worker })
}

function absent(lambda: LambdaName): Required<LoopExtras> {
  const refuse = (what: string) => () => {
    throw new Error(`function ${lambda} has no ${what}: give it one in functions/${lambda}.ts and in the CDK app`)
  }
  const archive = refuse('archive')
  return {
    platforms: refuse('platforms'),
    archive: { put: async () => archive(), get: async () => archive() },
    rates: { rate: async () => refuse('exchange rates')() },
  }
}
