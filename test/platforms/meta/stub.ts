/** A few lines of HTTP that answer as a test says, for what no faithful twin would ever answer. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { accountRef } from '../../../lib/model/account.ts'
import { type MetaOptions, metaPlatform } from '../../../lib/platforms/meta/platform.ts'
import { instant } from '../../../lib/units/calendar.ts'

export interface Call {
  readonly method: string
  readonly path: string
  /** Path and query, as sent. */
  readonly url: string
  readonly params: URLSearchParams
  readonly authorization: string | undefined
}

export interface Reply {
  readonly status?: number
  readonly json?: unknown
  /** Sent as it is, instead of `json`. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  /** `drop`: the connection ends without an answer; `cut`: in the middle of one; `hang`: never answers. */
  readonly fault?: 'drop' | 'cut' | 'hang'
}

export interface Stub {
  readonly origin: string
  readonly calls: readonly Call[]
  close(): void
}

async function callOf(request: IncomingMessage): Promise<Call> {
  let body = ''
  for await (const chunk of request) body += chunk
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
  const server = createServer(async (request, response) => {
    const call = await callOf(request)
    calls.push(call)
    const { status = 200, json = { data: [] }, text, headers, fault } = answer(call) ?? {}
    if (fault === 'hang') return
    if (fault === 'drop') return request.socket.destroy()
    const body = text ?? JSON.stringify(json)
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...headers,
    })
    if (fault !== 'cut') return response.end(body)
    response.write(body.slice(0, body.length / 2), () => response.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    calls,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
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
