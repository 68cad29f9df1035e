import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accountDate, addDays } from '../../lib/units/calendar.ts'
import { googleDownload, type ImportDesk, OF_ACCOUNT, openImportDesk, policyText } from './import-desk.ts'

let desk: ImportDesk
beforeEach(async () => {
  desk = await openImportDesk()
  desk.write('policy.yaml', policyText())
  await desk.sluice('policy', 'put', 'policy.yaml')
})
afterEach(() => desk.close())

/** Four orders a day of 50 EUR, forty days to yesterday. */
function ordersText(perDay = 4): string {
  const lines = Array.from({ length: 40 }, (_, i) => addDays(accountDate('2026-10-12'), i)).flatMap((date) =>
    Array.from({ length: perDay }, (_, n) => `${date}-${n},${date}T10:00:00+01:00,50.00,EUR,new`),
  )
  return `order_id,ordered_at,net_value,currency,customer\n${lines.join('\n')}\n`
}
const portfolio = async () => JSON.parse((await desk.sluice('status', '--json')).out).portfolios[0]

describe('import orders', () => {
  test('stands beside the claims in status: claimed, ordered, credited, and never more credited than ordered', async () => {
    desk.write('google.csv', googleDownload())
    await desk.sluice('import', 'google.csv', ...OF_ACCOUNT, '--zone', 'Europe/Berlin')
    expect(await portfolio()).toMatchObject({ orders: null, ordersUnknown: 'no orders of the shop are known' })
    desk.write('orders.csv', ordersText())
    const { code, out } = await desk.sluice('import', 'orders', 'orders.csv')
    expect(code).toBe(0)
    expect(out).toContain('Portfolio eu: 160 orders and 0 refunds read; 160 changed something, 0 were known.')
    const { orders } = await portfolio()
    expect(orders.ordered).toBe(4 * orders.days)
    expect(orders.orderedValue).toEqual({ micros: `${4 * orders.days * 50_000_000}`, currency: 'EUR' })
    // The campaigns claim some twenty a day.
    expect(orders.claimed).toBeGreaterThan(orders.ordered)
    expect(orders.credited).toBeLessThanOrEqual(orders.ordered)
    expect(orders.credited).toBeGreaterThan(0)
    expect((await desk.sluice('status')).out).toMatch(
      /orders {5}claimed, once complete, [\d.]+ · ordered \d+ \([\d.]+ EUR\) · credited [\d.]+, over \d+ days/,
    )
  }, 30_000)

  test('again changes nothing; --dry-run stores nothing; refunds take off', async () => {
    desk.write('orders.csv', ordersText(1))
    expect(JSON.parse((await desk.sluice('import', 'orders', 'orders.csv', '--dry-run', '--json')).out)).toMatchObject({
      entries: 40,
      stored: false,
    })
    expect(JSON.parse((await desk.sluice('import', 'orders', 'orders.csv', '--json')).out)).toMatchObject({
      changed: 40,
      unchanged: 0,
    })
    expect(JSON.parse((await desk.sluice('import', 'orders', 'orders.csv', '--json')).out)).toMatchObject({
      changed: 0,
      unchanged: 40,
    })
    desk.write(
      'refunds.jsonl',
      '{"orderId":"2026-11-19-0","refundedAt":"2026-11-20T10:00:00Z","refundValue":"full"}\n{"orderId":"none","refundedAt":"2026-11-20T10:00:00Z"}',
    )
    expect(JSON.parse((await desk.sluice('import', 'orders', 'refunds.jsonl', '--json')).out)).toMatchObject({
      changed: 2,
      waiting: 1,
      days: ['2026-11-19'],
    })
  }, 30_000)

  test('names an order with too many refunds in its files together, and takes all others', async () => {
    const refunds = (from: number) =>
      Array.from({ length: 60 }, (_, i) => `2026-11-19-0,r${from + i},2026-11-20T10:00:00Z,0.01,EUR\n`).join('')
    const head = 'order_id,refund_id,refunded_at,refund_value,currency\n'
    desk.write('orders.csv', ordersText(1))
    desk.write('a.csv', head + refunds(0))
    desk.write('b.csv', head + refunds(60))
    const { code, out } = await desk.sluice('import', 'orders', 'a.csv', 'b.csv', 'orders.csv')
    expect(code).toBe(0)
    expect(out).toContain('40 orders and 120 refunds read; 40 changed something')
    expect(out).toContain('1 order with more than 100 refunds: the new ones are left out (2026-11-19-0)')
  }, 30_000)

  test('takes nothing of any file where one is wrong, and names all that is', async () => {
    desk.write('good.csv', ordersText(1))
    desk.write('bad.csv', 'orderId,email\n1,ann@example.com\n')
    const order = (id: string, day: string, currency: string) =>
      JSON.stringify({ orderId: id, orderedAt: `${day}T10:00:00Z`, netValue: '1', currency })
    desk.write(
      'dollars.jsonl',
      [order('1', '2026-11-20', 'USD'), order('2', '2026-11-20', 'EUR'), order('3', '2026-11-19', 'USD')].join('\n'),
    )
    const bad = await desk.sluice('import', 'orders', 'good.csv', 'bad.csv')
    expect(bad.code).toBe(1)
    expect(bad.err).toContain(
      'bad.csv, line 1, column "email": is no field of an order: leave it out: nothing that tells who a customer is is taken',
    )
    desk.write('future.jsonl', [order('1', '2026-12-20', 'EUR'), order('2', '2026-12-21', 'EUR')].join('\n'))
    const future = (await desk.sluice('import', 'orders', 'good.csv', 'future.jsonl')).err
    expect(future).toContain('future.jsonl, line 1: order 1 is of 2026-12-20T10:00:00Z')
    expect(future).toContain('future.jsonl, line 2: order 2 is of 2026-12-21T10:00:00Z')
    desk.write(
      'version.jsonl',
      '{"orderId":"1","orderedAt":"2026-11-20T10:00:00Z","netValue":"1","currency":"EUR","updatedAt":"2126-11-20T10:00:00Z"}',
    )
    // As a version it would stand against every correction.
    expect((await desk.sluice('import', 'orders', 'good.csv', 'version.jsonl')).err).toContain(
      'order 1 is of 2126-11-20T10:00:00Z',
    )
    const unrated = (await desk.sluice('import', 'orders', 'good.csv', 'dollars.jsonl')).err
    expect(unrated).toContain('dollars.jsonl, line 1: order 1: exchange rate USD→EUR for 2026-11-20')
    expect(unrated).toContain('dollars.jsonl, line 3: order 3: exchange rate USD→EUR for 2026-11-19')
    expect(unrated).not.toContain('order 2')
    expect(JSON.parse((await desk.sluice('import', 'orders', 'good.csv', '--json')).out)).toMatchObject({ changed: 40 })
  }, 30_000)

  test('--dry-run refuses what would be refused, in the same words, and says what would be left out', async () => {
    const order = (currency: string, day: string) =>
      JSON.stringify({ orderId: '1', orderedAt: `${day}T10:00:00Z`, netValue: '1', currency })
    desk.write('future.jsonl', order('EUR', '2026-12-20'))
    desk.write('dollars.jsonl', order('USD', '2026-11-20'))
    for (const [file, says] of [
      ['future.jsonl', 'future.jsonl, line 1: order 1 is of 2026-12-20T10:00:00Z'],
      ['dollars.jsonl', 'dollars.jsonl, line 1: order 1: exchange rate USD→EUR for 2026-11-20'],
    ] as const) {
      const tried = await desk.sluice('import', 'orders', file, '--dry-run')
      expect(tried.err).toContain(says)
      expect(tried).toEqual(await desk.sluice('import', 'orders', file))
    }
    desk.write('old.jsonl', order('EUR', '2025-11-01'))
    const old = await desk.sluice('import', 'orders', 'old.jsonl', '--dry-run')
    expect([old.code, old.out]).toEqual([
      0,
      'Portfolio eu: 1 order and 0 refunds read; nothing was stored (--dry-run).\n  too old    1 of more than a year ago: left out\n',
    ])
    const other = await desk.sluice('import', 'orders', 'old.jsonl', '--portfolio', 'us', '--dry-run')
    expect(other.err).toContain('portfolio us has no policy')
  }, 30_000)
})
