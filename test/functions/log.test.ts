import { describe, expect, test } from 'vitest'
import { errorFields, type LogLine, logText } from '../../functions/composition/log.ts'
import { withoutCredentials } from '../../lib/model/foreign-text.ts'

describe('a log line', () => {
  test('keeps what is listed, in the listed order', () => {
    expect(logText({ event: 'dispatch', level: 'info', sent: { 'pull-google-ads': 2 }, durationMs: 12 })).toBe(
      '{"level":"info","event":"dispatch","sent":{"pull-google-ads":2},"durationMs":12}',
    )
  })
  test('drops what is not listed, whatever an object carries along', () => {
    const line = { level: 'info', event: 'turn', body: 'a@example.com', accessToken: 'EAAB' } as LogLine
    expect(logText(line)).toBe('{"level":"info","event":"turn"}')
  })
})

describe('an error in the log', () => {
  test.each([
    ['a Meta token', 'token EAABsbCS1iHgBAKZC4 is expired', 'token [redacted] is expired'],
    ['a Google access token', 'got ya29.a0AfH6SMBx-_y back', 'got [redacted] back'],
    ['a Google refresh token', 'grant 1//0gxyz_ABCdef-123456 revoked', 'grant [redacted] revoked'],
    ['a Google client secret', 'secret GOCSPX-abc_123', 'secret [redacted]'],
    ['an AWS key id', 'key AKIAIOSFODNN7EXAMPLE', 'key [redacted]'],
    ['a bearer header', 'authorization: Bearer abc.def', 'authorization: [redacted]'],
    ['a token in an address', 'GET /me?access_token=abc&limit=1', 'GET /me?[redacted]&limit=1'],
  ])('never shows %s', (_name, text, shown) => {
    expect(withoutCredentials(text)).toBe(shown)
  })
  test('keeps account ids and amounts readable', () => {
    expect(withoutCredentials('meta:1234567890 budget 1200000 EAA')).toBe('meta:1234567890 budget 1200000 EAA')
  })
  test('is cut to 500 characters', () => {
    expect(errorFields(new Error('x'.repeat(2_000))).errorMessage).toHaveLength(500)
  })
  test('that is not an Error shows its type and nothing of its content', () => {
    expect(errorFields('EAABsbCS1iHgBAKZC4')).toEqual({ errorName: 'string', errorMessage: 'not an Error was thrown' })
  })
})
