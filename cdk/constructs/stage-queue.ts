import { Duration } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { MAX_RECEIVES, visibilityTimeoutMs } from '../../functions/composition/lambdas.ts'
import type { QueueName } from '../../functions/composition/routes.ts'
import { prefixOf, type SluiceConfig } from '../config.ts'

/** A FIFO queue with the queue of its dead letters. */
export class StageQueue extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(scope: Construct, name: QueueName, config: SluiceConfig) {
    super(scope, `${name}-queue`)
    const shared = {
      fifo: true,
      // The sender names every message: two bodies alike are not the same turn.
      contentBasedDeduplication: false,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    }
    this.deadLetters = new Queue(this, 'dead', {
      ...shared,
      queueName: `${prefixOf(config)}-${name}-dead.fifo`,
      retentionPeriod: Duration.days(14),
    })
    this.queue = new Queue(this, 'live', {
      ...shared,
      queueName: `${prefixOf(config)}-${name}.fifo`,
      visibilityTimeout: Duration.millis(visibilityTimeoutMs(name)),
      // A turn is dropped when it is hours old; a day is for people to look.
      retentionPeriod: Duration.days(1),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    })
  }
}
