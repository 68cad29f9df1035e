import { DAY_MS } from '../../../lib/units/calendar.ts'
import type { WorldAccount, WorldActor, WorldChange } from '../../world.ts'
import { badParameter } from './errors.ts'
import { toApiUnits } from './money.ts'
import type { ActivityNode, FieldContext } from './nodes.ts'
import type { Params } from './params.ts'
import { parseGraphTime } from './times.ts'

/** Where a change happened, in the history's own words: campaigns are CAMPAIGN_GROUP and ad sets CAMPAIGN there. */
export interface ActivityObject {
  readonly type: 'ACCOUNT' | 'CAMPAIGN_GROUP' | 'CAMPAIGN'
  readonly id: string
  readonly name: string
}

type Level = 'account' | 'campaign' | 'ad-set'

const EVENT_TYPES: Readonly<Record<WorldChange['field'], Readonly<Partial<Record<Level, string>>>>> = {
  amount: { campaign: 'update_campaign_budget', 'ad-set': 'update_ad_set_budget' },
  status: { campaign: 'update_campaign_run_status', 'ad-set': 'update_ad_set_run_status' },
  'target-cpa': { 'ad-set': 'update_ad_set_bidding' },
  'target-roas': { 'ad-set': 'update_ad_set_bidding' },
  bid: { 'ad-set': 'update_ad_set_bidding' },
  strategy: { 'ad-set': 'update_ad_set_bid_strategy' },
  'device-multiplier': { 'ad-set': 'update_ad_set_bid_adjustments' },
  'criterion-multiplier': {},
  schedule: { campaign: 'update_campaign_group_high_demand_periods', 'ad-set': 'update_campaign_high_demand_periods' },
  'spend-cap': { account: 'ad_account_update_spend_limit' },
}

const TYPE_OF_LEVEL = { account: 'ACCOUNT', campaign: 'CAMPAIGN_GROUP', 'ad-set': 'CAMPAIGN' } as const

function ownerOf(account: WorldAccount, { entity }: WorldChange): { readonly level: Level; readonly id: string } {
  if (entity.kind === 'account') return { level: 'account', id: account.id }
  if (entity.kind === 'campaign') return { level: 'campaign', id: entity.id }
  if (entity.kind === 'ad-group') return { level: 'ad-set', id: entity.id }
  const budget = account.budgets.get(entity.id)
  return { level: budget?.owner === 'ad-group' ? 'ad-set' : 'campaign', id: budget?.feeds[0] ?? entity.id }
}

function nameOf(account: WorldAccount, change: WorldChange, level: Level, id: string): string {
  if (level === 'account') return account.name
  if (level === 'campaign') return account.campaigns.get(id)?.name ?? ''
  const parents = change.campaignId ? [account.campaigns.get(change.campaignId)] : account.campaigns.values()
  for (const campaign of parents) {
    const found = campaign?.adGroups.get(id)
    if (found) return found.name
  }
  return ''
}

export function activityObject({ account, change }: ActivityNode): ActivityObject {
  const { level, id } = ownerOf(account, change)
  return { type: TYPE_OF_LEVEL[level], id, name: nameOf(account, change, level, id) }
}

export function eventType({ account, change }: ActivityNode): string {
  const { level } = ownerOf(account, change)
  const types = EVENT_TYPES[change.field]
  return types[level] ?? Object.values(types)[0] ?? 'unknown'
}

const apiUnits = (micros: string, account: WorldAccount): number | string =>
  /^\d+$/.test(micros) ? Number(toApiUnits(BigInt(micros), account.currency)) : micros

const STATUS_WORDS: Readonly<Record<string, string>> = { active: 'Active', paused: 'Inactive', removed: 'Archived' }
const MONEY_FIELDS: ReadonlySet<string> = new Set(['bid', 'target-cpa', 'spend-cap'])

/**
 * `extra_data`: JSON text. Budgets come nested, in API units, with the period in words, as accounts in the open show them;
 * everything else comes flat.
 */
export function extraData({ account, change }: ActivityNode): string {
  const { field, from, to } = change
  if (field === 'amount') {
    const lifetime = account.budgets.get(change.entity.id)?.period === 'lifetime'
    const type = lifetime ? 'Lifetime budget' : 'Per day'
    return JSON.stringify({
      old_value: { old_value: apiUnits(from, account), type },
      new_value: { new_value: apiUnits(to, account), type },
    })
  }
  const shown = (value: string): number | string =>
    field === 'status' ? (STATUS_WORDS[value] ?? value) : MONEY_FIELDS.has(field) ? apiUnits(value, account) : value
  return JSON.stringify({ old_value: shown(from), new_value: shown(to) })
}

/** A stable number for a name, for ids that the world does not have. */
function pseudoId(name: string): string {
  let hash = 7n
  for (const char of name) hash = (hash * 31n + BigInt(char.codePointAt(0) ?? 0)) % 9_999_999_999n
  return `1000${hash.toString().padStart(10, '0')}`
}

export interface ActivityActor {
  readonly id: string
  readonly name: string
  readonly applicationId?: string
  readonly applicationName?: string
}

/** People work in Ads Manager; API edits carry their app; what Meta does itself has no application. */
export function activityActor(actor: WorldActor, { user, app }: FieldContext): ActivityActor {
  if (actor.kind === 'human')
    return {
      id: pseudoId(actor.name),
      name: actor.name,
      applicationId: '119211728144504',
      applicationName: 'Power Editor',
    }
  if (actor.kind === 'automatic') return { id: '0', name: actor.name }
  if (actor.name === app.id) return { ...user, applicationId: app.id, applicationName: app.name }
  const applicationId = /^\d+$/.test(actor.name) ? actor.name : pseudoId(actor.name)
  return { id: pseudoId(`user ${actor.name}`), name: actor.name, applicationId, applicationName: actor.name }
}

function bound(params: Params, name: 'since' | 'until'): number | undefined {
  const text = params.text(name)
  if (text === undefined) return undefined
  const at = parseGraphTime(text)
  if (at === undefined) throw badParameter(`param ${name} must be a valid date or Unix timestamp.`)
  return at
}

/** The account's history, newest first; one week of it unless `since` says otherwise. */
export function activitiesOf(account: WorldAccount, params: Params, now: number): readonly ActivityNode[] {
  const until = bound(params, 'until') ?? Number.POSITIVE_INFINITY
  const since = bound(params, 'since') ?? Math.min(now, until) - 7 * DAY_MS
  return account.changes
    .filter(({ at }) => at >= since && at <= until)
    .toReversed()
    .map((change) => ({ kind: 'activity', account, change }))
}
