import type { IncomingMessage } from 'node:http'
import { accountRef } from '../../../lib/model/account.ts'
import { type MetaOptions, metaPlatform } from '../../../lib/platforms/meta/platform.ts'
import { instant } from '../../../lib/units/calendar.ts'
import { type Reply, type StubServer, stubServer } from '../stub-server.ts'

export interface Call {
  readonly method: string
  readonly path: string
  /** Path and query, as sent. */
  readonly url: string
  readonly params: URLSearchParams
  readonly authorization: string | undefined
}

export interface Stub extends StubServer {
  readonly calls: readonly Call[]
}

function callOf(request: IncomingMessage, body: string): Call {
  const url = new URL(request.url ?? '/', 'http://stub')
  const params = new URLSearchParams(url.search)
  for (const [name, value] of new URLSearchParams(body)) params.append(name, value)
  return {
    method: request.method ?? '',
    path: url.pathname,
    url: request.url ?? '',
    params,
    authorization: request.headers.authorization,
  }
}

/** @param answer a reply by call; none is an empty list */
export async function startStub(answer: (call: Call) => Reply | undefined): Promise<Stub> {
  const calls: Call[] = []
  const server = await stubServer((request, body) => {
    const call = callOf(request, body)
    calls.push(call)
    return { json: { data: [] }, ...answer(call) }
  })
  return { ...server, calls }
}

export const ACCOUNT = accountRef('meta', '1001')
export const TOKEN = 'EAAtesttoken0123456789'
export const NOW = instant('2026-11-21T12:00:00Z')
export const SECRET = JSON.stringify({ accessToken: TOKEN })

/** The adapter on a stub, with a secret, a standing clock and no waiting. */
export const adapterOn = (endpoint: string, options: Partial<MetaOptions> = {}) =>
  metaPlatform({
    secrets: { read: async () => SECRET },
    secretName: 'meta-token',
    clock: { now: () => NOW },
    endpoint,
    requestTimeoutMs: 5_000,
    polling: { sleep: async () => {}, everyMs: 1, attempts: 5 },
    ...options,
  })

export const graphError = (code: number, subcode?: number, more: object = {}) => ({
  error: { message: 'refused', type: 'OAuthException', code, ...(subcode && { error_subcode: subcode }), ...more },
})
