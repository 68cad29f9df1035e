import { parseRuleKey } from '../../model/conversions.ts'
import type { LagBucket } from '../../model/evidence.ts'
import { LAG_DAYS } from './source.ts'

/** Shares of a day's eventual count that arrive at each age and that are taken back at it; index = age in days. */
export interface Flows {
  readonly arriving: Float64Array
  readonly returning: Float64Array
}

/**
 * Arrivals before anything was read. Counted on the day of the click: a good half at once, the rest with a geometric
 * tail of ratio 0.75 a day, nothing after the click window. Counted on another day: complete when the day is over, but
 * for late reports.
 */
const SAME_DAY = { click: 0.55, other: 0.97 } as const
const TAIL_RATIO = 0.75

/** Eventual share of orders that is taken back, before anything was read, by what the action is called. */
const RETURNS: readonly (readonly [name: RegExp, share: number])[] = [
  [/purchase|order|sale|checkout/i, 0.03],
  [/trial|subscri/i, 0.03],
]
const OTHER_RETURNS = 0.01
/** Mean days from the click to the return, of a gamma law of shape 2. */
const RETURN_DAYS = 12

/** Of conversions within one day of the click, the share that falls on the click's own calendar date. */
const SAME_DATE_SHARE = 0.85

const returnedBy = (age: number): number => {
  const x = (2 * age) / RETURN_DAYS
  return 1 - (1 + x) * Math.exp(-x)
}

/** Flows whose net sum over all ages is 1. */
function netOfOne(visible: (age: number) => number, returned: (age: number) => number): Flows {
  const arriving = new Float64Array(LAG_DAYS + 1)
  const returning = new Float64Array(LAG_DAYS + 1)
  const net = visible(LAG_DAYS) - returned(LAG_DAYS)
  for (let age = 0; age <= LAG_DAYS; age++) {
    arriving[age] = (visible(age) - (age === 0 ? 0 : visible(age - 1))) / net
    returning[age] = (returned(age) - (age === 0 ? 0 : returned(age - 1))) / net
  }
  return { arriving, returning }
}

/** Flows before anything was read of an account. @throws RangeError unless `rule` is a conversion rule key */
export function priorFlows(rule: string, category?: string): Flows {
  const { action, basis, clickWindowDays, viewWindowDays } = parseRuleKey(rule)
  const kind = category ?? action
  const share = RETURNS.find(([name]) => name.test(kind))?.[1] ?? OTHER_RETURNS
  const sameDay = basis === 'click' ? SAME_DAY.click : SAME_DAY.other
  // Somebody who clicks at the end of a day converts within the window on the day after it.
  const last = basis === 'click' ? Math.max(1, Math.max(clickWindowDays, viewWindowDays) + 1) : LAG_DAYS
  return netOfOne(
    (age) => 1 - (1 - sameDay) * TAIL_RATIO ** Math.min(age, last),
    (age) => share * returnedBy(age),
  )
}

/** Flows as a platform's buckets tell them; undefined where they add up to nothing. */
export function bucketFlows(buckets: readonly LagBucket[]): Flows | undefined {
  const arrived = new Float64Array(LAG_DAYS + 1)
  const returned = new Float64Array(LAG_DAYS + 1)
  for (const { fromDays, toDays, conversions } of buckets)
    for (let age = 0; age <= LAG_DAYS; age++) {
      const by = Math.abs(conversions) * shareBy(age, fromDays, Math.max(toDays, fromDays + 1))
      if (conversions >= 0) arrived[age] = (arrived[age] ?? 0) + by
      else returned[age] = (returned[age] ?? 0) + by
    }
  if (!((arrived[LAG_DAYS] ?? 0) - (returned[LAG_DAYS] ?? 0) > 0)) return undefined
  return netOfOne(
    (age) => arrived[age] ?? 0,
    (age) => returned[age] ?? 0,
  )
}

/**
 * Of conversions `from` to `to` days after clicks spread evenly over a date, the share that is visible at an age: by
 * the beginning of the date that many days later. Age 0, the running day, has seen as much as its whole would be worth.
 */
function shareBy(age: number, from: number, to: number): number {
  const end = Math.max(1, age)
  if (from === 0 && to <= 1 && end === 1) return SAME_DATE_SHARE
  const start = Math.max(0, end - 0.5 - from)
  return Math.min(1, start / (to - from))
}
