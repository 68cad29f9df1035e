import { readFile, stat } from 'node:fs/promises'
import type { ExchangeRates } from '../ports/rates.ts'
import { identityRate } from '../units/rates.ts'
import { type RateTable, rateTable } from './rate-table.ts'
import { parseRates } from './rates-text.ts'

/**
 * Exchange rates from a CSV or JSON file, read again when the file changes. Who has one currency only needs no file.
 *
 * @see parseRates for what the file must look like, and `rateTable` for which rate is chosen
 * @throws (each call) RangeError naming line and column of what is wrong in the file, Error when it cannot be read
 */
export function fileRates(path: string): ExchangeRates {
  let known: { readonly changedMs: number; readonly table: RateTable } | undefined
  const current = async (): Promise<RateTable> => {
    const { mtimeMs: changedMs } = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new Error(
        `exchange rates cannot be read from ${path}: ${error.code === 'ENOENT' ? 'there is no such file yet; "sluice rates fetch" writes it' : error.code}`,
      )
    })
    if (known?.changedMs !== changedMs)
      known = { changedMs, table: rateTable(parseRates(await readFile(path, 'utf8'), path)) }
    return known.table
  }
  return {
    rate: async (from, to, on) => (from === to ? identityRate(from, on) : (await current())(from, to, on)),
  }
}
