import { describe, expect, test } from 'vitest'
import { aroundNumber, decimalEvidence, decimalText, isNothing } from '../../lib/imports/numbers.ts'

describe('a cell says of the decimal mark', () => {
  test.each([
    ['1,234.56', '.'],
    ['1.234,56', ','],
    ['1 234,56', ','],
    ["1'234.56", '.'],
    ['12.5', '.'],
    ['12,5', ','],
    ['0.123', '.'],
    ['0,123', ','],
    ['1234.567', '.'],
    ['1,234,567', '.'],
    ['1.234.567', ','],
    ['€1,234.50', '.'],
    ['1.234,50 €', ','],
    ['8.00%', '.'],
  ])('%s: the mark is %s', (cell, mark) => {
    expect(decimalEvidence(cell)).toBe(mark)
  })

  test.each(['1.234', '12,345', '-1.000', '€ 999.999'])('%s may be read two ways', (cell) => {
    expect(decimalEvidence(cell)).toBe('ambiguous')
  })

  test('of a count a mark with three digits behind it divides thousands', () => {
    expect(decimalEvidence('1.234', true)).toBe(',')
    expect(decimalEvidence('1,234', true)).toBe('.')
  })

  test.each(['1234', '0', 'Search', '12.11.2026', '1.2.3', '', '1 2'])('%j says nothing', (cell) => {
    expect(decimalEvidence(cell)).toBe('silent')
  })
})

describe('a number in a known form', () => {
  test.each([
    ['1,234.56', '.', '1234.56'],
    ['1.234,56', ',', '1234.56'],
    ['1\u00a0234,56', ',', '1234.56'],
    ['1\u202f234\u202f567,8', ',', '1234567.8'],
    ["CHF 1'234.50", '.', '1234.50'],
    ['−3,5', ',', '-3.5'],
    ['-€5.00', '.', '-5.00'],
    ['€1,234', '.', '1234'],
    ['.5', '.', '0.5'],
    ['007', '.', '7'],
    ['0', ',', '0'],
  ] as const)('%s with mark %s is %s', (cell, mark, text) => {
    expect(decimalText(cell, mark)).toBe(text)
  })

  test.each([
    ['1.234,56', '.'],
    ['12,34.5', '.'],
    ['1,23', '.'],
    ['0,123', '.'],
    ['0.123', ','],
    ['0 123', ','],
    ['12.5%', '.'],
    ['5 %', ','],
    ['1.2.3', '.'],
    ['abc', '.'],
    ['1 23', ','],
    ['12 of 14', '.'],
    ['', '.'],
  ] as const)('%s with mark %s is none', (cell, mark) => {
    expect(decimalText(cell, mark)).toBeUndefined()
  })
})

test('what stands around a number is its currency, or a percent sign', () => {
  expect(['€ 5', '5,00 EUR', '5 %', '5'].map(aroundNumber)).toEqual(['€', 'EUR', '%', ''])
})

test('dashes and blanks are nothing, and nothing is not zero', () => {
  expect([' --', '-', '', '—', 'N/A', 'nicht verfügbar'].every(isNothing)).toBe(true)
  expect(isNothing('0')).toBe(false)
})
