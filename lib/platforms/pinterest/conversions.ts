import type { ConversionRule } from '../../model/conversions.ts'
import { PlatformError } from '../../model/failure.ts'

/** The columns in which Pinterest reports an action; no value column: it has no value. */
export interface ActionColumns {
  readonly count: string
  readonly value?: string
  readonly name: string
  /** The event that ad groups optimise for. */
  readonly event?: string
}

/**
 * Actions by our names. Totals over all touches (clicks, other engagements, views); which of them count is said by the
 * windows of the request.
 *
 * @see https://github.com/pinterest/api-description (v5.23.0, the columns of the analytics endpoints)
 */
export const ACTIONS: ReadonlyMap<string, ActionColumns> = new Map<string, ActionColumns>([
  ['purchase', valued('CHECKOUT', 'Checkouts', 'CHECKOUT')],
  ['web-purchase', valued('WEB_CHECKOUT', 'Checkouts on the web')],
  ['signup', valued('SIGNUP', 'Sign-ups', 'SIGNUP')],
  ['custom', valued('CUSTOM', 'Custom events', 'CUSTOM')],
  ['lead', { count: 'TOTAL_LEAD', name: 'Leads', event: 'LEAD' }],
  ['page-visit', { count: 'TOTAL_PAGE_VISIT', name: 'Page visits', event: 'PAGE_VISIT' }],
  ['subscribe', { count: 'TOTAL_SUBSCRIBE', name: 'Subscriptions' }],
])

function valued(column: string, name: string, event?: string): ActionColumns {
  const value = `TOTAL_${column}_VALUE_IN_MICRO_DOLLAR`
  return { count: `TOTAL_${column}`, value, name, ...(event !== undefined && { event }) }
}

/** Windows that a report can be asked for, days; 0: not at all. */
export const WINDOWS: readonly number[] = [0, 1, 7, 14, 30, 60]

export interface PinterestRule {
  readonly rule: ConversionRule
  readonly columns: ActionColumns
}

/** Rules that one request can answer, and what it asks for. */
export interface RuleGroup {
  readonly rules: readonly PinterestRule[]
  readonly query: Readonly<Record<string, string>>
}

const refused = (code: string, detail: string) => new PlatformError({ kind: 'rejected', code, detail })

/** @throws PlatformError rejected when Pinterest does not count by such a rule */
export function pinterestRule(rule: ConversionRule): PinterestRule {
  const { action, clickWindowDays: click, viewWindowDays: view, basis } = rule
  const columns = ACTIONS.get(action)
  if (!columns)
    throw refused('action', `Pinterest reports no action "${action}": write one of ${[...ACTIONS.keys()].join(', ')}`)
  if (!WINDOWS.includes(click) || !WINDOWS.includes(view) || click + view === 0)
    throw refused(
      'window',
      `Pinterest has no ${click}-day click and ${view}-day view window: choose 1, 7, 14, 30 or 60`,
    )
  if (basis !== 'click' && basis !== 'conversion')
    throw refused(
      'basis',
      `Pinterest counts ${action} on the day of the ad action or of the conversion, not by ${basis}: write basis click or conversion`,
    )
  return { rule, columns }
}

/**
 * Saves, close-ups and swipes count for nobody: a rule says clicks and views. Pinterest's own screens count them as well,
 * 30 days after.
 */
function windowsOf({ clickWindowDays, viewWindowDays, basis }: ConversionRule): Readonly<Record<string, string>> {
  return {
    click_window_days: String(clickWindowDays),
    engagement_window_days: '0',
    view_window_days: String(viewWindowDays),
    conversion_report_time: basis === 'conversion' ? 'TIME_OF_CONVERSION' : 'TIME_OF_AD_ACTION',
  }
}

/** @throws PlatformError rejected when Pinterest does not count by one of the rules */
export function ruleGroups(rules: readonly ConversionRule[]): readonly RuleGroup[] {
  const byQuery = Map.groupBy(rules.map(pinterestRule), ({ rule }) => JSON.stringify(windowsOf(rule)))
  return [...byQuery].map(([query, group]) => ({ rules: group, query: JSON.parse(query) }))
}
