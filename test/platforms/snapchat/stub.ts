import type { IncomingMessage } from 'node:http'
import { accountRef } from '../../../lib/model/account.ts'
import { PlatformError, type PlatformFailure } from '../../../lib/model/failure.ts'
import type { Lever, LeverValue } from '../../../lib/model/lever.ts'
import { type SnapchatOptions, snapchatPlatform } from '../../../lib/platforms/snapchat/platform.ts'
import { instant } from '../../../lib/units/calendar.ts'
import { currency, fromDecimal } from '../../../lib/units/money.ts'
import { ACCOUNT_ID, uuid } from '../../playground/snapchat/client.ts'
import { type Reply, type StubServer, stubServer } from '../stub-server.ts'

export interface Call {
  readonly method: string
  /** Without `/v1/`. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly type: string
  readonly body: string
  readonly authorization: string | undefined
}

export interface Stub extends StubServer {
  /** Calls of the API, in order. */
  readonly calls: readonly Call[]
  /** Forms sent for tokens, in order. */
  readonly tokens: readonly URLSearchParams[]
}

function callOf(request: IncomingMessage, body: string): Call {
  const url = new URL(request.url ?? '/', 'http://stub')
  return {
    method: request.method ?? '',
    path: url.pathname.replace('/v1/', ''),
    query: Object.fromEntries(url.searchParams),
    type: request.headers['content-type'] ?? '',
    body,
    authorization: request.headers.authorization,
  }
}

export type Answers = (call: Call, nth: number) => Reply | undefined
export type TokenAnswers = (nth: number) => Reply

const grant: TokenAnswers = (nth) => ({
  json: { access_token: `token-${nth}`, token_type: 'Bearer', expires_in: 3_600, refresh_token: 'another' },
})

/** @param answer a reply by call, beside the account's own; none is 404 with E3003 */
export async function startStub(answer: Answers, token: TokenAnswers = grant): Promise<Stub> {
  const calls: Call[] = []
  const tokens: URLSearchParams[] = []
  const server = await stubServer((request, body) => {
    const call = callOf(request, body)
    const isToken = call.path === '/login/oauth2/access_token'
    if (isToken) tokens.push(new URLSearchParams(body))
    else calls.push(call)
    return { json: {}, ...(isToken ? token(tokens.length) : (answer(call, calls.length) ?? usual(call))) }
  })
  return { ...server, calls, tokens }
}

const usual = ({ path }: Call): Reply =>
  path === `adaccounts/${ACCOUNT_ID}`
    ? { json: envelope('adaccounts', 'adaccount', [accountFields]) }
    : { status: 404, json: snapError('E3003') }

export const ACCOUNT = accountRef('snapchat', ACCOUNT_ID)
export const NOW = instant('2026-11-21T12:00:00Z')
export const SECRET = { clientId: 'client-1', clientSecret: 'client-pass-1', refreshToken: 'refresh-1' }
export const EUR = currency('EUR')
export const euros = (text: string): LeverValue => ({ kind: 'money', amount: fromDecimal(text, EUR) })
export const lever = (n: number, over: Partial<Lever> = {}): Lever => ({
  account: ACCOUNT,
  kind: 'daily-budget',
  entity: 'budget',
  id: uuid(n),
  ...over,
})

export const envelope = (many: string, one: string, entities: readonly object[], more: object = {}) => ({
  request_status: 'SUCCESS',
  request_id: 'r-1',
  [many]: entities.map((entity) => ({ sub_request_status: 'SUCCESS', [one]: entity })),
  ...more,
})

export const snapError = (error_code: string, more: object = {}) => ({
  request_status: 'ERROR',
  request_id: 'r-1',
  debug_message: 'refused',
  display_message: 'refused',
  error_code,
  ...more,
})

export const accountFields = {
  id: ACCOUNT_ID,
  name: 'Shop',
  status: 'ACTIVE',
  currency: 'EUR',
  timezone: 'Europe/Berlin',
}
export const campaignFields = (n: number, over: object = {}) => ({
  id: uuid(n),
  ad_account_id: ACCOUNT_ID,
  name: `Campaign ${n}`,
  status: 'ACTIVE',
  pacing_level: 'AD_SQUAD',
  ...over,
})
export const squadFields = (n: number, campaign: number, over: object = {}) => ({
  id: uuid(n),
  campaign_id: uuid(campaign),
  name: `Ad squad ${n}`,
  status: 'ACTIVE',
  bid_strategy: 'AUTO_BID',
  daily_budget_micro: 40_000_000,
  ...over,
})

/** The adapter on a stub, with a secret and a standing clock. */
export const adapterOn = (origin: string, options: Partial<SnapchatOptions> = {}) =>
  snapchatPlatform({
    secrets: { read: async () => JSON.stringify(SECRET) },
    secretName: 'snapchat-token',
    clock: { now: () => NOW },
    endpoints: { api: origin, token: origin },
    requestTimeoutMs: 5_000,
    ...options,
  })

export async function failureOf(asked: Promise<unknown>): Promise<PlatformFailure> {
  const error = await asked.catch((one: unknown) => one)
  if (!(error instanceof PlatformError)) throw new Error(`no PlatformError was thrown: ${String(error)}`)
  return error.failure
}
