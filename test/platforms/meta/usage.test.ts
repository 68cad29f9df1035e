import { describe, expect, test } from 'vitest'
import { holdMs, usageOf, waitAfter } from '../../../lib/platforms/meta/usage.ts'
import { later } from '../../../lib/units/calendar.ts'
import { NOW } from './stub.ts'

const business = (percent: number, minutes: number) =>
  new Headers({
    'x-business-use-case-usage': JSON.stringify({
      '1001': [
        {
          type: 'ads_management',
          call_count: 3,
          total_cputime: percent,
          total_time: 1,
          estimated_time_to_regain_access: minutes,
          ads_api_access_tier: 'standard_access',
        },
      ],
    }),
  })
const account = (percent: number, seconds: number) =>
  new Headers({ 'x-ad-account-usage': JSON.stringify({ acc_id_util_pct: percent, reset_time_duration: seconds }) })

describe('usage headers', () => {
  test('the regain time of a business use case is in minutes', () => {
    expect(waitAfter(business(100, 7))).toBe(420_000)
  })

  test("the reset time of an ad account's score is in seconds", () => {
    expect(waitAfter(account(100, 45))).toBe(45_000)
  })

  test('an answer that names no time waits for the decay time of 300 s', () => {
    expect(waitAfter(new Headers())).toBe(300_000)
  })

  test('the highest share counts', () => {
    expect(usageOf(business(81, 0), NOW)?.utilisation).toBe(0.81)
    expect(
      usageOf(new Headers({ 'x-fb-ads-insights-throttle': '{"app_id_util_pct":12.5,"acc_id_util_pct":60}' }), NOW),
    ).toMatchObject({ utilisation: 0.6 })
  })

  test('an answer without them says nothing, and so does one that cannot be read', () => {
    expect(usageOf(new Headers(), NOW)).toBeUndefined()
    expect(usageOf(new Headers({ 'x-app-usage': '{{' }), NOW)).toBeUndefined()
  })
})

describe('holding reads back', () => {
  test.each([
    { percent: 94, holds: 0 },
    { percent: 95, holds: 60_000 },
    { percent: 100, holds: 60_000 },
  ])('at $percent %: $holds ms', ({ percent, holds }) => {
    expect(holdMs(usageOf(account(percent, 60), NOW), NOW)).toBe(holds)
  })

  test('ends when the quota is free again', () => {
    const usage = usageOf(account(100, 60), NOW)
    expect(holdMs(usage, later(NOW, 59_000))).toBe(1_000)
    expect(holdMs(usage, later(NOW, 60_000))).toBe(0)
  })
})
