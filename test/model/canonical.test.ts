import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, canonicalPieces, hashOf, hashOfText, parseCanonical } from '../../lib/model/canonical.ts'

/** What Sluice stores: JSON, bigints, Maps and Sets, with keys of its own choosing. */
const stored = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    fc.bigInt(),
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter((key) => !['$n', '$m', '$s'].includes(key)),
      tie('value'),
    ),
    fc.array(fc.tuple(fc.string(), tie('value'))).map((entries) => new Map(entries)),
    fc.array(fc.string()).map((members) => new Set(members)),
  ),
})).value

describe('canonical JSON', () => {
  test('reads back as exactly what was written: bigints, Maps and Sets too', () => {
    fc.assert(
      fc.property(stored, (value) => {
        expect(parseCanonical(canonicalJson(value))).toEqual(value)
      }),
    )
  })

  test('is the same text again after reading it back', () => {
    fc.assert(
      fc.property(stored, (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(parseCanonical(text))).toBe(text)
      }),
    )
  })

  test('is the same for equal values, whichever way round their members were put in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.string(), stored), { selector: ([key]) => key }), (entries) => {
        fc.pre(entries.every(([key]) => !key.startsWith('$')))
        const backwards = entries.toReversed()
        expect(canonicalJson(Object.fromEntries(entries))).toBe(canonicalJson(Object.fromEntries(backwards)))
        expect(canonicalJson(new Map(entries))).toBe(canonicalJson(new Map(backwards)))
        const keys = entries.map(([key]) => key)
        expect(canonicalJson(new Set(keys))).toBe(canonicalJson(new Set(keys.toReversed())))
      }),
    )
  })

  test('comes in pieces that join to it, however deep they are cut', () => {
    fc.assert(
      fc.property(stored, fc.nat({ max: 4 }), (value, depth) => {
        expect([...canonicalPieces(value, depth)].join('')).toBe(canonicalJson(value))
      }),
    )
    expect([...canonicalPieces({ b: [1, [2, 3]], a: undefined }, 2)]).toEqual([
      '{"b":',
      '[',
      '1',
      ',',
      '[2,3]',
      ']',
      '}',
    ])
  })

  test('keeps the order of a list: that is part of it', () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]))
  })

  test.each<[why: string, value: unknown, text: string]>([
    ['keys are sorted', { b: 1, a: 2 }, '{"a":2,"b":1}'],
    ['an unknown member is left out', { a: undefined, b: 1 }, '{"b":1}'],
    ['a bigint is tagged', { micros: 9_007_199_254_740_993n }, '{"micros":{"$n":"9007199254740993"}}'],
    ['a Map is tagged', new Map([['a', 1n]]), '{"$m":[["a",{"$n":"1"}]]}'],
    ['a Set is tagged', new Set(['a']), '{"$s":["a"]}'],
    ['minus zero is zero', -0, '0'],
  ])('%s', (_why, value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  test('text that looks like a tag is text: a campaign may be called anything', () => {
    for (const name of ['$n', '{"$n":"5"}', '$m', '__proto__'])
      expect(parseCanonical(canonicalJson({ name }))).toEqual({ name })
  })

  test('a key that is called like a tag is refused: it would read back as something else', () => {
    for (const value of [
      { $n: '5' },
      { $n: 'no number' },
      { a: [{ $m: [] }] },
      { $s: [] },
      new Map([['a', { $n: '1' }]]),
    ])
      expect(() => canonicalJson(value)).toThrow('cannot be stored: a key of its own is called like a tag')
  })

  test('what was written before is no excuse: the same keys with something under the tag are refused', () => {
    expect(canonicalJson({ a: 1, $n: undefined })).toBe('{"a":1}')
    expect(() => canonicalJson({ a: 1, $n: '5' })).toThrow(TypeError)
  })

  test('is put in order however many kinds of objects came before', () => {
    for (let i = 0; i < 3_000; i++) canonicalJson({ [`z${i}`]: 1, b: 2 })
    expect(canonicalJson({ z9: 1, b: 2, 10: 3, 9: 4 })).toBe('{"9":4,"10":3,"b":2,"z9":1}')
    expect(canonicalJson({ zz: 1, b: 2 })).toBe('{"b":2,"zz":1}')
  })

  test('a key called __proto__ is a key', () => {
    const value = JSON.parse('{"__proto__":{"a":1}}') as unknown
    expect(canonicalJson(parseCanonical(canonicalJson(value)))).toBe('{"__proto__":{"a":1}}')
  })

  test.each<[what: string, value: unknown]>([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['nothing at all', undefined],
    ['nothing in a list', [1, undefined]],
    ['a Date', new Date(0)],
    ['a pattern', /a/],
    ['bytes', new Uint8Array([1])],
    [
      'an object of a class',
      new (class A {
        x = 1
      })(),
    ],
  ])('refuses %s, inside and outside', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
    expect(() => canonicalJson([[value]])).toThrow(TypeError)
    if (value !== undefined) expect(() => canonicalJson({ a: value })).toThrow(TypeError)
  })
})

describe('a hash', () => {
  test('is SHA-256 of the canonical text', () => {
    // FIPS 180-4's example, "abc".
    expect(hashOfText('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(hashOf({ b: 1, a: 2 })).toBe(hashOfText('{"a":2,"b":1}'))
  })
})
