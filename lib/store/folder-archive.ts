import { randomUUID } from 'node:crypto'
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Archive } from '../ports/store.ts'
import { checkedHash, pack, unpack } from './archive-content.ts'

/** The archive of a local deployment: one gzipped file per blob, in subfolders by the first two digits of its hash. */
export function folderArchive(folder: string): Archive {
  const pathOf = (hash: string): string => join(folder, hash.slice(0, 2), `${checkedHash(hash)}.gz`)
  return {
    async put(content) {
      const { hash, zipped } = await pack(content)
      await writeOnce(pathOf(hash), zipped)
      return hash
    },
    async get(hash) {
      const zipped = await readFile(pathOf(hash)).catch((error: unknown) => {
        throw new Error(`archived ${hash} is missing in ${folder}`, { cause: error })
      })
      return unpack(hash, zipped)
    },
  }
}

/** Through a name of its own, so that a kill leaves no half a file under the blob's name. */
async function writeOnce(path: string, bytes: Buffer): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (isThere) return
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.${randomUUID()}`
  await writeFile(unfinished, bytes)
  await rename(unfinished, path)
}
