import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MORNING, openShop, readyAt, type Shop } from './shop.ts'

let shop: Shop
let server: Server
let source: string
let document = ''
const fixture = (): string =>
  readFileSync(new URL('../fixtures/eurofxref-daily.xml', import.meta.url), 'utf8').replace('2026-11-20', '2026-10-02')

beforeAll(async () => {
  shop = await openShop()
  // Monday 5 October, 08:00 in Berlin: the rates of Friday are the newest.
  await readyAt(shop, MORNING)
  server = createServer((_request, response) => void response.end(document))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  source = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(async () => {
  server.close()
  await shop.close()
})

const json = async (...args: readonly string[]) => {
  const { code, out } = await shop.sluice(...args, '--json')
  return { code, ...(JSON.parse(out) as Record<string, unknown>) }
}
const ratesText = () => readFileSync(join(shop.folder, 'rates.csv'), 'utf8')

test('rates that a plan can be made with are shown with their age', async () => {
  expect(await json('rates')).toMatchObject({
    code: 0,
    command: 'rates',
    rates: [
      {
        portfolio: 'steady',
        from: 'USD',
        to: 'EUR',
        accounts: ['meta:112233445566778'],
        inOrders: false,
        microsPerUnit: '920000',
        date: '2026-10-04',
        ageDays: 1,
        maxAgeDays: 5,
        due: '2026-10-02',
        state: 'newest',
      },
    ],
  })
  const { out } = await shop.sluice('rates')
  expect(out).toContain('USD→EUR')
  expect(out).toContain('1 of 5')
})

test('one that is too old fails, and names the remedy', async () => {
  shop.write('rates.csv', 'date,from,to,rate\n2026-09-29,USD,EUR,0.92\n')
  const { code, err, out } = await shop.sluice('rates')
  expect(code).toBe(1)
  expect(out).toContain('no: those of 2026-10-02 are out')
  expect(err).toContain('USD→EUR is older than 5 days: no plan is made. Try "sluice rates fetch"')
})

test('fetching adds the rates to the file that plans read, and leaves what was there', async () => {
  document = fixture()
  shop.write('rates.csv', '# by hand\ndate,from,to,rate\n2026-10-01,EUR,USD,1.15\n2026-10-01,EUR,UAH,48.5\n')
  expect(await json('rates', 'fetch', '--source', source)).toMatchObject({
    code: 0,
    added: 29,
    newest: '2026-10-02',
    refused: [],
  })
  expect(ratesText()).toMatch(
    /^# by hand\ndate,from,to,rate\n2026-10-01,EUR,USD,1\.15\n2026-10-01,EUR,UAH,48\.5\n2026-10-02,EUR,USD,1\.1576\n/,
  )
  // 1 / 1.1576 = 0.863856…
  expect(await json('rates')).toMatchObject({ rates: [{ microsPerUnit: '863856', date: '2026-10-02', ageDays: 3 }] })
  expect((await shop.sluice('rates', 'fetch', '--source', source)).out).toContain('Nothing new')
})

test('a rate that moved too far is left out and told, until it is accepted', async () => {
  document = fixture().replace("rate='1.1576'", "rate='1.5'")
  shop.write('rates.csv', 'date,from,to,rate\n2026-10-01,EUR,USD,1.15\n')
  const { code, err } = await shop.sluice('rates', 'fetch', '--source', source)
  expect(code).toBe(1)
  // 1.5 / 1.15 = 1.3043…
  expect(err).toContain('left out: EUR→USD went from 1.15 (2026-10-01) to 1.5 (2026-10-02), 30.4 % at once')
  expect(err).toContain('sluice rates fetch --accept USD')
  expect(ratesText()).not.toContain('1.5\n')
  expect((await shop.sluice('rates', 'fetch', '--source', source, '--accept', 'USD')).code).toBe(0)
  expect(ratesText()).toContain('2026-10-02,EUR,USD,1.5\n')
})

test('a currency that the bank gives no rate of is told, and is no failure', async () => {
  document = fixture().replace("rate='181.12'", "rate='N/A'")
  shop.write('rates.csv', 'date,from,to,rate\n2026-10-01,EUR,USD,1.15\n')
  const { code, err } = await shop.sluice('rates', 'fetch', '--source', source)
  expect(code).toBe(0)
  expect(err).toContain('the bank gives no rate of JPY for 2026-10-02 (N/A): the last one before that counts')
})

test('another server than the bank’s or one on this machine is refused', async () => {
  const { code, err } = await shop.sluice('rates', 'fetch', '--source', 'https://rates.example.com/')
  expect(code).toBe(1)
  expect(err).toContain('or from this machine, not from https://rates.example.com/')
})

test('what is no currency is a wrong use', async () => {
  expect((await shop.sluice('rates', 'fetch', '--accept', 'lira')).code).toBe(1)
})

test('one for orders only is shown, and where it is too old or not known, as what orders wait for', async () => {
  shop.write(
    'rates.csv',
    'date,from,to,rate\n2026-10-04,USD,EUR,0.92\n2026-10-02,GBP,EUR,1.15\n2026-09-30,SEK,EUR,0.09\n',
  )
  const line = (id: string, date: string, currency: string) => `${id},${date}T10:00:00Z,50.00,${currency}\n`
  shop.write(
    'orders.csv',
    `order_id,ordered_at,net_value,currency\n${line('1', '2026-10-04', 'GBP')}${line('2', '2026-10-04', 'USD')}${line('3', '2026-10-03', 'EUR')}${line('4', '2026-09-30', 'SEK')}`,
  )
  expect((await shop.sluice('import', 'orders', 'orders.csv')).err).toBe('')
  expect(await json('rates')).toMatchObject({
    code: 0,
    rates: [
      { from: 'USD', accounts: ['meta:112233445566778'], inOrders: true, state: 'newest' },
      { from: 'GBP', accounts: [], inOrders: true, date: '2026-10-02', ageDays: 3, state: 'newest' },
      { from: 'SEK', accounts: [], inOrders: true, date: '2026-09-30', ageDays: 5, state: 'late' },
    ],
  })
  expect((await shop.sluice('rates')).out).toMatch(/steady +1 account, orders +USD→EUR.*\n *steady +orders +GBP→EUR/)

  shop.write('rates.csv', 'date,from,to,rate\n2026-10-04,USD,EUR,0.92\n2026-09-29,GBP,EUR,1.15\n')
  const { code, err } = await shop.sluice('rates')
  expect(code).toBe(1)
  expect(err).toContain('GBP→EUR is older than 5 days: no orders in it are taken. Try "sluice rates fetch"')
  expect(err).toContain('SEK→EUR is not known: no orders in it are taken. Try')
  expect(err).not.toContain('no plan is made')
  const { findings } = JSON.parse((await shop.sluice('doctor', '--json')).out) as { findings: { says: string }[] }
  expect(findings.filter(({ says }) => /→EUR/.test(says))).toMatchObject([
    { level: 'ok' },
    { level: 'failure', says: 'GBP→EUR is 1.15 of 2026-09-29, 6 of 5 days old: no orders in it are taken' },
    { level: 'failure', says: 'SEK→EUR is not known, which steady needs: no orders in it are taken' },
  ])
})
