import { LAG_DAYS, type LagSource } from '../../../lib/measure/lag/source.ts'
import type { AccountKey } from '../../../lib/model/account.ts'
import type { Revision } from '../../../lib/model/history.ts'
import { addDays } from '../../../lib/units/calendar.ts'
import { dice, poisson } from '../dice.ts'
import { RULE, TODAY } from '../samples.ts'

/** A market whose conversions come late and partly go back, day by day and order by order. */
export interface MarketSpec {
  readonly seed: number
  readonly campaigns: number
  /** Days of history before today. */
  readonly days: number
  /** Mean orders per campaign and day before returns. */
  readonly orders: number
  /** Share of orders visible when the day is over, and the ratio of the daily tail. */
  readonly sameDay?: number
  readonly tail?: number
  readonly returned?: number
  readonly returnDay?: number
  readonly returnSpread?: number
  /** Variance of the daily rate over its mean squared. */
  readonly frailty?: number
  /** Standard deviation of the log of an order's value. */
  readonly valueSpread?: number
  readonly rule?: string
  readonly account?: string
  /** By date of reading, as days before today: whether the account was read. */
  readonly isRead?: (daysAgo: number) => boolean
}

export interface MarketDay {
  readonly age: number
  readonly visible: number
  readonly eventual: number
  readonly visibleValue: number
  readonly eventualValue: number
}

export interface Market {
  readonly source: LagSource
  /** By campaign, oldest first. */
  readonly days: readonly (readonly MarketDay[])[]
}

interface Order {
  readonly from: number
  readonly to: number
  readonly value: number
}

/** Gamma of mean 1 and the given variance, as a sum of exponentials where that is close enough. */
function frailtyOf(variance: number, roll: () => number): number {
  if (variance === 0) return 1
  const shape = Math.max(1, Math.round(1 / variance))
  let sum = 0
  for (let i = 0; i < shape; i++) sum -= Math.log(1 - roll())
  return sum / shape
}

export const normal = (roll: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll())

export function simulate(spec: MarketSpec): Market {
  const roll = dice(spec.seed)
  const rule = spec.rule ?? RULE
  const isRead = spec.isRead ?? (() => true)
  const revisions: Revision[][] = []
  const days: MarketDay[][] = []
  for (let campaign = 0; campaign < spec.campaigns; campaign++) {
    const own: Revision[] = []
    const seen: MarketDay[] = []
    for (let age = spec.days; age >= 1; age--) {
      const orders = ordersOf(spec, roll)
      own.push(...readingsOf(orders, age, rule, isRead))
      const now = at(orders, age)
      const end = at(orders, LAG_DAYS + 1)
      seen.push({ age, visible: now.count, visibleValue: now.value, eventual: end.count, eventualValue: end.value })
    }
    revisions.push(own)
    days.push(seen)
  }
  const account = (spec.account ?? 'google-ads:1') as AccountKey
  return { source: { account, rule, revisions, lastReadOn: TODAY }, days }
}

function ordersOf(spec: MarketSpec, roll: () => number): readonly Order[] {
  const { sameDay = 0.6, tail = 0.7, returned = 0.3, returnDay = 14, returnSpread = 3, valueSpread = 0.5 } = spec
  const count = poisson(spec.orders * frailtyOf(spec.frailty ?? 0, roll), roll)
  return Array.from({ length: count }, () => {
    const from = roll() < sameDay ? 1 : 2 + Math.floor(Math.log(1 - roll()) / Math.log(tail))
    const goesBack = roll() < returned
    const to = goesBack
      ? Math.max(from + 1, Math.round(returnDay + returnSpread * normal(roll)))
      : Number.POSITIVE_INFINITY
    return { from, to, value: 50 * Math.exp(valueSpread * normal(roll)) }
  })
}

function at(orders: readonly Order[], age: number): { count: number; value: number } {
  let [count, value] = [0, 0]
  for (const { from, to, value: worth } of orders)
    if (from <= age && age < to) {
      count += 1
      value += worth
    }
  return { count, value }
}

/** Kept where something changed, as the store does; the first reading always. */
function readingsOf(orders: readonly Order[], dayAge: number, rule: string, isRead: (daysAgo: number) => boolean) {
  const readings: Revision[] = []
  let before = ''
  for (let age = 1; age <= dayAge; age++) {
    if (!isRead(dayAge - age)) continue
    const { count, value } = at(orders, age)
    const text = `${count} ${value}`
    if (text === before) continue
    before = text
    const valueMicros = BigInt(Math.round(value * 1e6))
    readings.push({ date: addDays(TODAY, -dayAge), ageDays: age, conversions: { [rule]: { count, valueMicros } } })
  }
  return readings
}
