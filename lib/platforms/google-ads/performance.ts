import * as z from 'zod'
import type { AccountId, AccountRef, CampaignId } from '../../model/account.ts'
import type { ConversionCount, ConversionRule } from '../../model/conversions.ts'
import { perObject } from '../../model/per-object.ts'
import type { PerformanceQuery, PerformanceReport, PerformanceRow } from '../../model/performance.ts'
import type { Clock } from '../../ports/clock.ts'
import { type AccountDate, accountDate, dates } from '../../units/calendar.ts'
import { type CurrencyCode, type Money, money, zero } from '../../units/money.ts'
import { type Customer, ownAccount } from './account.ts'
import { moneyOfDouble } from './amounts.ts'
import { type MatchedRule, matchRules } from './conversion-actions.ts'
import { between } from './gaql.ts'
import type { GoogleAdsRest } from './rest.ts'
import { count, digits, isoDate, micros, real, unreadable } from './schema.ts'

const segments = z.object({ date: isoDate, hour: z.number().int().min(0).max(23).optional() })
const campaign = z.object({ id: digits })

const spendRow = z.object({
  campaign,
  segments,
  metrics: z.object({ costMicros: micros, impressions: count, clicks: count }),
})
const accountRow = z.object({ segments, metrics: z.object({ costMicros: micros }) })
type SpendRow = z.infer<typeof spendRow>

/** Which metrics count a rule: by the day they are put on, and by whether the action is one that bidding aims at. */
const METRICS = {
  click: {
    primary: ['conversions', 'conversionsValue'],
    any: ['allConversions', 'allConversionsValue'],
  },
  conversion: {
    primary: ['conversionsByConversionDate', 'conversionsValueByConversionDate'],
    any: ['allConversionsByConversionDate', 'allConversionsValueByConversionDate'],
  },
} as const
type Basis = keyof typeof METRICS

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

interface Selection {
  readonly query: PerformanceQuery
  readonly basis: Basis
  readonly isPrimary: boolean
}

/** The two names of metrics, count first. */
const metricsOf = ({ basis, isPrimary }: Selection) => METRICS[basis][isPrimary ? 'primary' : 'any']

/** Of the two names of metrics, as `metricsOf` gives them. */
const conversionRow = perObject((names: readonly [string, string]) =>
  z.object({
    campaign,
    segments: segments.extend({ conversionAction: z.string() }),
    metrics: z
      .object({ [names[0]]: real.min(0), [names[1]]: real })
      .transform((of) => ({ conversions: of[names[0]] ?? 0, value: of[names[1]] ?? 0 })),
  }),
)
type ConversionRow = z.infer<ReturnType<typeof conversionRow>>

const grainField = ({ grain }: PerformanceQuery): string => (grain === 'hour' ? ', segments.hour' : '')

const spendQuery = (query: PerformanceQuery): string =>
  `SELECT campaign.id, segments.date${grainField(query)}, metrics.cost_micros, metrics.impressions, metrics.clicks ` +
  `FROM campaign WHERE ${between(query.from, query.to)}`

const conversionQuery = (selection: Selection): string =>
  `SELECT campaign.id, segments.date${grainField(selection.query)}, segments.conversion_action, ` +
  `segments.conversion_action_name, ${metricsOf(selection)
    .map((name) => `metrics.${snake(name)}`)
    .join(', ')} FROM campaign WHERE ${between(selection.query.from, selection.query.to)}`

const accountQuery = (query: PerformanceQuery): string =>
  `SELECT segments.date, metrics.cost_micros FROM customer WHERE ${between(query.from, query.to)}`

type Mutable = { -readonly [K in keyof PerformanceRow]: PerformanceRow[K] } & { conversions: ConversionCount[] }
/** Rows under construction, by campaign, date and hour. */
type Rows = Map<string, Mutable>

type Place = Pick<SpendRow, 'campaign' | 'segments'>
const keyOf = ({ campaign: { id }, segments: { date, hour } }: Place): string => `${id}|${date}|${hour ?? ''}`

function emptyRow(place: Place, { grain, from, to }: PerformanceQuery, currency: CurrencyCode): Mutable {
  const { date: day, hour } = place.segments
  if (day < from || day > to) throw unreadable(`segments.date ${day} lies outside ${from} to ${to}`)
  if (grain === 'hour' && hour === undefined) throw unreadable('segments.hour: asked for and not there')
  return {
    campaign: place.campaign.id as CampaignId,
    date: accountDate(day),
    ...(hour === undefined ? {} : { hour }),
    spend: zero(currency),
    impressions: 0,
    clicks: 0,
    conversions: [],
  }
}

