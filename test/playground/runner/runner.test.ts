import { describe, expect, test } from 'vitest'
import type { StageMessage } from '../../../lib/model/turn.ts'
import { type Instant, instant, later, MINUTE_MS, SECOND_MS } from '../../../lib/units/calendar.ts'
import { createRunner, type QueueHandler, type Runner, type RunnerOptions } from '../../../playground/runner/runner.ts'
import { virtualClock } from '../../../playground/runner/virtual-clock.ts'

const START = instant('2026-11-21T06:00:30Z')
const minutes = (n: number): Instant => later(START, n * MINUTE_MS)
const aMessage = (over: Partial<StageMessage> = {}): StageMessage => ({
  stage: 'pull',
  key: 'meta:1',
  turn: START,
  attempt: 0,
  ...over,
})

interface Seen {
  readonly at: number
  readonly key: string
  readonly attempt: number
  readonly receives: string
}

/** A runner with one queue, `pull`, whose handler notes what it gets and fails what `fails` says. */
function aRunner(
  fails: (message: StageMessage, times: number) => boolean = () => false,
  over: Partial<RunnerOptions> = {},
) {
  const clock = virtualClock(START)
  const seen: Seen[] = []
  const times = new Map<string, number>()
  const pull: QueueHandler = async ({ Records }) => {
    const [record] = Records
    const message = JSON.parse(record!.body) as StageMessage
    const name = `${message.key}/${message.attempt}`
    times.set(name, (times.get(name) ?? 0) + 1)
    seen.push({
      at: (clock.now() - START) / SECOND_MS,
      key: message.key,
      attempt: message.attempt,
      receives: record!.attributes.ApproximateReceiveCount,
    })
    return { batchItemFailures: fails(message, times.get(name)!) ? [{ itemIdentifier: record!.messageId }] : [] }
  }
  const runner: Runner = createRunner({
    clock,
    handlers: { pull },
    route: ({ stage }) => stage,
    dispatch: async () => {},
    tickMs: 15 * MINUTE_MS,
    visibilityTimeoutMs: 12 * MINUTE_MS,
    maxReceives: 3,
    ...over,
  })
  const names = () => seen.map(({ key, attempt }) => `${key}/${attempt}`)
  return { clock, runner, seen, names }
}

describe('the clock', () => {
  test('stands still until it is set', () => {
    const clock = virtualClock(START)
    clock.set(minutes(3))
    expect(clock.now()).toBe(minutes(3))
  })
  test('refuses to go back', () => {
    const clock = virtualClock(START)
    expect(() => clock.set(minutes(-1))).toThrow('cannot be set back to 2026-11-21T05:59:30Z')
  })
})

describe('ticks', () => {
  test('fall on the quarters of the hour, each once, at their own instant', async () => {
    const ticks: string[] = []
    const clock = virtualClock(START)
    const { runner } = aRunner(undefined, {
      clock,
      dispatch: async () => ticks.push(new Date(clock.now()).toISOString().slice(11, 19)),
    })
    await runner.runUntil(minutes(20))
    await runner.runUntil(minutes(45))
    expect(ticks).toEqual(['06:15:00', '06:30:00', '06:45:00'])
    expect(clock.now()).toBe(minutes(45))
  })
  test('that fail are reported, and the next one comes all the same', async () => {
    const failures: unknown[] = []
    let ticks = 0
    const { runner } = aRunner(undefined, {
      dispatch: async () => {
        ticks += 1
        throw new Error('table is missing')
      },
      onDispatchFailure: (error) => failures.push(error),
    })
    await runner.runUntil(minutes(30))
    expect(ticks).toBe(2)
    expect(failures).toEqual([new Error('table is missing'), new Error('table is missing')])
  })
  test('have their messages delivered at the instant of the tick', async () => {
    const { runner, seen } = aRunner(undefined, { dispatch: () => runner.queue.send([aMessage()]) })
    await runner.runUntil(minutes(15))
    expect(seen).toEqual([{ at: 870, key: 'meta:1', attempt: 0, receives: '1' }])
  })
  test('need a period that is a positive integer', () => {
    expect(() => aRunner(undefined, { tickMs: 0 })).toThrow('tickMs must be a positive integer, got 0')
  })
})

