/**
 * Every shipped scenario with several seeds, run whole through the pretend deployment. Resumable: each finished run is
 * written down at once, with the commit it was made on, and is not made again.
 */
import { shippedScenarios } from '../../playground/market/read-scenario.ts'
import { provenance, readResult, writeResult } from '../bench/results.ts'
import { startRemote } from '../bench/rpc.ts'
import { table } from '../bench/table.ts'
import type { Part } from './main.ts'

const RESULT = 'scenarios'
const SEEDS = 5

export interface ScenarioRun {
  readonly scenario: string
  readonly seed: number
  readonly commit: string
  readonly dirty: boolean
  readonly goal: 'conversions' | 'value'
  readonly days: number
  readonly invariants: number
  /** Those that did not hold. */
  readonly broken: readonly string[]
  /** Conversions, or value in the base currency, that the spend caused. */
  readonly outcome: number
  /** The same of untouched accounts that spent as much. */
  readonly untouchedOutcome: number
  /** Share by which the outcome exceeds the untouched one. */
  readonly gain: number
  /** By what share the untouched accounts spent more. */
  readonly untouchedSpendDifference: number
  /** Share by which the spend exceeds the flight's even share. */
  readonly spendAgainstPlan: number
  readonly changesApplied: number
  readonly refusals: number
  readonly drifts: number
  readonly failedTurns: number
  readonly deadLetters: number
}

/** A run that ended with an error: recorded, and made again when the part is started again. */
export interface BrokenRun {
  readonly scenario: string
  readonly seed: number
  readonly commit: string
  readonly error: string
}

interface Results {
  readonly part: typeof RESULT
  readonly runs: readonly ScenarioRun[]
  readonly errors: readonly BrokenRun[]
}

export const scenarios: Part = {
  what: `every shipped scenario with --seeds=N seeds (${SEEDS} without it), --only=name,… of them (an hour or two)`,
  async run({ seeds = SEEDS, only, anew }) {
    const names = shippedScenarios().filter((name) => only === undefined || only.includes(name))
    const kept = anew ? undefined : readResult<Results>(RESULT)
    let results: Results = { part: RESULT, runs: kept?.runs ?? [], errors: [] }
    const wanted = Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
      names.map((scenario) => ({ scenario, seed })),
    )
    const missing = wanted.filter(
      ({ scenario, seed }) => !results.runs.some((run) => run.scenario === scenario && run.seed === seed),
    )
    console.log(`${wanted.length} runs, ${missing.length} still to be made`)
    for (const [i, one] of missing.entries()) {
      const made = await runOnce(one.scenario, one.seed)
      results =
        'error' in made
          ? { ...results, errors: [...results.errors, made] }
          : { ...results, runs: [...results.runs, made].toSorted(inOrder) }
      writeResult(RESULT, results)
      console.log(`${String(i + 1).padStart(3)} of ${missing.length}  ${lineOf(made)}`)
    }
    print(results)
    return results.errors.length === 0 && results.runs.every(({ broken }) => broken.length === 0)
  },
}

async function runOnce(scenario: string, seed: number): Promise<ScenarioRun | BrokenRun> {
  // Taken before, because somebody may commit meanwhile: what is run is what was there at the start.
  const { commit, dirty } = provenance()
  const remote = startRemote(new URL('scenario-main.ts', import.meta.url).pathname)
  try {
    return {
      ...(await remote.ask<Omit<ScenarioRun, 'commit' | 'dirty'>>('run', { name: scenario, seed })),
      commit,
      dirty,
    }
  } catch (error) {
    return { scenario, seed, commit, error: error instanceof Error ? error.message.slice(0, 500) : String(error) }
  } finally {
    await remote.close()
  }
}

const inOrder = (a: ScenarioRun, b: ScenarioRun): number =>
  a.scenario === b.scenario ? a.seed - b.seed : a.scenario < b.scenario ? -1 : 1

const percent = (share: number): string => `${share >= 0 ? '+' : ''}${(100 * share).toFixed(1)} %`

function lineOf(run: ScenarioRun | BrokenRun): string {
  const name = `${run.scenario} ${run.seed}`.padEnd(24)
  if ('error' in run) return `${name} failed: ${run.error.split('\n')[0]}`
  const held = run.broken.length === 0 ? 'all invariants held' : `BROKEN: ${run.broken.join('; ')}`
  return `${name} gain ${percent(run.gain)}, ${held}`
}

function print({ runs, errors }: Results): void {
  const rows = [...Map.groupBy(runs, ({ scenario }) => scenario)].map(([scenario, own]) => rowOf(scenario, own))
  const heads = [
    'scenario',
    'seeds',
    'gain',
    'spread',
    'least',
    'spend/plan',
    'changes',
    'refused',
    'drift',
    'failed',
    'held',
  ]
  console.log(`\n${table(heads, rows)}`)
  const { mean, sd } = moments(runs.map(({ gain }) => gain))
  console.log(`\nmean gain of ${runs.length} runs ${percent(mean)}, standard deviation ${(100 * sd).toFixed(1)} points`)
  console.log(
    'gain: outcome that the spend caused, against untouched accounts with as much spend, same draws of chance',
  )
  console.log(`made on commits ${[...new Set(runs.map(({ commit }) => commit.slice(0, 12)))].join(', ')}`)
  for (const { scenario, seed, broken } of runs)
    for (const one of broken) console.log(`BROKEN ${scenario} ${seed}: ${one}`)
  for (const one of errors) console.log(lineOf(one))
}

function rowOf(scenario: string, own: readonly ScenarioRun[]): readonly string[] {
  const { mean, sd } = moments(own.map(({ gain }) => gain))
  const total = (of: (run: ScenarioRun) => number): string => String(own.reduce((sum, run) => sum + of(run), 0))
  return [
    scenario,
    String(own.length),
    percent(mean),
    own.length > 1 ? (100 * sd).toFixed(1) : '',
    percent(Math.min(...own.map(({ gain }) => gain))),
    percent(moments(own.map(({ spendAgainstPlan }) => spendAgainstPlan)).mean),
    total(({ changesApplied }) => changesApplied),
    total(({ refusals }) => refusals),
    total(({ drifts }) => drifts),
    total(({ failedTurns }) => failedTurns),
    own.every(({ broken }) => broken.length === 0) ? 'all' : 'NOT ALL',
  ]
}

function moments(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 }
}
