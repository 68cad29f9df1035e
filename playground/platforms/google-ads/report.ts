/** Metrics by entity and segment, in one pass over the world's facts. */
import type { AccountDate } from '../../../lib/units/calendar.ts'
import type { FactQuery, WorldAccount, WorldBudget, WorldClaim, WorldFact } from '../../world.ts'
import { CORE_DATE_SEGMENTS } from './catalogue-metrics.ts'
import type { CompiledQuery } from './compile.ts'
import { adjustedLagBucket, lagBucket } from './conversion-actions.ts'
import type { Row, SegmentValues } from './field.ts'
import { atListedHours, byCriterion, byDevice } from './parts.ts'
import { addClaim, addClaimByDate, isQuiet, noSums, type Sums } from './sums.ts'
import { type DateRange, type Period, startOfPeriod } from './times.ts'
import type { View } from './view.ts'

const LEVELS: Readonly<Record<string, FactQuery['level']>> = {
  customer: 'account',
  campaign: 'campaign',
  campaign_budget: 'campaign',
  location_view: 'campaign',
  campaign_audience_view: 'campaign',
  ad_group: 'ad-group',
}

/** Resources with a row for each criterion of a kind. */
const VIEWS: Readonly<Record<string, 'place' | 'audience'>> = {
  location_view: 'place',
  campaign_audience_view: 'audience',
}

const ADJUSTED_LAG = 'segments.conversion_or_adjustment_lag_bucket'

/** What identifies the entity of a row, and of a fact, in a report of `resource`. */
function entityIdOf(resource: string, row: Row): string {
  if (VIEWS[resource]) return `${row.campaign?.id}~${row.criterion?.id}`
  if (resource === 'campaign') return row.campaign?.id ?? ''
  if (resource === 'campaign_budget') return row.budget?.id ?? ''
  if (resource === 'ad_group') return row.adGroup?.id ?? ''
  return row.account.id
}

/**
 * Rows with metrics. Segmented, a row whose selected metrics are all zero is left out; not segmented, every entity has
 * its row.
 */
export function reportRows(query: CompiledQuery, view: View, account: WorldAccount, entities: Iterable<Row>): Row[] {
  const byId = new Map<string, Row>()
  for (const row of entities) byId.set(entityIdOf(query.resource, row), row)
  const report = new Report(query, view, account, byId)
  const facts = factReader(query, view, account)
  for (const fact of facts('click')) report.add(fact)
  if (query.needsConversionDate) for (const fact of facts('conversion')) report.addByDate(fact)
  return report.rows()
}

function factReader(query: CompiledQuery, view: View, account: WorldAccount) {
  const grain = query.segments.has('segments.hour') ? 'hour' : 'day'
  const { from, to } = factRange(query.range, view, account)
  const level = LEVELS[query.resource] ?? 'account'
  const asked = { platform: 'google-ads', accountId: account.id, level, grain, from, to } as const
  const takenBack = query.segments.has(ADJUSTED_LAG)
  return (basis: FactQuery['basis']) => {
    const facts = from > to ? [] : view.world.facts({ ...asked, basis, takenBack })
    return grain === 'hour' ? atListedHours(facts, account.campaigns) : facts
  }
}

/** The asked days, cut to those between the account's first campaign and today. */
function factRange(range: DateRange | undefined, view: View, account: WorldAccount): DateRange {
  const today = view.today(account)
  let first = today
  for (const { startDate } of account.campaigns.values()) if (startDate < first) first = startDate
  const from = range && range.from > first ? range.from : first
  return { from, to: range && range.to < today ? range.to : today }
}

interface Group {
  readonly entity: Row
  readonly segments: SegmentValues
  readonly metrics: Sums
}

class Report {
  readonly #query: CompiledQuery
  readonly #view: View
  readonly #account: WorldAccount
  readonly #entities: ReadonlyMap<string, Row>
  readonly #groups = new Map<string, Group>()
  readonly #dateKey: (date: AccountDate) => string
  readonly #hourly: boolean
  readonly #byDevice: boolean
  readonly #byAction: boolean
  readonly #byLag: boolean
  readonly #byAdjustedLag: boolean
  /** Whether the claims of one fact fall into several rows. */
  readonly #splitsClaims: boolean
  readonly #wantsShare: boolean

