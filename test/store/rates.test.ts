import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileRates } from '../../lib/store/file-rates.ts'
import { rateTable } from '../../lib/store/rate-table.ts'
import { parseRates } from '../../lib/store/rates-text.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'

const HEADER = 'date,from,to,rate'
const csv = (...lines: readonly string[]): string => [HEADER, ...lines, ''].join('\n')
const looked = (text: string, from: string, to: string, on: string) => {
  const rate = rateTable(parseRates(text, 'rates.csv'))(currency(from), currency(to), accountDate(on))
  return rate && [rate.date, rate.microsPerUnit]
}

describe('a rate', () => {
  const text = csv(
    '2026-11-18,EUR,USD,1.1600',
    '2026-11-20,EUR,USD,1.159',
    '2026-11-19,EUR,JPY,180.25',
    '2026-11-18,EUR,VND,30500.5',
  )

  test.each<[string, string, string, string, unknown]>([
    ['is the newest on the date', 'EUR', 'USD', '2026-11-20', ['2026-11-20', 1_159_000n]],
    ['is the newest before the date', 'EUR', 'USD', '2026-11-19', ['2026-11-18', 1_160_000n]],
    ['is unknown before the first', 'EUR', 'USD', '2026-11-17', undefined],
    ['is unknown for a currency that is nowhere', 'EUR', 'GBP', '2026-11-20', undefined],
    ['of a currency to itself is 1, dated as asked', 'CHF', 'CHF', '2026-11-20', ['2026-11-20', 1_000_000n]],
    // 1 / 1.159 = 0.86281276…
    ['is the inverse where only the other direction is there', 'USD', 'EUR', '2026-11-20', ['2026-11-20', 862_813n]],
    // 180.25 / 1.159 = 155.52200172…, dated by the older of the two
    ['goes across a third currency', 'USD', 'JPY', '2026-11-20', ['2026-11-19', 155_522_002n]],
    // 30500.5 / 180.25 = 169.21220527…; by way of 1 / 180.25 rounded to 0.005548 it would be 169.216774
    ['across is rounded once', 'JPY', 'VND', '2026-11-20', ['2026-11-18', 169_212_205n]],
  ])('%s', (_name, from, to, on, expected) => {
    expect(looked(text, from, to, on)).toEqual(expected)
  })

  test('given in both directions is each as given', () => {
    const both = csv('2026-11-20,EUR,USD,2', '2026-11-20,USD,EUR,0.4')
    expect(looked(both, 'USD', 'EUR', '2026-11-20')).toEqual(['2026-11-20', 400_000n])
  })

  test('that is newer in the other direction is taken from there', () => {
    const newer = csv('2026-11-19,EUR,USD,2', '2026-11-20,USD,EUR,0.4')
    expect(looked(newer, 'EUR', 'USD', '2026-11-20')).toEqual(['2026-11-20', 2_500_000n])
  })

  test.each([
    ['0.0000005', undefined],
    ['0.0000015', 2n],
    ['1.0000025', 1_000_002n],
    ['1.0000035', 1_000_004n],
  ])('of %s is rounded half to even in micros', (rate, micros) => {
    const text = csv(`2026-11-20,EUR,USD,${rate}`)
    if (micros === undefined) expect(() => parseRates(text, 'f')).toThrow('is zero to six decimals')
    else expect(parseRates(text, 'f')[0]?.microsPerUnit).toBe(micros)
  })
})

describe('a rate with more than six decimals', () => {
  test('is read as it is written, and so is what is derived from it', () => {
    const text = csv('2026-11-20,IDR,EUR,0.0000516911')
    expect(parseRates(text, 'f')[0]).toMatchObject({
      microsPerUnit: 52n,
      ratio: { numerator: 516_911n, denominator: 10_000_000_000n },
    })
    const rate = rateTable(parseRates(text, 'f'))(currency('EUR'), currency('IDR'), accountDate('2026-11-20'))
    // 1 / 0.0000516911 = 19,345.69007043…
    expect(rate?.microsPerUnit).toBe(19_345_690_070n)
  })
})

