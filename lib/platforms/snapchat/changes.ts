import * as z from 'zod'
import type { AccountId, AccountRef } from '../../model/account.ts'
import type { ChangeEvent } from '../../model/structure.ts'
import { type Instant, MINUTE_MS } from '../../units/calendar.ts'
import { type CurrencyCode, money, toDecimal } from '../../units/money.ts'
import type { IndexedEntity, Indexes } from './account-index.ts'
import { type Api, nextQuery } from './api.ts'
import { readEntities } from './envelope.ts'
import { id, time } from './schema.ts'
import type { Params } from './sender.ts'

const valueSchema = z.string().nullish().catch(undefined)
export const changelogSchema = z.object({
  action: z.string(),
  event_at: time,
  entity_id: id,
  user_id: z.string().nullish().catch(undefined),
  email: z.string().nullish().catch(undefined),
  app_id: z.string().nullish().catch(undefined),
  app_name: z.string().nullish().catch(undefined),
  update_value_records: z
    .record(z.string(), z.object({ before_value: valueSchema, after_value: valueSchema }))
    .nullish(),
})
export type Changelog = z.output<typeof changelogSchema>

/** A history is kept by entity: those that were touched are asked one by one, at ten requests a second. */
const ENTITIES_MAX = 100
/** The listing of the structure that was read just before. */
const FRESH_MS = 2 * MINUTE_MS

export interface ChangeOptions {
  readonly api: Api
  readonly indexes: Indexes
  /** Names or ids of the users and applications that Sluice acts as. */
  readonly ours: ReadonlySet<string>
}

/**
 * Changes since `since` of the campaigns and ad squads that say they were updated since, oldest first.
 *
 * @see https://developers.snap.com/api/marketing-api/Ads-API/audit-logs
 * @returns `unreviewed` where more entities were updated than can be asked one by one
 */
export async function readChanges(
  { api, indexes, ours }: ChangeOptions,
  account: AccountRef,
  since: Instant,
  currency: CurrencyCode,
): Promise<readonly ChangeEvent[] | 'unreviewed'> {
  const { entities } = await indexes.of(account.id, FRESH_MS)
  // One that does not say when it was updated may have been.
  const touched = entities.filter(({ updatedAt }) => updatedAt === undefined || updatedAt >= since)
  if (touched.length > ENTITIES_MAX) return 'unreviewed'
  const events: ChangeEvent[] = []
  for (const entity of touched)
    for (const log of await readLogs(api, account.id, entity, since))
      events.push(...eventsOf(log, entity, currency, ours))
  return events.filter(({ at }) => at >= since).toSorted((a, b) => a.at - b.at)
}

/** Newest first, as far back as the first page on which all are older. */
async function readLogs(
  api: Api,
  account: AccountId,
  { kind, id }: IndexedEntity,
  since: Instant,
): Promise<readonly Changelog[]> {
  const path = `${kind === 'campaign' ? 'campaigns' : 'adsquads'}/${id}/external_changelogs`
  const logs: Changelog[] = []
  const seen = new Set<string>()
  let query: Params | undefined = { limit: '50' }
  while (query) {
    const { json, redact } = await api.answer({ account, path, query })
    const page = readEntities(json, 'changelogs', 'changelog', changelogSchema, redact)
    logs.push(...page.entities)
    const isOld = page.entities.length > 0 && page.entities.every((log) => log.event_at < since)
    query = isOld ? undefined : nextQuery(page.next, api.sender.origin, path, seen)
  }
  return logs
}

interface Meaning {
  readonly on: 'budget' | 'entity'
  readonly field: string
  readonly isMoney?: true
}

const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['daily_budget_micro', { on: 'budget', field: 'amount', isMoney: true }],
  ['lifetime_budget_micro', { on: 'budget', field: 'amount', isMoney: true }],
  ['lifetime_spend_cap_micro', { on: 'budget', field: 'amount', isMoney: true }],
  ['bid_micro', { on: 'entity', field: 'bid', isMoney: true }],
  ['bid_strategy', { on: 'entity', field: 'strategy' }],
])

/** The changes of levers that one entry tells of; each entry is of one entity. */
export function eventsOf(
  log: Changelog,
  entity: IndexedEntity,
  currency: CurrencyCode,
  ours: ReadonlySet<string>,
): readonly ChangeEvent[] {
  const by = { at: log.event_at, actor: log.email ?? log.app_name ?? 'unknown', origin: originOf(log, ours) }
  const own = { kind: entity.kind === 'campaign' ? 'campaign' : 'ad-group', id: entity.id } as const
  const records = Object.entries(log.update_value_records ?? {})
  if (records.length === 0) return [{ ...by, entity: own, field: log.action.toLowerCase() }]
  return records.map(([name, { before_value, after_value }]): ChangeEvent => {
    const meaning = meaningOf(name, entity)
    const [from, to] = [before_value, after_value].map((text) => valueText(text, meaning, currency))
    return {
      ...by,
      entity: meaning.on === 'budget' ? { kind: 'budget', id: entity.id } : own,
      field: meaning.field,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    }
  })
}

function meaningOf(name: string, { kind, isSmart }: IndexedEntity): Meaning {
  const known = MEANINGS.get(name) ?? { on: 'entity', field: name.replaceAll('_', '-') }
  // Without smart budgets a campaign's amounts are caps, and under them an ad squad's are Snapchat's own division.
  const isBudget = (kind === 'campaign') === isSmart
  return known.on === 'budget' && !isBudget ? { ...known, on: 'entity', field: 'spend-cap' } : known
}

/** Values are JSON inside of text: `"868402"`, `"\"ACTIVE\""`. Amounts become main units. */
function valueText(text: string | null | undefined, meaning: Meaning, currency: CurrencyCode): string | undefined {
  if (text === null || text === undefined) return undefined
  if (meaning.isMoney && /^\d{1,24}$/.test(text)) return toDecimal(money(BigInt(text), currency))
  const quoted = /^"(.*)"$/s.exec(text)
  return quoted ? quoted[1] : text
}

/** Snapchat's own screens: what is done there is done by a person. */
const SCREENS = /^(snap(chat)? )?(ads|business) manager$/i

function originOf({ user_id, email, app_id, app_name }: Changelog, ours: ReadonlySet<string>): ChangeEvent['origin'] {
  if ([user_id, email, app_id, app_name].some((name) => typeof name === 'string' && ours.has(name))) return 'ours'
  if (app_name && !SCREENS.test(app_name)) return 'other-tool'
  return email ? 'human' : 'unknown'
}
