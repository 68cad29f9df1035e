import type { AccountRef } from '../../model/account.ts'
import { PlatformError, type PlatformFailure, type WriteResult } from '../../model/failure.ts'
import type { Lever, LeverChange } from '../../model/lever.ts'
import { type RequestUse, useOf } from '../../model/request-limits.ts'
import { failureOf, notSent, refused, sendEach } from '../../wire/send-each.ts'
import type { Basics } from './account.ts'
import type { Api } from './api.ts'
import { type Body, bodyOf, statusBody } from './bodies.ts'
import { wantedOf } from './live.ts'
import { type Known, readObjects } from './objects.ts'
import { itemResults, writeResult } from './results.ts'

export interface WriterParts {
  readonly api: Api
  readonly basics: Basics
  readonly known: Known
}

/** TikTok's own most of ids in one status update. */
const IDS_PER_STATUS = 20

/**
 * Sends each change once, one request after the other; pauses of ad groups together, because TikTok answers for each of
 * them there. Campaigns go one by one: one that cannot be paused would keep all of them running.
 */
export const applyChanges = (
  parts: WriterParts,
  account: AccountRef,
  changes: readonly LeverChange[],
  inTime: () => boolean = () => true,
  look?: () => Promise<(lever: Lever) => string | undefined>,
): Promise<readonly WriteResult[]> =>
  sendEach(changes, {
    account,
    inTime,
    look,
    together: (rest) => sameStatus(rest),
    send: (group) => sendGroup(parts, account, group),
  })

/** How many changes from the first on set ad groups to the same status. */
function sameStatus(rest: readonly LeverChange[]): number {
  const [first] = rest
  const to = first?.to
  if (!first || to?.kind !== 'status' || first.lever.entity !== 'ad-group') return 1
  const other = rest.findIndex(
    (one) => one.to.kind !== 'status' || one.to.status !== to.status || one.lever.entity !== 'ad-group',
  )
  return Math.min(other === -1 ? rest.length : other, IDS_PER_STATUS)
}

async function sendGroup(
  parts: WriterParts,
  account: AccountRef,
  group: readonly LeverChange[],
): Promise<readonly WriteResult[]> {
  const use = useOf(group)
  const missing = await learn(parts, account, group, use)
  const bodies = new Map<LeverChange, Body>()
  for (const change of group) bodies.set(change, await makeBody(parts, account, change, use, missing))
  const sendable = group.filter((change) => 'path' in (bodies.get(change) ?? {}))
  const sent = await sendBodies(parts.api, account, sendable, bodies, use)
  return group.map((change) => sent.get(change) ?? refusalOf(bodies.get(change)))
}

const refusalOf = (body: Body | undefined): WriteResult =>
  notSent('not-honoured', body && 'refusal' in body ? body.refusal : 'there is no such request')

/**
 * Looks at the objects of which nothing is known yet: which level they are of, and who steers them. Where that cannot be
 * read, only a change of status is sent after all: a pause must go out.
 */
async function learn(
  { api, known }: WriterParts,
  { id }: AccountRef,
  group: readonly LeverChange[],
  use: RequestUse,
): Promise<PlatformFailure | undefined> {
  const strangers = group.map(({ lever }) => lever).filter((lever) => !known.byId.has(lever.id))
  if (strangers.length === 0) return undefined
  try {
    known.rememberObjects(await readObjects(api, id, wantedOf(strangers, known), use))
    return undefined
  } catch (error) {
    return failureOf(error)
  }
}

async function makeBody(
  { basics, known }: WriterParts,
  account: AccountRef,
  change: LeverChange,
  use: RequestUse,
  missing: PlatformFailure | undefined,
): Promise<Body> {
  const found = known.byId.get(change.lever.id)
  if (missing && !found && change.lever.kind !== 'status') throw new PlatformError(missing)
  // Only an amount needs the account's currency.
  const currency = change.to.kind === 'money' ? (await basics.of(account.id, use)).currency : undefined
  return bodyOf(account.id, change, currency, found)
}

async function sendBodies(
  api: Api,
  { id }: AccountRef,
  sendable: readonly LeverChange[],
  bodies: ReadonlyMap<LeverChange, Body>,
  use: RequestUse,
): Promise<ReadonlyMap<LeverChange, WriteResult>> {
  const [first] = sendable
  if (!first) return new Map()
  const levers = sendable.map(({ lever }) => lever)
  const body = sendable.length === 1 ? bodies.get(first) : statusBody({ advertiser_id: id }, levers, first.to)
  if (!body || 'refusal' in body) return new Map()
  const sent = await api.post(id, body.path, body.body, use)
  const isStatus = first.lever.kind === 'status'
  const results = isStatus ? itemResults(sent, levers) : [writeResult(sent)]
  return new Map(sendable.map((change, index) => [change, results[index] ?? refused(nothingSaid)]))
}

const nothingSaid: PlatformFailure = { kind: 'transient', detail: 'not sent' }
