/** Started by world.ts. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb'
import { physicalName, TABLES } from '../../lib/store/tables.ts'
import type { Instant } from '../../lib/units/calendar.ts'
import { createTables } from '../../playground/dynamodb/create-tables.ts'
import { startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'
import { noFaults } from '../../playground/faults.ts'
import { createMarket, type Market } from '../../playground/market/market.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import { startGoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'
import { startMetaTwin } from '../../playground/platforms/meta/server.ts'
import { answering } from './rpc.ts'
import { TABLE_PREFIX, type WorldFacts, type WorldFigures } from './world.ts'

let database: DynamoDBClient | undefined

async function start({ scenario, seed }: { scenario: Scenario; seed: number }): Promise<WorldFacts> {
  const world = createMarket(scenario, { seed })
  const engine = await startEmbeddedDynamoDb({ clock: () => world.now() })
  const google = await startGoogleAdsTwin({ world, faults: noFaults })
  const meta = await startMetaTwin({ world, faults: noFaults })
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'pretend', secretAccessKey: 'pretend' },
  })
  await createTables(client, TABLE_PREFIX)
  database = client
  return {
    dynamodb: engine.endpoint,
    googleApi: google.baseUrl,
    googleToken: google.tokenUrl,
    meta: meta.baseUrl,
    portfolio: world.portfolio,
    start: world.start,
    control: await controlOf(world),
  }
}

function controlOf(world: Market): Promise<string> {
  const server = createServer(async (request, response) => {
    world.advanceTo(Number(await text(request)) as Instant)
    response.end()
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)),
  )
}

async function figures(): Promise<WorldFigures> {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1_000, rssMb: process.resourceUsage().maxRSS / 1_024 }
}

/** From what a strongly consistent scan consumes: a unit for every 4 KB that it reads. */
async function storedBytes(): Promise<number> {
  if (!database) throw new Error('not started')
  let bytes = 0
  for (const { name } of TABLES) bytes += await bytesIn(physicalName(TABLE_PREFIX, name), database)
  return bytes
}

async function bytesIn(TableName: string, client: DynamoDBClient): Promise<number> {
  let units = 0
  let from: ScanCommandOutput['LastEvaluatedKey']
  do {
    const page: ScanCommandOutput = await client.send(
      new ScanCommand({
        TableName,
        Select: 'COUNT',
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
        ...(from && { ExclusiveStartKey: from }),
      }),
    )
    units += page.ConsumedCapacity?.CapacityUnits ?? 0
    from = page.LastEvaluatedKey
  } while (from)
  return units * 4_096
}

answering({ start, figures, storedBytes })
