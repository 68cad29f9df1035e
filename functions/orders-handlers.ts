import { createHmac, timingSafeEqual } from 'node:crypto'
import { OrdersRefused, type TakenOrders } from '../lib/control/take-orders.ts'
import { decodeText } from '../lib/imports/decode.ts'
import { ImportError } from '../lib/imports/problem.ts'
import { readOrders } from '../lib/imports/read-orders.ts'
import { type PortfolioId, portfolioId } from '../lib/model/account.ts'
import { DiscreetError } from '../lib/model/discreet-error.ts'
import { messageText } from '../lib/model/foreign-text.ts'
import { type OrderEntry, REFUNDS_MAX } from '../lib/model/shop-order.ts'
import type { Clock } from '../lib/ports/clock.ts'
import { MINUTE_MS } from '../lib/units/calendar.ts'
import { errorFields, type Log, type LogLine } from './composition/log.ts'

/** Records entries of one portfolio. */
export type TakeOrders = (portfolio: PortfolioId, entries: readonly OrderEntry[]) => Promise<TakenOrders>

/** Most that is read of one object or request. */
export const DROP_BYTES_MAX = 64 * 1024 * 1024
export const HTTP_BYTES_MAX = 1024 * 1024
/** A request is of now, give or take what clocks differ. */
export const CLOCK_WINDOW_MS = 5 * MINUTE_MS
/** A shorter secret could be found by trying. */
export const KEY_CHARACTERS_MIN = 32

/** Where files of orders lie in the bucket: `orders/<portfolio>/<any name>.csv` or `.jsonl`. */
export const ORDERS_PREFIX = 'orders/'

/** What EventBridge says of a new object. */
export interface ObjectCreated {
  readonly detail: {
    readonly bucket: { readonly name: string }
    readonly object: { readonly key: string; readonly size?: number }
  }
}

export interface DropOptions {
  readonly read: (bucket: string, key: string) => Promise<Uint8Array>
  readonly take: TakeOrders
  readonly log: Log
}

/**
 * Takes the orders of one uploaded file, which is read whole before the first is recorded. What fails is logged, and then
 * thrown without a word of it: Lambda tries again twice, and taking the same file again is harmless.
 */
export const makeDropHandler =
  ({ read, take, log }: DropOptions) =>
  async ({ detail }: ObjectCreated): Promise<void> => {
    const { bucket, object } = detail
    if (isFolder(object)) return
    let owner: PortfolioId | undefined
    try {
      const [folder, file] = placeOf(object.key)
      owner = folder
      checkDropSize(object.size)
      const taken = await take(owner, readOrders(decodeText(await read(bucket.name, object.key), file), file))
      // Thrown when all else is recorded: an alarm rings, and what is tried again changes nothing.
      if (taken.overfull.length > 0) throw overfullError(taken)
      log({ level: 'info', event: 'orders', key: owner, result: 'ran', summary: summaryOf(taken) })
    } catch (error) {
      log({ level: 'error', event: 'orders', ...(owner && { key: owner }), result: 'failed', ...discreetFields(error) })
      // Lambda prints what is thrown, whole and past our log's allow-list: so it is given nothing to print.
      throw new Error('the orders of an object failed: the log line before this one says why')
    }
  }

/** What the console of S3 puts for a folder that somebody makes by hand: it holds nothing. */
const isFolder = ({ key, size }: ObjectCreated['detail']['object']): boolean => key.endsWith('/') && size === 0

/** @throws DiscreetError for an object that would not fit the function's memory */
export function checkDropSize(bytes = 0): void {
  if (bytes > DROP_BYTES_MAX)
    throw new DiscreetError(`the object has ${bytes} bytes, more than ${DROP_BYTES_MAX}: divide it`)
}

/** @throws DiscreetError unless the key is that of a file in a portfolio's folder */
function placeOf(key: string): readonly [PortfolioId, file: string] {
  const [, folder = '', ...name] = key.split('/')
  const file = name.at(-1)
  if (!key.startsWith(ORDERS_PREFIX) || file === undefined)
    throw new DiscreetError(`an object of orders must be ${ORDERS_PREFIX}<portfolio>/<name>`)
  try {
    return [portfolioId(folder), file]
  } catch (error) {
    throw new DiscreetError(
      (error as Error).message,
      `the folder below ${ORDERS_PREFIX} is named as no portfolio can be`,
    )
  }
}

/**
 * What is logged of an error while orders are in hand: of ours what is meant for the log, of AWS's its message. Any other may
 * quote an order, which nothing would take out of it.
 */
function discreetFields(error: unknown): Pick<LogLine, 'errorName' | 'errorMessage'> {
  const fields = errorFields(error)
  if (error instanceof DiscreetError) return { ...fields, errorMessage: messageText(error.forLog) }
  if (error instanceof Error && '$metadata' in error) return fields
  return {
    ...fields,
    errorMessage: 'not shown, it may quote an order: "sluice import orders" of the same file shows it',
  }
}

const summaryOf = ({ changed, unchanged, waiting, overfull, tooOld, days }: TakenOrders) => ({
  changed,
  unchanged,
  waiting,
  overfull: overfull.length,
  tooOld,
  days: days.length,
})

const overfullError = ({ overfull }: TakenOrders): DiscreetError =>
  new DiscreetError(
    `new refunds of ${overfull.length} orders were left out, all else is recorded: an order has at most ${REFUNDS_MAX}; add up the small ones; "sluice import orders" of the same lines names the orders`,
  )

