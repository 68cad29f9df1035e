/** A reader that has seen enough (`| head`) ends nothing that is still at work, and no command in an uncaught error. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-pipe-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs a script whose output nobody reads from the start. */
async function unread(closed: readonly ('stdout' | 'stderr')[], args: readonly string[], env = {}) {
  const child = spawn(process.execPath, [join(root, args[0]!), ...args.slice(1)], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const name of ['stdout', 'stderr'] as const)
    if (closed.includes(name)) child[name].destroy()
    else child[name].on('data', (part) => (said += part))
  const [code] = await once(child, 'close')
  return { code, said }
}

test.each([['stdout'], ['stderr']] as const)('a command whose %s is closed does its work to the end', async (one) => {
  expect(await unread([one], ['cli/main.ts', 'init'])).toMatchObject({ code: 0 })
  expect(existsSync(join(folder, 'policy.yaml'))).toBe(true)
})

test('the bill of materials ends without a word', async () => {
  expect(await unread(['stdout'], ['scripts/sbom.ts'])).toEqual({ code: 0, said: '' })
})

test('all orders are sent, whoever reads what became of them', async () => {
  let requests = 0
  const server = createServer((_, answer) => {
    requests += 1
    answer.end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const lines = join(folder, 'orders.jsonl')
  writeFileSync(lines, '{}\n'.repeat(1_001))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/eu`
  const ended = await unread(['stdout'], ['scripts/send-orders.ts', address, lines], { SLUICE_ORDERS_KEY: 'k' })
  server.close()
  expect([ended.code, requests]).toEqual([0, 3])
})
