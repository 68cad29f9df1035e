import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeHttpHandler } from '../../functions/orders-handlers.ts'
import type { Instant } from '../../lib/units/calendar.ts'

const KEY = 'k'.repeat(40)
const SCRIPT = new URL('../../scripts/send-orders.ts', import.meta.url).pathname
const run = promisify(execFile)

let server: Server
let folder: string
let taken: number[]
beforeEach(async () => {
  taken = []
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

const send = (text: string, key = KEY) => {
  writeFileSync(join(folder, 'orders.jsonl'), text)
  const { port } = server.address() as AddressInfo
  const args = [SCRIPT, `http://127.0.0.1:${port}/eu`, join(folder, 'orders.jsonl')]
  return run(process.execPath, args, { env: { ...process.env, SLUICE_ORDERS_KEY: key } })
}
const line = (id: number) => `{"orderId":"${id}","orderedAt":"2026-11-20T09:15:00Z","netValue":"5","currency":"EUR"}`

test('the script signs what the function takes, so many lines at a time', async () => {
  const { stdout } = await send(Array.from({ length: 501 }, (_, i) => line(i)).join('\n'))
  expect(taken).toEqual([500, 1])
  expect(stdout).toMatch(/^lines 1 to 500: .*"changed":500.*\nlines 501 to 501: .*"changed":1/)
})

test('the script stops at a signature that is not taken', async () => {
  await expect(send(line(1), 'x'.repeat(40))).rejects.toThrow('401')
  expect(taken).toEqual([])
})
