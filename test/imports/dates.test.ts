import { describe, expect, test } from 'vitest'
import { dateEvidence, dateOf } from '../../lib/imports/dates.ts'

test.each([
  '2026-11-21',
  '2026/11/21',
  '20261121',
  '2026-11-21 00:00:00',
  '2026-11-21T00:00:00.000-08:00',
  '21.11.2026',
  '21 Nov 2026',
  '21. November 2026',
  'Nov 21, 2026',
  'November 21, 2026',
  ' 21/11/2026 ',
])('%s is a day', (cell) => {
  expect(dateOf(cell, 'dmy')).toBe('2026-11-21')
})

test('month first is read by its order, except with dots', () => {
  expect(dateOf('11/21/2026', 'mdy')).toBe('2026-11-21')
  expect(dateOf('3/4/2026', 'mdy')).toBe('2026-03-04')
  expect(dateOf('3.4.2026', 'mdy')).toBe('2026-04-03')
  expect(dateOf('3. März 2026', 'mdy')).toBe('2026-03-03')
  expect(dateOf('21. Dez. 2026', 'dmy')).toBe('2026-12-21')
})

test.each([
  '1926-11-21',
  '21.11.1999',
  '2026-02-30',
  '31.04.2026',
  '11/21/26',
  '2026-11-21 01:00:00',
  'Total',
  '',
  '21 Foo 2026',
  '13/13/2026',
])('%j is none', (cell) => {
  expect(dateOf(cell, 'dmy')).toBeUndefined()
})

describe('a cell says of the order of day and month', () => {
  test.each([
    ['21/11/2026', 'dmy'],
    ['11/21/2026', 'mdy'],
    ['11-21-2026', 'mdy'],
    ['3/4/2026', 'ambiguous'],
    ['4/4/2026', 'silent'],
    ['3.4.2026', 'silent'],
    ['2026-03-04', 'silent'],
  ])('%s: %s', (cell, said) => {
    expect(dateEvidence(cell)).toBe(said)
  })
})
