import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll } from 'vitest'
import type { StoreOptions } from '../../lib/store/link.ts'
import { createTables } from '../../playground/dynamodb/create-tables.ts'
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'

export const PREFIX = 'test'

export const clientFor = (endpoint: string, maxAttempts = 3): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts,
  })

export interface Embedded {
  readonly options: StoreOptions
  readonly endpoint: string
}

/** The embedded engine in memory with the product's tables, for all tests of a file. Keys must differ between tests. */
export function embedded(): Embedded {
  let engine: EmbeddedDynamoDb | undefined
  let client: DynamoDBClient | undefined
  beforeAll(async () => {
    engine = await startEmbeddedDynamoDb()
    client = clientFor(engine.endpoint)
    await createTables(client, PREFIX)
  })
  afterAll(async () => {
    client?.destroy()
    await engine?.close()
  })
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the engine starts before the first test')
    return value
  }
  return {
    get options() {
      return { client: started(client), prefix: PREFIX }
    },
    get endpoint() {
      return started(engine).endpoint
    },
  }
}
