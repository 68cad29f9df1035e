/** Runs of one market in a process of its own; started by control.ts. */
import { contestant } from '../bench/control/controllers.ts'
import { type RunFigures, runMarket } from '../bench/control/run.ts'
import { answering } from '../bench/rpc.ts'
import type { ControlTask } from './control.ts'

async function run({ family, seed, controllers }: ControlTask): Promise<readonly RunFigures[]> {
  const runs: RunFigures[] = []
  for (const name of controllers) runs.push(await runMarket(family, seed, name, contestant(name).drive))
  return runs
}

answering({ run })
