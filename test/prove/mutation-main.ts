/**
 * A file's tests, run for many mutants of it in one worker; started by mutation.ts. Each mutant is a module of its own, and so
 * is whatever leads from the tests to it, by a number at the end of their names: to start a worker, and to load all else in
 * it, takes longer than most tests do.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { createVitest, type Vitest } from 'vitest/node'
import { answering } from '../bench/rpc.ts'

/** A file of a copy of the repository, with other texts in its place. */
export interface Tried {
  readonly copy: string
  readonly file: string
  readonly tests: readonly string[]
  readonly texts: readonly string[]
}

/** By number. */
const texts: string[] = []
const NUMBER = /\?slip=(\d+)$/
const IMPORT = /(?:from|import\()\s*'(\.[^']+)'/g

/** The file, its tests, and all that imports it. */
function concerned({ copy, file, tests }: Tried): ReadonlySet<string> {
  const importers = new Map<string, string[]>()
  for (const one of globSync('{lib,test,playground,cli,functions}/**/*.ts', { cwd: copy })) {
    const path = join(copy, one)
    for (const [, imported = ''] of readFileSync(path, 'utf8').matchAll(IMPORT)) {
      const to = join(dirname(path), imported)
      importers.set(to, [...(importers.get(to) ?? []), path])
    }
  }
  const found = new Set([file, ...tests].map((one) => join(copy, one)))
  for (const one of found) for (const importer of importers.get(one) ?? []) found.add(importer)
  return found
}

/** Numbers what the numbered import, as far as it is concerned, and gives each number's file its text. */
function numbering(tried: Tried) {
  const own = concerned(tried)
  const mutant = join(tried.copy, tried.file)
  return {
    name: 'slips',
    enforce: 'pre' as const,
    resolveId(source: string, importer: string = '') {
      const [query] = NUMBER.exec(source) ?? NUMBER.exec(importer) ?? []
      if (query === undefined || !source.startsWith('.')) return undefined
      const path = join(dirname(importer), source.replace(NUMBER, ''))
      return own.has(path) ? `${path}${query}` : path
    },
    load(id: string) {
      const [query, number] = NUMBER.exec(id) ?? []
      if (query === undefined) return undefined
      const path = id.slice(0, -query.length)
      return path === mutant ? texts[Number(number)] : readFileSync(path, 'utf8')
    },
  }
}

let started: Promise<Vitest> | undefined

async function runnerFor(tried: Tried): Promise<Vitest> {
  mkdirSync(join(tried.copy, 'test/slips'), { recursive: true })
  const runner = await createVitest(
    'test',
    // What is kept on disk of a module does not tell its texts apart.
    {
      ...{ root: tried.copy, watch: false, pool: 'threads', maxWorkers: 1, isolate: false, fsModuleCache: false },
      reporters: [{}],
    },
    { clearScreen: false, plugins: [numbering(tried)] },
  )
  await runner.standalone()
  return runner
}

/** A test file that runs the tests with a text of the file. */
function testsWith(text: string, { copy, tests }: Tried): string {
  const number = texts.push(text) - 1
  const path = join(copy, `test/slips/${number}.test.ts`)
  const imports = tests.map((one) => `import '${relative(dirname(path), join(copy, one))}?slip=${number}'`)
  writeFileSync(path, imports.join('\n'))
  return path
}

/** With which of the texts the tests pass; undefined where something went wrong that is none of them in particular. */
async function passing(tried: Tried): Promise<readonly boolean[] | undefined> {
  started ??= runnerFor(tried)
  const runner = await started
  const paths = tried.texts.map((text) => testsWith(text, tried))
  const project = runner.getRootProject()
  const { testModules, unhandledErrors } = await runner.runTestSpecifications(
    paths.map((path) => project.createSpecification(path)),
  )
  if (unhandledErrors.length > 0 && paths.length > 1) return undefined
  const passed = testModules.filter((one) => one.ok() && one.children.size > 0).map(({ moduleId }) => moduleId)
  return paths.map((path) => unhandledErrors.length === 0 && passed.includes(path))
}

answering({ passing })
