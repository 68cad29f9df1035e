import * as z from 'zod'
import type { AccountRef } from '../../model/account.ts'
import type { ConversionAction } from '../../model/conversion-action.ts'
import type { Clock } from '../../ports/clock.ts'
import { addDays, dateAt } from '../../units/calendar.ts'
import type { AccountBasics } from './account.ts'
import { type ActionTypes, CLICK_DAYS, VIEW_DAYS } from './conversions.ts'
import type { Graph } from './graph.ts'
import { id, PAGE_SIZE } from './schema.ts'

/** What was counted over these days is what can be counted: Meta has no list of it. */
const DAYS = 28

/** Meta's longest has 28; a number beyond a year is no window. */
const window_days = z.number().int().nonnegative().max(366)
const adSetSchema = z.object({
  id,
  promoted_object: z
    .object({ custom_event_type: z.string().optional(), custom_conversion_id: id.optional() })
    .optional(),
  attribution_spec: z.array(z.object({ event_type: z.string(), window_days })).optional(),
})
type AdSet = z.output<typeof adSetSchema>

const rowSchema = z.object({ actions: z.array(z.looseObject({ action_type: z.string().min(1) })).optional() })

/** Actions on the advertisement itself, which nobody sells anything by. */
const ENGAGEMENT =
  /^(?:(?:omni_)?landing_page_view|link_click|like|comment|post|photo_view|video_view|(?:post|page)_\w+|onsite_conversion\.post_\w+)$/

export interface ActionsOptions {
  readonly graph: Graph
  readonly clock: Clock
  readonly actionTypes: ActionTypes
  readonly basics: AccountBasics
}

/**
 * What was counted in the account lately, under the names that a policy's rule has for it, with the windows that Meta offers:
 * first the setting that most of the active ad sets have.
 *
 * @throws PlatformError
 */
export async function readConversionActions(
  { graph, clock, actionTypes, basics }: ActionsOptions,
  account: AccountRef,
): Promise<readonly ConversionAction[]> {
  const adSets = await graph.all(
    account.id,
    `act_${account.id}/adsets`,
    { fields: 'id,promoted_object,attribution_spec', effective_status: '["ACTIVE"]', limit: PAGE_SIZE },
    adSetSchema,
  )
  const today = dateAt(clock.now(), basics.zone)
  const range = JSON.stringify({ since: addDays(today, -DAYS), until: today })
  const rows = await graph.all(
    account.id,
    `act_${account.id}/insights`,
    { level: 'account', fields: 'actions', time_range: range, action_attribution_windows: '["28d_click","1d_view"]' },
    rowSchema,
  )
  const seen = rows.flatMap(({ actions = [] }) => actions.map(({ action_type }) => action_type))
  const windows = {
    click: windowsFirst(adSets, 'CLICK_THROUGH', CLICK_DAYS),
    view: windowsFirst(adSets, 'VIEW_THROUGH', VIEW_DAYS),
  }
  const bidFor = adSets.flatMap(({ promoted_object }) => goalsOf(promoted_object))
  return [...new Set(seen)].toSorted().flatMap((type) => {
    const action = nameOf(type, actionTypes)
    if (action === undefined || ENGAGEMENT.test(type)) return []
    return [
      {
        action,
        name: type,
        clickWindowDays: windows.click,
        viewWindowDays: windows.view,
        basis: 'mixed' as const,
        ...(bidFor.length > 0 ? { isBidFor: bidFor.some((goal) => type.includes(goal)) } : {}),
      },
    ]
  })
}

/** What a rule calls it; undefined for a type whose name stands for another one, so that no rule can mean it. */
function nameOf(type: string, types: ActionTypes): string | undefined {
  const ours = Object.keys(types).find((name) => types[name] === type)
  return ours ?? (Object.hasOwn(types, type) ? undefined : type)
}

/** Parts of the names of what an ad set bids for: `purchase` of PURCHASE, which Meta counts under several names. */
const goalsOf = (promoted: AdSet['promoted_object']): readonly string[] => [
  ...(promoted?.custom_event_type ? [promoted.custom_event_type.toLowerCase()] : []),
  ...(promoted?.custom_conversion_id ? [`custom.${promoted.custom_conversion_id}`] : []),
]

/** The windows that there are, that which most ad sets have first. */
function windowsFirst(adSets: readonly AdSet[], event: string, offered: readonly number[]): readonly number[] {
  const uses = adSets.map(
    ({ attribution_spec = [] }) => attribution_spec.find(({ event_type }) => event_type === event)?.window_days ?? 0,
  )
  const counts = Map.groupBy(uses, (days) => days)
  const [most] = [...counts].toSorted(([, a], [, b]) => b.length - a.length)
  if (!most) return offered
  return [most[0], ...offered.filter((days) => days !== most[0])]
}
