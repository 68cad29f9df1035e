import type { IncomingMessage } from 'node:http'
import { type Fault, type FaultPlan, noFaults } from '../../faults.ts'
import type { World } from '../../world.ts'
import { type Outcome, type Reply, serve } from '../serve.ts'
import { GatewayError, systemError, TikTokError, tokenExpired, tooManyQueries } from './errors.ts'
import { BASIC_TIER, type QueriesAllowed, QueryLimits } from './limits.ts'
import { readParams } from './params.ts'
import { respond } from './routes.ts'
import { SpendBook } from './spend-book.ts'
import {
  type Answer,
  type Call,
  nextFault,
  nowOf,
  type TikTokTwinCredentials,
  type TikTokTwinRequests,
  type Twin,
} from './twin.ts'

/** Pretend credentials: they open nothing but this twin. */
export const TIKTOK_TWIN_CREDENTIALS: TikTokTwinCredentials = {
  accessToken: 'pretend-tiktok-access-token',
  appId: '7000000000000000001',
  appSecret: 'pretend-tiktok-app-secret',
  authCode: 'pretend-tiktok-auth-code',
}

export interface TikTokTwinOptions {
  readonly world: World
  /** A free one unless told. */
  readonly port?: number
  readonly faults?: FaultPlan
  readonly credentials?: TikTokTwinCredentials
  /** Queries of the application by span; the basic tier without its limit a second unless told. */
  readonly allowed?: Partial<QueriesAllowed>
  /** Ads that a synchronous report looks at, newest first; 20,000 unless told. */
  readonly reportAdsMax?: number
  /** Whether the application was granted the scope of GMV Max; true unless told. */
  readonly hasGmvMaxScope?: boolean
}

export interface TikTokTwin {
  /** Stands for https://business-api.tiktok.com */
  readonly baseUrl: string
  readonly requests: Readonly<TikTokTwinRequests>
  close(): Promise<void>
}

const REPORT_ADS_MAX = 20_000

const assemble = (options: TikTokTwinOptions): Twin => ({
  world: options.world,
  credentials: options.credentials ?? TIKTOK_TWIN_CREDENTIALS,
  faults: options.faults ?? noFaults,
  limits: new QueryLimits({ ...BASIC_TIER, ...options.allowed }),
  book: new SpendBook(options.world),
  reportAdsMax: options.reportAdsMax ?? REPORT_ADS_MAX,
  hasGmvMaxScope: options.hasGmvMaxScope ?? true,
  requests: { http: 0, reads: 0, reports: 0, writes: 0, errors: 0 },
  sequence: 0,
  isAuthCodeSpent: false,
})

const PREFIX = '/open_api/v1.3'

/** @throws TikTokError when the body cannot be read */
function toCall(request: IncomingMessage, body: string): Call {
  const [path = '', query = ''] = (request.url ?? '/').split(/\?(.*)/s)
  const token = request.headers['access-token']
  return {
    method: request.method ?? 'GET',
    path: path.startsWith(`${PREFIX}/`) ? path.slice(PREFIX.length) : '',
    params: readParams(query, body),
    token: Array.isArray(token) ? token[0] : token,
  }
}

const FAULTS: Readonly<Partial<Record<Fault, () => TikTokError>>> = {
  unavailable: systemError,
  'rate-limited': () => tooManyQueries('QPM'),
  unauthorised: tokenExpired,
}

function handle(twin: Twin, request: IncomingMessage, body: string): Outcome {
  twin.requests.http += 1
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const fault = nextFault(twin, request.method ?? 'GET', path)
  if (fault === 'drop-before') return { fault }
  try {
    const broken = fault && FAULTS[fault]?.()
    if (broken) throw broken
    const answer = respond(twin, toCall(request, body))
    return { fault, reply: reply(envelope(twin, answer), answer.headers) }
  } catch (error) {
    if (error instanceof GatewayError)
      return { fault, reply: { status: error.status, headers: { 'content-type': 'text/plain' }, text: error.message } }
    if (!(error instanceof TikTokError)) throw error
    twin.requests.errors += 1
    return { fault, reply: reply(envelope(twin, { data: {} }, error)) }
  }
}

/** `request_id` is made of the clock and a counter, so that a run can be told twice. */
function envelope(twin: Twin, { data, code = undefined, message }: Partial<Answer>, error?: TikTokError): string {
  const request_id = `${nowOf(twin)}${String(twin.sequence).padStart(8, '0')}`
  return JSON.stringify({
    code: error?.code ?? code ?? 0,
    message: error?.message ?? message ?? 'OK',
    request_id,
    data: data ?? {},
  })
}

/** Errors of TikTok's own come with 200 as well. */
const reply = (text: string, headers: Answer['headers'] = {}): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json', ...headers },
  text,
})

/**
 * TikTok's Business API v1.3 on loopback, over the world that it is given.
 *
 * What it pretends to be: https://business-api.tiktok.com/portal/docs, by the documents' words and the fields of the
 * official client. It knows the endpoints and fields in its lists and refuses all others.
 */
export async function startTikTokTwin(options: TikTokTwinOptions): Promise<TikTokTwin> {
  const twin = assemble(options)
  const { baseUrl, close } = await serve(
    'TikTok',
    options.port ?? 0,
    () => nowOf(twin),
    (request, body) => handle(twin, request, body),
  )
  return { baseUrl, requests: twin.requests, close }
}
