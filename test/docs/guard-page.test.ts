import { expect, test } from 'vitest'
import { BREAKER_ACTIONS, BREAKERS, breakersOf } from '../../lib/model/breakers.ts'
import { codes, rootText, rowsOf, section } from './markdown.ts'

const PAGE = rootText('docs/guard.md')
const DEFAULTS = breakersOf({})

test('the table of breakers has each of them, in the order in which they are asked, with its fields and defaults', () => {
  const rows = rowsOf(section(PAGE, '## Breakers')).slice(1)
  const stated = rows.map(([name = '', , , fields = '']) => [codes(name)[0], codes(fields)])
  const real = BREAKERS.map((name) => [
    name,
    Object.entries(DEFAULTS[name]).map(([field, value]) => `${field}: ${value}`),
  ])
  expect(stated).toEqual(real)
})

test('every action is explained, and only spend past the cap moves money where the policy says nothing', () => {
  const explained = rowsOf(section(PAGE, '## What they do')).flatMap(([first = '']) => codes(first))
  expect(explained).toEqual([...BREAKER_ACTIONS])
  const acting = BREAKERS.filter((name) => DEFAULTS[name].action !== 'alert')
  expect(acting).toEqual(['runawaySpend'])
  expect(DEFAULTS.runawaySpend.action).toBe('floor')
  expect(PAGE).toContain(`\`floor\` (${DEFAULTS.floor})`)
})
