import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface LossyProxy {
  readonly endpoint: string
  /** Answers of the next requests to this operation are dropped: the server has done its work, the client never hears. */
  lose(operation: string, times: number): void
  /** How often each operation reached the server. */
  readonly seen: ReadonlyMap<string, number>
  close(): Promise<void>
}

/** Stands between a client and a DynamoDB endpoint, and loses answers when told. */
export async function lossyProxy(target: string): Promise<LossyProxy> {
  const losses = new Map<string, number>()
  const seen = new Map<string, number>()
  const server = createServer((incoming, outgoing) => {
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? ''
    seen.set(operation, (seen.get(operation) ?? 0) + 1)
    const left = losses.get(operation) ?? 0
    losses.set(operation, left - 1)
    const forwarded = request(target, { method: incoming.method, headers: incoming.headers }, (answer) => {
      if (left > 0) {
        answer.resume()
        answer.on('end', () => incoming.socket.destroy())
        return
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    lose: (operation, times) => losses.set(operation, times),
    seen,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
