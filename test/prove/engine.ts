/**
 * The push protocol against a real engine over HTTP: storms on the connection, and workers that are killed. Each storm
 * and each life is written down at once, with the commit it was made on, and is not made again.
 */
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'
import { provenance } from '../bench/results.ts'
import { type LifeResult, life, nursery } from '../engine/kills.ts'
import { type StormResult, storm } from '../engine/storm.ts'
import type { Part, PartOptions } from './main.ts'

const STORMS = 50
const CYCLES = 20
const KILLS = 2000

type Made<T> = T & { readonly commit: string; readonly dirty: boolean; readonly engine: string }

interface Ledger<T> {
  readonly made: readonly Made<T>[]
  add(one: T): void
}

/** Lines of a file in docs/results. */
function ledger<T>(name: string, anew: boolean, engine: string): Ledger<T> {
  const file = fileURLToPath(new URL(`../../docs/results/${name}.jsonl`, import.meta.url))
  if (anew) rmSync(file, { force: true })
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  const made = lines.map((line) => JSON.parse(line) as Made<T>)
  const { commit, dirty } = provenance()
  return {
    made,
    add(one) {
      const line = { ...one, commit, dirty, engine }
      made.push(line)
      appendFileSync(file, `${JSON.stringify(line)}\n`)
    },
  }
}

/** The endpoint that was named, or an engine of our own. */
async function at<T>({ endpoint }: PartOptions, work: (endpoint: string) => Promise<T>): Promise<T> {
  const named = endpoint ?? process.env.SLUICE_PROVE_ENDPOINT
  if (named !== undefined) return work(named)
  const engine = await startEmbeddedDynamoDb()
  try {
    return await work(engine.endpoint)
  } finally {
    await engine.close()
  }
}

const nameOf = ({ endpoint }: PartOptions): string => endpoint ?? process.env.SLUICE_PROVE_ENDPOINT ?? 'embedded'

const firstFree = (made: readonly { readonly seed: number }[]): number =>
  made.reduce((most, { seed }) => Math.max(most, seed), 0) + 1

export const engine: Part = {
  what: `--seeds=N storms (${STORMS}) on the connection to an engine over HTTP, our own or the one at --endpoint=URL`,
  run: (options) =>
    at(options, async (endpoint) => {
      const { made, add } = ledger<StormResult>('engine', options.anew, nameOf(options))
      const { seeds = STORMS } = options
      for (let seed = firstFree(made); made.length < seeds; seed++) {
        add(await storm(endpoint, { seed, cycles: CYCLES }))
        const last = made.at(-1)!
        console.log(`storm ${seed}: ${last.requests} requests, ${faultsOf(last)} faults, ${found(last)}`)
      }
      const sum = (of: (one: StormResult) => number): number => made.reduce((total, one) => total + of(one), 0)
      console.log(
        `${made.length} storms, ${sum(({ cycles }) => cycles)} cycles, ${sum(({ requests }) => requests)} requests, ${sum(faultsOf)} faults, ${sum(({ sent }) => sent)} changes sent, ${sum(({ violations }) => violations.length)} violations`,
      )
      return made.every(({ violations }) => violations.length === 0)
    }),
}

const faultsOf = ({ faults }: StormResult): number => Object.values(faults).reduce((a, b) => a + b, 0)

const found = ({ violations }: { readonly violations: readonly string[] }): string =>
  violations.length === 0 ? 'nothing lost, nothing doubled' : `VIOLATED: ${violations.join('; ')}`

export const kills: Part = {
  what: `workers killed with SIGKILL in the middle of turns until --cycles=N (${KILLS}) are dead, on an engine over HTTP`,
  run: (options) =>
    at(options, async (endpoint) => {
      const { made, add } = ledger<LifeResult>('kills', options.anew, nameOf(options))
      const { cycles = KILLS } = options
      const dead = (): number => made.reduce((sum, one) => sum + one.kills, 0)
      const workers = nursery()
      try {
        for (let seed = firstFree(made); dead() < cycles; seed++) {
          add(await life(endpoint, seed, workers))
          console.log(`life ${seed}: ${dead()} of ${cycles} killed, ${found(made.at(-1)!)}`)
        }
      } finally {
        workers.close()
      }
      const violations = made.flatMap((one) => one.violations)
      console.log(`${made.length} lives, ${dead()} workers killed, ${violations.length} violations`)
      for (const [what, times] of tallied(made)) console.log(`  ${String(times).padStart(5)} at ${what}`)
      return violations.length === 0
    }),
}

function tallied(made: readonly LifeResult[]): readonly (readonly [string, number])[] {
  const at = new Map<string, number>()
  for (const one of made) for (const [what, times] of Object.entries(one.at)) at.set(what, (at.get(what) ?? 0) + times)
  return [...at].toSorted(([, a], [, b]) => b - a)
}
