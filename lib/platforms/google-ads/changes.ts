import type { enums } from 'google-ads-api/enums'
import * as z from 'zod'
import type { AccountRef } from '../../model/account.ts'
import type { ChangeEvent } from '../../model/structure.ts'
import type { Clock } from '../../ports/clock.ts'
import { DAY_MS, HOUR_MS, type Instant, later } from '../../units/calendar.ts'
import { type Customer, ownAccount } from './account.ts'
import { accountTime, instantOf } from './gaql.ts'
import type { GoogleAdsRest } from './rest.ts'
import { byName, idOf, resourceName, unreadable } from './schema.ts'

type ClientType = keyof typeof enums.ChangeClientType
type Origin = ChangeEvent['origin']

const changed = z.record(z.string(), z.unknown()).optional()
const row = z.object({
  changeEvent: z.object({
    resourceName: z.string(),
    changeDateTime: z.string(),
    changeResourceType: z.string(),
    changeResourceName: resourceName,
    clientType: z.string().default('UNKNOWN'),
    userEmail: z.string().default(''),
    resourceChangeOperation: z.string(),
    changedFields: z.string().default(''),
    oldResource: changed,
    newResource: changed,
    campaign: z.string().optional(),
  }),
})
type Fields = z.infer<typeof row>['changeEvent']

/** What the platform lets one query return, and how far back it remembers. */
const LIMIT = 10_000
const MEMORY_MS = 30 * DAY_MS

const ORIGINS = byName<ClientType, Origin>({
  GOOGLE_ADS_WEB_CLIENT: 'human',
  GOOGLE_ADS_MOBILE_APP: 'human',
  GOOGLE_ADS_EDITOR: 'human',
  GOOGLE_ADS_BULK_UPLOAD: 'human',
  // A recommendation that a person accepted; those that apply themselves are the subscription's.
  GOOGLE_ADS_RECOMMENDATIONS: 'human',
  GOOGLE_ADS_RECOMMENDATIONS_SUBSCRIPTION: 'platform',
  INTERNAL_TOOL: 'platform',
  GOOGLE_ADS_API: 'other-tool',
  GOOGLE_ADS_SCRIPTS: 'other-tool',
  GOOGLE_ADS_AUTOMATED_RULE: 'other-tool',
  SEARCH_ADS_360_SYNC: 'other-tool',
  SEARCH_ADS_360_POST: 'other-tool',
})

/**
 * An address of ours counts only through the API: the same person may also use the web interface, by hand.
 *
 * @param ours addresses of the credentials that Sluice uses, or client types that nobody else uses
 */
export function originOf(clientType: string, email: string, ours: ReadonlySet<string>): Origin {
  if (ours.has(clientType)) return 'ours'
  if (clientType === 'GOOGLE_ADS_API' && ours.has(email.toLowerCase())) return 'ours'
  return ORIGINS.get(clientType) ?? 'unknown'
}

const KINDS: ReadonlyMap<string, readonly [kind: ChangeEvent['entity']['kind'], resource: string]> = new Map([
  ['CAMPAIGN_BUDGET', ['budget', 'campaignBudget']],
  ['CAMPAIGN', ['campaign', 'campaign']],
  ['CAMPAIGN_CRITERION', ['campaign', 'campaignCriterion']],
  ['AD_GROUP', ['ad-group', 'adGroup']],
])

/** Paths of fields that are levers, by the lever's name; every other field keeps Google's path. */
const LEVERS: ReadonlyMap<string, string> = new Map([
  ['amountMicros', 'daily-budget'],
  ['totalAmountMicros', 'lifetime-budget'],
  ['targetCpaMicros', 'target-cpa'],
  ['targetRoas', 'target-roas'],
  ['bidModifier', 'bid-multiplier'],
  ['status', 'status'],
])
const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

const camel = (path: string): string => path.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

