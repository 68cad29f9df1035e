/**
 * The whole report of the control benchmark. Resumable: each finished run is a line of docs/results/control.jsonl with
 * the commit that it was made on, and is not made again while its family is what it was.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashOf } from '../../lib/model/canonical.ts'
import { chosen, REPORT_SEED } from '../bench/control/command.ts'
import { CONTESTANTS, contestant } from '../bench/control/controllers.ts'
import { type Family, loadFamilies } from '../bench/control/family.ts'
import { printReport } from '../bench/control/report.ts'
import type { RunFigures } from '../bench/control/run.ts'
import { provenance } from '../bench/results.ts'
import { type Remote, startRemote } from '../bench/rpc.ts'
import type { Part, PartOptions } from './main.ts'

const RESULTS = fileURLToPath(new URL('../../docs/results/control.jsonl', import.meta.url))
const SEEDS = 24

/** One run as it is kept. */
export interface KeptRun extends RunFigures {
  readonly commit: string
  readonly dirty: boolean
  /** Hash of the family's parameters: another market is another run. */
  readonly market: string
}

/** What one process is asked for: every controller that is missing of one market. */
export interface ControlTask {
  readonly family: Family
  readonly seed: number
  readonly controllers: readonly string[]
}

export const control: Part = {
  what: `regret in every family of markets with --seeds=N seeds (${SEEDS} without it), --only=family,…, --controllers=name,…, --workers=N (hours)`,
  check: (options) => void chosenOf(options),
  async run({ seeds = SEEDS, anew, workers = 1, ...options }) {
    const { names, families } = chosenOf(options)
    const kept = anew ? forget(families, names) : readRuns()
    const tasks = missing(families, seeds, names, kept)
    console.log(`${tasks.reduce((sum, task) => sum + task.controllers.length, 0)} runs still to be made`)
    await Promise.all(Array.from({ length: workers }, () => work(tasks)))
    const all = readRuns().filter((run) => families.some((family) => isOf(run, family)))
    printReport(families, all)
    for (const line of madeOn(all)) console.log(line)
    return missing(families, seeds, names, all).length === 0
  },
}

/** On which commits each controller's runs were made. Of one that has changed between them, the mean is of neither. */
export function madeOn(runs: readonly Pick<KeptRun, 'controller' | 'commit' | 'dirty'>[]): readonly string[] {
  return [...Map.groupBy(runs, ({ controller }) => controller)].map(([controller, own]) => {
    const commits = [
      ...new Set(own.map(({ commit, dirty }) => `${commit.slice(0, 12)}${dirty ? ' (uncommitted changes)' : ''}`)),
    ]
    const mixed = `; where it has changed between them, --anew --controllers=${controller} makes all runs again`
    return `${controller} was run on ${commits.join(', ')}${commits.length > 1 ? mixed : ''}`
  })
}

/** @throws RangeError for a controller or a family that there is not */
const chosenOf = ({ only, controllers }: Pick<PartOptions, 'only' | 'controllers'>) => ({
  names: (controllers ?? CONTESTANTS.map(({ name }) => name)).map((name) => contestant(name).name),
  families: chosen(loadFamilies(), only?.join(',') ?? 'all'),
})

const isOf = (run: KeptRun, family: Family): boolean => run.scenario === family.name && run.market === marketOf(family)
const marketOf = (family: Family): string => hashOf(family).slice(0, 12)

function readRuns(): readonly KeptRun[] {
  if (!existsSync(RESULTS)) return []
  // A process that was killed may have left half a line at the end.
  return readFileSync(RESULTS, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as KeptRun)
}

/** Drops the kept runs of these families and controllers, and gives back the others. */
function forget(families: readonly Family[], names: readonly string[]): readonly KeptRun[] {
  const rest = readRuns().filter(
    (run) => !names.includes(run.controller) || !families.some(({ name }) => name === run.scenario),
  )
  rmSync(RESULTS, { force: true })
  if (rest.length > 0) writeFileSync(RESULTS, rest.map((run) => `${JSON.stringify(run)}\n`).join(''))
  return rest
}

/** Seed by seed, so that a report of all families can be had early. */
function missing(
  families: readonly Family[],
  seeds: number,
  names: readonly string[],
  kept: readonly KeptRun[],
): ControlTask[] {
  const known = new Set(kept.map((run) => `${run.market} ${run.seed} ${run.controller}`))
  return Array.from({ length: seeds }, (_, k) => REPORT_SEED + k).flatMap((seed) =>
    families.flatMap((family) => {
      const controllers = names.filter((name) => !known.has(`${marketOf(family)} ${seed} ${name}`))
      return controllers.length > 0 ? [{ family, seed, controllers }] : []
    }),
  )
}

/** One process, until no task is left. */
async function work(tasks: ControlTask[]): Promise<void> {
  if (tasks.length === 0) return
  const remote = startRemote(new URL('control-main.ts', import.meta.url).pathname)
  try {
    for (let task = tasks.shift(); task; task = tasks.shift()) await runTask(task, remote)
  } finally {
    await remote.close()
  }
}

async function runTask(task: ControlTask, remote: Remote): Promise<void> {
  // Taken before: somebody may commit meanwhile, and what is run is what was there at the start.
  const { commit, dirty } = provenance()
  const runs = await remote.ask<readonly RunFigures[]>('run', task)
  mkdirSync(dirname(RESULTS), { recursive: true })
  for (const run of runs) {
    const line: KeptRun = { ...run, market: marketOf(task.family), commit, dirty }
    appendFileSync(RESULTS, `${JSON.stringify(line, rounded)}\n`)
  }
  const ours = runs.map(({ controller, regret }) => `${controller} ${(100 * regret).toFixed(1)}`).join(', ')
  console.log(`${task.family.name} ${task.seed}: ${ours}`)
}

/** Six digits are more than anybody reads. */
const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value
