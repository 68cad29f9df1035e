import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** An item as the low-level client speaks it, keys included. */
export type Item = Readonly<Record<string, AttributeValue>>

/** What Sluice stores in an attribute. `undefined` members are left out of the item. */
export type Plain = string | bigint | number | boolean | undefined
export type Attributes = Readonly<Record<string, Plain>>

export interface Key {
  readonly pk: string
  readonly sk: string
}

/** No item of ours comes near DynamoDB's 400 KB: what grows is split long before. */
export const ITEM_BYTES_MAX = 100_000

/** @throws RangeError for NaN and infinities, which DynamoDB's numbers cannot hold */
export function toAttribute(value: string | bigint | number | boolean): AttributeValue {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'boolean') return { BOOL: value }
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`${value} cannot be stored in a number`)
  return { N: value.toString() }
}

export function toItem(attributes: Attributes): Item {
  const item: Record<string, AttributeValue> = {}
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) item[name] = toAttribute(value)
  return item
}

/** An item's attributes as they were given to be stored, without its key; integers as bigints. */
export function attributesIn(item: Item): Readonly<Record<string, Exclude<Plain, undefined>>> {
  const attributes: Record<string, Exclude<Plain, undefined>> = {}
  for (const [name, { S, N, BOOL }] of Object.entries(item)) {
    if (name === 'pk' || name === 'sk') continue
    const value = S ?? BOOL ?? (N === undefined ? undefined : /^-?\d+$/.test(N) ? BigInt(N) : Number(N))
    if (value === undefined) throw broken(item, name, 'text, a number or true or false')
    attributes[name] = value
  }
  return attributes
}

/** Bytes as DynamoDB counts them, near enough for a limit: UTF-8 of names and values. */
export function sizeOf(item: Item): number {
  let bytes = 0
  for (const [name, value] of Object.entries(item))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value.S ?? value.N ?? '')
  return bytes
}

/** @throws RangeError that names the item when it is larger than any item of ours may be */
export function checkedSize(item: Item): Item {
  const bytes = sizeOf(item)
  if (bytes > ITEM_BYTES_MAX)
    throw new RangeError(`item ${nameOf(item)} has ${bytes} bytes, more than ${ITEM_BYTES_MAX}: it must be split`)
  return item
}

const nameOf = (item: Item): string => `${item.pk?.S}/${item.sk?.S}`

function broken(item: Item, name: string, wanted: string): Error {
  return new Error(`item ${nameOf(item)}: attribute "${name}" must be ${wanted}, got ${JSON.stringify(item[name])}`)
}

/** @throws Error that names item and attribute unless it is text */
export function textIn(item: Item, name: string): string {
  const text = item[name]?.S
  if (text === undefined) throw broken(item, name, 'text')
  return text
}

export const optionalTextIn = (item: Item, name: string): string | undefined =>
  item[name] === undefined ? undefined : textIn(item, name)

/** Exact at any size. @throws Error that names item and attribute unless it is an integer */
export function bigintIn(item: Item, name: string): bigint {
  const digits = item[name]?.N
  if (digits === undefined || !/^-?\d+$/.test(digits)) throw broken(item, name, 'an integer')
  return BigInt(digits)
}

/** @throws Error that names item and attribute unless it is an integer that a number holds exactly */
export function integerIn(item: Item, name: string): number {
  const value = Number(bigintIn(item, name))
  if (!Number.isSafeInteger(value)) throw broken(item, name, 'an integer below 2^53')
  return value
}
