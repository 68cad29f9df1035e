/**
 * `npm run prove -- sim`: simulated worlds of the real stages for as long as is asked for. What was run is added up in
 * docs/results/sim.jsonl, one line per stretch, with its seed and commit; nothing is ever run twice, because every start
 * takes seeds of its own.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Provenance, provenance } from '../bench/results.ts'
import { type Remote, startRemote } from '../bench/rpc.ts'
import { tallyText } from '../sim/report.ts'
import type { Finding, RunResult } from '../sim/run.ts'
import { added, nothingYet, type Tally, totalOf } from '../sim/tally.ts'
import type { Part } from './main.ts'
import type { Stretch } from './sim-main.ts'

const RESULTS = fileURLToPath(new URL('../../docs/results/sim.jsonl', import.meta.url))
/** Cycles of one line of the results: some minutes of work. */
const STRETCH = 10_000
const DEFAULT_CYCLES = 1_000_000

/** One stretch as it is kept. */
export interface KeptStretch {
  readonly seed: number
  readonly commit: string
  readonly dirty: boolean
  readonly on: string
  readonly seconds: number
  readonly tally: Tally
  readonly findings: readonly Finding[]
}

export const sim: Part = {
  what: 'simulated worlds, --cycles=N (1,000,000 without it) or --minutes=N of them, --workers=N; adds to the total, which --only=total prints',
  check({ only = [] }) {
    if (only.some((one) => one !== 'total')) throw new RangeError(`--only=${only.join(',')}: there is only "total"`)
  },
  async run({ anew, workers = 1, cycles = DEFAULT_CYCLES, minutes, only }) {
    if (anew) rmSync(RESULTS, { force: true })
    const until = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000
    const wanted = only ? 0 : minutes === undefined ? cycles : Number.POSITIVE_INFINITY
    const state = { left: wanted, seed: nextSeed(keptStretches()), until, findings: 0 }
    if (!only) await Promise.all(Array.from({ length: workers }, () => work(state)))
    const all = keptStretches()
    console.log(tallyText(sumOf(all)))
    console.log(`findings    ${all.reduce((sum, { findings }) => sum + findings.length, 0)}`)
    console.log(`made on commits ${[...new Set(all.map(({ commit }) => commit.slice(0, 12)))].join(', ')}`)
    return state.findings === 0
  },
}

export const keptStretches = (): readonly KeptStretch[] =>
  existsSync(RESULTS)
    ? readFileSync(RESULTS, 'utf8')
        .split('\n')
        // A process that was killed may have left half a line at the end.
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line) as KeptStretch)
    : []

export function sumOf(stretches: readonly KeptStretch[]): Tally {
  const sum = nothingYet()
  for (const { tally } of stretches) added(sum, tally)
  return sum
}

/** Seeds of published stretches begin here, one each. */
const FIRST_SEED = 1_000_000
const nextSeed = (kept: readonly KeptStretch[]): number =>
  kept.reduce((highest, { seed }) => Math.max(highest, seed), FIRST_SEED - 1) + 1

interface State {
  left: number
  seed: number
  readonly until: number
  findings: number
}

/** One process, until enough has been run. What is found is kept, and the others go on: to look into it takes longer. */
async function work(state: State): Promise<void> {
  // Once, and before it starts: somebody may commit meanwhile, and what is run is what was there when it was loaded.
  const from = provenance()
  const remote = startRemote(new URL('sim-main.ts', import.meta.url).pathname)
  try {
    while (state.left > 0 && performance.now() < state.until) {
      const cycles = Math.min(STRETCH, state.left)
      state.left -= cycles
      const seed = state.seed++
      await stretch({ seed, cycles, from: 0 }, remote, from, state)
    }
  } finally {
    await remote.close()
  }
}

async function stretch(
  one: Stretch,
  remote: Remote,
  { commit, dirty, measuredOn }: Provenance,
  state: State,
): Promise<void> {
  const begun = performance.now()
  const { tally, findings } = await remote.ask<RunResult>('run', one)
  const seconds = Math.round((performance.now() - begun) / 1000)
  const line: KeptStretch = { seed: one.seed, commit, dirty, on: measuredOn, seconds, tally, findings }
  mkdirSync(dirname(RESULTS), { recursive: true })
  appendFileSync(RESULTS, `${JSON.stringify(line)}\n`)
  state.findings += findings.length
  const rate = Math.round(totalOf(tally.cycles) / Math.max(1, seconds))
  console.log(`seed ${one.seed}: ${totalOf(tally.cycles)} cycles, ${rate} a second, ${findings.length} violations`)
  for (const { invariant, world, detail } of findings)
    console.log(`  ${invariant}: ${detail}\n  again: npm run sim -- --seed ${one.seed} --world ${world}`)
}
