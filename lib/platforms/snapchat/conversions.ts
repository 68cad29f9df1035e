import * as z from 'zod'
import type { ConversionCount, ConversionRule } from '../../model/conversions.ts'
import { PlatformError } from '../../model/failure.ts'
import { type CurrencyCode, money } from '../../units/money.ts'
import { readAs } from '../../wire/exact-json.ts'
import type { Params } from './sender.ts'
import type { Stats } from './stats-answer.ts'

/** What can be counted, by our name of it; the field of the statistics, and that of its worth where there is one. */
export interface Counted {
  readonly field: string
  readonly valueField?: string
  /** Goals of ad squads that bid for it. */
  readonly goals: readonly string[]
}

/**
 * Snapchat counts over the web, apps and offline together under each of these.
 *
 * @see https://developers.snap.com/api/marketing-api/Ads-API/measurement (core metrics)
 */
export const COUNTED: ReadonlyMap<string, Counted> = new Map<string, Counted>([
  [
    'purchase',
    {
      field: 'conversion_purchases',
      valueField: 'conversion_purchases_value',
      goals: ['PIXEL_PURCHASE', 'APP_PURCHASE', 'APP_REENGAGE_PURCHASE'],
    },
  ],
  ['signup', { field: 'conversion_sign_ups', goals: ['PIXEL_SIGNUP', 'APP_SIGNUP'] }],
  ['add-to-cart', { field: 'conversion_add_cart', goals: ['PIXEL_ADD_TO_CART', 'APP_ADD_TO_CART'] }],
  ['checkout', { field: 'conversion_start_checkout', goals: [] }],
  ['view-content', { field: 'conversion_view_content', goals: [] }],
  ['page-view', { field: 'conversion_page_views', goals: ['PIXEL_PAGE_VIEW'] }],
  ['subscribe', { field: 'conversion_subscribe', goals: [] }],
  ['trial', { field: 'conversion_start_trial', goals: [] }],
  ['lead', { field: 'native_leads', goals: ['LEAD_FORM_SUBMISSIONS'] }],
  ['app-install', { field: 'total_installs', goals: ['APP_INSTALLS'] }],
])

/** Days after a swipe, and after a view; 0: none. Snapchat's windows of hours are shorter than a policy can say. */
export const SWIPE_DAYS = [28, 7, 1] as const
export const VIEW_DAYS = [1, 7, 0] as const

/** A conversion rule in Snapchat's words. */
export interface SnapRule {
  readonly rule: ConversionRule
  readonly counted: Counted
  /** Parameters of a request; rules with the same can be asked together. */
  readonly params: Params
}

const refused = (code: string, detail: string) => new PlatformError({ kind: 'rejected', code, detail })

/** @throws PlatformError rejected when Snapchat does not count by such a rule */
export function snapRule(rule: ConversionRule): SnapRule {
  const { action, clickWindowDays: swipe, viewWindowDays: view, basis } = rule
  const counted = countedBy(action)
  if (!counted)
    throw refused('action', `Snapchat counts no "${action}": write one of ${[...COUNTED.keys()].join(', ')}`)
  if (!SWIPE_DAYS.some((days) => days === swipe) || !VIEW_DAYS.some((days) => days === view))
    throw refused(
      'window',
      `Snapchat has no ${swipe}-day click and ${view}-day view window: choose 1, 7 or 28 days after a click, 0, 1 or 7 after a view`,
    )
  if (basis !== 'conversion' && basis !== 'impression')
    throw refused(
      'basis',
      `Snapchat puts ${action} on the day of the conversion or the impression: write basis conversion`,
    )
  return {
    rule,
    counted,
    params: {
      swipe_up_attribution_window: `${swipe}_DAY`,
      view_attribution_window: view === 0 ? 'none' : `${view}_DAY`,
      action_report_time: basis,
    },
  }
}

/** By our name, or by Snapchat's own field. */
const countedBy = (action: string): Counted | undefined =>
  COUNTED.get(action) ?? [...COUNTED.values()].find(({ field }) => field === action)

const count = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER)
/** Micros; a fraction of one is rounded to the nearest. */
const value = z.union([
  count.transform((n) => BigInt(Math.round(n))),
  z
    .string()
    .regex(/^\d{1,24}$/)
    .transform(BigInt),
])

/** What a cell says under each rule. @throws PlatformError where a field that was asked for is missing or no count */
export const countsOf = (
  stats: readonly Stats[],
  rules: readonly SnapRule[],
  currency: CurrencyCode,
): readonly ConversionCount[] =>
  rules.flatMap(({ rule, counted: { field, valueField } }) => {
    const conversions = stats.reduce((sum, one) => sum + readAs(count, one[field], `stats ${field}`), 0)
    const micros = valueField
      ? stats.reduce((sum, one) => sum + readAs(value, one[valueField], `stats ${valueField}`), 0n)
      : 0n
    return conversions === 0 && micros === 0n ? [] : [{ rule, conversions, value: money(micros, currency) }]
  })

/** Fields to ask for, each once. */
export const fieldsOf = (rules: readonly SnapRule[]): readonly string[] => [
  ...new Set(rules.flatMap(({ counted: { field, valueField } }) => [field, ...(valueField ? [valueField] : [])])),
]
