/**
 * `npm run prove -- PART`: what takes too long for a test. Each part can be killed at any time, goes on where it stopped
 * when it is started again, and keeps its results in docs/results with the commit that they were made on.
 */
import { parseArgs } from 'node:util'
import { MISUSED, understood } from '../bench/usage.ts'
import { control } from './control.ts'
import { engine, kills } from './engine.ts'
import { mutation } from './mutation.ts'
import { scenarios } from './scenarios.ts'
import { sim } from './sim.ts'
import { soak } from './soak.ts'

export interface PartOptions {
  readonly seeds?: number
  readonly only?: readonly string[]
  /** Part `control`: which of those that are compared. */
  readonly controllers?: readonly string[]
  /** Processes at once. */
  readonly workers?: number
  /** Part `sim`: how much is added, or for how long. */
  readonly cycles?: number
  readonly minutes?: number
  /** Parts `engine` and `kills`: another engine than our own. */
  readonly endpoint?: string
  /** Begin again, and forget what was made before. */
  readonly anew: boolean
}

export interface Part {
  readonly what: string
  /** @throws RangeError for options that cannot be, with what can */
  check?(options: PartOptions): void
  /** @returns whether everything that was to be shown was shown */
  run(options: PartOptions): Promise<boolean>
}

const PARTS: Readonly<Record<string, Part>> = { scenarios, control, sim, engine, kills, mutation, soak }

const USAGE =
  'npm run prove -- PART [--seeds=N] [--only=name,…] [--controllers=name,…] [--workers=N] [--cycles=N] [--minutes=N] [--endpoint=URL] [--anew]'

/** @throws RangeError for options that cannot be */
function argumentsOf(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seeds: { type: 'string' },
      only: { type: 'string' },
      controllers: { type: 'string' },
      workers: { type: 'string' },
      cycles: { type: 'string' },
      minutes: { type: 'string' },
      endpoint: { type: 'string' },
      anew: { type: 'boolean', default: false },
    },
  })
  const [name] = positionals
  const part = name !== undefined && Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
  const seeds = count('seeds', values.seeds)
  const workers = count('workers', values.workers)
  const cycles = count('cycles', values.cycles)
  const minutes = count('minutes', values.minutes)
  const options: PartOptions = {
    anew: values.anew,
    ...(values.endpoint === undefined ? {} : { endpoint: values.endpoint }),
    ...(seeds === undefined ? {} : { seeds }),
    ...(workers === undefined ? {} : { workers }),
    ...(cycles === undefined ? {} : { cycles }),
    ...(minutes === undefined ? {} : { minutes }),
    ...(values.controllers === undefined ? {} : { controllers: values.controllers.split(',') }),
    ...(values.only === undefined ? {} : { only: values.only.split(',') }),
  }
  part?.check?.(options)
  return { name, part, options }
}

async function main(args: readonly string[]): Promise<number> {
  const asked = understood(() => argumentsOf(args), USAGE)
  if (!asked) return MISUSED
  const { name, part, options } = asked
  if (part) return (await part.run(options)) ? 0 : 1
  if (name !== undefined) console.error(`there is no part "${name}"`)
  console.error(`${USAGE}\n`)
  for (const [one, { what }] of Object.entries(PARTS)) console.error(`  ${one.padEnd(12)} ${what}`)
  return name === undefined ? 0 : MISUSED
}

/** @throws RangeError for what is no positive whole number */
function count(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!(Number.isInteger(value) && value > 0))
    throw new RangeError(`--${option} must be a positive whole number, got "${text}"`)
  return value
}

process.exitCode = await main(process.argv.slice(2))
