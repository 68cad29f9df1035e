import { describe, expect, test } from 'vitest'
import { metaFailure, graphError as readError } from '../../../lib/platforms/meta/failures.ts'
import { graphError } from './stub.ts'

const WAIT_MS = 90_000
const failureOf = (body: unknown) => metaFailure(readError(body, (text) => text)!, WAIT_MS)

describe("Meta's errors by remedy", () => {
  test.each([
    { code: 4, subcode: 1504022, kind: 'rate-limited' },
    { code: 4, subcode: 1504039, kind: 'rate-limited' },
    { code: 17, subcode: 2446079, kind: 'rate-limited' },
    { code: 32, kind: 'rate-limited' },
    { code: 613, subcode: 1487742, kind: 'rate-limited' },
    { code: 613, subcode: 5044001, kind: 'rate-limited' },
    { code: 80000, kind: 'rate-limited' },
    { code: 80004, subcode: 2446079, kind: 'rate-limited' },
    { code: 613, subcode: 1487632, kind: 'entity-cooldown' },
    { code: 17, subcode: 1885172, kind: 'entity-cooldown' },
    { code: 1, kind: 'transient' },
    { code: 2, kind: 'transient' },
    { code: 190, subcode: 463, kind: 'unauthorised' },
    { code: 102, kind: 'unauthorised' },
    { code: 10, kind: 'unauthorised' },
    { code: 200, kind: 'unauthorised' },
    { code: 294, kind: 'unauthorised' },
    { code: 100, kind: 'rejected' },
    { code: 100, subcode: 33, kind: 'rejected' },
    { code: 100, subcode: 1885261, kind: 'rejected' },
    { code: 2635, kind: 'rejected' },
    { code: 368, kind: 'rejected' },
    { code: 987654, kind: 'rejected' },
  ])('$code/$subcode is $kind', ({ code, subcode, kind }) => {
    expect(failureOf(graphError(code, subcode)).kind).toBe(kind)
  })

  test('a throttled account waits as long as its headers say', () => {
    expect(failureOf(graphError(17, 2446079))).toMatchObject({ retryAfterMs: WAIT_MS })
  })

  test('an ad set with too many budget changes waits an hour, whatever the account says', () => {
    expect(failureOf(graphError(613, 1487632))).toMatchObject({ retryAfterMs: 3_600_000 })
  })

  test('an unlisted code that calls itself transient is transient', () => {
    expect(failureOf(graphError(987654, undefined, { is_transient: true })).kind).toBe('transient')
  })

  test('throttling that calls itself transient is still throttling', () => {
    expect(failureOf(graphError(4, undefined, { is_transient: true })).kind).toBe('rate-limited')
  })

  test('a rejection names code and subcode', () => {
    expect(failureOf(graphError(100, 1885261))).toMatchObject({ code: '100/1885261' })
  })
})
