import { createHash } from 'node:crypto'
import type { Delivery } from './fifo-queue.ts'

/** The part of Lambda's SQS event that a handler may rely on; the same keys and types as the service sends. */
export interface SqsRecord {
  messageId: string
  receiptHandle: string
  body: string
  attributes: {
    ApproximateReceiveCount: string
    SentTimestamp: string
    SenderId: string
    ApproximateFirstReceiveTimestamp: string
    SequenceNumber: string
    MessageGroupId: string
    MessageDeduplicationId: string
  }
  messageAttributes: Record<string, never>
  md5OfBody: string
  eventSource: string
  eventSourceARN: string
  awsRegion: string
}

const REGION = 'us-east-1'
/** An account id that documentation uses and nobody has. */
const ACCOUNT = '123456789012'

export const sqsRecord = (queue: string, delivery: Delivery): SqsRecord => ({
  messageId: delivery.messageId,
  receiptHandle: `${delivery.messageId}/${delivery.receives}`,
  body: delivery.body,
  attributes: {
    ApproximateReceiveCount: delivery.receives.toString(),
    SentTimestamp: delivery.sentAt.toString(),
    SenderId: 'sluice-runner',
    ApproximateFirstReceiveTimestamp: delivery.firstReceivedAt.toString(),
    SequenceNumber: delivery.sequenceNumber,
    MessageGroupId: delivery.groupId,
    MessageDeduplicationId: delivery.deduplicationId,
  },
  messageAttributes: {},
  md5OfBody: createHash('md5').update(delivery.body).digest('hex'),
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue}.fifo`,
  awsRegion: REGION,
})
