/** How long the default run of `npm start` takes, each in a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { number, table } from './table.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SECONDS_TARGET = 60
const RUNS = 3

export interface DemoRun {
  readonly wallMs: number
  readonly cpuMs: number
  readonly rssMb: number
  readonly exitCode: number | null
}

export interface DemoFigures {
  readonly runs: readonly DemoRun[]
  readonly medianWallMs: number
  readonly medianCpuMs: number
}

export async function measureDemo(): Promise<DemoFigures> {
  const runs: DemoRun[] = []
  for (let run = 0; run < RUNS; run++) runs.push(await runOnce())
  const median = (of: (run: DemoRun) => number): number => runs.map(of).toSorted((a, b) => a - b)[RUNS >> 1]!
  return { runs, medianWallMs: median(({ wallMs }) => wallMs), medianCpuMs: median(({ cpuMs }) => cpuMs) }
}

/** The child tells its own use when it ends: a parent cannot see it in Node. */
const REPORT = `data:text/javascript,${encodeURIComponent(`
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuMs: (user + system) / 1000, rssMb: process.resourceUsage().maxRSS / 1024 })
  })`)}`

async function runOnce(): Promise<DemoRun> {
  const from = performance.now()
  const child = spawn(process.execPath, ['--import', REPORT, 'cli/main.ts', 'demo', '--exit'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let told = { cpuMs: Number.NaN, rssMb: Number.NaN }
  child.on('message', (figures: typeof told) => {
    told = figures
  })
  const [exitCode] = (await once(child, 'exit')) as [number | null]
  return { wallMs: performance.now() - from, ...told, exitCode }
}

export function printDemo({ runs, medianWallMs, medianCpuMs }: DemoFigures): void {
  console.log('\nThe default run of npm start, 14 days, without the set-up\n')
  console.log(
    table(
      ['run', 'wall s', 'CPU s', 'memory MB', 'exit code'],
      runs.map(({ wallMs, cpuMs, rssMb, exitCode }, i) => [
        String(i + 1),
        (wallMs / 1_000).toFixed(1),
        (cpuMs / 1_000).toFixed(1),
        number(rssMb),
        String(exitCode),
      ]),
    ),
  )
  const verdict = medianWallMs <= SECONDS_TARGET * 1_000 ? 'met' : 'missed'
  console.log(
    `\nmedian ${(medianWallMs / 1_000).toFixed(1)} s wall, ${(medianCpuMs / 1_000).toFixed(1)} s CPU; ` +
      `under ${SECONDS_TARGET} s: ${verdict}`,
  )
}