describe('delivery', () => {
  test('keeps the order of arrival', async () => {
    const { runner, names } = aRunner()
    await runner.queue.send([aMessage({ key: 'meta:2' }), aMessage(), aMessage({ key: 'meta:2', attempt: 1 })])
    await runner.settle()
    expect(names()).toEqual(['meta:2/0', 'meta:1/0', 'meta:2/1'])
    expect(runner.pending).toBe(0)
  })
  test('of what a handler sends happens at the same instant', async () => {
    const { runner, names } = aRunner((message) => {
      if (message.attempt < 2) void runner.queue.send([aMessage({ attempt: message.attempt + 1 })])
      return false
    })
    await runner.queue.send([aMessage()])
    await runner.settle()
    expect(names()).toEqual(['meta:1/0', 'meta:1/1', 'meta:1/2'])
  })
  test('carries the event that SQS gives to a Lambda', async () => {
    const events: unknown[] = []
    const handler: QueueHandler = async (event) => {
      events.push(event)
      return { batchItemFailures: [] }
    }
    const { runner } = aRunner(undefined, { handlers: { pull: handler } })
    await runner.queue.send([aMessage()])
    await runner.settle()
    const body = `{"stage":"pull","key":"meta:1","turn":${START},"attempt":0}`
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: 'pull-1',
            receiptHandle: 'pull-1/1',
            body,
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: `${START}`,
              SenderId: 'sluice-runner',
              ApproximateFirstReceiveTimestamp: `${START}`,
              SequenceNumber: '00000000000000000001',
              MessageGroupId: 'meta:1',
              MessageDeduplicationId: `pull#meta:1#${START}#0`,
            },
            messageAttributes: {},
            md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:pull.fifo',
            awsRegion: 'us-east-1',
          },
        ],
      },
    ])
  })
  test('to a queue that does not exist is refused when sent, and nothing of the call is sent', async () => {
    const { runner } = aRunner()
    await expect(runner.queue.send([aMessage(), aMessage({ stage: 'act' })])).rejects.toThrow('no queue "act"')
    expect(runner.pending).toBe(0)
  })
})

describe('deduplication', () => {
  test('drops a second send of the same turn and attempt', async () => {
    const { runner, names } = aRunner()
    await runner.queue.send([aMessage(), aMessage()])
    await runner.settle()
    expect(names()).toEqual(['meta:1/0'])
  })
  test('lasts after the first was delivered and deleted', async () => {
    const { runner, names } = aRunner()
    await runner.queue.send([aMessage()])
    await runner.runUntil(later(START, 5 * MINUTE_MS - 1))
    await runner.queue.send([aMessage()])
    await runner.settle()
    expect(names()).toEqual(['meta:1/0'])
  })
  test('ends five minutes after the first send', async () => {
    const { runner, names } = aRunner()
    await runner.queue.send([aMessage()])
    await runner.runUntil(minutes(5))
    await runner.queue.send([aMessage()])
    await runner.settle()
    expect(names()).toEqual(['meta:1/0', 'meta:1/0'])
  })
})

describe('failure', () => {
  const firstTime = (_: StageMessage, times: number) => times === 1

  test('brings a message back when its visibility timeout has passed', async () => {
    const { runner, seen } = aRunner(firstTime)
    await runner.queue.send([aMessage()])
    await runner.runUntil(minutes(30))
    expect(seen.map(({ at, receives }) => [at, receives])).toEqual([
      [0, '1'],
      [720, '2'],
    ])
  })
  test('of a handler that throws counts as failure of its message', async () => {
    let calls = 0
    const handler: QueueHandler = async () => {
      calls += 1
      throw new Error('killed')
    }
    const { runner } = aRunner(undefined, { handlers: { pull: handler } })
    await runner.queue.send([aMessage()])
    await runner.runUntil(minutes(12))
    expect(calls).toBe(2)
  })
  test('holds back what comes after it in its group, and nothing else', async () => {
    const { runner, seen } = aRunner(({ key, attempt }, times) => key === 'meta:1' && attempt === 0 && times === 1)
    await runner.queue.send([aMessage(), aMessage({ attempt: 1 }), aMessage({ key: 'meta:2' })])
    await runner.runUntil(minutes(12))
    expect(seen.map(({ at, key, attempt }) => [at, `${key}/${attempt}`])).toEqual([
      [0, 'meta:1/0'],
      [0, 'meta:2/0'],
      [720, 'meta:1/0'],
      [720, 'meta:1/1'],
    ])
  })
  test('of every delivery sends a message to the dead letters and lets its group go on', async () => {
    const { runner, seen } = aRunner(({ attempt }) => attempt === 0)
    await runner.queue.send([aMessage(), aMessage({ attempt: 1 })])
    await runner.runUntil(minutes(60))
    expect(seen.map(({ at, attempt, receives }) => [at, attempt, receives])).toEqual([
      [0, 0, '1'],
      [720, 0, '2'],
      [1440, 0, '3'],
      [2160, 1, '1'],
    ])
    expect(runner.deadLetters).toMatchObject([{ queue: 'pull', groupId: 'meta:1', receives: 3, at: minutes(36) }])
    expect(runner.pending).toBe(0)
  })
})

test('two runs of the same story are the same, delivery by delivery', async () => {
  const story = async () => {
    const flaky = ({ key }: StageMessage, times: number) => key.endsWith('3') && times < 3
    const { runner, seen } = aRunner(flaky, {
      dispatch: () => runner.queue.send(keys.map((key) => aMessage({ key, attempt: seen.length }))),
    })
    const keys = ['meta:1', 'meta:2', 'meta:3']
    await runner.runUntil(minutes(120))
    return seen
  }
  expect(await story()).toEqual(await story())
})
