import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asApiError, requestTooLarge, unknownOperation } from './errors.ts'
import type { Answer } from './operations.ts'
import { answerWire, type WireAnswer } from './wire.ts'

const HOST = '127.0.0.1'
const MAX_REQUEST_BYTES = 16 * 1024 * 1024

export interface LoopbackServer {
  readonly endpoint: string
  /** Resolves when the requests under way have been answered. */
  close(): Promise<void>
}

/** Serves DynamoDB's JSON protocol on the loopback interface. Any credentials will do. */
export async function serve(answer: Answer, port: number): Promise<LoopbackServer> {
  let isClosing = false
  const server = createServer(async (request, response) => {
    const { status, body } = await answerTo(request, answer)
    // A connection kept open would keep a closing server waiting.
    response.shouldKeepAlive = !isClosing
    send(response, status, JSON.stringify(body))
  })
  // The client keeps its connections; one that we drop while idle could meet a request on its way.
  server.keepAliveTimeout = 0
  await listen(server, port)
  const { port: actual } = server.address() as AddressInfo
  const close = () => {
    isClosing = true
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { endpoint: `http://${HOST}:${actual}`, close }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function answerTo(request: IncomingMessage, answer: Answer): Promise<WireAnswer> {
  try {
    const bytes = await readBody(request)
    if (request.method !== 'POST') throw unknownOperation()
    return await answerWire(request.headers['x-amz-target'], bytes, answer)
  } catch (cause) {
    return asApiError(cause)
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  })
  response.end(text)
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      // Read to the end all the same: a client still sending would not see the answer.
      if (length <= MAX_REQUEST_BYTES) chunks.push(chunk)
    })
    request.on('end', () => (length > MAX_REQUEST_BYTES ? reject(requestTooLarge()) : resolve(Buffer.concat(chunks))))
    request.on('error', reject)
  })
}
