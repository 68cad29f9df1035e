import { expect, test } from 'vitest'
import { statusOf } from '../../lib/imports/words.ts'

test.each([
  ...['Budget exceeded', 'Out of budget', 'Limited by budget', 'Budget überschritten', 'Campaign budget exceeded'],
  ...['Eligible (Limited by budget)', 'Durch Budget eingeschränkt', 'Freigegeben (durch Budget eingeschränkt)'],
])('a campaign that has spent its budget (%s) runs: it is the one that more budget would help', (cell) => {
  expect(statusOf(cell)).toBe('active')
})
