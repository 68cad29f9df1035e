import {
  type AccountDate,
  accountDate,
  addDays,
  dateAt,
  type Instant,
  instant,
  startOfDay,
  type TimeZone,
} from '../../lib/units/calendar.ts'
import type { CurrencyCode } from '../../lib/units/money.ts'
import type {
  FactQuery,
  World,
  WorldActor,
  WorldEdit,
  WorldFact,
  WorldPlatform,
  WorldSimulation,
  WorldTargetSimulation,
} from '../world.ts'
import { AccountMarket } from './account-market.ts'
import { Causing } from './causing.ts'
import { trackingWindows } from './conversions.ts'
import { demandWindows } from './demand.ts'
import { applyEdit } from './edits.ts'
import { expand } from './expand.ts'
import { factsOf } from './facts.ts'
import { OrderStore } from './order-store.ts'
import { type PortfolioFacts, portfolioFacts } from './portfolio-facts.ts'
import { Rates } from './rates.ts'
import { type Scheduled, scheduledEdits } from './scheduled.ts'
import type { Scenario } from './schema.ts'
import { Shop } from './shop.ts'
import { simulationsOf } from './simulations.ts'
import { targetSimulationsOf } from './target-simulations.ts'
import { MarketTruth } from './truth.ts'

/** The pretend world with a clock of its own and a truth that it can be asked for. */
export interface Market extends World {
  /**
   * Lets time pass, hour by hour; what persons, platforms and the scenario do by themselves happens on the way.
   * It may go on beyond `end`, for conversions to mature.
   *
   * @throws RangeError when `to` lies in the past
   */
  advanceTo(to: Instant): void
  /** Start of the first and end of the last date of the run, in the portfolio's zone. */
  readonly start: Instant
  readonly end: Instant
  readonly truth: MarketTruth
  readonly portfolio: PortfolioFacts
}

export interface MarketOptions {
  /** Any integer. One seed, one history. */
  readonly seed: number
  /**
   * Initial budgets are multiplied by this at the start, after the history, without anybody noticing: not a change, no
   * learning. For what an untouched account would have brought at another total.
   */
  readonly budgetFactor?: number
}

/** Something that is done again and again, whoever looks. */
interface Habit {
  readonly ms: number
  readonly act: () => void
  due: Instant
}

/** A market at the start of its run, with the scenario's history behind it. */
export function createMarket(scenario: Scenario, options: MarketOptions): Market {
  const market = new SeededMarket(scenario, options)
  market.begin()
  return market
}

/** Sooner than this before the start nothing has happened. */
const firstDateOf = (scenario: Scenario): AccountDate => addDays(accountDate(scenario.start), -scenario.history.days)

class SeededMarket implements Market {
  readonly start: Instant
  readonly end: Instant
  readonly truth: MarketTruth
  readonly accounts: readonly AccountMarket[]
  readonly portfolio: PortfolioFacts
  readonly #scenario: Scenario
  readonly #options: MarketOptions
  readonly #origin: Instant
  readonly #shop: Shop
  readonly #causing: Causing
  #scheduled: readonly Scheduled[] = []
  readonly #habits: Habit[] = []
  #now: Instant

