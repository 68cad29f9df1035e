import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { googleAds } from '../../functions/composition/google-ads.ts'
import type { LogLine } from '../../functions/composition/log.ts'
import { platformRegistry } from '../../functions/composition/registry.ts'
import { QUEUES, routes } from '../../functions/composition/routes.ts'
import { SHARED_ADAPTERS } from '../../functions/composition/shared-adapters.ts'
import { makeDispatchHandler } from '../../functions/dispatch-handler.ts'
import { makeStageHandler } from '../../functions/stage-handler.ts'
import { dueMessages } from '../../lib/control/dispatch.ts'
import { DEFAULT_TIMING, type Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import type { Mode, PolicyVersion } from '../../lib/model/policy.ts'
import type { ExchangeRates } from '../../lib/ports/rates.ts'
import type { Archive } from '../../lib/ports/store.ts'
import { type DynamoStores, dynamoStores } from '../../lib/store/stores.ts'
import { type AccountDate, HOUR_MS, type Instant } from '../../lib/units/calendar.ts'
import { type ExchangeRate, identityRate } from '../../lib/units/rates.ts'
import { createTables } from '../../playground/dynamodb/create-tables.ts'
import { startDynamoDbInWorker } from '../../playground/dynamodb/in-worker.ts'
import { type FaultPlan, noFaults } from '../../playground/faults.ts'
import { createMarket, type Market } from '../../playground/market/market.ts'
import type { PortfolioFacts } from '../../playground/market/portfolio-facts.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import { createRunner, type Runner } from '../../playground/runner/runner.ts'
import type { VirtualClock } from '../../playground/runner/virtual-clock.ts'
import { pretendLimiters } from './limits.ts'
import { memoryArchive } from './memory-archive.ts'
import { demoPolicy } from './policy.ts'
import { startTwins } from './twins.ts'

export interface PretendOptions {
  readonly scenario: Scenario
  readonly seed: number
  readonly mode?: Mode
  /** Where the engine keeps its data; in memory without it. */
  readonly folder?: string
  readonly faults?: FaultPlan
  readonly tickMs?: number
  /** Instead of the policy that `demoPolicy` derives; undefined stores none. */
  readonly policy?: (derived: PolicyVersion) => PolicyVersion
  readonly archive?: Archive
  /** Instead of tables in an embedded engine. */
  readonly stores?: DynamoStores
}

/** A whole Sluice against the pretend world: real handlers, real adapters, real protocols, one process. */
export interface Pretend {
  readonly market: Market
  readonly clock: VirtualClock
  readonly runner: Runner
  readonly policy: PolicyVersion
  readonly log: readonly LogLine[]
  readonly prefix: string
  /** Of the embedded DynamoDB; undefined where stores were given. */
  readonly endpoint: string | undefined
  loopFor(worker: string): Loop
  /** Lets the world and the controller go on together. */
  runUntil(to: Instant): Promise<void>
  close(): Promise<void>
}

const PREFIX = 'sluice-demo'
/** Longer than any turn here takes: time does not pass within one. */
const VISIBILITY_MS = 12 * 60_000
const MAX_RECEIVES = 5

/** The scenario's pinned rates behind the port: while one holds, it is quoted anew every day. */
export const scenarioRates = ({ rates }: PortfolioFacts): ExchangeRates => ({
  rate: async (from, to, on) =>
    from === to
      ? identityRate(from, on)
      : quotedOn(
          rates.findLast((one) => one.from === from && one.to === to && one.date <= on && on <= one.until),
          on,
        ),
})

const quotedOn = (rate: ExchangeRate | undefined, date: AccountDate): ExchangeRate | undefined =>
  rate && { ...rate, date }

/** The virtual clock moves the market along: asking either for the present gives the same answer. */
function marketClock(market: Market): VirtualClock {
  return { now: () => market.now(), set: (to) => market.advanceTo(to) }
}

interface Tables {
  readonly stores: DynamoStores
  readonly endpoint: string
  close(): Promise<void>
}

/** @param folder where the engine keeps its data; in memory without it */
async function startTables(folder: string | undefined): Promise<Tables> {
  const engine = await startDynamoDbInWorker(folder ? { folder } : {})
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    requestHandler: engine.requestHandler,
    region: 'us-east-1',
    credentials: { accessKeyId: 'pretend', secretAccessKey: 'pretend' },
    // Nobody checks a signature here, and making one takes a fifth of a request's time.
    signer: { sign: async (request) => request },
    // The same few commands over and over: their middleware is put together once.
    cacheMiddleware: true,
  })
  // It copies every answer for a log that nobody keeps.
  client.middlewareStack.remove('loggerMiddleware')
  await createTables(client, PREFIX)
  return {
    stores: dynamoStores({ client, prefix: PREFIX }),
    endpoint: engine.endpoint,
    close: async () => {
      client.destroy()
      await engine.close()
    },
  }
}

export async function startPretend(options: PretendOptions): Promise<Pretend> {
  const { scenario, seed, mode = 'auto', faults = noFaults } = options
  const market = createMarket(scenario, { seed })
  const clock = marketClock(market)
  const engine = options.stores ? undefined : await startTables(options.folder)
  const stores = options.stores ?? engine!.stores
  const twins = await startTwins(market, faults)
  const limiters = pretendLimiters(clock)
  const makers = Object.entries({ 'google-ads': googleAds, ...SHARED_ADAPTERS }).map(
    ([name, connect]) => [name, connect(twins.secrets, clock, limiters)] as const,
  )
  const platforms = platformRegistry(twins.connections, Object.fromEntries(makers))
  const log: LogLine[] = []
  const write = (line: LogLine): void => void log.push(line)
  const shared = {
    ...stores,
    clock,
    platforms,
    archive: options.archive ?? memoryArchive(),
    rates: scenarioRates(market.portfolio),
    timing: DEFAULT_TIMING,
  }
  const loopFor = (worker: string): Loop => ({
    ...shared,
    worker,
    queue: { send: (messages) => runner.queue.send(messages) },
  })
  const dispatch = makeDispatchHandler({ dueMessages, loopFor, log: write })
  let ticks = 0
  const runner: Runner = createRunner({
    clock,
    handlers: Object.fromEntries(
      QUEUES.map((queue) => [queue, makeStageHandler({ queue, runTurn, loopFor, clock, log: write })]),
    ),
    route: routes,
    dispatch: () => dispatch({}, { awsRequestId: `tick-${++ticks}` }),
    tickMs: options.tickMs ?? HOUR_MS,
    visibilityTimeoutMs: VISIBILITY_MS,
    maxReceives: MAX_RECEIVES,
  })
  const derived = demoPolicy(market.portfolio, mode, ({ platform }) => platforms(platform).capabilities)
  const policy = options.policy ? options.policy(derived) : derived
  await stores.policies.put(policy, 'demo', clock.now())
  return {
    market,
    clock,
    runner,
    policy,
    log,
    prefix: PREFIX,
    endpoint: engine?.endpoint,
    loopFor,
    runUntil: (to) => runner.runUntil(to),
    close: async () => {
      await twins.close()
      await engine?.close()
    },
  }
}
