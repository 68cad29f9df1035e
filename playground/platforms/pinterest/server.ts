import type { IncomingMessage } from 'node:http'
import { type Fault, type FaultPlan, noFaults } from '../../faults.ts'
import type { World } from '../../world.ts'
import { type Outcome, type Reply, serve } from '../serve.ts'
import { ApiError, throttled, unauthenticated, unavailable } from './errors.ts'
import { CallLimits, type CallTier } from './limits.ts'
import { type PinterestTwinCredentials, TokenBook, type TokenRules } from './oauth.ts'
import { type Answer, type Call, respond, type Twin } from './routes.ts'

/** Pretend credentials, in the shape of the adapter's secret: they open nothing but this twin. */
export const PINTEREST_TWIN_CREDENTIALS: PinterestTwinCredentials = {
  appId: '1480000',
  appSecret: 'pretend-app-secret',
  refreshToken: 'pinr.PRETENDrefresh0',
  accessToken: 'pina_PRETENDaccess0',
}

export interface PinterestTwinOptions {
  readonly world: World
  /** A free one unless told. */
  readonly port?: number
  readonly faults?: FaultPlan
  readonly credentials?: PinterestTwinCredentials
  readonly tokens?: TokenRules
  /** `standard` unless told otherwise. */
  readonly access?: CallTier
}

/** What was asked of the twin so far. */
export interface PinterestTwinRequests {
  /** HTTP requests, those for tokens included. */
  http: number
  reads: number
  writes: number
  /** Items of writes. */
  items: number
  analytics: number
  tokens: number
  /** Answers that were an error. */
  errors: number
}

export interface PinterestTwin {
  /** Stands for https://api.pinterest.com, tokens included. */
  readonly baseUrl: string
  readonly tokenUrl: string
  readonly requests: Readonly<PinterestTwinRequests>
  /** Every access token that was issued so far ends now. */
  expireAccessTokens(): void
  close(): Promise<void>
}

function faultError(fault: Fault | undefined): ApiError | undefined {
  if (fault === 'unavailable') return unavailable()
  if (fault === 'rate-limited') return throttled()
  return fault === 'unauthorised' ? unauthenticated() : undefined
}

const callOf = (request: IncomingMessage, body: string): Call => {
  const url = new URL(request.url ?? '/', 'http://twin')
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    params: url.searchParams,
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'] ?? '',
    body,
  }
}

function handle(twin: Twin, faults: FaultPlan, call: Call): Outcome {
  twin.requests.http += 1
  const { method, path } = call
  const mutating = method === 'PATCH'
  const fault = faults({ platform: 'pinterest', method, path, mutating, sequence: twin.requests.http })
  if (fault === 'drop-before') return { fault }
  try {
    const condition = twin.world.condition('pinterest')
    if (condition === 'down') throw unavailable()
    const broken = faultError(fault)
    if (broken) throw broken
    return { fault, reply: replyOf(respond(twin, call)) }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    twin.requests.errors += 1
    const headers = error.status === 429 ? twin.limits.waitHeaders(path) : {}
    return { fault, reply: replyOf({ status: error.status, headers, body: error.body }) }
  }
}

const replyOf = ({ status, headers, body }: Answer): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  text: JSON.stringify(body),
})

/**
 * Pinterest's API v5 on loopback, over the world that it is given: what the ad endpoints of its published OpenAPI
 * description (v5.23.0) say of accounts, campaigns, ad groups, analytics and tokens. It refuses parameters, columns and
 * fields that it does not know.
 */
export async function startPinterestTwin(options: PinterestTwinOptions): Promise<PinterestTwin> {
  const { world, faults = noFaults, credentials = PINTEREST_TWIN_CREDENTIALS } = options
  const now = () => world.now()
  const twin: Twin = {
    world,
    tokens: new TokenBook(credentials, options.tokens ?? {}, now),
    limits: new CallLimits(options.access ?? 'standard', now),
    memory: { appTypes: new Map(), multipliers: new Map() },
    actor: credentials.appId,
    requests: { http: 0, reads: 0, writes: 0, items: 0, analytics: 0, tokens: 0, errors: 0 },
  }
  const { baseUrl, close } = await serve('Pinterest', options.port ?? 0, now, (request, body) =>
    handle(twin, faults, callOf(request, body)),
  )
  return {
    baseUrl,
    tokenUrl: baseUrl,
    requests: twin.requests,
    expireAccessTokens: () => twin.tokens.expireAccess(),
    close,
  }
}
