/**
 * The same handler that runs in Lambda, fed by a real SQS protocol engine on loopback through the real SDK client: what
 * the runner in playground/runner plays in memory is checked here against FIFO groups, deduplication, redelivery and
 * redrive as SQS speaks them.
 */
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sqsQueue } from '../../functions/composition/sqs-queue.ts'
import { makeStageHandler, type StageHandler } from '../../functions/stage-handler.ts'
import type { Loop } from '../../lib/control/loop.ts'
import type { TurnResult } from '../../lib/control/turn.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import type { StageQueue } from '../../lib/ports/queue.ts'
import { instant } from '../../lib/units/calendar.ts'

const TURN = instant('2026-11-21T06:00:00Z')
const MAX_RECEIVES = 3
const aMessage = (over: Partial<StageMessage> = {}): StageMessage => ({
  stage: 'pull',
  key: 'meta:1',
  turn: TURN,
  attempt: 0,
  ...over,
})

let server: FauxqsServer
let client: SQSClient
let urls: { pull: string; dead: string }
let count = 0

beforeAll(async () => {
  server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
  client = new SQSClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  })
})

afterAll(async () => {
  client.destroy()
  await server.stop()
})

beforeEach(async () => {
  count += 1
  const dead = await create(`dead-${count}.fifo`, {})
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }),
  )
  const redrive = { deadLetterTargetArn: Attributes!.QueueArn!, maxReceiveCount: MAX_RECEIVES }
  // No visibility timeout, so that redelivery needs no waiting; the runner's own tests have the timing.
  const pull = await create(`pull-${count}.fifo`, { RedrivePolicy: JSON.stringify(redrive), VisibilityTimeout: '0' })
  urls = { pull, dead }
})

async function create(name: string, attributes: Record<string, string>): Promise<string> {
  const Attributes = { FifoQueue: 'true', ...attributes }
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes }))
  return QueueUrl!
}

const theQueue = (): StageQueue => sqsQueue({ client, urls: { pull: urls.pull } })

/** What Lambda's poller does: receive one, invoke, delete what did not fail. @returns false when there was nothing. */
async function pollOnce(handler: StageHandler, VisibilityTimeout?: number): Promise<boolean> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: urls.pull,
      MaxNumberOfMessages: 1,
      MessageSystemAttributeNames: ['All'],
      ...(VisibilityTimeout === undefined ? {} : { VisibilityTimeout }),
    }),
  )
  const [message] = Messages
  if (!message) return false
  const ApproximateReceiveCount = message.Attributes!.ApproximateReceiveCount!
  const record = { messageId: message.MessageId!, body: message.Body!, attributes: { ApproximateReceiveCount } }
  const { batchItemFailures } = await handler({ Records: [record] }, { awsRequestId: 'r-1' })
  if (batchItemFailures.length === 0)
    await client.send(new DeleteMessageCommand({ QueueUrl: urls.pull, ReceiptHandle: message.ReceiptHandle! }))
  return true
}

/** Polls until the queue has nothing more to give; ten times that many deliveries would be a loop. */
async function pollAll(handler: StageHandler): Promise<void> {
  for (let polls = 0; polls < 100; polls += 1) if (!(await pollOnce(handler))) return
  throw new Error('the queue never ran empty')
}

/** The handler of the pull function, with turns that end as told. */
function aHandler(turn: (message: StageMessage) => TurnResult | Error) {
  const seen: string[] = []
  const handler = makeStageHandler({
    queue: 'pull',
    runTurn: async (message) => {
      seen.push(`${message.key}/${message.attempt}`)
      const result = turn(message)
      if (result instanceof Error) throw result
      return result
    },
    loopFor: (worker) => ({ worker }) as Loop,
    clock: { now: () => TURN },
    log: () => {},
  })
  return { handler, seen }
}

const ran: TurnResult = { kind: 'ran', summary: {} }

async function bodiesIn(url: string): Promise<readonly string[]> {
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }))
  return Messages.map(({ Body }) => Body!)
}

