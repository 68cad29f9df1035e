import { setTimeout as sleep } from 'node:timers/promises'
import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { physicalName, type TableName } from './tables.ts'

/** What every store is made of. */
export interface StoreOptions {
  readonly client: DynamoDBClient
  /** What the deployment's physical table names start with, such as `sluice-prod`. */
  readonly prefix: string
  /** Told what each answered request consumed, so that a benchmark can add it up. Costs a line in every answer. */
  readonly onConsumed?: (table: TableName, readUnits: number, writeUnits: number) => void
  /** How waiting between tries is done; a test hands in one that does not wait. */
  readonly wait?: (ms: number) => Promise<unknown>
}

/** A client with the names of one deployment's tables. */
export interface Link {
  readonly client: DynamoDBClient
  readonly named: (table: TableName) => string
  readonly wait: (ms: number) => Promise<unknown>
  /** Goes into every request. */
  readonly metered: { readonly ReturnConsumedCapacity?: 'TOTAL' }
  /** Passes on what an answer says that its request consumed. */
  readonly meter: (kind: 'read' | 'write', consumed: ConsumedCapacity | readonly ConsumedCapacity[] | undefined) => void
}

export function linkTo({ client, prefix, onConsumed, wait = sleep }: StoreOptions): Link {
  return {
    client,
    named: (table) => physicalName(prefix, table),
    wait,
    metered: onConsumed ? { ReturnConsumedCapacity: 'TOTAL' } : {},
    meter(kind, consumed) {
      if (!onConsumed || !consumed) return
      for (const { TableName, CapacityUnits, ReadCapacityUnits, WriteCapacityUnits } of [consumed].flat()) {
        const table = TableName?.slice(prefix.length + 1) as TableName
        // Transactions tell both apart: one that is replayed reads and does not write.
        if (ReadCapacityUnits !== undefined || WriteCapacityUnits !== undefined)
          onConsumed(table, ReadCapacityUnits ?? 0, WriteCapacityUnits ?? 0)
        else if (kind === 'read') onConsumed(table, CapacityUnits ?? 0, 0)
        else onConsumed(table, 0, CapacityUnits ?? 0)
      }
    },
  }
}
