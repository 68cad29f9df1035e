import { deduplicationId, type StageMessage } from '../../lib/model/turn.ts'
import type { Instant } from '../../lib/units/calendar.ts'
import { type DeadLetter, type Delivery, type FifoQueue, fifoQueue } from './fifo-queue.ts'
import { type SqsRecord, sqsRecord } from './lambda-event.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** A Lambda handler behind an SQS event source with partial batch responses; throwing fails the whole batch. */
export type QueueHandler = (
  event: { Records: SqsRecord[] },
  context: { awsRequestId: string },
) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>

export interface RunnerOptions {
  readonly clock: VirtualClock
  /** By queue name; a message routed to a queue that is not here is refused when it is sent. */
  readonly handlers: Readonly<Record<string, QueueHandler>>
  readonly route: (message: StageMessage) => string
  /** What the Scheduler invokes at each tick. A tick that throws is reported to `onDispatchFailure` and not repeated. */
  readonly dispatch: () => Promise<unknown>
  readonly onDispatchFailure?: (error: unknown, at: Instant) => void
  /** Ticks fall on the multiples of this since 1970-01-01T00:00Z, as a `rate` schedule aligned to the hour would. */
  readonly tickMs: number
  readonly visibilityTimeoutMs: number
  readonly maxReceives: number
}

export interface Runner {
  /** Where the stages send their messages: the StageQueue port. */
  readonly queue: { send(messages: readonly StageMessage[]): Promise<void> }
  /**
   * Plays everything that falls due up to and including `to`: ticks, deliveries, redeliveries, in order of time; then
   * leaves the clock at `to`. Deliveries at one instant follow the order of the handlers, then of arrival.
   */
  runUntil(to: Instant): Promise<void>
  /** Delivers what is deliverable at the present instant, and what that brings about, without moving the clock. */
  settle(): Promise<void>
  readonly deadLetters: readonly DeadLetter[]
  /** Messages sent and neither finished nor dead. */
  readonly pending: number
}

/** Plays EventBridge Scheduler, SQS FIFO and Lambda's poller (batch size 1) in one process, one delivery at a time. */
export function createRunner(options: RunnerOptions): Runner {
  const { clock, handlers, route, dispatch, tickMs, visibilityTimeoutMs, maxReceives } = options
  if (!(Number.isInteger(tickMs) && tickMs > 0))
    throw new RangeError(`tickMs must be a positive integer, got ${tickMs}`)
  const deadLetters: DeadLetter[] = []
  const queues = new Map<string, FifoQueue>(
    Object.keys(handlers).map((name) => [
      name,
      fifoQueue({ name, visibilityTimeoutMs, maxReceives, onDeadLetter: (letter) => deadLetters.push(letter) }),
    ]),
  )
  let invocations = 0
  let lastTick = (clock.now() - 1) as Instant

  function queueFor(message: StageMessage): FifoQueue {
    const name = route(message)
    const queue = queues.get(name)
    if (!queue)
      throw new RangeError(
        `no queue "${name}" for ${deduplicationId(message)}: queues are ${[...queues.keys()].join(', ')}`,
      )
    return queue
  }

  async function send(messages: readonly StageMessage[]): Promise<void> {
    // Routed before any is sent, so that one bad message does not leave half of them behind.
    const routed = messages.map((message) => ({ message, queue: queueFor(message) }))
    for (const { message, queue } of routed)
      queue.send(
        { body: JSON.stringify(message), groupId: message.key, deduplicationId: deduplicationId(message) },
        clock.now(),
      )
  }

  async function succeeded(name: string, delivery: Delivery): Promise<boolean> {
    invocations += 1
    try {
      const event = { Records: [sqsRecord(name, delivery)] }
      const { batchItemFailures } = await handlers[name]!(event, { awsRequestId: `invocation-${invocations}` })
      return batchItemFailures.length === 0
    } catch {
      // As in Lambda: what the invocation threw is its log's business; the message comes back after its timeout.
      return false
    }
  }

  async function deliverNext(): Promise<boolean> {
    for (const [name, queue] of queues) {
      const delivery = queue.receive(clock.now())
      if (!delivery) continue
      if (await succeeded(name, delivery)) queue.delete(delivery.messageId)
      return true
    }
    return false
  }

  async function settle(): Promise<void> {
    let delivered = true
    while (delivered) delivered = await deliverNext()
  }

  const nextTick = (): Instant => ((Math.floor(lastTick / tickMs) + 1) * tickMs) as Instant

  function nextEvent(): Instant {
    const visible = [...queues.values()].flatMap((queue) => queue.nextVisibleAt() ?? [])
    return Math.min(nextTick(), ...visible) as Instant
  }

  async function tick(at: Instant): Promise<void> {
    lastTick = at
    try {
      await dispatch()
    } catch (error) {
      options.onDispatchFailure?.(error, at)
    }
  }

  async function runUntil(to: Instant): Promise<void> {
    await settle()
    for (let at = nextEvent(); at <= to; at = nextEvent()) {
      // Somebody else may have moved the clock on meanwhile; what fell due before is then late, not lost.
      if (at > clock.now()) clock.set(at)
      if (at === nextTick()) await tick(at)
      await settle()
    }
    if (to > clock.now()) clock.set(to)
  }

  return {
    queue: { send },
    runUntil,
    settle,
    deadLetters,
    get pending() {
      return [...queues.values()].reduce((total, { size }) => total + size, 0)
    },
  }
}
