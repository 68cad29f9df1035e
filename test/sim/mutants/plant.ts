import { registerHooks } from 'node:module'
import type { ScriptedName } from './scripted.ts'

/** Another text of one place of the product. */
export interface Edit {
  /** Its path from the root of the repository. */
  readonly file: string
  /** Occurs once in the file. */
  readonly find: string
  readonly put: string
}

/** A bug of the protocol that is planted on purpose. */
export interface Mutant extends Edit {
  readonly name: string
  readonly what: string
  /** What else must be gone for it: where one look stands behind the other. */
  readonly also?: readonly Edit[]
  /** The scripted world in which it shows, where chance hardly ever brings that about. */
  readonly world?: ScriptedName
}

export const ROOT = new URL('../../../', import.meta.url).href

export const filesOf = ({ file, also = [] }: Mutant): readonly string[] => [file, ...also.map((one) => one.file)]

/**
 * A file as it is with the bug; the same text where it has no part in it.
 *
 * @throws Error where a text to be replaced is not there once: then the product has changed and the mutant must follow
 */
export function mutated(source: string, file: string, mutant: Mutant): string {
  return [mutant, ...(mutant.also ?? [])]
    .filter((edit) => edit.file === file)
    .reduce((text, { find, put }) => {
      const pieces = text.split(find)
      if (pieces.length !== 2)
        throw new Error(`mutant ${mutant.name}: "${find}" occurs ${pieces.length - 1} times in ${file}, not once`)
      return pieces.join(put)
    }, source)
}

/** Modules that are loaded from now on are loaded with the bug. */
export function plant(mutant: Mutant): void {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      const file = url.slice(ROOT.length)
      if (!url.startsWith(ROOT) || !filesOf(mutant).includes(file)) return loaded
      return { ...loaded, source: mutated(String(loaded.source), file, mutant) }
    },
  })
}
