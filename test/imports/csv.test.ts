import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRecords } from '../../lib/imports/csv.ts'
import { decodeText } from '../../lib/imports/decode.ts'

const cellsOf = (text: string) => readRecords(text, 'a.csv').map(({ cells }) => cells)

describe('a delimited text', () => {
  test('has quoted cells with delimiters, quotes and line breaks, and lines are counted through them', () => {
    const text = 'id,name\r\n1,"a, ""b""\r\nc"\r\n2,d\r\n'
    expect(readRecords(text, 'a.csv')).toEqual([
      { line: 1, cells: ['id', 'name'] },
      { line: 2, cells: ['1', 'a, "b"\r\nc'] },
      { line: 4, cells: ['2', 'd'] },
    ])
  })

  test('is divided by what divides most lines into equally many cells, quotes apart', () => {
    expect(cellsOf('a\tb\tc\n"1,2,3,4"\t5\t6')).toEqual([
      ['a', 'b', 'c'],
      ['1,2,3,4', '5', '6'],
    ])
    expect(cellsOf('Bericht, gesamt\na;b;c\n1,5;2,5;3,5')).toEqual([
      ['Bericht, gesamt'],
      ['a', 'b', 'c'],
      ['1,5', '2,5', '3,5'],
    ])
  })

  test('leaves out empty lines, and keeps empty cells', () => {
    expect(cellsOf('a,b\n\n,\n1,\n')).toEqual([
      ['a', 'b'],
      ['1', ''],
    ])
  })

  test.each([
    ['a,b\n1,"2\n3', 2, 'not closed'],
    ['a,b\n"1"x,2', 2, 'stands behind a closing quote'],
    ['one line of text', undefined, 'no line with columns'],
  ])('%j is refused with its line', (text, line, what) => {
    const where = line === undefined ? '' : `, line ${line}`
    expect(() => readRecords(text, 'bad.csv')).toThrow(`bad.csv${where}: `)
    expect(() => readRecords(text, 'bad.csv')).toThrow(what)
  })

  test('that was written by the rules is read back as it was', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', ';', '"', '\n', '\r', ' ', 'ü') })
    const written = (value: string): string => `"${value.replaceAll('"', '""')}"`
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, fc.constant('x')), { minLength: 1, maxLength: 8 }), (rows) => {
        const text = rows.map((row) => row.map(written).join(',')).join('\r\n')
        expect(readRecords(text, 'a.csv', ',').map(({ cells }) => cells)).toEqual(rows)
      }),
    )
  })
})

describe('the text of a file', () => {
  const utf16 = (text: string, big: boolean): Uint8Array => {
    const bytes = new Uint8Array(2 * text.length)
    const view = new DataView(bytes.buffer)
    for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !big)
    return bytes
  }

  test.each([
    ['UTF-8', new TextEncoder().encode('Käufe')],
    ['UTF-8 with its mark', new TextEncoder().encode('\ufeffKäufe')],
    ['UTF-16, low byte first, with its mark', utf16('\ufeffKäufe', false)],
    ['UTF-16, high byte first, with its mark', utf16('\ufeffKäufe', true)],
    ['UTF-16 without a mark', utf16('Käufe', false)],
  ])('is read from %s', (_, bytes) => {
    expect(decodeText(bytes, 'a.csv')).toBe('Käufe')
  })

  test('of another encoding is refused with the remedy', () => {
    expect(() => decodeText(Uint8Array.of(0x4b, 0xe4, 0x75), 'latin.csv')).toThrow(
      /latin\.csv: is not UTF-8 text: .*CSV UTF-8/,
    )
  })
})
