/** Started by worker.ts. */
import type { Instant } from '../../lib/units/calendar.ts'
import { type Controller, startController } from './controller.ts'
import { membersByName } from './portfolios.ts'
import { answering } from './rpc.ts'
import type { WorkerFigures } from './worker.ts'
import type { WorldFacts } from './world.ts'

let controller: Controller | undefined
let told = 0
let toldOfArchive = 0

async function start({ facts, byName }: { facts: WorldFacts; byName: boolean }): Promise<void> {
  controller = await startController(facts, byName ? membersByName : (policy) => policy)
}

/** Invocations since the last call. */
async function window({ from, to }: { from: Instant; to: Instant }): Promise<WorkerFigures> {
  if (!controller) throw new Error('not started')
  await controller.window(from, to)
  const invocations = controller.invocations.slice(told)
  told = controller.invocations.length
  const archived = controller.archived.slice(toldOfArchive)
  toldOfArchive = controller.archived.length
  return {
    invocations,
    rssMb: process.resourceUsage().maxRSS / 1_024,
    archivedBytes: controller.archived.at(-1)?.plain ?? 0,
    archivedBytesZipped: archived.reduce((sum, { zipped }) => sum + zipped, 0),
  }
}

answering({ start, window })
