import { DAY_MS, type Instant } from '../../../lib/units/calendar.ts'
import type { BiddingEvent } from './bidding-events.ts'
import { ENUMS } from './enums.ts'
import {
  beyondThisWorld,
  type Checked,
  doubleAt,
  type Mistake,
  type MutateContext,
  maskMistakes,
  mistake,
  notFound,
  type Operation,
} from './mutate-types.ts'
import { adjustmentName, exclusionName, parseName } from './names.ts'
import type { Json } from './render.ts'
import { instantOfLocal } from './times.ts'

const MODIFIER = { least: 0.1, most: 10 }
const MAX_ADJUSTMENT_DAYS = 14
const MAX_CAMPAIGNS = 2000

/** Checks an operation on a seasonality adjustment or a data exclusion: creation or removal. */
export function checkEvent(kind: BiddingEvent['kind'], context: MutateContext, operation: Operation): Checked {
  if (operation.verb === 'create') return checkCreate(kind, context, operation)
  const existing = find(kind, context, operation.resource.resourceName)
  if (!existing) return [notFound(operation.resource.resourceName)]
  const resource = kind === 'adjustment' ? 'bidding_seasonality_adjustment' : 'bidding_data_exclusion'
  if (operation.verb === 'update') {
    const mistakes = maskMistakes(resource, operation)
    return mistakes.length > 0 ? mistakes : [beyondThisWorld('update it: remove it and create another')]
  }
  return {
    edits: [],
    apply: () => replace(context, { ...existing, removed: true }),
    resourceName: () => nameOf(existing),
  }
}

const nameOf = ({ kind, accountId, id }: BiddingEvent): string =>
  (kind === 'adjustment' ? adjustmentName : exclusionName)(accountId, id)

function find(kind: BiddingEvent['kind'], { view, account }: MutateContext, name: unknown): BiddingEvent | undefined {
  const parsed = parseName(name)
  const collection = kind === 'adjustment' ? 'biddingSeasonalityAdjustments' : 'biddingDataExclusions'
  if (parsed?.collection !== collection || parsed.customer !== account.id) return undefined
  return view.eventsOf(account, kind).find((e) => e.id === parsed.id)
}

function replace({ view, account }: MutateContext, event: BiddingEvent): void {
  const others = (view.events.get(account.id) ?? []).filter((e) => e.id !== event.id || e.kind !== event.kind)
  view.events.set(account.id, [...others, event])
}

function checkCreate(kind: BiddingEvent['kind'], context: MutateContext, { resource }: Operation): Checked {
  const { view, account } = context
  const mistakes = [...scopeMistakes(resource), ...timeMistakes(kind, context, resource)]
  if (kind === 'adjustment') mistakes.push(...modifierMistakes(resource))
  if (mistakes.length > 0) return mistakes
  let name = ''
  return {
    edits: [],
    apply: () => {
      const id = String(1000 + (view.events.get(account.id)?.length ?? 0))
      const event = eventOf(kind, id, account.id, resource)
      replace(context, event)
      name = nameOf(event)
    },
    resourceName: () => name,
  }
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

function eventOf(kind: BiddingEvent['kind'], id: string, accountId: string, resource: Json): BiddingEvent {
  const modifier = doubleAt(resource, 'conversion_rate_modifier')
  return {
    kind,
    id,
    accountId,
    scope: String(resource.scope),
    removed: false,
    name: String(resource.name ?? ''),
    description: String(resource.description ?? ''),
    startDateTime: String(resource.startDateTime),
    endDateTime: String(resource.endDateTime),
    campaigns: texts(resource.campaigns),
    devices: texts(resource.devices),
    channels: texts(resource.advertisingChannelTypes),
    ...(kind === 'adjustment' && modifier !== undefined ? { conversionRateModifier: modifier } : {}),
  }
}

function scopeMistakes(resource: Json): Mistake[] {
  const scope = String(resource.scope ?? '')
  const required = (field: string) =>
    mistake('fieldError', 'REQUIRED', `Field '${field}' is required.`, ['create', field])
  if (!ENUMS.SeasonalityEventScope.has(scope) || scope.startsWith('UN')) return [required('scope')]
  const campaigns = texts(resource.campaigns)
  if (scope === 'CAMPAIGN' && campaigns.length === 0) return [required('campaigns')]
  if (scope === 'CHANNEL' && texts(resource.advertisingChannelTypes).length === 0)
    return [required('advertising_channel_types')]
  if (campaigns.length > MAX_CAMPAIGNS)
    return [mistake('collectionSizeError', 'TOO_MANY', `At most ${MAX_CAMPAIGNS} campaigns.`, ['create', 'campaigns'])]
  return []
}

function modifierMistakes(resource: Json): readonly Mistake[] {
  const modifier = doubleAt(resource, 'conversion_rate_modifier') ?? 0
  if (modifier >= MODIFIER.least && modifier <= MODIFIER.most) return []
  const code = modifier < MODIFIER.least ? 'TOO_LOW' : 'TOO_HIGH'
  const message = `The modifier must be from ${MODIFIER.least} to ${MODIFIER.most}.`
  const path = ['create', 'conversion_rate_modifier']
  return [mistake('rangeError', code, message, path, { trigger: { doubleValue: modifier } })]
}

/** An adjustment begins in the future and lasts at most 14 days; an exclusion may lie in the past. */
function timeMistakes(kind: BiddingEvent['kind'], context: MutateContext, resource: Json): readonly Mistake[] {
  const { zone } = context.account
  const [start, end] = ['startDateTime', 'endDateTime'].map((key) => instantOfLocal(String(resource[key]), zone))
  if (start === undefined) return [badTime('start_date_time', resource.startDateTime)]
  if (end === undefined) return [badTime('end_date_time', resource.endDateTime)]
  const refuse = (code: string, message: string, field: string) => [
    mistake('dateRangeError', code, message, ['create', field]),
  ]
  if (end <= start) return refuse('START_DATE_AFTER_END_DATE', 'It must begin before it ends.', 'start_date_time')
  return kind === 'adjustment' ? adjustmentTimes(context.view.now, start, end, refuse) : []
}

function adjustmentTimes(
  now: Instant,
  start: Instant,
  end: Instant,
  refuse: (code: string, message: string, field: string) => readonly Mistake[],
): readonly Mistake[] {
  if (start < now) return refuse('CANNOT_SET_DATE_TO_PAST', 'It must begin in the future.', 'start_date_time')
  return end - start > MAX_ADJUSTMENT_DAYS * DAY_MS
    ? refuse('AFTER_MAXIMUM_ALLOWABLE_DATE', `It may last ${MAX_ADJUSTMENT_DAYS} days.`, 'end_date_time')
    : []
}

const badTime = (field: string, value: unknown): Mistake =>
  mistake('stringFormatError', 'INVALID_FORMAT', 'Expected yyyy-MM-dd HH:mm:ss.', ['create', field], {
    trigger: { stringValue: String(value ?? '') },
  })
