/** All of Sluice over the wire: real handlers, real adapters, real stores on the embedded engine, files for the rest. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { main } from '../../cli/main.ts'
import { LAMBDAS } from '../../functions/composition/lambdas.ts'
import { type LogLine, logText } from '../../functions/composition/log.ts'
import { platformRegistry } from '../../functions/composition/registry.ts'
import { QUEUES, routes } from '../../functions/composition/routes.ts'
import { makeDispatchHandler } from '../../functions/dispatch-handler.ts'
import { makeDropHandler } from '../../functions/orders-handlers.ts'
import { makeStageHandler } from '../../functions/stage-handler.ts'
import { dueMessages } from '../../lib/control/dispatch.ts'
import { DEFAULT_TIMING, type Loop } from '../../lib/control/loop.ts'
import { takeOrders } from '../../lib/control/take-orders.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import type { Archive } from '../../lib/ports/store.ts'
import { fileRates } from '../../lib/store/file-rates.ts'
import { fileSecrets } from '../../lib/store/file-secrets.ts'
import { folderArchive } from '../../lib/store/folder-archive.ts'
import { dynamoOrderBook } from '../../lib/store/order-book.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import { physicalName, TABLES } from '../../lib/store/tables.ts'
import { HOUR_MS, type Instant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { createTables } from '../../playground/dynamodb/create-tables.ts'
import { startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'
import { createMarket, type Market } from '../../playground/market/market.ts'
import { readScenario } from '../../playground/market/read-scenario.ts'
import { createRunner, type Runner } from '../../playground/runner/runner.ts'
import type { Ended } from '../cli/shop.ts'
import { allItems } from '../playground/dynamodb/all-items.ts'
import { type CanaryProxy, canaryProxy } from './canary-proxy.ts'
import { filesIn, textOf } from './kept-text.ts'
import { type Pretend, TWO } from './pretend-platforms.ts'

export const PREFIX = 'sluice-test'
const SCENARIO = readScenario('{ "extends": "steady", "name": "shop", "history": { "days": 35 } }', 'shop.json')

export interface AwsCall {
  /** Function whose turn made it. */
  readonly by: string
  /** As IAM calls it. */
  readonly action: string
  readonly table: string
}

export interface WholeWorld {
  readonly market: Market
  readonly runner: Runner
  /** As written to stdout by the functions. */
  readonly logLines: readonly string[]
  readonly log: readonly LogLine[]
  readonly calls: readonly AwsCall[]
  readonly used: ReadonlySet<string>
  readonly proxies: readonly CanaryProxy[]
  readonly folder: string
  errorEvery: number
  loopFor(worker: string): Loop
  putPolicy(file: object): Promise<void>
  runUntil(at: Instant): Promise<void>
  sluice(...args: readonly string[]): Promise<Ended>
  /** Puts a file of orders into the bucket. @returns what Lambda is thrown, which it would print */
  dropOrders(name: string, text: string): Promise<unknown>
  /** Everything that is kept, as text: items, what is packed in them, and files. */
  kept(): Promise<ReadonlyMap<string, string>>
  close(): Promise<void>
}

