import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { MUTANTS } from './list.ts'
import { filesOf, mutated, ROOT } from './plant.ts'
import { SCRIPTED } from './scripted.ts'

describe('bugs planted on purpose', () => {
  test.each(MUTANTS)('$name can be planted in the product as it is', (mutant) => {
    for (const file of filesOf(mutant)) {
      const source = readFileSync(new URL(file, ROOT), 'utf8')
      expect(mutated(source, file, mutant)).not.toBe(source)
    }
  })

  // Those that show at once: an invariant that has gone blind is noticed here.
  test.each(['other-policy', 'unapproved', 'unknown-is-refused', 'steeper', 'stale-data'])(
    '%s is found in worlds lived by chance',
    { timeout: 300_000 },
    (name) => {
      const main = fileURLToPath(new URL('../main.ts', import.meta.url))
      const args = [main, '--mutant', name, '--cycles', '2000', '--seed', '1']
      const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      expect(stdout).toMatch(/^broken: /m)
      expect(status).toBe(1)
    },
  )

  test('each has a name of its own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  })

  test.each(Object.entries(SCRIPTED))('%s breaks nothing while no bug is planted', async (_, live) => {
    expect(await live()).toEqual([])
  })
})
