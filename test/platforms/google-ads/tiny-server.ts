/** A server of a few lines that answers as a test tells it to: for everything that a faithful twin would not do. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { accountRef } from '../../../lib/model/account.ts'
import { PlatformError, type PlatformFailure } from '../../../lib/model/failure.ts'
import type { Lever, LeverChange, LeverValue } from '../../../lib/model/lever.ts'
import { type GoogleAdsOptions, googleAdsPlatform } from '../../../lib/platforms/google-ads/platform.ts'
import type { AdPlatform } from '../../../lib/ports/platform.ts'
import { type Instant, instant, later } from '../../../lib/units/calendar.ts'
import { currency, money } from '../../../lib/units/money.ts'

export const NOW = instant('2026-11-21T12:00:00Z')
export const ACCOUNT = accountRef('google-ads', '1234567890')
const SECRET = { clientId: 'id', clientSecret: 'client-pass', refreshToken: 'refresh-1', developerToken: 'dev' }

export interface Asked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** JSON of an API call; the form of a token call. */
  readonly body: Record<string, unknown>
}
/** `hang`: no answer, ever. `drop`: the connection closes after the request was read. `cut`: half a body. */
export type Reply = { readonly status?: number; readonly json: unknown; readonly headers?: Record<string, string> }
export type Handler = (asked: Asked, nth: number) => Reply | 'hang' | 'drop' | 'cut'

export interface TinyServer {
  readonly base: string
  /** Every request but those for tokens. */
  readonly asked: readonly Asked[]
  readonly tokenAsked: readonly Asked[]
  close(): Promise<void>
}

export const CUSTOMER_PAGE = {
  results: [
    {
      customer: {
        resourceName: 'customers/1234567890',
        id: '1234567890',
        descriptiveName: 'Shop',
        currencyCode: 'USD',
        timeZone: 'Europe/Berlin',
        status: 'ENABLED',
      },
    },
  ],
  fieldMask: 'customer.id',
}
export const NO_ROWS = { fieldMask: 'x', requestId: 'r' }
export const queryOf = ({ body }: Asked): string => String(body.query ?? '')
const isCustomerQuery = (asked: Asked) => / FROM customer$/.test(queryOf(asked))

const grant: Handler = (_, nth) => ({ json: { access_token: `token-${nth}`, expires_in: 3600, token_type: 'Bearer' } })

/** @param api answers everything but the customer query, which always gets a US dollar account in Berlin */
export async function tinyServer(api: Handler, token: Handler = grant): Promise<TinyServer> {
  const asked: Asked[] = []
  const tokenAsked: Asked[] = []
  const server = createServer(async (request, response) => {
    const isToken = request.url === '/token'
    const raw = await text(request)
    const body = isToken ? Object.fromEntries(new URLSearchParams(raw)) : (JSON.parse(raw) as Record<string, unknown>)
    const one: Asked = { path: request.url ?? '', headers: request.headers, body }
    const log = isToken ? tokenAsked : asked
    log.push(one)
    const custom = isToken
      ? token(one, log.length)
      : isCustomerQuery(one)
        ? { json: CUSTOMER_PAGE }
        : api(one, log.length)
    if (custom === 'hang') return
    if (custom === 'drop') return request.socket.destroy()
    if (custom === 'cut') return response.writeHead(200, { 'content-length': '1000' }).end('{"results":[{"campaign":')
    response.writeHead(custom.status ?? 200, { 'content-type': 'application/json', ...custom.headers })
    return response.end(typeof custom.json === 'string' ? custom.json : JSON.stringify(custom.json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    tokenAsked,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A clock that stands still until it is told to go on. */
export class Standing {
  at: Instant = NOW
  now(): Instant {
    return this.at
  }
  advance(ms: number): void {
    this.at = later(this.at, ms)
  }
}

export const secretsOf = (content: () => unknown = () => SECRET) => ({
  reads: [] as boolean[],
  async read(_name: string, fresh = false): Promise<string> {
    this.reads.push(fresh)
    const value = content()
    return typeof value === 'string' ? value : JSON.stringify(value)
  },
})

export const platformAt = ({ base }: Pick<TinyServer, 'base'>, over: Partial<GoogleAdsOptions> = {}): AdPlatform =>
  googleAdsPlatform({
    secrets: secretsOf(),
    secretName: 'google',
    clock: new Standing(),
    endpoints: { api: base, token: `${base}/token` },
    requestTimeoutMs: 5_000,
    ...over,
  })

export const usd = (micros: bigint): LeverValue => ({ kind: 'money', amount: money(micros, currency('USD')) })
export const ratio = (value: number): LeverValue => ({ kind: 'ratio', value })
export const lever = (kind: Lever['kind'], entity: Lever['entity'], id: string, device?: Lever['device']): Lever => ({
  account: ACCOUNT,
  kind,
  entity,
  id,
  ...(device ? { device } : {}),
})
export const budgetTo = (id: string, micros: bigint): LeverChange => ({
  lever: lever('daily-budget', 'budget', id),
  from: usd(1_000_000n),
  to: usd(micros),
})

/** What a read failed with. */
export async function failureOf(read: Promise<unknown>): Promise<PlatformFailure> {
  const thrown = await read.then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error,
  )
  if (thrown instanceof PlatformError) return thrown.failure
  throw thrown
}
