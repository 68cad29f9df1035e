import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import { readPolicy } from '../../lib/model/policy-file.ts'

const folderOf = (config: string): string => join(dirname(config), '.sluice', 'policies')

/** Keeps a policy beside the configuration: it says what is ours when the tables cannot. */
export async function keepPolicy(config: string, portfolio: string, text: string): Promise<void> {
  await mkdir(folderOf(config), { recursive: true })
  await writeFile(join(folderOf(config), `${portfolio}.yaml`), text)
}

/**
 * The policies that were stored from this folder, and those of these files.
 *
 * @param warn is told of every file that cannot be used; the others still can
 */
export async function keptPolicies(
  config: string,
  files: readonly string[],
  warn: (text: string) => void,
): Promise<readonly PolicyVersion[]> {
  const folder = folderOf(config)
  const kept = await readdir(folder).catch((): string[] => [])
  const all = [...kept.filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name)), ...files]
  const read = await Promise.all(
    all.map((file) =>
      readFile(file, 'utf8')
        .then((text) => readPolicy(text, file))
        .catch((error: unknown) => warn(`policy ${file} is left out: ${textOf(error)}`)),
    ),
  )
  return read.filter((version) => version !== undefined)
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
