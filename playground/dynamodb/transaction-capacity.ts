import type { Item, WireObject } from './dynalite.ts'
import { itemBytes } from './item-size.ts'

/** Bytes per unit, and units per step: a transaction pays twice, once to prepare and once to commit. */
const STEP_BYTES = { read: 4096, write: 1024 }
const TRANSACTION_FACTOR = 2
const UNIT_NAMES = { read: 'ReadCapacityUnits', write: 'WriteCapacityUnits' }

interface Touched {
  readonly tableName: string
  /** The item before and after; null for none. The larger is charged. */
  readonly items: readonly (Item | null)[]
}

/**
 * `ConsumedCapacity` of a transaction, per table, when the request asks for it.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export function capacityOf(body: WireObject, direction: 'read' | 'write', touched: readonly Touched[]): WireObject {
  const asked = body.ReturnConsumedCapacity
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return {}
  const unitsByTable = new Map<string, number>()
  for (const { tableName, items } of touched)
    unitsByTable.set(tableName, (unitsByTable.get(tableName) ?? 0) + unitsOf(items, STEP_BYTES[direction]))
  return {
    ConsumedCapacity: [...unitsByTable].map(([TableName, units]) => {
      const figures = { CapacityUnits: units, [UNIT_NAMES[direction]]: units }
      return { TableName, ...figures, ...(asked === 'INDEXES' && { Table: figures }) }
    }),
  }
}

function unitsOf(items: readonly (Item | null)[], stepBytes: number): number {
  const bytes = Math.max(...items.map((item) => (item === null ? 0 : itemBytes(item))))
  return TRANSACTION_FACTOR * Math.max(1, Math.ceil(bytes / stepBytes))
}
