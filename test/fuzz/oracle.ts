/** What must hold of whatever a parser accepts, whichever platform's. Each answers with what is wrong, or `undefined`. */
import type { ConnectionHealth } from '../../lib/model/connection-health.ts'
import type { ConversionAction } from '../../lib/model/conversion-action.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { WriteResult } from '../../lib/model/failure.ts'
import type { Lever, LiveLever } from '../../lib/model/lever.ts'
import type { PerformanceReport, PerformanceRow } from '../../lib/model/performance.ts'
import type { SpendStops } from '../../lib/model/spend-stop.ts'
import type { AccountStructure, BidStrategy, BudgetHolder, ChangeEvent } from '../../lib/model/structure.ts'
import type { Announcement } from '../../lib/ports/platform.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import type { Money } from '../../lib/units/money.ts'

type Complaint = string | undefined

/** The first complaint. Lazy, because nearly always there is none. */
function first<T>(all: Iterable<T>, of: (one: T) => Complaint): Complaint {
  for (const one of all) {
    const complaint = of(one)
    if (complaint !== undefined) return complaint
  }
  return undefined
}

/** An id is text that is safe in a key: no other type, not empty, no colon, space or slash. */
const isId = (id: unknown): boolean => typeof id === 'string' && /^[A-Za-z0-9_~.-]{1,64}$/.test(id)
const isCount = (count: unknown): boolean => typeof count === 'number' && Number.isFinite(count) && count >= 0

/** Nobody spends a quintillion: what is larger was misread. */
const MICROS_MOST = 10n ** 24n

const amount = ({ micros, currency }: Money, of: string, least = 0n): Complaint => {
  if (currency !== of) return `an amount is in ${currency}, in an account in ${of}`
  if (typeof micros !== 'bigint') return `an amount is a ${typeof micros}`
  return micros < least || micros > MICROS_MOST ? `an amount is ${micros} micros` : undefined
}

const isDate = (date: unknown): boolean => {
  try {
    return typeof date === 'string' && accountDate(date) === date
  } catch {
    return false
  }
}

const unique = (keys: readonly string[], what: string): Complaint =>
  new Set(keys).size === keys.length ? undefined : `a ${what} is there twice`

const STATUSES = ['active', 'paused', 'removed']
const LEARNING = ['learning', 'limited', 'stable', 'unknown']
const KINDS = ['max-conversions', 'target-cpa', 'max-value', 'target-roas', 'bid-cap', 'manual-cpc', 'other']

function strategy(of: BidStrategy | undefined, currency: string): Complaint {
  if (!of) return undefined
  if (!KINDS.includes(of.kind)) return `a strategy is ${of.kind}`
  if (of.targetRoas !== undefined && !(of.targetRoas > 0 && of.targetRoas < 1e9)) return `a ROAS is ${of.targetRoas}`
  return (of.targetCpa && amount(of.targetCpa, currency)) ?? (of.bid && amount(of.bid, currency))
}

function holder(of: BudgetHolder, currency: string): Complaint {
  if (!isId(of.id)) return `a budget's id is ${String(of.id)}`
  if (!STATUSES.includes(of.status)) return `a budget's status is ${of.status}`
  if (!['shared', 'campaign', 'ad-group'].includes(of.owner)) return `a budget's owner is ${of.owner}`
  if (!['daily', 'lifetime'].includes(of.period)) return `a budget's period is ${of.period}`
  if (typeof of.name !== 'string') return 'a budget has no name'
  if (of.owner === 'ad-group' && !isId(of.adGroup)) return 'an ad group budget has no ad group'
  if (of.endsOn !== undefined && !isDate(of.endsOn)) return `a budget ends on ${of.endsOn}`
  return amount(of.amount, currency) ?? (of.remaining && amount(of.remaining, currency))
}

