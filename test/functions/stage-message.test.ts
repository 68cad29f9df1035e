import { describe, expect, test } from 'vitest'
import { type QueueName, routes } from '../../functions/composition/routes.ts'
import { BadMessage, parseStageMessage } from '../../functions/stage-message.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import { instant } from '../../lib/units/calendar.ts'

const TURN = instant('2026-11-21T06:00:00Z')
const body = (over: Record<string, unknown> = {}): string =>
  JSON.stringify({ stage: 'pull', key: 'meta:1234567890', turn: TURN, attempt: 0, ...over })

describe('a message body', () => {
  test('is read back as it was sent', () => {
    expect(parseStageMessage(body(), 'pull')).toEqual({ stage: 'pull', key: 'meta:1234567890', turn: TURN, attempt: 0 })
  })

  test.each<{ name: string; text: string; queue?: QueueName; says: string }>([
    { name: 'that is not JSON is refused without being quoted', text: 'token=EAAB', says: 'not JSON (10 characters)' },
    { name: 'of an unknown stage is refused', text: body({ stage: 'learn' }), says: 'stage: ' },
    { name: 'without a key is refused', text: body({ key: undefined }), says: 'key: ' },
    { name: 'with a turn that is text is refused', text: body({ turn: '2026-11-21' }), says: 'turn: ' },
    { name: 'with a turn before 1970 is refused', text: body({ turn: -1 }), says: 'turn: ' },
    { name: 'with half an attempt is refused', text: body({ attempt: 0.5 }), says: 'attempt: ' },
    {
      name: 'with a field too many is refused without being quoted',
      text: body({ EAAB: true }),
      says: 'fields that no message has',
    },
    {
      name: 'for an account id as a screen shows it is refused',
      text: body({ key: 'google-ads:123-456-7890' }),
      says: 'must be platform:id',
    },
    {
      name: 'that pulls a portfolio is refused',
      text: body({ key: 'eu-prospecting' }),
      says: 'must be platform:id',
    },
    {
      name: 'that plans an account is refused',
      text: body({ stage: 'plan' }),
      queue: 'plan',
      says: 'does not fit stage plan',
    },
    {
      name: 'that scores an account is refused',
      text: body({ stage: 'score' }),
      queue: 'score',
      says: 'does not fit stage score',
    },
    { name: 'of another stage is refused', text: body(), queue: 'act', says: 'for queue pull arrived on queue act' },
    {
      name: "of Google's accounts is refused where the Google client is missing",
      text: body({ key: 'google-ads:1' }),
      says: 'for queue pull-google-ads arrived on queue pull',
    },
  ])('$name', ({ text, queue = 'pull', says }) => {
    expect(() => parseStageMessage(text, queue)).toThrow(BadMessage)
    expect(() => parseStageMessage(text, queue)).toThrow(says)
    expect(() => parseStageMessage(text, queue)).not.toThrow('EAAB')
  })
})

test.each<[StageMessage['stage'], string, QueueName]>([
  ['pull', 'meta:1', 'pull'],
  ['pull', 'google-ads:1', 'pull-google-ads'],
  ['act', 'google-ads:1', 'act-google-ads'],
  ['act', 'meta:1', 'act'],
  ['verify', 'google-ads:1', 'verify-google-ads'],
  ['plan', 'google-ads', 'plan'],
  ['score', 'google-ads', 'score'],
])('%s of %s goes to queue %s', (stage, key, queue) => {
  expect(routes({ stage, key, turn: TURN, attempt: 0 })).toBe(queue)
})