  constructor(query: CompiledQuery, view: View, account: WorldAccount, entities: ReadonlyMap<string, Row>) {
    const { segments } = query
    this.#query = query
    this.#view = view
    this.#account = account
    this.#entities = entities
    this.#dateKey = dateKeyOf(segments)
    this.#hourly = segments.has('segments.hour')
    this.#byDevice = segments.has('segments.device')
    this.#byAction = [...segments].some((s) => s.startsWith('segments.conversion_action'))
    this.#byLag = segments.has('segments.conversion_lag_bucket')
    this.#byAdjustedLag = segments.has(ADJUSTED_LAG)
    this.#splitsClaims = this.#byAction || this.#byLag || this.#byAdjustedLag
    this.#wantsShare = query.metrics.some((f) => f.name === 'metrics.search_budget_lost_impression_share')
    if (segments.size === 0)
      for (const [id, entity] of entities) this.#groups.set(id, { entity, segments: {}, metrics: noSums() })
  }

  add(whole: WorldFact): void {
    this.#each(whole, (entity, fact, segments) => {
      const base = this.#splitsClaims ? undefined : this.#group(entity, segments).metrics
      if (base) {
        base.costMicros += fact.spendMicros
        base.impressions += fact.impressions
        base.clicks += fact.clicks
        if (this.#wantsShare) addShare(base, fact, this.#account, entity)
      }
      for (const claim of fact.claims) {
        if (!this.#view.actions.inWindow(claim)) continue
        for (const [part, adjustedLag] of this.#parts(claim)) {
          const sums = base ?? this.#group(entity, this.#split(segments, claim, adjustedLag)).metrics
          addClaim(sums, part, this.#view.actions.named(claim.action).primary)
        }
      }
    })
  }

  /** The claim itself or, by adjustment, all that it was at first and less what was taken back of it. */
  #parts(claim: WorldClaim): readonly (readonly [WorldClaim, string?])[] {
    return this.#byAdjustedLag ? adjustedParts(claim) : [[claim]]
  }

  addByDate(whole: WorldFact): void {
    this.#each(whole, (entity, fact, segments) => {
      for (const claim of fact.claims) {
        if (!this.#view.actions.inWindow(claim)) continue
        for (const [part, adjustedLag] of this.#parts(claim)) {
          const split = this.#splitsClaims ? this.#split(segments, claim, adjustedLag) : segments
          addClaimByDate(this.#group(entity, split).metrics, part, this.#view.actions.named(claim.action).primary)
        }
      }
    })
  }

  /** All groups as rows; see `reportRows` for those that are left out. */
  rows(): Row[] {
    const segmented = this.#query.segments.size > 0
    const { metrics } = this.#query
    const rows: Row[] = []
    for (const { entity, segments, metrics: sums } of this.#groups.values()) {
      const row = { ...entity, segments, metrics: sums }
      const silent = metrics.length === 0 ? isQuiet(sums) : metrics.every((f) => isZero(f.read(row)))
      if (!(segmented && silent)) rows.push(row)
    }
    return rows
  }

  /** The fact, in parts by criterion and by device where the query wants them. */
  #each(whole: WorldFact, visit: (entity: Row, fact: WorldFact, segments: SegmentValues) => void): void {
    const when = this.#hourly ? { date: whole.date, hour: whole.hour ?? 0 } : { date: whole.date }
    for (const { id, fact: part } of this.#placed(whole)) {
      const entity = this.#entities.get(id)
      if (!entity) continue
      if (!this.#byDevice) visit(entity, part, when)
      else for (const { device, fact } of byDevice(part, entity.campaign)) visit(entity, fact, { ...when, device })
    }
  }