/** @param currency of the account, where the document still says so: a changed one must be changed everywhere */
export function structureComplaint(of: AccountStructure): Complaint {
  const { currency, campaigns, adGroups, budgets, experiments, remainingSpendCap } = of
  if (!/^[A-Z]{3}$/.test(currency)) return `the currency is ${currency}`
  if (typeof of.name !== 'string') return 'the account has no name'
  const listed = new Set<string>(campaigns.map(({ id }) => id))
  const held = new Set<string>(budgets.map(({ id }) => id))
  return (
    unique([...campaigns.map(({ id }) => id)], 'campaign') ??
    unique([...adGroups.map(({ id }) => id)], 'ad group') ??
    unique([...budgets.map(({ id }) => id)], 'budget') ??
    (remainingSpendCap && amount(remainingSpendCap, currency)) ??
    first(campaigns, (one) => {
      if (!isId(one.id)) return `a campaign's id is ${String(one.id)}`
      if (!STATUSES.includes(one.status)) return `a campaign's status is ${one.status}`
      if (!LEARNING.includes(one.learning)) return `a campaign's learning is ${one.learning}`
      if (typeof one.name !== 'string' || typeof one.kind !== 'string') return 'a campaign has no name or kind'
      if (one.startsOn !== undefined && !isDate(one.startsOn)) return `a campaign starts on ${one.startsOn}`
      if (one.endsOn !== undefined && !isDate(one.endsOn)) return `a campaign ends on ${one.endsOn}`
      const factors = [...Object.values(one.deviceMultipliers), ...(one.criteria ?? []).map((c) => c.multiplier)]
      const odd = factors.find((factor) => !(factor >= 0 && factor <= 1_000))
      if (odd !== undefined) return `a multiplier is ${odd}`
      if (one.criteria?.some(({ id }) => !isId(id))) return 'a criterion has no id'
      if (one.budget !== undefined && one.status !== 'removed' && !held.has(one.budget))
        return `budget ${one.budget} of campaign ${one.id} is not listed`
      return strategy(one.strategy, currency)
    }) ??
    first(adGroups, (one) => {
      if (!isId(one.id)) return `an ad group's id is ${String(one.id)}`
      if (!STATUSES.includes(one.status)) return `an ad group's status is ${one.status}`
      if (one.budget !== undefined && !held.has(one.budget)) return `budget ${one.budget} is not listed`
      if (!listed.has(one.campaign) && one.status !== 'removed') return `campaign ${one.campaign} is not listed`
      return strategy(one.strategy, currency)
    }) ??
    first(
      budgets,
      (one) =>
        holder(one, currency) ??
        first(one.campaigns, (id) => (listed.has(id) ? undefined : `campaign ${id} of a budget is not listed`)),
    ) ??
    first(experiments, ({ id, campaigns: arms, from, to }) => {
      if (!isId(id) || arms.some((arm) => !isId(arm))) return 'an experiment has no id, or an arm has none'
      return [from, to].some((date) => date !== undefined && !isDate(date)) ? 'an experiment has no date' : undefined
    })
  )
}

const rowKey = ({ campaign, adGroup, date, hour }: PerformanceRow): string => `${campaign} ${adGroup} ${date} ${hour}`

export function reportComplaint(of: PerformanceReport, currency: string, rules: readonly ConversionRule[]): Complaint {
  const { query, rows, accountSpend } = of
  const isAsked = (date: string): boolean => isDate(date) && date >= query.from && date <= query.to
  return (
    unique(rows.map(rowKey), 'row') ??
    first(rows, (row) => {
      if (!isId(row.campaign)) return `a row's campaign is ${String(row.campaign)}`
      if (row.adGroup !== undefined && !isId(row.adGroup)) return `a row's ad group is ${String(row.adGroup)}`
      if (!isAsked(row.date)) return `a row is of ${row.date}`
      const isHour = Number.isInteger(row.hour) && (row.hour ?? -1) >= 0 && (row.hour ?? 24) <= 23
      if (query.grain === 'hour' ? !isHour : row.hour !== undefined) return `a row is of hour ${row.hour}`
      if (!isCount(row.impressions) || !isCount(row.clicks)) return `a row has ${row.impressions}, ${row.clicks}`
      const sorts = new Set(row.conversions.map(({ rule }) => rule))
      if (sorts.size !== row.conversions.length) return 'a rule is counted twice in a row'
      return (
        amount(row.spend, currency) ??
        first(row.conversions, ({ rule, conversions, value }) => {
          if (!rules.includes(rule)) return 'a rule was not asked for'
          return isCount(conversions) ? amount(value, currency, -MICROS_MOST) : `${conversions} conversions`
        })
      )
    }) ??
    first(accountSpend, ([date, spend]) => (isAsked(date) ? amount(spend, currency) : `a total is of ${date}`))
  )
}

export function liveComplaint(read: readonly LiveLever[], asked: readonly Lever[], currency: string): Complaint {
  if (read.length !== asked.length) return `${read.length} values of ${asked.length} levers`
  return first(read.entries(), ([i, { lever, value }]) => {
    if (lever !== asked[i]) return `value ${i} is another lever's`
    if (value === undefined) return undefined
    if (value.kind === 'money') return amount(value.amount, currency)
    if (value.kind === 'status')
      return ['active', 'paused'].includes(value.status) ? undefined : `status ${value.status}`
    return value.value >= 0 && value.value < 1e9 ? undefined : `a ratio is ${value.value}`
  })
}

export const changesComplaint = (all: readonly ChangeEvent[], since: number): Complaint =>
  first(all, ({ at, actor, entity, field, from, to }) => {
    if (!Number.isInteger(at) || at < since || at > 8.64e15) return `an event is at ${at}`
    if (typeof actor !== 'string' || typeof field !== 'string') return 'an event has no actor or field'
    if (typeof entity.id !== 'string') return 'an event has no entity'
    return [from, to].every((text) => text === undefined || typeof text === 'string') ? undefined : 'a value is no text'
  })

