import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const main = (of: 'bench' | 'prove'): string => fileURLToPath(new URL(`../${of}/main.ts`, import.meta.url))

test.each<[of: 'bench' | 'prove', args: string, says: string]>([
  [
    'bench',
    'control --wrong-option',
    'there is no option --wrong-option; it is: npm run bench -- control [--families=',
  ],
  ['bench', 'control --families=nosuch', 'there is no family "nosuch": there are '],
  ['bench', 'control --markets=/nowhere/at-all', '/nowhere/at-all'],
  ['prove', 'control --wrong', 'there is no option --wrong; it is: npm run prove -- PART ['],
  ['prove', 'control --only=nosuch', 'there is no family "nosuch": there are '],
])('npm run %s -- %s says in one line what is wrong, and what can be', (of, args, says) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main(of), ...args.split(' ')], { encoding: 'utf8' })
  expect(stderr).toContain(says)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect([status, stdout]).toEqual([2, ''])
})

test.each<[of: 'bench' | 'prove', args: string, says: string]>([
  ['bench', 'nosuch', 'there is no benchmark "nosuch"'],
  ['bench', 'cost --wrong', 'there is no option --wrong'],
  ['prove', 'toString', 'there is no part "toString"'],
])('npm run %s -- %s says what there is instead', (of, args, says) => {
  const { status, stderr } = spawnSync(process.execPath, [main(of), ...args.split(' ')], { encoding: 'utf8' })
  const [first, usage] = stderr.split('\n')
  expect(first).toBe(says)
  expect(usage).toContain(`npm run ${of} -- `)
  expect(stderr).toMatch(/^ {2}control /m)
  expect(stderr).not.toContain('    at ')
  expect(status).toBe(2)
})
