/**
 * dynalite's parts, typed: its parameter rules, its operations and its store.
 *
 * Called directly and not through its HTTP handler: the operations are the same code, without the second parse, the
 * checksum and the signature checks that a loopback engine with pretend credentials has no use for.
 */
import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'
import { asApiError } from './errors.ts'
import { type Parser, rememberConditions } from './remember-conditions.ts'

const load = createRequire(import.meta.url)

export type WireObject = Record<string, unknown>
/** One typed value of the wire format, such as `{ N: '12' }`. */
export type AttributeValue = Readonly<Record<string, unknown>>
export type Item = Readonly<Record<string, AttributeValue>>
export type Callback<T> = (error: unknown, value?: T) => void

export interface Table {
  readonly TableName: string
  readonly TableStatus: string
  readonly KeySchema: readonly { readonly AttributeName: string }[]
}

/** The items of one table, or of one index. */
export interface Entries {
  lock(key: string, body: (release: <T>(done: T) => T) => void): void
  get(key: string, done: Callback<unknown>): void
  put(key: string, value: unknown, done: Callback<void>): void
  del(key: string, done: Callback<void>): void
  createValueStream(options: RangeOptions): Readable
}

export interface RangeOptions {
  readonly gt?: string
  readonly gte?: string
  readonly lt?: string
  readonly lte?: string
  readonly reverse?: boolean
  readonly limit?: number
}

export interface BatchPart {
  readonly type: 'put' | 'del'
  readonly key: string
  readonly value?: unknown
}

export interface ValueIterator {
  nextv(size: number): Promise<unknown[]>
  close(): Promise<void>
}

/** The LevelDB under dynalite: on disk or in memory, keys are strings and values JSON. */
export interface Level {
  open(): Promise<void>
  close(): Promise<void>
  getSync(key: string): unknown
  put(key: string, value: unknown): Promise<void>
  del(key: string): Promise<void>
  batch(parts: readonly BatchPart[], options?: { readonly sync: boolean }): Promise<void>
  values(range: RangeOptions): ValueIterator & AsyncIterable<unknown>
  iterator(range: RangeOptions): AsyncIterable<[string, unknown]>
}

export interface Store {
  readonly options: { readonly maxItemSize: number }
  readonly db: Level
  readonly tableDb: Entries
  getTable(name: string, checkStatus: boolean | Callback<Table>, done?: Callback<Table>): void
  getItemDb(tableName: string): Entries
  getIndexDb(kind: string, tableName: string, indexName: string): Entries
}

interface Rules {
  readonly types: unknown
  readonly custom?: unknown
}

type Action = (store: Store, parameters: WireObject, done: Callback<WireObject>) => void

interface Database {
  create(options: WireObject): Store
  validateKey(key: Item, table: Table): Error | null | undefined
  validateItem(item: Item, table: Table): Error | null | undefined
  /** The refusal when the condition in validated parameters does not hold for the item. */
  checkConditional(parameters: WireObject, item: Item | undefined): Error | null | undefined
  itemSize(item: Item): number
}

interface Validations {
  checkTypes(body: WireObject, types: unknown): WireObject
  checkValidations(parameters: WireObject, types: unknown, custom: unknown, store: Store): void
}

const NAMES = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
] as const

export type Operation = (typeof NAMES)[number]

const fileName = (name: Operation) => name.charAt(0).toLowerCase() + name.slice(1)
const validations = load('dynalite/validations') as Validations
const operations = new Map(
  NAMES.map((name) => [
    name,
    {
      rules: load(`dynalite/validations/${fileName(name)}`) as Rules,
      act: load(`dynalite/actions/${fileName(name)}`) as Action,
    },
  ]),
)

export const database = load('dynalite/db') as Database
rememberConditions(load('dynalite/db/conditionParser') as Parser)

export const isOperation = (name: string): name is Operation => operations.has(name as Operation)

function operation(name: Operation) {
  const found = operations.get(name)
  if (found === undefined) throw new Error(`dynalite has no operation ${name}`)
  return found
}

/**
 * Parameters as dynalite's operations take them: numbers normalised, expressions parsed, unknown fields dropped.
 * Consumes `body`.
 *
 * @throws ApiError ValidationException or SerializationException
 */
export function validate(name: Operation, body: WireObject, store: Store): WireObject {
  const { ConditionExpression: text } = body
  if (typeof text !== 'string' || !isConstant(text, body)) return check(name, body, store)
  // Parsing costs more than the rest of a put, and `attribute_not_exists(pk)` always comes out the same.
  const known = constantConditions.get(text)
  if (known !== undefined)
    return {
      ...check(name, { ...body, ConditionExpression: null }, store),
      ConditionExpression: text,
      _condition: known,
    }
  const parameters = check(name, body, store)
  if (constantConditions.size < CONSTANT_CONDITIONS_MAX) constantConditions.set(text, parameters._condition)
  return parameters
}

const CONSTANT_CONDITIONS_MAX = 1000
const constantConditions = new Map<string, unknown>()

/** Whether the condition's meaning is all in its text: it refers to no names and no values. */
const isConstant = (text: string, body: WireObject): boolean => !/[#:]/.test(text) && (body.Expected ?? null) === null

function check(name: Operation, body: WireObject, store: Store): WireObject {
  const { rules } = operation(name)
  try {
    const parameters = validations.checkTypes(body, rules.types)
    validations.checkValidations(parameters, rules.types, rules.custom, store)
    return parameters
  } catch (error) {
    throw asApiError(error)
  }
}

/**
 * Runs one operation on validated parameters.
 *
 * @throws ApiError as DynamoDB would
 */
export function perform(name: Operation, parameters: WireObject, store: Store): Promise<WireObject> {
  return new Promise((resolve, reject) => {
    operation(name).act(store, parameters, (error, result) => {
      if (error) reject(asApiError(error))
      else resolve(result ?? {})
    })
  })
}

/** The table's definition. @throws ApiError ResourceNotFoundException */
export function tableOf(name: string, store: Store): Promise<Table> {
  return new Promise((resolve, reject) => {
    store.getTable(name, (error, table) => {
      if (error || table === undefined) reject(asApiError(error))
      else resolve(table)
    })
  })
}

/** The stored item, at its latest; undefined when there is none. */
export async function readItem(tableName: string, key: Item, store: Store): Promise<Item | undefined> {
  const { Item: item } = await perform('GetItem', { TableName: tableName, Key: key }, store)
  return item as Item | undefined
}

/** The key attributes of an item or a key, on their own. */
export const keyOf = (item: Item, table: Table): Item =>
  Object.fromEntries(
    table.KeySchema.flatMap(({ AttributeName: name }) => (item[name] === undefined ? [] : [[name, item[name]]])),
  )
