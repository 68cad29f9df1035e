import type { IncomingMessage } from 'node:http'
import { accountRef } from '../../../lib/model/account.ts'
import type { Lever, LeverChange, LeverKind, LeverValue } from '../../../lib/model/lever.ts'
import { type PinterestOptions, pinterestPlatform } from '../../../lib/platforms/pinterest/platform.ts'
import type { Secrets } from '../../../lib/ports/secrets.ts'
import { instant } from '../../../lib/units/calendar.ts'
import { currency, money } from '../../../lib/units/money.ts'
import { type Reply, type StubServer, stubServer } from '../stub-server.ts'

export interface Call {
  readonly method: string
  readonly path: string
  readonly params: URLSearchParams
  readonly body: string
  readonly authorization: string | undefined
}

export interface Stub extends StubServer {
  readonly calls: readonly Call[]
}

function callOf(request: IncomingMessage, body: string): Call {
  const url = new URL(request.url ?? '/', 'http://stub')
  return {
    method: request.method ?? '',
    path: url.pathname,
    params: url.searchParams,
    body,
    authorization: request.headers.authorization,
  }
}

/** @param answer a reply by call; none is an empty list */
export async function startStub(answer: (call: Call) => Reply | undefined): Promise<Stub> {
  const calls: Call[] = []
  const server = await stubServer((request, body) => {
    const call = callOf(request, body)
    calls.push(call)
    return { json: { items: [], bookmark: null }, ...answer(call) }
  })
  return { ...server, calls }
}

export const ACCOUNT = accountRef('pinterest', '549755885175')
export const NOW = instant('2026-11-21T12:00:00Z')
export const TOKEN = 'pina_testtoken0123456789'
export const SECRET = {
  appId: '1480000',
  appSecret: 'test-app-secret',
  refreshToken: 'pinr.testrefresh0123456789',
  accessToken: TOKEN,
}
export const EUR = currency('EUR')
export const eur = (micros: bigint) => money(micros, EUR)

/** Secrets in memory, which can be replaced: every replacement is kept, the last one last. */
export function memorySecrets(first: object) {
  const texts = [JSON.stringify(first)]
  const secrets: Secrets = {
    read: async () => texts.at(-1) ?? '',
    async replace(_name, was, next) {
      if (texts.at(-1) !== was) return false
      texts.push(next)
      return true
    },
  }
  return { secrets, texts, now: () => JSON.parse(texts.at(-1) ?? '') as Record<string, unknown> }
}

/** The adapter on a stub, with a secret, a standing clock and no waiting. */
export const adapterOn = (endpoint: string, options: Partial<PinterestOptions> = {}) =>
  pinterestPlatform({
    secrets: { read: async () => JSON.stringify(SECRET) },
    secretName: 'pinterest-token',
    clock: { now: () => NOW },
    endpoint,
    requestTimeoutMs: 5_000,
    sleep: async () => {},
    ...options,
  })

export const lever = (kind: LeverKind, entity: Lever['entity'], id: string, more: Partial<Lever> = {}): Lever => ({
  account: ACCOUNT,
  kind,
  entity,
  id,
  ...more,
})

const euros = (micros: bigint): LeverValue => ({ kind: 'money', amount: eur(micros) })

export const budgetTo = (id: string, micros: bigint, from = 10_000_000n): LeverChange => ({
  lever: lever('daily-budget', 'budget', id),
  from: euros(from),
  to: euros(micros),
})
export const pause = (entity: 'campaign' | 'ad-group', id: string): LeverChange => ({
  lever: lever('status', entity, id),
  from: { kind: 'status', status: 'active' },
  to: { kind: 'status', status: 'paused' },
})

export const apiError = (code: number, message = 'refused') => ({ code, message })
export const ACCOUNT_JSON = { id: ACCOUNT.id, name: 'Shop', currency: 'EUR', country: 'DE', permissions: ['ADMIN'] }

/** A campaign with a daily budget of its own, as far as the adapter reads it. */
export const campaignJson = (id: string, more: object = {}) => ({
  id,
  ad_account_id: ACCOUNT.id,
  name: `Campaign ${id}`,
  status: 'ACTIVE',
  summary_status: 'RUNNING',
  objective_type: 'WEB_CONVERSION',
  is_campaign_budget_optimization: true,
  is_performance_plus: false,
  daily_spend_cap: 20_000_000,
  lifetime_spend_cap: null,
  start_time: 1_790_000_000,
  end_time: null,
  ...more,
})

/** An ad group of a campaign that holds the budget. */
export const adGroupJson = (id: string, campaign: string, more: object = {}) => ({
  id,
  ad_account_id: ACCOUNT.id,
  campaign_id: campaign,
  name: `Ad group ${id}`,
  status: 'ACTIVE',
  summary_status: 'RUNNING',
  budget_type: 'CBO_ADGROUP',
  budget_in_micro_currency: null,
  bid_strategy_type: 'AUTOMATIC_BID',
  bid_in_micro_currency: null,
  conversion_learning_mode_type: 'NOT_ACTIVE',
  optimization_goal_metadata: {
    conversion_tag_v3_goal_metadata: {
      conversion_event: 'CHECKOUT',
      conversion_tag_id: '2617',
      is_roas_optimized: false,
    },
  },
  ...more,
})

/** Answers listings out of these entities, by id where ids are asked for, and the account. */
export function entitiesReply(
  campaigns: readonly { id: string }[],
  adGroups: readonly { id: string }[],
): (call: Call) => Reply | undefined {
  const of = (all: readonly { id: string }[], ids: readonly string[]) => ({
    json: { items: ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id)), bookmark: null },
  })
  return ({ method, path, params }) => {
    if (method !== 'GET') return undefined
    if (path.endsWith('/campaigns')) return of(campaigns, params.getAll('campaign_ids'))
    if (path.endsWith('/ad_groups')) return of(adGroups, params.getAll('ad_group_ids'))
    return path === `/v5/ad_accounts/${ACCOUNT.id}` ? { json: ACCOUNT_JSON } : undefined
  }
}
