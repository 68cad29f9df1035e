import type { IncomingMessage } from 'node:http'
import { type Fault, type FaultPlan, noFaults } from '../../faults.ts'
import type { World } from '../../world.ts'
import { type Outcome, type Reply, serve } from '../serve.ts'
import { readBatch, runBatch, splitPath } from './batch.ts'
import { BudgetGate } from './budget-rules.ts'
import { Directory } from './directory.ts'
import { GraphError } from './errors.ts'
import { type AccessTier, Limits } from './limits.ts'
import { readParams } from './params.ts'
import { Recent } from './recent.ts'
import { ReportDesk } from './reports.ts'
import { authenticate, checkCondition, checkVersion, errorAnswer, faultError, respond } from './respond.ts'
import { RuleBook } from './rules.ts'
import { SpendBook } from './spend-book.ts'
import {
  type GraphAnswer,
  type GraphCall,
  isMutating,
  type MetaTwinCredentials,
  type MetaTwinRequests,
  type MetaTwinToken,
  nextFault,
  nowOf,
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
    rules: new RuleBook(world, book),
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

function handle(twin: Twin, request: IncomingMessage, body: string, baseUrl: string): Outcome {
  twin.requests.http += 1
  try {
    const call = toCall(request, body, baseUrl)
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const fault = nextFault(twin, call.method, path, changesSomething(call, path))
    if (fault === 'drop-before') return { fault }
    const answer = isBatch(call) ? answerBatch(twin, call, fault) : respond(twin, call, fault)
    return { fault, reply: replyOf(twin, answer) }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    return { reply: replyOf(twin, errorAnswer(twin, error, { useCase: 'ads_management' })) }
  }
}

const replyOf = ({ versions }: Twin, { status, headers, body }: GraphAnswer): Reply => ({
  status,
  headers: {
    'content-type': 'application/json; charset=UTF-8',
    'facebook-api-version': versions.at(-1) ?? '',
    ...headers,
  },
  text: JSON.stringify(body),
})

/**
 * Meta's Marketing API (Graph) on loopback, over the world that it is given.
 *
 * What it pretends to be: https://developers.facebook.com/docs/marketing-apis, by its own words and by the field lists of
 * the published Node client. It knows the fields in its catalogue and refuses all others.
 */
export async function startMetaTwin(options: MetaTwinOptions): Promise<MetaTwin> {
  const twin = assemble(options)
  const { baseUrl, close } = await serve(
    'Meta',
    options.port ?? 0,
    () => nowOf(twin),
    (request, body, base) => handle(twin, request, body, base),
  )
  return { baseUrl, requests: twin.requests, close }
}
