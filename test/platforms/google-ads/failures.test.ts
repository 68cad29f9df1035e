import { describe, expect, test } from 'vitest'
import { durationMs, failedAnswer, failureOf, leavesDoubt } from '../../../lib/platforms/google-ads/failures.ts'
import { type GoogleAdsError, googleAdsError } from '../../../lib/platforms/google-ads/schema.ts'

const error = (family: string, code: string, more: object = {}): GoogleAdsError =>
  googleAdsError.parse({ errorCode: { [family]: code }, message: 'why', ...more })

// Remedies: https://developers.google.com/google-ads/api/docs/best-practices/error-types and …/quotas.
test.each([
  ['quotaError', 'RESOURCE_TEMPORARILY_EXHAUSTED', 'rate-limited'],
  ['quotaError', 'EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION', 'rate-limited'],
  ['quotaError', 'RESOURCE_EXHAUSTED', 'quota-exhausted'],
  ['quotaError', 'EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION', 'quota-exhausted'],
  ['quotaError', 'ACCESS_PROHIBITED', 'unauthorised'],
  ['internalError', 'TRANSIENT_ERROR', 'transient'],
  ['internalError', 'INTERNAL_ERROR', 'transient'],
  ['internalError', 'DEADLINE_EXCEEDED', 'transient'],
  ['databaseError', 'CONCURRENT_MODIFICATION', 'transient'],
  ['authenticationError', 'OAUTH_TOKEN_REVOKED', 'unauthorised'],
  ['authenticationError', 'DEVELOPER_TOKEN_INVALID', 'unauthorised'],
  ['authorizationError', 'USER_PERMISSION_DENIED', 'unauthorised'],
  ['authorizationError', 'CUSTOMER_NOT_ENABLED', 'unauthorised'],
  ['headerError', 'INVALID_LOGIN_CUSTOMER_ID', 'unauthorised'],
  ['mutateError', 'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED', 'unauthorised'],
  ['mutateError', 'RESOURCE_NOT_FOUND', 'rejected'],
  ['mutateError', 'ID_EXISTS_IN_MULTIPLE_MUTATES', 'rejected'],
  ['campaignBudgetError', 'NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT', 'rejected'],
  ['biddingError', 'BID_TOO_SMALL', 'rejected'],
  ['requestError', 'UNSUPPORTED_VERSION', 'rejected'],
  ['quotaError', 'A_CODE_OF_TOMORROW', 'rejected'],
  ['quotaError', 'constructor', 'rejected'],
  ['aFamilyOfTomorrow', 'ANYTHING', 'rejected'],
])('%s.%s is %s', (family, code, kind) => {
  expect(failureOf([error(family, code)])?.kind).toBe(kind)
})

test('an error without a code is rejected', () => {
  expect(failureOf([googleAdsError.parse({ message: 'why' })])).toEqual({
    kind: 'rejected',
    code: 'unknown',
    detail: 'unknown: why',
  })
})

test('the delay that Google asks for is waited', () => {
  const details = { quotaErrorDetails: { rateScope: 'DEVELOPER', rateName: 'x', retryDelay: '12.5s' } }
  const failure = failureOf([error('quotaError', 'RESOURCE_TEMPORARILY_EXHAUSTED', { details })])
  expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 12_500 })
})

test.each([
  ['5s', 5_000],
  ['0.0001s', 1],
  ['3.000000001s', 3_001],
  ['5', undefined],
  [undefined, undefined],
])('a duration of %s is %s ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})

test('a budget below the minimum names the minimum', () => {
  const details = { budgetPerDayMinimumErrorDetails: { currencyCode: 'USD', minimumBudgetAmountMicros: '5000000' } }
  expect(failureOf([error('campaignBudgetError', 'BUDGET_BELOW_PER_DAY_MINIMUM', { details })])?.detail).toBe(
    'campaignBudgetError.BUDGET_BELOW_PER_DAY_MINIMUM: why (least: 5000000 micros a day)',
  )
})

describe('an answer that is not 200', () => {
  const answer = (status: number, body: string, headers = {}) => failedAnswer({ status, body, headers })
  const failed = (family: string, code: string) =>
    JSON.stringify({ error: { code: 400, message: 'm', details: [{ '@type': 'x', errors: [error(family, code)] }] } })

  test('is sorted by its Google Ads error, not by its status', () => {
    const { failure, doubt } = answer(400, failed('quotaError', 'RESOURCE_EXHAUSTED'))
    expect([failure.kind, doubt]).toEqual(['quota-exhausted', false])
  })

  test('of a stream comes in an array', () => {
    expect(answer(400, `[${failed('quotaError', 'RESOURCE_EXHAUSTED')}]`).failure.kind).toBe('quota-exhausted')
  })

  test.each([
    [401, 'unauthorised', false],
    [403, 'unauthorised', false],
    [404, 'rejected', false],
    [429, 'rate-limited', false],
    [408, 'transient', true],
    [500, 'transient', true],
    [503, 'transient', true],
    [504, 'transient', true],
  ])('with %d and a proxy’s page is %s; a write is in doubt: %s', (status, kind, doubt) => {
    const found = answer(status, '<html>sorry</html>')
    expect([found.failure.kind, found.doubt]).toEqual([kind, doubt])
  })

  test('waits as long as retry-after says', () => {
    expect(answer(429, '', { 'retry-after': '7' }).failure).toMatchObject({ retryAfterMs: 7_000 })
  })
})

test('only trouble inside Google leaves a write in doubt', () => {
  expect(leavesDoubt([error('internalError', 'TRANSIENT_ERROR')])).toBe(true)
  expect(leavesDoubt([error('databaseError', 'CONCURRENT_MODIFICATION')])).toBe(false)
})
