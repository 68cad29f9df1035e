import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Instant } from '../../lib/units/calendar.ts'
import type { Fault } from '../faults.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** What becomes of one request. Without a reply the connection closes. */
export interface Outcome {
  readonly fault?: Fault | undefined
  readonly reply?: Reply
}

export interface Served {
  /** Scheme, host and port. */
  readonly baseUrl: string
  close(): Promise<void>
}

/**
 * Serves a pretend platform on loopback: reads bodies, dates the answers, and cuts them short or drops them as the fault
 * says.
 *
 * @param name of the platform, for what is said when the pretence itself breaks
 * @param port 0 for a free one
 */
export async function serve(
  name: string,
  port: number,
  now: () => Instant,
  handle: (request: IncomingMessage, body: string, baseUrl: string) => Outcome,
): Promise<Served> {
  let baseUrl = ''
  const server = createServer((request, response) => {
    text(request)
      .then((body) => send(response, handle(request, body, baseUrl), now()))
      .catch((error: unknown) => {
        // A bug of the twin's own must be seen, not taken for the platform's trouble.
        response.writeHead(500, { 'content-type': 'text/plain' })
        response.end(`pretend ${name} broke: ${error instanceof Error ? error.stack : String(error)}`)
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    baseUrl,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function send(response: ServerResponse, { fault, reply }: Outcome, at: Instant): void {
  if (!reply || fault === 'drop-after') {
    response.destroy()
    return
  }
  response.writeHead(reply.status, { date: new Date(at).toUTCString(), ...reply.headers })
  response.end(fault === 'truncate' ? reply.text.slice(0, Math.floor(reply.text.length / 2)) : reply.text)
}
