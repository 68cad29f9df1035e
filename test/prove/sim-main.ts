/** A stretch of simulated worlds in a process of its own; started by sim.ts. */
import { answering } from '../bench/rpc.ts'
import { type RunOptions, type RunResult, run } from '../sim/run.ts'

export interface Stretch extends Pick<RunOptions, 'seed' | 'cycles'> {
  readonly from: number
}

answering({ run: ({ seed, cycles, from }: Stretch): Promise<RunResult> => run({ seed, cycles, from }) })
