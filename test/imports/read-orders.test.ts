import { describe, expect, test } from 'vitest'
import { ImportError } from '../../lib/imports/problem.ts'
import { readOrders } from '../../lib/imports/read-orders.ts'
import { instant } from '../../lib/units/calendar.ts'

const read = (text: string) => readOrders(text, 'orders')

const ORDER = {
  id: 'A-1001',
  sale: {
    at: instant('2026-11-20T09:15:00+01:00'),
    net: { micros: 59_900_000n, currency: 'EUR' },
    customer: 'new',
    updatedAt: 0,
  },
}
const at = (line: number) => ({ source: { file: 'orders', line } })

/** Line and column of each fault that is told. */
function placesOf(reading: () => unknown): readonly string[] {
  try {
    reading()
    return []
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    return error.faults.map(({ line, column = '' }) => `${line} ${column}`)
  }
}

describe('orders', () => {
  test('are read from CSV, a refund beside its order or on a line of its own', () => {
    const text = [
      'order_id,ordered_at,net_value,currency,customer,refund_id,refunded_at,refund_value,updated_at',
      'A-1001,2026-11-20T09:15:00+01:00,59.90,EUR,new,,,,',
      'A-1002,,,EUR,,R-7,2026-11-21T06:00:00Z,10.00,2026-11-21T06:00:01Z',
      'A-1003,,,,,,2026-11-21T06:00:00Z,full,',
    ].join('\n')
    expect(read(text)).toEqual([
      { ...ORDER, ...at(2) },
      {
        ...at(3),
        id: 'A-1002',
        refund: {
          key: 'R-7',
          at: instant('2026-11-21T06:00:00Z'),
          amount: { micros: 10_000_000n, currency: 'EUR' },
          updatedAt: instant('2026-11-21T06:00:01Z'),
        },
      },
      {
        ...at(4),
        id: 'A-1003',
        refund: { key: '2026-11-21T06:00:00Z', at: instant('2026-11-21T06:00:00Z'), updatedAt: 0 },
      },
    ])
  })

  test('are read from JSON lines, to the same', () => {
    const line = {
      orderId: 'A-1001',
      orderedAt: '2026-11-20T09:15:00+01:00',
      netValue: '59.90',
      currency: 'EUR',
      customer: 'new',
    }
    expect(read(`${JSON.stringify(line)}\n\n`)).toEqual([{ ...ORDER, ...at(1) }])
  })

  test.each(['email', 'customer_email', 'Phone', 'first_name', 'customerId', 'ip', 'billing-address'])(
    'with a field %s are refused by its name: nothing that tells who a customer is is taken',
    (field) => {
      expect(() => read(`orderId,${field}\n1,x`)).toThrow(
        new RegExp(`line 1, column "${field}": is no field.*who a customer is`),
      )
      expect(() => read(JSON.stringify({ orderId: '1', [field]: 'x' }))).toThrow(`column "${field}"`)
    },
  )

  test.each([
    ['order_id,ordered_at,net_value,netValue,currency\n1,2026-11-20T09:15:00Z,5,50,EUR', '1 netValue'],
    ['order_id,ordered_at,net_value,currency,Order ID\n1,2026-11-20T09:15:00Z,5,EUR,2', '1 orderId'],
    ['{"orderId":"1","refundedAt":"2026-11-20T09:15:00Z"}\n{"orderId":"1","order_id":"2"}', '2 orderId'],
    [
      '{"orderId":"1","netValue":"5","netValu\\u0065":"50","orderedAt":"2026-11-20T09:15:00Z","currency":"EUR"}',
      '1 netValue',
    ],
  ])('with one field twice are refused, whichever was meant: %s', (text, place) => {
    expect(placesOf(() => read(text))).toContain(place)
    expect(() => read(text)).toThrow(`column "${place.slice(2)}": is there twice: leave one out`)
  })

  test('have a field twice only where it is a key of their own, not in a text or deeper', () => {
    const text =
      '{"orderId":"1","orderedAt":"2026-11-20T09:15:00Z","netValue":"5","currency":"EUR","customer":"\\"currency\\":"}'
    expect(placesOf(() => read(text))).toEqual(['1 customer'])
    expect(
      placesOf(() => read('{"orderId":"1","refundedAt":"2026-11-20T09:15:00Z","customer":{"orderId":"2"}}')),
    ).not.toContain('1 orderId')
  })

  const good = { orderId: '1', orderedAt: '2026-11-20T09:15:00Z', netValue: '5', currency: 'EUR' }
  test.each([
    ['an address for an id', { ...good, orderId: 'ann@example.com' }, 'column "orderId": "ann@example.com" is no id'],
    [
      'a time without offset',
      { ...good, orderedAt: '2026-11-20T09:15:00' },
      'column "orderedAt": "2026-11-20T09:15:00" is no time: write it with its offset',
    ],
    [
      'a zone that does not have the offset',
      { ...good, orderedAt: '2026-11-20T09:15:00+01:00[America/New_York]' },
      'column "orderedAt": "2026-11-20T09:15:00+01:00[America/New_York]" has an offset that its zone does not have then: leave the zone out, or put the offset right',
    ],
    [
      'the offset of the other half of the year',
      { orderId: '1', refundedAt: '2026-07-20T09:15:00+01:00[Europe/Berlin]' },
      'column "refundedAt": "2026-07-20T09:15:00+01:00[Europe/Berlin]" has an offset that',
    ],
    ['a zone that is none', { ...good, updatedAt: '2026-11-20T09:15:00+01:00[Mars/Base]' }, 'column "updatedAt"'],
    ['a second 60', { ...good, orderedAt: '2026-11-20T09:15:60Z' }, '"2026-11-20T09:15:60Z" has a second 60: write 59'],
    ['one without marks', { ...good, orderedAt: '20261120T091560.5Z' }, '"20261120T091560.5Z" has a second 60'],
    ['one with a space', { ...good, updatedAt: '2026-11-20 09:15:60+01:00' }, 'column "updatedAt"'],
    ['no time', { ...good, orderedAt: undefined }, 'column "orderedAt": is missing'],
    ['a number for an amount', { ...good, netValue: 5 }, 'column "netValue": is a number: write it as text'],
    ['a comma in an amount', { ...good, netValue: '5,00' }, 'column "netValue": "5,00" is no amount'],
    ['an amount below 0', { ...good, netValue: '-5' }, 'give refunds as refundValue'],
    ['no currency', { ...good, currency: undefined }, 'column "currency": is missing'],
    ['a word for a currency', { ...good, currency: 'euro' }, 'column "currency": "euro" is no currency'],
    ['another kind of customer', { ...good, customer: 'vip' }, '"vip" is neither new nor returning'],
    ['a refund without a time', { orderId: '1', refundValue: '5', currency: 'EUR' }, 'column "refundedAt": is missing'],
    ['nothing but an id', { orderId: '1' }, 'tells neither an order nor a refund'],
    [
      'a field that is not known',
      { ...good, colour: 'red' },
      'column "colour": is no field of an order: leave it out; there are orderId',
    ],
  ])('with %s are refused', (_, line, message) => {
    const bad = () => read(`${JSON.stringify(good)}\n${JSON.stringify(line)}`)
    expect(bad).toThrow('orders, line 2')
    expect(bad).toThrow(message)
  })

  test.each([
    '2026-11-20T09:15:00+01:00[Europe/Berlin]',
    '2026-11-20T08:15:00Z[America/New_York]',
    '2026-11-20T08:15:00.000Z',
    '20261120T081500Z',
  ])('of %s are of that instant', (orderedAt) => {
    expect(read(JSON.stringify({ ...good, orderedAt }))[0]?.sale?.at).toBe(Date.UTC(2026, 10, 20, 8, 15))
  })

  test('are refused with every fault of every line, those behind the first of a line too', () => {
    const text = [
      'orderId,orderedAt,netValue,currency,customer',
      'ann@example.com,yesterday,"5,00",euro,vip',
      '1,2026-11-20T09:15:00Z,5.00',
      '2,2026-11-20T09:15:00Z,-5,EUR,new',
    ].join('\n')
    expect(placesOf(() => read(text)).toSorted()).toEqual([
      '2 currency',
      '2 customer',
      '2 netValue',
      '2 orderId',
      '2 orderedAt',
      '3 ',
      '4 netValue',
    ])
  })

  test('of a text that is not JSON are refused with the line', () => {
    expect(() => read('{"orderId": "1"\n')).toThrow('orders, line 1: is no JSON object')
  })
})

