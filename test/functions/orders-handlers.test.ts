import { createHmac } from 'node:crypto'
import type { S3Client } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { type LogLine, logText } from '../../functions/composition/log.ts'
import { objectReader } from '../../functions/composition/orders.ts'
import {
  DROP_BYTES_MAX,
  HTTP_BYTES_MAX,
  type HttpRequest,
  makeDropHandler,
  makeHttpHandler,
  type OrderKeys,
  orderKeysIn,
} from '../../functions/orders-handlers.ts'
import { OrdersRefused, type TakenOrders } from '../../lib/control/take-orders.ts'
import { ImportError } from '../../lib/imports/problem.ts'
import type { OrderEntry } from '../../lib/model/shop-order.ts'
import { instant } from '../../lib/units/calendar.ts'

const NOW = instant('2026-11-21T08:00:00Z')
const SECONDS = `${NOW / 1000}`
const KEY = 'k'.repeat(32)
const OLD_KEY = 'o'.repeat(32)
const LINE = '{"orderId":"1","orderedAt":"2026-11-20T09:15:00Z","netValue":"59.90","currency":"EUR"}'
const TAKEN = { changed: 1, unchanged: 0, waiting: 0, overfull: [], tooOld: 0, days: [] }

/** As the documentation says: timestamp, path and body, each on a line. */
const sign = (body: string, { key = KEY, path = '/eu', timestamp = SECONDS } = {}): string =>
  `sha256=${createHmac('sha256', key).update(`${timestamp}\n${path}\n${body}`).digest('hex')}`

function open({
  keys = { key: KEY },
  fails,
  result = TAKEN,
  unreadable,
}: {
  keys?: OrderKeys
  fails?: Error
  result?: TakenOrders
  unreadable?: Error
} = {}) {
  const taken: (readonly [string, readonly OrderEntry[]])[] = []
  const lines: LogLine[] = []
  const handler = makeHttpHandler({
    keys: async () => {
      if (unreadable) throw unreadable
      return keys
    },
    take: async (portfolio, entries) => {
      if (fails) throw fails
      taken.push([portfolio, entries])
      return result
    },
    clock: { now: () => NOW },
    log: (line) => void lines.push(line),
  })
  const send = (more: Partial<HttpRequest> & { method?: string } = {}) => {
    const { method = 'POST', ...rest } = more
    const body = rest.body ?? LINE
    const headers = { 'x-sluice-timestamp': SECONDS, 'x-sluice-signature': sign(body) }
    return handler({ rawPath: '/eu', headers, body, requestContext: { http: { method } }, ...rest })
  }
  return { send, taken, lines }
}
/** As a client of AWS throws them. */
const ofAws = (message: string): Error => Object.assign(new Error(message), { $metadata: {} })
const signed = (signature: string, timestamp = SECONDS) => ({
  headers: { 'x-sluice-timestamp': timestamp, 'x-sluice-signature': signature },
})

