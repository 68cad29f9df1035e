import { registerHooks } from 'node:module'
import type { ScriptedName } from './scripted.ts'

/** A bug of the protocol that is planted on purpose: another text of one file of the product. */
export interface Mutant {
  readonly name: string
  readonly what: string
  /** Its path from the root of the repository. */
  readonly file: string
  /** Occurs once in the file. */
  readonly find: string
  readonly put: string
  /** The scripted world in which it shows, where chance hardly ever brings that about. */
  readonly world?: ScriptedName
}

export const ROOT = new URL('../../../', import.meta.url).href

/** @throws Error where the text to be replaced is not there once: then the product has changed and the mutant must follow */
export function mutated(source: string, { name, file, find, put }: Mutant): string {
  const pieces = source.split(find)
  if (pieces.length !== 2)
    throw new Error(`mutant ${name}: its text occurs ${pieces.length - 1} times in ${file}, not once`)
  return pieces.join(put)
}

/** Modules that are loaded from now on are loaded with the bug. */
export function plant(mutant: Mutant): void {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      if (url !== `${ROOT}${mutant.file}`) return loaded
      return { ...loaded, source: mutated(String(loaded.source), mutant) }
    },
  })
}