function at(resource: unknown, path: string): string | undefined {
  let value = resource
  for (const key of path.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
  if (value === undefined || value === null) return undefined
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const asText = <K extends 'from' | 'to'>(key: K, value: string | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string }

/**
 * When it happened. The resource name carries microseconds since 1970, free of the hour that autumn repeats; the local
 * time guards against a name of another form.
 */
function instantOfEvent(event: Fields, { zone }: Customer): Instant {
  let local: Instant
  try {
    local = instantOf(event.changeDateTime, zone)
  } catch (error) {
    throw unreadable(`changeEvent.changeDateTime: ${error instanceof Error ? error.message : String(error)}`)
  }
  const named = /\/(\d{1,16})~\d+~\d+$/.exec(event.resourceName)
  const exact = named ? Math.floor(Number(named[1]) / 1000) : Number.NaN
  return Math.abs(exact - local) <= 2 * HOUR_MS ? (exact as Instant) : local
}

function eventsOf(event: Fields, customer: Customer, ours: ReadonlySet<string>): readonly ChangeEvent[] {
  const found = KINDS.get(event.changeResourceType)
  if (!found) return []
  const [kind, resource] = found
  const owner = event.changeResourceType === 'CAMPAIGN_CRITERION' ? (event.campaign ?? '') : event.changeResourceName
  const id = idOf(owner).split('~')[0] ?? ''
  const common = {
    at: instantOfEvent(event, customer),
    actor: event.userEmail || event.clientType,
    origin: originOf(event.clientType, event.userEmail, ours),
    entity: { kind, id },
  }
  if (event.resourceChangeOperation !== 'UPDATE')
    return [{ ...common, field: event.resourceChangeOperation === 'CREATE' ? 'created' : 'removed' }]
  const paths = event.changedFields.split(',').flatMap((path) => camel(path.trim()) || [])
  return paths.map((path) => ({
    ...common,
    field: LEVERS.get(lastOf(path)) ?? path,
    ...asText('from', at(event.oldResource?.[resource], path)),
    ...asText('to', at(event.newResource?.[resource], path)),
  }))
}

const queryOf = (from: string, to: string): string =>
  'SELECT change_event.resource_name, change_event.change_date_time, change_event.change_resource_type, ' +
  'change_event.change_resource_name, change_event.client_type, change_event.user_email, ' +
  'change_event.resource_change_operation, change_event.changed_fields, change_event.old_resource, ' +
  'change_event.new_resource, change_event.campaign FROM change_event ' +
  `WHERE change_event.change_date_time >= '${from}' AND change_event.change_date_time <= '${to}' ` +
  "AND change_event.change_resource_type IN ('CAMPAIGN', 'CAMPAIGN_BUDGET', 'CAMPAIGN_CRITERION', 'AD_GROUP') " +
  `ORDER BY change_event.change_date_time LIMIT ${LIMIT}`

/** Every event from one local time to another: a full answer is taken up again at its last time. */
async function allEvents(
  rest: GoogleAdsRest,
  account: AccountRef,
  from: string,
  to: string,
): Promise<readonly Fields[]> {
  const byName = new Map<string, Fields>()
  let start = from
  for (;;) {
    const found = await rest.rows(ownAccount(account), queryOf(start, to), row)
    for (const { changeEvent } of found) byName.set(changeEvent.resourceName, changeEvent)
    const last = found.at(-1)?.changeEvent.changeDateTime
    if (found.length < LIMIT || last === undefined) return [...byName.values()]
    if (last <= start) throw unreadable(`more than ${LIMIT} change events at ${start}: they cannot all be read`)
    start = last
  }
}

/**
 * Changes of budgets, campaigns, multipliers and ad groups since an instant, oldest first; Google remembers
 * 30 days, and what is older is not told.
 *
 * @throws PlatformError
 */
export async function readChanges(
  rest: GoogleAdsRest,
  clock: Clock,
  account: AccountRef,
  customer: Customer,
  since: Instant,
  ours: ReadonlySet<string>,
): Promise<readonly ChangeEvent[]> {
  const now = clock.now()
  // An hour inside the limit, so that the answer does not depend on how long the question takes.
  const from = Math.max(since, now - MEMORY_MS + HOUR_MS) as Instant
  const [start, end] = [accountTime(from, customer.zone), accountTime(later(now, HOUR_MS), customer.zone)]
  const events = (await allEvents(rest, account, start, end)).flatMap((event) => eventsOf(event, customer, ours))
  return events.filter(({ at }) => at >= since).toSorted((a, b) => a.at - b.at)
}