async function addSpend(
  rest: GoogleAdsRest,
  account: AccountId,
  query: PerformanceQuery,
  rows: Rows,
  of: CurrencyCode,
) {
  for await (const page of rest.pages(account, spendQuery(query), spendRow))
    for (const found of page) {
      const key = keyOf(found)
      if (rows.has(key)) throw unreadable(`two rows for campaign ${key}: the report counts something twice`)
      const row = emptyRow(found, query, of)
      row.spend = money(found.metrics.costMicros, of)
      row.impressions = found.metrics.impressions
      row.clicks = found.metrics.clicks
      rows.set(key, row)
    }
}

const countsOf = (found: ConversionRow, rules: readonly ConversionRule[], of: CurrencyCode): ConversionCount[] =>
  rules.map((rule) => ({
    rule,
    conversions: found.metrics.conversions,
    value: moneyOfDouble(found.metrics.value, of),
  }))

/** Conversions may fall on days without spend: such a row starts from nothing. */
async function addConversions(
  rest: GoogleAdsRest,
  account: AccountId,
  selection: Selection,
  rulesByAction: ReadonlyMap<string, readonly ConversionRule[]>,
  rows: Rows,
  of: CurrencyCode,
) {
  const schema = conversionRow(metricsOf(selection))
  const seen = new Set<string>()
  for await (const page of rest.pages(account, conversionQuery(selection), schema))
    for (const found of page) {
      const rules = rulesByAction.get(found.segments.conversionAction)
      if (!rules) continue
      const key = `${keyOf(found)} ${found.segments.conversionAction}`
      if (seen.has(key)) throw unreadable(`two rows of conversions for campaign ${key}: they count something twice`)
      seen.add(key)
      const row = rows.get(keyOf(found)) ?? emptyRow(found, selection.query, of)
      row.conversions.push(...countsOf(found, rules, of))
      rows.set(keyOf(found), row)
    }
}

/** One query for each metric that some rule needs: at most four, most often one. */
function selectionsOf(query: PerformanceQuery, matched: readonly MatchedRule[]) {
  const groups = Map.groupBy(matched, ({ rule, isPrimary }) => `${rule.basis}|${isPrimary}`)
  return [...groups.values()].map((group) => {
    const [first] = group as [MatchedRule, ...MatchedRule[]]
    const byAction = Map.groupBy(group, ({ action }) => action)
    return {
      // matchRules lets no other basis through.
      selection: { query, basis: first.rule.basis as Basis, isPrimary: first.isPrimary },
      rulesByAction: new Map([...byAction].map(([action, all]) => [action, all.map(({ rule }) => rule)])),
    }
  })
}

/** Google leaves out dates without any activity: they had no spend. */
async function accountSpend(rest: GoogleAdsRest, account: AccountId, query: PerformanceQuery, of: CurrencyCode) {
  const spend = new Map<AccountDate, Money>()
  const wanted = dates(query.from, query.to)
  for (const { segments: at, metrics } of await rest.rows(account, accountQuery(query), accountRow)) {
    const day = at.date as AccountDate
    if (!wanted.includes(day)) throw unreadable(`segments.date ${day} was not asked for`)
    if (spend.has(day)) throw unreadable(`two totals of ${day}`)
    spend.set(day, money(metrics.costMicros, of))
  }
  return new Map(wanted.map((day) => [day, spend.get(day) ?? zero(of)]))
}

/**
 * Spend, clicks, impressions and claimed conversions by campaign, removed campaigns included, with the account's own
 * totals.
 *
 * @throws PlatformError `rejected` for a rule that the account does not count by, `unreadable` for a report in bits
 */
export async function readPerformance(
  rest: GoogleAdsRest,
  clock: Clock,
  account: AccountRef,
  { currency }: Customer,
  query: PerformanceQuery,
  rules: readonly ConversionRule[],
): Promise<PerformanceReport> {
  const id = ownAccount(account)
  const readAt = clock.now()
  const matched = await matchRules(rest, id, rules)
  const rows: Rows = new Map()
  await addSpend(rest, id, query, rows, currency)
  for (const { selection, rulesByAction } of selectionsOf(query, matched))
    await addConversions(rest, id, selection, rulesByAction, rows, currency)
  const totals = await accountSpend(rest, id, query, currency)
  return { account, query, rows: [...rows.values()], accountSpend: totals, readAt }
}
