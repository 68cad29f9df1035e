/** A few lines of HTTP that answer as a test says, for what no faithful twin would ever answer. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Reply {
  readonly status?: number
  readonly json?: unknown
  /** Sent as it is, instead of `json`. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  /** `drop`: the connection ends without an answer; `cut`: in the middle of one; `hang`: never answers. */
  readonly fault?: 'drop' | 'cut' | 'hang'
}

export interface StubServer {
  readonly origin: string
  close(): void
}

/** @param answer a reply to each request, its body read */
export async function stubServer(answer: (request: IncomingMessage, body: string) => Reply): Promise<StubServer> {
  const server = createServer(async (request, response) => {
    const { status = 200, json, text: plain, headers, fault } = answer(request, await text(request))
    if (fault === 'hang') return
    if (fault === 'drop') return request.socket.destroy()
    const body = plain ?? JSON.stringify(json)
    const length = Buffer.byteLength(body)
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers })
    if (fault !== 'cut') return response.end(body)
    response.write(body.slice(0, body.length / 2), () => response.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
