/** `npm run bench -- control`: a few seeds of some families, in minutes. */
import { parseArgs } from 'node:util'
import { CONTESTANTS, contestant } from './controllers.ts'
import { type Family, loadFamilies, MARKETS } from './family.ts'
import { linesOf, printReport } from './report.ts'
import { type RunFigures, runMarket } from './run.ts'

/** Families of the plain command, and its seeds. */
const CHOSEN = ['base', 'stationary', 's-shaped']
const SEEDS = 3
/** The first seed of reports: those before are for tuning. */
export const REPORT_SEED = 1000

export interface Options {
  readonly families: readonly Family[]
  readonly seeds: readonly number[]
  readonly controllers: readonly string[]
  readonly isJson: boolean
}

export const USAGE =
  'npm run bench -- control [--families=a,b|all] [--seeds=N] [--seed-from=N] [--markets=PATH] [--controllers=a,b] [--days=N] [--json]'

/** @throws RangeError for an option that cannot be, with what can */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      families: { type: 'string' },
      seeds: { type: 'string', default: String(SEEDS) },
      'seed-from': { type: 'string', default: String(REPORT_SEED) },
      markets: { type: 'string' },
      controllers: { type: 'string', default: 'all' },
      days: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const whole = (name: 'seeds' | 'seed-from' | 'days', text: string, least: number): number => {
    if (/^\d+$/.test(text) && Number(text) >= least) return Number(text)
    throw new RangeError(`--${name} must be a whole number from ${least} on, got "${text}"`)
  }
  const seedFrom = whole('seed-from', values['seed-from'], 0)
  const days = values.days === undefined ? undefined : whole('days', values.days, 1)
  const names = values.controllers === 'all' ? CONTESTANTS.map(({ name }) => name) : values.controllers.split(',')
  return {
    families: chosen(loadFamilies(values.markets ?? MARKETS), values.families, values.markets).map((family) =>
      days === undefined ? family : { ...family, controlDays: days },
    ),
    seeds: Array.from({ length: whole('seeds', values.seeds, 1) }, (_, k) => seedFrom + k),
    controllers: names.map((name) => contestant(name).name),
    isJson: values.json,
  }
}

/** All of a folder that was given; of the shipped ones those of the plain command, unless some are named. */
export function chosen(all: readonly Family[], named: string | undefined, folder?: string): readonly Family[] {
  if (named === 'all' || (named === undefined && folder !== undefined)) return all
  const wanted = named?.split(',') ?? CHOSEN
  const missing = wanted.find((name) => !all.some((family) => family.name === name))
  if (missing !== undefined)
    throw new RangeError(`there is no family "${missing}": there are ${all.map(({ name }) => name).join(', ')}`)
  return all.filter(({ name }) => wanted.includes(name))
}

export async function runControl(args: readonly string[]): Promise<void> {
  const { families, seeds, controllers, isJson } = optionsOf(args)
  const runs: RunFigures[] = []
  for (const family of families) {
    for (const seed of seeds)
      for (const name of controllers) runs.push(await runMarket(family, seed, name, contestant(name).drive))
    if (isJson) for (const line of linesOf(family.name, runs)) console.log(JSON.stringify(line))
    else console.error(`${family.name}: ${seeds.length} seeds, ${controllers.length} controllers`)
  }
  if (!isJson) printReport(families, runs)
}
