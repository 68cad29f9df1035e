import { setTimeout as delay } from 'node:timers/promises'
import { type AccountId, platformId } from '../../model/account.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RequestLimiter } from '../../ports/limiter.ts'
import type { AdPlatform, PlatformReader, PlatformWriter } from '../../ports/platform.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { CurrencyCode } from '../../units/money.ts'
import { notSent } from '../../wire/send-each.ts'
import { currencyReader } from './account.ts'
import { type Api, openApi } from './api.ts'
import { pinterestCapabilities } from './capabilities.ts'
import { readConversionActions } from './conversion-actions.ts'
import { checkedVersion, pinterestOrigin } from './endpoint.ts'
import { readHealth } from './health.ts'
import { readLive } from './live.ts'
import { readPerformance } from './performance.ts'
import { accountShapes } from './shape.ts'
import { readStructure } from './structure.ts'
import { openTokens, type Tokens } from './tokens.ts'
import { applyChanges } from './writer.ts'

export interface PinterestOptions {
  readonly secrets: Secrets
  /**
   * Names the secret `{"appId": …, "appSecret": …, "refreshToken": …}`. It is rewritten with each renewal, so that
   * `secrets` must be able to `replace`; without that its access token is used until it expires.
   */
  readonly secretName: string
  readonly clock: Clock
  /** Pinterest's own host unless a loopback server is named, such as http://127.0.0.1:4500; for tokens as well. */
  readonly endpoint?: string
  /** `v5`, which is the only one. */
  readonly apiVersion?: string
  /** Bound of one request, its answer included; 30,000 unless told otherwise. */
  readonly requestTimeoutMs?: number
  readonly limiter?: RequestLimiter
  /** Waits while another worker renews the tokens. */
  readonly sleep?: (ms: number) => Promise<unknown>
}

/** @throws RangeError for an endpoint that is neither Pinterest's nor loopback, another version than v5, a timeout ≤ 0 */
export function pinterestPlatform(options: PinterestOptions): AdPlatform {
  const { secrets, secretName, clock, limiter, requestTimeoutMs: timeoutMs = 30_000, sleep = delay } = options
  if (!(timeoutMs > 0)) throw new RangeError(`requestTimeoutMs must be positive, got ${timeoutMs}`)
  const origin = pinterestOrigin(options.endpoint)
  const version = checkedVersion(options.apiVersion)
  const tokens = openTokens({ secrets, secretName, clock, origin, timeoutMs, sleep })
  const api = openApi({ tokens, clock, origin, version, timeoutMs, limiter })
  const currency = currencyReader(api)
  return {
    id: platformId('pinterest'),
    reader: readerOf(api, tokens, currency, clock),
    writer: writerOf(api, currency, clock),
    capabilities: pinterestCapabilities,
  }
}

type Currency = (account: AccountId, use?: RequestUse) => Promise<CurrencyCode>

function readerOf(
  api: Api,
  tokens: Tokens,
  currency: Currency,
  clock: Clock,
): Required<Pick<PlatformReader, 'health' | 'conversionActions'>> & PlatformReader {
  const shapes = accountShapes(api, clock, currency)
  const reports = { api, clock, currency, shape: shapes.of }
  return {
    async structure(account) {
      const structure = await readStructure(api, clock, account)
      shapes.remember(structure)
      return structure
    },
    performance: (account, query, rules) => readPerformance(reports, account, query, rules),
    // The API has no history of changes.
    changes: async () => 'unreviewed',
    live: (account, levers, use = 'read') => readLive(api, account, levers, use, () => currency(account.id, use)),
    announcements: async () => [],
    health: (account) => readHealth(api, tokens, account.id),
    conversionActions: (account) => readConversionActions(api, account.id),
  }
}

function writerOf(api: Api, currency: Currency, clock: Clock): PlatformWriter {
  const options = { api, currency, alone: new Set<string>() }
  return {
    apply: (account, changes, notAfter, look) =>
      applyChanges(options, account, changes, () => notAfter === undefined || clock.now() <= notAfter, look),
    announce: async () => notSent('not-honoured', 'Pinterest can be told nothing of days to come'),
  }
}
