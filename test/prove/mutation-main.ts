/**
 * A file’s tests, run again for each mutant of it, and those of all files in one process, because starting the runner takes
 * longer than most of them do; started by mutation.ts.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createVitest, type TestSpecification, type Vitest } from 'vitest/node'
import { answering } from '../bench/rpc.ts'

/** A file of a copy of the repository with other text in it. */
export interface Tried {
  readonly copy: string
  readonly file: string
  readonly text: string
  readonly tests: readonly string[]
}

let started: Promise<Vitest> | undefined

async function runnerIn(copy: string): Promise<Vitest> {
  const runner = await createVitest(
    'test',
    { root: copy, watch: false, bail: 1, pool: 'threads', maxWorkers: 1, isolate: false, reporters: [{}] },
    { clearScreen: false },
  )
  await runner.standalone()
  return runner
}

/** By the tests’ names: each is looked for once, because all tests are looked through for them. */
const found = new Map<string, readonly TestSpecification[]>()

async function specificationsOf(
  runner: Vitest,
  copy: string,
  tests: readonly string[],
): Promise<readonly TestSpecification[]> {
  const specifications = (await runner.globTestSpecifications([...tests])).filter(({ moduleId }) =>
    tests.some((one) => moduleId === join(copy, one)),
  )
  if (specifications.length !== tests.length) throw new Error(`not all of ${tests.join(', ')} are there`)
  return specifications
}

async function passes({ copy, file, text, tests }: Tried): Promise<boolean> {
  writeFileSync(join(copy, file), text)
  started ??= runnerIn(copy)
  const runner = await started
  runner.invalidateFile(join(copy, file))
  const name = tests.join()
  const specifications = found.get(name) ?? (await specificationsOf(runner, copy, tests))
  found.set(name, specifications)
  const { testModules, unhandledErrors } = await runner.runTestSpecifications([...specifications])
  return unhandledErrors.length === 0 && testModules.length > 0 && testModules.every((one) => one.ok())
}

answering({ passes })