/** What a function URL hands over (payload format 2.0), as far as it is looked at. */
export interface HttpRequest {
  readonly rawPath: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body?: string
  readonly isBase64Encoded?: boolean
  readonly requestContext: { readonly http: { readonly method: string } }
}

export interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What is said of a secret never carries any of it. */
function unreadable(error: unknown): never {
  throw new DiscreetError(errorFields(error).errorMessage)
}

/** The secret as it is stored; the key before it goes on being taken while it is replaced. */
export interface OrderKeys {
  readonly key: string
  readonly previousKey?: string
}

export interface HttpOptions {
  /** @throws Error when the secret cannot be read, with nothing of it in its message */
  readonly keys: () => Promise<OrderKeys>
  readonly take: TakeOrders
  readonly clock: Clock
  readonly log: Log
}

/**
 * Takes orders from a signed request: `POST /<portfolio>` with the lines as its body, and the HMAC-SHA256 of timestamp,
 * path and body, each on a line, in a header. A request that is caught and sent again brings nothing that is not known.
 */
export const makeHttpHandler =
  (options: HttpOptions) =>
  async (request: HttpRequest): Promise<HttpAnswer> => {
    const { log } = options
    try {
      return await answered(request, options)
    } catch (error) {
      if (error instanceof ImportError) return answer(400, { error: error.message })
      if (error instanceof OrdersRefused) return answer(400, { error: error.message })
      log({ level: 'error', event: 'orders', result: 'failed', ...discreetFields(error) })
      // What went wrong inside is for the log: whoever asks is told to ask again.
      return answer(503, { error: 'the orders could not be recorded: send them again later, it is safe' })
    }
  }

async function answered(request: HttpRequest, { keys, take, clock, log }: HttpOptions): Promise<HttpAnswer> {
  const { requestContext, body = '', isBase64Encoded = false } = request
  if (requestContext.http.method !== 'POST') return answer(405, { error: 'send orders with POST' })
  // Before anything is decoded: base64 is a third longer than what it holds.
  if (body.length > (isBase64Encoded ? 1.4 : 1) * HTTP_BYTES_MAX) return tooLarge()
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > HTTP_BYTES_MAX) return tooLarge()
  if (!isSigned(request, bytes, await keys().catch(unreadable), clock)) {
    log({ level: 'error', event: 'orders', result: 'failed', why: 'a request was not signed as it must be' })
    return answer(401, { error: 'the signature or the time of this request is wrong' })
  }
  const portfolio = ownerOf(request)
  const taken = await take(portfolio, readOrders(decodeText(bytes, 'body'), 'body'))
  const summary = summaryOf(taken)
  const { overfull } = taken
  log({
    ...(overfull.length > 0 ? { level: 'error', why: overfullError(taken).forLog } : { level: 'info' }),
    event: 'orders',
    key: portfolio,
    result: 'ran',
    summary,
  })
  return answer(200, { ...summary, overfull })
}

/** `/<portfolio>`, also where it was put behind an address that ends in a slash. It is what is signed. */
const pathOf = ({ rawPath }: HttpRequest): string => rawPath.replace(/^\/+/, '/')

/** @throws OrdersRefused for a path that names no portfolio */
function ownerOf(request: HttpRequest): PortfolioId {
  try {
    return portfolioId(pathOf(request).slice(1))
  } catch (error) {
    throw new OrdersRefused((error as Error).message)
  }
}

const tooLarge = (): HttpAnswer =>
  answer(413, { error: `a request may have ${HTTP_BYTES_MAX} bytes: send the orders in several` })

const answer = (statusCode: number, body: object): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
})

/** What is signed: a request for one portfolio is none for another. */
export const signatureOf = (key: string, timestamp: string, path: string, body: Uint8Array): Buffer =>
  createHmac('sha256', key).update(`${timestamp}\n${path}\n`).update(body).digest()

function isSigned(request: HttpRequest, body: Uint8Array, keys: OrderKeys, clock: Clock): boolean {
  const { headers } = request
  const timestamp = headers['x-sluice-timestamp'] ?? ''
  const given = /^sha256=([0-9a-f]{64})$/.exec(headers['x-sluice-signature'] ?? '')?.[1]
  if (given === undefined || !/^\d{10}$/.test(timestamp)) return false
  if (Math.abs(clock.now() - 1000 * Number(timestamp)) > CLOCK_WINDOW_MS) return false
  const bytes = Buffer.from(given, 'hex')
  // All keys are tried, in the same time whichever fits.
  const fits = [keys.key, keys.previousKey ?? keys.key].map((key) =>
    timingSafeEqual(bytes, signatureOf(key, timestamp, pathOf(request), body)),
  )
  return fits.includes(true)
}

/** @throws DiscreetError that says what is wrong with the secret, and nothing of it */
export function orderKeysIn(text: string, name: string): OrderKeys {
  const { key, previousKey } = membersIn(text)
  const isKey = (value: unknown): value is string => typeof value === 'string' && value.length >= KEY_CHARACTERS_MIN
  if (!isKey(key) || (previousKey !== undefined && !isKey(previousKey)))
    throw new DiscreetError(
      `secret "${name}" must hold {"key": "…"}, and previousKey while it is replaced, of ${KEY_CHARACTERS_MIN} characters or more each`,
    )
  return { key, ...(previousKey === undefined ? {} : { previousKey }) }
}

/** Without any where it is no JSON: the parser's own error quotes the text. */
function membersIn(text: string): { readonly key?: unknown; readonly previousKey?: unknown } {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}
