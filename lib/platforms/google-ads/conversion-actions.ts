import * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import type { ConversionAction } from '../../model/conversion-action.ts'
import type { ConversionRule } from '../../model/conversions.ts'
import { PlatformError } from '../../model/failure.ts'
import type { GoogleAdsRest } from './rest.ts'
import { count, digits, resourceName } from './schema.ts'

const row = z.object({
  conversionAction: z.object({
    resourceName,
    id: digits,
    name: z.string(),
    status: z.string(),
    includeInConversionsMetric: z.boolean().default(false),
    primaryForGoal: z.boolean().default(false),
    clickThroughLookbackWindowDays: count.optional(),
  }),
})
type Action = z.infer<typeof row>['conversionAction']

const QUERY =
  'SELECT conversion_action.resource_name, conversion_action.id, conversion_action.name, conversion_action.status, ' +
  'conversion_action.include_in_conversions_metric, conversion_action.primary_for_goal, ' +
  'conversion_action.click_through_lookback_window_days ' +
  'FROM conversion_action'

/** A rule with the conversion action that it means. */
export interface MatchedRule {
  readonly rule: ConversionRule
  readonly action: string
  /** Whether the action counts in `metrics.conversions`; others count in `metrics.all_conversions` only. */
  readonly isPrimary: boolean
}

const rejected = (code: string, detail: string) => new PlatformError({ kind: 'rejected', code, detail })

/** By id, or by name; of several with one name the one that is enabled. */
function find(wanted: string, actions: readonly Action[]): Action {
  const found = actions.filter(({ id, name }) => id === wanted || name === wanted)
  const action = found.find(({ status }) => status === 'ENABLED') ?? found[0]
  if (action) return action
  const known = actions.map(({ name }) => `"${name}"`).slice(0, 10)
  throw rejected(
    'NO_CONVERSION_ACTION',
    `no conversion action "${wanted}": the account has ${known.join(', ') || 'none'}`,
  )
}

/**
 * Windows and basis belong to the account: Google counts one way, and a rule that asks for another would label the
 * counts with something they are not.
 */
function check(rule: ConversionRule, action: Action): void {
  if (rule.basis !== 'click' && rule.basis !== 'conversion')
    throw rejected('BASIS', `basis "${rule.basis}" of ${rule.action}: Google Ads counts by click or by conversion day`)
  if (rule.viewWindowDays !== 0)
    throw rejected(
      'VIEW_WINDOW',
      `viewWindowDays ${rule.viewWindowDays} of ${rule.action}: conversions of Google Ads have no views in them, say 0`,
    )
  const windowDays = action.clickThroughLookbackWindowDays
  if (windowDays !== rule.clickWindowDays)
    throw rejected(
      'CLICK_WINDOW',
      `the rule says a click window of ${rule.clickWindowDays} days for ${rule.action}, the account's conversion ` +
        `action has ${windowDays ?? 'none'}: change one of them`,
    )
}

/** What can be counted, as the account has set it up; what was removed or hidden there is left out. @throws PlatformError */
export async function readConversionActions(
  rest: GoogleAdsRest,
  account: AccountId,
): Promise<readonly ConversionAction[]> {
  const rows = await rest.rows(account, QUERY, row)
  return rows
    .filter(({ conversionAction: { status } }) => status === 'ENABLED')
    .map(({ conversionAction: { id, name, clickThroughLookbackWindowDays: days, primaryForGoal } }) => ({
      action: name,
      name,
      id,
      clickWindowDays: days === undefined ? [] : [days],
      // Views count in a column of their own, never among conversions.
      viewWindowDays: [0],
      basis: 'click',
      isBidFor: primaryForGoal,
    }))
}

/** @throws PlatformError `rejected` for a rule that the account does not count by */
export async function matchRules(
  rest: GoogleAdsRest,
  account: AccountId,
  rules: readonly ConversionRule[],
): Promise<readonly MatchedRule[]> {
  if (rules.length === 0) return []
  const actions = (await rest.rows(account, QUERY, row)).map(({ conversionAction }) => conversionAction)
  return rules.map((rule) => {
    const action = find(rule.action, actions)
    check(rule, action)
    return { rule, action: action.resourceName, isPrimary: action.includeInConversionsMetric }
  })
}
