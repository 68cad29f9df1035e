import { expect, test } from 'vitest'
import type { AttributeValue } from '../../../playground/dynamodb/dynalite.ts'
import { itemBytes } from '../../../playground/dynamodb/item-size.ts'

// Worked by hand from AWS's page on item sizes: names and text in UTF-8; a number a byte per two digits and one more;
// three bytes per list or map, one per element; the name `a` is one byte in every row.
test.each<{ name: string; value: AttributeValue; bytes: number }>([
  { name: 'letters', value: { S: 'abc' }, bytes: 1 + 3 },
  { name: 'letters of two bytes', value: { S: 'éé' }, bytes: 1 + 4 },
  { name: 'a letter of four bytes', value: { S: '\u{1f3bf}' }, bytes: 1 + 4 },
  { name: 'no letters', value: { S: '' }, bytes: 1 },
  { name: 'bytes, not their base64', value: { B: 'AAEC' }, bytes: 1 + 3 },
  { name: 'a number of one digit', value: { N: '7' }, bytes: 1 + 2 },
  { name: 'a number of 38 digits', value: { N: '12345678901234567890123456789012345678' }, bytes: 1 + 20 },
  { name: 'a truth', value: { BOOL: true }, bytes: 1 + 1 },
  { name: 'nothing', value: { NULL: true }, bytes: 1 + 1 },
  { name: 'a set of text', value: { SS: ['a', 'éé'] }, bytes: 1 + 1 + 4 },
  { name: 'an empty list', value: { L: [] }, bytes: 1 + 3 },
  { name: 'a list', value: { L: [{ S: 'ab' }, { BOOL: true }] }, bytes: 1 + 3 + (1 + 2) + (1 + 1) },
  { name: 'a map', value: { M: { key: { S: 'ab' } } }, bytes: 1 + 3 + 1 + (3 + 2) },
])('$name: $bytes bytes', ({ value, bytes }) => {
  expect(itemBytes({ a: value })).toBe(bytes)
})

test('an item is the sum of its attributes', () => {
  expect(itemBytes({ pk: { S: 'a' }, sk: { S: 'bc' } })).toBe(2 + 1 + 2 + 2)
})