  /** The ids of the rows that a fact belongs to, with the part of it that does. */
  #placed(whole: WorldFact): readonly { readonly id: string; readonly fact: WorldFact }[] {
    const dimension = VIEWS[this.#query.resource]
    const campaign = dimension && this.#account.campaigns.get(whole.id)
    if (!dimension || !campaign) return [{ id: this.#entityOf(whole), fact: whole }]
    return byCriterion(whole, campaign, dimension).map(({ criterion, fact }) => ({
      id: `${campaign.id}~${criterion.id}`,
      fact,
    }))
  }

  #entityOf(fact: WorldFact): string {
    if (this.#query.resource !== 'campaign_budget') return fact.id
    return this.#account.campaigns.get(fact.id)?.budgetId ?? ''
  }

  #split(segments: SegmentValues, claim: WorldClaim, adjustedLag: string | undefined): SegmentValues {
    return {
      ...segments,
      ...(this.#byAction ? { action: this.#view.actions.named(claim.action) } : {}),
      ...(this.#byLag ? { lag: lagBucket(claim.lagDays) } : {}),
      ...(adjustedLag === undefined ? {} : { adjustedLag }),
    }
  }

  #group(entity: Row, segments: SegmentValues): Group {
    const { date, hour, device, action, lag, adjustedLag } = segments
    const id = entityIdOf(this.#query.resource, entity)
    const key =
      this.#query.segments.size === 0
        ? id
        : `${id}|${date ? this.#dateKey(date) : ''}|${hour ?? ''}|${device ?? ''}|${action?.id ?? ''}|${lag ?? ''}|${adjustedLag ?? ''}`
    let group = this.#groups.get(key)
    if (!group) {
      group = { entity, segments, metrics: noSums() }
      this.#groups.set(key, group)
    }
    return group
  }
}

function adjustedParts(claim: WorldClaim): readonly (readonly [WorldClaim, string])[] {
  const taken = claim.takenBack ?? []
  const first = {
    ...claim,
    count: taken.reduce((sum, { count }) => sum + count, claim.count),
    valueMicros: taken.reduce((sum, { valueMicros }) => sum + valueMicros, claim.valueMicros),
  }
  return [
    [first, adjustedLagBucket('CONVERSION', claim.lagDays)],
    ...taken.map(
      ({ lagDays, count, valueMicros }) =>
        [{ ...claim, count: -count, valueMicros: -valueMicros }, adjustedLagBucket('ADJUSTMENT', lagDays)] as const,
    ),
  ]
}

const isZero = (value: unknown): boolean => value === undefined || value === 0 || value === 0n

/** Days that fall into one row share this key: it depends on the date segments that are selected. */
function dateKeyOf(segments: ReadonlySet<string>): (date: AccountDate) => string {
  if (segments.has('segments.date')) return (date) => date
  const periods = [...CORE_DATE_SEGMENTS]
    .filter((s) => segments.has(s))
    .map((s) => s.slice('segments.'.length) as Period)
  const weekday = segments.has('segments.day_of_week')
  return (date) => {
    const day = weekday ? `${new Date(`${date}T00:00:00Z`).getUTCDay()}` : ''
    return periods.map((p) => startOfPeriod(date, p)).join() + day
  }
}

/** Days that spent this much of their budget count as limited by it. */
const LIMITED_FROM = 0.95

/**
 * Share of impressions lost to the budget, on search and shopping campaigns.
 *
 * The world does not say what the campaign could have had, so this is coarse: 0 on days that stayed below 95 % of the
 * budget (of an equal part of it, where it is shared), else growing from 5 % with what was spent above, up to 90 %.
 */
function addShare(sums: Sums, fact: WorldFact, account: WorldAccount, { campaign, budget }: Row): void {
  if (!campaign || !budget || (campaign.kind !== 'search' && campaign.kind !== 'shopping')) return
  const used = Number(fact.spendMicros) / partOf(account, budget)
  const lost = used < LIMITED_FROM ? 0 : Math.min(0.9, 0.05 + (used - LIMITED_FROM))
  sums.lostWeight += lost * fact.impressions
  sums.knownImpressions += fact.impressions
}

function partOf(account: WorldAccount, budget: WorldBudget): number {
  const active = budget.feeds.filter((id) => account.campaigns.get(id)?.status === 'active').length
  return Math.max(1, Number(budget.amountMicros) / Math.max(1, active))
}
