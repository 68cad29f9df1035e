import type { AccountId, AccountRef } from '../../model/account.ts'
import type { PlatformFailure, WriteResult } from '../../model/failure.ts'
import type { Lever, LeverChange } from '../../model/lever.ts'
import { type RequestUse, useOf } from '../../model/request-limits.ts'
import type { CurrencyCode } from '../../units/money.ts'
import { failureOf, notSent, refused, sendEach, TokenRefused } from '../../wire/send-each.ts'
import type { Api } from './api.ts'
import { bodyOf, type Context, levelOf } from './bodies.ts'
import { LEVELS, type Level, readMany } from './entities.ts'
import { type Held, heldBy, readFound } from './live.ts'
import { isRefusedWhole, outcomesOf } from './outcome.ts'
import { rawBidOptionsSchema, rawGoalSchema } from './schema.ts'
import { isTokenRefused } from './sender.ts'

export interface WriterOptions {
  readonly api: Api
  readonly currency: (account: AccountId, use?: RequestUse) => Promise<CurrencyCode>
  /** Entities whose last request was refused as a whole: each of them goes alone from then on. */
  readonly alone: Set<string>
}

/** Pinterest's own most. */
const ITEMS_MAX = 30

/** Pushes absolute values, at most 30 entities of one level in a request, each entity once in it. */
export async function applyChanges(
  options: WriterOptions,
  account: AccountRef,
  changes: readonly LeverChange[],
  inTime: () => boolean,
  look?: () => Promise<(lever: Lever) => string | undefined>,
): Promise<readonly WriteResult[]> {
  const budgets = await budgetsOf(options.api, account, changes)
  const level = ({ lever }: LeverChange): Level | undefined => levelOf(lever, budgets.held)
  const sendable = changes.filter((change) => !(change.lever.entity === 'budget' && budgets.failure))
  const sent = await sendEach(sendable, {
    account,
    inTime,
    look,
    together: (rest) => togetherOf(rest, level, options.alone),
    send: (some) => sendSome(options, account, some, budgets.held),
  })
  const results = new Map(sendable.map((change, index) => [change, sent[index]]))
  return changes.map((change) => results.get(change) ?? refused(budgets.failure ?? failureOf(undefined)))
}

interface Budgets {
  readonly held: (id: string) => Held | undefined
  /** Why nothing is known of them. Pauses go out all the same. */
  readonly failure?: PlatformFailure
}

/** A budget's id does not say what holds it: it is read, just before it is written. */
async function budgetsOf(api: Api, account: AccountRef, changes: readonly LeverChange[]): Promise<Budgets> {
  const levers = changes.map(({ lever }) => lever).filter(({ entity, id }) => entity === 'budget' && /^\d+$/.test(id))
  if (levers.length === 0) return { held: () => undefined }
  try {
    const found = await readFound(api, account, levers, useOf(changes))
    const held = new Map(levers.map(({ id }) => [id, heldBy(id, found)]))
    return { held: (id) => held.get(id) }
  } catch (error) {
    return { held: () => undefined, failure: failureOf(error) }
  }
}

/** Needs nothing to be read first, so that it goes out where nothing can be. */
const isPlain = ({ lever }: LeverChange): boolean => lever.kind === 'status'

/** How many from the first on are of its level, of entities of their own, and allowed company. */
function togetherOf(
  rest: readonly LeverChange[],
  level: (change: LeverChange) => Level | undefined,
  alone: ReadonlySet<string>,
): number {
  const [first] = rest
  if (!first || alone.has(first.lever.id)) return 1
  const ids = new Set<string>()
  for (const change of rest) {
    const { id } = change.lever
    if (ids.size === ITEMS_MAX || ids.has(id) || alone.has(id)) break
    if (level(change) !== level(first) || isPlain(change) !== isPlain(first)) break
    ids.add(id)
  }
  return ids.size
}

async function sendSome(
  { api, currency, alone }: WriterOptions,
  account: AccountRef,
  changes: readonly LeverChange[],
  held: Context['held'],
): Promise<readonly WriteResult[]> {
  const use = useOf(changes)
  const context = await contextOf(api, account, changes, use, currency, held)
  const bodies = changes.map((change) => bodyOf(change, context))
  const items = bodies.flatMap((body) => ('item' in body ? [body.item] : []))
  const [level] = changes.map(({ lever }) => levelOf(lever, held))
  const results = items.length > 0 && level ? await patch(api, account, level, items, use, alone) : []
  let next = 0
  return bodies.map((body) =>
    'refusal' in body
      ? notSent('not-honoured', body.refusal)
      : (results[next++] ?? { kind: 'unknown', detail: 'the answer says nothing of this change' }),
  )
}

async function patch(
  api: Api,
  account: AccountRef,
  level: Level,
  items: readonly Readonly<Record<string, unknown>>[],
  use: RequestUse,
  alone: Set<string>,
): Promise<readonly WriteResult[]> {
  const ids = items.map(({ id }) => String(id))
  const sent = await api.patch(account.id, LEVELS[level].path, items, use)
  const results = outcomesOf(sent, ids)
  const [first] = results
  if (isTokenRefused(sent) && first?.kind === 'refused') throw new TokenRefused(first.failure)
  if (!isRefusedWhole(results, sent)) return results
  // Nobody knows whose fault it was. Nothing was carried out, so that a later turn may send each by itself.
  for (const id of ids) alone.add(id)
  return results.map((result) =>
    refused({
      kind: 'transient',
      detail: `${wordsOf(result)}, for one of ${ids.length} items: each goes alone next time`,
    }),
  )
}

const wordsOf = (result: WriteResult | undefined): string => (result?.kind === 'refused' ? result.failure.detail : '')

/** What the bodies of these changes need: nothing at all for a pause. */
async function contextOf(
  api: Api,
  account: AccountRef,
  changes: readonly LeverChange[],
  use: RequestUse,
  currency: WriterOptions['currency'],
  held: Context['held'],
): Promise<Context> {
  const idsOf = (kind: Lever['kind'], entity: Level) =>
    changes.filter(({ lever }) => lever.kind === kind && lever.entity === entity).map(({ lever }) => lever.id)
  const where = { account: account.id, use }
  const goals = await readMany(api, { ...where, level: 'ad-group' }, idsOf('target-cpa', 'ad-group'), rawGoalSchema)
  const multiplied = idsOf('bid-multiplier', 'campaign')
  const factors = await readMany(api, { ...where, level: 'campaign' }, multiplied, rawBidOptionsSchema)
  return {
    account,
    currency: changes.some(({ to }) => to.kind === 'money') ? await currency(account.id, use) : undefined,
    held,
    goal: (id) => goals.get(id)?.optimization_goal_metadata ?? undefined,
    factors: (id) => {
      const campaign = factors.get(id)
      return campaign && (campaign.bid_options?.app_type_multipliers ?? {})
    },
  }
}