  constructor(scenario: Scenario, options: MarketOptions) {
    const first = firstDateOf(scenario)
    const zone = scenario.portfolio.zone as TimeZone
    this.#scenario = scenario
    this.#options = options
    this.start = startOfDay(accountDate(scenario.start), zone)
    this.end = startOfDay(addDays(accountDate(scenario.start), scenario.days), zone)
    // A day early, so that minutes are positive in every zone of the world.
    this.#origin = startOfDay(addDays(first, -1), 'UTC' as TimeZone)
    this.#now = this.#origin

    const { seed } = options
    const rates = new Rates(scenario)
    const plans = expand(scenario, seed)
    const keys = plans.flatMap(({ platform, id, campaigns }) => campaigns.map((c) => `${platform}/${id}/${c.id}`))
    const orders = new OrderStore(this.#origin, scenario.shop.currency as CurrencyCode, keys)
    const keepOrdersFrom = scenario.history.orders ? this.#origin : this.start
    const common = { scenario, seed, origin: this.#origin, keepOrdersFrom, orders }
    const causes = new Map(keys.map((key, index) => [key, index]))
    const causing = new Causing({ ...common, rates, tracking: trackingWindows(scenario), causes })
    this.#causing = causing
    const windows = demandWindows(scenario)
    const timing = { scenario, seed, windows, firstDate: first, start: this.start }
    this.accounts = plans.map((plan) => new AccountMarket(plan, { ...timing, onSpend: causing.onSpend }))
    causing.meet(this.accounts)
    linkTakers(scenario, this.accounts)
    this.#shop = new Shop({ ...common, ...timing, causing })
    this.portfolio = portfolioFacts(scenario, this.accounts, rates)
    this.truth = new MarketTruth({
      accounts: this.accounts,
      orders,
      rates,
      origin: this.#origin,
      shopCurrency: scenario.shop.currency as CurrencyCode,
      shopDay: (date) => this.#shop.days.day(this.#shop.days.indexOf(date)),
      now: () => this.#now,
    })
  }

  /** Lives through the history. */
  begin(): void {
    const factor = this.#options.budgetFactor ?? 1
    this.#scheduled = scheduledEdits(this.#scenario, this.accounts, factor)
    this.advanceTo(this.start)
    this.#causing.noteUsual()
    if (factor === 1) return
    for (const account of this.accounts) account.scaleBudgets(factor)
  }

  now(): Instant {
    return this.#now
  }

  account(platform: WorldPlatform, id: string): AccountMarket | undefined {
    return this.accounts.find((account) => account.platform === platform && account.id === id)
  }

  advanceTo(to: Instant): void {
    if (to < this.#now) throw new RangeError(`time cannot go back from ${this.#now} to ${to}`)
    for (;;) {
      const [due] = this.#scheduled
      const next = this.#nextToStep()
      const habit = this.#nextHabit()
      const isFirst = due === undefined || (habit !== undefined && habit.due < due.at)
      if (habit && isFirst && habit.due <= to && habit.due <= next.nextBoundary()) this.#indulge(habit)
      else if (due && due.at <= to && due.at <= next.nextBoundary()) this.#happen(due)
      else if (next.nextBoundary() <= to) next.step()
      else break
    }
    this.#now = to
  }

  /** Whoever's next boundary is the earliest; in a fixed order where several are, so that a history is one history. */
  #nextToStep(): AccountMarket | Shop {
    let earliest: AccountMarket | Shop = this.#shop
    for (const account of this.accounts) if (account.nextBoundary() < earliest.nextBoundary()) earliest = account
    return earliest
  }

  every(ms: number, act: () => void): void {
    this.#habits.push({ ms, act, due: (Math.floor(this.#now / ms + 1) * ms) as Instant })
  }

  #nextHabit(): Habit | undefined {
    return this.#habits.reduce<Habit | undefined>(
      (first, one) => (first && first.due <= one.due ? first : one),
      undefined,
    )
  }

  #indulge(habit: Habit): void {
    this.#now = habit.due
    habit.due = (habit.due + habit.ms) as Instant
    habit.act()
  }

  #happen({ at, account, actor, edit }: Scheduled): void {
    this.#scheduled = this.#scheduled.slice(1)
    this.#now = at
    const wanted = edit()
    if (wanted) this.#edit(account, wanted, actor)
  }

  #edit(account: AccountMarket, edit: WorldEdit, actor: WorldActor): void {
    account.stepTo(this.#now)
    applyEdit(account, edit, actor, this.#now)
  }

  apply(edit: WorldEdit, actor: WorldActor): void {
    const account = this.account(edit.platform, edit.accountId)
    if (!account) throw new RangeError(`there is no ${edit.platform} account ${edit.accountId}`)
    this.#edit(account, edit, actor)
  }

  facts(query: FactQuery): readonly WorldFact[] {
    const account = this.account(query.platform, query.accountId)
    if (!account) throw new RangeError(`there is no ${query.platform} account ${query.accountId}`)
    const { action } = this.#scenario.portfolio.goal
    return factsOf({ account, query, action, origin: this.#origin, now: this.#now })
  }

  simulations(platform: WorldPlatform, accountId: string): readonly WorldSimulation[] {
    const account = this.account(platform, accountId)
    return account ? simulationsOf(account, this.#options.seed, dateAt(this.#now, account.zone)) : []
  }

  targetSimulations(platform: WorldPlatform, accountId: string): readonly WorldTargetSimulation[] {
    const account = this.account(platform, accountId)
    return account ? targetSimulationsOf(account, this.#options.seed, dateAt(this.#now, account.zone)) : []
  }

  condition(platform: WorldPlatform): 'up' | 'down' | 'throttling' {
    for (const event of this.#scenario.events) {
      if (event.kind !== 'platform-outage' || event.platform !== platform) continue
      if (this.#now >= instant(event.at) && this.#now < instant(event.until))
        return event.throttling ? 'throttling' : 'down'
    }
    return 'up'
  }
}

function linkTakers(scenario: Scenario, accounts: readonly AccountMarket[]): void {
  const campaigns = accounts.flatMap((account) => [...account.campaigns.values()])
  for (const { taker, from, share } of scenario.cannibalisation) {
    const by = campaigns.find(({ name }) => name === taker)!
    by.takesFrom.push({ from: campaigns.find(({ name }) => name === from)!, share })
  }
}
