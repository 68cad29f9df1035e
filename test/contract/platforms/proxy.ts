/** Stands between an adapter and a twin, and changes answers in ways that no faithful twin would. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** One request, as the adapter sent it. */
export interface Asked {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly body: string
}

/** The body that the adapter is to get instead; `undefined`: as the twin gave it. */
export type Rewrite = (asked: Asked, body: string, status: number) => string | undefined

export interface BreakingProxy {
  readonly baseUrl: string
  readonly asked: readonly Asked[]
  close(): Promise<void>
}

const HOST = '127.0.0.1'

/**
 * Addresses of the twin in its answers become the proxy's, so that links lead back through it.
 *
 * @param rewrite asked anew for every answer, so that it may change between two
 */
export async function startProxy(target: string, rewrite: Rewrite): Promise<BreakingProxy> {
  const asked: Asked[] = []
  let baseUrl = ''
  const led: Rewrite = (one, body, status) => (rewrite(one, body, status) ?? body).replaceAll(target, baseUrl)
  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing, target, led, asked).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, HOST, resolve)
  })
  baseUrl = `http://${HOST}:${(server.address() as AddressInfo).port}`
  return {
    baseUrl,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  rewrite: Rewrite,
  asked: Asked[],
): Promise<void> {
  const one: Asked = { method: incoming.method ?? 'GET', path: incoming.url ?? '/', body: await text(incoming) }
  asked.push(one)
  const answer = await onward(incoming, one, target)
  const whole = await text(answer)
  const status = answer.statusCode ?? 502
  const body = rewrite(one, whole, status) ?? whole
  const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

function onward({ headers }: IncomingMessage, { method, path, body }: Asked, target: string): Promise<IncomingMessage> {
  // Plain, so that a body can be read and changed.
  const { 'accept-encoding': _, connection: __, ...rest } = headers
  return new Promise((resolve, reject) => {
    request(`${target}${path}`, { method, headers: rest, agent: false }, resolve).once('error', reject).end(body)
  })
}
