import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Secrets } from '../ports/secrets.ts'
import { checkedName, checkedSecret } from './secret-text.ts'

/**
 * Secrets of a local deployment, read anew each time.
 *
 * @param path a folder with one file `<name>.json` per secret, or one JSON file with the secrets by name
 */
export function fileSecrets(path: string): Secrets {
  return {
    async read(name) {
      checkedName(name)
      const text = (await isFolder(path)) ? await readText(join(path, `${name}.json`), name) : await member(path, name)
      return checkedSecret(name, text)
    },
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

const readText = (path: string, name: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`secret "${name}" cannot be read from ${path}: ${error.code}`)
  })

async function member(path: string, name: string): Promise<string> {
  const all = JSON.parse(checkedSecret(path, await readText(path, name))) as Record<string, unknown>
  if (!Object.hasOwn(all, name)) throw new Error(`secret "${name}" is not in ${path}: add it there`)
  return JSON.stringify(all[name])
}
