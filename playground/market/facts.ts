import { HOUR_MS, type Instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { FactQuery, WorldClaim, WorldFact } from '../world.ts'
import type { AccountMarket } from './account-market.ts'
import { type DayPage, splitCount } from './day-pages.ts'
import { countingUnitMicros } from './units.ts'

interface Entity {
  readonly id: string
  readonly campaignId?: string
  readonly lines: readonly number[]
}

interface Question {
  readonly account: AccountMarket
  readonly query: FactQuery
  readonly action: string
  readonly origin: Instant
  readonly now: Instant
}

/** What the platform reports at `now`: hours that are over, and claims on conversions that have happened. */
export function factsOf(question: Question): readonly WorldFact[] {
  const { account, query } = question
  const entities = entitiesOf(account, query.level)
  const rows: WorldFact[] = []
  for (const date of account.datesWithin(query.from, query.to)) {
    const page = account.pages[account.days.indexOf(date)]!
    for (const entity of entities)
      if (query.grain === 'day') rows.push(dayRow(question, page, entity))
      else rows.push(...hourRows(question, page, entity))
  }
  return rows
}

function entitiesOf(account: AccountMarket, level: FactQuery['level']): readonly Entity[] {
  if (level === 'account') return [{ id: account.id, lines: account.lines.map(({ index }) => index) }]
  if (level === 'ad-group')
    return account.lines.map(({ id, campaign, index }) => ({ id, campaignId: campaign.id, lines: [index] }))
  return [...account.campaigns.values()].map(({ id, lines }) => ({
    id,
    campaignId: id,
    lines: lines.map(({ index }) => index),
  }))
}

/** Slots of the page that are over and reported by now. */
function slotsSeen({ account, now }: Question, page: DayPage): number {
  const seen = now - account.plan.tracking.delayMinutes * MINUTE_MS
  if (seen >= page.day.end) return page.slots
  return page.slots === 1 ? 0 : Math.max(0, Math.floor((seen - page.day.start) / HOUR_MS))
}

function dayRow(question: Question, page: DayPage, entity: Entity): WorldFact {
  const { account } = question
  const seen = slotsSeen(question, page)
  let [spend, impressions, clicks] = [0, 0, 0]
  const claims = new ClaimSum(account, question.action, question.query.takenBack === true)
  for (const line of entity.lines) {
    const first = line * page.slots
    for (let cell = first; cell < first + seen; cell++) {
      spend += page.spend[cell]!
      impressions += page.impressions[cell]!
      clicks += page.clicks[cell]!
    }
    visitClaims(question, page, line, (touch, at, value, weight, isView, visible) =>
      claims.add(touch, at, value, weight, isView, visible),
    )
  }
  return factRow(question, page, entity, { spend, impressions, clicks }, claims)
}

function visitClaims({ account, query, now, origin }: Question, page: DayPage, line: number, see: Seen): void {
  account.events.visit(query.basis, page.day.index, line, Math.floor((now - origin) / MINUTE_MS), see)
}

type Seen = Parameters<AccountMarket['events']['visit']>[4]

interface Amounts {
  readonly spend: number
  readonly impressions: number
  readonly clicks: number
}

function factRow(
  { account }: Question,
  page: DayPage,
  entity: Entity,
  amounts: Amounts,
  claims: ClaimSum,
  hour?: number,
) {
  return {
    id: entity.id,
    ...(entity.campaignId === undefined ? {} : { campaignId: entity.campaignId }),
    date: page.day.date,
    ...(hour === undefined ? {} : { hour }),
    spendMicros: BigInt(amounts.spend) * countingUnitMicros(account.currency),
    impressions: amounts.impressions,
    clicks: amounts.clicks,
    claims: claims.rows(),
  }
}

/** One row per wall-clock hour that is over; the hour that shows twice on a 25-hour day is one row, as platforms report it. */
function hourRows(question: Question, page: DayPage, entity: Entity): readonly WorldFact[] {
  const { account, query, origin } = question
  const { hours } = page.day
  const seen = page.slots === 1 ? hours.length : slotsSeen(question, page)
  const amounts = entity.lines.map((line) => hourlyAmounts(account, page, line))
  const claims = new Map<number, ClaimSum>()
  for (const hour of hours.slice(0, seen))
    claims.set(hour, claims.get(hour) ?? new ClaimSum(account, question.action, false))
  for (const line of entity.lines)
    visitClaims(question, page, line, (touch, at, value, weight, isView, visible) => {
      const when = origin + (query.basis === 'click' ? touch : at) * MINUTE_MS
      claims.get(hours[account.days.slotAt(page.day, when)]!)?.add(touch, at, value, weight, isView, visible)
    })
  return [...claims].map(([hour, sum]) => {
    const slots = [...hours.keys()].filter((slot) => hours[slot] === hour && slot < seen)
    const total = (which: keyof Amounts): number =>
      amounts.reduce((all, line) => all + slots.reduce((part, slot) => part + line[which][slot]!, 0), 0)
    const summed = { spend: total('spend'), impressions: total('impressions'), clicks: total('clicks') }
    return factRow(question, page, entity, summed, sum, hour)
  })
}

/** A line's day by physical hour; a history that was stepped whole is split by the hours' weights. */
function hourlyAmounts(account: AccountMarket, page: DayPage, line: number): Record<keyof Amounts, readonly number[]> {
  const of = (series: Int32Array): readonly number[] => {
    const cells = [...series.subarray(line * page.slots, (line + 1) * page.slots)]
    if (page.slots > 1) return cells
    return splitCount(
      cells[0]!,
      page.day.hours.map((hour) => account.plan.hours[hour]!),
    )
  }
  return { spend: of(page.spend), impressions: of(page.impressions), clicks: of(page.clicks) }
}

const MINUTES_PER_DAY = 24 * 60

/** Claims summed by touch and whole days of lag. */
class ClaimSum {
  readonly #account: AccountMarket
  readonly #action: string
  readonly #tellsTakenBack: boolean
  readonly #sums = new Map<number, { weight: number; value: number }>()
  /** By the key of the claim, then by days from the touch. */
  readonly #takenBack = new Map<number, Map<number, { weight: number; value: number }>>()

  constructor(account: AccountMarket, action: string, tellsTakenBack: boolean) {
    this.#account = account
    this.#action = action
    this.#tellsTakenBack = tellsTakenBack
  }

  add(
    touchMinute: number,
    conversionMinute: number,
    value: number,
    weight: number,
    isView: boolean,
    visibleMinute: number,
  ): void {
    const lagDays = Math.floor((conversionMinute - touchMinute) / MINUTES_PER_DAY)
    const key = lagDays * 2 + (isView ? 1 : 0)
    if (this.#tellsTakenBack && weight < 0)
      this.#takeBack(key, Math.floor((visibleMinute - touchMinute) / MINUTES_PER_DAY), value, weight)
    const sum = this.#sums.get(key)
    if (!sum) this.#sums.set(key, { weight, value })
    else {
      sum.weight += weight
      sum.value += value
    }
  }

  #takeBack(key: number, lagDays: number, value: number, weight: number): void {
    const byLag = this.#takenBack.get(key) ?? new Map<number, { weight: number; value: number }>()
    this.#takenBack.set(key, byLag)
    const sum = byLag.get(lagDays) ?? { weight: 0, value: 0 }
    byLag.set(lagDays, { weight: sum.weight - weight, value: sum.value - value })
  }

  /** By touch and lag; nothing where all claims were taken back, unless those are asked for. */
  rows(): readonly WorldClaim[] {
    return [...this.#sums]
      .filter(([key, { weight }]) => weight > 0 || this.#takenBack.has(key))
      .toSorted(([a], [b]) => a - b)
      .map(([key, { weight, value }]) => ({
        action: this.#action,
        touch: key % 2 === 1 ? 'view' : 'click',
        lagDays: key >> 1,
        count: weight / 100,
        valueMicros: this.#micros(value),
        ...(this.#takenBack.has(key) ? { takenBack: this.#takenBackRows(key) } : {}),
      }))
  }

  #takenBackRows(key: number): NonNullable<WorldClaim['takenBack']> {
    return [...(this.#takenBack.get(key) ?? [])]
      .toSorted(([a], [b]) => a - b)
      .map(([lagDays, { weight, value }]) => ({ lagDays, count: weight / 100, valueMicros: this.#micros(value) }))
  }

  #micros(value: number): bigint {
    return BigInt(value) * countingUnitMicros(this.#account.currency)
  }
}
