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

/** What one action came to: first under the default setting, then under each window asked for. */
interface ActionSums {
  readonly counts: number[]
  readonly values: bigint[]
}
export type SumsByAction = ReadonlyMap<string, ActionSums>

export function sumByAction(claims: readonly WorldClaim[], windows: readonly string[]): SumsByAction {
  const counted = [byDefault, ...windows.map((name) => WINDOWS[name])]
  const byAction = new Map<string, ActionSums>()
  for (const claim of claims) {
    let sums = byAction.get(claim.action)
    if (!sums) {
      sums = { counts: counted.map(() => 0), values: counted.map(() => 0n) }
      byAction.set(claim.action, sums)
    }
    for (const [at, isWithin] of counted.entries()) {
      if (!isWithin?.(claim)) continue
      sums.counts[at] = (sums.counts[at] ?? 0) + claim.count
      sums.values[at] = (sums.values[at] ?? 0n) + claim.valueMicros
    }
  }
  return byAction
}

/** Counts are whole on Meta; a world that splits a conversion shows up with its decimals. */
const countText = (count: number): string => String(Math.round(count * 1e6) / 1e6)

export type ActionEntry = Readonly<Record<string, string>>

/** One entry per type, with a key for each sum that is not zero; none when all of them are. */
function entries<T extends number | bigint>(
  types: readonly string[],
  sums: readonly T[],
  windows: readonly string[],
  text: (sum: T) => string,
): readonly ActionEntry[] {
  const keys: Record<string, string> = {}
  for (const [at, sum] of sums.entries()) if (sum > 0) keys[at === 0 ? 'value' : (windows[at - 1] ?? '')] = text(sum)
  if (Object.keys(keys).length === 0) return []
  return types.map((action_type) => ({ action_type, value: '0', ...keys }))
}

const unlessNone = (found: readonly ActionEntry[]): readonly ActionEntry[] | undefined =>
  found.length > 0 ? found : undefined

/** `actions`: counts by action type; an action that did not happen has no entry. Clicks on the link are an action too. */
export function actionCounts(
  sums: SumsByAction,
  linkClicks: number,
  windows: readonly string[],
): readonly ActionEntry[] | undefined {
  const clicked = [linkClicks, ...windows.map((name) => (name.endsWith('click') ? linkClicks : 0))]
  const found = [...entries(['link_click'], clicked, windows, countText)]
  for (const [action, { counts }] of sums) found.push(...entries(actionTypes(action), counts, windows, countText))
  return unlessNone(found)
}

/** `action_values`: worth by action type in main units; without entries for actions that were worth nothing. */
export function actionValues(
  sums: SumsByAction,
  windows: readonly string[],
  currency: string,
): readonly ActionEntry[] | undefined {
  const found: ActionEntry[] = []
  const text = (micros: bigint): string => toReportedAmount(micros, currency)
  for (const [action, { values }] of sums) found.push(...entries(actionTypes(action), values, windows, text))
  return unlessNone(found)
}