export const announcementsComplaint = (all: readonly Announcement[], currency: string): Complaint =>
  first(all, (one) => {
    if (!Number.isFinite(one.from) || !Number.isFinite(one.to)) return `it lasts from ${one.from} to ${one.to}`
    if (typeof one.name !== 'string') return 'it has no name'
    if (one.kind === 'budget-schedule') return amount(one.amount, currency) ?? amount(one.over, currency)
    if (one.campaigns.some((id) => !isId(id))) return 'one of its campaigns has no id'
    if (one.kind === 'seasonality' && !(one.conversionRateFactor > 0 && one.conversionRateFactor < 1e6))
      return `its factor is ${one.conversionRateFactor}`
    return undefined
  })

/** @param count of the changes that were sent */
export const resultsComplaint = (results: readonly WriteResult[], count: number): Complaint => {
  if (results.length !== count) return `${results.length} results of ${count} changes`
  return first(results, (one) => {
    if (one.kind === 'applied') return undefined
    if (one.kind === 'unknown') return typeof one.detail === 'string' ? undefined : 'an unknown has no detail'
    if (typeof one.failure.detail !== 'string') return 'a refusal has no detail'
    if (!('retryAfterMs' in one.failure)) return undefined
    const { retryAfterMs: wait } = one.failure
    return Number.isFinite(wait) && wait >= 0 ? undefined : `a wait is ${wait} ms`
  })
}

export const forecastsComplaint = (
  all: readonly { readonly points: readonly Readonly<Record<string, number>>[] }[],
): Complaint =>
  first(all, ({ points }) =>
    first(points, (point) =>
      first(Object.entries(point), ([name, value]) => (isCount(value) ? undefined : `${name} is ${value}`)),
    ),
  )

export const actionsComplaint = (all: readonly ConversionAction[]): Complaint =>
  first(all, ({ action, name, clickWindowDays, viewWindowDays }) => {
    if (typeof action !== 'string' || action === '' || typeof name !== 'string') return 'an action has no name'
    const odd = [...clickWindowDays, ...viewWindowDays].find(
      (days) => !(Number.isInteger(days) && days >= 0 && days < 1_000),
    )
    return odd === undefined ? undefined : `a window of ${name} is ${odd} days`
  })

/** Of this era: a time that a person can be told by its date. */
const isTime = (at: number): boolean => at >= 0 && at < Date.UTC(10_000, 0, 1)

export function tokenComplaint(
  text: string,
  from: number,
  to: number,
  scopes: readonly string[] | undefined,
): Complaint {
  if (!/^[\x21-\x7e]+$/.test(text)) return 'a token is no text that a header takes'
  if (!Number.isInteger(to) || to <= from || to > from + 3_653 * 86_400_000) return `a token ends at ${to}`
  return scopes?.some((scope) => scope === '') ? 'a scope is empty' : undefined
}

/** What of Meta's rules is taken for ours, and what they have paused. */
export const stopsComplaint = ({ standing, stopped }: SpendStops, currency: string): Complaint =>
  unique(
    standing.map(({ id }) => id),
    'rule',
  ) ??
  first(standing, ({ id, name, portfolio, stop, altered }) => {
    if (!isId(id) || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(portfolio) || !name.includes(portfolio)) return `a rule is ${id}`
    if ((stop === undefined) === (altered === undefined)) return 'a rule is as it was written, and is not'
    if (stop === undefined) return undefined
    if (stop.campaigns.length === 0 || stop.campaigns.some((one) => !isId(one))) return 'a campaign of a rule has no id'
    return unique(stop.campaigns, 'campaign') ?? amount(stop.above, currency, 1n)
  }) ??
  first(stopped.entries(), ([nth, { campaign, at, by }]) => {
    if (!isId(campaign) || !standing.some(({ name }) => name === by.name))
      return 'a pause is of no campaign, or no rule'
    if (!(Number.isInteger(at) && at > -2.3e12 && isTime(Math.abs(at)))) return `a pause is at ${at}`
    return nth > 0 && at < (stopped[nth - 1]?.at ?? 0) ? 'pauses are in no order' : undefined
  })

export function healthComplaint({ token, clock, limits, blockers, apiVersion, scopes }: ConnectionHealth): Complaint {
  if (apiVersion === '') return 'there is no version'
  const ends = [token.expiresAt, token.issuedAt, token.accessUntil]
  const odd = [...ends, clock?.theirs, ...limits.map(({ resetsAt }) => resetsAt)].find(
    (at) => at !== undefined && !isTime(at),
  )
  if (odd !== undefined) return `a time is ${odd}`
  if ((token.kind === 'expires') !== (token.expiresAt !== undefined)) return 'a token ends, and not'
  const share = limits.find(
    ({ usedShare }) => usedShare !== undefined && !(usedShare >= 0 && Number.isFinite(usedShare)),
  )
  if (share) return `${share.usedShare} of ${share.name} is used`
  const texts = [...blockers.flatMap(({ code, detail }) => [code, detail]), ...(scopes?.granted ?? [])]
  return texts.every((text) => typeof text === 'string') ? undefined : 'a text is none'
}
