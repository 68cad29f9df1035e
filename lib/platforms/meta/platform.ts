import { setTimeout as delay } from 'node:timers/promises'
import { type AccountId, platformId } from '../../model/account.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RequestLimiter } from '../../ports/limiter.ts'
import type { AdPlatform, PlatformReader, PlatformWriter } from '../../ports/platform.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { type Basics, basicsReader } from './account.ts'
import { readChanges } from './activities.ts'
import { keepStop, readStops, removeStop } from './ad-rules.ts'
import { announce, readAnnouncements, withdraw } from './budget-schedules.ts'
import { metaCapabilities } from './capabilities.ts'
import { readConversionActions } from './conversion-actions.ts'
import { type ActionTypes, DEFAULT_ACTION_TYPES } from './conversions.ts'
import { graphOrigin, graphVersion } from './endpoint.ts'
import { type Graph, openGraph } from './graph.ts'
import { readHealth } from './health.ts'
import { readPerformance } from './insights.ts'
import { readLive } from './live.ts'
import type { Polling } from './report-run.ts'
import { accountShapes } from './shape.ts'
import { readStructure } from './structure.ts'
import type { AccountUsage } from './usage.ts'
import { applyChanges } from './writer.ts'

export interface MetaOptions {
  readonly secrets: Secrets
  /** Names the secret `{"accessToken": …, "appId"?: …, "appSecret"?: …}`: a system user's token. */
  readonly secretName: string
  readonly clock: Clock
  /** Meta's own host unless a loopback server is named, such as http://127.0.0.1:4300. */
  readonly endpoint?: string
  /** `v25.0` unless told otherwise; Graph versions live for about two years. */
  readonly apiVersion?: string
  /** Bound of one request, its answer included; 30,000 unless told otherwise. */
  readonly requestTimeoutMs?: number
  /** Ids or names of the users and applications that Sluice acts as, for telling our own changes from others'. */
  readonly ourActors?: readonly string[]
  /** Meta's action type by our name of an action; added to `purchase` → `omni_purchase`. */
  readonly actionTypes?: ActionTypes
  /** How ordered reports are waited for; 120 looks 5 s apart unless told otherwise. */
  readonly polling?: Partial<Polling>
  /** Asked before every request; without one, requests are sent as they come. */
  readonly limiter?: RequestLimiter
}

export interface MetaPlatform extends AdPlatform {
  /** How much of each account's quota its last answer said was used. */
  readonly usage: ReadonlyMap<AccountId, AccountUsage>
}

const POLLING: Polling = { sleep: (ms) => delay(ms), everyMs: 5_000, attempts: 120 }

/** @throws RangeError for an endpoint that is neither Meta's nor loopback, a version not like v25.0, a timeout ≤ 0 */
export function metaPlatform(options: MetaOptions): MetaPlatform {
  const { secrets, secretName, clock, requestTimeoutMs = 30_000 } = options
  if (!(requestTimeoutMs > 0)) throw new RangeError(`requestTimeoutMs must be positive, got ${requestTimeoutMs}`)
  const graph = openGraph({
    secrets,
    secretName,
    clock,
    origin: graphOrigin(options.endpoint),
    version: graphVersion(options.apiVersion),
    timeoutMs: requestTimeoutMs,
    limiter: options.limiter,
  })
  const basics = basicsReader(graph)
  return {
    id: platformId('meta'),
    reader: readerOf(graph, basics, options),
    writer: writerOf(graph, basics, clock),
    capabilities: metaCapabilities,
    usage: graph.usage,
  }
}

function readerOf(graph: Graph, basics: Basics, options: MetaOptions): PlatformReader {
  const { clock } = options
  const shapes = accountShapes(graph, clock)
  const insights = {
    graph,
    clock,
    basics,
    shape: shapes.of,
    polling: { ...POLLING, ...options.polling },
    actionTypes: { ...DEFAULT_ACTION_TYPES, ...options.actionTypes },
  }
  return {
    async structure(account) {
      const structure = await readStructure(graph, clock, account)
      shapes.remember(structure)
      return structure
    },
    performance: (account, query, rules) => readPerformance(insights, account, query, rules),
    async changes(account, since) {
      const { currency } = await basics(account.id)
      const app = await graph.appId()
      const ours = new Set([...(options.ourActors ?? []), ...(app ? [app] : [])])
      return readChanges(graph, account, since, currency, ours)
    },
    live: async (account, levers, use = 'read') =>
      readLive(graph.as(use), account, levers, (await basics(account.id, use)).currency),
    health: (account) => readHealth({ graph, clock, version: graphVersion(options.apiVersion) }, account),
    conversionActions: async (account) =>
      readConversionActions(
        { graph, clock, actionTypes: insights.actionTypes, basics: await basics(account.id) },
        account,
      ),
    announcements: async (account) =>
      readAnnouncements({ graph, account, currency: (await basics(account.id)).currency }),
    spendStops: async (account, use = 'read') =>
      readStops(graph.as(use), account, (await basics(account.id, use)).currency),
  }
}

const writerOf = (graph: Graph, basics: Basics, clock: Clock): PlatformWriter => ({
  apply: (account, changes, notAfter, look) =>
    applyChanges(graph, basics, account, changes, () => notAfter === undefined || clock.now() <= notAfter, look),
  announce: (account, announcement) => announce(graph, basics, account, announcement),
  withdraw: (account, schedule) => withdraw(graph, account, schedule),
  keepStop: (account, stop, id) => keepStop(graph, basics, account, stop, id),
  removeStop: (account, id) => removeStop(graph, account, id),
})
