import { type Instant, later, MINUTE_MS } from '../../lib/units/calendar.ts'

/**
 * Duplicates are dropped for five minutes after the first send, even when the first is delivered and deleted by then.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
 */
export const DEDUPLICATION_MS = 5 * MINUTE_MS

export interface FifoMessage {
  readonly body: string
  readonly groupId: string
  readonly deduplicationId: string
}

/** A message that one receiver has in hand; nobody else sees it, nor what comes after it in its group, until `visibleAt`. */
export interface Delivery extends FifoMessage {
  readonly messageId: string
  readonly sequenceNumber: string
  readonly sentAt: Instant
  readonly firstReceivedAt: Instant
  /** This delivery included. */
  readonly receives: number
}

export interface DeadLetter extends FifoMessage {
  readonly queue: string
  readonly receives: number
  /** When it was moved aside: at the receive that would have been one too many. */
  readonly at: Instant
}

export interface FifoQueue {
  /** Accepted silently and dropped when its deduplication id was sent within the last five minutes. */
  send(message: FifoMessage, now: Instant): void
  /** The oldest message whose group has nothing in flight and that has not been received too often; undefined if none. */
  receive(now: Instant): Delivery | undefined
  delete(messageId: string): void
  /** When something can next be received: the earliest over all groups, in the past for what waits; undefined if empty. */
  nextVisibleAt(): Instant | undefined
  /** Messages not yet deleted, the ones in flight included. */
  readonly size: number
}

export interface FifoQueueOptions {
  readonly name: string
  readonly visibilityTimeoutMs: number
  /** Deliveries of one message, after which it goes to the dead letters. */
  readonly maxReceives: number
  readonly onDeadLetter: (letter: DeadLetter) => void
}

interface Stored extends FifoMessage {
  readonly messageId: string
  readonly sequenceNumber: string
  readonly sentAt: Instant
  firstReceivedAt?: Instant
  visibleAt: Instant
  receives: number
}

/** One SQS FIFO queue in memory, as far as Lambda's poller can tell. Deterministic: ids are counted, not drawn. */
export function fifoQueue({ name, visibilityTimeoutMs, maxReceives, onDeadLetter }: FifoQueueOptions): FifoQueue {
  // In order of arrival, which is the order of delivery within a group; a group's first message speaks for the group.
  const groups = new Map<string, Stored[]>()
  const sentUntil = new Map<string, Instant>()
  let sent = 0

  function forgetOldIds(now: Instant): void {
    // A Map keeps insertion order and every entry lives equally long, so the expired ones are all in front.
    for (const [id, until] of sentUntil) {
      if (until > now) return
      sentUntil.delete(id)
    }
  }

  function send(message: FifoMessage, now: Instant): void {
    forgetOldIds(now)
    if (sentUntil.has(message.deduplicationId)) return
    sentUntil.set(message.deduplicationId, later(now, DEDUPLICATION_MS))
    sent += 1
    const stored: Stored = {
      ...message,
      messageId: `${name}-${sent}`,
      sequenceNumber: sent.toString().padStart(20, '0'),
      sentAt: now,
      visibleAt: now,
      receives: 0,
    }
    const group = groups.get(message.groupId)
    if (group) group.push(stored)
    else groups.set(message.groupId, [stored])
  }

  function drop(groupId: string, messageId: string): void {
    const left = (groups.get(groupId) ?? []).filter((message) => message.messageId !== messageId)
    if (left.length > 0) groups.set(groupId, left)
    else groups.delete(groupId)
  }

  function buryExhausted(now: Instant): void {
    for (const [groupId, [head]] of [...groups]) {
      if (!head || head.visibleAt > now || head.receives < maxReceives) continue
      drop(groupId, head.messageId)
      const { body, deduplicationId, receives } = head
      onDeadLetter({ queue: name, body, groupId, deduplicationId, receives, at: now })
      // The next one of the group may be exhausted only if it was delivered before, which a FIFO group rules out.
    }
  }

  function receive(now: Instant): Delivery | undefined {
    buryExhausted(now)
    const heads = [...groups.values()].flatMap(([head]) => (head && head.visibleAt <= now ? [head] : []))
    const oldest = heads.reduce<Stored | undefined>(
      (a, b) => (a && a.sequenceNumber < b.sequenceNumber ? a : b),
      undefined,
    )
    if (!oldest) return undefined
    oldest.receives += 1
    oldest.firstReceivedAt ??= now
    oldest.visibleAt = later(now, visibilityTimeoutMs)
    return { ...oldest, firstReceivedAt: oldest.firstReceivedAt }
  }

  return {
    send,
    receive,
    delete(messageId) {
      for (const [groupId, group] of groups)
        if (group.some((message) => message.messageId === messageId)) return drop(groupId, messageId)
    },
    nextVisibleAt: () =>
      [...groups.values()].reduce<Instant | undefined>(
        (soonest, [head]) => (head && (soonest === undefined || head.visibleAt < soonest) ? head.visibleAt : soonest),
        undefined,
      ),
    get size() {
      return [...groups.values()].reduce((total, group) => total + group.length, 0)
    },
  }
}