describe('a signed request', () => {
  test('with orders is recorded for the portfolio of its path', async () => {
    const { send, taken, lines } = open()
    const { statusCode, body } = await send()
    expect([statusCode, JSON.parse(body)]).toEqual([
      200,
      { changed: 1, unchanged: 0, waiting: 0, overfull: [], tooOld: 0, days: 0 },
    ])
    expect(taken).toMatchObject([['eu', [{ id: '1', sale: { net: { micros: 59_900_000n } } }]]])
    expect(lines).toMatchObject([{ level: 'info', event: 'orders', key: 'eu', summary: { changed: 1 } }])
  })

  test('may come in base64, as function URLs hand on some bodies', async () => {
    const { send } = open()
    const body = Buffer.from(LINE).toString('base64')
    expect((await send({ body, isBase64Encoded: true, ...signed(sign(LINE)) })).statusCode).toBe(200)
  })

  test('may go to an address that ends in a slash already: the path is signed with one slash', async () => {
    const { send, taken } = open()
    expect((await send({ rawPath: '//eu' })).statusCode).toBe(200)
    expect(taken).toMatchObject([['eu', [{ id: '1' }]]])
  })

  test('is taken with the key before, while that is replaced', async () => {
    const { send } = open({ keys: { key: KEY, previousKey: OLD_KEY } })
    expect((await send(signed(sign(LINE, { key: OLD_KEY })))).statusCode).toBe(200)
    expect((await open().send(signed(sign(LINE, { key: OLD_KEY })))).statusCode).toBe(401)
  })

  const minutes = (count: number): string => `${NOW / 1000 + 60 * count}`
  test.each([
    ['five minutes old', minutes(-5), 200],
    ['five minutes ahead', minutes(5), 200],
    ['more than five minutes old', `${NOW / 1000 - 301}`, 401],
    ['more than five minutes ahead', `${NOW / 1000 + 301}`, 401],
    ['of no time', 'now', 401],
  ])('%s', async (_, timestamp, status) => {
    expect((await open().send(signed(sign(LINE, { timestamp }), timestamp))).statusCode).toBe(status)
  })

  test.each([
    ['without a signature', {}],
    ['with the signature of another body', signed(sign(`${LINE}\n`))],
    ['with the signature of another portfolio', signed(sign(LINE, { path: '/us' }))],
    ['with the signature of another time', signed(sign(LINE, { timestamp: minutes(1) }))],
    ['with another key', signed(sign(LINE, { key: OLD_KEY }))],
    ['with a signature that is cut off', signed(sign(LINE).slice(0, -2))],
    ['with a signature that is no number', signed(`sha256=${'z'.repeat(64)}`)],
  ])('%s is refused, whatever it is told says nothing of why, and nothing is recorded', async (_, more) => {
    const { send, taken, lines } = open()
    const { statusCode, body } = await send({ headers: {}, ...more })
    expect(statusCode).toBe(401)
    expect(JSON.parse(body)).toEqual({ error: 'the signature or the time of this request is wrong' })
    expect(taken).toEqual([])
    expect(lines).toMatchObject([{ level: 'error', event: 'orders' }])
  })

  test('that is larger than a mebibyte is refused before it is looked at', async () => {
    const body = 'x'.repeat(HTTP_BYTES_MAX + 1)
    expect((await open().send({ body, ...signed(sign(body)) })).statusCode).toBe(413)
    const packed = Buffer.from(body).toString('base64')
    expect((await open().send({ body: packed, isBase64Encoded: true, ...signed(sign(body)) })).statusCode).toBe(413)
  })

  test('with a field about the customer is refused by the field’s name', async () => {
    const body = '{"orderId":"1","email":"ann@example.com"}'
    const answer = await open().send({ body, ...signed(sign(body)) })
    expect(answer.statusCode).toBe(400)
    expect(JSON.parse(answer.body).error).toContain('body, line 1, column "email": is no field of an order')
    expect(answer.body).not.toContain('ann@')
  })

  test('for a name that is no portfolio, or by another method, is refused', async () => {
    expect((await open().send({ rawPath: '/EU', ...signed(sign(LINE, { path: '/EU' })) })).statusCode).toBe(400)
    expect((await open().send({ method: 'GET' })).statusCode).toBe(405)
  })

  test('that could not be recorded is to be sent again, and what went wrong stays inside', async () => {
    const { send, lines } = open({ fails: ofAws('rate of table x exceeded') })
    const { statusCode, body } = await send()
    expect(statusCode).toBe(503)
    expect(body).not.toContain('exceeded')
    expect(lines).toMatchObject([{ level: 'error', errorMessage: 'rate of table x exceeded' }])
  })

  test('that found no secret is answered by 503, and the log says which could not be read', async () => {
    const { send, lines } = open({ unreadable: new Error('secret "orders" cannot be read: AccessDeniedException') })
    expect((await send()).statusCode).toBe(503)
    expect(lines).toMatchObject([{ errorMessage: 'secret "orders" cannot be read: AccessDeniedException' }])
  })

  test('that failed while it was recorded is never said to have left nothing behind, whatever failed', async () => {
    expect((await open({ fails: new RangeError('item has 100001 bytes') }).send()).statusCode).toBe(503)
    const refused = await open({ fails: new OrdersRefused('order 1 is of tomorrow') }).send()
    expect([refused.statusCode, JSON.parse(refused.body)]).toEqual([400, { error: 'order 1 is of tomorrow' }])
  })

  test('with more refunds of an order than it may have is told of which, and what else it brought is recorded', async () => {
    const { send, lines } = open({ result: { ...TAKEN, overfull: ['A-7'] } })
    const { statusCode, body } = await send()
    expect([statusCode, JSON.parse(body)]).toMatchObject([200, { changed: 1, overfull: ['A-7'] }])
    expect(lines).toMatchObject([
      {
        level: 'error',
        why: expect.stringContaining('new refunds of 1 orders were left out'),
        summary: { overfull: 1 },
      },
    ])
    expect(logText(lines[0]!)).not.toContain('A-7')
  })
})