export async function wholeWorld(pretends: readonly Pretend[] = TWO, scenario = SCENARIO): Promise<WholeWorld> {
  const market = createMarket(scenario, { seed: 1 })
  const clock = { now: () => market.now(), set: (to: Instant) => market.advanceTo(to) }
  const engine = await startEmbeddedDynamoDb({ clock: () => market.now() })
  const twins = await Promise.all(pretends.map(({ start }) => start(market)))
  const world = { errorEvery: 0 }
  const errorEvery = () => world.errorEvery
  const proxies = await Promise.all(twins.map(({ baseUrl }) => canaryProxy({ target: baseUrl, errorEvery })))
  const folder = mkdtempSync(join(tmpdir(), 'sluice-world-'))
  mkdirSync(join(folder, 'secrets'))
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  for (const { name, secret } of pretends) write(`secrets/${name}.json`, JSON.stringify(secret))
  write('rates.csv', 'date,from,to,rate\n2026-10-04,USD,EUR,0.92\n')
  const connections = pretends.map(({ name, endpoints }, i) => ({
    account: `${name}:*`,
    secret: name,
    endpoints: endpoints(proxies[i]!.base),
  }))
  write(
    'sluice.yaml',
    // YAML takes JSON as it is.
    JSON.stringify({
      tables: { prefix: PREFIX, endpoint: engine.endpoint },
      archive: { folder: 'archive' },
      secrets: { folder: 'secrets' },
      rates: { file: 'rates.csv' },
      connections,
    }),
  )

  const calls: AwsCall[] = []
  const used = new Set<string>()
  let turnOf = 'setup'
  const client = recordingClient(engine.endpoint, (action, table) => {
    calls.push({ by: turnOf, action, table: table.slice(PREFIX.length + 1) })
    used.add(`${turnOf} ${action} ${table.slice(PREFIX.length + 1)}`)
  })
  await createTables(client, PREFIX)
  const note = (what: string) => used.add(`${turnOf} ${what}`)

  const secrets = fileSecrets(join(folder, 'secrets'))
  const makers = Object.fromEntries(pretends.map(({ name, connect }) => [name, connect(secrets, clock)]))
  const platforms = platformRegistry(connections, makers)
  const log: LogLine[] = []
  const logLines: string[] = []
  const write2 = (line: LogLine): void => {
    log.push(line)
    logLines.push(logText(line))
  }
  const files = folderArchive(join(folder, 'archive'))
  const rates = fileRates(join(folder, 'rates.csv'))
  const shared = {
    ...dynamoStores({ client, prefix: PREFIX, wait: async () => {} }),
    clock,
    platforms: (id: Parameters<typeof platforms>[0]) => {
      note('platform')
      return platforms(id)
    },
    archive: noted(files, note),
    rates: {
      rate: (...[from, to, on]: Parameters<typeof rates.rate>) => {
        if (from !== to) note('rates')
        return rates.rate(from, to, on)
      },
    },
    timing: DEFAULT_TIMING,
  }
  const loopFor = (worker: string): Loop => ({
    ...shared,
    worker,
    queue: {
      send: (messages) => {
        for (const message of messages) note(`queue ${routes(message)}`)
        return runner.queue.send(messages)
      },
    },
  })
  const within = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const before = turnOf
    turnOf = name
    try {
      return await work()
    } finally {
      turnOf = before
    }
  }
  const dispatch = makeDispatchHandler({ dueMessages, loopFor, log: write2 })
  let ticks = 0
  const runner: Runner = createRunner({
    clock,
    handlers: Object.fromEntries(
      QUEUES.map((queue) => {
        const handler = makeStageHandler({ queue, runTurn, loopFor, clock, log: write2 })
        return [queue, (event, context) => within(queue, () => handler(event, context))]
      }),
    ) as Parameters<typeof createRunner>[0]['handlers'],
    route: routes,
    dispatch: () => within('dispatch', () => dispatch({}, { awsRequestId: `tick-${++ticks}` })),
    onDispatchFailure: () => {},
    tickMs: HOUR_MS,
    visibilityTimeoutMs: 12 * MINUTE_MS,
    maxReceives: 5,
  })
  return Object.assign(world, {
    market,
    runner,
    logLines,
    log,
    calls,
    used,
    proxies,
    folder,
    loopFor,
    putPolicy: (file: object) =>
      within('operator', () => shared.policies.put(policyFrom(file, 'the policy'), 'anna', clock.now())),
    runUntil: (at: Instant) => runner.runUntil(at),
    dropOrders: (name: string, text: string) => {
      const book = dynamoOrderBook({ client, prefix: PREFIX })
      const drop = makeDropHandler({
        read: async () => Buffer.from(text),
        take: (portfolio, entries) => takeOrders(portfolio, entries, { ...shared, book }),
        log: write2,
      })
      const object = { key: `orders/steady/${name}`, size: text.length }
      return within('orders-drop', () =>
        drop({ detail: { bucket: { name: 'any' }, object } }).catch((error: unknown) => error),
      )
    },
    sluice: (...args: readonly string[]) => within('operator', () => command(args, folder, clock)),
    kept: async () => {
      const all = new Map<string, string>()
      for (const { name } of TABLES)
        for (const item of await allItems(client, physicalName(PREFIX, name)))
          all.set(`${name} ${item.pk?.S} ${item.sk?.S}`, textOf(item))
      for (const [name, text] of filesIn(join(folder, 'archive'))) all.set(`archive ${name}`, text)
      return all
    },
    close: async () => {
      await Promise.all([...twins, ...proxies].map((one) => one.close()))
      client.destroy()
      await engine.close()
      rmSync(folder, { recursive: true })
    },
  })
}

const noted = (files: Archive, note: (what: string) => void): Archive => ({
  put: (content) => {
    note('archive put')
    return files.put(content)
  },
  get: (hash) => {
    note('archive get')
    return files.get(hash)
  },
})

async function command(args: readonly string[], cwd: string, clock: { now(): Instant }): Promise<Ended> {
  const out: string[] = []
  const err: string[] = []
  const code = await main(args, {
    cwd,
    env: { NO_COLOR: '1' },
    stdin: Object.assign(Readable.from(['']), { isTTY: false }),
    stdout: { isTTY: false, write: (text) => out.push(text) },
    stderr: { isTTY: false, write: (text) => err.push(text) },
    clock,
  })
  return { code, out: out.join(''), err: err.join('') }
}

/** A client that tells which actions IAM would be asked about, and on which table. */
function recordingClient(endpoint: string, told: (action: string, table: string) => void): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'pretend', secretAccessKey: 'pretend' },
  })
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        for (const { action, table } of actionsOf(commandName.replace(/Command$/, ''), args.input as Input))
          told(action, table)
        return next(args)
      },
    { step: 'initialize' },
  )
  return client
}

interface Input {
  readonly TableName?: string
  readonly RequestItems?: Readonly<Record<string, unknown>>
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName: string }>>[]
}

/** A transaction is allowed by the permissions of the writes in it, a batch by its own name. */
function actionsOf(name: string, input: Input): readonly { readonly action: string; readonly table: string }[] {
  if (name === 'TransactWriteItems')
    return (input.TransactItems ?? []).flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) => ({
        action: kind === 'ConditionCheck' ? 'dynamodb:ConditionCheckItem' : `dynamodb:${kind}Item`,
        table: TableName,
      })),
    )
  const tables = input.RequestItems ? Object.keys(input.RequestItems) : [input.TableName ?? '']
  return tables.map((table) => ({ action: `dynamodb:${name}`, table }))
}

/** What a function may be called by in permissions. */
export const FUNCTIONS = Object.keys(LAMBDAS)
export const after = (start: Instant, hours: number): Instant => later(start, hours * HOUR_MS)
