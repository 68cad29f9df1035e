import { expect, test } from 'vitest'
import { shareText } from '../bench/pull.ts'

const A_SECOND = { name: 'queries a second', per: 'application', windowMs: 1_000, most: 10, forReads: 7 } as const

test('a pull that one window holds is told as its share of that', () => {
  expect(shareText({ ...A_SECOND, used: 7, leastSeconds: 0 })).toBe('70.00 %')
})

test('a pull that is spread over many windows is told by how long that takes, and never as more than all of one', () => {
  // 215 of which 7 go at once, and 7 more in every second after.
  expect(shareText({ ...A_SECOND, used: 215, leastSeconds: 208 / 7 })).toBe('spread over at least 29.7 s')
})
