/**
 * Where the conformance suite runs: the embedded engine, or the endpoint that SLUICE_DYNAMODB_ENDPOINT names (AWS with the
 * credentials of the environment, anything else with made-up ones). Tables have random names and are deleted at the end.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AttributeValue,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { physicalName, TABLES } from '../../../lib/store/tables.ts'
import { createTables } from '../../../playground/dynamodb/create-tables.ts'
import { startEmbeddedDynamoDb } from '../../../playground/dynamodb/engine.ts'

export type Item = Record<string, AttributeValue>
export type Key = { readonly pk: { readonly S: string }; readonly sk: { readonly S: string } }

export interface EndpointUnderTest {
  readonly client: DynamoDBClient
  readonly control: string
  readonly facts: string
  readonly audit: string
  put(item: Item): Promise<void>
  /** By a consistent read of the control table. */
  read(key: Key): Promise<Item | undefined>
  close(): Promise<void>
}

export interface Where {
  /** Keeps the embedded engine's data in a folder, where writes take their time, and not in memory. */
  readonly onDisk?: boolean
}

export async function openEndpoint({ onDisk = false }: Where = {}): Promise<EndpointUnderTest> {
  const named = process.env.SLUICE_DYNAMODB_ENDPOINT
  const folder = onDisk ? await mkdtemp(join(tmpdir(), 'sluice-conformance-')) : undefined
  const engine = named === undefined ? await startEmbeddedDynamoDb({ ...(folder && { folder }) }) : undefined
  const client = clientFor(engine?.endpoint ?? named ?? '')
  const prefix = `sluice-conformance-${randomBytes(4).toString('hex')}`
  await createTables(client, prefix)
  const control = physicalName(prefix, 'control')
  return {
    client,
    control,
    facts: physicalName(prefix, 'facts'),
    audit: physicalName(prefix, 'audit'),
    put: async (item) => {
      await client.send(new PutItemCommand({ TableName: control, Item: item }))
    },
    read: async (key) =>
      (await client.send(new GetItemCommand({ TableName: control, Key: key, ConsistentRead: true }))).Item,
    close: async () => {
      await Promise.all(
        TABLES.map(({ name }) => client.send(new DeleteTableCommand({ TableName: physicalName(prefix, name) }))),
      )
      client.destroy()
      await engine?.close()
      if (folder !== undefined) await rm(folder, { recursive: true })
    },
  }
}

const isAws = (endpoint: string) => new URL(endpoint).hostname.endsWith('.amazonaws.com')

/** Over loopback there is nothing to wait out: a failure is the answer, not a reason to ask again. */
export function clientFor(endpoint: string): DynamoDBClient {
  if (isAws(endpoint)) return new DynamoDBClient({ endpoint })
  const credentials = { accessKeyId: 'made-up', secretAccessKey: 'made-up' }
  return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
}

let count = 0

/** A key that no other test of this run uses. */
export function freshKey(sk = 'item'): Key {
  count += 1
  return { pk: { S: `test#${count}` }, sk: { S: sk } }
}

/** The error a call ends in; fails when it ends well. */
export async function errorOf(call: Promise<unknown>): Promise<Error> {
  try {
    await call
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
  throw new Error('the call was expected to be refused and went through')
}
