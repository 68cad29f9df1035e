import { createRequire } from 'node:module'
import { dirname, isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'
import { platformId } from '../../lib/model/account.ts'

const platform = z.string().refine((name) => {
  try {
    return platformId(name) === name
  } catch {
    return false
  }
}, 'must be a platform’s name: lower-case letters, digits and dashes, such as reddit')

/** Adapter packages by platform: the name of an installed package, or a file beside the configuration. */
export const adaptersSchema = z.record(platform, z.string().min(1, 'must be a package or a file'))

/**
 * What to import for each, found from where the configuration lies. One that is not found stays as it is written: importing
 * it says why, and only where its platform is asked for.
 */
export const adapterUrls = (
  file: string,
  adapters: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(adapters).map(([name, given]) => [name, urlOf(file, given)]))

function urlOf(file: string, given: string): string {
  if (given.startsWith('.') || isAbsolute(given)) return pathToFileURL(resolve(dirname(file), given)).href
  try {
    return pathToFileURL(createRequire(file).resolve(given)).href
  } catch {
    return given
  }
}