describe('a file that tells one order twice', () => {
  const HEAD = 'order_id,ordered_at,net_value,currency,customer,refund_id,refunded_at,refund_value,updated_at'
  const of = (...lines: readonly string[]) => [HEAD, ...lines].join('\n')
  const article = (value: string, updatedAt = '') => `1,2026-11-20T09:15:00Z,${value},EUR,new,,,,${updatedAt}`
  const refund = (id: string, value: string, updatedAt = '') =>
    `1,,,EUR,,${id},2026-11-21T06:00:00Z,${value},${updatedAt}`

  test('with two values is refused: a line for each article is not the sum of them', () => {
    expect(() => read(of(article('50.90'), article('9.00')))).toThrow(
      'orders, line 3, column "orderId": "1" is told otherwise in line 2: tell each order in one line',
    )
    expect(() => read(of(article('50.90', '2026-11-21T00:00:00Z'), article('9.00', '2026-11-21T00:00:00Z')))).toThrow(
      'line 3',
    )
  })

  test('alike, or corrected later, is read', () => {
    expect(read(of(article('50.90'), article('50.90')))).toHaveLength(2)
    expect(read(of(article('50.90'), article('9.00', '2026-11-21T00:00:00Z')))).toHaveLength(2)
  })

  test('with two refunds of one moment and no ids is refused: only one of them would count', () => {
    expect(() => read(of(refund('', '5.00'), refund('', '6.00')))).toThrow(
      'orders, line 3, column "refundId": "2026-11-21T06:00:00Z" of order 1 is told otherwise in line 2: give each refund',
    )
    expect(
      read(of(refund('A', '5.00'), refund('B', '6.00'), refund('A', '4.00', '2026-11-21T07:00:00Z'))),
    ).toHaveLength(3)
  })
})

