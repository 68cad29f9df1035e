import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type { Loop } from '../lib/control/loop.ts'
import type { StageMessage } from '../lib/model/turn.ts'
import type { Instant } from '../lib/units/calendar.ts'
import { errorFields, type Log } from './composition/log.ts'
import { routes } from './composition/routes.ts'
import type { Invocation } from './stage-handler.ts'

export interface DispatchParts {
  readonly dueMessages: (now: Instant, loop: Loop) => Promise<readonly StageMessage[]>
  readonly loopFor: (worker: string) => Loop
  readonly log: Log
}

export interface Dispatched {
  readonly sent: number
}

export type DispatchHandler = (event: unknown, invocation: Invocation) => Promise<Dispatched>

/**
 * The Scheduler's target: sends what is due at the present instant. It asks what is due now and not what was due when the
 * tick was meant to come, so that a late tick, a repeated one or a missed one needs no care: the next one makes it good.
 */
export function makeDispatchHandler(parts: DispatchParts): DispatchHandler {
  const handler = middy<unknown, Dispatched>({ timeoutEarlyInMillis: 0 }).handler((_event, { awsRequestId }) =>
    dispatch(awsRequestId, parts),
  )
  return (event, invocation) => handler(event, invocation as Context)
}

async function dispatch(requestId: string, { dueMessages, loopFor, log }: DispatchParts): Promise<Dispatched> {
  const loop = loopFor(`dispatch/${requestId}`)
  const startedAt = loop.clock.now()
  try {
    const messages = await dueMessages(startedAt, loop)
    await loop.queue.send(messages)
    const durationMs = loop.clock.now() - startedAt
    log({ level: 'info', event: 'dispatch', requestId, result: 'ran', sent: countByQueue(messages), durationMs })
    return { sent: messages.length }
  } catch (error) {
    const durationMs = loop.clock.now() - startedAt
    log({ level: 'error', event: 'dispatch', requestId, result: 'failed', durationMs, ...errorFields(error) })
    // Lambda prints what is thrown, whole and past our log's allow-list: so it is given nothing to print.
    throw new Error(`the dispatch of request ${requestId} failed: its log line says why`)
  }
}

function countByQueue(messages: readonly StageMessage[]): Readonly<Record<string, number>> {
  const sent: Record<string, number> = {}
  for (const message of messages) sent[routes(message)] = (sent[routes(message)] ?? 0) + 1
  return sent
}
