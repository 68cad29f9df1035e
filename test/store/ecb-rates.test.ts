import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newestRateDay, setsRatesOn } from '../../lib/store/ecb-days.ts'
import { ECB_RATES, ecbSource } from '../../lib/store/ecb-source.ts'
import { parseEcbRates } from '../../lib/store/ecb-text.ts'
import { fileRates } from '../../lib/store/file-rates.ts'
import { rateTable } from '../../lib/store/rate-table.ts'
import { localRatesFile } from '../../lib/store/rates-file.ts'
import { type RatesFile, updateRates } from '../../lib/store/rates-update.ts'
import { accountDate, instant } from '../../lib/units/calendar.ts'
import { type CurrencyCode, currency, money } from '../../lib/units/money.ts'
import { convert, convertBack, type ExchangeRate, rateText } from '../../lib/units/rates.ts'

const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
const NOW = instant('2026-11-20T16:30:00Z')
const date = accountDate

let daily = ''
let recent = ''
beforeAll(async () => {
  daily = await fixture('eurofxref-daily.xml')
  recent = await fixture('eurofxref-hist-90d.xml')
})

describe("the bank's file", () => {
  test('of one day is read as units of each currency for one euro', () => {
    const [day, ...more] = parseEcbRates(daily, 'daily')
    expect(more).toEqual([])
    expect(day?.date).toBe('2026-11-20')
    expect(day?.rates).toHaveLength(29)
    const micros = Object.fromEntries(day!.rates.map(({ from, to, microsPerUnit }) => [`${from}${to}`, microsPerUnit]))
    expect(micros).toMatchObject({ EURUSD: 1_157_600n, EURIDR: 19_345_670_000n, EURGBP: 881_250n })
  })
  test('of ninety days is read oldest first', () => {
    const days = parseEcbRates(recent, 'recent').map((one) => one.date)
    expect(days).toEqual(['2026-11-13', '2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'])
  })
  test.each<[string, (text: string) => string, string]>([
    ['cut short', (text) => text.slice(0, 900), 'does not end as the reference rates do'],
    ['an error page', () => '<html><body>Service unavailable</body></html>', 'does not end as'],
    ['without a day', () => '<gesmes:Envelope><Cube></Cube></gesmes:Envelope>', 'has no day'],
    [
      'without the dollar',
      (text) => text.replace(/<Cube currency='USD'[^>]*>/, ''),
      'no rate of the dollar on 2026-11-20',
    ],
    [
      'with a currency twice',
      (text) => text.replace("'JPY'", "'USD'"),
      'daily, 2026-11-20: USD is not expected once more',
    ],
    [
      'with a negative rate',
      (text) => text.replace('181.12', '-181.12'),
      'daily, 2026-11-20, JPY: "-181.12" is not a plain',
    ],
    ['with a rate of nothing', (text) => text.replace('181.12', '0'), 'daily, 2026-11-20, JPY: "0" is zero'],
    ['with a decimal comma', (text) => text.replace('181.12', '181,12'), '"181,12" is not a plain decimal'],
    ['with a day that is none', (text) => text.replace('2026-11-20', '2026-11-31'), '2026-11-31'],
    ['with an element of its own', (text) => text.replace('<Cube>', '<Cube><Cube note="x"/>'), 'is not expected'],
    [
      'with a comment without an end',
      (text) => text.replace('<Cube>', '<!-- <Cube>'),
      '"<!--" stands between its elements',
    ],
    [
      'with words between its elements',
      (text) => text.replace('<Cube>', '<Cube>see below'),
      '"see below" stands between',
    ],
    [
      'with a section of text',
      (text) => text.replace("<Cube currency='JPY'", "<![CDATA[<Cube currency='JPY'"),
      '"<![CDATA[" stands between its elements',
    ],
    [
      'without a rate of the dollar on a day',
      (text) => text.replace("rate='1.1576'", "rate='N/A'"),
      'no rate of the dollar on 2026-11-20',
    ],
    ['with a day that is not closed', (text) => text.replace('</Cube>', ''), 'a <Cube> is not closed'],
  ])('%s is refused', (_what, spoil, message) => {
    expect(() => parseEcbRates(spoil(daily), 'daily')).toThrow(message)
    expect(() => parseEcbRates(spoil(daily), 'daily')).toThrow(RangeError)
  })
})

