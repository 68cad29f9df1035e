import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { Instant } from '../../lib/units/calendar.ts'
import type { Invocation } from './controller.ts'
import { type ForkOptions, startRemote } from './rpc.ts'
import type { WorldFacts } from './world.ts'

export interface WorkerFigures {
  readonly invocations: readonly Invocation[]
  /** The worker's largest resident set so far. */
  readonly rssMb: number
  /** Of the last plan's inputs, as text. */
  readonly archivedBytes: number
  /** Of all plans' inputs since the last call, as they are kept. */
  readonly archivedBytesZipped: number
}

/** A process that runs Sluice's handlers against a world. */
export interface Worker {
  /** Everything that falls due from `from` up to and including `to`. */
  window(from: Instant, to: Instant): Promise<WorkerFigures>
  close(): Promise<void>
}

export interface WorkerOptions {
  /** Members named by class and name; else one entry per campaign. */
  readonly byName: boolean
  /** Largest heap of old objects, MB; Node's own choice without it. */
  readonly heapMb?: number
  readonly fork: ForkOptions
}

/** One processor for all that is forked with it, where taskset is there to bind it. */
export const oneCore = (): ForkOptions =>
  spawnSync('taskset', ['--version']).status === 0 ? { pinnedTo: availableParallelism() - 1 } : {}

export async function startWorker(facts: WorldFacts, { byName, heapMb, fork }: WorkerOptions): Promise<Worker> {
  // Young objects besides: Node's own choice for them depends on the machine.
  const heap = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=8']
  const remote = startRemote(new URL('worker-main.ts', import.meta.url).pathname, {
    ...fork,
    nodeFlags: [...heap, ...profilerFlags()],
  })
  await remote.ask('start', { facts, byName })
  return { window: (from, to) => remote.ask('window', { from, to }), close: () => remote.close() }
}

/** `SLUICE_BENCH_PROFILE=folder npm run bench -- turn` leaves CPU profiles of the workers there. */
const profilerFlags = (): readonly string[] => {
  const folder = process.env.SLUICE_BENCH_PROFILE
  return folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []
}
