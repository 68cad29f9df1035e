import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MUTANTS } from './list.ts'
import { mutated, ROOT } from './plant.ts'
import { SCRIPTED } from './scripted.ts'

describe('bugs planted on purpose', () => {
  test.each(MUTANTS)('$name can be planted in the product as it is', (mutant) => {
    const source = readFileSync(new URL(mutant.file, ROOT), 'utf8')
    expect(mutated(source, mutant)).not.toBe(source)
  })

  test('each has a name of its own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  })

  test.each(Object.entries(SCRIPTED))('%s breaks nothing while no bug is planted', async (_, live) => {
    expect(await live()).toEqual([])
  })
})
