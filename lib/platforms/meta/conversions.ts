import type { ConversionCount, ConversionRule } from '../../model/conversions.ts'
import { PlatformError } from '../../model/failure.ts'
import { type CurrencyCode, divide, type Money, money } from '../../units/money.ts'
import type { ActionStats, InsightRow } from './insight-row.ts'

/** Meta's name for an action, by ours. Any other name is taken as Meta's own `action_type`. */
export type ActionTypes = Readonly<Record<string, string>>

/**
 * Meta's action types overlap: `omni_purchase` holds every purchase, on the web, in an app, in a shop; `purchase` and
 * `offsite_conversion.fb_pixel_purchase` are parts of it. Exactly one is read, and types are never added up.
 */
export const DEFAULT_ACTION_TYPES: ActionTypes = { purchase: 'omni_purchase' }

/** A conversion rule in Meta's words. */
export interface MetaRule {
  readonly rule: ConversionRule
  readonly actionType: string
  /** Keys of the windows to add up; Meta counts a conversion in one of them: clicks come first. */
  readonly windows: readonly string[]
}

/**
 * Windows that Meta offers; 7- and 28-day views went on 2026-01-12.
 * @see https://developers.facebook.com/docs/marketing-api/reference/ads-action-stats
 */
export const CLICK_DAYS = [0, 1, 7, 28]
export const VIEW_DAYS = [0, 1]

/** @throws PlatformError rejected when Meta does not count by such a rule */
export function metaRule(rule: ConversionRule, types: ActionTypes): MetaRule {
  const { clickWindowDays: click, viewWindowDays: view, action, basis } = rule
  const name = `${click}-day click and ${view}-day view`
  if (!CLICK_DAYS.includes(click) || !VIEW_DAYS.includes(view) || click + view === 0)
    throw refused('window', `Meta has no ${name} window: choose 1, 7 or 28 days after a click, 0 or 1 after a view`)
  // Meta ignores every other wish since 2025-06-10.
  if (basis !== 'mixed')
    throw refused('basis', `Meta counts ${action} on a mixed basis and not by ${basis}: write basis mixed`)
  const windows = [...(click > 0 ? [`${click}d_click`] : []), ...(view > 0 ? [`${view}d_view`] : [])]
  return { rule, actionType: types[action] ?? action, windows }
}

const refused = (code: string, detail: string) => new PlatformError({ kind: 'rejected', code, detail })

/** What a row says under each rule. A rule whose action has no entry was reported nothing. */
export const countsOf = (
  row: InsightRow,
  rules: readonly MetaRule[],
  currency: CurrencyCode,
): readonly ConversionCount[] =>
  rules.flatMap((rule) => {
    const counted = entryOf(row.actions, rule.actionType)
    const valued = entryOf(row.action_values, rule.actionType)
    if (!counted && !valued) return []
    const conversions = rule.windows.reduce((total, window) => total + numberIn(counted, window), 0)
    return [{ rule: rule.rule, conversions, value: valueIn(valued, rule.windows, currency) }]
  })

function entryOf(stats: readonly ActionStats[] | undefined, type: string): ActionStats | undefined {
  const entries = (stats ?? []).filter((entry) => entry.action_type === type)
  if (entries.length > 1)
    throw new PlatformError({ kind: 'unreadable', detail: `insights actions: ${type} has ${entries.length} entries` })
  return entries[0]
}

/** A window without a key had none; `value` is left alone: it follows the ad set's own windows and not ours. */
function textIn(entry: ActionStats | undefined, window: string, of: 'actions' | 'action_values'): string {
  const value = entry?.[window] ?? '0'
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  if (/^\d{1,15}(\.\d{1,40})?$/.test(text)) return text
  throw new PlatformError({ kind: 'unreadable', detail: `insights ${of}: ${window} is not a decimal` })
}

const numberIn = (entry: ActionStats | undefined, window: string): number => Number(textIn(entry, window, 'actions'))

const valueIn = (entry: ActionStats | undefined, windows: readonly string[], currency: CurrencyCode): Money =>
  money(
    windows.reduce((total, window) => total + micros(textIn(entry, window, 'action_values')), 0n),
    currency,
  )

/** Values carry the decimals of a float ("199.98000000000002"): taken to the micro, ties to even. */
function micros(text: string): bigint {
  const [whole = '0', decimals = ''] = text.split('.')
  return divide(BigInt(whole + decimals) * 1_000_000n, 10n ** BigInt(decimals.length), 'half-even')
}
