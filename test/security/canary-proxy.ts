/**
 * Stands between an adapter and a pretend platform: slips canaries into every answer, under names that no adapter asked
 * for, into names of campaigns, and into errors that quote what was sent.
 */
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** Personal values, none of which may be found anywhere. */
export const PERSONAL = {
  email: 'canary.person@customers.example',
  phone: '+4915550009876',
  order: 'ORDER-CANARY-7741',
  customer: 'CUSTOMER-CANARY-8812',
  contact: 'Maria Canary-Contact',
  stack: 'at Object.canaryFrame (/srv/canary/secret-path.js:1:1)',
} as const

/** Appended to names of campaigns; stored, and shown harmlessly. */
export const EVIL_NAME = '\u001b[2J\u0007<img src=x onerror=alert(1)>\u202e=cmd|calc'

export interface CanaryProxy {
  readonly base: string
  /** Secrets that passed through, as they were sent: access tokens, proofs. */
  readonly secrets: ReadonlySet<string>
  readonly errors: () => number
  readonly slipped: () => number
  close(): Promise<void>
}

export interface CanaryOptions {
  readonly target: string
  /** Every nth request but those for tokens ends in an error that quotes it; 0: none. */
  readonly errorEvery: () => number
}

interface Exchange {
  readonly status: number
  readonly type: string
  readonly date: string | undefined
  readonly body: Buffer
}

export async function canaryProxy({ target, errorEvery }: CanaryOptions): Promise<CanaryProxy> {
  const secrets = new Set<string>()
  const seen = { requests: 0, errors: 0, slipped: 0 }
  const server = createServer(async (incoming, response) => {
    const body = await buffer(incoming)
    note(incoming, body, secrets)
    const isToken = TOKEN_PATH.test(incoming.url ?? '')
    seen.requests += isToken ? 0 : 1
    const every = errorEvery()
    if (!isToken && every > 0 && seen.requests % every === 0) {
      seen.errors += 1
      const { status, text } = quotingError(incoming, body, seen.errors)
      response.writeHead(status, { 'content-type': 'application/json' })
      return response.end(text)
    }
    const answer = await forward(target, incoming, body)
    const slipped = answer.type.includes('json') ? slipInto(answer.body.toString('utf8'), secrets, isToken) : undefined
    if (slipped) seen.slipped += 1
    response.writeHead(answer.status, { 'content-type': answer.type, ...(answer.date && { date: answer.date }) })
    return response.end(slipped ?? answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    errors: () => seen.errors,
    slipped: () => seen.slipped,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Of Google; of Snapchat and Pinterest. */
const TOKEN_PATH = /^\/token$|\/oauth2?\/(?:access_)?token$/
const PROOF = /appsecret_proof=([0-9a-f]{64})/

function note({ headers, url = '' }: IncomingMessage, body: Buffer, secrets: Set<string>): void {
  const bearer = headers.authorization?.replace(/^(?:Bearer|Basic) /, '') ?? headers['access-token']
  const proof = PROOF.exec(url)?.[1] ?? PROOF.exec(body.toString('utf8'))?.[1]
  for (const secret of [bearer, proof].flat()) if (secret) secrets.add(secret)
}

function forward(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const sent = { ...headers, 'accept-encoding': 'identity', host: new URL(target).host }
    const asked = request(new URL(url ?? '/', target), { method, headers: sent, agent: false }, async (answer) => {
      const type = answer.headers['content-type'] ?? ''
      const { date } = answer.headers
      resolve({ status: answer.statusCode ?? 500, type, date, body: await buffer(answer) })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Kinds of errors in turn: what was sent quoted in the platform's error, in a page of HTML, in a stack trace. */
function quotingError(asked: IncomingMessage, body: Buffer, nth: number): { status: number; text: string } {
  const { authorization, 'developer-token': developer, 'access-token': token } = asked.headers
  const bare = authorization?.replace(/^Bearer /, '') ?? token
  const quoted = `request ${asked.url} with authorization: ${authorization}, developer-token: ${developer} by ${PERSONAL.email} was refused, ${bare} is not known: ${body.toString('utf8').slice(0, 200)} \u001b[2J ${PERSONAL.email}`
  const google = { code: 400, message: quoted, status: 'INVALID_ARGUMENT' }
  const meta = { code: nth % 2 === 0 ? 100 : 2, message: quoted, type: 'OAuthException', fbtrace_id: PERSONAL.email }
  const tiktok = { code: 40_002, message: quoted, request_id: PERSONAL.email, data: {} }
  const snapchat = { request_status: 'ERROR', error_code: 'E1008', debug_message: quoted, display_message: quoted }
  // Pinterest's has a code and a message, as TikTok's.
  const json = JSON.stringify({ error: { ...google, ...meta, message: quoted }, ...tiktok, ...snapchat })
  const html = `<html>${quoted}<pre>${PERSONAL.stack}</pre></html>`
  const kinds = [
    { status: 400, text: json },
    { status: 502, text: html },
    { status: 500, text: json },
    { status: 403, text: html },
  ]
  return kinds[nth % kinds.length]!
}

/** The same document with canaries in every object of a list; `undefined` for what has no lists. */
function slipInto(text: string, secrets: Set<string>, isToken: boolean): string | undefined {
  const json: unknown = JSON.parse(text)
  if (isToken && isRecord(json))
    for (const token of [json.access_token, json.refresh_token]) if (typeof token === 'string') secrets.add(token)
  const rows = rowsIn(json)
  for (const row of rows) {
    const campaign = isRecord(row.campaign) ? row.campaign : row
    for (const name of ['name', 'campaign_name']) {
      const text = campaign[name]
      if (typeof text === 'string' && /search|prospect|social|spark|pins/i.test(text)) campaign[name] = text + EVIL_NAME
    }
    slip(row)
  }
  return rows.length > 0 ? JSON.stringify(json) : undefined
}

/** Objects of all lists, wherever the platform has them. */
function rowsIn(value: unknown): readonly Record<string, unknown>[] {
  if (Array.isArray(value)) return value.filter(isRecord).flatMap((row) => [row, ...rowsIn(row)])
  return isRecord(value) ? Object.values(value).flatMap(rowsIn) : []
}

/** Objects of Snapchat's whose keys are data: another one is another kind of change. */
const MAPS = new Set(['update_value_records'])

function slip(row: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(row)) if (isRecord(value) && !MAPS.has(name)) slip(value)
  row.customerEmail = PERSONAL.email
  row.phone_number = PERSONAL.phone
  row.order_id = PERSONAL.order
  row.externalCustomerId = PERSONAL.customer
  row.contacter = PERSONAL.contact
  row.contact_email = PERSONAL.email
  row.cellphone = PERSONAL.phone
  row.note = `${PERSONAL.email} ${PERSONAL.stack}`
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
