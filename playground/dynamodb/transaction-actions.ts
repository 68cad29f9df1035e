import {
  database,
  type Item,
  keyOf,
  type Operation,
  type Store,
  type Table,
  tableOf,
  validate,
  type WireObject,
} from './dynalite.ts'
import { type ApiError, asApiError, type CancellationReason, serializationError, validationError } from './errors.ts'
import { itemBytes, MAX_ITEM_BYTES, MAX_TRANSACTION_BYTES } from './item-size.ts'

/** Whose parameter rules each kind of action has. A condition check takes what a conditional delete takes. */
const RULES = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
} as const satisfies Record<string, Operation>

export type ActionKind = keyof typeof RULES

export interface Action {
  readonly kind: ActionKind
  readonly table: Table
  readonly parameters: WireObject
  readonly key: Item
  readonly returnsOldItem: boolean
}

/** An action whose key does not fit its table: it cancels the transaction, at its own place among the reasons. */
export interface Misfit {
  readonly reason: CancellationReason
}

const MAX_ACTIONS = 100
const TOKEN_LENGTH_MAX = 36
const DUPLICATE = 'Transaction request cannot include multiple operations on one item'

/** The list of a transaction, of the right length. @throws ApiError ValidationException */
export function transactItems(body: WireObject): readonly WireObject[] {
  const list = body.TransactItems
  if (!Array.isArray(list)) throw constraint('null', 'Member must not be null')
  if (list.length === 0) throw constraint("'[]'", 'Member must have length greater than or equal to 1')
  if (list.length > MAX_ACTIONS)
    throw constraint(`'[${list.length} members]'`, `Member must have length less than or equal to ${MAX_ACTIONS}`)
  if (!list.every(isObject)) throw serializationError()
  return list
}

const isObject = (value: unknown): value is WireObject => typeof value === 'object' && value !== null

const constraint = (value: string, rule: string): ApiError =>
  validationError(
    `1 validation error detected: Value ${value} at 'transactItems' failed to satisfy constraint: ${rule}`,
  )

/** @throws ApiError ValidationException for a token that is empty or too long */
export function clientToken(body: WireObject): string | undefined {
  const token = body.ClientRequestToken
  if (token === undefined || token === null) return undefined
  if (typeof token === 'string' && token.length > 0 && token.length <= TOKEN_LENGTH_MAX) return token
  throw validationError(
    `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: ` +
      `Member must have length between 1 and ${TOKEN_LENGTH_MAX}`,
  )
}

/**
 * The actions of a TransactWriteItems request, validated as DynamoDB does before it opens the transaction.
 *
 * @throws ApiError ValidationException or ResourceNotFoundException
 */
export async function readActions(body: WireObject, store: Store, bodyBytes: number): Promise<(Action | Misfit)[]> {
  const actions: (Action | Misfit)[] = []
  for (const entry of transactItems(body)) actions.push(await readAction(entry, store))
  refuseDuplicates(actions.filter((action) => 'key' in action))
  // An item is never larger than its JSON, which is the cheaper figure to have.
  if (bodyBytes > MAX_ITEM_BYTES) refuseOversize(actions.filter((action) => 'key' in action))
  return actions
}

async function readAction(entry: WireObject, store: Store): Promise<Action | Misfit> {
  const { kind, body } = onlyAction(entry)
  const returnsOldItem = body.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
  const parameters = validate(RULES[kind], body, store)
  if (kind === 'Update') demand(parameters, 'UpdateExpression')
  if (kind === 'ConditionCheck') demand(parameters, 'ConditionExpression')

  const table = await tableOf(parameters.TableName as string, store)
  const misfit = misfitOf(parameters, table)
  if (misfit !== undefined) return misfit
  const key = keyOf((parameters.Item ?? parameters.Key) as Item, table)
  return { kind, table, parameters, key, returnsOldItem }
}

function onlyAction(entry: WireObject): { kind: ActionKind; body: WireObject } {
  const kinds = Object.keys(entry).filter((name): name is ActionKind => name in RULES && entry[name] !== null)
  const kind = kinds[0]
  if (kind === undefined || kinds.length > 1)
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete')
  const body = entry[kind]
  if (!isObject(body)) throw serializationError()
  return { kind, body }
}

function demand(parameters: WireObject, name: string): void {
  if (parameters[name] === undefined)
    throw validationError(
      `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
    )
}

/** A key of the wrong type cancels; an empty one is refused before the transaction opens. */
function misfitOf(parameters: WireObject, table: Table): Misfit | undefined {
  const item = parameters.Item as Item | undefined
  const error =
    item === undefined ? database.validateKey(parameters.Key as Item, table) : database.validateItem(item, table)
  if (!error) return undefined
  if (/cannot contain an empty/.test(error.message)) throw asApiError(error)
  return { reason: { Code: 'ValidationError', Message: error.message } }
}

function refuseDuplicates(actions: readonly { readonly table: Table; readonly key: Item }[]): void {
  const seen = new Set<string>()
  for (const { table, key } of actions) {
    // Validation has normalised numbers, and the key is in the order of its schema: equal keys have equal text.
    const identity = table.TableName + JSON.stringify(key)
    if (seen.has(identity)) throw validationError(DUPLICATE)
    seen.add(identity)
  }
}

function refuseOversize(actions: readonly Action[]): void {
  let total = 0
  for (const { parameters, key } of actions) {
    const bytes = itemBytes((parameters.Item as Item | undefined) ?? key)
    if (bytes > MAX_ITEM_BYTES) throw validationError('Item size has exceeded the maximum allowed size')
    total += bytes
  }
  if (total > MAX_TRANSACTION_BYTES)
    throw validationError(`Collection size of the transaction's items exceeds ${MAX_TRANSACTION_BYTES} bytes`)
}

/** The reads of a TransactGetItems request. @throws ApiError ValidationException or ResourceNotFoundException */
export async function readGets(body: WireObject, store: Store): Promise<readonly WireObject[]> {
  const gets: { parameters: WireObject; table: Table; key: Item }[] = []
  for (const { Get: get } of transactItems(body)) {
    if (!isObject(get)) throw validationError('TransactItems can only contain Get')
    const parameters = validate('GetItem', get, store)
    const table = await tableOf(parameters.TableName as string, store)
    const key = parameters.Key as Item
    const error = database.validateKey(key, table)
    if (error) throw asApiError(error)
    gets.push({ parameters, table, key })
  }
  refuseDuplicates(gets)
  return gets.map(({ parameters }) => parameters)
}
