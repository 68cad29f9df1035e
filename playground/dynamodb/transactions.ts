/** TransactWriteItems and TransactGetItems over dynalite's single-item operations. */
import { createHash } from 'node:crypto'
import { database, type Entries, type Item, perform, readItem, type Store, type WireObject } from './dynalite.ts'
import {
  type ApiError,
  asApiError,
  type CancellationReason,
  parameterMismatch,
  transactionCancelled,
} from './errors.ts'
import { itemBytes, MAX_ITEM_BYTES } from './item-size.ts'
import { type Action, clientToken, type Misfit, readActions, readGets } from './transaction-actions.ts'
import { capacityOf } from './transaction-capacity.ts'
import type { TransactionLog, UsedToken } from './transaction-log.ts'
import type { BeforeImage } from './undo-journal.ts'

/** Where a transaction is; `index` counts the items written or undone so far. Tests kill the process here. */
export type Step = 'evaluated' | 'journaled' | 'applied' | 'settled' | 'undone'
export type OnStep = (step: Step, index: number) => void

export interface TransactionContext {
  readonly store: Store
  readonly log: TransactionLog
  readonly clock: () => number
  readonly onStep: OnStep
}

/** What an action would do to its item; null stands for no item. */
interface Effect {
  readonly action: Action
  readonly before: Item | null
  readonly after: Item | null
}

/**
 * Runs a TransactWriteItems request whole or not at all. The caller holds the engine's lock exclusively.
 *
 * Every action is first tried without writing, so that a transaction which fails has touched nothing.
 *
 * @throws ApiError TransactionCanceledException, ValidationException, ResourceNotFoundException or
 * IdempotentParameterMismatchException
 */
export async function transactWrite(
  body: WireObject,
  bodyBytes: number,
  context: TransactionContext,
): Promise<WireObject> {
  const { store, log, clock, onStep } = context
  const claim = claimOf(body, clock())
  const earlier = claim && log.usedToken(claim.token, claim.usedAtMs)
  if (earlier && earlier.hash !== claim?.hash) throw parameterMismatch()

  const actions = await readActions(body, store, bodyBytes)
  if (earlier) return capacityOf(body, 'read', await Promise.all(actions.map((action) => current(action, store))))
  const effects = await evaluateAll(actions, store)
  onStep('evaluated', 0)

  await commit(effects.filter(changesItem), context, claim)
  return capacityOf(
    body,
    'write',
    effects.map(({ action, before, after }) => ({ tableName: action.table.TableName, items: [before, after] })),
  )
}

/** Reads all at one instant. The caller holds the engine's lock exclusively. @throws ApiError ValidationException */
export async function transactGet(body: WireObject, { store }: TransactionContext): Promise<WireObject> {
  const gets = await readGets(body, store)
  const responses = await Promise.all(gets.map((parameters) => perform('GetItem', parameters, store)))
  const reads = gets.map((get, index) => ({
    tableName: get.TableName as string,
    items: [(responses[index]?.Item as Item | undefined) ?? null],
  }))
  return {
    Responses: responses.map(({ Item: item }) => (item ? { Item: item } : {})),
    ...capacityOf(body, 'read', reads),
  }
}

/** Rolls back the transaction that a kill left half done, if there is one. To be called before anything is served. */
export async function recover({ store, log, onStep }: Omit<TransactionContext, 'clock'>): Promise<void> {
  const entry = await log.unsettled()
  if (entry === undefined) return
  for (const [index, image] of entry.images.entries()) {
    await restore(image, store)
    onStep('undone', index + 1)
  }
  await log.settle()
}

/** A fault in here leaves the journal in charge: the engine serves nothing more, and the next start rolls back. */
async function commit(
  effects: readonly Effect[],
  { store, log, onStep }: TransactionContext,
  claim: UsedToken | undefined,
): Promise<void> {
  const images = effects.map(({ action, before }) => ({ tableName: action.table.TableName, key: action.key, before }))
  await log.begin(images)
  onStep('journaled', 0)
  let applied = 0
  await Promise.all(
    effects.map(async (effect) => {
      await write(effect, store)
      applied += 1
      onStep('applied', applied)
    }),
  )
  await log.settle(claim)
  onStep('settled', 0)
}

const write = ({ action, after }: Effect, store: Store): Promise<unknown> =>
  putOrDelete(action.table.TableName, action.key, after, store)

const restore = ({ tableName, key, before }: BeforeImage, store: Store): Promise<unknown> =>
  putOrDelete(tableName, key, before, store)

