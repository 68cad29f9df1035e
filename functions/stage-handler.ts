import middy from '@middy/core'
import type { Context, SQSBatchResponse } from 'aws-lambda'
import type { Loop } from '../lib/control/loop.ts'
import type { TurnResult } from '../lib/control/turn.ts'
import type { StageMessage } from '../lib/model/turn.ts'
import type { Clock } from '../lib/ports/clock.ts'
import { isoInstant } from '../lib/units/calendar.ts'
import { errorFields, type Log, type LogLine } from './composition/log.ts'
import type { QueueName } from './composition/routes.ts'
import { parseStageMessage } from './stage-message.ts'

/** What is read of an SQS record; Lambda's own has more. */
export interface StageRecord {
  readonly messageId: string
  readonly body: string
  readonly attributes: { readonly ApproximateReceiveCount: string }
}

export interface StageEvent {
  readonly Records: readonly StageRecord[]
}

export interface Invocation {
  readonly awsRequestId: string
}

export type StageHandler = (event: StageEvent, invocation: Invocation) => Promise<SQSBatchResponse>

export interface StageParts {
  readonly queue: QueueName
  readonly runTurn: (message: StageMessage, loop: Loop) => Promise<TurnResult>
  /** @param worker names this invocation in claims */
  readonly loopFor: (worker: string) => Loop
  readonly clock: Clock
  readonly log: Log
}

/**
 * Middy would end an invocation that is about to time out with an error of its own, and Lambda would then freeze the
 * turn and thaw it in the middle of another: a budget sent minutes after it was given up. 0 leaves it to Lambda to kill
 * the process, which is what claims and intents are made for.
 */
const NEVER_EARLY = { timeoutEarlyInMillis: 0 }

/** A Lambda handler for one queue: parses, runs the turn, answers which messages are to be delivered again. */
export function makeStageHandler(parts: StageParts): StageHandler {
  const handler = middy<StageEvent, SQSBatchResponse>(NEVER_EARLY).handler(({ Records }, { awsRequestId }) =>
    runBatch(Records, awsRequestId, parts),
  )
  return (event, invocation) => handler(event, invocation as Context)
}

/** One record at a time; after a failure the rest is handed back too, since it may come after it in the same group. */
async function runBatch(
  records: readonly StageRecord[],
  requestId: string,
  parts: StageParts,
): Promise<SQSBatchResponse> {
  for (const [index, record] of records.entries()) {
    if (await runRecord(record, requestId, parts)) continue
    return { batchItemFailures: records.slice(index).map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
  return { batchItemFailures: [] }
}

/** @returns whether the message is dealt with */
async function runRecord(record: StageRecord, requestId: string, parts: StageParts): Promise<boolean> {
  const { queue, clock, log } = parts
  const { messageId } = record
  const received = { queue, requestId, messageId, receives: Number(record.attributes.ApproximateReceiveCount) }
  let message: StageMessage
  try {
    message = parseStageMessage(record.body, queue)
  } catch (error) {
    log({ level: 'error', event: 'refused', ...received, ...errorFields(error) })
    return false
  }
  const startedAt = clock.now()
  const outcome = await outcomeOf(message, requestId, parts)
  const { stage, key, attempt } = message
  const turn = { stage, key, turn: isoInstant(message.turn), attempt }
  log({ event: 'turn', ...received, ...turn, durationMs: clock.now() - startedAt, ...outcome })
  return outcome.result === 'ran' || outcome.result === 'skipped'
}

type TurnOutcome = Pick<LogLine, 'level' | 'why' | 'summary' | 'errorName' | 'errorMessage'> &
  Required<Pick<LogLine, 'result'>>

async function outcomeOf(message: StageMessage, requestId: string, parts: StageParts): Promise<TurnOutcome> {
  try {
    const result = await parts.runTurn(message, parts.loopFor(`${parts.queue}/${requestId}`))
    if (result.kind === 'ran') return { level: 'info', result: 'ran', summary: result.summary }
    if (result.kind === 'skipped') return { level: 'info', result: 'skipped', why: result.why }
    return { level: 'info', result: 'elsewhere' }
  } catch (error) {
    return { level: 'error', result: 'failed', ...errorFields(error) }
  }
}
