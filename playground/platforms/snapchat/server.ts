import type { IncomingMessage } from 'node:http'
import { HOUR_MS } from '../../../lib/units/calendar.ts'
import { type Fault, type FaultPlan, noFaults } from '../../faults.ts'
import type { World } from '../../world.ts'
import { type Outcome, type Reply, serve } from '../serve.ts'
import { CARD, type FundingSource } from './accounts.ts'
import { Extras } from './entities.ts'
import { GatewayError, SnapError, throttled, tokenRefused, unavailable } from './errors.ts'
import { type Fields, writeExact } from './exact.ts'
import { Rates } from './rates.ts'
import { route } from './routes.ts'
import { SNAPCHAT_TWIN_CREDENTIALS, type SnapchatTwinCredentials, Tokens } from './tokens.ts'
import type { SnapCall, SnapchatTwinRequests, Twin } from './twin.ts'

export { SNAPCHAT_TWIN_CREDENTIALS }

export interface SnapchatTwinOptions {
  readonly world: World
  /** A free one unless told. */
  readonly port?: number
  readonly faults?: FaultPlan
  readonly credentials?: SnapchatTwinCredentials
  /** Of an access token, on the world's clock: an hour unless told. */
  readonly tokenLifeMs?: number
  /** Fields of entities over those that the twin makes up, by id: targeting, caps, whatever is to be kept. */
  readonly extras?: Readonly<Record<string, Fields>>
  /** Ways to pay, the same for every account: a credit card unless told. */
  readonly funding?: readonly FundingSource[]
  /** Whether PATCH is there; it is unless told. */
  readonly offersPatch?: boolean
  /** Lists hold at most so many, whatever limit is asked for. */
  readonly pageSize?: number
  /** Whether 429 is answered by the world's clock, which a world that stands still would run into at once. */
  readonly enforcesRates?: boolean
}

export interface SnapchatTwin {
  /** Stands for https://adsapi.snapchat.com */
  readonly baseUrl: string
  /** Stands for https://accounts.snapchat.com */
  readonly tokenUrl: string
  readonly requests: Readonly<SnapchatTwinRequests>
  /** As if every access token had run out. */
  expireTokens(): void
  close(): Promise<void>
}

export const TOKEN_PATH = '/login/oauth2/access_token'

function assemble(options: SnapchatTwinOptions): Twin {
  const { world } = options
  return {
    world,
    tokens: new Tokens(options.credentials ?? SNAPCHAT_TWIN_CREDENTIALS, options.tokenLifeMs ?? HOUR_MS, () =>
      world.now(),
    ),
    rates: new Rates(options.enforcesRates ?? false),
    faults: options.faults ?? noFaults,
    extras: new Extras(options.extras ?? {}),
    funding: options.funding ?? [CARD],
    offersPatch: options.offersPatch ?? true,
    pageSize: options.pageSize ?? Number.POSITIVE_INFINITY,
    requests: { http: 0, tokens: 0, reads: 0, stats: 0, patches: 0, puts: 0, errors: 0 },
    sequence: 0,
  }
}

const JSON_HEADERS = { 'content-type': 'application/json' }

function thrownBy(fault: Fault | undefined): GatewayError | undefined {
  if (fault === 'unavailable') return unavailable()
  if (fault === 'rate-limited') return throttled()
  return fault === 'unauthorised' ? tokenRefused() : undefined
}

function checkCondition({ world }: Twin): void {
  const condition = world.condition('snapchat')
  if (condition === 'down') throw unavailable()
  if (condition === 'throttling') throw throttled()
}

function admit(twin: Twin, authorization: string | undefined): void {
  const [, token] = /^Bearer (.+)$/.exec(authorization ?? '') ?? []
  if (token === undefined || !twin.tokens.isValid(token)) throw tokenRefused()
  twin.rates.admit(token, twin.world.now())
}

const requestId = ({ sequence }: Twin): string => `5d2f4a2e00ff0b2d2797e383a2${String(sequence).padStart(10, '0')}`

function answer(twin: Twin, call: SnapCall, authorization: string | undefined, fault: Fault | undefined): Reply {
  try {
    const broken = thrownBy(fault)
    if (broken) throw broken
    checkCondition(twin)
    admit(twin, authorization)
    const fields = route(twin, call)
    const body = { request_status: 'SUCCESS', request_id: requestId(twin), ...fields }
    return { status: 200, headers: JSON_HEADERS, text: writeExact(body) }
  } catch (error) {
    return errorReply(twin, error)
  }
}

function errorReply(twin: Twin, error: unknown): Reply {
  twin.requests.errors += error instanceof SnapError || error instanceof GatewayError ? 1 : 0
  if (error instanceof SnapError)
    return { status: error.status, headers: JSON_HEADERS, text: writeExact(error.body(requestId(twin))) }
  if (error instanceof GatewayError)
    return { status: error.status, headers: { 'content-type': 'text/plain', ...error.headers }, text: error.message }
  throw error
}

function tokenReply(twin: Twin, method: string, body: string): Reply {
  twin.requests.tokens += 1
  if (method !== 'POST') return { status: 405, headers: JSON_HEADERS, text: '{"error":"invalid_request"}' }
  const { status, body: json } = twin.tokens.exchange(new URLSearchParams(body))
  return { status, headers: JSON_HEADERS, text: JSON.stringify(json) }
}

function handle(twin: Twin, request: IncomingMessage, body: string, baseUrl: string): Outcome {
  twin.requests.http += 1
  const method = request.method ?? 'GET'
  const { pathname, searchParams } = new URL(request.url ?? '/', baseUrl)
  // Getting a token is no part of what is made to fail: its own refusals are tested by its own answers.
  if (pathname === TOKEN_PATH) return { reply: tokenReply(twin, method, body) }
  twin.sequence += 1
  const { sequence } = twin
  const fault = twin.faults({ platform: 'snapchat', method, path: pathname, mutating: method !== 'GET', sequence })
  if (fault === 'drop-before') return { fault }
  const [, version, ...segments] = pathname.split('/')
  if (version !== 'v1') return { fault, reply: errorReply(twin, new SnapError(404, 'E1001', 'No such version')) }
  const call: SnapCall = {
    method,
    segments: segments.filter((segment) => segment !== ''),
    query: searchParams,
    contentType: request.headers['content-type'] ?? '',
    body,
    address: `${baseUrl}${pathname}`,
  }
  return { fault, reply: answer(twin, call, request.headers.authorization, fault) }
}

/**
 * Snapchat's Marketing API v1 on loopback, over the world that it is given.
 *
 * What it pretends to be: https://developers.snap.com/api/marketing-api/Ads-API/introduction. It knows the fields in its
 * catalogue and refuses all others.
 */
export async function startSnapchatTwin(options: SnapchatTwinOptions): Promise<SnapchatTwin> {
  const twin = assemble(options)
  const { baseUrl, close } = await serve(
    'Snapchat',
    options.port ?? 0,
    () => twin.world.now(),
    (request, body, base) => handle(twin, request, body, base),
  )
  return {
    baseUrl,
    tokenUrl: baseUrl,
    requests: twin.requests,
    expireTokens: () => twin.tokens.expireAll(),
    close,
  }
}
