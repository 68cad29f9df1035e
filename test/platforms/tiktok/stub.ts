import type { IncomingMessage } from 'node:http'
import { accountRef } from '../../../lib/model/account.ts'
import { type TikTokOptions, tiktokPlatform } from '../../../lib/platforms/tiktok/platform.ts'
import { instant } from '../../../lib/units/calendar.ts'
import { type Reply, type StubServer, stubServer } from '../stub-server.ts'

export interface Call {
  readonly method: string
  /** Without the version: `campaign/get/`. */
  readonly path: string
  readonly url: string
  /** Parameters as sent. */
  readonly query: URLSearchParams
  /** The body of a POST. */
  readonly body: Readonly<Record<string, unknown>>
  readonly token: string | undefined
}

export interface Stub extends StubServer {
  readonly calls: readonly Call[]
}

const PREFIX = '/open_api/v1.3/'

function callOf(request: IncomingMessage, body: string): Call {
  const url = new URL(request.url ?? '/', 'http://stub')
  const token = request.headers['access-token']
  return {
    method: request.method ?? '',
    path: url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) : url.pathname,
    url: request.url ?? '',
    query: url.searchParams,
    body: body === '' ? {} : JSON.parse(body),
    token: Array.isArray(token) ? token[0] : token,
  }
}

/** @param answer a reply by call; none is an empty list */
export async function startStub(answer: (call: Call) => Reply | undefined): Promise<Stub> {
  const calls: Call[] = []
  const server = await stubServer((request, body) => {
    const call = callOf(request, body)
    calls.push(call)
    return { json: page([]), ...answer(call) }
  })
  return { ...server, calls }
}

export const ACCOUNT = accountRef('tiktok', '7001')
export const TOKEN = 'tiktok-token-0123456789abcdef'
export const NOW = instant('2026-11-21T12:00:00Z')
export const SECRET = JSON.stringify({ accessToken: TOKEN, issuedAt: '2026-03-01T00:00:00Z' })

/** The adapter on a stub, with a secret and a standing clock. */
export const adapterOn = (endpoint: string, options: Partial<TikTokOptions> = {}) =>
  tiktokPlatform({
    secrets: { read: async () => SECRET },
    secretName: 'tiktok-token',
    clock: { now: () => NOW },
    endpoint,
    requestTimeoutMs: 5_000,
    ...options,
  })

export const ok = (data: unknown, code = 0) => ({ code, message: 'OK', request_id: '2026112112000001', data })
export const refusal = (code: number, message = 'refused') => ({
  code,
  message,
  request_id: '2026112112000002',
  data: {},
})
export const page = (list: readonly unknown[], info: object = {}) =>
  ok({
    list,
    page_info: { page: 1, page_size: 1_000, total_number: list.length, total_page: list.length > 0 ? 1 : 0, ...info },
  })

export const ADVERTISER = {
  advertiser_id: '7001',
  name: 'Shop',
  status: 'STATUS_ENABLE',
  currency: 'EUR',
  timezone: 'Europe/Berlin',
  display_timezone: 'Europe/Berlin',
  balance: 0,
}
export const CAMPAIGN = {
  campaign_id: '11',
  campaign_name: 'Eleven',
  objective_type: 'WEB_CONVERSIONS',
  budget_mode: 'BUDGET_MODE_DYNAMIC_DAILY_BUDGET',
  budget: 100.5,
  budget_optimize_on: true,
  operation_status: 'ENABLE',
  secondary_status: 'CAMPAIGN_STATUS_ENABLE',
}
export const AD_GROUP = {
  campaign_id: '11',
  adgroup_id: '21',
  adgroup_name: 'Twenty-one',
  budget_mode: 'BUDGET_MODE_INFINITE',
  budget: 0,
  bid_type: 'BID_TYPE_NO_BID',
  operation_status: 'ENABLE',
  secondary_status: 'ADGROUP_STATUS_DELIVERY_OK',
}

/** Answers of an account that has these campaigns and ad groups and nothing else. */
export const accountOf =
  (campaigns: readonly object[], adGroups: readonly object[], advertiser: object = {}) =>
  ({ path, query }: Call): Reply | undefined => {
    if (path === 'advertiser/info/') return { json: ok({ list: [{ ...ADVERTISER, ...advertiser }] }) }
    if (path === 'campaign/get/' && !query.get('filtering')?.includes('split_test')) return { json: page(campaigns) }
    return path === 'adgroup/get/' ? { json: page(adGroups) } : undefined
  }
