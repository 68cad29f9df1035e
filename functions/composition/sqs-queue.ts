import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs'
import { deduplicationId, type StageMessage } from '../../lib/model/turn.ts'
import type { StageQueue } from '../../lib/ports/queue.ts'
import { type QueueName, routes } from './routes.ts'

/** SQS takes at most ten messages in one request. */
const BATCH = 10
const TRIES = 4
const FIRST_WAIT_MS = 100

export interface SqsQueueOptions {
  readonly client: SQSClient
  readonly urls: Partial<Readonly<Record<QueueName, string>>>
  /** How waiting between tries is done; a test hands in one that does not wait. */
  readonly wait?: (ms: number) => Promise<unknown>
}

/**
 * Sends each message to its stage's FIFO queue, grouped by key. A message that SQS could not take just then is sent again;
 * that may put it after a later one of the same key, which claims make harmless.
 *
 * @throws RangeError before anything is sent when a queue is not among `urls`; Error when messages were not taken in the
 *   end: the turn then fails and sends all of them again, and SQS drops the ones it has
 */
export function sqsQueue({ client, urls, wait = sleep }: SqsQueueOptions): StageQueue {
  const urlOf = (queue: QueueName): string => {
    const url = urls[queue]
    if (url === undefined)
      throw new RangeError(`this function has no queue ${queue} to send to: it knows ${Object.keys(urls).join(', ')}`)
    return url
  }
  return {
    async send(messages) {
      const byQueue = Map.groupBy(messages, (message) => urlOf(routes(message)))
      await Promise.all([...byQueue].map(([url, ones]) => sendInOrder(client, url, ones, wait)))
    },
  }
}

type Wait = (ms: number) => Promise<unknown>

async function sendInOrder(
  client: SQSClient,
  url: string,
  messages: readonly StageMessage[],
  wait: Wait,
): Promise<void> {
  for (let start = 0; start < messages.length; start += BATCH)
    await sendBatch(client, url, messages.slice(start, start + BATCH), wait)
}

async function sendBatch(client: SQSClient, url: string, messages: readonly StageMessage[], wait: Wait): Promise<void> {
  let left = messages.map(entry)
  for (let attempt = 0; ; attempt += 1) {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: left }))
    if (Failed.length === 0) return
    const failed = new Map(Failed.map((failure) => [failure.Id, failure]))
    left = left.filter(({ Id }) => failed.has(Id))
    // SenderFault: our mistake, which will not go away by itself.
    const hopeless = Failed.find(({ SenderFault }) => SenderFault === true)
    if (hopeless || attempt + 1 === TRIES) throw notTaken(left, hopeless ?? Failed[0])
    await wait(FIRST_WAIT_MS * 2 ** attempt)
  }
}

const entry = (message: StageMessage, index: number): SendMessageBatchRequestEntry => ({
  Id: index.toString(),
  MessageBody: JSON.stringify(message),
  MessageGroupId: message.key,
  MessageDeduplicationId: deduplicationId(message),
})

function notTaken(
  entries: readonly SendMessageBatchRequestEntry[],
  failure: { readonly Code?: string | undefined; readonly Message?: string | undefined } | undefined,
): Error {
  const names = entries.map(({ MessageDeduplicationId }) => MessageDeduplicationId).join(', ')
  return new Error(`SQS did not take ${names}: ${failure?.Code ?? 'no code'} ${failure?.Message ?? ''}`.trim())
}
