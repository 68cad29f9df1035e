import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RatesFile } from './rates-update.ts'

/** Exchange rates in a file on this machine. It is replaced as a whole: who reads it meanwhile reads the one or the other. */
export function localRatesFile(path: string): RatesFile {
  let read: string | undefined
  return {
    name: path,
    async read() {
      read = await textOf(path)
      return read
    },
    async write(text) {
      const unfinished = `${path}.${randomUUID()}`
      await mkdir(dirname(path), { recursive: true })
      await writeFile(unfinished, text)
      if ((await textOf(path)) !== read) {
        await rm(unfinished)
        throw new Error(`${path} was changed by somebody else meanwhile: nothing was written, run it again`)
      }
      await rename(unfinished, path)
    },
  }
}

const textOf = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new Error(`exchange rates cannot be read from ${path}: ${error.code}`)
  })
