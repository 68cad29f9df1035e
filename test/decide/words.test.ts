import { describe, expect, test } from 'vitest'
import { amountText, changeText, numberText, valueWords } from '../../lib/decide/words.ts'
import { euros } from './samples.ts'

describe('words', () => {
  test.each([
    [120, '120.00 EUR'],
    [0.005, '0.01 EUR'],
    [0.0049, '0.00 EUR'],
    [-0.005, '-0.01 EUR'],
    [1234.567, '1234.57 EUR'],
  ])('%d euros are written %s', (units, text) => {
    expect(amountText(euros(units))).toBe(text)
  })

  test.each([
    [0, '0'],
    [1234.5, '1235'],
    [12.345, '12.3'],
    [0.012345, '0.0123'],
    [9.999, '10.00'],
    [0.0000001, '0.000000'],
    [-2.5, '-2.50'],
  ])('%d is written %s', (value, text) => {
    expect(numberText(value)).toBe(text)
  })

  test('changes carry their sign', () => {
    expect(changeText(euros(100), euros(120))).toBe('+20.0 %')
    expect(changeText(euros(100), euros(87.5))).toBe('−12.5 %')
  })

  test('values are written in their own terms', () => {
    expect(valueWords({ kind: 'money', amount: euros(5) })).toBe('5.00 EUR')
    expect(valueWords({ kind: 'ratio', value: 3.5 })).toBe('350 %')
    expect(valueWords({ kind: 'status', status: 'paused' })).toBe('paused')
    expect(valueWords(undefined)).toBe('unknown')
  })
})
