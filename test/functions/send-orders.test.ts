import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeHttpHandler } from '../../functions/orders-handlers.ts'
import type { Instant } from '../../lib/units/calendar.ts'

const KEY = 'k'.repeat(40)
const SCRIPT = new URL('../../scripts/send-orders.ts', import.meta.url).pathname
const run = promisify(execFile)

let server: Server
let folder: string
let taken: number[]
let paths: (string | undefined)[]
beforeEach(async () => {
  taken = []
  paths = []
  folder = mkdtempSync(join(tmpdir(), 'sluice-send-'))
  // The handler behind an HTTP server, as a function URL puts it behind one.
  const handler = makeHttpHandler({
    keys: async () => ({ key: KEY }),
    take: async (_, entries) => {
      taken.push(entries.length)
      return { changed: entries.length, unchanged: 0, waiting: 0, overfull: [], tooOld: 0, days: [] }
    },
    clock: { now: () => Date.now() as Instant },
    log: () => {},
  })
  server = createServer((request, response) => {
    void Array.fromAsync(request).then(async (parts) => {
      const headers = request.headers as Record<string, string>
      const body = Buffer.concat(parts as Buffer[]).toString('base64')
      paths.push(request.url)
      const http = { method: request.method ?? '' }
      const answer = await handler({
        rawPath: request.url ?? '',
        headers,
        body,
        isBase64Encoded: true,
        requestContext: { http },
      })
      response.writeHead(answer.statusCode, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await new Promise((resolve) => server.close(resolve))
})

const send = (text: string, key = KEY, path = '/eu') => {
  writeFileSync(join(folder, 'orders.jsonl'), text)
  const { port } = server.address() as AddressInfo
  const args = [SCRIPT, `http://127.0.0.1:${port}${path}`, join(folder, 'orders.jsonl')]
  return run(process.execPath, args, { env: { ...process.env, SLUICE_ORDERS_KEY: key } })
}
const line = (id: number) => `{"orderId":"${id}","orderedAt":"2026-11-20T09:15:00Z","netValue":"5","currency":"EUR"}`

test('the script signs what the function takes, so many lines at a time', async () => {
  const { stdout } = await send(Array.from({ length: 501 }, (_, i) => line(i)).join('\n'))
  expect(taken).toEqual([500, 1])
  expect(stdout).toMatch(/^lines 1 to 500: .*"changed":500.*\nlines 501 to 501: .*"changed":1/)
})

test('the address may end in a slash before that of the portfolio: one is sent, and signed', async () => {
  const { stdout } = await send(line(1), KEY, '//eu')
  expect(stdout).toContain('"changed":1')
  expect(paths).toEqual(['/eu'])
})

test('the script stops at a signature that is not taken', async () => {
  await expect(send(line(1), 'x'.repeat(40))).rejects.toThrow('401')
  expect(taken).toEqual([])
})

describe('the orders go nowhere but to the address that was given', () => {
  const sendTo = (address: string) => {
    writeFileSync(join(folder, 'orders.jsonl'), line(1))
    const env = { ...process.env, SLUICE_ORDERS_KEY: KEY }
    return run(process.execPath, [SCRIPT, address, join(folder, 'orders.jsonl')], { env, timeout: 15_000 })
  }

  test('not in the clear', async () => {
    await expect(sendTo('http://orders.example/eu')).rejects.toThrow('the address must begin with https')
  })

  test('not to where an answer points, which would get the signature and the lines', async () => {
    const { port } = server.address() as AddressInfo
    const tried = Promise.withResolvers<void>()
    let requests = 0
    const elsewhere = createServer((_, answer) => {
      requests += 1
      if (requests === 2) tried.resolve()
      answer.writeHead(308, { location: `http://127.0.0.1:${port}/eu` }).end()
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const sent = sendTo(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/eu`)
    // It is tried again as after any lost connection: the first answer was not followed.
    await Promise.race([tried.promise, sent.catch(() => {})])
    sent.child.kill()
    await sent.catch(() => {})
    elsewhere.closeAllConnections()
    elsewhere.close()
    expect(taken).toEqual([])
  })
})
