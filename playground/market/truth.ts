import { type AccountDate, type Instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { CurrencyCode } from '../../lib/units/money.ts'
import type { CampaignKind, WorldPlatform } from '../world.ts'
import type { AccountMarket } from './account-market.ts'
import type { LineState } from './entities.ts'
import type { OrderStore, ShopOrder } from './order-store.ts'
import type { Rates } from './rates.ts'
import type { Curve } from './response.ts'
import type { CampaignClass } from './schema.ts'
import { countingUnitMicros } from './units.ts'

/** What a campaign's spend of one account day caused, whenever the orders come. */
export interface CausedDay {
  readonly platform: WorldPlatform
  readonly accountId: string
  readonly campaignId: string
  readonly date: AccountDate
  /** In the account's currency. */
  readonly spendMicros: bigint
  readonly currency: CurrencyCode
  /** Conversions that the day's spend causes on average over all draws, and those of this run's draws. */
  readonly expected: number
  readonly drawn: number
  /** Their net value before refunds, in the shop's currency. */
  readonly expectedValueMicros: bigint
  readonly drawnValueMicros: bigint
}

/** Account dates from `from` to `to`, both included; each account's in its own zone. */
export interface TruthQuery {
  readonly from: AccountDate
  readonly to: AccountDate
  readonly platform?: WorldPlatform
  readonly accountId?: string
  readonly campaignId?: string
}

/** The three counts over a range of days, kept apart. */
export interface Headline {
  /** In the base currency at the pinned rates of each day. */
  readonly spendMicros: bigint
  readonly baseCurrency: CurrencyCode
  /** Conversions claimed for touches of these days, by platform, as reported now. */
  /** By the platforms that there are accounts of. */
  readonly claimed: Readonly<Partial<Record<WorldPlatform, number>>>
  /** Orders that the shop took within these days (the shop's zone), before refunds, and those refunded by now. */
  readonly ordered: number
  readonly orderedValueMicros: bigint
  readonly refunded: number
  readonly shopCurrency: CurrencyCode
  /** What the spend of these days caused: on average over all draws, and as drawn. */
  readonly expected: number
  readonly drawn: number
  readonly expectedValueMicros: bigint
  readonly drawnValueMicros: bigint
}

/** One ad group as it really is. */
export interface LineTruth {
  readonly platform: WorldPlatform
  readonly accountId: string
  readonly campaignId: string
  readonly adGroupId: string
  readonly class: CampaignClass
  readonly kind: CampaignKind
  readonly curve: Curve
  readonly maxDailySpend: number
  /** Mean net value of an order, in main units of the shop's currency. */
  readonly orderValue: number
  /** Factor on the curve that drift and jumps make today. */
  readonly level: number
}

export interface TruthSetting {
  readonly accounts: readonly AccountMarket[]
  readonly orders: OrderStore
  readonly rates: Rates
  readonly origin: Instant
  readonly shopCurrency: CurrencyCode
  readonly shopDay: (date: AccountDate) => { readonly start: Instant; readonly end: Instant }
  readonly now: () => Instant
}

/** What only the market knows. Nothing that decides may read it. */
export class MarketTruth {
  readonly #setting: TruthSetting

  constructor(setting: TruthSetting) {
    this.#setting = setting
  }

  /** Every ad group with its curve. */
  lines(): readonly LineTruth[] {
    return this.#setting.accounts.flatMap((account) => account.lines.map((line) => lineTruth(account, line)))
  }

  /** Per campaign and date, for all days that have begun. The sum over campaigns is exact. */
  caused(query: TruthQuery): readonly CausedDay[] {
    return this.#setting.accounts.filter(chosen(query)).flatMap((account) => this.#causedBy(account, query))
  }

  #causedBy(account: AccountMarket, query: TruthQuery): readonly CausedDay[] {
    const campaigns = [...account.campaigns.values()].filter(
      ({ id }) => query.campaignId === undefined || query.campaignId === id,
    )
    return account
      .datesWithin(query.from, query.to)
      .flatMap((date) => campaigns.map(({ id, lines }) => this.#day(account, id, lines, date)))
  }

  #day(account: AccountMarket, campaignId: string, lines: readonly LineState[], date: AccountDate): CausedDay {
    const page = account.pages[account.days.indexOf(date)]!
    const sum = (of: (line: number) => number): number => lines.reduce((total, { index }) => total + of(index), 0)
    const shopUnit = countingUnitMicros(this.#setting.shopCurrency)
    const spend = sum((line) => {
      let units = 0
      for (let cell = line * page.slots; cell < (line + 1) * page.slots; cell++) units += page.spend[cell]!
      return units
    })
    return {
      platform: account.platform,
      accountId: account.id,
      campaignId,
      date,
      spendMicros: BigInt(spend) * countingUnitMicros(account.currency),
      currency: account.currency,
      expected: sum((line) => page.expected[line]!),
      drawn: sum((line) => page.drawn[line]!),
      expectedValueMicros: BigInt(Math.round(sum((line) => page.expectedValue[line]!))) * shopUnit,
      drawnValueMicros: BigInt(sum((line) => page.drawnValue[line]!)) * shopUnit,
    }
  }

  /** Orders of the shop of [from, to), as known now. */
  orders(from: Instant, to: Instant): readonly ShopOrder[] {
    return this.#setting.orders.between(from, to, this.#setting.now())
  }

  /** All orders of [from, to), those and the refunds that are yet to come included. */
  ordersToCome(from: Instant, to: Instant): readonly ShopOrder[] {
    return this.#setting.orders.between(from, to, Number.MAX_SAFE_INTEGER as Instant)
  }

  /** The three counts over a range of dates. */
  headline(from: AccountDate, to: AccountDate): Headline {
    const days = this.caused({ from, to })
    const { rates, shopCurrency, shopDay } = this.#setting
    const orders = this.orders(shopDay(from).start, shopDay(to).end)
    return {
      spendMicros: BigInt(Math.round(this.spendInBase(from, to) * 1e6)),
      baseCurrency: rates.base,
      claimed: Object.fromEntries(
        [...new Set(this.#setting.accounts.map(({ platform }) => platform))].map((platform) => [
          platform,
          this.#claimed(platform, from, to),
        ]),
      ),
      ordered: orders.length,
      orderedValueMicros: orders.reduce((sum, order) => sum + order.netMicros, 0n),
      refunded: orders.filter(({ refundedAt }) => refundedAt !== undefined).length,
      shopCurrency,
      expected: days.reduce((sum, day) => sum + day.expected, 0),
      drawn: days.reduce((sum, day) => sum + day.drawn, 0),
      expectedValueMicros: days.reduce((sum, day) => sum + day.expectedValueMicros, 0n),
      drawnValueMicros: days.reduce((sum, day) => sum + day.drawnValueMicros, 0n),
    }
  }

  /** Main units of the base currency, at the pinned rate of each day. */
  spendInBase(from: AccountDate, to: AccountDate): number {
    const { accounts, rates } = this.#setting
    return accounts.reduce((sum, account) => {
      const days = account.datesWithin(from, to)
      return sum + days.reduce((own, date) => own + spentOn(account, date) * rates.toBase(account.currency, date), 0)
    }, 0)
  }

  #claimed(platform: WorldPlatform, from: AccountDate, to: AccountDate): number {
    const { accounts, origin, now } = this.#setting
    const minute = Math.floor((now() - origin) / MINUTE_MS)
    let hundredths = 0
    for (const account of accounts.filter((candidate) => candidate.platform === platform))
      for (const date of account.datesWithin(from, to))
        for (const { index } of account.lines)
          account.events.visit('click', account.days.indexOf(date), index, minute, (_touch, _at, _value, weight) => {
            hundredths += weight
          })
    return hundredths / 100
  }
}

const chosen =
  ({ platform, accountId }: TruthQuery) =>
  (account: AccountMarket): boolean =>
    (platform === undefined || platform === account.platform) && (accountId === undefined || accountId === account.id)

function spentOn(account: AccountMarket, date: AccountDate): number {
  const { spend } = account.pages[account.days.indexOf(date)]!
  let units = 0
  for (const cell of spend) units += cell
  return units * account.unit
}

const lineTruth = (account: AccountMarket, line: LineState): LineTruth => ({
  platform: account.platform,
  accountId: account.id,
  campaignId: line.campaign.id,
  adGroupId: line.id,
  class: line.campaign.class,
  kind: line.campaign.kind,
  curve: line.truth.curve,
  maxDailySpend: line.truth.maxDailySpend,
  orderValue: line.truth.orderValue,
  level: line.today.level,
})
