import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { dayOfWeek, type Instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { AccountMarket } from './account-market.ts'
import { Claimers } from './claimers.ts'
import { multiplierEffect } from './click-worth.ts'
import {
  countIn,
  type DrawnConversion,
  drawConversion,
  type Piece,
  type TrackingWindow,
  takenShare,
} from './conversions.ts'
import { PURPOSE, stream, uniform } from './draws.ts'
import type { LineState } from './entities.ts'
import type { OrderStore } from './order-store.ts'
import type { Rates } from './rates.ts'
import { conversionsAt } from './response.ts'
import type { Scenario } from './schema.ts'
import { countingUnit } from './units.ts'

export interface CausingSetting {
  readonly scenario: Scenario
  readonly seed: number
  readonly origin: Instant
  /** Orders whose touch is earlier are not kept. */
  readonly keepOrdersFrom: Instant
  readonly orders: OrderStore
  readonly rates: Rates
  readonly tracking: readonly TrackingWindow[]
  /** Numbers of the campaigns, by key. */
  readonly causes: ReadonlyMap<string, number>
}

/** Views among the claims that a platform lays on what another one caused: half, an assumption. */
const VIEW_SHARE_OF_OTHERS = 0.5

interface Other {
  readonly account: AccountMarket
  readonly claimers: Claimers
  /** Share of the orders of other platforms that it claims at its usual spend. */
  readonly share: number
  usual: number
}

/** A claim on an order that was made. */
export interface ClaimOn {
  readonly touchAt: number
  readonly at: number
  /** Counting units of the shop's currency. */
  readonly value: number
  readonly isView: boolean
  readonly refundAfter: number
}

/** Turns spend into traffic, orders and claims. */
export class Causing {
  readonly #setting: CausingSetting
  readonly #shopUnit: number
  readonly #logSd: number
  #others: readonly Other[] = []

  constructor(setting: CausingSetting) {
    this.#setting = setting
    this.#shopUnit = countingUnit(setting.scenario.shop.currency)
    this.#logSd = setting.scenario.shop.valueSpread
  }

  /** Names the accounts whose platforms may claim each other's orders. */
  meet(accounts: readonly AccountMarket[]): void {
    const alike = (platform: string): number => accounts.filter((account) => account.platform === platform).length
    this.#others = accounts.map((account) => ({
      account,
      claimers: new Claimers(account),
      share: account.plan.tracking.doubleClaimed / alike(account.platform),
      usual: 0,
    }))
  }

  /** Takes what the accounts spend just now for what they usually spend. */
  noteUsual(): void {
    for (const other of this.#others) other.usual = other.claimers.spendRate
  }

  /** What a line's spend in a piece brings. */
  readonly onSpend = (account: AccountMarket, line: LineState, piece: Piece, spend: number): void => {
    const { conversions, cost } = account.factors(line, piece)
    const mean = this.#meanOf(account.plan.hours, line, piece, spend, conversions, cost)
    line.conversionRate = piece.share > 0 ? mean / piece.share : 0
    const taken = line.campaign.takesFrom.length === 0 ? 0 : takenShare(line.campaign)
    if (taken > 0) this.#noteTaken(account, line)
    const page = account.pages[piece.day.index]!
    const unitValue = line.truth.orderValue / this.#shopUnit
    page.expected[line.index]! += mean * (1 - taken)
    page.expectedValue[line.index]! += mean * (1 - taken) * unitValue
    const touched = this.#draw(account, line, piece, mean, taken)
    this.#traffic(account, line, piece, spend, cost, touched)
  }

  /** Expected conversions of a piece: the curve at the daily rate of spend that the piece amounts to. */
  #meanOf(
    hours: readonly number[],
    line: LineState,
    piece: Piece,
    spend: number,
    conversions: number,
    cost: number,
  ): number {
    if (spend <= 0) return 0
    const { curve } = line.truth
    const { traffic, level } = line.today
    const rate = spend / piece.share / (traffic * cost)
    const bids = multiplierEffect(line.campaign, dayOfWeek(piece.day.date), hours)
    const factor = traffic * level * conversions * line.learningFactor * bids
    return piece.share * factor * conversionsAt(curve, rate)
  }

  /** Tells the campaigns that are taken from, in the same account, which share of their claims they lose. */
  #noteTaken(account: AccountMarket, line: LineState): void {
    for (const { from, share } of line.campaign.takesFrom) {
      if (!account.campaigns.has(from.id)) continue
      const rate = from.conversionRate
      from.lostToTakers = rate <= 0 ? 0 : Math.min(0.9, (share * line.campaign.conversionRate) / rate)
    }
  }

  /** Draws the piece's conversions. @returns how many the platform claims after a click of this piece */
  #draw(account: AccountMarket, line: LineState, piece: Piece, mean: number, taken: number): number {
    const { seed, scenario } = this.#setting
    const before = line.today.slotCount
    const count = countIn(seed, line, piece, mean)
    if (count === 0) return 0
    const minute = piece.slotStart / MINUTE_MS
    const draws = stream(seed, line.key, PURPOSE.conversion, minute)
    const claimers = stream(seed, line.key, PURPOSE.claimer, minute)
    const draw = (): DrawnConversion =>
      drawConversion(draws, piece, account.curve, line.campaign.plan.lag, scenario.shop.refunds)
    // The hour's earlier conversions have used their numbers, so that the n-th is the same however the hour was cut.
    for (let i = 0; i < before; i++) draw()
    for (let i = 0; i < before * 2 * this.#others.length; i++) claimers.next()
    let clicks = 0
    for (let i = 0; i < count; i++) {
      const drawn = draw()
      if (this.#settle(account, line, drawn, drawn.uTaken < taken, claimers)) clicks++
    }
    return clicks
  }

  /** One conversion: an order if the spend caused it, its own platform's claim, and others' claims on it. */
  #settle(
    account: AccountMarket,
    line: LineState,
    drawn: DrawnConversion,
    isTaken: boolean,
    claimers: RandomGenerator,
  ): boolean {
    const { tracked, viewShare } = account.plan.tracking
    const value = this.#orderValue(line.truth.orderValue, drawn.valueZ)
    if (!isTaken) this.#cause(account, line, drawn, value)
    const isView = drawn.uView < viewShare
    const claim = { touchAt: drawn.touchAt, at: drawn.at, value, isView, refundAfter: drawn.refundAfter }
    const isClaimed = drawn.uTracked < tracked * (1 - line.campaign.lostToTakers)
    if (isClaimed) this.claim(account, line, claim)
    const asView = { ...claim, isView: drawn.uView < VIEW_SHARE_OF_OTHERS }
    for (const other of this.#others) {
      const [u, who] = [uniform(claimers), uniform(claimers)]
      if (other.account.platform === account.platform || isTaken) continue
      if (u < other.share * other.claimers.presence(other.usual))
        this.claim(other.account, other.claimers.ofOthers(who), asView)
    }
    return isClaimed && !isView
  }

  #cause(account: AccountMarket, line: LineState, drawn: DrawnConversion, value: number): void {
    const { scenario, causes, origin, orders, keepOrdersFrom } = this.#setting
    const page = account.pages[account.dayIndexAt(drawn.touchAt)]!
    page.drawn[line.index]! += 1
    page.drawnValue[line.index]! += value
    if (drawn.touchAt < keepOrdersFrom) return
    orders.add({
      minute: Math.floor((drawn.at - origin) / MINUTE_MS),
      value,
      refundAfter: Math.round(drawn.refundAfter / MINUTE_MS),
      isNew: drawn.uNew < scenario.shop.newShareCaused,
      cause: causes.get(line.campaign.key)!,
    })
  }

  #orderValue(mean: number, z: number): number {
    const value = mean * Math.exp(this.#logSd * z - (this.#logSd * this.#logSd) / 2)
    return Math.max(1, Math.round(value / this.#shopUnit))
  }

  /** Values of orders that nobody caused. */
  organicValue(z: number): number {
    return this.#orderValue(Number(this.#setting.scenario.shop.organicValue), z)
  }

  /** Lets each account claim an order that nobody caused. */
  claimOrganic(on: ClaimOn, claimers: RandomGenerator): void {
    for (const { account, claimers: of } of this.#others) {
      const [u, who, how] = [uniform(claimers), uniform(claimers), uniform(claimers)]
      if (u >= of.organicShare) continue
      this.claim(account, of.ofOrganic(who), { ...on, isView: how < account.plan.tracking.viewShare })
    }
  }

  /** Records what a platform claims, as far as its tracking works at the time. */
  claim(account: AccountMarket, line: LineState, on: ClaimOn): void {
    const { origin, rates, scenario } = this.#setting
    const factor = this.#trackingFactor(account, on)
    if (factor === 0) return
    const date = account.days.day(account.dayIndexAt(on.touchAt)).date
    const inAccount = rates.between(scenario.shop.currency as never, account.currency, date)
    const conversionMinute = Math.floor((on.at - origin) / MINUTE_MS)
    const event = {
      line: line.index,
      touchDay: account.dayIndexAt(on.touchAt),
      conversionDay: account.dayIndexAt(on.at),
      touchMinute: Math.floor((on.touchAt - origin) / MINUTE_MS),
      conversionMinute,
      visibleMinute: conversionMinute + account.plan.tracking.claimDelayMinutes,
      value: Math.round((on.value * this.#shopUnit * inAccount * factor) / account.unit),
      weight: Math.round(100 * factor),
      isView: on.isView,
    }
    account.events.add(event)
    if (on.at - on.touchAt < 24 * 60 * MINUTE_MS) line.conversionsSinceEdit += factor
    if (on.refundAfter === 0 || !scenario.shop.refunds.restateClaims) return
    const visibleMinute = event.visibleMinute + Math.round(on.refundAfter / MINUTE_MS)
    account.events.add({ ...event, visibleMinute, value: -event.value, weight: -event.weight })
  }

  #trackingFactor({ id }: AccountMarket, on: ClaimOn): number {
    let factor = 1
    for (const { from, to, account, factor: reported } of this.#setting.tracking) {
      if (on.at < from || on.at >= to || (account !== undefined && account !== id)) continue
      // A partial outage drops whole conversions, told apart by the minute that they happened in.
      factor *= reported === 2 ? 2 : Math.floor(on.at / MINUTE_MS) % 100 < reported * 100 ? 1 : 0
    }
    return factor
  }

  #traffic(
    account: AccountMarket,
    line: LineState,
    piece: Piece,
    spend: number,
    cost: number,
    clicksAtLeast: number,
  ): void {
    const draws = stream(this.#setting.seed, line.key, PURPOSE.clicks, piece.from / MINUTE_MS)
    const page = account.pages[piece.day.index]!
    const cell = line.index * page.slots + piece.slot
    const clicks = Math.floor(spend / (line.truth.cpc * cost) + uniform(draws))
    const impressions = Math.floor((1000 * spend) / (line.truth.cpm * cost) + uniform(draws))
    page.clicks[cell]! += Math.max(clicks, clicksAtLeast)
    page.impressions[cell]! += Math.max(impressions, clicks, clicksAtLeast)
  }
}
