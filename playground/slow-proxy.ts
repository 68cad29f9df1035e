import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface SlowProxyOptions {
  /** Address of the twin behind it, without a path. */
  readonly target: string
  /** Every request waits so long before it is handed on, as on the way to a real platform. */
  readonly delayMs: number
  /** Told of each request, with its body, when it arrives. */
  readonly onRequest: (path: string, body: string) => void
}

export interface SlowProxy {
  readonly baseUrl: string
  close(): Promise<void>
}

const HOST = '127.0.0.1'

/** Stands before a twin on loopback: as slow as the world outside, and sees what arrives and when. */
export async function startSlowProxy(options: SlowProxyOptions): Promise<SlowProxy> {
  const server = createServer((asked, answer) => {
    forward(asked, answer, options).catch(() => answer.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, HOST, resolve)
  })
  return {
    baseUrl: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function forward(asked: IncomingMessage, answer: ServerResponse, options: SlowProxyOptions): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of asked) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  options.onRequest(asked.url ?? '', body.toString('utf8'))
  await delay(options.delayMs)
  const { method, headers } = asked
  const onward = request(`${options.target}${asked.url ?? ''}`, { method, headers }, (got) => {
    answer.writeHead(got.statusCode ?? 502, got.headers)
    got.pipe(answer)
  })
  onward.once('error', () => answer.destroy())
  onward.end(body)
}
