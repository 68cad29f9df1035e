import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SourceTree } from './source-text.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDERS = ['lib', 'functions', 'cli', 'cdk', 'dashboard', 'playground', 'scripts', 'test']

export const rootFile = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

/** Every source of the repository, by its path. */
export function workingTree(): SourceTree {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name.replaceAll('\\', '/')}`,
    ),
  )
  const atRoot = readdirSync(ROOT).filter((name) => name.endsWith('.ts'))
  const files = [...inFolders, ...atRoot].filter((name) => /\.(?:ts|mjs)$/.test(name) && !name.includes('node_modules'))
  return new Map(files.sort().map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]))
}
