import { describe, expect, test } from 'vitest'
import { errorIn, failureOfItem, failureOfStatus, waitAfter } from '../../../lib/platforms/pinterest/failures.ts'
import { usageIn } from '../../../lib/platforms/pinterest/usage.ts'
import { NOW } from './stub.ts'

const plain = (text: string) => text
const none = new Headers()
const failure = (status: number, code?: number, headers = none) =>
  failureOfStatus(status, code === undefined ? undefined : { code, message: 'words' }, headers, plain)

describe('an answer with an error status', () => {
  test.each<[number, number | undefined, string]>([
    [400, 1, 'rejected'],
    [400, 4_196, 'rejected'],
    [400, 8, 'rate-limited'],
    [401, 2, 'unauthorised'],
    [401, undefined, 'unauthorised'],
    [403, 29, 'unauthorised'],
    [404, 404, 'rejected'],
    [404, undefined, 'rejected'],
    [409, 7, 'rejected'],
    [429, 8, 'rate-limited'],
    [429, undefined, 'rate-limited'],
    [500, 500, 'transient'],
    [503, undefined, 'transient'],
  ])('HTTP %s with code %s is %s', (status, code, kind) => {
    expect(failure(status, code).kind).toBe(kind)
  })
  test('that is rejected names the code, or the status where there is none', () => {
    expect(failure(400, 1)).toEqual({ kind: 'rejected', code: '1', detail: 'HTTP 400, 1: words' })
    expect(failure(404)).toEqual({ kind: 'rejected', code: 'http-404', detail: 'HTTP 404' })
  })
})

describe('an exception of one item', () => {
  test.each([
    [8, 'rate-limited'],
    [29, 'unauthorised'],
    [3, 'unauthorised'],
    [1, 'rejected'],
    [987_654, 'rejected'],
  ])('with code %s is %s', (code, kind) => {
    expect(failureOfItem({ code, message: 'words' }, none, plain).kind).toBe(kind)
  })
})

describe('how long to wait', () => {
  test.each<[Record<string, string>, number]>([
    [{}, 60_000],
    [{ 'retry-after': '7' }, 7_000],
    [{ 'x-ratelimit-reset': '12' }, 12_000],
    [{ 'retry-after': '0' }, 1_000],
    [{ 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }, 60_000],
    [{ 'x-ratelimit-reset': '1795262400' }, 60_000],
  ])('by headers %j is %s ms', (headers, ms) => {
    expect(waitAfter(new Headers(headers))).toBe(ms)
  })
  test('of more than an hour means that the day’s calls are used up', () => {
    expect(failure(429, 8, new Headers({ 'x-ratelimit-reset': '3600' })).kind).toBe('rate-limited')
    expect(failure(429, 8, new Headers({ 'x-ratelimit-reset': '3601' })).kind).toBe('quota-exhausted')
  })
})

describe('the headers about a limit', () => {
  const headers = (limit: string, remaining: string, reset: string) =>
    new Headers({ 'x-ratelimit-limit': limit, 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': reset })
  test('say how much of it is used, and until when', () => {
    expect(usageIn(headers('300', '75', '30'), NOW)).toEqual({
      usedShare: 0.75,
      resetsAt: NOW + 30_000,
      clearAfterMs: 30_000,
    })
  })
  test('may name several windows, of which the first counts', () => {
    expect(usageIn(headers('300, 300;w=60', '300', '1'), NOW)?.usedShare).toBe(0)
  })
  test.each([
    ['', '1', '1'],
    ['0', '0', '1'],
    ['10', '11', '1'],
    ['ten', '1', '1'],
  ])('that make no sense (%s, %s, %s) say nothing', (limit, remaining, reset) => {
    expect(usageIn(headers(limit, remaining, reset), NOW)).toBeUndefined()
  })
  test('that are not there say nothing', () => {
    expect(usageIn(none, NOW)).toBeUndefined()
  })
})

test('what is no error has none', () => {
  expect(errorIn({ items: [] })).toBeUndefined()
  expect(errorIn(undefined)).toBeUndefined()
  expect(errorIn({ code: 1 })).toEqual({ code: 1, message: '' })
})
