import { dueMessages } from '../../lib/control/dispatch.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { deduplicationId, type Stage } from '../../lib/model/turn.ts'
import { type Instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { Rig } from './rig.ts'

const QUARTER_MS = 15 * MINUTE_MS

/**
 * Every quarter of an hour, all that is due and all that is announced, until an instant.
 *
 * @param mayFail stages whose failures are left to the next tick
 */
export async function liveUntil(
  stage: Rig,
  until: Instant,
  after: () => Promise<unknown> | unknown = () => {},
  mayFail: readonly Stage[] = [],
): Promise<void> {
  let workers = 0
  const seen = new Set<string>()
  while (stage.now() < until) {
    const due = [...(await dueMessages(stage.now(), stage.loop))]
    for (let next = due.shift(); next; next = due.shift() ?? stage.queued.shift()) {
      if (seen.has(deduplicationId(next))) continue
      seen.add(deduplicationId(next))
      workers += 1
      const turn = runTurn(next, stage.worker(`worker-${stage.now()}-${workers}`))
      await (mayFail.includes(next.stage) ? turn.catch(() => undefined) : turn)
    }
    await after()
    stage.wait(QUARTER_MS - (stage.now() % QUARTER_MS))
  }
}