describe('a file of rates', () => {
  test('may have comments, empty lines, spaces and a byte order mark', () => {
    const text = `\uFEFF# reference rates\r\n\r\n${HEADER}\r\n 2026-11-20 , USD,EUR, 0.8627\r\n# end\r\n`
    expect(parseRates(text, 'rates.csv')).toEqual([
      { date: '2026-11-20', from: 'USD', to: 'EUR', microsPerUnit: 862_700n },
    ])
  })

  test('may be a JSON list', () => {
    const text = '[{"date":"2026-11-20","from":"USD","to":"EUR","rate":"0.8627"}]'
    expect(parseRates(text, 'rates.json')[0]?.microsPerUnit).toBe(862_700n)
  })

  test.each<[string, string, string]>([
    ['an empty file', '', 'rates.csv, line 1: the header must be date,from,to,rate'],
    ['another header', 'day,from,to,rate\n', 'rates.csv, line 1: the header must be'],
    ['a date that does not exist', csv('2026-02-30,USD,EUR,1'), 'rates.csv, line 2, column date: "2026-02-30"'],
    ['a currency in small letters', csv('2026-11-20,USD,EUR,1', '2026-11-20,usd,EUR,1'), 'line 3, column from: curr'],
    ['an unknown code', csv('# note', '2026-11-20,USD,EURO,1'), 'rates.csv, line 3, column to: currency "EURO"'],
    ['a rate with a comma', csv('2026-11-20,USD,EUR,0,86'), 'line 2: has 5 columns instead of the 4'],
    ['a negative rate', csv('2026-11-20,USD,EUR,-1'), 'line 2, column rate: "-1" is not a plain decimal'],
    ['a rate of zero', csv('2026-11-20,USD,EUR,0'), 'line 2, column rate: "0" is zero'],
    ['a missing rate', csv('2026-11-20,USD,EUR,'), 'line 2, column rate: "" is not'],
    ['a currency against itself', csv('2026-11-20,USD,USD,1'), 'line 2, column to: USD must be another'],
    [
      'two rates for a day',
      csv('2026-11-20,USD,EUR,1', '2026-11-20,USD,EUR,2'),
      'line 3: USD→EUR on 2026-11-20 is given',
    ],
    ['a bad JSON entry', '[{"date":"2026-11-20","from":"USD","to":"EUR"}]', 'rates.csv, entry 1, column rate: ""'],
    ['JSON that breaks off', '[{"date":', 'rates.csv: is not JSON'],
  ])('with %s is refused with the place', (_name, text, message) => {
    expect(() => parseRates(text, 'rates.csv')).toThrow(message)
  })
})

describe('rates from a path', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-rates-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const usd = currency('USD')
  const eur = currency('EUR')
  const on = accountDate('2026-11-21')

  test('are read again when the file changes', async () => {
    const path = join(folder, 'rates.csv')
    await writeFile(path, csv('2026-11-20,USD,EUR,0.86'))
    const rates = fileRates(path)
    expect((await rates.rate(usd, eur, on))?.microsPerUnit).toBe(860_000n)
    await writeFile(path, csv('2026-11-20,USD,EUR,0.87'))
    await utimes(path, new Date(), new Date(4_000_000_000_000))
    expect((await rates.rate(usd, eur, on))?.microsPerUnit).toBe(870_000n)
  })

  test('need no file for a currency to itself', async () => {
    const rate = await fileRates(join(folder, 'none.csv')).rate(eur, eur, on)
    expect(rate?.microsPerUnit).toBe(1_000_000n)
  })

  test('name the file that is not there', async () => {
    const path = join(folder, 'none.csv')
    await expect(fileRates(path).rate(usd, eur, on)).rejects.toThrow(
      `cannot be read from ${path}: there is no such file yet; "sluice rates fetch" writes it`,
    )
  })
})
