import {
  type AccountDate,
  dayNumber,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  type TimeZone,
} from '../../lib/units/calendar.ts'
import { type AccountDay, AccountDays } from './account-days.ts'
import type { Causing } from './causing.ts'
import { drawConversion, type HourCurve, hourCurve, type Piece } from './conversions.ts'
import { type DemandWindow, seasonOn, weekdayFactor, windowFactor } from './demand.ts'
import { gammaWithMeanOne, PURPOSE, poissonQuantile, stream, textKey, uniform } from './draws.ts'
import type { OrderStore } from './order-store.ts'
import type { Scenario } from './schema.ts'

export interface ShopSetting {
  readonly scenario: Scenario
  readonly seed: number
  readonly windows: readonly DemandWindow[]
  readonly firstDate: AccountDate
  readonly start: Instant
  readonly origin: Instant
  readonly keepOrdersFrom: Instant
  readonly orders: OrderStore
  readonly causing: Causing
}

interface ShopDay {
  readonly day: AccountDay
  /** Expected orders of the day, its frailty included. */
  readonly mean: number
  readonly weights: readonly number[]
  readonly curve: HourCurve
}

const SHOP_KEY = textKey('shop')

/** Orders that would have come without advertising, and the campaigns that claim them nevertheless. */
export class Shop {
  readonly days: AccountDays
  settled: Instant
  readonly #setting: ShopSetting
  readonly #windows: readonly DemandWindow[]
  #today: ShopDay

  constructor(setting: ShopSetting) {
    this.#setting = setting
    this.days = new AccountDays(setting.firstDate, setting.scenario.shop.zone as TimeZone)
    this.settled = this.days.day(0).start
    this.#windows = setting.windows.filter(({ isOrganic }) => isOrganic)
    this.#today = this.#begin(this.days.day(0))
  }

  nextBoundary(): Instant {
    const day = this.days.day(this.days.indexAt(this.settled))
    if (day.end <= this.#setting.start) return day.end
    return Math.min(day.start + (this.days.slotAt(day, this.settled) + 1) * HOUR_MS, day.end) as Instant
  }

  /** Steps to the next boundary. */
  step(): void {
    const to = this.nextBoundary()
    const day = this.days.day(this.days.indexAt(this.settled))
    if (day !== this.#today.day) this.#today = this.#begin(day)
    this.#order(this.#piece(day, to))
    this.settled = to
  }

  #begin(day: AccountDay): ShopDay {
    const { scenario, seed } = this.#setting
    const { organicPerDay } = scenario.shop
    const { dispersion } = scenario.demand
    const frailty = gammaWithMeanOne(stream(seed, SHOP_KEY, PURPOSE.frailty, dayNumber(day.date)), dispersion)
    const demand = weekdayFactor(scenario.weekdays, day.date) * seasonOn(scenario, day.date)
    const weights = day.hours.map((hour) => scenario.hours[hour]!)
    return { day, mean: organicPerDay * demand * frailty, weights, curve: hourCurve(weights) }
  }

  #piece(day: AccountDay, to: Instant): Piece {
    const isWhole = day.end <= this.#setting.start
    const slot = isWhole ? 0 : this.days.slotAt(day, this.settled)
    const total = this.#today.weights.reduce((a, b) => a + b, 0)
    const share = isWhole ? 1 : this.#today.weights[slot]! / total
    return { day, slot, isWhole, slotStart: this.settled, from: this.settled, to, share, hourLeft: share, later: 0 }
  }

  #order(piece: Piece): void {
    const { scenario, seed, origin, orders, causing, keepOrdersFrom } = this.#setting
    const minute = piece.slotStart / MINUTE_MS
    const mean = this.#today.mean * piece.share * windowFactor(this.#windows, piece.from, piece.to, 'conversions')
    const count = poissonQuantile(mean, uniform(stream(seed, SHOP_KEY, PURPOSE.organicCount, minute)))
    const draws = stream(seed, SHOP_KEY, PURPOSE.organicOrder, minute)
    const claimers = stream(seed, SHOP_KEY, PURPOSE.claimer, minute)
    for (let i = 0; i < count; i++) {
      const drawn = drawConversion(draws, piece, this.#today.curve, scenario.lag, scenario.shop.refunds)
      const value = causing.organicValue(drawn.valueZ)
      const { refundAfter } = drawn
      if (drawn.touchAt >= keepOrdersFrom)
        orders.add({
          minute: Math.floor((drawn.at - origin) / MINUTE_MS),
          value,
          refundAfter: Math.round(refundAfter / MINUTE_MS),
          isNew: drawn.uNew < scenario.shop.newShare,
          cause: -1,
        })
      causing.claimOrganic({ touchAt: drawn.touchAt, at: drawn.at, value, isView: false, refundAfter }, claimers)
    }
  }
}
