import * as z from 'zod'
import type { AccountId, AccountRef } from '../../model/account.ts'
import type { ConnectionHealth, RequestAllowance, TokenHealth } from '../../model/connection-health.ts'
import { PlatformError } from '../../model/failure.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Instant } from '../../units/calendar.ts'
import { parseExactJson, readAs } from '../../wire/exact-json.ts'
import { blockersOf } from './account.ts'
import type { Graph } from './graph.ts'
import { ACCOUNT_FIELDS, accountSchema } from './schema.ts'
import type { Sent } from './sender.ts'
import { VERSION_ENDS } from './versions.ts'

/** Changing anything needs the first, which holds the second: reading. */
const MANAGE = 'ads_management'
const READ = 'ads_read'

const batchSchema = z.array(z.object({ code: z.number(), body: z.string() }).nullable()).min(1)
/** Seconds since 1970, before the year 10000; 0 stands for never. What is beyond was misread: milliseconds, for one. */
const seconds = z.number().int().nonnegative().max(253_402_300_799)
const inspectedSchema = z.object({
  data: z.object({
    is_valid: z.boolean(),
    expires_at: seconds.optional(),
    data_access_expires_at: seconds.optional(),
    issued_at: seconds.optional(),
    scopes: z.array(z.string()).optional(),
  }),
})
type Inspected = z.output<typeof inspectedSchema>['data']

/**
 * How the connection stands: what Meta says of the token, of the account, and of the quota in the headers of its answers.
 *
 * @throws PlatformError when the account cannot be read, or the token is not valid
 */
export async function readHealth(
  { graph, clock, version }: { graph: Graph; clock: Clock; version: string },
  account: AccountRef,
): Promise<ConnectionHealth> {
  const read = await graph.get(account.id, `act_${account.id}`, { fields: ACCOUNT_FIELDS }, accountSchema)
  const ours = clock.now()
  const sent = await graph.inspectToken(account.id)
  const inspected = inspectedIn(sent)
  if (inspected?.is_valid === false)
    throw new PlatformError({ kind: 'unauthorised', detail: 'Meta says that the access token is not valid' })
  const endsOn = VERSION_ENDS[version]
  return {
    apiVersion: version,
    ...(endsOn === undefined ? {} : { apiVersionEndsOn: endsOn }),
    token: tokenOf(inspected),
    ...scopesOf(inspected?.scopes),
    ...clockOf(sent, ours),
    limits: allowances(graph, account.id),
    blockers: blockersOf(read.account_status, read.disable_reason),
  }
}

/** Undefined where Meta does not say: inspecting is not granted to every token. @throws PlatformError unreadable */
function inspectedIn({ answer }: Sent): Inspected | undefined {
  if (answer.kind !== 'answered' || answer.status !== 200) return undefined
  const [item] = readAs(batchSchema, answer.json, 'batch')
  if (item?.code !== 200) return undefined
  return readAs(inspectedSchema, parseExactJson(item.body), 'debug_token').data
}

function tokenOf(inspected: Inspected | undefined): TokenHealth {
  if (inspected?.expires_at === undefined) return { kind: 'unknown' }
  const issued = inspected.issued_at ? { issuedAt: at(inspected.issued_at) } : {}
  // Access to data ends by itself for tokens of people, ninety days after they last agreed.
  const ends = [inspected.expires_at, inspected.data_access_expires_at ?? 0].filter((second) => second > 0)
  return ends.length === 0
    ? { kind: 'lasts', ...issued }
    : { kind: 'expires', expiresAt: at(Math.min(...ends)), ...issued }
}

const at = (second: number): Instant => (second * 1_000) as Instant

function scopesOf(granted: readonly string[] | undefined): Pick<ConnectionHealth, 'scopes'> {
  if (granted === undefined) return {}
  const missing = granted.includes(MANAGE) ? [] : granted.includes(READ) ? [MANAGE] : [MANAGE, READ]
  return { scopes: { granted, missing } }
}

function clockOf({ answer }: Sent, ours: Instant): Pick<ConnectionHealth, 'clock'> {
  const theirs = answer.kind === 'answered' ? Date.parse(answer.headers.get('date') ?? '') : Number.NaN
  return Number.isNaN(theirs) ? {} : { clock: { theirs: theirs as Instant, ours } }
}

function allowances({ usage }: Graph, account: AccountId): readonly RequestAllowance[] {
  const used = usage.get(account)
  return used
    ? [{ name: 'the fullest of the usage headers', usedShare: used.utilisation, resetsAt: used.clearAt }]
    : [{ name: 'usage headers: none came' }]
}
