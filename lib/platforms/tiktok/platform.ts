import { platformId } from '../../model/account.ts'
import type { WriteResult } from '../../model/failure.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RequestLimiter } from '../../ports/limiter.ts'
import type { AdPlatform, PlatformReader, PlatformWriter } from '../../ports/platform.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { originOf } from '../../wire/origin.ts'
import { notSent } from '../../wire/send-each.ts'
import { basicsReader } from './account.ts'
import { openApi } from './api.ts'
import { tiktokCapabilities } from './capabilities.ts'
import { readConversionActions } from './conversion-actions.ts'
import { readHealth } from './health.ts'
import { listingsOf } from './listing.ts'
import { readLive } from './live.ts'
import { METRIC_PAIRS, type MetricPairs } from './metrics.ts'
import { openKnown } from './objects.ts'
import { readPerformance } from './performance.ts'
import { readStructure } from './structure.ts'
import { applyChanges, type WriterParts } from './writer.ts'

export interface TikTokOptions {
  readonly secrets: Secrets
  /** Names the secret `{"accessToken": …, "issuedAt"?: …}`: a long-lived token of the Marketing API. */
  readonly secretName: string
  readonly clock: Clock
  /** TikTok's own host unless a loopback server is named, such as http://127.0.0.1:4300. */
  readonly endpoint?: string
  /** Bound of one request, its answer included; 30,000 unless told otherwise. */
  readonly requestTimeoutMs?: number
  /** Keeps the application within its limits, over all workers; nothing is held back without it. */
  readonly limiter?: RequestLimiter
  /** TikTok's metrics by our name of an action; added to those that are built in. */
  readonly metricPairs?: MetricPairs
}

const OFFICIAL = 'https://business-api.tiktok.com'

/** @throws RangeError for an endpoint that is neither TikTok's nor loopback, a timeout ≤ 0 */
export function tiktokPlatform(options: TikTokOptions): AdPlatform {
  const { secrets, secretName, clock, limiter, requestTimeoutMs: timeoutMs = 30_000 } = options
  if (!(timeoutMs > 0)) throw new RangeError(`requestTimeoutMs must be positive, got ${timeoutMs}`)
  const origin = originOf('TikTok', OFFICIAL, options.endpoint)
  const api = openApi({ secrets, secretName, clock, origin, timeoutMs, limiter })
  const parts = { api, basics: basicsReader(api), known: openKnown() }
  return {
    id: platformId('tiktok'),
    reader: readerOf(parts, clock, { ...METRIC_PAIRS, ...options.metricPairs }),
    writer: writerOf(parts, clock),
    capabilities: tiktokCapabilities,
  }
}

function readerOf({ api, basics, known }: WriterParts, clock: Clock, pairs: MetricPairs): PlatformReader {
  const listings = listingsOf(api, clock)
  return {
    async structure(account) {
      const structure = await readStructure(api, listings, clock, account)
      known.rememberStructure(structure)
      basics.remember(account.id, structure)
      return structure
    },
    performance: (account, query, rules) =>
      readPerformance({ api, clock, basics, listings, pairs }, account, query, rules),
    // There is an export of a change log, as a file of prose; nothing that could be relied on.
    changes: async () => 'unreviewed',
    live: async (account, levers, use = 'read') =>
      readLive(api, known, account, levers, (await basics.of(account.id, use)).currency, use),
    announcements: async () => [],
    health: (account) => readHealth(api, clock, account),
    conversionActions: (account) => readConversionActions(listings, account.id, pairs),
  }
}

const writerOf = (parts: WriterParts, clock: Clock): PlatformWriter => ({
  apply: (account, changes, notAfter, look) =>
    applyChanges(parts, account, changes, () => notAfter === undefined || clock.now() <= notAfter, look),
  announce: async (_, { kind }): Promise<WriteResult> => notSent('not-honoured', `TikTok has no ${kind}`),
})
