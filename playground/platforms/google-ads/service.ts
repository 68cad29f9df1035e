/** What the pretend Google Ads does, apart from how it is reached: both transports call this. */
import type { World, WorldAccount } from '../../world.ts'
import { Access, type Headers } from './access.ts'
import {
  adsError,
  failureJson,
  fault,
  type GoogleAdsErrorJson,
  GoogleFault,
  quotaDetails,
  statusOf,
} from './failure.ts'
import { type MutateOutcome, type MutateRequest, mutate } from './mutate.ts'
import { Pages } from './pages.ts'
import { Quota } from './quota.ts'
import type { Json } from './render.ts'
import { PAGE_ROWS, type SearchResult, search, validateSearch } from './search.ts'
import { type GoogleTwinCredentials, Tokens } from './tokens.ts'
import { View, type ViewOptions } from './view.ts'

export interface ServiceOptions extends ViewOptions {
  readonly world: World
  readonly credentials: GoogleTwinCredentials
  readonly tokenLifetimeMs: number
  readonly dailyOperations: number
  readonly pageRows?: number
}

export class GoogleAdsService {
  readonly tokens: Tokens
  readonly access: Access
  readonly requests: Record<string, number> = {}
  readonly #world: World
  readonly #view: View
  readonly #quota: Quota
  readonly #pages: Pages
  readonly #clientId: string
  #requestNumber = 0

  constructor(options: ServiceOptions) {
    const { world, credentials } = options
    const now = () => world.now()
    this.#world = world
    this.#clientId = credentials.clientId
    this.#view = new View(world, { ...options, loginCustomerId: credentials.loginCustomerId })
    this.tokens = new Tokens(credentials, options.tokenLifetimeMs, now)
    this.access = new Access(world, credentials, this.tokens)
    this.#quota = new Quota(options.dailyOperations, now)
    this.#pages = new Pages(now, options.pageRows)
  }

  /** The world's, as an HTTP date. */
  date(): string {
    return new Date(this.#world.now()).toUTCString()
  }

  /** A new request id; counts the request under the operation's name. */
  begin(operation: string): string {
    this.requests[operation] = (this.requests[operation] ?? 0) + 1
    this.#requestNumber++
    return `pretend-request-${String(this.#requestNumber).padStart(6, '0')}`
  }

  /** @throws GoogleFault while the platform is down or throttling */
  checkCondition(): void {
    const condition = this.#world.condition('google-ads')
    if (condition === 'down') throw unavailable()
    if (condition === 'throttling') throw throttled()
  }

  account(headers: Headers, customerId: string): WorldAccount {
    return this.access.account(headers, customerId)
  }

  /** Answers of `searchStream`, each with at most 10,000 rows and rendered when it is its turn. */
  stream(account: WorldAccount, body: Json, requestId: string): Iterable<Json> {
    this.#quota.charge(1)
    const result = search(this.#view, account, queryOf(body))
    return chunks(result, requestId, String(body.summaryRowSetting ?? 'NO_SUMMARY_ROW'))
  }

  /** One page of `search`. Following a page token is free of charge. */
  page(account: WorldAccount, body: Json): Json {
    if (body.pageSize !== undefined && body.pageSize !== 0)
      throw fault('requestError', 'PAGE_SIZE_NOT_SUPPORTED', 'The page size is fixed and cannot be set.')
    const query = queryOf(body)
    if (body.validateOnly === true) {
      validateSearch(this.#view, account, query)
      return {}
    }
    const token = typeof body.pageToken === 'string' && body.pageToken !== '' ? body.pageToken : undefined
    if (token !== undefined) return this.#pages.next(token, account.id, query)
    this.#quota.charge(1)
    return this.#pages.first(search(this.#view, account, query), account.id, query, settingsOf(body))
  }

  mutate(account: WorldAccount, request: MutateRequest): MutateOutcome {
    this.#quota.charge(request.operations.length)
    const actor = { kind: 'api', name: this.#clientId } as const
    return mutate({ view: this.#view, account }, request, actor)
  }
}

function queryOf(body: Json): string {
  if (typeof body.query === 'string' && body.query.trim() !== '') return body.query
  throw fault('requestError', 'REQUIRED_FIELD_MISSING', 'The query is missing.')
}

const settingsOf = (body: Json): { total: boolean; summary: boolean } => {
  const settings = (body.searchSettings ?? {}) as Json
  return { total: settings.returnTotalResultsCount === true, summary: settings.returnSummaryRow === true }
}

function* chunks(result: SearchResult, requestId: string, summarySetting: string): Iterable<Json> {
  const { fieldMask, render } = result
  const rows = summarySetting === 'SUMMARY_ROW_ONLY' ? [] : result.rows
  const consumption = { queryResourceConsumption: String(100 + rows.length) }
  for (let from = 0; from === 0 || from < rows.length; from += PAGE_ROWS) {
    const results = rows.slice(from, from + PAGE_ROWS).map(render)
    const last = from + PAGE_ROWS >= rows.length
    yield { ...(results.length > 0 ? { results } : {}), fieldMask, requestId, ...(last ? consumption : {}) }
  }
  if (summarySetting.startsWith('SUMMARY_ROW_')) yield { summaryRow: result.summary(), fieldMask, requestId }
}

/** The platform's own words for being down. */
export const unavailable = (): GoogleFault =>
  new GoogleFault('UNAVAILABLE', [adsError('internalError', 'TRANSIENT_ERROR', 'A transient internal error occurred.')])

const RETRY_SECONDS = 30

/** Too many requests in a short time, with how long to wait. */
export const throttled = (): GoogleFault =>
  fault('quotaError', 'RESOURCE_TEMPORARILY_EXHAUSTED', `Too many requests. Retry in ${RETRY_SECONDS} seconds.`, {
    details: quotaDetails('ACCOUNT', 'Requests per account', RETRY_SECONDS),
  })

/** A token that was good a moment ago. */
export const tokenExpired = (): GoogleFault =>
  fault('authenticationError', 'OAUTH_TOKEN_EXPIRED', 'The token has expired.')

/** Answer of a mutate: a result for each operation, empty for a failed one, and the failures of a partial failure. */
export function mutateResponse({ results, errors }: MutateOutcome, mixed: boolean, requestId: string): Json {
  const rendered = results.map((r) => {
    if (!r) return {}
    const inner = { resourceName: r.resourceName, ...(r.resource ? { [r.kind]: r.resource } : {}) }
    return mixed ? { [`${r.kind}Result`]: inner } : inner
  })
  return {
    ...(rendered.length > 0 ? { [mixed ? 'mutateOperationResponses' : 'results']: rendered } : {}),
    ...(errors.length > 0 ? { partialFailureError: partialFailure(errors, requestId) } : {}),
  }
}

const partialFailure = (errors: readonly GoogleAdsErrorJson[], requestId: string): Json => ({
  code: statusOf('INVALID_ARGUMENT').grpc,
  message: `${errors.length === 1 ? errors[0]!.message : "Multiple errors in 'details'."}`,
  details: [failureJson(errors, requestId)],
})
