import { expect, test } from 'vitest'
import type { LogLine } from '../../functions/composition/log.ts'
import { makeDispatchHandler } from '../../functions/dispatch-handler.ts'
import type { Loop } from '../../lib/control/loop.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import { instant } from '../../lib/units/calendar.ts'

const NOW = instant('2026-11-21T06:15:20Z')
const due: readonly StageMessage[] = [
  { stage: 'pull', key: 'google-ads:1', turn: NOW, attempt: 0 },
  { stage: 'pull', key: 'meta:1', turn: NOW, attempt: 0 },
  { stage: 'pull', key: 'meta:2', turn: NOW, attempt: 0 },
  { stage: 'plan', key: 'eu', turn: NOW, attempt: 0 },
]

function aDispatch(send: (messages: readonly StageMessage[]) => Promise<void>) {
  const lines: LogLine[] = []
  const asked: number[] = []
  const handler = makeDispatchHandler({
    dueMessages: async (now) => {
      asked.push(now)
      return due
    },
    loopFor: (worker) => ({ worker, clock: { now: () => NOW }, queue: { send } }) as unknown as Loop,
    log: (line) => lines.push(line),
  })
  return { asked, lines, dispatch: () => handler({}, { awsRequestId: 'r-1' }) }
}

test('a tick sends what is due now, all at once', async () => {
  const sent: (readonly StageMessage[])[] = []
  const { asked, dispatch } = aDispatch(async (messages) => void sent.push(messages))
  expect(await dispatch()).toEqual({ sent: 4 })
  expect(asked).toEqual([NOW])
  expect(sent).toEqual([due])
})

test('a tick logs how much went to which queue', async () => {
  const { lines, dispatch } = aDispatch(async () => {})
  await dispatch()
  expect(lines).toMatchObject([{ level: 'info', result: 'ran', sent: { 'pull-google-ads': 1, pull: 2, plan: 1 } }])
})

test('a tick that could not send fails, so that the Scheduler tries again, and says why only in the log', async () => {
  const { lines, dispatch } = aDispatch(async () => Promise.reject(new Error('SQS did not take pull#meta:1')))
  await expect(dispatch()).rejects.toThrow('the dispatch of request r-1 failed: its log line says why')
  expect(lines).toMatchObject([{ level: 'error', result: 'failed', errorMessage: 'SQS did not take pull#meta:1' }])
})