describe('of what it holds beside rates', () => {
  test('comments are passed over, whatever is in them', () => {
    const comment = "<!-- <Cube time='2026-11-19'> <Cube currency='USD' rate='9'/> -->"
    for (const [before, after] of [
      ['<Cube>', `<Cube>${comment}`],
      ["<Cube currency='JPY'", `${comment}<Cube currency='JPY'`],
      ['</gesmes:Envelope>', `</gesmes:Envelope>\n${comment}\n`],
    ] as const) {
      expect(daily).toContain(before)
      expect(parseEcbRates(daily.replace(before, after), 'daily')).toEqual(parseEcbRates(daily, 'daily'))
    }
  })
  test('a currency without a rate is left out of its day and told, all others are read', () => {
    const [day] = parseEcbRates(daily.replace("rate='181.12'", "rate='N/A'"), 'daily')
    expect([day?.rates.length, day?.lacking]).toEqual([28, ['JPY']])
    const twice = daily.replace("rate='181.12'/>", "rate='N/A'/><Cube currency='JPY' rate='181.12'/>")
    expect(() => parseEcbRates(twice, 'daily')).toThrow('daily, 2026-11-20: JPY is not expected once more')
  })
})

describe('rates are set', () => {
  // Easter Sundays: 5 April 2026, 28 March 2027, 16 April 2028.
  test.each<[string, boolean]>([
    ['2026-11-20', true],
    ['2026-11-21', false],
    ['2026-11-22', false],
    ['2026-04-03', false],
    ['2026-04-06', false],
    ['2026-04-02', true],
    ['2026-04-07', true],
    ['2027-03-26', false],
    ['2027-03-29', false],
    ['2028-04-14', false],
    ['2028-04-17', false],
    ['2026-05-01', false],
    ['2026-12-24', true],
    ['2026-12-25', false],
    ['2027-01-01', false],
    ['2026-10-03', false],
    ['2025-10-03', true],
  ])('on %s: %s', (day, expected) => {
    expect(setsRatesOn(date(day))).toBe(expected)
  })
  test.each([
    ['at five in the afternoon of a weekday those of the day are due', '2026-11-20T16:00:00Z', '2026-11-20'],
    ['before that those of the day before', '2026-11-20T15:59:00Z', '2026-11-19'],
    ['on a Sunday those of Friday', '2026-11-22T12:00:00Z', '2026-11-20'],
    ['on a Monday morning those of Friday', '2026-11-23T08:00:00Z', '2026-11-20'],
    // Thursday to Tuesday afternoon: five days, which the default of maxRateAgeDays just allows.
    ['on the Tuesday after Easter those of Maundy Thursday', '2026-04-07T08:00:00Z', '2026-04-02'],
    ['in summer time an hour earlier by UTC', '2026-06-17T15:00:00Z', '2026-06-17'],
  ])('%s', (_what, at, expected) => {
    expect(newestRateDay(instant(at))).toBe(expected)
  })
})

