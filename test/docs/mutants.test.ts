import { expect, test } from 'vitest'
import { mutantsOf, mutated } from '../prove/mutants.ts'

const SOURCE = `import { a } from 'b'
/** 1 < 2 */
export const big = (x: Map<string, number>): boolean => x.size > 10 && !done(x)
const text = 'a < b'
`

test('slips are made in what is reckoned, and not in texts, types and comments', () => {
  expect(mutantsOf(SOURCE).map(({ id }) => id)).toEqual([
    '3:64 > → >=',
    '3:64 > → <=',
    '3:66 10 → (10 + 1)',
    '3:69 && → ||',
    '3:72 ! → nothing',
  ])
})

test('one slip at a time', () => {
  const [first] = mutantsOf(SOURCE)
  expect(mutated(SOURCE, first!)).toBe(SOURCE.replace('x.size > 10', 'x.size >= 10'))
})
