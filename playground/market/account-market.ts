import { type AccountDate, addDays, dayNumber, HOUR_MS, type Instant, type TimeZone } from '../../lib/units/calendar.ts'
import type { CurrencyCode } from '../../lib/units/money.ts'
import type { WorldAccount, WorldChange, WorldExperiment, WorldPlatform } from '../world.ts'
import { type AccountDay, AccountDays } from './account-days.ts'
import type { AccountPlan } from './blueprint.ts'
import { beginBudgetDay, dailyAmount, headroom, type PeriodPosition, positionIn, splitByDemand } from './budgets.ts'
import { type HourCurve, hourCurve, type Piece } from './conversions.ts'
import { type DayPage, newDayPage } from './day-pages.ts'
import {
  beginLineDay,
  type DemandWindow,
  seasonOn,
  stationaryDrift,
  trafficNoise,
  weekdayFactor,
  windowFactor,
} from './demand.ts'
import { BudgetState, CampaignState, LineState } from './entities.ts'
import { EventStore } from './event-store.ts'
import { spendAtCost } from './response.ts'
import type { Scenario } from './schema.ts'
import { countingUnit, countingUnitMicros } from './units.ts'

/** How much faster than its normal pace a platform spends to catch up with a budget raised late in the day. */
const CATCH_UP = 2

/** Told of every part of a day in which a line spent. */
export type SpendListener = (account: AccountMarket, line: LineState, piece: Piece, spend: number) => void

export interface AccountSetting {
  readonly scenario: Scenario
  readonly seed: number
  readonly windows: readonly DemandWindow[]
  /** First date of the history, and the instant up to which days are stepped whole. */
  readonly firstDate: AccountDate
  readonly start: Instant
  readonly onSpend: SpendListener
}

/** One account with its structure, its clock and all that it delivered. */
export class AccountMarket implements WorldAccount {
  readonly platform: WorldPlatform
  readonly id: string
  readonly name: string
  readonly currency: CurrencyCode
  readonly zone: TimeZone
  readonly status = 'active' as const
  spendCapMicros?: bigint
  readonly budgets = new Map<string, BudgetState>()
  readonly campaigns = new Map<string, CampaignState>()
  readonly experiments: readonly WorldExperiment[]
  readonly changes: WorldChange[] = []

  readonly plan: AccountPlan
  readonly lines: LineState[] = []
  readonly days: AccountDays
  readonly pages: DayPage[] = []
  readonly events: EventStore
  /** Main units in a counting unit. */
  readonly unit: number
  /** All that is before it has been stepped. */
  settled: Instant
  #spentUnits = 0
  readonly #setting: AccountSetting
  #hours: readonly number[] = []
  #hoursOfDay = -1
  #position: PeriodPosition = { isFirst: true, days: 1, left: 1 }
  #curve: HourCurve = { cumulative: [] }
  /** Windows that touch each line at all: none for most. */
  readonly #windows: readonly (readonly DemandWindow[])[]

  constructor(plan: AccountPlan, setting: AccountSetting) {
    this.plan = plan
    this.platform = plan.platform
    this.id = plan.id
    this.name = plan.name
    this.currency = plan.currency
    this.zone = plan.zone
    if (plan.spendCapMicros !== undefined) this.spendCapMicros = plan.spendCapMicros
    this.experiments = plan.experiments
    this.unit = countingUnit(plan.currency)
    this.#setting = setting
    this.days = new AccountDays(setting.firstDate, plan.zone)
    this.settled = this.days.day(0).start
    for (const budget of plan.budgets) this.budgets.set(budget.id, new BudgetState(budget))
    for (const campaign of plan.campaigns) this.#addCampaign(new CampaignState(campaign, plan.platform, plan.id))
    this.events = new EventStore(this.lines.length)
    this.#windows = this.lines.map(({ campaign }) => setting.windows.filter((w) => w.appliesTo(plan.id, campaign)))
    for (const line of this.lines)
      line.drift = stationaryDrift(setting.seed, line, setting.firstDate, setting.scenario.demand.drift.spread)
  }

