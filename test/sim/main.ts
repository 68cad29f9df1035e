/**
 * `npm run sim -- --cycles N --seed S`: simulated worlds of the real stages, until so many cycles are run or an invariant
 * is broken. `--world W` lives one world of a seed again, and tells every effect of it. `--mutants` hunts every planted bug.
 */
import { parseArgs } from 'node:util'
import { MISUSED, understood } from '../bench/usage.ts'
import { MUTANTS } from './mutants/list.ts'
import { plant } from './mutants/plant.ts'

const USAGE = 'npm run sim -- [--cycles N] [--seed S] [--world W] [--mutant NAME] [--mutants] [--enumerate]'
const CYCLES = 10_000

function argumentsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cycles: { type: 'string' },
      seed: { type: 'string' },
      world: { type: 'string' },
      mutant: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      enumerate: { type: 'boolean', default: false },
    },
  })
  const world = values.world === undefined ? undefined : whole('world', values.world)
  return {
    seed: whole('seed', values.seed ?? '1'),
    cycles: whole('cycles', values.cycles ?? `${CYCLES}`),
    mutants: values.mutants,
    enumerate: values.enumerate,
    ...(world === undefined ? {} : { world }),
    ...(values.mutant === undefined ? {} : { mutant: mutantOf(values.mutant) }),
  }
}

/** @throws RangeError for one that there is not */
function mutantOf(name: string) {
  const found = MUTANTS.find((one) => one.name === name)
  if (!found)
    throw new RangeError(`there is no mutant "${name}": take one of ${MUTANTS.map((one) => one.name).join(', ')}`)
  return found
}

/** @throws RangeError for what is no whole number */
function whole(option: string, text: string): number {
  const value = Number(text)
  if (!(Number.isInteger(value) && value >= 0))
    throw new RangeError(`--${option} must be a whole number, got "${text}"`)
  return value
}

async function main(args: readonly string[]): Promise<number> {
  const asked = understood(() => argumentsOf(args), USAGE)
  if (!asked) return MISUSED
  // Before the stages are loaded: a mutant is another text of one of their files.
  if (asked.mutant) plant(asked.mutant)
  if (asked.mutants) return (await import('./mutants/table.ts')).huntAll(asked)
  if (asked.enumerate) return (await import('./enumerate.ts')).enumerateAndTell()
  const { simulate } = await import('./report.ts')
  return simulate(asked)
}

process.exitCode = await main(process.argv.slice(2))