describe('over SQS', () => {
  test('messages of one key are run one after another, in the order they were sent', async () => {
    const { handler, seen } = aHandler(() => ran)
    await theQueue().send([0, 1, 2, 3].map((attempt) => aMessage({ attempt })))
    await pollAll(handler)
    expect(seen).toEqual(['meta:1/0', 'meta:1/1', 'meta:1/2', 'meta:1/3'])
  })

  test('twenty-five messages arrive, each once', async () => {
    const { handler, seen } = aHandler(() => ran)
    const keys = Array.from({ length: 25 }, (_, i) => `meta:${i}`)
    await theQueue().send(keys.map((key) => aMessage({ key })))
    await pollAll(handler)
    expect(seen.toSorted()).toEqual(keys.map((key) => `${key}/0`).toSorted())
  })

  test('the same turn and attempt sent twice is run once, also when the first was done between', async () => {
    const { handler, seen } = aHandler(() => ran)
    await theQueue().send([aMessage()])
    await pollAll(handler)
    await theQueue().send([aMessage()])
    await pollAll(handler)
    expect(seen).toEqual(['meta:1/0'])
  })

  test('the next attempt of the same turn is another message', async () => {
    const { handler, seen } = aHandler(() => ran)
    await theQueue().send([aMessage()])
    await theQueue().send([aMessage({ attempt: 1 })])
    await pollAll(handler)
    expect(seen).toEqual(['meta:1/0', 'meta:1/1'])
  })

  test('while a message is being worked on, the rest of its key waits and other keys go on', async () => {
    await theQueue().send([aMessage(), aMessage({ attempt: 1 }), aMessage({ key: 'meta:2' })])
    const inner = aHandler(() => ran)
    const outer = aHandler(() => ran)
    // The first delivery is held for a minute while another poller asks for what there is.
    const slow: StageHandler = async (event, invocation) => {
      await pollOnce(inner.handler, 60)
      await pollOnce(inner.handler, 60)
      return outer.handler(event, invocation)
    }
    await pollOnce(slow, 60)
    expect(inner.seen).toEqual(['meta:2/0'])
    expect(outer.seen).toEqual(['meta:1/0'])
  })

  test('a turn that another worker holds is delivered again until it runs', async () => {
    const answers: TurnResult[] = [{ kind: 'elsewhere' }, ran]
    const { handler, seen } = aHandler(() => answers.shift() ?? ran)
    await theQueue().send([aMessage()])
    await pollAll(handler)
    expect(seen).toEqual(['meta:1/0', 'meta:1/0'])
    expect(await bodiesIn(urls.dead)).toEqual([])
  })

  test('a turn that always fails goes to the dead letters after three deliveries and lets its key go on', async () => {
    const { handler, seen } = aHandler(({ attempt }) => (attempt === 0 ? new Error('always') : ran))
    await theQueue().send([aMessage(), aMessage({ attempt: 1 })])
    await pollAll(handler)
    expect(seen).toEqual(['meta:1/0', 'meta:1/0', 'meta:1/0', 'meta:1/1'])
    expect(await bodiesIn(urls.dead)).toEqual([JSON.stringify(aMessage())])
  })

  test('a malformed message goes to the dead letters as it is, and no turn is run for it', async () => {
    const { handler, seen } = aHandler(() => ran)
    server.sendMessage(`pull-${count}.fifo`, 'not json', { messageGroupId: 'meta:1', messageDeduplicationId: 'd-1' })
    await pollAll(handler)
    expect(seen).toEqual([])
    expect(await bodiesIn(urls.dead)).toEqual(['not json'])
  })

  test('a poison message holds up its own key only', async () => {
    const { handler, seen } = aHandler(({ key }) => (key === 'meta:1' ? new Error('poison') : ran))
    await theQueue().send([aMessage(), aMessage({ key: 'meta:2' }), aMessage({ key: 'meta:3' })])
    await pollAll(handler)
    expect(seen.filter((one) => one !== 'meta:1/0')).toEqual(['meta:2/0', 'meta:3/0'])
    expect(await bodiesIn(urls.dead)).toHaveLength(1)
  })
})
