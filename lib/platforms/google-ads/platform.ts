import { platformId } from '../../model/account.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RequestLimiter } from '../../ports/limiter.ts'
import type { AdPlatform, PlatformReader, PlatformWriter } from '../../ports/platform.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { customers, ownAccount } from './account.ts'
import { announce, readAnnouncements } from './announcements.ts'
import { googleAdsCapabilities } from './capabilities.ts'
import { readChanges } from './changes.ts'
import { readClickCells } from './click-cells.ts'
import { readConversionActions } from './conversion-actions.ts'
import { readConversionLag } from './conversion-lag.ts'
import { apiVersion, DEFAULT_VERSION, endpoints, GOOGLE_API, GOOGLE_TOKEN } from './endpoints.ts'
import { readForecasts } from './forecasts.ts'
import { readHealth } from './health.ts'
import { readLive } from './live.ts'
import { readPerformance } from './performance.ts'
import { googleAdsRest } from './rest.ts'
import { readStructure } from './structure.ts'
import { readTargetForecasts } from './target-forecasts.ts'
import { tokenSource } from './token.ts'
import { applyChanges } from './writer.ts'

export interface GoogleAdsOptions {
  readonly secrets: Secrets
  /** Its content: JSON with clientId, clientSecret, refreshToken, developerToken and perhaps loginCustomerId. */
  readonly secretName: string
  readonly clock: Clock
  /** Google's own hosts by default; otherwise a server on this machine. */
  readonly endpoints?: { readonly api: string; readonly token: string }
  readonly apiVersion?: string
  /** For one request, from its start to the last byte of its answer; a minute by default. */
  readonly requestTimeoutMs?: number
  /** E-mail addresses of the credentials that Sluice uses, or client types that nobody else uses. */
  readonly ourActors?: readonly string[]
  /** Asked before every request; without one, requests are sent as they come. */
  readonly limiter?: RequestLimiter
}

const DEFAULT_TIMEOUT_MS = 60_000

/** @throws RangeError for an endpoint that is neither Google's nor loopback, or an option out of its range */
export function googleAdsPlatform(options: GoogleAdsOptions): AdPlatform {
  const { secrets, secretName, clock, requestTimeoutMs: timeoutMs = DEFAULT_TIMEOUT_MS } = options
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 900_000)
    throw new RangeError(`requestTimeoutMs ${timeoutMs} must be 1 to 900000`)
  const { api, token } = endpoints(options.endpoints ?? { api: GOOGLE_API, token: GOOGLE_TOKEN })
  const version = apiVersion(options.apiVersion ?? DEFAULT_VERSION)
  const tokens = tokenSource({ secrets, secretName, clock, endpoint: token, timeoutMs })
  const rest = googleAdsRest({ api, version, tokens, timeoutMs, limiter: options.limiter })
  const customerOf = customers(rest)
  const ours = new Set((options.ourActors ?? []).map((name) => (name.includes('@') ? name.toLowerCase() : name)))

  const reader: PlatformReader = {
    structure: (account, what) => readStructure(rest, clock, account, what?.criteria),
    performance: async (account, query, rules) =>
      readPerformance(rest, clock, account, await customerOf(ownAccount(account)), query, rules),
    changes: async (account, since) =>
      readChanges(rest, clock, account, await customerOf(ownAccount(account)), since, ours),
    live: async (account, levers, use = 'read') =>
      readLive(rest.as(use), account, await customerOf(ownAccount(account), use), levers),
    announcements: async (account) => readAnnouncements(rest, account, await customerOf(ownAccount(account))),
    health: (account) => {
      ownAccount(account)
      return readHealth({ rest, tokens, clock, version }, account)
    },
    conversionActions: async (account) => readConversionActions(rest, ownAccount(account)),
    conversionLag: async (account, rules) =>
      readConversionLag(rest, clock, account, await customerOf(ownAccount(account)), rules),
    forecasts: (account) => readForecasts(rest, account),
    targetForecasts: (account) => readTargetForecasts(rest, account),
    cells: (account, rules, from, to) => readClickCells(rest, account, rules, from, to),
  }
  const writer: PlatformWriter = {
    apply: (account, changes, notAfter, look) =>
      applyChanges(rest, customerOf, account, changes, () => notAfter === undefined || clock.now() <= notAfter, look),
    announce: (account, announcement) => announce(rest, customerOf, account, announcement),
  }
  return { id: platformId('google-ads'), reader, writer, capabilities: googleAdsCapabilities }
}
