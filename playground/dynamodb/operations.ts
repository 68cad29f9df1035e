/** One request to the engine: which operation, under which lock, by dynalite or by the layer around it. */
import {
  type Item,
  isOperation,
  keyOf,
  type Operation,
  perform,
  readItem,
  tableOf,
  validate,
  type WireObject,
} from './dynalite.ts'
import { ApiError, asApiError, internalError, unknownOperation, validationError } from './errors.ts'
import { itemBytes, MAX_ITEM_BYTES } from './item-size.ts'
import type { ReadWriteLock } from './read-write-lock.ts'
import {
  createTable,
  deleteTable,
  describeTable,
  describeTimeToLive,
  updateTable,
  updateTimeToLive,
} from './table-settings.ts'
import type { TransactionLog } from './transaction-log.ts'
import { type TransactionContext, transactGet, transactWrite } from './transactions.ts'

export interface Request {
  readonly operation: string
  readonly body: WireObject
  /** Length of the body on the wire. */
  readonly bodyBytes: number
}

export interface EngineContext extends TransactionContext {
  readonly lock: Lock
  readonly forgetTables: () => void
}

export type Lock = Pick<ReadWriteLock, 'shared' | 'exclusive'>
export type Answer = (request: Request) => Promise<WireObject>

/**
 * The lock, refusing everybody once a transaction has broken off: it may be half written, and only a restart, which
 * rolls it back, may serve again.
 */
export function guardedLock(lock: ReadWriteLock, log: TransactionLog): Lock {
  const whole =
    <T>(work: () => Promise<T>) =>
    async () => {
      if (log.isOpen) throw internalError('a transaction broke off; restart the engine, which rolls it back')
      return work()
    }
  return {
    shared: (work) => lock.shared(whole(work)),
    exclusive: (work) => lock.exclusive(whole(work)),
  }
}

/** Answers one request; throws ApiError for everything a client is to see as an error. */
export async function answer(request: Request, context: EngineContext): Promise<WireObject> {
  const { operation, body, bodyBytes } = request
  const { lock, store } = context
  switch (operation) {
    case 'TransactWriteItems':
      return lock.exclusive(() => transactWrite(body, bodyBytes, context))
    case 'TransactGetItems':
      return lock.exclusive(() => transactGet(body, context))
    case 'UpdateTimeToLive':
      return lock.exclusive(() => updateTimeToLive(body, store))
    case 'DescribeTimeToLive':
      return lock.shared(() => describeTimeToLive(body, store))
    case 'DescribeTable':
      return lock.shared(async () => describeTable(validate('DescribeTable', body, store), store))
    case 'CreateTable':
    case 'UpdateTable':
    case 'DeleteTable':
      return lock.exclusive(() => changeTable(operation, body, context))
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return lock.shared(() => writeItem(operation, request, context))
    default:
      if (!isOperation(operation)) throw unknownOperation()
      return lock.shared(() => passThrough(operation, request, context))
  }
}

async function passThrough(
  operation: Operation,
  { body, bodyBytes }: Request,
  { store }: EngineContext,
): Promise<WireObject> {
  const parameters = validate(operation, body, store)
  if (operation === 'BatchWriteItem' && bodyBytes > MAX_ITEM_BYTES) refuseOversizeBatch(parameters)
  return perform(operation, parameters, store)
}

async function changeTable(
  operation: 'CreateTable' | 'UpdateTable' | 'DeleteTable',
  body: WireObject,
  { store, forgetTables }: EngineContext,
): Promise<WireObject> {
  const isProtected = body.DeletionProtectionEnabled === true
  try {
    if (operation === 'UpdateTable') return await updateTable(body, store)
    const parameters = validate(operation, body, store)
    return await (operation === 'CreateTable'
      ? createTable(parameters, isProtected, store)
      : deleteTable(parameters, store))
  } finally {
    forgetTables()
  }
}

async function writeItem(
  operation: 'PutItem' | 'UpdateItem' | 'DeleteItem',
  { body, bodyBytes }: Request,
  { store }: EngineContext,
): Promise<WireObject> {
  const returnsOldItem = body.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
  const parameters = validate(operation, body, store)
  if (operation === 'PutItem' && bodyBytes > MAX_ITEM_BYTES) refuseOversize(parameters.Item as Item)
  try {
    return await perform(operation, parameters, store)
  } catch (cause) {
    const error = asApiError(cause)
    if (!returnsOldItem || error.code !== 'ConditionalCheckFailedException') throw error
    // The next writer of this item gets its turn only after this read.
    throw new ApiError(error.status, { ...error.body, ...(await oldItem(parameters, store)) })
  }
}

async function oldItem(parameters: WireObject, store: EngineContext['store']): Promise<WireObject> {
  const tableName = parameters.TableName as string
  const table = await tableOf(tableName, store)
  const item = await readItem(tableName, keyOf((parameters.Item ?? parameters.Key) as Item, table), store)
  return item === undefined ? {} : { Item: item }
}

function refuseOversize(item: Item): void {
  if (itemBytes(item) > MAX_ITEM_BYTES) throw validationError('Item size has exceeded the maximum allowed size')
}

function refuseOversizeBatch(parameters: WireObject): void {
  const requests = Object.values(parameters.RequestItems as Record<string, { PutRequest?: { Item: Item } }[]>)
  for (const { PutRequest: put } of requests.flat()) if (put) refuseOversize(put.Item)
}
