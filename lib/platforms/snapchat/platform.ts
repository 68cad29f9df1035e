import { platformId } from '../../model/account.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RequestLimiter } from '../../ports/limiter.ts'
import type { AdPlatform, PlatformReader, PlatformWriter } from '../../ports/platform.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { notSent } from '../../wire/send-each.ts'
import { type Basics, basicsReader } from './account.ts'
import { accountIndexes } from './account-index.ts'
import { type Api, openApi } from './api.ts'
import { snapchatCapabilities } from './capabilities.ts'
import { readChanges } from './changes.ts'
import { readConversionActions } from './conversion-actions.ts'
import { endpointsOf, type SnapchatEndpoints } from './endpoints.ts'
import { readHealth } from './health.ts'
import { readLive } from './live.ts'
import { readPerformance } from './performance.ts'
import { entityPlaces, type Places } from './places.ts'
import { openSender } from './sender.ts'
import { readStructure } from './structure.ts'
import { tokenSource } from './token.ts'
import { applyChanges } from './writer.ts'

export interface SnapchatOptions {
  readonly secrets: Secrets
  /** Names the secret `{"clientId": …, "clientSecret": …, "refreshToken": …}`. */
  readonly secretName: string
  readonly clock: Clock
  /** Snapchat's own hosts unless loopback servers are named, such as http://127.0.0.1:4300. */
  readonly endpoints?: Partial<SnapchatEndpoints>
  /** Bound of one request, its answer included; 30,000 unless told otherwise. */
  readonly requestTimeoutMs?: number
  /** Names or ids of the users and applications that Sluice acts as, for telling our own changes from others'. */
  readonly ourActors?: readonly string[]
  /** Keeps all workers together within Snapchat's limits; none without it. */
  readonly limiter?: RequestLimiter
}

/** @throws RangeError for an endpoint that is neither Snapchat's nor loopback, a timeout ≤ 0 */
export function snapchatPlatform(options: SnapchatOptions): AdPlatform {
  const { secrets, secretName, clock, requestTimeoutMs: timeoutMs = 30_000, limiter } = options
  if (!(timeoutMs > 0)) throw new RangeError(`requestTimeoutMs must be positive, got ${timeoutMs}`)
  const endpoints = endpointsOf(options.endpoints)
  const tokens = tokenSource({ secrets, secretName, clock, endpoint: endpoints.token, timeoutMs })
  const api = openApi(openSender({ tokens, origin: endpoints.api, timeoutMs, limiter }))
  const basics = basicsReader(api)
  const places = entityPlaces(api)
  return {
    id: platformId('snapchat'),
    reader: readerOf(api, basics, places, options),
    writer: writerOf(api, basics, places, clock),
    capabilities: snapchatCapabilities,
  }
}

function readerOf(
  api: Api,
  basics: Basics,
  places: Places,
  { clock, ourActors = [] }: SnapchatOptions,
): PlatformReader {
  const indexes = accountIndexes(api, clock)
  const ours = new Set(ourActors)
  return {
    async structure(account) {
      const { structure, listing } = await readStructure(api, clock, account)
      indexes.remember(account.id, listing)
      return structure
    },
    performance: (account, query, rules) => readPerformance({ api, clock, basics, indexes }, account, query, rules),
    async changes(account, since) {
      const { currency } = await basics(account.id)
      return readChanges({ api, indexes, ours }, account, since, currency)
    },
    live: async (account, levers, use = 'read') =>
      readLive(places, account, levers, (await basics(account.id, use)).currency, use),
    announcements: async () => [],
    health: (account) => readHealth(api, clock, account),
    conversionActions: (account) => readConversionActions(api, account),
  }
}

const writerOf = (api: Api, basics: Basics, places: Places, clock: Clock): PlatformWriter => ({
  apply: (account, changes, notAfter, look) =>
    applyChanges(
      { api, places, basics },
      account,
      changes,
      () => notAfter === undefined || clock.now() <= notAfter,
      look,
    ),
  announce: async (_, { kind }) => notSent('not-honoured', `Snapchat cannot be told of a ${kind}`),
})
