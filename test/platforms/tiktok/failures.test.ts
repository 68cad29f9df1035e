import { describe, expect, test } from 'vitest'
import {
  envelopeOf,
  isNotGranted,
  isTokenRefused,
  mayHaveWritten,
  tiktokFailure,
} from '../../../lib/platforms/tiktok/failures.ts'
import { refusal } from './stub.ts'

const failure = (code: number, message = 'refused') => {
  const envelope = envelopeOf(refusal(code, message))
  if (!envelope) throw new Error('not an envelope')
  return tiktokFailure(envelope, (text) => text.replaceAll('secret', '[redacted]'))
}

// https://business-api.tiktok.com/portal/docs?id=1737172488964097
test.each([
  [40016, 'rate-limited'],
  [40100, 'rate-limited'],
  [40133, 'rate-limited'],
  [40132, 'entity-cooldown'],
  [40201, 'transient'],
  [40202, 'transient'],
  [50000, 'transient'],
  [50002, 'transient'],
  [51305, 'transient'],
  [60001, 'transient'],
  [40001, 'unauthorised'],
  [40101, 'unauthorised'],
  [40102, 'unauthorised'],
  [40104, 'unauthorised'],
  [40105, 'unauthorised'],
  [40106, 'unauthorised'],
  [40113, 'unauthorised'],
  [40118, 'unauthorised'],
  [40300, 'unauthorised'],
  [40301, 'unauthorised'],
  [40000, 'rejected'],
  [40002, 'rejected'],
  [40007, 'rejected'],
  [40050, 'rejected'],
  [99999, 'rejected'],
])('%i is %s', (code, kind) => {
  expect(failure(code).kind).toBe(kind)
})

describe('how long to wait', () => {
  test.each([
    ['App reached its QPS limit: 10', { kind: 'rate-limited', retryAfterMs: 1_000 }],
    ['App reached its QPM limit: 600', { kind: 'rate-limited', retryAfterMs: 300_000 }],
    ['App reached its QPD limit: 864000', { kind: 'quota-exhausted' }],
    ['Too many requests', { kind: 'rate-limited', retryAfterMs: 300_000 }],
  ])('"%s"', (message, expected) => {
    expect(failure(40100, message)).toMatchObject(expected)
  })
})

test('a code keeps its message and the request’s id, without the credentials', () => {
  expect(failure(40002, 'budget: secret is too low')).toEqual({
    kind: 'rejected',
    code: '40002',
    detail: '40002: budget: [redacted] is too low (request 2026112112000002)',
  })
})

test('what is no envelope is none', () => {
  for (const json of [undefined, null, [], 'OK', {}, { code: '0' }, { code: 0.5 }])
    expect(envelopeOf(json)).toBeUndefined()
})

test('only TikTok’s own trouble, and an equal request before, may have written', () => {
  const codes = [40002, 40050, 40100, 40202, 50000, 50002, 51305, 60001]
  const written = codes.filter((code) => mayHaveWritten({ code, message: '', request_id: undefined, data: {} }))
  expect(written).toEqual([40050, 50000, 50002, 51305])
})

test('a token that is refused is read anew; one that reaches too little is not', () => {
  const refused = [40001, 40101, 40102, 40104, 40105, 40106, 40118].filter((code) =>
    isTokenRefused({ code, message: '', request_id: undefined, data: {} }),
  )
  expect(refused).toEqual([40101, 40102, 40104, 40105, 40106])
})

test('a scope that is missing is told apart from a token that is', () => {
  expect([40001, 40118, 40125].map((code) => isNotGranted(failure(code)))).toEqual([true, true, true])
  expect([40105, 40002, 50000].map((code) => isNotGranted(failure(code)))).toEqual([false, false, false])
})
