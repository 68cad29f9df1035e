/** Figures kept beside the commit that they were measured on. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../docs/results/', import.meta.url))

export interface Provenance {
  readonly commit: string
  /** The tree had changes that are in no commit. */
  readonly dirty: boolean
  readonly measuredOn: string
  readonly node: string
  readonly cores: number
}

export type Kept<T> = Provenance & { readonly figures: T }

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: FOLDER, encoding: 'utf8', maxBuffer: 1 << 26 }).trim()

export function provenance(): Provenance {
  mkdirSync(FOLDER, { recursive: true })
  return {
    commit: git('rev-parse', 'HEAD'),
    dirty: git('status', '--porcelain', '--', ':/', ':(exclude,top)docs/results').length > 0,
    measuredOn: new Date().toISOString().slice(0, 10),
    node: process.version,
    cores: availableParallelism(),
  }
}

const fileOf = (name: string): string => `${FOLDER}${name}.json`

/** Whole or not at all: a kill leaves the file as it was. */
export function writeResult(name: string, content: unknown): void {
  mkdirSync(FOLDER, { recursive: true })
  const unfinished = `${fileOf(name)}.unfinished`
  writeFileSync(unfinished, `${JSON.stringify(content, null, 1)}\n`)
  renameSync(unfinished, fileOf(name))
}

export function readResult<T>(name: string): T | undefined {
  const file = fileOf(name)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined
}

export async function keep<T>(name: string, measure: () => Promise<T>): Promise<Kept<T>> {
  // Taken before: somebody may commit meanwhile, and what is measured is what was there at the start.
  const from = provenance()
  const kept = { ...from, figures: await measure() }
  writeResult(name, kept)
  return kept
}