  #addCampaign(campaign: CampaignState): void {
    this.campaigns.set(campaign.id, campaign)
    const shared = campaign.budgetId === undefined ? undefined : this.budgets.get(campaign.budgetId)
    shared?.feeds.push(campaign.id)
    for (const plan of campaign.plan.adGroups) {
      const line = new LineState(plan, campaign, this.lines.length, this.plan.learning, this.settled)
      this.lines.push(line)
      campaign.lines.push(line)
      campaign.adGroups.set(line.id, line)
      const own = plan.budgetId === undefined ? undefined : this.budgets.get(plan.budgetId)
      own?.feeds.push(line.id)
      const feeding = own ?? shared
      feeding?.lines.push(line)
    }
  }

  spentMicros(): bigint {
    return BigInt(this.#spentUnits) * countingUnitMicros(this.currency)
  }

  /** Hours of the present day, as they lie in the day that `piece` belongs to. */
  get curve(): HourCurve {
    return this.#curve
  }

  /** End of the next piece that would be stepped: a physical hour, or a day of the history. */
  nextBoundary(): Instant {
    const day = this.#dayOf(this.settled)
    if (this.#isWhole(day)) return day.end
    const slot = this.days.slotAt(day, this.settled)
    return Math.min(day.start + (slot + 1) * HOUR_MS, day.end) as Instant
  }

  #dayOf(at: Instant): AccountDay {
    return this.days.day(this.days.indexAt(at))
  }

  #isWhole(day: AccountDay): boolean {
    return day.end <= this.#setting.start
  }

  /** Steps to the next boundary. */
  step(): void {
    this.stepTo(this.nextBoundary())
  }

  /** Multiplies all budgets, from now on and for the day that is running, as if they had always been so. */
  scaleBudgets(factor: number): void {
    for (const budget of this.budgets.values()) {
      budget.amountMicros = BigInt(Math.round(Number(budget.amountMicros) * factor))
      budget.amountAtDayStart = budget.amountMicros
      budget.highestToday *= factor
      budget.earnedInPeriod *= factor
    }
  }

  /** Steps to `to`, which must not lie beyond the next boundary. */
  stepTo(to: Instant): void {
    if (to <= this.settled) return
    const day = this.#dayOf(this.settled)
    if (this.pages.length <= day.index) this.#beginDay(day)
    const piece = this.#piece(day, to)
    if (this.settled === piece.slotStart) for (const { today } of this.lines) today.slotMean = today.slotCount = 0
    for (const budget of this.budgets.values()) this.#spend(budget, piece)
    this.settled = to
    for (const line of this.lines) line.updateLearning(to)
  }

  #piece(day: AccountDay, to: Instant): Piece {
    const isWhole = this.#isWhole(day)
    const slot = isWhole ? 0 : this.days.slotAt(day, this.settled)
    const slotStart = isWhole ? day.start : day.start + slot * HOUR_MS
    const base = { day, slot, isWhole, slotStart, from: this.settled, to }
    if (isWhole) return { ...base, share: 1, hourLeft: 1, later: 0 }
    const weights = this.#hours
    const total = weights.reduce((a, b) => a + b, 0)
    const later = weights.slice(slot + 1).reduce((a, b) => a + b, 0)
    const length = Math.min(HOUR_MS, day.end - slotStart)
    const share = (weights[slot]! * ((to - this.settled) / length)) / total
    const hourLeft = (weights[slot]! * ((slotStart + length - this.settled) / length)) / total
    return { ...base, share, hourLeft, later: later / total }
  }

  #beginDay(day: AccountDay): void {
    const { scenario, seed } = this.#setting
    this.pages.push(newDayPage(day, this.lines.length, this.#isWhole(day)))
    if (day.hours.length !== this.#hoursOfDay || day.hours.length !== 24) {
      this.#hours = day.hours.map((hour) => this.plan.hours[hour]!)
      this.#curve = hourCurve(this.#hours)
      this.#hoursOfDay = day.hours.length
    }
    const base = weekdayFactor(this.plan.weekdays, day.date) * seasonOn(scenario, day.date)
    const how = { seed, scenario, base, day: dayNumber(day.date), deliverySpread: this.plan.overDelivery.spread }
    for (const line of this.lines) {
      beginLineDay(line, day.date, how)
      this.limitByTarget(line)
    }
    const { overDelivery } = this.plan
    const yesterday = positionIn(overDelivery.period, addDays(day.date, -1))
    this.#position = positionIn(overDelivery.period, day.date)
    const period = { today: this.#position, yesterday, start: day.start }
    for (const budget of this.budgets.values()) beginBudgetDay(budget, day.date, overDelivery, period)
  }

  /** Works out how much a target lets the line spend. Platforms know their own claims, not what they cause. */
  limitByTarget(line: LineState): void {
    const { targetCpaMicros, targetRoas } = line.strategy ?? line.campaign.strategy
    const { today, truth } = line
    today.targetLimit = Number.POSITIVE_INFINITY
    const perClaim = targetCpaMicros === undefined ? undefined : Number(targetCpaMicros) / 1e6
    const cost = perClaim ?? (targetRoas === undefined ? undefined : truth.orderValue / targetRoas)
    if (cost === undefined) return
    const { conversions, cost: price } = this.#factorsWithin(line, this.#dayOf(this.settled))
    const curve = { ...truth.curve, halfway: truth.curve.halfway * price }
    today.targetLimit = spendAtCost(curve, today.level * conversions * this.plan.tracking.tracked, cost) * today.traffic
  }

  /** Feels for a budget change that came in at `at`: the day's highest amount may have risen. */
  noteAmount(budget: BudgetState, at: Instant): void {
    budget.highestToday = Math.max(budget.highestToday, dailyAmount(budget, at, this.#dayOf(at).date))
  }

  #spend(budget: BudgetState, piece: Piece): void {
    const active = budget.lines.filter((line) => this.#runs(line))
    for (const line of budget.lines) if (!active.includes(line)) line.spendRate = line.conversionRate = 0
    if (active.length === 0) return
    const amount = dailyAmount(budget, piece.from, piece.day.date)
    budget.highestToday = Math.max(budget.highestToday, amount)
    const planned = this.#planned(active, splitByDemand(amount, active), piece)
    const total = planned.reduce((sum, { spend }) => sum + spend, 0)
    const most = Math.min(headroom(budget, this.#position, this.plan.overDelivery), this.#capLeft())
    const scale = total > most ? most / total : 1
    for (const [i, { spend, traffic }] of planned.entries())
      this.#book(budget, active[i]!, piece, spend * scale, traffic)
  }

  #runs({ campaign, status, today }: LineState): boolean {
    return status === 'active' && campaign.status === 'active' && today.traffic > 0
  }

  #capLeft(): number {
    if (this.spendCapMicros === undefined) return Number.POSITIVE_INFINITY
    return Math.max(0, Number(this.spendCapMicros) / 1e6 - this.#spentUnits * this.unit)
  }

  /** What each line would spend in the piece: its part of what is left of the day, faster if it has fallen behind. */
  #planned(lines: readonly LineState[], parts: readonly number[], piece: Piece) {
    const { seed, scenario } = this.#setting
    return lines.map((line, i) => {
      const { today } = line
      const target = Math.min(parts[i]! * today.delivery, line.truth.maxDailySpend * today.traffic)
      const left = Math.max(0, target - today.spent)
      const noise = piece.isWhole ? 1 : trafficNoise(seed, line.key, piece.slotStart, scenario.demand.hourlyNoise)
      const traffic = piece.share * noise
      // The rest of this hour with its own traffic, so that cutting the hour in two changes nothing.
      const trafficLeft = piece.hourLeft * noise + piece.later
      const spend = Math.min((left * traffic) / trafficLeft, CATCH_UP * target * traffic)
      return { spend, traffic }
    })
  }

  /**
   * Books spend in whole counting units, rounded down over the day so that no bound is passed by rounding. A shared or
   * campaign budget's lines round each for itself.
   */
  #book(budget: BudgetState, line: LineState, piece: Piece, spend: number, traffic: number): void {
    const { today } = line
    today.spent += spend
    const units = Math.floor(today.spent / this.unit + 1e-9) - today.spentUnits
    today.spentUnits += units
    budget.spentToday += spend
    budget.spentInPeriod += spend
    budget.spentEver += spend
    this.#spentUnits += units
    const page = this.pages[piece.day.index]!
    page.spend[line.index * page.slots + piece.slot]! += units
    line.spendRate = traffic > 0 ? spend / traffic : 0
    this.#setting.onSpend(this, line, { ...piece, share: traffic }, spend)
  }

  /** Factors on conversions and on prices of a line in a piece. */
  factors(line: LineState, { from, to }: Piece): { readonly conversions: number; readonly cost: number } {
    return this.#factorsWithin(line, { start: from, end: to })
  }

  #factorsWithin({ index }: LineState, { start, end }: { readonly start: number; readonly end: number }) {
    const windows = this.#windows[index]!
    if (windows.length === 0) return NO_FACTORS
    return {
      conversions: windowFactor(windows, start, end, 'conversions'),
      cost: windowFactor(windows, start, end, 'cost'),
    }
  }

  /** Index of the account day at a time, which may lie ahead of the clock or, for a touch, before the history. */
  dayIndexAt(at: number): number {
    return Math.max(0, this.days.indexAt(at))
  }

  /** Dates from `from` to `to`, both included, that the market knows: of the history, and those that have begun. */
  datesWithin(from: AccountDate, to: AccountDate): readonly AccountDate[] {
    const first = Math.max(0, this.days.indexOf(from))
    // A day before the history has a negative index, which slice would count from the end.
    return this.pages.slice(first, Math.max(0, this.days.indexOf(to) + 1)).map(({ day }) => day.date)
  }
}

const NO_FACTORS = { conversions: 1, cost: 1 } as const
