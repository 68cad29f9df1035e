import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Fault, type FaultPlan, noFaults } from '../../faults.ts'
import type { World } from '../../world.ts'
import { readBatch, runBatch, splitPath } from './batch.ts'
import { BudgetGate } from './budget-rules.ts'
import { Directory } from './directory.ts'
import { GraphError } from './errors.ts'
import { type AccessTier, Limits } from './limits.ts'
import { readParams } from './params.ts'
import { Recent } from './recent.ts'
import { ReportDesk } from './reports.ts'
import { authenticate, checkCondition, checkVersion, errorAnswer, faultError, respond } from './respond.ts'
import { SpendBook } from './spend-book.ts'
import {
  type GraphAnswer,
  type GraphCall,
  isMutating,
  type MetaTwinCredentials,
  type MetaTwinRequests,
  type MetaTwinToken,
  nextFault,
  type Twin,
} from './twin.ts'

/** Pretend credentials: they open nothing but this twin. */
export const META_TWIN_CREDENTIALS: MetaTwinCredentials = {
  accessToken: 'EAAPRETENDsystemuser',
  appId: '200000000000001',
  appSecret: 'pretend-app-secret',
}

export const META_TWIN_VERSIONS: readonly string[] = ['v23.0', 'v24.0', 'v25.0', 'v26.0']

export interface MetaTwinOptions {
  readonly world: World
  /** A free one unless told. */
  readonly port?: number
  readonly faults?: FaultPlan
  readonly credentials?: MetaTwinCredentials
  /** Accepted Graph versions, oldest first. */
  readonly versions?: readonly string[]
  /** Real milliseconds that a background report takes; 0: it is complete when first polled. */
  readonly asyncJobMs?: number
  readonly accessTier?: AccessTier
  /** Rows that a report may have before Graph asks for a smaller or a background one. */
  readonly syncRowsMax?: number
  /** What Graph says of the token when it is inspected; as of a system user's, that lasts, unless told. */
  readonly token?: Partial<MetaTwinToken>
  /** Every list that is not empty begins with an empty page that has a next link. */
  readonly emptyFirstPages?: boolean
}

export interface MetaTwin {
  /** Stands for https://graph.facebook.com */
  readonly baseUrl: string
  readonly requests: Readonly<MetaTwinRequests>
  close(): Promise<void>
}

const SYNC_ROWS_MAX = 25_000

function assemble(options: MetaTwinOptions): Twin {
  const { world } = options
  const credentials = options.credentials ?? META_TWIN_CREDENTIALS
  const archived = new Set<string>()
  const book = new SpendBook(world)
  return {
    world,
    credentials,
    versions: options.versions ?? META_TWIN_VERSIONS,
    token: { scopes: ['ads_management', 'ads_read'], expiresAt: 0, ...options.token },
    syncRowsMax: options.syncRowsMax ?? SYNC_ROWS_MAX,
    emptyFirstPages: options.emptyFirstPages ?? false,
    faults: options.faults ?? noFaults,
    directory: new Directory(world),
    book,
    limits: new Limits(options.accessTier ?? 'standard_access'),
    reports: new ReportDesk(options.asyncJobMs ?? 0),
    recentReports: new Recent(2),
    gate: new BudgetGate(),
    context: {
      world,
      book,
      user: { id: '100000000000001', name: 'Pretend system user' },
      app: { id: credentials.appId, name: 'Pretend app' },
      archived,
    },
    archived,
    requests: { http: 0, reads: 0, writes: 0, insights: 0, batches: 0, batchItems: 0, errors: 0 },
    sequence: 0,
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function tokenOf(request: IncomingMessage, inParams: string | undefined): string | undefined {
  return inParams ?? /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

/** @throws GraphError when the body cannot be read */
function toCall(request: IncomingMessage, body: string, baseUrl: string): GraphCall {
  const [path = '', query = ''] = (request.url ?? '/').split(/\?(.*)/s)
  const params = readParams(query, body, request.headers['content-type'] ?? '')
  const method = request.method ?? 'GET'
  return { method, ...splitPath(path), params, token: tokenOf(request, params.text('access_token')), baseUrl }
}

const isBatch = ({ method, segments, params }: GraphCall): boolean =>
  method === 'POST' && segments.length === 0 && params.has('batch')

const changesSomething = (call: GraphCall, path: string): boolean =>
  isBatch(call)
    ? readBatch(call.params).some(({ method, relativeUrl }) => isMutating(method, relativeUrl.split('?')[0] ?? ''))
    : isMutating(call.method, path)

function answerBatch(twin: Twin, call: GraphCall, fault: Fault | undefined): GraphAnswer {
  const broken = faultError(fault)
  if (broken) throw broken
  checkCondition(twin, 'platform')
  authenticate(twin, call)
  checkVersion(twin, call)
  return { status: 200, headers: {}, body: runBatch(twin, call) }
}

interface Outcome {
  readonly fault?: Fault | undefined
  readonly answer?: GraphAnswer
}

function handle(twin: Twin, request: IncomingMessage, body: string, baseUrl: string): Outcome {
  twin.requests.http += 1
  try {
    const call = toCall(request, body, baseUrl)
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const fault = nextFault(twin, call.method, path, changesSomething(call, path))
    if (fault === 'drop-before') return { fault }
    return { fault, answer: isBatch(call) ? answerBatch(twin, call, fault) : respond(twin, call, fault) }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    return { answer: errorAnswer(twin, error, { useCase: 'ads_management' }) }
  }
}

function send(response: ServerResponse, { fault, answer }: Outcome, { versions, world }: Twin): void {
  if (!answer || fault === 'drop-after') {
    response.destroy()
    return
  }
  const text = JSON.stringify(answer.body)
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=UTF-8',
    'facebook-api-version': versions.at(-1) ?? '',
    date: new Date(world.now()).toUTCString(),
    ...answer.headers,
  })
  response.end(fault === 'truncate' ? text.slice(0, Math.floor(text.length / 2)) : text)
}

/**
 * Meta's Marketing API (Graph) on loopback, over the world that it is given.
 *
 * What it pretends to be: https://developers.facebook.com/docs/marketing-apis, by its own words and by the field lists of
 * the published Node client. It knows the fields in its catalogue and refuses all others.
 */
export async function startMetaTwin(options: MetaTwinOptions): Promise<MetaTwin> {
  const twin = assemble(options)
  let baseUrl = ''
  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => send(response, handle(twin, request, body, baseUrl), twin))
      .catch((error: unknown) => {
        // A bug of the twin's own must be seen, not taken for the platform's trouble.
        response.writeHead(500, { 'content-type': 'text/plain' })
        response.end(`pretend Meta broke: ${error instanceof Error ? error.stack : String(error)}`)
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    baseUrl,
    requests: twin.requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