test('a list of JSON is refused as one', () => {
  expect(() => read('[\n{"orderId": "1"}\n]')).toThrow('orders, line 1: is a JSON list: write one object a line')
})

test('an id that is a number is told once', () => {
  expect(placesOf(() => read('{"orderId":1001,"refundedAt":"2026-11-20T10:00:00Z"}'))).toEqual(['1 orderId'])
})

describe('a file that could not be recorded to its end is refused before its beginning is', () => {
  const refunds = (count: number, id = '1') =>
    Array.from({ length: count }, (_, i) => `${id},R-${i},2026-11-21T06:00:00Z`)
  const csv = (...lines: readonly string[]) => `orderId,refundId,refundedAt\n${lines.join('\n')}\n`

  test('an order has a hundred refunds; the line of the next is named, once', () => {
    expect(read(csv(...refunds(100), ...refunds(100), ...refunds(100, '2')))).toHaveLength(300)
    expect(() => read(csv(...refunds(103)))).toThrow(
      /^nothing was imported:\n {2}- orders, line 102, column "refundId": "R-100" of order 1 is one refund more than the 100 that an order may have: [^\n]*$/,
    )
  })

  test('an amount has fifteen digits before its decimals', () => {
    const order = (value: string) => `orderId,orderedAt,netValue,currency\n1,2026-11-20T09:15:00Z,${value},EUR\n`
    expect(read(order('999999999999999.999999'))[0]?.sale?.net.micros).toBe(999_999_999_999_999_999_999n)
    expect(() => read(order('1000000000000000'))).toThrow('line 2, column "netValue"')
    expect(() => read(order(`0${'9'.repeat(60)}`))).toThrow('line 2, column "netValue"')
  })
})