const putOrDelete = (tableName: string, key: Item, item: Item | null, store: Store): Promise<unknown> =>
  item === null
    ? perform('DeleteItem', { TableName: tableName, Key: key }, store)
    : perform('PutItem', { TableName: tableName, Item: item }, store)

const changesItem = ({ action, before, after }: Effect): boolean =>
  action.kind !== 'ConditionCheck' && (before !== null || after !== null)

/** @throws ApiError TransactionCanceledException when any action fails, with a reason for each */
async function evaluateAll(actions: readonly (Action | Misfit)[], store: Store): Promise<readonly Effect[]> {
  const effects: Effect[] = []
  const reasons: CancellationReason[] = []
  for (const action of actions) {
    const outcome = 'reason' in action ? action : await evaluate(action, store)
    if ('reason' in outcome) reasons.push(outcome.reason)
    else {
      effects.push(outcome)
      reasons.push({ Code: 'None' })
    }
  }
  if (effects.length < actions.length) throw transactionCancelled(reasons)
  return effects
}

async function evaluate(action: Action, store: Store): Promise<Effect | Misfit> {
  const before = (await readItem(action.table.TableName, action.key, store)) ?? null
  if (action.kind === 'Update') return evaluateUpdate(action, before, store)
  const refusal = database.checkConditional(action.parameters, before ?? undefined)
  if (refusal) return { reason: reasonOf(asApiError(refusal), action, before) }
  return { action, before, after: afterOf(action, before) }
}

function afterOf({ kind, parameters }: Action, before: Item | null): Item | null {
  if (kind === 'ConditionCheck') return before
  return kind === 'Put' ? (parameters.Item as Item) : null
}

/** Runs dynalite's own update on a copy of the item, for its verdict and its result. */
async function evaluateUpdate(action: Action, before: Item | null, store: Store): Promise<Effect | Misfit> {
  const scratch = { item: before }
  try {
    await perform('UpdateItem', action.parameters, scratchStore(scratch, store))
  } catch (error) {
    return { reason: reasonOf(asApiError(error), action, before) }
  }
  if (scratch.item !== null && isOversize(scratch.item)) return { reason: OVERSIZE_UPDATE }
  return { action, before, after: scratch.item }
}

const OVERSIZE_UPDATE: CancellationReason = {
  Code: 'ValidationError',
  Message: 'Item size to update has exceeded the maximum allowed size',
}

/** UTF-8 takes at most three bytes per UTF-16 unit, so most items need no exact count. */
const isOversize = (item: Item): boolean =>
  JSON.stringify(item).length * 3 > MAX_ITEM_BYTES && itemBytes(item) > MAX_ITEM_BYTES

/** A store that holds one item and forgets index entries: an update of it touches nothing else. */
function scratchStore(scratch: { item: Item | null }, store: Store): Store {
  const entries: Pick<Entries, 'lock' | 'get' | 'put'> = {
    lock: (_key, body) => body((done) => done),
    get: (_key, done) => done(null, scratch.item ?? undefined),
    put: (_key, item, done) => {
      scratch.item = item as Item
      done(null)
    },
  }
  const ignore = (...parameters: readonly unknown[]) => (parameters.at(-1) as (error: null) => void)(null)
  return {
    ...store,
    getItemDb: () => entries as Entries,
    getIndexDb: () => ({ put: ignore, del: ignore }) as unknown as Entries,
  }
}

/** @throws ApiError what is no verdict on the action, such as a fault of the engine */
function reasonOf(error: ApiError, action: Action, before: Item | null): CancellationReason {
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message }
  if (error.code !== 'ConditionalCheckFailedException') throw error
  const item = action.returnsOldItem && before !== null ? { Item: before } : {}
  return { Code: 'ConditionalCheckFailed', Message: error.message, ...item }
}

async function current(action: Action | Misfit, store: Store): Promise<{ tableName: string; items: (Item | null)[] }> {
  if ('reason' in action) throw transactionCancelled([action.reason])
  const { TableName: tableName } = action.table
  return { tableName, items: [(await readItem(tableName, action.key, store)) ?? null] }
}

/** What a transaction with a client token stands for. @throws ApiError ValidationException for a bad token */
function claimOf(body: WireObject, nowMs: number): UsedToken | undefined {
  const token = clientToken(body)
  return token === undefined ? undefined : { token, hash: hashOf(body.TransactItems), usedAtMs: nowMs }
}

/** Of the value itself: the same request written with its fields in another order is the same request. */
const hashOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('base64')

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`
}