let answer: (path: string, response: ServerResponse) => void
let server: Server
let base: string
const asked: string[] = []
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    asked.push(url)
    answer(url, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/stats/eurofxref/`
})
afterAll(() => void server.close())
afterEach(() => {
  asked.length = 0
})

const serve = (documents: { daily?: string; recent?: string }): void => {
  answer = (path, response) =>
    void response.end(path.includes('hist-90d') ? (documents.recent ?? recent) : (documents.daily ?? daily))
}

describe('the source', () => {
  test('asks for one document, without anything of ours', async () => {
    serve({})
    expect((await ecbSource(base)('daily'))[0]?.date).toBe('2026-11-20')
    expect(asked).toEqual(['/stats/eurofxref/eurofxref-daily.xml'])
  })
  test.each([
    'https://rates.example.com/',
    'https://www.ecb.europa.eu.example.com/stats/eurofxref/',
    'file:///etc/',
    'x',
  ])('is never %s', (address) => {
    expect(() => ecbSource(address)).toThrow(`read from ${ECB_RATES} or from this machine, not from ${address}`)
  })
  test('follows no redirect', async () => {
    answer = (_path, response) => void response.writeHead(302, { location: 'https://example.com/' }).end()
    await expect(ecbSource(base)('daily')).rejects.toThrow(/cannot be had from .*daily\.xml: answered 302/)
    expect(asked).toHaveLength(1)
  })
  test('reads no answer without end', async () => {
    answer = (_path, response) => void response.end('x'.repeat(1_000_001))
    await expect(ecbSource(base)('daily')).rejects.toThrow('is larger than 1000000 bytes')
  })
  test('waits for no answer for ever', async () => {
    answer = () => {}
    await expect(ecbSource(base, 50)('daily')).rejects.toThrow('aborted due to timeout')
  })
  test('tells of a server that is not there', async () => {
    await expect(ecbSource('http://127.0.0.1:1/')('daily')).rejects.toThrow('exchange rates cannot be had from')
  })
})

describe('an update', () => {
  const memory = (text?: string): RatesFile & { text: string | undefined; writes: number } => ({
    name: 'rates.csv',
    text,
    writes: 0,
    async read() {
      return this.text
    },
    async write(next: string) {
      this.text = next
      this.writes += 1
    },
  })
  const update = (file: RatesFile, more: object = {}) =>
    updateRates({ file, source: ecbSource(base), now: NOW, ...more })
  const lines = ({ text }: { text: string | undefined }) => text!.trim().split('\n')

  test('of nothing takes all of the last ninety days', async () => {
    serve({})
    const file = memory()
    const { added, refused, newest } = await update(file)
    expect([added.length, refused, newest]).toEqual([6 * 29, [], '2026-11-20'])
    expect(lines(file)[0]).toBe('date,from,to,rate')
    expect(lines(file)).toContain('2026-11-20,EUR,USD,1.1576')
    expect(lines(file)).toContain('2026-11-13,EUR,ISK,146.8')
    expect(asked).toHaveLength(2)
  })
  test('the day after takes that day only, and what stands in the file stays as it is, to the letter', async () => {
    const before = '# ours, by hand\ndate,from,to,rate\r\n2026-11-19,EUR,USD,1.1531\n2026-11-20,EUR,UAH,48.5\n\n'
    const file = memory(before)
    serve({})
    const { added } = await update(file)
    expect(added).toHaveLength(29)
    expect(file.text!.startsWith(before)).toBe(true)
    // A currency that the bank has not is newer than its last rate; yesterday's rates of the others were all it lacked.
    expect(asked).toEqual(['/stats/eurofxref/eurofxref-daily.xml'])
  })
  test('fills days that were missed, and asks for the long document for that only', async () => {
    serve({})
    const file = memory('date,from,to,rate\n2026-11-17,EUR,USD,1.1589\n')
    const { added } = await update(file)
    expect(added.filter(({ to }) => to === 'USD').map((one) => one.date)).toEqual([
      '2026-11-18',
      '2026-11-19',
      '2026-11-20',
    ])
    expect(asked).toHaveLength(2)
  })
  test('over a weekend misses nothing: Monday’s follow Friday’s', async () => {
    serve({ daily: daily.replace('2026-11-20', '2026-11-16') })
    await update(memory('date,from,to,rate\n2026-11-13,EUR,USD,1.1618\n'), { now: instant('2026-11-16T16:30:00Z') })
    expect(asked).toHaveLength(1)
  })
  test('on a day without new rates changes nothing, and is no failure', async () => {
    serve({})
    const file = memory()
    await update(file)
    const text = file.text
    const { added, newest } = await update(file, { now: instant('2026-11-22T16:30:00Z') })
    expect([added, newest, file.text, file.writes]).toEqual([[], '2026-11-20', text, 1])
  })
  test('leaves a rate out that moved by more than a tenth, tells it, and keeps the one before', async () => {
    const file = memory('date,from,to,rate\n2026-11-19,EUR,USD,1.1531\n2026-11-19,EUR,TRY,44.5\n')
    serve({})
    const { added, refused } = await update(file)
    // 49.0262 / 44.5 = 1.101712…
    expect(refused).toMatchObject([{ rate: { to: 'TRY', microsPerUnit: 49_026_200n }, last: { date: '2026-11-19' } }])
    expect(refused[0]!.movedBy).toBeCloseTo(0.101712, 6)
    expect(added.map(({ to }) => to)).not.toContain('TRY')
    expect(added).toHaveLength(28)
    expect(lines(file).filter((line) => line.includes('TRY'))).toEqual(['2026-11-19,EUR,TRY,44.5'])
  })
  test('a fall counts as much as a rise, and a tenth exactly is let in', async () => {
    serve({ daily: daily.replace("rate='1.1576'", "rate='1.1'").replace("rate='181.12'", "rate='100'") })
    const file = memory('date,from,to,rate\n2026-11-19,EUR,USD,1.21\n2026-11-19,EUR,JPY,110.001\n')
    const { refused } = await update(file)
    // 1.21 / 1.1 = 1.1; 110.001 / 100 = 1.10001.
    expect(refused.map(({ rate }) => rate.to)).toEqual(['JPY'])
  })
  test('asks again every time until the currency is back', async () => {
    const file = memory('date,from,to,rate\n2026-11-19,EUR,USD,1.1531\n2026-11-19,EUR,TRY,44.5\n')
    serve({})
    await update(file)
    expect((await update(file)).refused).toHaveLength(1)
    serve({ daily: daily.replace('49.0262', '45.1') })
    const { refused, added } = await update(file)
    expect([refused, added.map(({ to }) => to)]).toEqual([[], ['TRY']])
  })
  test('takes such a rate when somebody has looked at it, of that currency only', async () => {
    serve({ daily: daily.replace('181.12', '18.112') })
    const file = memory('date,from,to,rate\n2026-11-19,EUR,TRY,44.5\n2026-11-19,EUR,JPY,180\n')
    const { refused, added } = await update(file, { accept: [currency('TRY')] })
    expect(refused.map(({ rate }) => rate.to)).toEqual(['JPY'])
    expect(added.map(({ to }) => to)).toContain('TRY')
  })
  test('tells of a currency that the bank gives no rate of, unless somebody has given it', async () => {
    serve({ daily: daily.replace("rate='181.12'", "rate='N/A'").replace("rate='24.231'", "rate='N/A'") })
    const file = memory(
      'date,from,to,rate\n2026-11-19,EUR,USD,1.1531\n2026-11-20,CZK,EUR,0.0413\n2026-11-20,EUR,USD,1.15\n',
    )
    const { added, refused, lacking } = await update(file)
    expect([added.length, refused, lacking]).toEqual([26, [], [{ currency: 'JPY', date: '2026-11-20' }]])
  })
  test('one wild day within the ninety is left out alone', async () => {
    serve({ recent: recent.replace('"1.1600"', '"11.600"') })
    const { added, refused } = await update(memory())
    expect(added.filter(({ to }) => to === 'USD').map((one) => one.date)).not.toContain('2026-11-18')
    expect(added.filter(({ to }) => to === 'USD')).toHaveLength(5)
    expect(refused).toEqual([])
  })
  test('holds a rate against the last one that was given in the other direction, too', async () => {
    const wild = daily.replace("rate='1.1576'", "rate='11.576'").replace("rate='19345.67'", "rate='193456.7'")
    serve({ daily: wild, recent: wild })
    const file = memory('date,from,to,rate\n2026-11-19,USD,EUR,0.8696\n2026-11-19,IDR,EUR,0.0000516\n')
    const { added, refused } = await update(file)
    // 11.576 × 0.8696 = 10.0664896; 193456.7 × 0.0000516 = 9.98236572.
    expect(refused.map(({ rate, movedBy }) => [rate.to, movedBy.toFixed(6)])).toEqual([
      ['USD', '9.066489'],
      ['IDR', '8.982365'],
    ])
    // 1 / 0.8696 = 1.149954…
    expect(refused[0]?.last).toMatchObject({ from: 'EUR', to: 'USD', date: '2026-11-19', microsPerUnit: 1_149_954n })
    expect(added.filter(({ to }) => to === 'USD' || to === 'IDR')).toEqual([])
    serve({})
    expect((await update(file)).added.map(({ to }) => to)).toEqual(['USD', 'IDR'])
  })
  test('of two last ones of a day, one in each direction, holds it against the direct one', async () => {
    serve({})
    const known = ['2026-11-19,EUR,USD,1.1531', '2026-11-19,USD,EUR,0.5']
    for (const lines of [known, known.toReversed()])
      expect((await update(memory(`date,from,to,rate\n${lines.join('\n')}\n`))).refused).toEqual([])
  })
  test.each([
    ['first', '1.1618', '2026-11-13'],
    ['second', '1.1602', '2026-11-16'],
  ])('of nothing leaves the %s day out alone where it is the wild one', async (_which, quoted, day) => {
    serve({ recent: recent.replace(`"${quoted}"`, '"11.5"') })
    const { added, refused } = await update(memory())
    const days = added.filter(({ to }) => to === 'USD').map((one) => one.date)
    expect([days.length, days.includes(date(day)), days.at(-1), refused]).toEqual([5, false, '2026-11-20', []])
  })
  test('of nothing believes the first of two days that contradict one another', async () => {
    const two = ['2026-11-19', '2026-11-20'].map((day) => ({ date: date(day), rates: rates(day) }))
    function rates(day: string): ExchangeRate[] {
      const microsPerUnit = day === '2026-11-19' ? 1_150_000n : 11_500_000n
      return [{ from: currency('EUR'), to: currency('USD'), date: date(day), microsPerUnit }]
    }
    const { added, refused } = await update(memory(), { source: async () => two })
    expect([added.map((one) => one.date), refused.map(({ rate }) => rate.date)]).toEqual([
      ['2026-11-19'],
      ['2026-11-20'],
    ])
  })
  test('keeps what people gave for the same day and pair', async () => {
    serve({})
    const file = memory('date,from,to,rate\n2026-11-20,EUR,USD,1.15\n')
    await update(file)
    expect(lines(file).filter((line) => line.includes('USD'))).toEqual(['2026-11-20,EUR,USD,1.15'])
    const turned = memory('date,from,to,rate\n2026-11-20,USD,EUR,0.87\n')
    await update(turned)
    expect(lines(turned).filter((line) => line.includes('USD'))).toEqual(['2026-11-20,USD,EUR,0.87'])
  })
  test('extends a list in JSON as one', async () => {
    serve({})
    const file = memory('[{"date":"2026-11-19","from":"EUR","to":"USD","rate":"1.1531"}]')
    await update(file)
    expect((JSON.parse(file.text!) as unknown[]).slice(0, 2)).toEqual([
      { date: '2026-11-19', from: 'EUR', to: 'USD', rate: '1.1531' },
      { date: '2026-11-20', from: 'EUR', to: 'USD', rate: '1.1576' },
    ])
  })
  test('refuses rates of a day that is still to come', async () => {
    serve({ daily: daily.replace('2026-11-20', '2026-11-23') })
    await expect(update(memory())).rejects.toThrow("the bank's rates are of 2026-11-23, which is still to come")
  })
  test('writes nothing over a file that cannot be read', async () => {
    serve({})
    const file = memory('date,from,to\n')
    await expect(update(file)).rejects.toThrow('rates.csv, line 1: the header must be date,from,to,rate')
    expect(file.writes).toBe(0)
  })
})

describe('what is derived from the bank’s rates', () => {
  const EUR = currency('EUR')
  const found = () => rateTable(parseEcbRates(daily, 'daily').flatMap(({ rates }) => rates))
  const codes = () => parseEcbRates(daily, 'daily').flatMap(({ rates }) => rates.map(({ to }) => to))
  const rate = (from: CurrencyCode, to: CurrencyCode): ExchangeRate => found()(from, to, date('2026-11-20'))!

  test('brings a million euros back to within 10 euros from every currency, there and back', () => {
    const million = money(1_000_000_000_000n, EUR)
    for (const code of codes()) {
      const back = convert(convert(million, rate(EUR, code), 'half-even'), rate(code, EUR), 'half-even')
      const lost = Number(back.micros - million.micros) / 1e12
      expect(Math.abs(lost), code).toBeLessThan(1e-5)
      const turned = convertBack(convert(million, rate(EUR, code), 'half-even'), rate(EUR, code), 'half-even')
      expect(Math.abs(Number(turned.micros - million.micros)) / 1e12, code).toBeLessThan(1e-5)
    }
  })

  test('is within a millionth of the quotient of the two quotes, for every pair and amounts of any size', () => {
    const quotes = new Map(parseEcbRates(daily, 'daily')[0]!.rates.map(({ to, microsPerUnit }) => [to, microsPerUnit]))
    quotes.set(EUR, 1_000_000n)
    const pair = fc.constantFrom(...quotes.keys())
    const micros = fc.bigInt({ min: 10n ** 12n, max: 10n ** 18n })
    fc.assert(
      fc.property(pair, pair, micros, (from, to, amount) => {
        // One unit of `from` is so many of `to`: so many a euro of the one, by so many a euro of the other.
        const exact = (amount * quotes.get(to)!) / quotes.get(from)!
        const got = convert(money(amount, from), rate(from, to), 'half-even').micros
        const off = Number(got - exact) / Number(exact)
        expect(Math.abs(off), `${from}→${to}`).toBeLessThan(1e-6)
      }),
      { seed: 7, numRuns: 400 },
    )
  })

  test('of the rupiah is not told in whole micros: 0.0000517 and not 0.000052', () => {
    // 1 / 19345.67 = 0.00005169115…
    expect(rate(currency('IDR'), EUR)).toMatchObject({
      microsPerUnit: 52n,
      ratio: { numerator: 100n, denominator: 1_934_567n },
    })
    expect(rateText(rate(currency('IDR'), EUR))).toBe('0.0000516912')
    // 19345.67 / 102.849 = 188.09779385…
    expect(rateText(rate(currency('INR'), currency('IDR')))).toBe('188.097794')
  })
})

describe('a file on this machine', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-ecb-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('is what plans read: cross rates are exact fractions of what the bank gave', async () => {
    serve({})
    const path = join(folder, 'new', 'rates.csv')
    await updateRates({ file: localRatesFile(path), source: ecbSource(base), now: NOW })
    const rates = fileRates(path)
    const rate = (from: string, to: string) => rates.rate(currency(from), currency(to), date('2026-11-21'))
    // 1 / 1.1576 = 0.863856254…
    expect(await rate('USD', 'EUR')).toMatchObject({ date: '2026-11-20', microsPerUnit: 863_856n })
    // 181.12 / 1.1576 = 156.461645473…
    expect(await rate('USD', 'JPY')).toMatchObject({ date: '2026-11-20', microsPerUnit: 156_461_645n })
  })
  test('that somebody changes meanwhile is not written over', async () => {
    serve({})
    const path = join(folder, 'rates.csv')
    await writeFile(path, 'date,from,to,rate\n2026-11-19,EUR,USD,1.1531\n')
    const theirs = 'date,from,to,rate\n2026-11-20,EUR,UAH,48.5\n'
    const source = ecbSource(base)
    const slow = async (document: 'daily' | 'recent') => {
      await writeFile(path, theirs)
      return source(document)
    }
    await expect(updateRates({ file: localRatesFile(path), source: slow, now: NOW })).rejects.toThrow(
      'was changed by somebody else meanwhile',
    )
    expect(await readFile(path, 'utf8')).toBe(theirs)
  })
})
