import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { demoPolicy } from '../../cli/demo/policy.ts'
import { scenarioRates } from '../../cli/demo/pretend.ts'
import type { LogLine } from '../../functions/composition/log.ts'
import { platformRegistry } from '../../functions/composition/registry.ts'
import { QUEUES, type QueueName, routes } from '../../functions/composition/routes.ts'
import { makeDispatchHandler } from '../../functions/dispatch-handler.ts'
import { makeStageHandler } from '../../functions/stage-handler.ts'
import { dueMessages } from '../../lib/control/dispatch.ts'
import { DEFAULT_TIMING, type Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import type { Policy, PolicyVersion } from '../../lib/model/policy.ts'
import { versionOf } from '../../lib/model/policy-file.ts'
import { googleAdsPlatform } from '../../lib/platforms/google-ads/platform.ts'
import { metaPlatform } from '../../lib/platforms/meta/platform.ts'
import type { PlatformRegistry } from '../../lib/ports/platform.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import type { Archive } from '../../lib/ports/store.ts'
import { pack } from '../../lib/store/archive-content.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import { type Instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { GOOGLE_TWIN_CREDENTIALS } from '../../playground/platforms/google-ads/tokens.ts'
import { META_TWIN_CREDENTIALS } from '../../playground/platforms/meta/server.ts'
import { createRunner, type QueueHandler } from '../../playground/runner/runner.ts'
import { type VirtualClock, virtualClock } from '../../playground/runner/virtual-clock.ts'
import { createMeter, type Meter, type Taken } from './meter.ts'
import { advance, TABLE_PREFIX, type WorldFacts } from './world.ts'

/** One invocation of a function, with what its log line says of it. */
export interface Invocation {
  readonly lambda: QueueName | 'dispatch'
  readonly line: LogLine
  readonly taken: Taken
}

export interface ArchivedBytes {
  readonly plain: number
  readonly zipped: number
}

export interface Controller {
  readonly policy: PolicyVersion
  readonly invocations: readonly Invocation[]
  /** Of every plan's inputs. */
  readonly archived: readonly ArchivedBytes[]
  /** Everything that falls due from `from` up to and including `to`; what fell due before is left out. */
  window(from: Instant, to: Instant): Promise<void>
}

const MAX_RECEIVES = 5

/** The deployed handlers in this process, on a schedule of their own, against a world in another. */
export async function startController(world: WorldFacts, membersOf: (policy: Policy) => Policy): Promise<Controller> {
  const clock = virtualClock(world.start)
  const meter = createMeter(world.dynamodb)
  const platforms = platformsOf(world, clock)
  const { stores } = storesOf(world, meter)
  const archived: ArchivedBytes[] = []
  const log: LogLine[] = []
  const loopFor = (worker: string, send: Loop['queue']['send']): Loop => ({
    ...stores,
    clock,
    platforms,
    archive: countingArchive(archived),
    rates: scenarioRates(world.portfolio),
    timing: DEFAULT_TIMING,
    worker,
    queue: { send },
  })
  const derived = demoPolicy(world.portfolio, 'auto', ({ platform }) => platforms(platform).capabilities)
  const policy = versionOf(membersOf(derived.policy))
  await stores.policies.put(policy, 'bench', clock.now())

  const invocations: Invocation[] = []
  const measured = async <T>(lambda: Invocation['lambda'], work: () => Promise<T>): Promise<T> => {
    // The world goes on only here: every event falls on an instant at which something is invoked.
    await advance(world, clock.now())
    const { result, taken } = await meter.taken(work)
    invocations.push({ lambda, line: log.at(-1)!, taken })
    return result
  }
  return {
    policy,
    invocations,
    archived,
    async window(from, to) {
      clock.set(from)
      await runnerOf(clock, loopFor, (line) => log.push(line), measured).runUntil(to)
    },
  }
}

type Measured = <T>(lambda: Invocation['lambda'], work: () => Promise<T>) => Promise<T>

function runnerOf(
  clock: VirtualClock,
  loopFor: (worker: string, send: Loop['queue']['send']) => Loop,
  log: (line: LogLine) => void,
  measured: Measured,
) {
  const loop = (worker: string): Loop => loopFor(worker, (messages) => runner.queue.send(messages))
  const handler = (queue: QueueName): QueueHandler => {
    const handle = makeStageHandler({ queue, runTurn, loopFor: loop, clock, log })
    return async (event, invocation) => {
      const { batchItemFailures } = await measured(queue, () => handle(event, invocation))
      return { batchItemFailures: [...batchItemFailures] }
    }
  }
  const dispatch = makeDispatchHandler({ dueMessages, loopFor: loop, log })
  let ticks = 0
  const runner = createRunner({
    clock,
    handlers: Object.fromEntries(QUEUES.map((queue) => [queue, handler(queue)])),
    route: routes,
    dispatch: () => measured('dispatch', () => dispatch({}, { awsRequestId: `tick-${++ticks}` })),
    tickMs: 15 * MINUTE_MS,
    visibilityTimeoutMs: 12 * MINUTE_MS,
    maxReceives: MAX_RECEIVES,
  })
  return runner
}

function storesOf(world: WorldFacts, meter: Meter) {
  const client = new DynamoDBClient({
    endpoint: world.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: 'pretend', secretAccessKey: 'pretend' },
  })
  return { stores: dynamoStores({ client, prefix: TABLE_PREFIX, onConsumed: meter.onConsumed }) }
}

function platformsOf(world: WorldFacts, clock: VirtualClock): PlatformRegistry {
  const secretsOf = (credentials: object): Secrets => ({ read: async () => JSON.stringify(credentials) })
  return platformRegistry(
    ['google-ads:*', 'meta:*'].map((account) => ({ account, secret: 'pretend' })),
    {
      'google-ads': ({ secret }) =>
        googleAdsPlatform({
          secrets: secretsOf(GOOGLE_TWIN_CREDENTIALS),
          secretName: secret,
          clock,
          endpoints: { api: world.googleApi, token: world.googleToken },
          ourActors: [GOOGLE_TWIN_CREDENTIALS.clientId],
        }),
      meta: ({ secret }) =>
        metaPlatform({
          secrets: secretsOf(META_TWIN_CREDENTIALS),
          secretName: secret,
          clock,
          endpoint: world.meta,
          ourActors: [META_TWIN_CREDENTIALS.appId],
        }),
    },
  )
}

/** Packs as the real ones do and keeps nothing: S3 is the only part of the archive that is not the worker's. */
const countingArchive = (archived: ArchivedBytes[]): Archive => ({
  async put(content) {
    let plain = 0
    const counted = function* (): Generator<string> {
      for (const piece of typeof content === 'string' ? [content] : content) {
        plain += Buffer.byteLength(piece)
        yield piece
      }
    }
    const { hash, zipped } = await pack(counted())
    archived.push({ plain, zipped: zipped.length })
    return hash
  },
  async get(hash) {
    throw new Error(`${hash} was packed and not kept`)
  },
})
