/** The REST transport: paths, JSON bodies, streams, and what goes wrong on the way. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Fault, FaultPlan } from '../../faults.ts'
import type { Headers } from './access.ts'
import { API_VERSION, asFault, BadRequest, errorBody, fault, GoogleFault, statusOf } from './failure.ts'
import type { Json } from './render.ts'
import { checkKeys, kindOfCollection, mutateRequest, parseBody } from './requests.ts'
import { type GoogleAdsService, mutateResponse, throttled, tokenExpired, unavailable } from './service.ts'

interface Reply {
  readonly status: number
  readonly requestId: string
  /** Pieces of the body, made when they are sent. */
  readonly pieces: Iterable<string>
}

interface Call {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: string
}

export function restServer(service: GoogleAdsService, plan: FaultPlan, nextSequence: () => number): Server {
  return createServer((request, response) => {
    answer(service, plan, nextSequence, request, response).catch((error: unknown) => response.destroy(error as Error))
  })
}

async function answer(
  service: GoogleAdsService,
  plan: FaultPlan,
  nextSequence: () => number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname: path } = new URL(request.url ?? '/', 'http://twin')
  const method = request.method ?? 'GET'
  const body = await text(request)
  const mutating = path.endsWith(':mutate')
  const planned = plan({ platform: 'google-ads', method, path, mutating, sequence: nextSequence() })
  if (planned === 'drop-before') {
    request.socket.destroy()
    return
  }
  response.setHeader('date', service.date())
  const reply = replyTo(service, { method, path, headers: plainHeaders(request), body }, planned)
  if (planned === 'drop-after') request.socket.destroy()
  else await send(response, reply, planned === 'truncate')
}

const plainHeaders = ({ headers }: IncomingMessage): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]))

/** Sends piece by piece, waiting where the client reads slowly. Cut short, the half of the body looks like the whole. */
async function send(response: ServerResponse, reply: Reply, truncated: boolean): Promise<void> {
  response.writeHead(reply.status, {
    'content-type': 'application/json; charset=UTF-8',
    'request-id': reply.requestId,
  })
  if (truncated) {
    const whole = [...reply.pieces].join('')
    response.end(whole.slice(0, Math.floor(whole.length / 2)))
    return
  }
  for (const piece of reply.pieces)
    if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve))
  response.end()
}

/** A fault in the platform's own shape, where it has one. */
function thrownBy(planned: Fault | undefined): GoogleFault | undefined {
  switch (planned) {
    case 'unavailable':
      return unavailable()
    case 'rate-limited':
      return throttled()
    case 'unauthorised':
      return tokenExpired()
    default:
      return undefined
  }
}

function replyTo(service: GoogleAdsService, call: Call, planned: Fault | undefined): Reply {
  const operation = operationOf(call.path)
  const requestId = service.begin(operation)
  try {
    const error = thrownBy(planned)
    if (error) throw error
    if (operation === 'token') return tokenReply(service, call, requestId)
    service.checkCondition()
    return { status: 200, requestId, pieces: serve(service, call, requestId) }
  } catch (thrown) {
    const error = thrown instanceof BadRequest ? thrown : asFault(thrown)
    const status = error instanceof GoogleFault ? statusOf(error.status).http : 400
    const body = JSON.stringify(errorBody(error, requestId))
    return { status, requestId, pieces: [operation === 'searchStream' ? `[${body}]` : body] }
  }
}

/** Name under which a call is counted: `searchStream`, `campaignBudgets:mutate`, `token`. */
function operationOf(path: string): string {
  if (path === '/token') return 'token'
  const last = path.slice(path.lastIndexOf('/') + 1)
  return last.startsWith('googleAds:search') ? last.slice('googleAds:'.length) : last
}

function tokenReply(service: GoogleAdsService, { method, body }: Call, requestId: string): Reply {
  const { status, body: json } =
    method === 'POST'
      ? service.tokens.exchange(new URLSearchParams(body))
      : { status: 405, body: { error: 'invalid_request' } }
  return { status, requestId, pieces: [JSON.stringify(json)] }
}

const ROUTE = new RegExp(`^/${API_VERSION}/customers/([^/]+)/([a-zA-Z]+):(search|searchStream|mutate)$`)

/** @throws GoogleFault or BadRequest for what is refused, before anything is sent */
function serve(service: GoogleAdsService, { method, path, headers, body }: Call, requestId: string): Iterable<string> {
  checkVersion(path)
  if (path === `/${API_VERSION}/customers:listAccessibleCustomers` && method === 'GET') {
    service.access.authenticate(headers)
    return [JSON.stringify({ resourceNames: service.access.directly().map((id) => `customers/${id}`) })]
  }
  const [, customerId = '', collection = '', verb] = ROUTE.exec(path) ?? []
  const kind = kindOfCollection(collection)
  if (method !== 'POST' || !verb || (collection !== 'googleAds' && (!kind || verb !== 'mutate')))
    throw new GoogleFault('NOT_FOUND', [], `Method not found: ${method} ${path}`)
  const account = service.account(headers, decodeURIComponent(customerId))
  const json = parseBody(body)
  if (verb === 'mutate') {
    const request = mutateRequest(json, kind, true)
    return [JSON.stringify(mutateResponse(service.mutate(account, request), request.mixed, requestId))]
  }
  if (verb === 'search') {
    checkKeys(json, ['customerId', 'query', 'pageToken', 'pageSize', 'validateOnly', 'searchSettings'], '')
    return [JSON.stringify(service.page(account, json))]
  }
  checkKeys(json, ['customerId', 'query', 'summaryRowSetting'], '')
  return jsonArray(service.stream(account, json, requestId))
}

/** @throws GoogleFault for another version of the API than the twin speaks */
function checkVersion(path: string): void {
  const version = /^\/(v\d+)\//.exec(path)?.[1]
  if (version !== undefined && version !== API_VERSION)
    throw fault('requestError', 'UNSUPPORTED_VERSION', `Version ${version} is not supported: this is ${API_VERSION}.`)
}

function* jsonArray(items: Iterable<Json>): Iterable<string> {
  let before = '['
  for (const item of items) {
    yield `${before}${JSON.stringify(item)}`
    before = ',\n'
  }
  yield ']'
}
