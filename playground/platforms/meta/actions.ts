import type { WorldClaim } from '../../world.ts'
import { toReportedAmount } from './money.ts'

/**
 * Action types that one conversion shows up under. They overlap: a web purchase counts as `omni_purchase`, as `purchase` and
 * as the pixel's own event, so whoever sums them counts it three times.
 */
const ACTION_TYPES: Readonly<Record<string, readonly string[]>> = {
  purchase: ['omni_purchase', 'purchase', 'offsite_conversion.fb_pixel_purchase'],
  lead: ['lead', 'offsite_conversion.fb_pixel_lead'],
  signup: ['omni_complete_registration', 'complete_registration', 'offsite_conversion.fb_pixel_complete_registration'],
  trial: ['start_trial_total', 'start_trial_website'],
  subscribe: ['subscribe_total', 'subscribe_website'],
  'add-to-cart': ['omni_add_to_cart', 'add_to_cart', 'offsite_conversion.fb_pixel_add_to_cart'],
}

/** An action that Meta has no name for is a custom event of the pixel. */
export const actionTypes = (action: string): readonly string[] =>
  ACTION_TYPES[action] ?? [`offsite_conversion.fb_pixel_custom.${action}`]

type Within = (claim: WorldClaim) => boolean

const clickedWithin =
  (days: number): Within =>
  ({ touch, lagDays }) =>
    touch === 'click' && lagDays < days
const viewedWithin =
  (days: number): Within =>
  ({ touch, lagDays }) =>
    touch === 'view' && lagDays < days

/** Which claims each window counts; windows that were taken away, and engaged views, count none. */
const WINDOWS: Readonly<Record<string, Within>> = {
  '1d_click': clickedWithin(1),
  '7d_click': clickedWithin(7),
  '28d_click': clickedWithin(28),
  '1d_view': viewedWithin(1),
}

/** The attribution setting that ad sets have unless told otherwise: 7 days after a click, 1 day after a view. */
const byDefault: Within = (claim) => clickedWithin(7)(claim) || viewedWithin(1)(claim)

type Sums = Map<string, number | bigint>

interface ActionSums {
  readonly counts: Sums
  readonly values: Sums
}

const plus = (sums: Sums, key: string, count: number): void => {
  sums.set(key, ((sums.get(key) as number | undefined) ?? 0) + count)
}
const plusMicros = (sums: Sums, key: string, micros: bigint): void => {
  sums.set(key, ((sums.get(key) as bigint | undefined) ?? 0n) + micros)
}

function sumByAction(claims: readonly WorldClaim[], windows: readonly string[]): ReadonlyMap<string, ActionSums> {
  const byAction = new Map<string, ActionSums>()
  for (const claim of claims) {
    const sums = byAction.get(claim.action) ?? { counts: new Map(), values: new Map() }
    byAction.set(claim.action, sums)
    const keys = windows.filter((name) => WINDOWS[name]?.(claim))
    if (byDefault(claim)) keys.push('value')
    for (const key of keys) {
      plus(sums.counts, key, claim.count)
      plusMicros(sums.values, key, claim.valueMicros)
    }
  }
  return byAction
}

/** Counts are whole on Meta; a world that splits a conversion shows up with its decimals. */
const countText = (count: number): string => String(Math.round(count * 1e6) / 1e6)

export type ActionEntry = Readonly<Record<string, string>>

function entries(types: readonly string[], texts: ReadonlyMap<string, string>): readonly ActionEntry[] {
  if (texts.size === 0) return []
  return types.map((action_type) => ({ action_type, value: texts.get('value') ?? '0', ...Object.fromEntries(texts) }))
}

function texts<T extends number | bigint>(sums: Sums, text: (sum: T) => string): ReadonlyMap<string, string> {
  const shown = new Map<string, string>()
  for (const [key, sum] of sums) if (sum > 0) shown.set(key, text(sum as T))
  return shown
}

/** `actions`: counts by action type; an action that did not happen has no entry. Clicks on the link are an action too. */
export function actionCounts(
  claims: readonly WorldClaim[],
  linkClicks: number,
  windows: readonly string[],
): readonly ActionEntry[] | undefined {
  const clicked = new Map<string, string>()
  if (linkClicks > 0)
    for (const key of ['value', ...windows.filter((name) => name.endsWith('click'))])
      clicked.set(key, String(linkClicks))
  const counted = [...sumByAction(claims, windows)].flatMap(([action, { counts }]) =>
    entries(actionTypes(action), texts(counts, countText)),
  )
  const all = [...entries(['link_click'], clicked), ...counted]
  return all.length > 0 ? all : undefined
}

/** `action_values`: worth by action type in main units; without entries for actions that were worth nothing. */
export function actionValues(
  claims: readonly WorldClaim[],
  windows: readonly string[],
  currency: string,
): readonly ActionEntry[] | undefined {
  const all = [...sumByAction(claims, windows)].flatMap(([action, { values }]) =>
    entries(
      actionTypes(action),
      texts<bigint>(values, (micros) => toReportedAmount(micros, currency)),
    ),
  )
  return all.length > 0 ? all : undefined
}
