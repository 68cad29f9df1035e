import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { AWS_CLIENT } from '../../functions/composition/aws.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import type { StageMessage } from '../../lib/model/turn.ts'

/** Any will do for an engine on this machine. */
const PRETEND = { accessKeyId: 'pretend', secretAccessKey: 'pretend' }

/** The product's own client: its time limits, its tries. Credentials of the environment where another machine is named. */
export const clientOf = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    ...AWS_CLIENT,
    endpoint,
    region: process.env.AWS_REGION ?? 'us-east-1',
    ...(process.env.AWS_ACCESS_KEY_ID === undefined ? { credentials: PRETEND } : {}),
  })

/** Turns one after the other; one that fails is left to the next tick, as a queue would. @returns how many failed */
export async function runAll(messages: readonly StageMessage[], loop: Loop): Promise<number> {
  let failed = 0
  for (const message of messages)
    await runTurn(message, loop).catch((error: unknown) => {
      if (!isPassing(error)) throw error
      failed += 1
    })
  return failed
}

/** Errors of the connection and of races; anything else is a fault of the code under test. */
const PASSING =
  /ECONN|EPIPE|socket hang up|aborted|terminated|Timeout|timed out|Parse Error|JSON|Deserialization|faster 4 times|being written/i
const isPassing = (error: unknown): boolean =>
  error instanceof Error &&
  (PASSING.test(`${error.name} ${error.message}`) || (error.cause !== undefined && isPassing(error.cause)))
