import { type AttributeValue, database, type Item } from './dynalite.ts'

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (2026-11). */
export const MAX_ITEM_BYTES = 400 * 1024
export const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024

const CONTAINER_BYTES = 3
const ELEMENT_BYTES = 1

/**
 * Bytes DynamoDB counts for an item: UTF-8 names and values, numbers by their digits, 3 bytes per list or map and one
 * per element. dynalite counts UTF-16 units, which lets through text that DynamoDB would refuse.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  let bytes = 0
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value)
  return bytes
}

function valueBytes(value: AttributeValue): number {
  const [type, content] = Object.entries(value)[0] ?? ['NULL', true]
  switch (type) {
    case 'S':
      return Buffer.byteLength(content as string)
    case 'B':
      return Buffer.byteLength(content as string, 'base64')
    case 'N':
      return numberBytes(content as string)
    case 'SS':
      return sum(content as string[], (text) => Buffer.byteLength(text))
    case 'BS':
      return sum(content as string[], (text) => Buffer.byteLength(text, 'base64'))
    case 'NS':
      return sum(content as string[], numberBytes)
    case 'L':
      return CONTAINER_BYTES + sum(content as AttributeValue[], (element) => ELEMENT_BYTES + valueBytes(element))
    case 'M':
      return CONTAINER_BYTES + ELEMENT_BYTES * Object.keys(content as Item).length + itemBytes(content as Item)
    default:
      return 1
  }
}

/** dynalite knows the number format; an empty name adds nothing. */
const numberBytes = (text: string): number => database.itemSize({ '': { N: text } })

const sum = <T>(values: readonly T[], bytesOf: (value: T) => number): number =>
  values.reduce((total, value) => total + bytesOf(value), 0)
