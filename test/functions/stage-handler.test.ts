import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import type { LogLine } from '../../functions/composition/log.ts'
import type { QueueName } from '../../functions/composition/routes.ts'
import { makeStageHandler, type StageRecord } from '../../functions/stage-handler.ts'
import type { Loop } from '../../lib/control/loop.ts'
import type { TurnResult } from '../../lib/control/turn.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import { instant, later } from '../../lib/units/calendar.ts'

const TURN = instant('2026-11-21T06:00:00Z')

const aRecord = (messageId: string, over: Partial<StageMessage> = {}, body?: string): StageRecord => ({
  messageId,
  body: body ?? JSON.stringify({ stage: 'act', key: 'meta:1', turn: TURN, attempt: 2, ...over }),
  attributes: { ApproximateReceiveCount: '3' },
})

/** A handler of queue `act` whose turns end as told, on a clock that shows 250 ms more each time it is asked. */
function aHandler(turn: (message: StageMessage, loop: Loop) => Promise<TurnResult>, queue: QueueName = 'act') {
  const lines: LogLine[] = []
  const workers: string[] = []
  let asked = 0
  const handler = makeStageHandler({
    queue,
    runTurn: turn,
    loopFor: (worker) => {
      workers.push(worker)
      return { worker } as Loop
    },
    clock: { now: () => later(TURN, 250 * asked++) },
    log: (line) => lines.push(line),
  })
  const handle = (...records: StageRecord[]) => handler({ Records: records }, { awsRequestId: 'r-1' })
  return { handle, handler, lines, workers }
}

const ran: TurnResult = { kind: 'ran', summary: { moved: 7 } }

describe('a message', () => {
  test('whose turn ran is done with', async () => {
    const { handle } = aHandler(async () => ran)
    expect(await handle(aRecord('m-1'))).toEqual({ batchItemFailures: [] })
  })
  test('whose turn was skipped is done with', async () => {
    const { handle } = aHandler(async () => ({ kind: 'skipped', why: 'too-old' }))
    expect(await handle(aRecord('m-1'))).toEqual({ batchItemFailures: [] })
  })
  test('whose key another worker holds is delivered again', async () => {
    const { handle } = aHandler(async () => ({ kind: 'elsewhere' }))
    expect(await handle(aRecord('m-1'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] })
  })
  test('whose turn failed is delivered again', async () => {
    const { handle } = aHandler(async () => Promise.reject(new Error('structure is truncated')))
    expect(await handle(aRecord('m-1'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] })
  })
  test('that is malformed is handed back, and no turn is run', async () => {
    const turn = vi.fn(async () => ran)
    const { handle } = aHandler(turn)
    expect(await handle(aRecord('m-1', {}, '{"stage":"act"}'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }],
    })
    expect(turn).not.toHaveBeenCalled()
  })
  test('of another stage is handed back, and no turn is run', async () => {
    const turn = vi.fn(async () => ran)
    const { handle } = aHandler(turn, 'verify')
    expect(await handle(aRecord('m-1'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] })
    expect(turn).not.toHaveBeenCalled()
  })
  test('is run by a worker that is named after queue and invocation', async () => {
    const { handle, workers } = aHandler(async () => ran)
    await handle(aRecord('m-1'))
    expect(workers).toEqual(['act/r-1'])
  })
  test('that failed takes the rest of its batch back with it, so that none overtakes it', async () => {
    const seen: number[] = []
    const { handle } = aHandler(async ({ attempt }) => {
      seen.push(attempt)
      return attempt === 1 ? { kind: 'elsewhere' } : ran
    })
    const answer = await handle(...[0, 1, 2].map((attempt) => aRecord(`m-${attempt}`, { attempt })))
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }, { itemIdentifier: 'm-2' }] })
    expect(seen).toEqual([0, 1])
  })
})

test('an invocation near its time limit is left to be killed, never ended with its turn still under way', async () => {
  const { handler } = aHandler(() => new Promise(() => {}))
  // With 6 ms left Middy's own early end, 5 ms before the limit, would come after 1 ms.
  const context = { awsRequestId: 'r-1', getRemainingTimeInMillis: () => 6 }
  const ended = handler({ Records: [aRecord('m-1')] }, context).then(
    () => 'ended',
    () => 'ended',
  )
  expect(await Promise.race([ended, sleep(50, 'still under way')])).toBe('still under way')
})

describe('the log', () => {
  test('has one line for a turn that ran', async () => {
    const { handle, lines } = aHandler(async () => ran)
    await handle(aRecord('m-1'))
    expect(lines).toEqual([
      {
        level: 'info',
        event: 'turn',
        queue: 'act',
        stage: 'act',
        key: 'meta:1',
        turn: '2026-11-21T06:00:00Z',
        attempt: 2,
        requestId: 'r-1',
        messageId: 'm-1',
        receives: 3,
        result: 'ran',
        summary: { moved: 7 },
        durationMs: 250,
      },
    ])
  })
  test('tells why a turn failed', async () => {
    const { handle, lines } = aHandler(async () => Promise.reject(new RangeError('no connection for meta:1')))
    await handle(aRecord('m-1'))
    expect(lines).toMatchObject([
      { level: 'error', result: 'failed', errorName: 'RangeError', errorMessage: 'no connection for meta:1' },
    ])
  })
  test('tells why a message was refused, and not what it held', async () => {
    const { handle, lines } = aHandler(async () => ran)
    await handle(aRecord('m-1', {}, 'my secret is hunter2'))
    expect(lines).toMatchObject([
      { level: 'error', event: 'refused', queue: 'act', errorName: 'BadMessage', receives: 3 },
    ])
    expect(JSON.stringify(lines)).not.toContain('hunter2')
  })
})
