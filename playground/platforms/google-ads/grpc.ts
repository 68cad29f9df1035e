/** The gRPC transport, from the service definitions that the published client ships. Plain text, on loopback. */
import { createRequire } from 'node:module'
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type StatusObject,
  status,
} from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import type { Fault, FaultPlan } from '../../faults.ts'
import type { Headers } from './access.ts'
import { API_VERSION, asFault, BadRequest, FAILURE_TYPE, statusOf } from './failure.ts'
import { messageOf } from './messages.ts'
import type { MutableKind } from './mutate-types.ts'
import type { Json } from './render.ts'
import { camelKeys, mutateRequest } from './requests.ts'
import { type GoogleAdsService, mutateResponse, throttled, tokenExpired, unavailable } from './service.ts'

const PACKAGE = `google.ads.googleads.${API_VERSION}`
const FAILURE_TRAILER = `${FAILURE_TYPE.toLowerCase()}-bin`

/** Mutate methods by service, with the kind of resource that each is for. */
const MUTATES: readonly (readonly [service: string, method: string, kind: MutableKind])[] = [
  ['CampaignBudgetService', 'mutateCampaignBudgets', 'campaignBudget'],
  ['CampaignService', 'mutateCampaigns', 'campaign'],
  ['CampaignCriterionService', 'mutateCampaignCriteria', 'campaignCriterion'],
  ['AdGroupService', 'mutateAdGroups', 'adGroup'],
  ['BiddingStrategyService', 'mutateBiddingStrategies', 'biddingStrategy'],
  ['BiddingSeasonalityAdjustmentService', 'mutateBiddingSeasonalityAdjustments', 'biddingSeasonalityAdjustment'],
  ['BiddingDataExclusionService', 'mutateBiddingDataExclusions', 'biddingDataExclusion'],
]

type Unary = (call: ServerUnaryCall<object, object>, done: (error: object | null, answer?: unknown) => void) => void

interface Shared {
  readonly service: GoogleAdsService
  readonly plan: FaultPlan
  readonly nextSequence: () => number
  readonly encodeFailure: (failure: object) => Buffer
}

/** A call after the checks that all have in common. */
interface Call {
  readonly headers: Headers
  readonly body: Json
  readonly requestId: string
}

export interface GrpcServer {
  readonly port: number
  close(): Promise<void>
}

export async function startGrpc(
  service: GoogleAdsService,
  plan: FaultPlan,
  nextSequence: () => number,
  host: string,
): Promise<GrpcServer> {
  const protos = createRequire(import.meta.url)('google-ads-node/build/protos/protos.json') as object
  const definitions = fromJSON(protos, { keepCase: true, longs: String, enums: String })
  const failure = definitions[FAILURE_TYPE] as unknown as { serialize: (value: object) => Buffer }
  const shared: Shared = { service, plan, nextSequence, encodeFailure: failure.serialize }
  const server = new Server()
  const add = (name: string, handlers: Record<string, unknown>) =>
    server.addService(
      definitions[`${PACKAGE}.services.${name}`] as ServiceDefinition,
      handlers as Record<string, Unary>,
    )

  add('GoogleAdsService', {
    mutate: mutateHandler(shared, 'googleAds:mutate', undefined),
    search: unary(shared, 'search', false, ({ headers, body }) => service.page(accountOf(shared, headers, body), body)),
    searchStream: streamHandler(shared),
  })
  for (const [name, method, kind] of MUTATES) add(name, { [method]: mutateHandler(shared, `${name}/${method}`, kind) })
  add('CustomerService', {
    listAccessibleCustomers: unary(shared, 'customers:listAccessibleCustomers', false, ({ headers }) => {
      service.access.authenticate(headers)
      return { resourceNames: service.access.directly().map((id) => `customers/${id}`) }
    }),
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:0`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return { port, close: async () => server.forceShutdown() }
}

const accountOf = ({ service }: Shared, headers: Headers, body: Json) =>
  service.account(headers, String(body.customerId ?? ''))

function mutateHandler(shared: Shared, operation: string, kind: MutableKind | undefined): Unary {
  return unary(shared, operation, true, ({ headers, body, requestId }) => {
    const account = accountOf(shared, headers, body)
    const request = mutateRequest(body, kind, false)
    return mutateResponse(shared.service.mutate(account, request), request.mixed, requestId)
  })
}

function unary(shared: Shared, operation: string, mutating: boolean, serve: (call: Call) => object): Unary {
  return (call, done) => {
    const { service, encodeFailure } = shared
    const requestId = service.begin(`grpc ${operation}`)
    const planned = plannedFault(shared, call.getPath(), mutating)
    try {
      enter(service, planned)
      const answer = serve({ headers: headersOf(call.metadata), body: bodyOf(call.request), requestId })
      const broken = afterwards(planned)
      if (broken) done(broken)
      else done(null, messageOf(answer, encodeFailure))
    } catch (error) {
      done(statusObject(error, requestId, encodeFailure))
    }
  }
}

function streamHandler(shared: Shared) {
  return (call: ServerWritableStream<object, unknown>): void => {
    const { service, encodeFailure } = shared
    const requestId = service.begin('grpc searchStream')
    const planned = plannedFault(shared, call.getPath(), false)
    try {
      enter(service, planned)
      const headers = headersOf(call.metadata)
      const body = bodyOf(call.request)
      for (const chunk of service.stream(accountOf(shared, headers, body), body, requestId))
        call.write(messageOf(chunk, encodeFailure))
      const broken = afterwards(planned)
      if (broken) call.emit('error', broken)
      else call.end()
    } catch (error) {
      call.emit('error', statusObject(error, requestId, encodeFailure))
    }
  }
}

const plannedFault = ({ plan, nextSequence }: Shared, path: string, mutating: boolean): Fault | undefined =>
  plan({ platform: 'google-ads', method: 'POST', path, mutating, sequence: nextSequence() })

/** @throws what the plan, or the world's condition, has in store before anything is executed */
function enter(service: GoogleAdsService, planned: Fault | undefined): void {
  if (planned === 'unavailable') throw unavailable()
  if (planned === 'rate-limited') throw throttled()
  if (planned === 'unauthorised') throw tokenExpired()
  if (planned === 'drop-before') throw new Dropped()
  service.checkCondition()
}

class Dropped extends Error {}

const dropped = { code: status.UNAVAILABLE, details: 'Connection dropped' } as const

/** What a client of gRPC sees when the answer to an executed call is lost or cut. */
function afterwards(planned: Fault | undefined): Partial<StatusObject> | undefined {
  if (planned === 'drop-after') return dropped
  if (planned === 'truncate') return { code: status.INTERNAL, details: 'Received a message that was cut short' }
  return undefined
}

const headersOf = (metadata: Metadata): Headers =>
  Object.fromEntries(Object.entries(metadata.getMap()).map(([key, value]) => [key, String(value)]))

const bodyOf = (request: object): Json => camelKeys(request) as Json

function statusObject(thrown: unknown, requestId: string, encode: (failure: object) => Buffer): Partial<StatusObject> {
  if (thrown instanceof Dropped) return dropped
  if (thrown instanceof BadRequest) return { code: status.INVALID_ARGUMENT, details: thrown.message }
  const error = asFault(thrown)
  const metadata = new Metadata()
  metadata.set('request-id', requestId)
  const failure = messageOf({ errors: error.errors, requestId }, encode) as object
  if (error.errors.length > 0) metadata.set(FAILURE_TRAILER, encode(failure))
  return { code: statusOf(error.status).grpc, details: error.message, metadata }
}
