/**
 * `npm run prove -- PART`: what takes too long for a test. Each part can be killed at any time, goes on where it stopped
 * when it is started again, and keeps its results in docs/results with the commit that they were made on.
 */
import { parseArgs } from 'node:util'
import { scenarios } from './scenarios.ts'

export interface PartOptions {
  readonly seeds?: number
  readonly only?: readonly string[]
  /** Begin again, and forget what was made before. */
  readonly anew: boolean
}

export interface Part {
  readonly what: string
  /** @returns whether everything that was to be shown was shown */
  run(options: PartOptions): Promise<boolean>
}

const PARTS: Readonly<Record<string, Part>> = { scenarios }

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { seeds: { type: 'string' }, only: { type: 'string' }, anew: { type: 'boolean', default: false } },
  })
  const [name] = positionals
  const part = name === undefined ? undefined : PARTS[name]
  if (!part) {
    if (name !== undefined) console.error(`there is no part "${name}"`)
    console.error('npm run prove -- PART [--seeds=N] [--only=name,…] [--anew]\n')
    for (const [one, { what }] of Object.entries(PARTS)) console.error(`  ${one.padEnd(12)} ${what}`)
    return name === undefined ? 0 : 2
  }
  const seeds = values.seeds === undefined ? undefined : Number(values.seeds)
  if (seeds !== undefined && !(Number.isInteger(seeds) && seeds > 0))
    throw new RangeError(`--seeds must be a positive whole number, got "${values.seeds}"`)
  const shown = await part.run({
    anew: values.anew,
    ...(seeds === undefined ? {} : { seeds }),
    ...(values.only === undefined ? {} : { only: values.only.split(',') }),
  })
  return shown ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
