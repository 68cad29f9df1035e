import { type IncomingHttpHeaders, type IncomingMessage, request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export interface Message {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** From the call to the last byte of the answer. */
  readonly timeoutMs: number
  /** Of the answer's body, unpacked. */
  readonly maxBytes: number
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** No answer. `sent: false` is certain: no connection came about, so that the server has seen nothing. */
export class NoAnswer extends Error {
  readonly sent: boolean
  constructor(sent: boolean, detail: string) {
    super(detail)
    this.name = 'NoAnswer'
    this.sent = sent
  }
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<string> {
  const packed = response.headers['content-encoding'] === 'gzip'
  const source: Readable = packed ? pipeline(response, createGunzip(), () => {}) : response
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of source as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Sends one POST, once: no retry, no redirect followed, bounded in time and in the size of the answer.
 *
 * Each request has a connection of its own. A pooled one may have died while a Lambda was frozen, which would turn a
 * write that never left into one whose outcome is unknown.
 *
 * @throws NoAnswer for everything but a complete answer
 */
export function post(url: URL, message: Message): Promise<Answer> {
  const isSecure = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    let connected = false
    const signal = AbortSignal.timeout(message.timeoutMs)
    const headers = {
      'accept-encoding': 'gzip',
      // Google packs answers only for agents that also name gzip here.
      'user-agent': 'sluice (gzip)',
      'content-length': `${Buffer.byteLength(message.body)}`,
      ...message.headers,
    }
    const request = (isSecure ? secure : plain)(url, { method: 'POST', agent: false, headers, signal })
    const fail = (error: Error) => {
      request.destroy()
      const why = signal.aborted ? `no answer within ${message.timeoutMs} ms` : describe(error)
      reject(new NoAnswer(connected, `${url.host}: ${why}`))
    }
    request.once('socket', (socket) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        connected = true
      })
    })
    // Stays for good: destroying the request after a failure may raise a second error.
    request.on('error', fail)
    request.once('response', (response) => {
      const answer = (body: string) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      bodyOf(response, message.maxBytes).then(answer, fail)
    })
    request.end(message.body)
  })
}

const describe = (error: Error): string => {
  const code = (error as NodeJS.ErrnoException).code
  return error.message === '' ? (code ?? error.name) : error.message
}
