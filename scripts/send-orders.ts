/**
 * Sends a file of orders (JSON lines) to a deployment, signed:
 *
 *   SLUICE_ORDERS_KEY=… node scripts/send-orders.ts https://….lambda-url.eu-central-1.on.aws/eu-prospecting orders.jsonl
 *
 * Over TLS or to this machine, and to no other address than the given one: no redirect is followed.
 */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { exchange } from '../lib/wire/exchange.ts'

/** Far below what a request may hold, and some seconds of work for whoever takes it. */
const LINES = 500
const WAITS_MS = [1_000, 4_000, 15_000]
/** The function itself has less. */
const TIMEOUT_MS = 120_000
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

const [address, file] = process.argv.slice(2)
const key = process.env.SLUICE_ORDERS_KEY
if (address === undefined || file === undefined || key === undefined)
  throw new Error('give the address with its portfolio, the file, and the key as SLUICE_ORDERS_KEY')
const url = new URL(address)
// An address may end in a slash before the portfolio's own.
url.pathname = url.pathname.replace(/^\/+/, '/')
if (url.protocol !== 'https:' && !LOOPBACK.has(url.hostname))
  throw new Error(`orders are sent over TLS: the address must begin with https, not ${url.protocol}//`)

const lines = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
// A reader that has seen enough (`| head`) must not end the sending.
process.stdout.on('error', () => {})
for (let i = 0; i < lines.length; i += LINES) {
  const answer = await send(lines.slice(i, i + LINES).join('\n'))
  process.stdout.write(`lines ${i + 1} to ${Math.min(i + LINES, lines.length)}: ${answer}\n`)
}

/** Sends again what was not recorded for a passing reason: that is harmless, and orders must not be lost. */
async function send(body: string): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await request(body)
    if (answer.status === 200) return answer.text
    const wait = WAITS_MS[attempt]
    if (answer.status < 500 || wait === undefined) throw new Error(`${answer.status}: ${answer.text}`)
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

async function request(body: string): Promise<{ readonly status: number; readonly text: string }> {
  const timestamp = Math.floor(Date.now() / 1000).toString()
  const signature = createHmac('sha256', key!).update(`${timestamp}\n${url.pathname}\n${body}`).digest('hex')
  const headers = { 'x-sluice-timestamp': timestamp, 'x-sluice-signature': `sha256=${signature}` }
  const answer = await exchange(url.href, { method: 'POST', headers, body }, TIMEOUT_MS)
  if (answer.kind === 'answered') return { status: answer.status, text: answer.text }
  // Whatever answers without JSON is not the function, whatever its status.
  if (answer.kind === 'garbled') return { status: Math.max(answer.status, 400), text: 'the answer is not JSON' }
  return { status: 503, text: answer.detail }
}