describe('the secret of requests', () => {
  test('holds a key of 32 characters or more', () => {
    expect(orderKeysIn(JSON.stringify({ key: KEY }), 'orders')).toEqual({ key: KEY })
    const short = () => orderKeysIn(JSON.stringify({ key: 'secretword' }), 'orders')
    expect(short).toThrow('secret "orders" must hold')
    expect(short).not.toThrow('secretword')
    expect(() => orderKeysIn(JSON.stringify({ key: KEY, previousKey: '' }), 'orders')).toThrow('must hold')
    for (const stored of [KEY, `"${KEY}"`, 'null'])
      expect(() => orderKeysIn(stored, 'orders')).toThrow(/^secret "orders" must hold [^k]*"key"[^k]*\bwhile[^k]*$/)
  })
})

describe('a file that is put into the bucket', () => {
  const created = (key: string, size = 10) => ({ detail: { bucket: { name: 'b' }, object: { key, size } } })
  function drop(content: string, result: TakenOrders = TAKEN, fails?: Error) {
    const taken: unknown[] = []
    const lines: LogLine[] = []
    const handler = makeDropHandler({
      read: async () => new TextEncoder().encode(content),
      take: async (portfolio, entries) => {
        if (fails) throw fails
        taken.push([portfolio, entries.length])
        return result
      },
      log: (line) => void lines.push(line),
    })
    return { handler, taken, lines }
  }

  test('is read as it lies there now: one that has grown since the event is refused before it is read', async () => {
    let read = 0
    const holding = (ContentLength: number) => {
      const Body = {
        transformToByteArray: async () => {
          read += 1
          return new Uint8Array(2)
        },
      }
      return objectReader({ send: async () => ({ Body, ContentLength }) } as unknown as S3Client)('b', 'k')
    }
    await expect(holding(DROP_BYTES_MAX + 1)).rejects.toThrow(
      'the object has 67108865 bytes, more than 67108864: divide',
    )
    expect(read).toBe(0)
    expect(await holding(DROP_BYTES_MAX)).toHaveLength(2)
  })

  test('is taken for the portfolio of its folder', async () => {
    const { handler, taken, lines } = drop(LINE)
    await handler(created('orders/eu/2026/11/20.jsonl'))
    expect(taken).toEqual([['eu', 1]])
    expect(lines).toMatchObject([{ level: 'info', event: 'orders', key: 'eu' }])
  })

  test.each(['orders/eu/', 'orders/'])(
    'as the empty folder %s, made by hand, is no file: it is passed over',
    async (key) => {
      const { handler, taken, lines } = drop(LINE)
      await handler(created(key, 0))
      expect([taken, lines]).toEqual([[], []])
    },
  )

  test.each([
    ['orders/20.jsonl', LINE, 10, 'orders/<portfolio>/<name>'],
    ['orders/eu/20.csv', 'orderId,email\n1,x', 10, '20.csv, line 1: is no field of an order: leave it out: nothing'],
    ['orders/eu/20.csv', 'orderId,refundedAt\n1,soon', 10, '20.csv, line 2, column "refundedAt": is no time: write'],
    ['orders/eu/20.jsonl', LINE, 65 * 1024 * 1024, 'divide it'],
  ])('%s with %j of %d bytes is refused, logged and tried again by Lambda', async (key, content, size, message) => {
    const { handler, taken, lines } = drop(content)
    await expect(handler(created(key, size))).rejects.toThrow('the log line before this one says why')
    expect(taken).toEqual([])
    expect(lines).toMatchObject([
      { level: 'error', event: 'orders', result: 'failed', errorMessage: expect.stringContaining(message) },
    ])
  })

  test('with more refunds of an order than it may have fails when all others are recorded, so that an alarm rings', async () => {
    const { handler, taken, lines } = drop(LINE, { ...TAKEN, overfull: ['A-7'] })
    await expect(handler(created('orders/eu/20.jsonl'))).rejects.toThrow('the log line before')
    expect(taken).toEqual([['eu', 1]])
    expect(lines).toMatchObject([
      { level: 'error', key: 'eu', errorMessage: expect.stringContaining('new refunds of 1 orders were left out') },
    ])
    expect(logText(lines[0]!)).not.toContain('A-7')
  })

  describe('with something personal in a wrong place', () => {
    const NAME = 'Maria Canary'
    const PHONE = '+4915550009876'
    const IBAN = 'DE89370400440532013000'
    const MAIL = 'maria@canary.example'
    const HEAD = 'orderId,orderedAt,netValue,currency'
    const GOOD = '1001,2026-11-20T10:00:00Z,10.00,EUR'
    const refund = (at: string) => JSON.stringify({ orderId: IBAN, refundedAt: at, refundId: PHONE.slice(1) })
    const logged = async (content: string, result?: TakenOrders, fails?: Error, key = 'orders/eu/20.csv') => {
      const { handler, lines } = drop(content, result, fails)
      const thrown = await handler(created(key)).catch(String)
      const text = [...lines.map(logText), thrown].join('\n')
      return { text, canaries: [NAME, PHONE.slice(1), IBAN, MAIL, 'Canary'].filter((one) => text.includes(one)) }
    }

    test.each([
      ['an id', `${HEAD}\n${NAME} ${IBAN},2026-11-20T10:00:00Z,10.00,EUR`, 'line 2, column \\"orderId\\"'],
      ['a time', `${HEAD}\n1001,${PHONE},10.00,EUR`, 'line 2, column \\"orderedAt\\"'],
      ['an amount', `${HEAD}\n1001,2026-11-20T10:00:00Z,${MAIL},EUR`, 'line 2, column \\"netValue\\"'],
      ['a currency', `${HEAD}\n1001,2026-11-20T10:00:00Z,10.00,${IBAN}`, 'line 2, column \\"currency\\"'],
      ['the kind of customer', `${HEAD},customer\n${GOOD},${NAME} ${PHONE}`, 'line 2, column \\"customer\\"'],
      ['the id of a refund', `orderId,refundedAt,refundId\n1,2026-11-20T10:00:00Z,${NAME}`, 'column \\"refundId\\"'],
      ['a heading, for want of headings', `${IBAN},${PHONE},${NAME},${MAIL}\n${GOOD}`, 'line 1: is no field'],
      ['the name of a field', JSON.stringify({ orderId: '1', [NAME]: PHONE }), 'line 1: is no field of an order'],
      ['a line behind a quote', `${HEAD}\n"1001" ${NAME},x,y,z\n${GOOD}`, 'stands behind a closing quote'],
      ['an order told twice', [refund('2026-11-20T10:00:00Z'), refund('2026-11-21T06:00:00Z')].join('\n'), 'in line 1'],
      [
        'an order with too many refunds',
        Array.from(
          { length: 101 },
          (_, i) => `{"orderId":"${IBAN}","refundedAt":"2026-11-20T10:00:00Z","refundId":"${i}"}`,
        ).join('\n'),
        'one refund more than',
      ],
    ])('%s: the log tells the place and not the value, and what is thrown tells nothing', async (_, content, place) => {
      const { text, canaries } = await logged(content)
      expect(text).toContain(place)
      expect(canaries).toEqual([])
    })

    const order = { id: IBAN, source: { file: '20.csv', line: 7 } }
    test.each<readonly [string, Error, string]>([
      [
        'that is refused',
        new OrdersRefused(`order ${order.id} is of tomorrow`, '20.csv, line 7: an order'),
        'line 7: an order',
      ],
      ['of which a store says what it is', new TypeError(`item ORDER#${IBAN}: "record" must be text`), 'not shown'],
      [
        'of which AWS quotes an address and a token',
        ofAws(`${MAIL} with Bearer canary-token-1234`),
        '[redacted] with [redacted]',
      ],
      ['of no message at all', new ImportError([]), 'nothing was imported'],
    ])('an order %s', async (_, fails, said) => {
      const { text, canaries } = await logged(`${HEAD}\n${GOOD}`, TAKEN, fails)
      expect(text).toContain(said)
      expect(canaries).toEqual([])
      expect(text).not.toContain('canary-token-1234')
    })

    test('the folder, which is then not logged as a portfolio', async () => {
      const { text, canaries } = await logged(GOOD, TAKEN, undefined, `orders/${MAIL} ${NAME}/1.csv`)
      expect(text).toContain('is named as no portfolio can be')
      expect(canaries).toEqual([])
    })
  })
})
