/**
 * A simulated year, hourly, over 50 accounts. Resumable: after each month its figures are a line of
 * docs/results/soak.jsonl, and tables and platforms are kept in node_modules/.cache/soak to go on from.
 */
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { folderArchive } from '../../lib/store/folder-archive.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import type { Instant } from '../../lib/units/calendar.ts'
import { virtualClock } from '../../playground/runner/virtual-clock.ts'
import { provenance } from '../bench/results.ts'
import { grows, SOAK_START, type Soak, type SoakState, type StretchFigures, soak as startSoak } from '../soak/soak.ts'
import { sqliteTables } from '../soak/sqlite-tables.ts'
import type { Part } from './main.ts'

const RESULTS = fileURLToPath(new URL('../../docs/results/soak.jsonl', import.meta.url))
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/soak/', import.meta.url))
const TABLES = `${CACHE}tables`
/** Tables and state as they were at the end of a month: what a kill left in the middle of one is thrown away. */
const KEPT = `${CACHE}kept`
const STATE = `${KEPT}/state.json`
const MONTHS = 13
const DAYS = 28
const ACCOUNTS = 50
const SEED = 20_261_121

type Line = StretchFigures & { readonly commit: string; readonly process: number }

export const soak: Part = {
  what: `a year of ${ACCOUNTS} accounts, hour by hour: nothing is lost, memory stays flat (hours; months are kept)`,
  async run({ anew }) {
    if (anew) for (const path of [RESULTS, CACHE]) rmSync(path, { recursive: true, force: true })
    // Tables without the state that belongs to them, or the other way round, are of no use.
    if (!existsSync(STATE)) for (const path of [RESULTS, CACHE]) rmSync(path, { recursive: true, force: true })
    rmSync(TABLES, { recursive: true, force: true })
    mkdirSync(TABLES, { recursive: true })
    if (existsSync(STATE)) cpSync(`${KEPT}/tables`, TABLES, { recursive: true })
    const from = existsSync(STATE) ? (JSON.parse(readFileSync(STATE, 'utf8')) as SoakState) : undefined
    const clock = virtualClock((from?.at ?? SOAK_START) as Instant)
    const tables = sqliteTables(`${TABLES}/tables.sqlite`, clock)
    try {
      const life = await startSoak({
        accounts: ACCOUNTS,
        stores: dynamoStores(tables.database),
        archive: folderArchive(`${CACHE}archive`),
        seed: SEED,
        clock,
        sweep: tables.sweep,
        ...(from ? { from } : {}),
      })
      return await months(life, from)
    } finally {
      tables.close()
    }
  },
}

async function months(life: Soak, from: SoakState | undefined): Promise<boolean> {
  const lines = readLines().filter(({ until }) => from !== undefined && Date.parse(until) <= from.at)
  const process = (lines.at(-1)?.process ?? 0) + 1
  while (lines.length < MONTHS) {
    const line: Line = { ...(await life.run(DAYS)), commit: provenance().commit, process }
    lines.push(line)
    mkdirSync(fileURLToPath(new URL('../../docs/results/', import.meta.url)), { recursive: true })
    appendFileSync(RESULTS, `${JSON.stringify(line)}\n`)
    keepMonth(life.state())
    const { until, turns, plans, pushes, failed, faults, heapBytes, lost } = line
    console.log(
      `month ${lines.length} to ${until}: ${turns} turns (${failed} failed), ${plans} daily decisions, ${pushes} pushes, ${faults} faults, heap ${(heapBytes / 1024 ** 2).toFixed(1)} MiB, ${lost.length} lost`,
    )
    for (const one of lost.slice(0, 20)) console.error(`  ${one}`)
    if (lost.length > 0) return false
  }
  return judged(lines)
}

/** Nothing is written meanwhile, so that the copy is whole; it takes the place of the last one only when it is. */
function keepMonth(state: SoakState): void {
  const next = `${KEPT}.next`
  rmSync(next, { recursive: true, force: true })
  cpSync(TABLES, `${next}/tables`, { recursive: true })
  writeFileSync(`${next}/state.json`, JSON.stringify(state))
  rmSync(KEPT, { recursive: true, force: true })
  renameSync(next, KEPT)
}

/** Heaps are compared within one process: another begins anew. The longest stretch of months must be half a year. */
function judged(lines: readonly Line[]): boolean {
  const runs = [...Map.groupBy(lines, (line) => line.process).values()].map((run) => run.map((one) => one.heapBytes))
  const longest = Math.max(...runs.map((run) => run.length))
  if (runs.some(grows)) console.error('the heap grows: see docs/results/soak.jsonl')
  if (longest < 7) console.error(`memory is judged over half a year in one process, the longest had ${longest} months`)
  return longest >= 7 && !runs.some(grows) && lines.every(({ lost }) => lost.length === 0)
}

function readLines(): Line[] {
  if (!existsSync(RESULTS)) return []
  return readFileSync(RESULTS, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Line)
}
