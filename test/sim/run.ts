import type { Violation } from './invariants.ts'
import { live } from './life.ts'
import { added, type Counting, nothingYet, type Tally, totalOf } from './tally.ts'
import { STORM } from './weather.ts'
import { text, worldOf } from './world.ts'

export interface Finding extends Violation {
  readonly seed: number
  readonly world: number
}

export interface RunResult {
  readonly tally: Tally
  readonly findings: readonly Finding[]
  /** The first world that was not lived. */
  readonly next: number
}

export interface RunOptions {
  readonly seed: number
  readonly cycles: number
  readonly from?: number
  /** Worlds are shared out: this one takes every nth. */
  readonly every?: number
  readonly log?: (line: string) => void
  readonly stop?: () => boolean
}

/** World after world until so many cycles have been run, or one of them has broken an invariant. */
export async function run({
  seed,
  cycles,
  from = 0,
  every = 1,
  log,
  stop = () => false,
}: RunOptions): Promise<RunResult> {
  const tally: Counting = nothingYet()
  let world = from
  const { stackTraceLimit } = Error
  // Thousands of errors a second are thrown on purpose; only a world that is told wants to know where.
  if (!log) Error.stackTraceLimit = 0
  try {
    for (; totalOf(tally.cycles) < cycles && !stop(); world += every) {
      const found = await lived(seed, world, tally, log)
      if (found.length > 0) return { tally, findings: found, next: world + every }
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
  return { tally, findings: [], next: world }
}

async function lived(
  seed: number,
  world: number,
  tally: Counting,
  log: ((line: string) => void) | undefined,
): Promise<readonly Finding[]> {
  const one = worldOf(seed, world, STORM, tally, log)
  await live(one)
  return one.checker.violations.map((violation) => ({ ...violation, seed, world }))
}

export { added, nothingYet, text }
