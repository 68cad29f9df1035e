import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { sqsQueue } from '../../functions/composition/sqs-queue.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import { instant } from '../../lib/units/calendar.ts'

const TURN = instant('2026-11-21T06:00:00Z')
const messages = (count: number): readonly StageMessage[] =>
  Array.from({ length: count }, (_, i) => ({ stage: 'pull', key: `meta:${i}`, turn: TURN, attempt: 0 }))

interface Failure {
  readonly Id: string
  readonly SenderFault: boolean
  readonly Code: string
}

/** A queue over a client that fails, at each request, what `failures` says. */
function aQueue(failures: (request: number) => readonly Failure[] = () => []) {
  const sent: string[][] = []
  const waits: number[] = []
  const send = async ({ input }: SendMessageBatchCommand) => {
    sent.push((input.Entries ?? []).map(({ MessageGroupId }) => MessageGroupId!))
    return { Failed: failures(sent.length) }
  }
  const queue = sqsQueue({
    client: { send } as unknown as SQSClient,
    urls: { pull: 'https://sqs.test/pull.fifo' },
    wait: async (ms) => waits.push(ms),
  })
  return { queue, sent, waits }
}

const busy = (Id: string): Failure => ({ Id, SenderFault: false, Code: 'ServiceUnavailable' })

describe('sending', () => {
  test('takes ten messages to a request', async () => {
    const { queue, sent } = aQueue()
    await queue.send(messages(23))
    expect(sent.map((batch) => batch.length)).toEqual([10, 10, 3])
  })
  test('of nothing asks for nothing', async () => {
    const { queue, sent } = aQueue()
    await queue.send([])
    expect(sent).toEqual([])
  })
  test('repeats what was not taken, and only that, after a wait', async () => {
    const { queue, sent, waits } = aQueue((request) => (request === 1 ? [busy('1')] : []))
    await queue.send(messages(3))
    expect(sent).toEqual([['meta:0', 'meta:1', 'meta:2'], ['meta:1']])
    expect(waits).toEqual([100])
  })
  test('fails and names the messages when they are not taken four times', async () => {
    const { queue, sent, waits } = aQueue(() => [busy('0')])
    await expect(queue.send(messages(2))).rejects.toThrow(`SQS did not take pull#meta:0#${TURN}#0: ServiceUnavailable`)
    expect(sent).toHaveLength(4)
    expect(waits).toEqual([100, 200, 400])
  })
  test('fails at once when the fault is ours', async () => {
    const { queue, sent } = aQueue(() => [{ Id: '0', SenderFault: true, Code: 'InvalidParameterValue' }])
    await expect(queue.send(messages(1))).rejects.toThrow('InvalidParameterValue')
    expect(sent).toHaveLength(1)
  })
  test('to a queue that is not known sends nothing of the call', async () => {
    const { queue, sent } = aQueue()
    await expect(queue.send([...messages(1), { stage: 'act', key: 'meta:1', turn: TURN, attempt: 0 }])).rejects.toThrow(
      'this function has no queue act to send to: it knows pull',
    )
    expect(sent).toEqual([])
  })
})
