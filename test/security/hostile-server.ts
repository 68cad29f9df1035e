/** A server that does to its clients whatever a broken or hostile one could do. Loopback only. */

import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

export interface Hostile {
  readonly base: string
  /** Requests so far: the first line of each. */
  readonly asked: readonly string[]
  /** Everything received. */
  readonly received: () => string
  close(): Promise<void>
}

/** What is done with a connection once a request has come in whole. */
export type Deed = (socket: Socket, asked: string) => void

export async function hostileServer(deed: Deed): Promise<Hostile> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  let received = ''
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      received += chunk.toString('latin1')
      if (!isWhole(text)) return
      const request = text
      text = ''
      asked.push(request.slice(0, request.indexOf('\r\n')))
      deed(socket, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    received: () => received,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
  return text.length >= end + 4 + length
}

export const answer =
  (body: string | Buffer, headers: readonly string[] = [], status = '200 OK'): Deed =>
  (socket) => {
    const own = [`content-length: ${Buffer.byteLength(body)}`, 'content-type: application/json', 'connection: close']
    socket.write(`HTTP/1.1 ${status}\r\n${[...own, ...headers].join('\r\n')}\r\n\r\n`)
    socket.end(body)
  }

/** A body that never ends, as fast as it is read. */
export const endless: Deed = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n')
  const megabyte = Buffer.alloc(1024 * 1024, ' ')
  const go = () => {
    while (!socket.destroyed && socket.write(megabyte));
    if (!socket.destroyed) socket.once('drain', go)
  }
  go()
}

/** One byte of the body now and then: never silent, never done. */
export const slowBody: Deed = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n')
  drip(socket, ' ')
}

/** One header now and then. */
export const slowHeaders: Deed = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\n')
  drip(socket, 'x-more: 1\r\n')
}

function drip(socket: Socket, bytes: string): void {
  const timer = setInterval(() => socket.write(bytes), 20)
  socket.on('close', () => clearInterval(timer))
}

export const silent: Deed = () => {}

export const hugeHeaders: Deed = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\n')
  for (let i = 0; i < 64; i++) socket.write(`x-${i}: ${'y'.repeat(16_384)}\r\n`)
  socket.end('content-length: 2\r\n\r\n{}')
}

export const notHttp: Deed = (socket) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n')

/** Spaces compress a thousandfold: 128 MiB in some 130 kB. */
export const bomb = (): Deed => {
  const packed = gzipSync(Buffer.alloc(128 * 1024 * 1024, ' '), { level: 9 })
  return answer(packed, ['content-encoding: gzip'])
}

export const brokenGzip: Deed = answer('{"this is": "not packed"}', ['content-encoding: gzip'])

export const redirectTo = (target: string, status = '307 Temporary Redirect'): Deed =>
  answer('', [`location: ${target}/stolen`], status)

/** Promised longer than it is, and then cut. */
export const cut: Deed = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"data":[')
  setTimeout(() => socket.destroy(), 20)
}
